//! Notes that say why a certificate is judged as it is.

use chrono::{DateTime, Utc};

use super::note::{Bound, Note};
use super::status::Status;
use super::timestamp::{DateField, DateValue, Moment};

/// The zone of an end is assumed.
pub(super) fn zone_assumed(end: &Moment, flag: Option<&'static str>) -> Note {
    Note::ZoneAssumed {
        earlier: end.at - end.earliest,
        later: end.latest - end.at,
        flag,
    }
}

/// Why there is no end of validity to judge by.
pub(super) fn missing_end(end: &DateField) -> Note {
    let raw = end.raw.clone();
    match end.value {
        DateValue::Unreadable => Note::DateUnreadable {
            bound: Bound::End,
            raw,
        },
        DateValue::Ambiguous => Note::DateAmbiguous {
            raw: raw.unwrap_or_default(),
        },
        DateValue::Absent | DateValue::Known(_) => Note::NoDate(Bound::End),
    }
}

/// A status that decides, beside a date that contradicts it.
pub(super) fn disagreement(
    status: Status,
    word: Option<String>,
    end: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<Note> {
    let end = end?;
    match status {
        Status::Expired if end >= now => Some(Note::StatusDateConflict {
            word,
            end,
            ahead: true,
        }),
        Status::Pending
        | Status::Failed
        | Status::Cancelled
        | Status::NotConfigured
        | Status::NoPassword => Some(Note::DateBesideStatus { word, end }),
        _ => None,
    }
}
