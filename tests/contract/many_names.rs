//! Answers with very many names in them are read in a time that grows with their size, not with its square.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::fixtures::{answered, only};

const MANY: usize = 100_000;

/// What would take minutes at a hundred thousand names takes a second or two, on a slow machine too.
fn soon<T>(work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let done = work();
    let took = started.elapsed();
    assert!(took < Duration::from_secs(20), "it took {took:?}");
    done
}

fn names() -> Vec<String> {
    (0..MANY)
        .map(|number| format!("h{number}.example"))
        .collect()
}

#[test]
fn many_names_at_tencent() {
    let body = json!({"Response": {"CertificateId": "a", "Status": 1, "CertificateType": "SVR",
        "CertEndTime": "2035-01-01 00:00:00", "SubjectAltName": names()}});
    let record = soon(|| only("tencent/describe-certificate", "a", &body.to_string()));
    assert_eq!(record["domains"].as_array().map(Vec::len), Some(MANY));
}

#[test]
fn many_names_at_huawei() {
    let body = json!({"id": "a", "status": "ISSUED", "not_after": "2035-01-01 00:00:00.0", "sans": names()});
    let record = soon(|| only("huawei/show-certificate", "a", &body.to_string()));
    assert_eq!(record["domains"].as_array().map(Vec::len), Some(MANY));
}

#[test]
fn many_doubled_keys_at_huawei() {
    let pairs: String = names()
        .iter()
        .map(|name| format!("\"domain_name\":\"{name}\","))
        .collect();
    let body = format!("{{{pairs}\"cert_id\":\"a\",\"status\":\"ISSUED\"}}");
    let records = soon(|| answered("huawei/legacy-detail", "a", &body));
    assert_eq!(records[0]["domains"].as_array().map(Vec::len), Some(MANY));
}

#[test]
fn many_names_at_esa() {
    let body: Value = json!({"Status": "active", "Result": {"Id": "a", "Status": "active",
        "NotAfter": "2035-01-01 00:00:00", "SAN": names().join(",")}});
    let record = soon(|| only("esa/get-client-certificate", "a", &body.to_string()));
    assert_eq!(record["domains"].as_array().map(Vec::len), Some(MANY));
}
