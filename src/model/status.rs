//! The closed lists: status, verdict, and what a provider's word means.

use std::str::FromStr;

/// State of a certificate, the same for every provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are the published words")]
pub enum Status {
    Ok,
    NotYetValid,
    Expired,
    Revoked,
    Revoking,
    Pending,
    Failed,
    Cancelled,
    NotConfigured,
    NoPassword,
    Unknown,
}

impl Status {
    /// Every status, in the order of the documentation.
    pub const ALL: [Status; 11] = [
        Status::Ok,
        Status::NotYetValid,
        Status::Expired,
        Status::Revoked,
        Status::Revoking,
        Status::Pending,
        Status::Failed,
        Status::Cancelled,
        Status::NotConfigured,
        Status::NoPassword,
        Status::Unknown,
    ];

    /// The published word.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Ok => "OK",
            Status::NotYetValid => "NOT_YET_VALID",
            Status::Expired => "EXPIRED",
            Status::Revoked => "REVOKED",
            Status::Revoking => "REVOKING",
            Status::Pending => "PENDING",
            Status::Failed => "FAILED",
            Status::Cancelled => "CANCELLED",
            Status::NotConfigured => "NOT_CONFIGURED",
            Status::NoPassword => "NO_PASSWORD",
            Status::Unknown => "UNKNOWN",
        }
    }

    /// The verdict before thresholds and the user's own severities.
    pub fn verdict(self) -> Verdict {
        match self {
            Status::Ok => Verdict::Ok,
            Status::Expired | Status::Revoked | Status::Revoking => Verdict::Critical,
            Status::Unknown => Verdict::Unknown,
            Status::NotYetValid
            | Status::Pending
            | Status::Failed
            | Status::Cancelled
            | Status::NotConfigured
            | Status::NoPassword => Verdict::Warning,
        }
    }
}

impl FromStr for Status {
    type Err = ();
    fn from_str(text: &str) -> Result<Status, ()> {
        let same = |status: &Status| status.as_str().eq_ignore_ascii_case(text);
        Status::ALL.into_iter().find(same).ok_or(())
    }
}

/// How bad it is. The order is that of the exit code's choice: critical, then unknown, then warning, then ok,
/// since a check that could not be made may hide an expired certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are the published words")]
pub enum Verdict {
    Ok,
    Warning,
    Unknown,
    Critical,
}

impl Verdict {
    /// Every verdict, from best to worst.
    pub const ALL: [Verdict; 4] = [
        Verdict::Ok,
        Verdict::Warning,
        Verdict::Unknown,
        Verdict::Critical,
    ];

    /// The published word.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Ok => "ok",
            Verdict::Warning => "warning",
            Verdict::Critical => "critical",
            Verdict::Unknown => "unknown",
        }
    }

    /// The Monitoring Plugins code.
    pub fn exit_code(self) -> u8 {
        match self {
            Verdict::Ok => 0,
            Verdict::Warning => 1,
            Verdict::Critical => 2,
            Verdict::Unknown => 3,
        }
    }
}

impl FromStr for Verdict {
    type Err = ();
    fn from_str(text: &str) -> Result<Verdict, ()> {
        let same = |verdict: &Verdict| verdict.as_str().eq_ignore_ascii_case(text);
        Verdict::ALL.into_iter().find(same).ok_or(())
    }
}

/// Meaning of a provider's status for validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderState {
    /// The status is fine; the dates decide.
    ByDate,
    /// The status decides alone.
    Is(Status),
}

impl Default for ProviderState {
    /// A status that was not read is unknown.
    fn default() -> ProviderState {
        ProviderState::Is(Status::Unknown)
    }
}

impl ProviderState {
    /// The worse of two (ESA has the status in two fields).
    pub fn worse(self, other: ProviderState) -> ProviderState {
        if self.weight() >= other.weight() {
            self
        } else {
            other
        }
    }

    fn weight(self) -> Verdict {
        match self {
            ProviderState::ByDate => Verdict::Ok,
            ProviderState::Is(status) => status.verdict(),
        }
    }
}
