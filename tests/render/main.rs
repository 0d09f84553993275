//! What people and programs get to see: the table and the JSON, from certificates made here.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is a report"
)]

mod control_characters;
mod json;
mod layout;
mod ndjson;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod table_notes;

use certcheck::error::{Error, Kind};
use certcheck::model::note::UnusedAdvice;
use certcheck::model::report::{Failure, Report, ReportEntry};
use certcheck::model::timestamp::{Basis, DateField, Moment};
use certcheck::model::{Environment, Facts, Policy, ProviderState, Status, Unused, judge};
use certcheck::render::style::TextStyle;
use chrono::{DateTime, TimeDelta, Utc};
use support::world::now;

/// A moment that many days after [`now`].
pub fn in_days(days: i64) -> DateTime<Utc> {
    now() + TimeDelta::days(days)
}

/// A good word, an id, and an end that many days after [`now`].
pub fn dated(id: &str, days: i64) -> Facts {
    let moment = Moment::certain(in_days(days), Basis::Utc);
    Facts {
        id: Some(id.to_owned()),
        word: ProviderState::ByDate,
        not_after: DateField::known("raw", moment),
        ..Facts::default()
    }
}

/// A word alone.
pub fn worded(id: &str, status: Status, word: &str) -> Facts {
    Facts {
        id: Some(id.to_owned()),
        word: ProviderState::Is(status),
        provider_status: Some(word.to_owned()),
        ..Facts::default()
    }
}

/// One app of mobile push in one environment.
pub fn push(id: &str, environment: Environment, days: i64) -> Facts {
    Facts {
        environment: Some(environment),
        unused: Some(Unused {
            after_days: 90,
            advice: UnusedAdvice::CheckOnly(Environment::Development),
        }),
        ..dated(id, days)
    }
}

/// An end that may be eight hours later.
pub fn unsure(id: &str, hours: i64) -> Facts {
    let at = in_days(0) + TimeDelta::hours(hours);
    let moment = Moment::within(at, TimeDelta::zero(), TimeDelta::hours(8), Basis::Assumed);
    Facts {
        not_after: DateField::known("raw", moment),
        ..dated(id, 0)
    }
}

/// A failure with everything in it.
pub fn failure(id: &str, message: &str) -> Failure {
    let mut error = Error::new(Kind::Throttled, message)
        .with_code("RequestLimitExceeded")
        .with_status(429)
        .with_request_id(Some("req-1".to_owned()));
    error.attempts = 3;
    Failure {
        provider: "tencent",
        origin: Default::default(),
        scope: Some("intl".to_owned()),
        id: Some(id.to_owned()),
        environment: None,
        error,
    }
}

/// A report of these, judged at [`now`] by default thresholds.
pub fn report(certificates: Vec<(&'static str, Facts)>, failures: Vec<Failure>) -> Report {
    let policy = Policy::at(in_days(0));
    let mut report = Report::new(in_days(0), in_days(0));
    for (provider, facts) in certificates {
        let certificate = Box::new(judge(provider, facts, &policy));
        report.add(ReportEntry::Certificate(certificate), &Default::default());
    }
    for failure in failures {
        report.add(ReportEntry::Failure(Box::new(failure)), &Default::default());
    }
    report
}

/// A terminal of that width, without colour.
pub fn terminal(width: u16) -> TextStyle {
    TextStyle {
        width,
        piped: false,
        colour: false,
        utf8: true,
        now: in_days(0),
        chosen: false,
    }
}

/// No terminal.
pub fn piped() -> TextStyle {
    TextStyle {
        piped: true,
        ..terminal(120)
    }
}

/// Without the colours that we set ourselves.
pub fn without_colour(text: &str) -> String {
    let codes = ["38;5;1", "38;5;2", "38;5;3", "38;5;5", "39"];
    codes.iter().fold(text.to_owned(), |text, code| {
        text.replace(&format!("\u{1b}[{code}m"), "")
    })
}

/// Every sort of row once.
pub fn mixed() -> Report {
    let mut shop = dated("aBcD1234", 190);
    shop.name = Some("网上商店证书".to_owned());
    shop.add_domains(["www.example.com", "example.com", "shop.example.com"]);
    let mut many = dated("eFgH5678", 20);
    many.name = Some("plain".to_owned());
    many.add_domains((0..10).map(|n| format!("host{n}.example.com")));
    report(
        vec![
            ("mpush", push("335799001", Environment::Production, 200)),
            ("mpush", push("335799001", Environment::Development, -400)),
            ("tencent", shop),
            ("tencent", many),
            ("pbx", worded("3", Status::Pending, "issuing")),
            ("huawei", unsure("scs1700000000009", -3)),
        ],
        vec![failure("iJkL9012", "Tencent asks to slow down")],
    )
}
