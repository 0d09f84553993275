//! Alibaba's traps, one test each. Those of the connection (redirects, signing every try anew, `:443`) are in
//! `tests/exchange`, those of the user's key in `tests/cli`.

use certcheck::credentials::Credential;
use certcheck::redact::KnownSecrets;
use serde_json::{Value, json};

use crate::support::fixtures::{
    answered, first_request, header, notes, only, stamp, target, with_status,
};

const APP: &str = "23267207";
const CERT: &str = "baba39055622c008b90285a8838ed09a";
const PUSH: &str = "mpush/check-certificate";
const ESA: &str = "esa/get-client-certificate";

/// An answer whose production certificate is that.
fn app(info: Value) -> String {
    json!({"RequestId": "R", "IOS": true, "Android": false, "ProductionCertInfo": info, "DevelopmentCertInfo": {"Status": "NOT_CONFIGURED"}}).to_string()
}

fn production(info: Value) -> Value {
    answered(PUSH, APP, &app(info)).remove(0)
}

fn client(members: Value) -> String {
    let mut result = json!({"Id": CERT, "Status": "active", "NotBefore": "2026-06-01 00:00:00", "NotAfter": "2027-06-01 00:00:00"});
    let more = members.as_object().expect("members");
    result
        .as_object_mut()
        .expect("an object")
        .extend(more.clone());
    json!({"SiteId": 1_234_567_890_123_i64, "Status": "active", "Result": result, "RequestId": "R"})
        .to_string()
}

fn esa(members: Value) -> Value {
    only(ESA, CERT, &client(members))
}

#[test]
fn the_expiry_is_spelt_exipre_time_and_the_right_spelling_is_read_too() {
    let both = production(
        json!({"Status": "OK", "ExipreTime": 1_811_808_000_000_i64, "ExpireTime": 1_470_024_000_000_i64}),
    );
    assert_eq!(both["not_after"], "2016-08-01T04:00:00Z");
    assert!(notes(&both).contains(&"date_conflict"));
    let other = production(json!({"Status": "OK", "ExpireTime": 1_811_808_000_000_i64}));
    assert_eq!(other["not_after"], "2027-06-01T00:00:00Z");
}

#[test]
fn ten_digits_are_seconds_and_thirteen_milliseconds() {
    for time in [
        json!(1_811_808_000),
        json!("1811808000"),
        json!(1_811_808_000_000_i64),
        json!("1811808000000"),
    ] {
        let record = production(json!({"Status": "OK", "ExipreTime": time}));
        assert_eq!(record["not_after"], "2027-06-01T00:00:00Z", "{time}");
    }
    let fourteen = production(json!({"Status": "OK", "ExipreTime": 17_322_613_180_000_i64}));
    assert_eq!(
        (fourteen["status"].as_str(), notes(&fourteen)),
        (Some("UNKNOWN"), vec!["date_unreadable"])
    );
}

#[test]
fn scalars_may_come_as_texts() {
    let text = r#"{"IOS":"true","Android":"false","ProductionCertInfo":{"Status":"OK","ExipreTime":"1811808000000"},"DevelopmentCertInfo":{"Status":"EXPIRED","ExipreTime":"1470024000"}}"#;
    let records = answered(PUSH, APP, text);
    assert_eq!(records[0]["status"], "OK");
    assert_eq!(records[0]["details"]["platform"], "ios");
    assert_eq!(records[1]["not_after"], "2016-08-01T04:00:00Z");
}

#[test]
fn no_expiry_is_neither_1970_nor_expired() {
    for word in ["NOT_CONFIGURED", "NO_PASSWORD"] {
        for time in [json!(null), json!(0), json!(-1), json!("0"), json!("")] {
            let record = production(json!({"Status": word, "ExipreTime": time}));
            assert_eq!(record["status"], word, "{time}");
            assert_eq!(record["not_after"], Value::Null, "{time}");
            assert_eq!(record["days_left"], Value::Null, "{time}");
        }
        assert_eq!(
            production(json!({"Status": word}))["not_after"],
            Value::Null
        );
    }
}

#[test]
fn ok_with_a_past_time_and_expired_with_a_future_time_name_both_facts() {
    let past = production(json!({"Status": "OK", "ExipreTime": 1_764_561_600_000_i64}));
    assert_eq!(
        (past["status"].as_str(), notes(&past)),
        (
            Some("EXPIRED"),
            vec!["status_date_conflict", "maybe_unused"]
        )
    );
    let future = production(json!({"Status": "EXPIRED", "ExipreTime": 1_811_808_000_000_i64}));
    assert_eq!(
        (future["status"].as_str(), notes(&future)),
        (Some("EXPIRED"), vec!["status_date_conflict"])
    );
    let undated = production(json!({"Status": "OK"}));
    assert_eq!(undated["status"], "UNKNOWN");
}

#[test]
fn an_android_app_is_nothing_to_judge_and_not_silence() {
    for text in [
        r#"{"IOS":false,"Android":true,"RequestId":"R"}"#,
        r#"{"IOS":false,"Android":true,"ProductionCertInfo":{"Status":"NOT_CONFIGURED"}}"#,
    ] {
        assert_eq!(only(PUSH, APP, text)["kind"], "not_found");
    }
}

#[test]
fn active_says_nothing_about_dates() {
    let record =
        esa(json!({"NotBefore": "2023-04-01 02:08:00", "NotAfter": "2024-03-31 02:08:00"}));
    assert_eq!(
        (
            record["status"].as_str(),
            record["provider_status"].as_str()
        ),
        (Some("EXPIRED"), Some("active"))
    );
    assert_eq!(esa(json!({"NotAfter": null}))["status"], "UNKNOWN");
}

#[test]
fn padded_values_are_trimmed() {
    let text = client(json!({"CommonName": "www.example.com ", "Name": " n\n"}))
        .replace("\"Status\":\"active\"", "\"Status\":\" Active \"");
    let text = text.replacen('{', "{\"SiteName\":\"example.com\\n\",", 1);
    let record = only(ESA, CERT, &text);
    assert_eq!(record["domains"], json!(["www.example.com"]));
    assert_eq!(
        (
            record["name"].as_str(),
            record["details"]["site_name"].as_str()
        ),
        (Some("n"), Some("example.com"))
    );
    assert_eq!(record["status"], "OK");
}

#[test]
fn a_list_where_get_has_an_object_is_another_shape() {
    let record = only(
        ESA,
        CERT,
        r#"{"RequestId":"R","Result":[{"Id":"x","Status":"active"}]}"#,
    );
    assert_eq!(
        (record["kind"].as_str(), record["request_id"].as_str()),
        (Some("protocol"), Some("R"))
    );
}

#[test]
fn times_without_a_zone_are_utc_and_the_other_form_is_read_too() {
    for text in [
        "2027-06-01 00:00:00",
        "2027-06-01T00:00:00Z",
        "2027-06-01T08:00:00+08:00",
    ] {
        let record = esa(json!({"NotAfter": text}));
        assert_eq!(
            (record["not_after"].as_str(), record["time_basis"].as_str()),
            (Some("2027-06-01T00:00:00Z"), Some("utc")),
            "{text}"
        );
    }
}

#[test]
fn the_san_is_one_text_with_commas_and_may_be_empty() {
    let record =
        esa(json!({"CommonName": "a.example", "SAN": "a.example, *.b.example,,A.EXAMPLE"}));
    assert_eq!(record["domains"], json!(["a.example", "*.b.example"]));
    assert_eq!(
        esa(json!({"CommonName": "a.example", "SAN": ""}))["domains"],
        json!(["a.example"])
    );
}

#[test]
fn a_site_id_is_never_a_float() {
    let text = client(json!({})).replace("1234567890123", "9007199254740993");
    let record = only(ESA, CERT, &text);
    assert_eq!(
        record["scope"], "site 1234567890123",
        "what was asked for stays"
    );
    assert!(
        record["notes"].to_string().contains("9007199254740993"),
        "{record}"
    );
    assert_eq!(
        record["verdict"], "unknown",
        "another site's certificate is not this one's"
    );
}

#[test]
fn the_query_is_encoded_by_rfc_3986_and_sorted_by_bytes() {
    let id = "a*b~c+d/e%f'(g)!";
    let request = first_request("esa", &["--site-id", "42"], id);
    assert_eq!(
        request.target,
        "/?Id=a%2Ab~c%2Bd%2Fe%25f%27%28g%29%21&SiteId=42"
    );
}

#[test]
fn every_x_acs_header_that_is_sent_is_signed() {
    for (provider, flags, id) in [
        ("mpush", &[][..], APP),
        ("esa", &["--site-id", "42"][..], CERT),
    ] {
        let request = first_request(provider, flags, id);
        let authorization = header(&request, "authorization");
        let (_, tail) = authorization
            .split_once("SignedHeaders=")
            .expect("signed headers");
        let signed: Vec<&str> = tail.split(',').next().expect("a list").split(';').collect();
        for name in request
            .headers
            .keys()
            .filter(|name| name.as_str().starts_with("x-acs-"))
        {
            assert!(
                signed.contains(&name.as_str()),
                "{name} is sent and not signed"
            );
        }
        assert!(signed.contains(&"host"));
        assert_eq!(
            header(&request, "accept"),
            "application/json",
            "without it the answer may be XML"
        );
    }
}

#[test]
fn esa_is_asked_with_get_and_push_with_an_empty_post() {
    let esa = first_request("esa", &["--site-id", "42"], CERT);
    assert_eq!((esa.method.as_str(), esa.body.len()), ("GET", 0));
    let push = first_request("mpush", &[], APP);
    assert_eq!(
        (push.method.as_str(), push.body.len(), push.target.as_str()),
        ("POST", 0, "/?AppKey=23267207")
    );
}

#[test]
fn the_region_chooses_the_host_and_is_no_parameter() {
    let request = first_request(
        "esa",
        &["--site-id", "42", "--region", "ap-southeast-1"],
        CERT,
    );
    assert_eq!(
        request.endpoint.authority(),
        "esa.ap-southeast-1.aliyuncs.com"
    );
    assert!(!request.target.contains("egion"));
    assert_eq!(
        first_request("mpush", &[], APP).endpoint.authority(),
        "cloudpush.aliyuncs.com"
    );
}

#[test]
fn the_code_decides_and_not_the_http_status() {
    let error = |code: &str| json!({"RequestId": "R", "Code": code, "Message": "m"}).to_string();
    for (status, code, kind) in [
        (400, "Throttling.User", "throttled"),
        (403, "ServiceUnavailable", "unavailable"),
        (400, "InternalException", "unavailable"),
        (404, "InvalidAccessKeyId.NotFound", "credentials"),
        (200, "Forbidden.RAM", "permission"),
    ] {
        assert_eq!(
            with_status(ESA, CERT, status, &error(code))[0]["kind"],
            kind,
            "{code}"
        );
    }
}

#[test]
fn a_refused_signature_is_told_in_our_words_since_theirs_hold_the_token() {
    let theirs = "server string to sign is: ACS3-HMAC-SHA256 x-acs-security-token:the-token";
    for code in [
        "SignatureDoesNotMatch",
        "InvalidSecurityToken.Malformed",
        "IncompleteSignature",
    ] {
        let text = json!({"RequestId": "R", "Code": code, "Message": theirs}).to_string();
        let record = with_status(ESA, CERT, 400, &text).remove(0);
        assert_eq!(record["kind"], "credentials");
        assert!(!record.to_string().contains("the-token"), "{record}");
    }
}

#[test]
fn a_token_goes_into_its_header_raw() {
    let target = target("mpush", &[], false).expect("a target");
    let credential = Credential::new("STS.abcdefgh", "secret", Some("a+b/c==".to_owned()));
    let mut all = target.service.converse(
        &[APP.to_owned()],
        credential.into(),
        &KnownSecrets::default(),
    );
    let request = all
        .remove(0)
        .flow
        .step(stamp())
        .expect("a request")
        .http()
        .expect("HTTP");
    assert_eq!(header(&request, "x-acs-security-token"), "a+b/c==");
    assert!(header(&request, "authorization").contains("x-acs-security-token"));
    assert!(
        request
            .headers
            .get("x-acs-security-token")
            .is_some_and(|value| value.is_sensitive())
    );
}

#[test]
fn of_two_words_for_a_status_the_worse_is_shown_wherever_it_stands() {
    let good = client(json!({}));
    let pieces: Vec<&str> = good.split("active").collect();
    let [start, between, end] = pieces[..] else {
        panic!("two words: {good}");
    };
    for (one, other) in [("revoked", "active"), ("active", "revoked")] {
        let text = [start, one, between, other, end].concat();
        let record = only(ESA, CERT, &text);
        assert_eq!(record["provider_status"], "revoked", "{text}");
        assert_eq!(record["status"], "REVOKED", "{text}");
    }
}

#[test]
fn an_id_or_a_site_that_is_said_in_two_ways_is_not_the_one_that_was_asked_for() {
    let good = client(json!({}));
    assert_eq!(only(ESA, CERT, &good)["verdict"], "ok");
    for (key, other) in [("\"Id\":", "\"another\""), ("\"SiteId\":", "7")] {
        let twice = good.replacen(key, &format!("{key}{other},{key}"), 1);
        assert_ne!(twice, good);
        assert_eq!(only(ESA, CERT, &twice)["verdict"], "unknown", "{twice}");
    }
}
