//! Filter, order and limit of the rows shown. Verdicts and counts do not change.

use chrono::TimeDelta;

use super::evaluate::CertStatus;
use super::status::{Status, Verdict};

/// Order of the rows (`--sort`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the published words")]
pub enum SortOrder {
    Expiry,
    Name,
    Provider,
    Status,
}

/// Filter, order and limit of the rows.
#[derive(Debug, Clone, Default)]
pub struct RowFilter {
    /// `--quiet`: hides rows that are `ok`.
    pub quiet: bool,
    /// Verdicts to show; empty shows all.
    pub only: Vec<Verdict>,
    /// States to show; empty shows all.
    pub status: Vec<Status>,
    /// Shows certificates that end within this time or have ended.
    pub expiring: Option<TimeDelta>,
    /// Maximum number of rows.
    pub limit: Option<usize>,
    /// Order; none keeps the order of the requests.
    pub sort: Option<SortOrder>,
}

impl RowFilter {
    pub fn shows(&self, certificate: &CertStatus) -> bool {
        let quiet = self.quiet && certificate.verdict == Verdict::Ok;
        let verdict = self.only.is_empty() || self.only.contains(&certificate.verdict);
        let status = self.status.is_empty() || self.status.contains(&certificate.status);
        !quiet && verdict && status && self.ends_in_time(certificate)
    }

    /// By the earliest moment that its end can mean, and the clock that its end was judged by. What has no end does not
    /// end in time.
    fn ends_in_time(&self, certificate: &CertStatus) -> bool {
        let Some(within) = self.expiring else {
            return true;
        };
        let end = certificate.facts.not_after.moment();
        end.is_some_and(|end| end.earliest.signed_duration_since(certificate.judged_at) <= within)
    }

    /// Sorts the rows; equal ones keep the order of the requests.
    pub fn arrange(&self, certificates: &mut [Box<CertStatus>]) {
        let name = |certificate: &CertStatus| {
            let facts = &certificate.facts;
            let name = facts.domains.first().or(facts.name.as_ref());
            name.or(facts.id.as_ref()).map(|name| name.to_lowercase())
        };
        match self.sort {
            None => {}
            // A certificate without an end needs attention before one with an end.
            Some(SortOrder::Expiry) => certificates.sort_by_key(|certificate| {
                let end = certificate.facts.not_after.moment();
                end.map(|end| end.at)
            }),
            Some(SortOrder::Name) => certificates.sort_by_cached_key(|one| name(one)),
            Some(SortOrder::Provider) => {
                certificates.sort_by_key(|certificate| certificate.provider)
            }
            Some(SortOrder::Status) => certificates.sort_by_key(|certificate| {
                let worst_first = std::cmp::Reverse(certificate.verdict);
                (worst_first, certificate.status.as_str())
            }),
        }
    }
}
