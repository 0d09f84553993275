//! Notes that say why a certificate is judged as it is.

use chrono::{DateTime, TimeDelta, Utc};

use super::facts::Note;
use super::instant::{Moment, Reading, Value, rfc3339};
use super::span::in_words;
use super::status::Status;

/// That the zone of an end is assumed, and how far off it may be.
pub(super) fn zone_assumed(end: &Moment, zone_flag: Option<&str>) -> Note {
    let remedy = zone_flag.map_or(String::new(), |flag| format!(" ({flag} says for sure)"));
    let slack = slack(end);
    let text = format!("no time zone is given: the end of validity may be up to {slack}{remedy}");
    Note::new("zone_assumed", text)
}

/// How far off a moment may be. Without the moment itself: many certificates share that.
fn slack(moment: &Moment) -> String {
    let (earlier, later) = (moment.at - moment.earliest, moment.latest - moment.at);
    let nothing = TimeDelta::zero();
    match (in_words(earlier), in_words(later)) {
        (_, later_by) if earlier == nothing => format!("{later_by} later"),
        (earlier_by, _) if later == nothing => format!("{earlier_by} earlier"),
        (earlier_by, later_by) if earlier_by == later_by => format!("{later_by} earlier or later"),
        (earlier_by, later_by) => format!("{earlier_by} earlier or {later_by} later"),
    }
}

/// The provider's own text of a date.
pub(super) fn raw(reading: &Reading) -> &str {
    match reading.raw.as_deref() {
        None | Some("") => "it is empty",
        Some(text) => text,
    }
}

/// Why there is no end of validity to judge by.
pub(super) fn missing_end(end: &Reading) -> Note {
    let text = raw(end);
    match end.value {
        Value::Unreadable => Note::new(
            "date_unreadable",
            format!("the end of validity is not a date: {text}"),
        ),
        Value::Ambiguous => Note::new(
            "date_ambiguous",
            format!("it cannot be told which number of {text} is the day and which the month"),
        ),
        Value::Absent | Value::Known(_) => {
            Note::new("no_date", "the answer has no end of validity")
        }
    }
}

/// A word that nobody knows, or no word: nothing else would tell why the state is not known.
pub(super) fn says_nothing(word: Option<&str>) -> Note {
    let text = match word {
        Some(word) => {
            format!("the provider's status {word} does not tell whether the certificate is valid")
        }
        None => "the provider gives no status for the certificate".to_owned(),
    };
    Note::new("status_unknown", text)
}

/// A word that decides, beside a date that says something else: both are named.
pub(super) fn disagreement(
    status: Status,
    word: Option<&str>,
    end: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<Note> {
    let (end, word) = (end?, word.unwrap_or("missing"));
    match status {
        Status::Expired if end >= now => {
            let text = format!(
                "the provider's status is {word}, but the end of validity, {}, lies ahead",
                rfc3339(end)
            );
            Some(Note::new("status_date_conflict", text))
        }
        Status::Pending
        | Status::Failed
        | Status::Cancelled
        | Status::NotConfigured
        | Status::NoPassword => {
            let text = format!(
                "the provider's status is {word}, yet there is an end of validity: {}",
                rfc3339(end)
            );
            Some(Note::new("date_beside_status", text))
        }
        _ => None,
    }
}
