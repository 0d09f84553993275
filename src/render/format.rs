//! The registry of output formats: a format is one constant and its line in [`FORMATS`]. Nothing outside of this room asks
//! which one it has.

use std::io::{self, Write};

use super::doctor::{self, ProviderFindings};
use super::json;
use super::providers::{self, ProviderInfo};
use super::style::TextStyle;
use super::table;
use crate::model::Report;
use crate::model::report::ReportEntry;

/// An output format, by what it can show.
#[derive(Debug)]
pub struct Format {
    /// Value of `--output`.
    pub name: &'static str,
    /// Hints and explanations may stand beside it.
    pub is_for_people: bool,
    /// The text of one result, for a format that prints each as it arrives. Its report is only the end of the output.
    pub result: Option<fn(&ReportEntry) -> String>,
    pub report: fn(&Report, TextStyle, &mut dyn Write) -> io::Result<()>,
    pub doctor: fn(&[ProviderFindings], TextStyle) -> String,
    pub providers: fn(&[ProviderInfo], TextStyle) -> String,
}

/// Where results go: the collector orders, judges and redacts them, and knows no format.
pub trait Sink {
    /// True where results are passed on as they arrive, and none is kept for the report.
    fn is_stream(&self) -> bool;
    /// Takes one result of a stream.
    fn result(&self, outcome: &ReportEntry);
    /// Takes the report, with every result unless they were streamed.
    fn finish(&self, report: &Report);
}

/// A sink for results that only the report is needed of.
pub struct NoSink;

impl Sink for NoSink {
    fn is_stream(&self) -> bool {
        false
    }

    fn result(&self, _: &ReportEntry) {}

    fn finish(&self, _: &Report) {}
}

/// Every format.
pub const FORMATS: [&Format; 3] = [&TABLE, &JSON, &NDJSON];

const TABLE: Format = Format {
    name: "table",
    is_for_people: true,
    result: None,
    report: |report, style, to| to.write_all(table::report(report, style).as_bytes()),
    doctor: doctor::text,
    providers: |shown, style| providers::text(shown, style.width, style.utf8),
};

const JSON: Format = Format {
    name: "json",
    is_for_people: false,
    result: None,
    report: |report, _, to| json::write_report(report, to),
    doctor: |examined, _| doctor::json(examined),
    providers: |shown, _| providers::json(shown),
};

const NDJSON: Format = Format {
    name: "ndjson",
    is_for_people: false,
    result: Some(|outcome| match outcome {
        ReportEntry::Certificate(certificate) => json::certificate_line(certificate),
        ReportEntry::Failure(failure) => json::error_line(failure),
    }),
    report: |report, _, to| to.write_all(json::summary_line(report).as_bytes()),
    doctor: |examined, _| doctor::lines(examined),
    providers: |shown, _| providers::lines(shown),
};

impl Format {
    /// The format of that name.
    pub fn named(name: &str) -> Option<&'static Format> {
        FORMATS.into_iter().find(|format| format.name == name)
    }

    /// Without `--output`.
    pub fn usual() -> &'static Format {
        &TABLE
    }

    /// `table, json or ndjson`
    pub fn names() -> String {
        let [first, others @ .., last] = FORMATS.map(|format| format.name);
        let others: String = others.iter().map(|name| format!(", {name}")).collect();
        format!("{first}{others} or {last}")
    }

    pub fn all_names() -> Vec<&'static str> {
        FORMATS.map(|format| format.name).to_vec()
    }

    /// The format of `--json`.
    pub fn json() -> &'static Format {
        &JSON
    }
}
