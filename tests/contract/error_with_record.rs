//! An error beside a whole record is an error, whether a code says it or the status: nobody can know which of the two is
//! meant.

use serde_json::{Value, json};

use crate::support::fixtures::{OPERATIONS, body, index, only, with_status};

/// What comes of a valid answer with that member in it.
fn with(folder: &str, mut answer: Value, key: &str, value: &Value) -> Value {
    answer[key] = value.clone();
    only(folder, "7", &answer.to_string())
}

#[test]
fn a_code_beside_a_record_of_esa() {
    let valid = json!({"SiteId": 1234567890123_u64, "Status": "active", "Result": {"Id": "7",
        "Status": "active", "NotBefore": "2026-01-01 00:00:00", "NotAfter": "2035-01-01 00:00:00"}});
    let read = |code: &Value| with("esa/get-client-certificate", valid.clone(), "Code", code);
    assert_eq!(read(&json!("Throttling"))["kind"], "throttled");
    assert_eq!(read(&json!("Certificate.NotFound"))["kind"], "not_found");
    assert_eq!(read(&json!({}))["kind"], "protocol");
    for good in [json!(null), json!("OK"), json!(200)] {
        assert_eq!(read(&good)["verdict"], "ok", "{good}");
    }
}

#[test]
fn a_code_beside_a_record_of_huawei() {
    let valid = json!({"id": "7", "status": "ISSUED", "not_before": "2026-01-01 00:00:00",
        "not_after": "2035-01-01 00:00:00"});
    for key in ["error_code", "errorCode"] {
        let read = |code: &Value| with("huawei/show-certificate", valid.clone(), key, code);
        assert_eq!(read(&json!("SCM.4001"))["kind"], "unavailable");
        assert_eq!(read(&json!([]))["kind"], "protocol");
        assert_eq!(read(&json!(null))["verdict"], "ok");
    }
}

#[test]
fn a_record_beside_a_status_that_says_failure() {
    for operation in &OPERATIONS {
        let folder = operation.folder;
        let text = String::from_utf8(body(folder, "valid.json")).expect("UTF-8");
        let id = index(folder)["valid.json"]["asked"].clone();
        let id = id.as_str().expect("an id");
        for (status, kind) in [
            (302, "protocol"),
            (403, "protocol"),
            (404, "config"),
            (429, "throttled"),
            (500, "unavailable"),
        ] {
            let records = with_status(folder, id, status, &text);
            assert_eq!(records[0]["kind"], kind, "{folder} HTTP {status}");
            assert_eq!(records[0]["http_status"], status, "{folder}");
        }
    }
}
