//! The published JSON: every key always there, in its order, of one type.

use std::fmt;

use certcheck::model::{CertKind, Environment, Facts, Report, Scalar, Status};
use certcheck::render::json;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::{dated, failure, in_days, mixed, report, worded};

/// The keys of an object in the order they are written in.
pub struct Keys(pub Vec<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Keys, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Keys;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
                let mut keys = Vec::new();
                while let Some((key, _)) = map.next_entry::<String, IgnoredAny>()? {
                    keys.push(key);
                }
                Ok(Keys(keys))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// Keys and types of section 2 of the contract, in its order. `?` may be null.
pub const CERTIFICATE: &str = "provider:s check:s? account:s? scope:s? id:s? reported_id:s? name:s? environment:s? \
    kind:s? domains:a issuer:s? product:s? serial:s? fingerprint_sha256:s? fingerprint_sha1:s? \
    signature_algorithm:s? key_algorithm:s? not_before:s? not_after:s? not_after_raw:s? time_basis:s? \
    days_left:n? warn_at:s? crit_at:s? status:s provider_status:s? verdict:s notes:a details:o auto_renew:b? \
    request_id:s?";

/// The same of an error.
pub const FAILURE: &str = "provider:s check:s? account:s? scope:s? id:s? environment:s? kind:s code:s? message:s \
    hint:s request_id:s? http_status:n? retryable:b attempts:n";

/// The same of what stands around the two arrays.
pub const HEAD: &str = "schema_version:n certcheck_version:s checked_at:s evaluated_at:s complete:b verdict:s summary:o";

/// The same of the counts.
pub const SUMMARY: &str = "certificates:n ok:n warning:n critical:n unknown:n errors:n not_shown:n";

/// Holds an object's text to one of the lists above.
pub fn holds(text: &str, list: &str) {
    let keys = serde_json::from_str::<Keys>(text).expect("an object").0;
    let fields: Vec<(&str, &str)> = list
        .split_whitespace()
        .filter_map(|f| f.split_once(':'))
        .collect();
    let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    assert_eq!(keys, names);
    let object: Value = serde_json::from_str(text).expect("an object");
    for (name, kind) in fields {
        let value = &object[name];
        let fits = match kind.trim_end_matches('?') {
            "s" => value.is_string(),
            "n" => value.is_i64() || value.is_u64(),
            "b" => value.is_boolean(),
            "a" => value.is_array(),
            _ => value.is_object(),
        };
        assert!(
            fits || (kind.ends_with('?') && value.is_null()),
            "{name}: {value}"
        );
    }
}

/// A certificate with something in every field.
pub fn full() -> Facts {
    let text = |text: &str| Some(text.to_owned());
    let mut facts = Facts {
        scope: text("site 1234567890123"),
        reported_id: text("other"),
        name: text("name"),
        environment: Some(Environment::Production),
        kind: Some(CertKind::Ca),
        domains: vec!["a.example".to_owned(), "b.example".to_owned()],
        issuer: text("issuer"),
        product: text("product"),
        serial: text("0a1b"),
        fingerprint_sha256: text("ff"),
        fingerprint_sha1: text("ee"),
        signature_algorithm: text("SHA256-RSA"),
        key_algorithm: text("RSA"),
        not_before: dated("", -100).not_after,
        provider_status: text("GOOD"),
        auto_renew: Some(false),
        request_id: text("req"),
        ..dated("id", -3)
    };
    facts.detail("tags", text("a=b"));
    facts.details.insert("apply_tip_code", Scalar::Number(-5));
    facts
        .details
        .insert("source", Scalar::Text("upload".to_owned()));
    facts
}

fn parsed(report: &Report) -> Value {
    serde_json::from_str(&json::report(report)).expect("JSON")
}

#[test]
fn a_certificate_has_every_key_in_order_full_or_empty() {
    for facts in [
        full(),
        Facts::default(),
        dated("id", 300),
        worded("id", Status::Pending, "0"),
    ] {
        let report = report(vec![("esa", facts)], vec![]);
        let line = json::certificate_line(&report.certificates[0]);
        holds(
            &line.replacen("\"type\":\"certificate\",", "", 1),
            CERTIFICATE,
        );
    }
}

#[test]
fn an_error_has_every_key_in_order_full_or_empty() {
    let mut bare = failure("id", "message");
    (bare.id, bare.scope) = (None, None);
    bare.error = certcheck::error::Error::new(certcheck::error::Kind::Usage, "message");
    for failure in [failure("id", "message"), bare] {
        let line = json::error_line(&failure);
        holds(&line.replacen("\"type\":\"error\",", "", 1), FAILURE);
    }
}

#[test]
fn the_report_has_its_head_then_the_two_arrays() {
    for report in [mixed(), report(vec![], vec![])] {
        let text = json::report(&report);
        let keys = serde_json::from_str::<Keys>(&text).expect("an object").0;
        let head = HEAD
            .split_whitespace()
            .filter_map(|f| f.split_once(':'))
            .map(|(name, _)| name);
        let expected: Vec<&str> = head.chain(["certificates", "errors"]).collect();
        assert_eq!(keys, expected);
        assert!(text.ends_with("}\n") && !text.ends_with("\n\n"));
        let value = parsed(&report);
        assert!(
            value["certificates"].is_array() && value["errors"].is_array(),
            "never null"
        );
    }
}

#[test]
fn what_the_fields_hold() {
    let value = parsed(&report(vec![("esa", full())], vec![]));
    let certificate = &value["certificates"][0];
    for (key, expected) in [
        ("provider", "\"esa\""),
        ("id", "\"id\""),
        ("reported_id", "\"other\""),
        ("environment", "\"production\""),
        ("kind", "\"ca\""),
        ("domains", "[\"a.example\",\"b.example\"]"),
        ("not_before", "\"2026-08-14T08:00:00Z\""),
        ("not_after", "\"2026-11-19T08:00:00Z\""),
        ("not_after_raw", "\"raw\""),
        ("time_basis", "\"utc\""),
        ("days_left", "-3"),
        ("status", "\"EXPIRED\""),
        ("verdict", "\"critical\""),
        (
            "details",
            "{\"apply_tip_code\":-5,\"source\":\"upload\",\"tags\":\"a=b\"}",
        ),
        ("auto_renew", "false"),
        ("check", "null"),
        ("account", "null"),
    ] {
        assert_eq!(certificate[key].to_string(), expected, "{key}");
    }
    let note = &certificate["notes"][0];
    assert_eq!(note["code"], "status_date_conflict");
    assert!(note["message"].is_string());
}

#[test]
fn no_date_is_null_in_every_field_of_it() {
    let value = parsed(&report(vec![("pbx", Facts::default())], vec![]));
    for key in [
        "not_before",
        "not_after",
        "not_after_raw",
        "time_basis",
        "days_left",
        "warn_at",
        "crit_at",
    ] {
        assert!(value["certificates"][0][key].is_null(), "{key}");
    }
    // Zero is a number of days, and not the same.
    let today = parsed(&report(vec![("pbx", dated("1", 0))], vec![]));
    assert_eq!(today["certificates"][0]["days_left"], 0);
}

#[test]
fn the_head_counts_and_says_the_worst() {
    let mut whole = mixed();
    whole.complete = false;
    let value = parsed(&whole);
    assert_eq!(value["schema_version"], 1);
    assert_eq!(value["certcheck_version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(value["checked_at"], "2026-11-22T08:00:00Z");
    assert_eq!(value["evaluated_at"], "2026-11-22T08:00:00Z");
    assert_eq!(value["complete"], false);
    assert_eq!(value["verdict"], "critical");
    let summary = value["summary"].to_string();
    holds(
        r#"{"certificates":6,"ok":2,"warning":2,"critical":1,"unknown":1,"errors":1,"not_shown":0}"#,
        SUMMARY,
    );
    assert_eq!(
        summary,
        r#"{"certificates":6,"critical":1,"errors":1,"not_shown":0,"ok":2,"unknown":1,"warning":2}"#
    );
}

#[test]
fn moments_are_whole_seconds_in_utc() {
    let mut report = mixed();
    report.checked_at = in_days(0) + chrono::TimeDelta::milliseconds(999);
    assert_eq!(parsed(&report)["checked_at"], "2026-11-22T08:00:00Z");
}
