//! The core without the world around it: moments, status, verdict, thresholds, report. All pure, so every test
//! brings its own moment of evaluation.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is a report"
)]

mod evaluate;
mod names;
mod notes;
mod pbx_dates;
mod provider_status;
mod reports;
mod row_filter;
mod supersede;
#[path = "../support/mod.rs"]
mod support;
mod thresholds;
mod timestamps;

use certcheck::model::timestamp::{Basis, DateField, Moment};
use certcheck::model::{CertStatus, Facts, Policy, ProviderState, judge};
use chrono::{DateTime, TimeDelta, Utc};

pub use support::world::NOW;

/// A moment that many seconds after [`NOW`].
pub fn after(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(NOW + seconds, 0).expect("a valid moment")
}

/// That many days in seconds.
pub const fn days(count: i64) -> i64 {
    count * 86_400
}

/// A date without doubt, that many seconds after [`NOW`].
pub fn sure(seconds: i64) -> DateField {
    DateField::known("text", Moment::certain(after(seconds), Basis::Utc))
}

/// A date that may be up to that much earlier or later.
pub fn unsure(seconds: i64, earlier: i64, later: i64) -> DateField {
    let (earlier, later) = (TimeDelta::seconds(earlier), TimeDelta::seconds(later));
    let moment = Moment::within(after(seconds), earlier, later, Basis::Assumed);
    DateField::known("text", moment)
}

/// A good word with an end of validity, and a start if there is one.
pub fn dated(start: Option<i64>, end: i64) -> Facts {
    Facts {
        word: ProviderState::ByDate,
        provider_status: Some("GOOD".to_owned()),
        not_before: start.map(sure).unwrap_or_default(),
        not_after: sure(end),
        ..Facts::default()
    }
}

/// Default thresholds, no severities, judged at [`NOW`].
pub fn policy() -> Policy {
    Policy::at(after(0))
}

/// Judged by [`policy`].
pub fn judged(facts: Facts) -> CertStatus {
    judge("test", facts, &policy())
}

/// The codes of its notes.
pub fn codes(certificate: &CertStatus) -> Vec<&'static str> {
    certificate
        .facts
        .notes
        .iter()
        .map(certcheck::model::Note::code)
        .collect()
}

/// The message of the note with that code.
pub fn message(certificate: &CertStatus, code: &str) -> String {
    let mut notes = certificate.facts.notes.iter();
    let note = notes.find(|note| note.code() == code).expect(code);
    certcheck::messages::en::note(note)
}
