//! What to do about a refusal, or about a zone that nobody told.

use serde_json::Value;

use crate::support::fixtures::{OPERATIONS, asked, body, error_record, index, only, provider};

/// Folder, case, and what its message or its hint names.
const HINTS: &[(&str, &str, &str)] = &[
    ("huawei/show-certificate", "denied.json", "scm:cert:get"),
    ("huawei/show-certificate", "not-owner.json", "scm:cert:get"),
    ("huawei/legacy-detail", "wrong-project.json", "--project-id"),
    (
        "huawei/show-certificate",
        "not-found.json",
        "a renewed certificate has a new one",
    ),
    (
        "huawei/show-certificate",
        "key-unknown.json",
        "--region eu-west-101",
    ),
    (
        "huawei/show-certificate",
        "key-locked.json",
        "wait five minutes",
    ),
    (
        "huawei/show-certificate",
        "signature-mismatch.json",
        "five refusals lock",
    ),
    (
        "tencent/describe-certificate",
        "signature-mismatch.json",
        "the secret key does not belong to this secret id",
    ),
    (
        "tencent/describe-certificate",
        "denied.json",
        "ssl:DescribeCertificate",
    ),
    (
        "tencent/describe-certificate",
        "not-found.json",
        "--site cn",
    ),
    (
        "tencent/describe-certificate",
        "key-unknown.json",
        "--site cn",
    ),
    (
        "pbx/certificate-get",
        "error-10001.json",
        "no such interface",
    ),
    (
        "pbx/certificate-get",
        "error-60002.json",
        "all eight tokens",
    ),
    ("pbx/certificate-get", "error-70004.json", "Blocked IPs"),
    ("pbx/certificate-get", "error-70087.json", "IP restriction"),
    (
        "pbx/certificate-get",
        "error-70123.json",
        "switch the API on",
    ),
];

#[test]
fn a_refusal_says_what_to_do() {
    for (folder, case, part) in HINTS {
        let operation = OPERATIONS.iter().find(|one| one.folder == *folder);
        let operation = operation.expect("an operation");
        let entry = &index(folder)[*case];
        let status = entry["http_status"].as_u64().expect("a status") as u16;
        let id = entry["asked"].as_str().expect("an id");
        let error = asked(operation, id, status, &body(folder, case), None);
        let name = provider(operation.provider).name;
        let record = error_record(name, error.expect_err("a refusal"));
        let said = format!("{} {}", record["message"], record["hint"]);
        assert!(said.contains(part), "{folder}/{case}: {record}");
    }
}

#[test]
fn an_assumed_zone_names_the_flag_that_tells_it() {
    for (folder, id, flag) in [
        (
            "huawei/show-certificate",
            "scs1600000000001",
            "--assume-offset",
        ),
        ("pbx/certificate-get", "4", "--timezone"),
    ] {
        let text = String::from_utf8(body(folder, "valid.json")).expect("UTF-8");
        let record = only(folder, id, &text);
        let mut notes = record["notes"].as_array().into_iter().flatten();
        let told = |note: &&Value| note["code"] == "zone_assumed";
        let message = notes.find(told).map(|note| note["message"].to_string());
        assert!(message.is_some_and(|text| text.contains(flag)), "{record}");
    }
}
