//! What to do about a refusal: the hint that goes with a provider's code.

use crate::harness::{OPERATIONS, asked, body, error_record, index, provider};

/// Folder, case, and what its hint names.
const HINTS: &[(&str, &str, &str)] = &[
    ("huawei/show-certificate", "denied.json", "scm:cert:get"),
    ("huawei/show-certificate", "not-owner.json", "scm:cert:get"),
    ("huawei/legacy-detail", "wrong-project.json", "--project-id"),
    (
        "huawei/show-certificate",
        "not-found.json",
        "A renewed certificate has a new id",
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
        let hint = record["hint"].as_str().unwrap_or_default();
        assert!(hint.contains(part), "{folder}/{case}: {record}");
    }
}
