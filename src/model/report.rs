//! Report of a run: certificates, errors, overall verdict, exit code.

use chrono::{DateTime, Utc};

use super::config_origin::Origin;
use super::evaluate::CertStatus;
use super::facts::Environment;
use super::row_filter::RowFilter;
use super::status::Verdict;
use crate::error::Error;

/// A failure with the target it belongs to.
#[derive(Debug, Clone)]
pub struct Failure {
    /// `mpush`, `esa`, …
    pub provider: &'static str,
    /// Check and account of the config file.
    pub origin: Origin,
    /// Namespace in which the id is unique.
    pub scope: Option<String>,
    /// Requested id; none when the failure is not about one id.
    pub id: Option<String>,
    /// Mobile push only.
    pub environment: Option<Environment>,
    pub error: Error,
}

/// Entry of a report.
#[derive(Debug, Clone)]
pub enum ReportEntry {
    /// A certificate.
    Certificate(Box<CertStatus>),
    /// A failure.
    Failure(Box<Failure>),
}

/// Counts of a run; a view hides rows, never counts.
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
    /// Certificates that the view left out.
    pub not_shown: usize,
}

/// A run's result.
#[derive(Debug, Clone)]
pub struct Report {
    /// When the run began, by the local clock.
    pub checked_at: DateTime<Utc>,
    /// The moment of evaluation by this machine's clock, or `--at`; never a service's time.
    pub evaluated_at: DateTime<Utc>,
    /// False when part of what should have been checked was not.
    pub complete: bool,
    /// `--allow-empty`: an account without certificates is not a problem.
    pub may_be_empty: bool,
    /// Certificates to show, in the order asked. They stay where they were made: moving 100,000 of them would take their
    /// memory twice.
    pub certificates: Vec<Box<CertStatus>>,
    /// Failures, in the order asked.
    pub errors: Vec<Box<Failure>>,
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
            may_be_empty: false,
            certificates: Vec::new(),
            errors: Vec::new(),
            summary: Summary::default(),
        }
    }

    /// Adds an entry; a certificate that the view hides is counted, not kept.
    pub fn add(&mut self, outcome: ReportEntry, view: &RowFilter) {
        if self.count(&outcome, view) {
            self.keep(outcome);
        }
    }

    /// Keeps an entry that was counted.
    pub fn keep(&mut self, outcome: ReportEntry) {
        match outcome {
            ReportEntry::Certificate(certificate) => self.certificates.push(certificate),
            ReportEntry::Failure(failure) => self.errors.push(failure),
        }
    }

    /// Counts an entry without keeping it (a stream prints it at once). True if the view shows it.
    pub fn count(&mut self, outcome: &ReportEntry, view: &RowFilter) -> bool {
        let summary = &mut self.summary;
        match outcome {
            ReportEntry::Failure(_) => {
                summary.errors += 1;
                true
            }
            ReportEntry::Certificate(certificate) => {
                summary.certificates += 1;
                match certificate.verdict {
                    Verdict::Ok => summary.ok += 1,
                    Verdict::Warning => summary.warning += 1,
                    Verdict::Critical => summary.critical += 1,
                    Verdict::Unknown => summary.unknown += 1,
                }
                let shown = view.shows(certificate);
                summary.not_shown += usize::from(!shown);
                shown
            }
        }
    }

    /// Puts the certificates into the order of a view, and keeps as many of them as it shows.
    pub fn arrange(&mut self, view: &RowFilter) {
        view.arrange(&mut self.certificates);
        let most = view.limit.unwrap_or(usize::MAX);
        self.summary.not_shown += self.certificates.len().saturating_sub(most);
        self.certificates.truncate(most);
    }

    /// The worst verdict: critical, then unknown (which every error is), then warning, then ok.
    pub fn verdict(&self) -> Verdict {
        let summary = &self.summary;
        if summary.critical > 0 {
            Verdict::Critical
        } else if summary.unknown > 0 || summary.errors > 0 || !self.complete || self.is_empty() {
            Verdict::Unknown
        } else if summary.warning > 0 {
            Verdict::Warning
        } else {
            Verdict::Ok
        }
    }

    /// The exit code; with `exit_zero` only errors and an incomplete list are not 0.
    pub fn exit_code(&self, exit_zero: bool) -> u8 {
        let judged = self.summary.errors == 0 && self.complete && !self.is_empty();
        match (exit_zero, judged) {
            (true, true) => 0,
            (true, false) => Verdict::Unknown.exit_code(),
            (false, _) => self.verdict().exit_code(),
        }
    }

    /// No certificate was evaluated, and an empty account was not allowed.
    fn is_empty(&self) -> bool {
        self.summary.certificates == 0 && !self.may_be_empty
    }

    /// True if `--quiet` prints nothing.
    pub fn all_well(&self) -> bool {
        self.verdict() == Verdict::Ok
    }
}
