//! Every key of the published record is in every record, and has the type that was promised.

use certcheck::sandbox::Emulator;
use serde_json::Value;

use crate::support::binary::*;
use crate::support::commands::*;
use crate::support::sandbox::*;

const CERTIFICATE: [(&str, &str); 31] = [
    ("provider", "text"),
    ("check", "null"),
    ("account", "null"),
    ("scope", "text?"),
    ("id", "text?"),
    ("reported_id", "text?"),
    ("name", "text?"),
    ("environment", "text?"),
    ("kind", "text?"),
    ("domains", "list"),
    ("issuer", "text?"),
    ("product", "text?"),
    ("serial", "hex?"),
    ("fingerprint_sha256", "hex?"),
    ("fingerprint_sha1", "hex?"),
    ("signature_algorithm", "text?"),
    ("key_algorithm", "text?"),
    ("not_before", "time?"),
    ("not_after", "time?"),
    ("not_after_raw", "text?"),
    ("time_basis", "text?"),
    ("days_left", "number?"),
    ("warn_at", "time?"),
    ("crit_at", "time?"),
    ("status", "text"),
    ("provider_status", "text?"),
    ("verdict", "text"),
    ("notes", "list"),
    ("details", "object"),
    ("auto_renew", "bool?"),
    ("request_id", "text?"),
];

const ERROR: [(&str, &str); 14] = [
    ("provider", "text"),
    ("check", "null"),
    ("account", "null"),
    ("scope", "text?"),
    ("id", "text?"),
    ("environment", "text?"),
    ("kind", "text"),
    ("code", "text?"),
    ("message", "text"),
    ("hint", "text"),
    ("request_id", "text?"),
    ("http_status", "number?"),
    ("retryable", "bool"),
    ("attempts", "number"),
];

const HEAD: [(&str, &str); 7] = [
    ("schema_version", "number"),
    ("certcheck_version", "text"),
    ("checked_at", "time"),
    ("evaluated_at", "time"),
    ("complete", "bool"),
    ("verdict", "text"),
    ("summary", "object"),
];

const SUMMARY: [(&str, &str); 7] = [
    ("certificates", "number"),
    ("ok", "number"),
    ("warning", "number"),
    ("critical", "number"),
    ("unknown", "number"),
    ("errors", "number"),
    ("not_shown", "number"),
];

/// Exactly these keys, each of its type.
fn shape(record: &Value, keys: &[(&str, &str)], more: &[&str]) {
    let members = record
        .as_object()
        .unwrap_or_else(|| panic!("no object: {record}"));
    assert_eq!(
        members.len(),
        keys.len() + more.len(),
        "{:?}",
        members.keys()
    );
    for (key, kind) in keys {
        let value = members
            .get(*key)
            .unwrap_or_else(|| panic!("no {key} in {record}"));
        assert!(fits(value, kind), "{key} is to be {kind}: {value}");
    }
}

fn fits(value: &Value, kind: &str) -> bool {
    if let Some(kind) = kind.strip_suffix('?') {
        return value.is_null() || fits(value, kind);
    }
    let text = value.as_str();
    match kind {
        "null" => value.is_null(),
        "text" => text.is_some_and(|text| !text.is_empty()),
        "list" => value.is_array(),
        "object" => value.is_object(),
        "number" => value.is_i64(),
        "bool" => value.is_boolean(),
        "time" => text.is_some_and(|text| {
            text.len() == 20
                && text.ends_with('Z')
                && chrono::DateTime::parse_from_rfc3339(text).is_ok()
        }),
        "hex" => text.is_some_and(|text| {
            text.len().is_multiple_of(2)
                && text
                    .bytes()
                    .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        }),
        _ => false,
    }
}

fn certificate(record: &Value) {
    for note in record["notes"].as_array().into_iter().flatten() {
        shape(note, &[("code", "text"), ("message", "text")], &[]);
    }
    for domain in record["domains"].as_array().into_iter().flatten() {
        assert!(fits(domain, "text"), "{record}");
    }
    for (key, value) in record["details"].as_object().into_iter().flatten() {
        assert!(
            !value.is_array() && !value.is_object() && !value.is_null(),
            "{key}: {record}"
        );
    }
    assert_eq!(
        record["not_after"].is_null(),
        record["time_basis"].is_null(),
        "{record}"
    );
    assert_eq!(
        record["not_after"].is_null(),
        record["days_left"].is_null(),
        "{record}"
    );
}

fn everything(service: &'static Emulator, legacy: bool) -> Report {
    let sandbox = sandbox(&[]);
    let run = every_sample(&sandbox, service, legacy);
    run.keys(&service.credentials()).json()
}

#[test]
fn every_key_is_in_every_record() {
    let all = Emulator::all().map(|service| (service, false));
    let all: Vec<_> = all.chain([(Emulator::HUAWEI, true)]).collect();
    each(&all, |(service, legacy)| {
        let report = everything(service, *legacy);
        shape(&report.json, &HEAD, &["certificates", "errors"]);
        shape(&report.json["summary"], &SUMMARY, &[]);
        assert!(!report.certificates().is_empty() && !report.errors().is_empty());
        for record in report.certificates() {
            shape(record, &CERTIFICATE, &[]);
            certificate(record);
        }
        for record in report.errors() {
            shape(record, &ERROR, &[]);
        }
        let count = |key: &str| report.json["summary"][key].as_u64().unwrap_or(u64::MAX);
        assert_eq!(count("certificates"), report.certificates().len() as u64);
        assert_eq!(count("errors"), report.errors().len() as u64);
        let judged = count("ok") + count("warning") + count("critical") + count("unknown");
        assert_eq!(judged, count("certificates"));
    });
}

#[test]
fn a_stream_has_the_same_records_and_a_summary_at_its_end() {
    let sandbox = sandbox(&[]);
    let ids = ["sbxValid", "sbxNobod", "sbxEnded"];
    let output = ask(&sandbox, Emulator::TENCENT, &ids)
        .with(&["-o", "ndjson"])
        .go();
    assert_eq!(output.code(), 2);
    assert!(output.stdout.ends_with('\n'), "{output:?}");
    let lines: Vec<Value> = output
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    let kinds: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["type"].as_str())
        .collect();
    assert_eq!(kinds.len(), 4, "{output:?}");
    assert_eq!(kinds[3], "summary");
    for line in &lines {
        match line["type"].as_str() {
            Some("certificate") => shape(line, &CERTIFICATE, &["type"]),
            Some("error") => shape(line, &ERROR, &["type"]),
            _ => shape(line, &HEAD, &["type"]),
        }
    }
    assert_eq!(
        kinds.iter().filter(|kind| **kind == "certificate").count(),
        2
    );
    assert_eq!(lines[3]["summary"]["certificates"], 2);
    assert_eq!(lines[3]["summary"]["errors"], 1);
    assert_eq!(lines[3]["verdict"], "critical");
}
