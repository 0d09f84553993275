//! The whole answer of a run: certificates, errors, the worst of all, the exit code.

use chrono::{DateTime, Utc};

use super::facts::Environment;
use super::judge::CertStatus;
use super::status::Verdict;
use crate::error::Error;

/// A failure with the target it belongs to.
#[derive(Debug, Clone)]
pub struct Failure {
    /// `mpush`, `esa`, …
    pub provider: &'static str,
    /// What makes the id unique.
    pub scope: Option<String>,
    /// What was asked for; none when the failure is not about one id.
    pub id: Option<String>,
    /// Mobile push only.
    pub environment: Option<Environment>,
    /// What went wrong.
    pub error: Error,
}

/// One line of a report.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// A certificate.
    Certificate(Box<CertStatus>),
    /// A failure.
    Failure(Failure),
}

/// Counts of a run; `-q` hides rows, never counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// All certificates judged.
    pub certificates: usize,
    /// Of these `ok`.
    pub ok: usize,
    /// Of these `warning`.
    pub warning: usize,
    /// Of these `critical`.
    pub critical: usize,
    /// Of these `unknown`.
    pub unknown: usize,
    /// Failures.
    pub errors: usize,
    /// Certificates that `--quiet` left out.
    pub not_shown: usize,
}

/// A run's result.
#[derive(Debug, Clone)]
pub struct Report {
    /// When the run began, by the local clock.
    pub checked_at: DateTime<Utc>,
    /// The moment everything was judged for.
    pub evaluated_at: DateTime<Utc>,
    /// False when something that should have been looked at was not.
    pub complete: bool,
    /// Certificates to show, in the order asked.
    pub certificates: Vec<CertStatus>,
    /// Failures, in the order asked.
    pub errors: Vec<Failure>,
    /// Counts.
    pub summary: Summary,
}

impl Report {
    /// An empty report.
    pub fn new(checked_at: DateTime<Utc>, evaluated_at: DateTime<Utc>) -> Report {
        Report {
            checked_at,
            evaluated_at,
            complete: true,
            certificates: Vec::new(),
            errors: Vec::new(),
            summary: Summary::default(),
        }
    }

    /// Adds a line; with `quiet` a certificate that is `ok` is counted, not kept.
    pub fn add(&mut self, outcome: Outcome, quiet: bool) {
        self.count(&outcome, quiet);
        match outcome {
            Outcome::Certificate(certificate) if shown(&certificate, quiet) => {
                self.certificates.push(*certificate)
            }
            Outcome::Certificate(_) => {}
            Outcome::Failure(failure) => self.errors.push(failure),
        }
    }

    /// Counts a line without keeping it (a stream has printed it already).
    pub fn count(&mut self, outcome: &Outcome, quiet: bool) {
        let summary = &mut self.summary;
        match outcome {
            Outcome::Failure(_) => summary.errors += 1,
            Outcome::Certificate(certificate) => {
                summary.certificates += 1;
                match certificate.verdict {
                    Verdict::Ok => summary.ok += 1,
                    Verdict::Warning => summary.warning += 1,
                    Verdict::Critical => summary.critical += 1,
                    Verdict::Unknown => summary.unknown += 1,
                }
                summary.not_shown += usize::from(!shown(certificate, quiet));
            }
        }
    }

    /// The worst of all: critical, then unknown (which every error is), then warning, then ok.
    pub fn verdict(&self) -> Verdict {
        let summary = &self.summary;
        if summary.critical > 0 {
            Verdict::Critical
        } else if summary.unknown > 0
            || summary.errors > 0
            || !self.complete
            || summary.certificates == 0
        {
            Verdict::Unknown
        } else if summary.warning > 0 {
            Verdict::Warning
        } else {
            Verdict::Ok
        }
    }

    /// The exit code; with `exit_zero` only errors and an incomplete list are not 0.
    pub fn exit_code(&self, exit_zero: bool) -> u8 {
        let judged = self.summary.errors == 0 && self.complete && self.summary.certificates > 0;
        match (exit_zero, judged) {
            (true, true) => 0,
            (true, false) => Verdict::Unknown.exit_code(),
            (false, _) => self.verdict().exit_code(),
        }
    }

    /// Nothing that a quiet run would print.
    pub fn all_well(&self) -> bool {
        self.verdict() == Verdict::Ok
    }
}

/// Whether a row is printed.
pub fn shown(certificate: &CertStatus, quiet: bool) -> bool {
    !(quiet && certificate.verdict == Verdict::Ok)
}
