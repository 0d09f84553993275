//! The published JSON, version 1. Its own structs: dumping the model would tie users to our insides. Keys are
//! always there, and only ever added.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use super::escaping::Escaping;
use crate::messages::en;
use crate::model::report::Summary;
use crate::model::timestamp::rfc3339;
use crate::model::{CertStatus, Failure, Report, Scalar};

/// Version of the shape.
pub const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
struct CertificateRecord<'a> {
    provider: &'a str,
    check: Option<&'a str>,
    account: Option<&'a str>,
    scope: Option<&'a str>,
    id: Option<&'a str>,
    reported_id: Option<&'a str>,
    name: Option<&'a str>,
    environment: Option<&'a str>,
    kind: Option<&'a str>,
    domains: &'a [String],
    issuer: Option<&'a str>,
    product: Option<&'a str>,
    serial: Option<&'a str>,
    fingerprint_sha256: Option<&'a str>,
    fingerprint_sha1: Option<&'a str>,
    signature_algorithm: Option<&'a str>,
    key_algorithm: Option<&'a str>,
    not_before: Option<String>,
    not_after: Option<String>,
    not_after_raw: Option<&'a str>,
    time_basis: Option<&'a str>,
    days_left: Option<i64>,
    warn_at: Option<String>,
    crit_at: Option<String>,
    status: &'a str,
    provider_status: Option<&'a str>,
    verdict: &'a str,
    notes: Vec<NoteRecord>,
    details: BTreeMap<&'a str, DetailValue<'a>>,
    auto_renew: Option<bool>,
    request_id: Option<&'a str>,
}

#[derive(Serialize)]
struct NoteRecord {
    code: &'static str,
    message: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum DetailValue<'a> {
    Text(&'a str),
    Number(i64),
}

#[derive(Serialize)]
struct ErrorRecord<'a> {
    provider: &'a str,
    check: Option<&'a str>,
    account: Option<&'a str>,
    scope: Option<&'a str>,
    id: Option<&'a str>,
    environment: Option<&'a str>,
    kind: &'a str,
    code: Option<&'a str>,
    message: &'a str,
    hint: &'a str,
    request_id: Option<&'a str>,
    http_status: Option<u16>,
    retryable: bool,
    attempts: u32,
}

#[derive(Serialize)]
struct SummaryRecord {
    certificates: usize,
    ok: usize,
    warning: usize,
    critical: usize,
    unknown: usize,
    errors: usize,
    not_shown: usize,
}

#[derive(Serialize)]
struct ReportHeader {
    schema_version: u32,
    certcheck_version: &'static str,
    checked_at: String,
    evaluated_at: String,
    complete: bool,
    verdict: &'static str,
    summary: SummaryRecord,
}

#[derive(Serialize)]
struct ReportDocument<'a> {
    #[serde(flatten)]
    head: ReportHeader,
    certificates: RecordList<'a, Box<CertStatus>>,
    errors: RecordList<'a, Box<Failure>>,
}

/// A list of the model, made publishable member by member: a copy of all of them would be as large again.
struct RecordList<'a, T>(&'a [T]);

impl Serialize for RecordList<'_, Box<CertStatus>> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let certificates = self.0.iter().map(|one| CertificateRecord::from(&**one));
        serializer.collect_seq(certificates)
    }
}

impl Serialize for RecordList<'_, Box<Failure>> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|one| ErrorRecord::from(&**one)))
    }
}

#[derive(Serialize)]
struct StreamLine<T> {
    r#type: &'static str,
    #[serde(flatten)]
    body: T,
}

fn seconds(at: Option<DateTime<Utc>>) -> Option<String> {
    at.map(rfc3339)
}

impl<'a> From<&'a CertStatus> for CertificateRecord<'a> {
    fn from(certificate: &'a CertStatus) -> CertificateRecord<'a> {
        let facts = &certificate.facts;
        let end = facts.not_after.moment();
        CertificateRecord {
            provider: certificate.provider,
            check: certificate.origin.check.as_deref(),
            account: certificate.origin.account.as_deref(),
            scope: facts.scope.as_deref(),
            id: facts.id.as_deref(),
            reported_id: facts.reported_id.as_deref(),
            name: facts.name.as_deref(),
            environment: facts.environment.map(|environment| environment.as_str()),
            kind: facts.kind.map(|kind| kind.as_str()),
            domains: &facts.domains,
            issuer: facts.issuer.as_deref(),
            product: facts.product.as_deref(),
            serial: facts.serial.as_deref(),
            fingerprint_sha256: facts.fingerprint_sha256.as_deref(),
            fingerprint_sha1: facts.fingerprint_sha1.as_deref(),
            signature_algorithm: facts.signature_algorithm.as_deref(),
            key_algorithm: facts.key_algorithm.as_deref(),
            not_before: seconds(facts.not_before.moment().map(|moment| moment.at)),
            not_after: seconds(end.map(|moment| moment.at)),
            not_after_raw: facts.not_after.raw.as_deref(),
            time_basis: end.map(|moment| moment.basis.as_str()),
            days_left: certificate.days_left,
            warn_at: seconds(certificate.warn_at),
            crit_at: seconds(certificate.crit_at),
            status: certificate.status.as_str(),
            provider_status: facts.provider_status.as_deref(),
            verdict: certificate.verdict.as_str(),
            notes: facts
                .notes
                .iter()
                .map(|note| NoteRecord {
                    code: note.code(),
                    message: en::note(note),
                })
                .collect(),
            details: facts
                .details
                .iter()
                .map(|(key, value)| (key, DetailValue::from(value)))
                .collect(),
            auto_renew: facts.auto_renew,
            request_id: facts.request_id.as_deref(),
        }
    }
}

impl<'a> From<&'a Scalar> for DetailValue<'a> {
    fn from(scalar: &'a Scalar) -> DetailValue<'a> {
        match scalar {
            Scalar::Text(text) => DetailValue::Text(text),
            Scalar::Number(number) => DetailValue::Number(*number),
        }
    }
}

impl<'a> From<&'a Failure> for ErrorRecord<'a> {
    fn from(failure: &'a Failure) -> ErrorRecord<'a> {
        let error = &failure.error;
        ErrorRecord {
            provider: failure.provider,
            check: failure.origin.check.as_deref(),
            account: failure.origin.account.as_deref(),
            scope: failure.scope.as_deref(),
            id: failure.id.as_deref(),
            environment: failure.environment.map(|environment| environment.as_str()),
            kind: error.kind.as_str(),
            code: error.code.as_deref(),
            message: &error.message,
            hint: error.hint(),
            request_id: error.request_id.as_deref(),
            http_status: error.http_status,
            retryable: error.retryable(),
            attempts: error.attempts,
        }
    }
}

impl From<&Report> for ReportHeader {
    fn from(report: &Report) -> ReportHeader {
        let Summary {
            certificates,
            ok,
            warning,
            critical,
            unknown,
            errors,
            not_shown,
        } = report.summary;
        ReportHeader {
            schema_version: SCHEMA_VERSION,
            certcheck_version: env!("CARGO_PKG_VERSION"),
            checked_at: rfc3339(report.checked_at),
            evaluated_at: rfc3339(report.evaluated_at),
            complete: report.complete,
            verdict: report.verdict().as_str(),
            summary: SummaryRecord {
                certificates,
                ok,
                warning,
                critical,
                unknown,
                errors,
                not_shown,
            },
        }
    }
}

/// The whole report, indented.
pub fn report(report: &Report) -> String {
    text(|bytes| write_report(report, bytes))
}

/// Writes the report piece by piece: as text a large report takes more memory than its certificates.
pub fn write_report(report: &Report, to: &mut dyn Write) -> io::Result<()> {
    let whole = ReportDocument {
        head: ReportHeader::from(report),
        certificates: RecordList(&report.certificates),
        errors: RecordList(&report.errors),
    };
    let mut buffered = BufWriter::with_capacity(64 * 1024, to);
    write(&whole, PrettyFormatter::new(), &mut buffered)?;
    buffered.flush()
}

/// One certificate as a line of a stream.
pub fn certificate_line(certificate: &CertStatus) -> String {
    line("certificate", CertificateRecord::from(certificate))
}

/// One error as a line of a stream.
pub fn error_line(failure: &Failure) -> String {
    line("error", ErrorRecord::from(failure))
}

/// The last line of a stream: everything of the report but the two arrays.
pub fn summary_line(report: &Report) -> String {
    line("summary", ReportHeader::from(report))
}

fn line(r#type: &'static str, body: impl Serialize) -> String {
    in_json(&StreamLine { r#type, body }, CompactFormatter)
}

/// A value as JSON text that acts on no terminal.
pub fn in_json(value: &impl Serialize, formatter: impl Formatter) -> String {
    text(|bytes| write(value, formatter, bytes))
}

fn text(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
    let mut bytes = Vec::new();
    // Neither our structs nor a vector can fail to be written; were it so, nothing would come out, not half.
    if write(&mut bytes).is_err() {
        bytes.clear();
    }
    String::from_utf8(bytes).unwrap_or_default()
}

fn write(value: &impl Serialize, formatter: impl Formatter, to: &mut impl Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(
        &mut *to,
        Escaping(formatter),
    ))?;
    to.write_all(b"\n")
}
