//! Huawei's traps, one test each. Those of the connection are in `tests/exchange`, those of the user's key in
//! `tests/cli`.

use certcheck::json;
use serde_json::{Value, json};

use crate::support::fixtures::{body, notes, only, target, with_status};

const ID: &str = "scs1600000000001";
const V3: &str = "huawei/show-certificate";
const V2: &str = "huawei/legacy-detail";

fn text(members: &Value) -> String {
    let mut all = json!({"id": ID, "status": "ISSUED", "not_before": "2026-06-01 08:00:00.0", "not_after": "2027-06-01 07:59:59.0"});
    all.as_object_mut()
        .expect("an object")
        .extend(members.as_object().expect("members").clone());
    all.to_string()
}

fn certificate(members: Value) -> Value {
    only(V3, ID, &text(&members))
}

fn refused(status: u16, code: &str, message: &str) -> Value {
    let text = json!({"error_code": code, "error_msg": message}).to_string();
    with_status(V3, ID, status, &text).remove(0)
}

fn seed() -> Value {
    only(
        V2,
        "scs1481110651012",
        &String::from_utf8(body(V2, "seed.json")).expect("text"),
    )
}

#[test]
fn the_domain_names_that_v2_sends_twice_are_united() {
    let names = json!([
        "funnyzx.com",
        "abc.com",
        "www.test.com",
        "*.example1.com",
        "*.example2.com"
    ]);
    assert_eq!(seed()["domains"], names);
}

#[test]
fn any_other_key_sent_twice_with_unequal_values_is_unreadable() {
    for (key, other) in [
        ("status", "REVOKED"),
        ("not_after", "2029-06-01 07:59:59.0"),
    ] {
        let twice = text(&json!({})).replacen('{', &format!("{{\"{key}\":\"{other}\","), 1);
        let record = only(V3, ID, &twice);
        assert_eq!(record["status"], "UNKNOWN", "{key}");
        assert!(
            notes(&record).contains(&"field_unreadable"),
            "{key}: {record}"
        );
    }
    let same = text(&json!({})).replacen('{', "{\"status\":\"ISSUED\",", 1);
    assert_eq!(only(V3, ID, &same)["status"], "OK");
}

#[test]
fn keys_are_trimmed() {
    let padded = text(&json!({}))
        .replace("\"not_after\"", "\"not_after \"")
        .replace("\"id\"", "\" id\"");
    assert_eq!(only(V3, ID, &padded)["status"], "OK");
}

#[test]
fn values_are_trimmed_and_words_know_no_case() {
    let record =
        certificate(json!({"status": " issued ", "domain": " a.example ", "name": "\tn "}));
    assert_eq!(
        (
            record["status"].as_str(),
            record["domains"].clone(),
            record["name"].as_str()
        ),
        (Some("OK"), json!(["a.example"]), Some("n"))
    );
}

#[test]
fn the_names_are_one_text_with_semicolons_and_tolerate_all_else() {
    let expected = json!(["a.example", "b.example", "*.c.example", "10.0.0.1"]);
    for sans in [
        json!("b.example; *.c.example;;A.example;10.0.0.1;"),
        json!("b.example,*.c.example 10.0.0.1"),
        json!(["b.example", "*.c.example;10.0.0.1"]),
    ] {
        assert_eq!(
            certificate(json!({"domain": "a.example", "sans": sans}))["domains"],
            expected,
            "{sans}"
        );
    }
}

#[test]
fn the_v2_detail_has_no_expiry_and_is_never_ok() {
    let issued = only(
        V2,
        "scs1481110651012",
        r#"{"cert_id":"scs1481110651012","status":"ISSUED"}"#,
    );
    assert_eq!(
        (
            issued["status"].as_str(),
            issued["verdict"].as_str(),
            issued["not_after"].clone()
        ),
        (Some("UNKNOWN"), Some("unknown"), Value::Null)
    );
    assert!(notes(&issued).contains(&"legacy_no_date"));
}

#[test]
fn paid_is_not_ok_and_neither_are_null_dates() {
    assert_eq!(seed()["status"], "PENDING");
    for word in ["ISSUED", "UPLOAD", "PAID", "CHECKING"] {
        let record = certificate(json!({"status": word, "not_before": null, "not_after": null}));
        assert_ne!(record["verdict"], "ok", "{word}");
    }
}

#[test]
fn times_without_a_zone_are_read_at_plus_8_and_said_to_be_assumed() {
    for end in [
        "2027-06-01 07:59:59.0",
        "2027-06-01 07:59:59",
        "2027-06-01T07:59:59",
        " 2027-06-01 07:59:59.000000000 ",
    ] {
        let record = certificate(json!({"not_after": end}));
        assert_eq!(
            (record["not_after"].as_str(), record["time_basis"].as_str()),
            (Some("2027-05-31T23:59:59Z"), Some("assumed")),
            "{end}"
        );
    }
    for end in [
        json!("2027-05-31T23:59:59Z"),
        json!("2027-06-01T07:59:59+08:00"),
        json!("1811807999000"),
        json!(1_811_807_999),
        json!("1811807999"),
    ] {
        let record = certificate(json!({"not_after": end}));
        assert_eq!(
            (record["not_after"].as_str(), record["time_basis"].as_str()),
            (Some("2027-05-31T23:59:59Z"), Some("utc")),
            "{end}"
        );
    }
    for end in [
        json!("15051501510501"),
        json!(15_051_501_510_501_i64),
        json!("1970-01-01 08:00:00.0"),
        json!("0001-01-01 00:00:00"),
    ] {
        assert_eq!(
            certificate(json!({"not_after": end}))["status"],
            "UNKNOWN",
            "{end}"
        );
    }
}

#[test]
fn months_and_capacities_never_make_a_date() {
    let record = certificate(json!({"not_after": null, "validity_period": 12, "domain_count": 3}));
    assert_eq!(
        (record["status"].as_str(), record["warn_at"].clone()),
        (Some("UNKNOWN"), Value::Null)
    );
}

#[test]
fn misspelt_names_are_wire_names() {
    assert_eq!(
        certificate(json!({"signature_algrithm": "SHA256withRSA"}))["signature_algorithm"],
        "SHA256withRSA"
    );
    assert_eq!(
        certificate(json!({"status": "CANCLEREVOKING"}))["status"],
        "REVOKING"
    );
}

#[test]
fn unknown_words_do_not_crash_and_are_never_ok() {
    for word in [
        json!("SOMETHING_NEW"),
        json!(""),
        json!(null),
        json!({"a": 1}),
        json!(["ISSUED"]),
        json!(1),
    ] {
        let record = certificate(json!({"status": word}));
        assert_eq!(
            (record["status"].as_str(), record["verdict"].as_str()),
            (Some("UNKNOWN"), Some("unknown")),
            "{word}"
        );
    }
    assert_eq!(
        certificate(json!({"status": "CHECKING_DOMAIN"}))["status"],
        "PENDING"
    );
}

#[test]
fn a_200_with_an_error_body_a_401_that_is_permission_a_400_not_found_a_404_wrong_host() {
    assert_eq!(refused(200, "SCM.0008", "m")["kind"], "not_found");
    assert_eq!(refused(401, "SCM.4002", "m")["kind"], "permission");
    assert_eq!(refused(400, "SCM.0020", "m")["kind"], "not_found");
    assert_eq!(refused(404, "APIGW.0101", "m")["kind"], "config");
    assert_eq!(with_status(V3, ID, 404, "<html>")[0]["kind"], "config");
}

#[test]
fn one_gateway_code_has_four_causes_told_in_our_words() {
    let start = "Incorrect IAM authentication information: ";
    let texts = [
        (
            "verify aksk signature fail, canonicalRequest:GET|/v3/|x-security-token:the-token|",
            "credentials",
            "secret key does not belong",
        ),
        (
            "ak HWAKEXAMPLE000000001 not exist",
            "credentials",
            "does not know",
        ),
        (
            "AK access failed to reach the limit,forbidden",
            "credentials",
            "locked",
        ),
        ("decrypt token fail", "credentials", "session token"),
        (
            "calc aksk signature fail:signature expired, signature time:20260301T070910Z,server time:20260301T080910Z",
            "clock",
            "its time",
        ),
    ];
    for (theirs, kind, ours) in texts {
        let record = refused(401, "APIGW.0301", &format!("{start}{theirs}"));
        assert_eq!(record["kind"], kind, "{theirs}");
        assert!(
            record["message"]
                .as_str()
                .is_some_and(|text| text.contains(ours)),
            "{record}"
        );
        assert!(
            !record.to_string().contains("the-token") && !record.to_string().contains("HWAK"),
            "{record}"
        );
    }
}

#[test]
fn the_servers_time_is_taken_from_its_refusal() {
    let target = target("huawei", &[], false).expect("a target");
    let text = json!({"error_code": "APIG.0301", "error_msg": "signature expired, signature time:20260301T070910Z,server time:20260301T080910Z"}).to_string();
    let mut flow = crate::support::fixtures::conversation(&target, &[ID]).flow;
    let error = flow
        .answer(Ok(
            crate::support::fixtures::response(401, text.as_bytes()).into()
        ))
        .err()
        .expect("an error");
    assert_eq!(
        error.server_time.map(|time| time.to_rfc3339()).as_deref(),
        Some("2026-03-01T08:09:10+00:00")
    );
}

#[test]
fn a_key_in_an_answer_is_dropped() {
    let record = certificate(
        json!({"private_key": "-----BEGIN PRIVATE KEY-----", "enc_private_key": "x-secret-x", "order_id": "CS1", "application_info": {"applicant_name": "Tom"}}),
    );
    for hidden in ["PRIVATE KEY", "x-secret-x", "CS1", "Tom"] {
        assert!(!record.to_string().contains(hidden), "{record}");
    }
}

#[test]
fn an_expired_one_may_have_a_successor_under_another_id() {
    let record = certificate(json!({"status": "EXPIRED", "not_after": "2026-06-01 07:59:59.0"}));
    assert!(record["notes"].to_string().contains("new ID"), "{record}");
}

#[test]
fn an_offset_that_the_user_knows_beats_the_assumed_one() {
    let target = target("huawei", &["--assume-offset", "+01:00"], true).expect("a target");
    let saved = json::parse(text(&json!({})).as_bytes()).expect("JSON");
    let facts = target
        .service
        .saved(&saved, None)
        .expect("a certificate")
        .certificates()
        .remove(0);
    let record = crate::support::fixtures::record("huawei", facts);
    assert_eq!(
        (record["not_after"].as_str(), record["time_basis"].as_str()),
        (Some("2027-06-01T06:59:59Z"), Some("configured"))
    );
}
