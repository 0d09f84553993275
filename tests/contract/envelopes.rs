//! Saved answers in and out of their envelopes.

use serde_json::{Value, json};

use crate::support::fixtures::{body, error_record, record, saved_by, target};

/// What comes of a saved answer.
fn read(provider: &'static str, answer: &Value) -> Value {
    let target = target(provider, &[], true).expect("a target");
    match saved_by(&target, None, answer.to_string().as_bytes()) {
        Ok(mut facts) => record(provider, facts.remove(0)),
        Err(error) => error_record(provider, error),
    }
}

fn fixture(folder: &str) -> Value {
    serde_json::from_slice(&body(folder, "valid.json")).expect("JSON")
}

#[test]
fn a_pbx_record_with_and_without_its_envelope() {
    let whole = fixture("pbx/certificate-get");
    let bare = &whole["certificate"];
    assert_eq!(read("pbx", &whole)["verdict"], "ok");
    assert_eq!(read("pbx", bare)["verdict"], "ok");
    assert_eq!(
        read("pbx", &json!({"expiration": "-"}))["status"],
        "UNKNOWN"
    );
    // What is left of an envelope is no record.
    assert_eq!(
        read("pbx", &json!({"certificate": bare}))["kind"],
        "protocol"
    );
    let mut refused = bare.clone();
    refused["errcode"] = json!(10005);
    assert_eq!(read("pbx", &refused)["kind"], "permission");
    assert_eq!(read("pbx", &json!({"id": 4}))["kind"], "protocol");
}

#[test]
fn a_tencent_record_with_and_without_its_envelope() {
    let whole = fixture("tencent/describe-certificate");
    assert_eq!(read("tencent", &whole)["verdict"], "ok");
    assert_eq!(read("tencent", &whole["Response"])["verdict"], "ok");
    assert_eq!(
        read("tencent", &json!({"Response": "x"}))["kind"],
        "protocol"
    );
}

#[test]
fn a_huawei_answer_of_either_call_is_told_by_its_keys() {
    assert_eq!(
        read("huawei", &fixture("huawei/show-certificate"))["verdict"],
        "ok"
    );
    let legacy = read("huawei", &fixture("huawei/legacy-detail"));
    assert_eq!(legacy["notes"][0]["code"], "legacy_no_date");
    assert_eq!(
        read("huawei", &json!({"status": "ISSUED"}))["kind"],
        "protocol"
    );
}
