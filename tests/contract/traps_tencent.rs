//! Tencent's traps, one test each. Those of the connection are in `tests/exchange`, those of the user's key in
//! `tests/cli`.

use certcheck::credentials::Credential;
use certcheck::exchange::Stamp;
use certcheck::redact::KnownSecrets;
use chrono::{TimeZone as _, Utc};
use serde_json::{Value, json};

use crate::support::fixtures::{
    OPERATIONS, asked, body, conversation, credential, error_record, first_request, header, only,
    record, response, stamp, target,
};

const ID: &str = "aBcD1234";
const FOLDER: &str = "tencent/describe-certificate";

fn certificate(members: Value) -> Value {
    let mut inner = json!({"CertificateId": ID, "CertificateType": "SVR", "Status": 1, "CertBeginTime": "2026-06-01 08:00:00", "CertEndTime": "2027-06-01 07:59:59", "RequestId": "R"});
    inner
        .as_object_mut()
        .expect("an object")
        .extend(members.as_object().expect("members").clone());
    only(FOLDER, ID, &json!({"Response": inner}).to_string())
}

fn refused(code: &str) -> Value {
    only(
        FOLDER,
        ID,
        &json!({"Response": {"Error": {"Code": code, "Message": "m"}, "RequestId": "R"}})
            .to_string(),
    )
}

#[test]
fn end_times_are_utc_plus_8_without_saying_so() {
    let record = certificate(json!({}));
    assert_eq!(
        (record["not_after"].as_str(), record["time_basis"].as_str()),
        (Some("2027-05-31T23:59:59Z"), Some("provider_zone"))
    );
}

#[test]
fn the_scope_date_is_utc_even_when_beijing_has_the_next_day() {
    let target = target("tencent", &[], false).expect("a target");
    let evening = Utc
        .with_ymd_and_hms(2026, 11, 21, 23, 30, 0)
        .single()
        .expect("a moment");
    let step = conversation(&target, &[ID])
        .flow
        .step(Stamp {
            time: evening,
            nonce: [0; 16],
        })
        .expect("a request");
    assert!(
        header(&step.http().expect("HTTP"), "authorization")
            .contains("/2026-11-21/ssl/tc3_request")
    );
}

#[test]
fn an_error_inside_http_200_is_an_error_whatever_the_content_type() {
    let text = r#"{"Response":{"Error":{"Code":"FailedOperation.CertificateNotFound","Message":"m"},"RequestId":"R"}}"#;
    for media in ["application/json; charset=utf-8", "text/html", ""] {
        let target = target("tencent", &[], false).expect("a target");
        let mut answer = response(200, text.as_bytes());
        answer
            .headers
            .insert("content-type", media.parse().expect("a value"));
        let error = conversation(&target, &[ID])
            .flow
            .answer(Ok(answer.into()))
            .err()
            .expect("an error");
        let record = error_record("tencent", error);
        assert_eq!(
            (record["kind"].as_str(), record["request_id"].as_str()),
            (Some("not_found"), Some("R")),
            "{media}"
        );
    }
}

#[test]
fn every_field_may_be_null() {
    let nulls: Value =
        serde_json::from_slice(&body(FOLDER, "seed.json")).expect("the page's example");
    let mut inner = nulls["Response"].clone();
    let members = inner.as_object_mut().expect("an object");
    members
        .iter_mut()
        .filter(|(key, _)| *key != "CertificateId")
        .for_each(|(_, value)| *value = Value::Null);
    let record = only(FOLDER, "abc", &json!({"Response": inner}).to_string());
    assert_eq!(
        (record["status"].as_str(), record["verdict"].as_str()),
        (Some("UNKNOWN"), Some("unknown"))
    );
    assert_eq!(record["domains"], json!([]));
}

#[test]
fn numbers_come_as_texts() {
    assert_eq!(certificate(json!({"Status": "1"}))["status"], "OK");
    assert_eq!(certificate(json!({"Status": " 10 "}))["status"], "REVOKED");
}

#[test]
fn unknown_words_and_numbers_are_kept_and_never_ok() {
    for status in [json!(15), json!(99), json!(-1), json!("new"), json!(true)] {
        let record = certificate(json!({"Status": status, "From": "newca", "VerifyType": "NEW"}));
        assert_eq!(
            (record["status"].as_str(), record["verdict"].as_str()),
            (Some("UNKNOWN"), Some("unknown")),
            "{status}"
        );
        assert_eq!(
            (
                record["details"]["source"].as_str(),
                record["details"]["validation_method"].as_str()
            ),
            (Some("newca"), Some("NEW"))
        );
    }
    assert_eq!(certificate(json!({"Status": 99}))["provider_status"], "99");
}

#[test]
fn the_certificate_type_differs_in_case() {
    assert_eq!(
        certificate(json!({"CertificateType": "svr"}))["kind"],
        "server"
    );
    assert_eq!(certificate(json!({"CertificateType": "Ca"}))["kind"], "ca");
}

#[test]
fn of_a_bundles_ends_the_earliest_decides_and_an_unreadable_one_makes_it_unknown() {
    let bundle = |ends: Value| {
        certificate(
            json!({"CertificateType": "CA", "CertBeginTime": null, "CertEndTime": null, "CAEndTimes": ends, "CACommonNames": ["A", "B"]}),
        )
    };
    let record = bundle(json!(["2029-01-01 08:00:00", "2027-01-01 08:00:00"]));
    assert_eq!(record["not_after"], "2027-01-01T00:00:00Z");
    assert_eq!(
        record["details"]["ca_end_times"],
        "2029-01-01 08:00:00, 2027-01-01 08:00:00"
    );
    for bad in [json!("abc"), json!(null), json!(""), json!({"a": 1})] {
        let record = bundle(json!(["2029-01-01 08:00:00", bad]));
        assert_eq!(
            (record["status"].as_str(), record["not_after"].clone()),
            (Some("UNKNOWN"), Value::Null),
            "{bad}"
        );
    }
    let own = certificate(
        json!({"CertificateType": "CA", "CertEndTime": "2028-01-01 08:00:00", "CAEndTimes": ["2027-01-01 08:00:00"]}),
    );
    assert_eq!(own["not_after"], "2027-01-01T00:00:00Z");
}

#[test]
fn the_lists_of_a_bundle_need_not_be_equally_long() {
    let record = certificate(
        json!({"CertificateType": "CA", "CAEndTimes": ["2027-06-01 08:00:00"], "CACommonNames": ["A", "B", "C"], "CAEncryptAlgorithms": []}),
    );
    assert_eq!(
        (record["domains"].clone(), record["key_algorithm"].clone()),
        (json!(["A", "B", "C"]), Value::Null)
    );
}

#[test]
fn a_pending_order_has_no_dates_and_is_neither_an_error_nor_expired() {
    let record = certificate(
        json!({"Status": 4, "CertBeginTime": null, "CertEndTime": null, "SubjectAltName": []}),
    );
    assert_eq!(
        (
            record["status"].as_str(),
            record["verdict"].as_str(),
            record["days_left"].clone()
        ),
        (Some("PENDING"), Some("warning"), Value::Null)
    );
}

#[test]
fn placeholders_are_no_date_and_abc_is_unreadable() {
    for none in ["--", "-", "", "0000-00-00 00:00:00", " "] {
        let record = certificate(json!({"CertEndTime": none}));
        assert!(
            record["notes"].to_string().contains("no_date"),
            "{none}: {record}"
        );
        assert_eq!(record["status"], "UNKNOWN", "{none}");
    }
    let record = certificate(json!({"CertEndTime": "abc"}));
    assert!(
        record["notes"].to_string().contains("date_unreadable"),
        "{record}"
    );
    assert_eq!(
        (record["status"].as_str(), record["not_after_raw"].as_str()),
        (Some("UNKNOWN"), Some("abc"))
    );
    assert_eq!(
        certificate(json!({"CertEndTime": "2027-11-06 08:00:0"}))["not_after"],
        "2027-11-06T00:00:00Z"
    );
}

#[test]
fn the_alternative_names_may_leave_out_the_main_domain() {
    let record =
        certificate(json!({"Domain": "a.example", "SubjectAltName": ["b.example", "A.example"]}));
    assert_eq!(record["domains"], json!(["a.example", "b.example"]));
}

#[test]
fn names_that_are_no_list_are_said_to_be_unread() {
    let record = certificate(json!({"Domain": "a.example", "SubjectAltName": {"a": 1}}));
    assert_eq!(record["domains"], json!(["a.example"]));
    assert!(
        record["notes"].to_string().contains("SubjectAltName"),
        "{record}"
    );
}

#[test]
fn submitted_data_and_validation_values_have_no_place_in_the_record() {
    let operation = OPERATIONS
        .iter()
        .find(|operation| operation.folder == FOLDER)
        .expect("an operation");
    let facts = asked(operation, "abc", 200, &body(FOLDER, "seed.json"), None).expect("a record");
    let keys: Vec<String> = facts
        .into_iter()
        .flat_map(|facts| {
            let keys = facts.details.iter().map(|(key, _)| key.to_owned());
            keys.collect::<Vec<_>>()
        })
        .collect();
    let allowed = [
        "source",
        "status_message",
        "validation_method",
        "replaced_by",
        "replaced_for",
        "renew_order",
        "tags",
        "ca_end_times",
    ];
    assert!(
        keys.iter().all(|key| allowed.contains(&key.as_str())),
        "{keys:?}"
    );
}

#[test]
fn not_found_lies_under_failed_operation() {
    assert_eq!(
        refused("FailedOperation.CertificateNotFound")["kind"],
        "not_found"
    );
    assert_eq!(refused("FailedOperation")["kind"], "refused");
}

#[test]
fn a_refused_key_or_an_unknown_id_hints_at_the_other_site() {
    for code in [
        "AuthFailure.SecretIdNotFound",
        "FailedOperation.CertificateNotFound",
    ] {
        assert!(
            refused(code)["hint"]
                .as_str()
                .is_some_and(|hint| hint.contains("--site cn")),
            "{code}"
        );
    }
    let target = target("tencent", &["--site", "cn"], false).expect("a target");
    let text = br#"{"Response":{"Error":{"Code":"AuthFailure.SecretIdNotFound","Message":"m"}}}"#;
    let error = conversation(&target, &[ID])
        .flow
        .answer(Ok(response(200, text).into()))
        .err()
        .expect("an error");
    assert!(error.hint().contains("--site intl"));
}

#[test]
fn no_error_and_no_id_is_a_broken_answer_and_not_a_record_of_nulls() {
    for text in [
        r#"{"Response":{"RequestId":"R"}}"#,
        r#"{"Response":{}}"#,
        r#"{"Response":null}"#,
        r#"{"Response":{"CertificateId":null}}"#,
        r#"{"Response":[1]}"#,
    ] {
        assert_eq!(only(FOLDER, ID, text)["kind"], "protocol", "{text}");
    }
}

#[test]
fn the_content_type_is_sent_as_it_was_signed() {
    let request = first_request("tencent", &[], ID);
    assert_eq!(header(&request, "content-type"), "application/json");
    assert!(header(&request, "authorization").contains("SignedHeaders=content-type;host,"));
    assert_eq!(
        (
            request.target.as_str(),
            request.endpoint.authority().as_str()
        ),
        ("/", "ssl.intl.tencentcloudapi.com")
    );
    assert_eq!(request.body, br#"{"CertificateId":"aBcD1234"}"#);
}

#[test]
fn a_token_is_a_header_and_not_signed() {
    let target = target("tencent", &[], false).expect("a target");
    let with = Credential::new(
        "AKIDtest00000001",
        "test-secret-key-00001",
        Some("token".to_owned()),
    );
    let authorization = |credential| {
        let mut all =
            target
                .service
                .converse(&[ID.to_owned()], credential, &KnownSecrets::default());
        let request = all
            .remove(0)
            .flow
            .step(stamp())
            .expect("a request")
            .http()
            .expect("HTTP");
        (
            header(&request, "authorization").to_owned(),
            header(&request, "x-tc-token").to_owned(),
        )
    };
    let (signed, token) = authorization(with.into());
    assert_eq!(
        (signed, token.as_str()),
        (authorization(credential()).0, "token")
    );
}

#[test]
fn successors_of_a_replaced_certificate_are_shown() {
    let record = certificate(
        json!({"CertificateExtra": {"ReplacedFor": "newer123", "RenewOrder": "renew123", "ReplacedBy": null, "OriginCertificateId": "x"}}),
    );
    assert_eq!(record["details"]["replaced_for"], "newer123");
    assert_eq!(record["details"]["renew_order"], "renew123");
}

#[test]
fn a_record_as_tccli_prints_it_has_no_envelope() {
    let target = target("tencent", &[], true).expect("a target");
    let saved = certcheck::json::parse(&body(FOLDER, "tccli-form.json")).expect("JSON");
    let facts = target
        .service
        .saved(&saved, None)
        .expect("a record")
        .certificates()
        .remove(0);
    assert!(record("tencent", facts)["id"].is_string());
}
