//! Every code that a provider documents has its kind.

use std::collections::BTreeSet;

use certcheck::adapters::REGISTRY;
use certcheck::error::Error;
use serde_json::{Value, json};

use crate::support::fixtures::{
    OPERATIONS, asked, conversation, fixtures, response, stamp, target,
};

/// The documented codes of a provider.
pub fn rows(provider: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(fixtures().join(provider).join("codes.json"))
        .expect("a table of codes");
    serde_json::from_str(&text).expect("a table of codes")
}

/// A provider's error envelope around a code.
fn envelope(provider: &str, code: &str, message: &str) -> Vec<u8> {
    let envelope = match provider {
        "mpush" | "esa" => {
            json!({"RequestId": "R-1", "HostId": "h", "Code": code, "Message": message})
        }
        "huawei" => json!({"error_code": code, "error_msg": message}),
        "tencent" => {
            json!({"Response": {"Error": {"Code": code, "Message": message}, "RequestId": "R-1"}})
        }
        "pbx" => json!({"errcode": code.parse::<i64>().expect("a number"), "errmsg": message}),
        other => panic!("no envelope for {other}"),
    };
    envelope.to_string().into_bytes()
}

/// Every code of the page that documents a call. Mobile push has a template, `Invalid%s.NotFound`; the pages of the PBX
/// and of Huawei's older call name no code.
const ON_THE_PAGES: [(&str, &[&str]); 3] = [
    (
        "mpush",
        &[
            "InvalidAppKey.NotFound",
            "AccountDisabled",
            "PermissionDenied",
            "InternalError",
        ],
    ),
    (
        "esa",
        &[
            "InvalidParameter.SiteId",
            "MissingSiteId",
            "InternalException",
            "Id.MissingParameter",
            "Unauthorized.InvalidTime",
            "Unauthorized.InvalidToken",
            "Certificate.NotFound",
        ],
    ),
    (
        "tencent",
        &[
            "FailedOperation",
            "FailedOperation.AuthError",
            "FailedOperation.CancelOrderFailed",
            "FailedOperation.CannotBeDeletedIssued",
            "FailedOperation.CannotBeDeletedWithinHour",
            "FailedOperation.CannotGetOrder",
            "FailedOperation.CertificateInvalid",
            "FailedOperation.CertificateMismatch",
            "FailedOperation.CertificateNotFound",
            "FailedOperation.ExceedsFreeLimit",
            "FailedOperation.InvalidCertificateStatusCode",
            "FailedOperation.InvalidParam",
            "FailedOperation.NetworkError",
            "FailedOperation.NoProjectPermission",
            "FailedOperation.NoRealNameAuth",
            "FailedOperation.OrderAlreadyReplaced",
            "FailedOperation.OrderReplaceFailed",
            "InternalError",
            "LimitExceeded.RateLimitExceeded",
        ],
    ),
];

#[test]
fn every_code_of_the_pages_is_in_the_table() {
    for (provider, codes) in ON_THE_PAGES {
        let rows = rows(provider);
        for code in codes {
            let there = rows.iter().any(|row| row["code"] == *code);
            assert!(there, "{provider} lacks {code}");
        }
    }
}

/// The error that an adapter makes of a documented code.
pub fn refused(provider: &str, row: &Value) -> Error {
    let code = row["code"].as_str().expect("a code");
    let status = row["http_status"].as_u64().unwrap_or(200);
    let status = u16::try_from(status).expect("a status");
    let message = row["message_contains"].as_str().unwrap_or("said so");
    let body = envelope(provider, code, message);
    if row["operation"]
        .as_str()
        .is_some_and(|call| call.contains("token"))
    {
        return login(&body);
    }
    let operation = OPERATIONS
        .iter()
        .find(|operation| operation.provider == provider)
        .expect("an operation");
    let id = if provider == "huawei" {
        "scs1600000000001"
    } else {
        "335799001"
    };
    asked(operation, id, status, &body, None).expect_err("an error")
}

/// The error of a PBX's login.
fn login(body: &[u8]) -> Error {
    let target = target("pbx", &["--base-url", "https://192.168.5.150"], false).expect("a target");
    let mut flow = conversation(&target, &["1"]).flow;
    flow.step(stamp()).expect("a login");
    let answer = flow.answer(Ok(response(200, body).into()));
    answer.err().expect("an error")
}

#[test]
fn every_documented_code_has_its_kind() {
    let mut wrong = Vec::new();
    for provider in REGISTRY {
        let rows = rows(provider.name);
        assert!(
            rows.len() > 15,
            "{} has {} codes",
            provider.name,
            rows.len()
        );
        for row in rows {
            let kind = refused(provider.name, &row).kind.as_str();
            if kind != row["kind"] {
                wrong.push(format!("{} {row}: {kind}", provider.name));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differences:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_entry_of_an_adapters_own_table_is_tried() {
    // A table entry that no documented code reaches is one that nobody has seen work. Two providers share the
    // gateway's table, so all codes count for all.
    let codes: BTreeSet<String> = REGISTRY
        .iter()
        .flat_map(|provider| rows(provider.name))
        .filter_map(|row| row["code"].as_str().map(str::to_owned))
        .collect();
    let tables = REGISTRY.iter().flat_map(|provider| provider.codes.iter());
    for (pattern, _) in tables.flat_map(|table| table.iter()) {
        let hit = match pattern.split_once('*') {
            None => codes.contains(*pattern),
            Some((start, end)) => codes
                .iter()
                .any(|code| code.starts_with(start) && code.ends_with(end)),
        };
        assert!(hit, "no documented code for {pattern}");
    }
}
