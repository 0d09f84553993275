//! What is fed with bytes that nobody has looked at. Each target takes any input whatever and panics where the
//! house breaks a promise: on a panic of its own, on overflow, on a verdict that the input does not carry, on
//! output that does not say what was read.
//!
//! The fuzzers under `fuzz/` and the tests of this folder run the same targets.

mod config;
mod output;
mod pages;
mod readers;
mod stream;
mod text;
mod time;

// Here and not beside the targets: the fuzzers take in this module alone.
#[allow(dead_code, reason = "other tests use the rest of it")]
#[path = "../../support/list_server.rs"]
mod list_server;
#[allow(dead_code, reason = "other tests use the rest of it")]
#[path = "../../support/world.rs"]
mod world;

use certcheck::model::Policy;
use certcheck::model::report::{Report, ReportEntry};
use chrono::{DateTime, Utc};

pub use readers::READERS;
pub use stream::certcheck;

/// A target: what it is called, and what it does with its input.
pub type Target = (&'static str, fn(&[u8]));

/// Every target. The first five are the readers of the providers' answers.
pub const TARGETS: [Target; 15] = [
    ("mpush", readers::mpush),
    ("esa", readers::esa),
    ("pbx", readers::pbx),
    ("huawei", readers::huawei),
    ("tencent", readers::tencent),
    ("time", time::time),
    ("flags", stream::flags),
    ("from_stream", stream::from_stream),
    ("render", output::render),
    ("lenient", text::lenient),
    ("xml", text::xml),
    ("pem", text::pem),
    ("scrub", text::scrub),
    ("config", config::config),
    ("list_pages", pages::list_pages),
];

/// Runs the target of that name.
pub fn run(name: &str, input: &[u8]) {
    let found = TARGETS.iter().find(|(own, _)| *own == name);
    let (_, target) = found.expect("a target of this name");
    target(input);
}

/// 2026-11-22T00:00:00Z, the moment for which `fixtures/` says what comes out.
fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_305_600, 0).expect("a moment")
}

/// Default thresholds, as of [`now`].
fn policy() -> Policy {
    Policy::at(now())
}

/// A report of these.
fn report(outcomes: impl IntoIterator<Item = ReportEntry>) -> Report {
    let mut report = Report::new(now(), now());
    for outcome in outcomes {
        report.add(outcome, &Default::default());
    }
    report
}
