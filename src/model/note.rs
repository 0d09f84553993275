//! Notes: facts behind a verdict that a person should know, as data. `messages` has their sentences.
//!
//! A note holds text from outside only in fields of type `String`, and [`Note::texts_mut`] lists all of them for redaction.

use chrono::{DateTime, TimeDelta, Utc};

use super::facts::Environment;
use super::status::{Status, Verdict};

/// An end of the validity period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    Start,
    End,
}

/// Whose clock a date was judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    Machine,
    Service,
}

/// Why a field of an answer was not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldProblem {
    /// Several different values stand under one key.
    Contradictory,
    NotText,
    NotBool,
    NotObject,
    /// A list has a member that is not a text.
    MemberNotText,
    /// A list of records has a member that is not an object.
    MemberNotRecord,
}

/// Which of several certificates in a PEM text was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeafChoice {
    /// The only one that issued none of the others, although it is not the first.
    NotFirst,
    /// The one that ends first, of so many that issued none of the others.
    FirstToEnd(usize),
}

/// By what a record and a PEM text were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Sha256,
    Serial,
    Names,
}

/// Advice for an expired certificate that may be out of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnusedAdvice {
    /// Of the two certificates of an app, check the other one only.
    CheckOnly(Environment),
    /// A renewal has a new ID.
    NewId,
}

/// One note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// No time zone was given; the end may be that much earlier or later. `flag` sets the zone.
    ZoneAssumed {
        earlier: TimeDelta,
        later: TimeDelta,
        flag: Option<&'static str>,
    },
    DateUnreadable {
        bound: Bound,
        raw: Option<String>,
    },
    /// The order of day and month is ambiguous.
    DateAmbiguous {
        raw: String,
    },
    NoDate(Bound),
    /// Several ends that differ: key and value of each.
    DateConflict {
        ends: Vec<(&'static str, String)>,
        /// False where one of them cannot be read, and so may be the earliest.
        earliest_counts: bool,
    },
    DateUncertain {
        bound: Bound,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    },
    NoEnd,
    StartAfterEnd {
        start: DateTime<Utc>,
        end: DateTime<Utc>,
    },
    NotYetValid {
        start: DateTime<Utc>,
    },
    /// A list has no start, and the service issues nothing that begins later.
    StartAssumed,
    /// The older call has no dates; the call without `flag` has.
    LegacyNoDate {
        flag: &'static str,
    },
    /// A threshold in percent cannot be used.
    NoLifetime,
    StatusUnknown {
        word: Option<String>,
    },
    StatusDateConflict {
        word: Option<String>,
        end: DateTime<Utc>,
        ahead: bool,
    },
    /// A status without validity, beside an end of validity.
    DateBesideStatus {
        word: Option<String>,
        end: DateTime<Utc>,
    },
    /// Two places of an answer have a different status.
    StatusConflict {
        outer: Option<String>,
        inner: Option<String>,
    },
    /// The certificate ends within `--warn` or `--crit`.
    Within {
        verdict: Verdict,
        threshold: TimeDelta,
    },
    SeverityOverride {
        status: Status,
        verdict: Verdict,
    },
    MaybeUnused(UnusedAdvice),
    Superseded {
        successor: String,
        scope: Option<String>,
    },
    /// This machine's clock differs from the service's.
    ClockCorrected {
        behind: TimeDelta,
        end: Clock,
        start: Clock,
    },
    FieldUnreadable {
        field: &'static str,
        problem: FieldProblem,
    },
    /// The answer is about another certificate, or has no ID.
    IdMismatch {
        reported: Option<String>,
    },
    SiteMismatch {
        reported: Option<String>,
    },
    RenewalPending,
    RenewalFailed {
        dns_code: Option<String>,
    },
    ApplicationFailed {
        dns_code: Option<String>,
    },
    NoInfo(Environment),
    BundleIncomplete {
        names: usize,
        ends: usize,
    },
    /// The text has no readable certificate.
    PemUnreadable,
    /// Some blocks of the text cannot be read.
    PemBlocksUnreadable(usize),
    PemSeveral {
        certificates: usize,
        leaf: LeafChoice,
    },
    PemTrailingBytes(usize),
    PemNameLossy,
    /// Alternative names that cannot be read.
    PemNamesUnreadable,
    PemNameConflict {
        record: Vec<String>,
        certificate: Vec<String>,
    },
    /// The certificate may not be the record's.
    PemMismatch {
        mark: Mark,
        record: Vec<String>,
        certificate: Vec<String>,
    },
    PemDateConflict {
        bound: Bound,
        record: DateTime<Utc>,
        certificate: DateTime<Utc>,
        /// False where it is not known to be the record's certificate: the worse date counts then.
        certificate_counts: bool,
    },
}

impl Note {
    /// The published code: stable, for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Note::ZoneAssumed { .. } => "zone_assumed",
            Note::DateUnreadable { .. } => "date_unreadable",
            Note::DateAmbiguous { .. } => "date_ambiguous",
            Note::NoDate(_) => "no_date",
            Note::DateConflict { .. } => "date_conflict",
            Note::DateUncertain { .. } => "date_uncertain",
            Note::NoEnd => "no_end",
            Note::StartAfterEnd { .. } => "start_after_end",
            Note::NotYetValid { .. } => "not_yet_valid",
            Note::StartAssumed => "start_assumed",
            Note::LegacyNoDate { .. } => "legacy_no_date",
            Note::NoLifetime => "no_lifetime",
            Note::StatusUnknown { .. } => "status_unknown",
            Note::StatusDateConflict { .. } => "status_date_conflict",
            Note::DateBesideStatus { .. } => "date_beside_status",
            Note::StatusConflict { .. } => "status_conflict",
            Note::Within { verdict, .. } if *verdict == Verdict::Critical => "within_crit",
            Note::Within { .. } => "within_warn",
            Note::SeverityOverride { .. } => "severity_override",
            Note::MaybeUnused(_) => "maybe_unused",
            Note::Superseded { .. } => "superseded",
            Note::ClockCorrected { .. } => "clock_corrected",
            Note::FieldUnreadable { .. } | Note::PemNamesUnreadable => "field_unreadable",
            Note::IdMismatch { .. } => "id_mismatch",
            Note::SiteMismatch { .. } => "site_mismatch",
            Note::RenewalPending => "renewal_pending",
            Note::RenewalFailed { .. } => "renewal_failed",
            Note::ApplicationFailed { .. } => "application_failed",
            Note::NoInfo(_) => "no_info",
            Note::BundleIncomplete { .. } => "bundle_incomplete",
            Note::PemUnreadable | Note::PemBlocksUnreadable(_) => "pem_unreadable",
            Note::PemSeveral { .. } => "pem_several",
            Note::PemTrailingBytes(_) => "pem_trailing_bytes",
            Note::PemNameLossy => "pem_name_lossy",
            Note::PemNameConflict { .. } => "pem_name_conflict",
            Note::PemMismatch { .. } => "pem_mismatch",
            Note::PemDateConflict { .. } => "pem_date_conflict",
        }
    }

    /// True if a field of the response was not used, so that facts may be missing.
    pub fn is_unread_field(&self) -> bool {
        matches!(
            self,
            Note::FieldUnreadable { .. } | Note::PemNamesUnreadable
        )
    }

    /// True if the note is about the dates themselves; it is kept where the provider's status decides.
    pub fn is_about_dates(&self) -> bool {
        matches!(
            self,
            Note::DateUnreadable { .. }
                | Note::NoEnd
                | Note::StartAfterEnd { .. }
                | Note::ZoneAssumed { .. }
        )
    }

    /// Every text from outside, for redaction.
    pub fn texts_mut(&mut self) -> Vec<&mut String> {
        match self {
            Note::DateUnreadable { raw: text, .. }
            | Note::StatusUnknown { word: text }
            | Note::StatusDateConflict { word: text, .. }
            | Note::DateBesideStatus { word: text, .. }
            | Note::IdMismatch { reported: text }
            | Note::SiteMismatch { reported: text }
            | Note::RenewalFailed { dns_code: text }
            | Note::ApplicationFailed { dns_code: text } => text.iter_mut().collect(),
            Note::DateAmbiguous { raw: text } => vec![text],
            Note::Superseded { successor, scope } => {
                std::iter::once(successor).chain(scope).collect()
            }
            Note::DateConflict { ends, .. } => ends.iter_mut().map(|(_, text)| text).collect(),
            Note::StatusConflict { outer, inner } => outer.iter_mut().chain(inner).collect(),
            Note::PemNameConflict {
                record,
                certificate,
            }
            | Note::PemMismatch {
                record,
                certificate,
                ..
            } => record.iter_mut().chain(certificate).collect(),
            Note::ZoneAssumed { .. }
            | Note::NoDate(_)
            | Note::DateUncertain { .. }
            | Note::NoEnd
            | Note::StartAfterEnd { .. }
            | Note::NotYetValid { .. }
            | Note::StartAssumed
            | Note::LegacyNoDate { .. }
            | Note::NoLifetime
            | Note::Within { .. }
            | Note::SeverityOverride { .. }
            | Note::MaybeUnused(_)
            | Note::ClockCorrected { .. }
            | Note::FieldUnreadable { .. }
            | Note::RenewalPending
            | Note::NoInfo(_)
            | Note::BundleIncomplete { .. }
            | Note::PemUnreadable
            | Note::PemBlocksUnreadable(_)
            | Note::PemSeveral { .. }
            | Note::PemTrailingBytes(_)
            | Note::PemNameLossy
            | Note::PemNamesUnreadable
            | Note::PemDateConflict { .. } => Vec::new(),
        }
    }
}
