//! Work grows with the input and not with its square, and what is said about garbage does not grow with it at all.
//!
//! No clock decides: at a million of anything a square takes hours, in which nobody waits for a test.

use serde_json::Value;

use crate::targets::{certcheck, run};

/// About that many bytes of each.
const SIZE: usize = 1 << 18;

/// A piece repeated up to [`SIZE`], in the middle of a text.
fn filled(before: &str, piece: &str, after: &str) -> Vec<u8> {
    let many = piece.repeat(SIZE / piece.len());
    [before, &many, after].concat().into_bytes()
}

fn numbered(before: &str, between: &str, after: &str) -> Vec<u8> {
    let numbers = (0..SIZE / 8).map(|number| format!("n{number}"));
    let numbers: Vec<String> = numbers.collect();
    [before, &numbers.join(between), after]
        .concat()
        .into_bytes()
}

const TENCENT: &str =
    r#"{"Response":{"CertificateId":"BAbc1234","Status":1,"CertificateType":"CA","#;
const TENCENT_END: &str = r#""CertEndTime":"2035-01-01 00:00:00"}}"#;
const HUAWEI: &str =
    r#"{"id":"scs1600000000001","status":"ISSUED","not_after":"2035-01-01 00:00:00.0","#;
const ESA: &str =
    r#"{"Status":"active","Result":{"Status":"active","NotAfter":"2035-01-01T00:00:00Z","#;

fn text(before: &str, key: &str, piece: &str, after: &str) -> Vec<u8> {
    filled(
        &format!("{before}\"{key}\":\""),
        piece,
        &format!("\",{after}"),
    )
}

#[test]
fn large_answers_of_tencent() {
    for body in [
        numbered(
            &format!("{TENCENT}\"SubjectAltName\":[\""),
            "\",\"",
            &format!("\"],{TENCENT_END}"),
        ),
        filled(TENCENT, "\"Status\":1,", TENCENT_END),
        filled(TENCENT, "\"Status\":1,\"Status\":2,", TENCENT_END),
        filled(TENCENT, "\"\":0,", TENCENT_END),
        filled(
            &format!("{TENCENT}\"CAEndTimes\":["),
            "\"\",",
            &format!("null],{TENCENT_END}"),
        ),
        filled(
            &format!("{TENCENT}\"Tags\":["),
            "{\"TagKey\":\"k\"},",
            &format!("7],{TENCENT_END}"),
        ),
        text(TENCENT, "Alias", "%25", TENCENT_END),
        text(TENCENT, "Alias", "\\u202e", TENCENT_END),
        text(TENCENT, "Alias", "证", TENCENT_END),
        text(TENCENT, "Domain", "\u{e0041}\u{301}", TENCENT_END),
        text(TENCENT, "StatusMsg", " \\n", TENCENT_END),
    ] {
        run("tencent", &body);
    }
}

#[test]
fn large_answers_of_esa() {
    let end = "\"Name\":\"n\"}}";
    let sealed = "\"Name\":\"n\"},\"Certificate\":\"";
    for body in [
        numbered(&format!("{ESA}\"SAN\":\""), ",", &format!("\",{end}")),
        filled(
            &format!("{ESA}{sealed}"),
            "-----BEGIN CERTIFICATE-----\\n",
            "\"}",
        ),
        filled(
            &format!("{ESA}{sealed}"),
            "-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\\n",
            "\"}",
        ),
        filled(
            &format!("{ESA}{sealed}"),
            "-----BEGIN X-----\\n-----END X-----\\n",
            "\"}",
        ),
        text(ESA, "SerialNumber", "0:", end),
    ] {
        run("esa", &body);
    }
}

#[test]
fn large_answers_of_huawei_and_mobile_push() {
    for body in [
        numbered(&format!("{HUAWEI}\"sans\":\""), ";", "\"}"),
        filled(&format!("{HUAWEI}\""), " ", "name\":\"n\"}"),
        text(
            r#"{"id":"a","status":"ISSUED","#,
            "not_after",
            "1-",
            "\"name\":7}",
        ),
        text(HUAWEI, "fingerprint", "a:", "\"name\":7}"),
        numbered(
            r#"{"cert_id":"a","domain_name":""#,
            "\",\"domain_name\":\"",
            "\"}",
        ),
    ] {
        run("huawei", &body);
    }
    run(
        "mpush",
        &text(
            r#"{"IOS":true,"ProductionCertInfo":{"#,
            "Status",
            "OK",
            "\"ExipreTime\":1}}",
        ),
    );
}

#[test]
fn large_answers_of_a_pbx() {
    let record = r#"{"errcode":0,"certificate":{"id":4,"#;
    for body in [
        text(record, "expiration", "1 ", "\"name\":7}}"),
        text(record, "expiration", "01/", "\"name\":7}}"),
        text(record, "name", "\\\\u0025", "\"type\":7}}"),
        filled(
            r#"{"errcode":40002,"invalid_param_list":["#,
            "{\"field\":\"f\",\"value\":\"v\"},",
            "{}]}",
        ),
    ] {
        run("pbx", &body);
    }
}

#[test]
fn large_texts_with_a_secret_in_them() {
    for piece in [
        "%25", "\\u0025", "&amp;", "&#x25;", "\\\\", "secret", "s", "%73", "cret%73e",
    ] {
        // Of that, four texts are made and read at every level of escapes.
        let many = piece.repeat(SIZE / 4 / piece.len());
        run("scrub", format!("secret\n{many}").as_bytes());
        run("scrub", format!("{many}\nsecret").as_bytes());
    }
}

const GOOD: &[u8] = br#"
{"CertificateId":"BAbc1234","Status":1,"CertBeginTime":"2026-01-01 00:00:00","CertEndTime":"2035-01-01 00:00:00"}"#;

/// The messages of the errors in what comes of these bytes, in which one certificate is found.
fn told(input: &[u8]) -> Vec<String> {
    let (_, text) = certcheck(&["tencent", "--from", "-", "-o", "json"], input);
    let whole: Value = serde_json::from_str(&text).expect("one document");
    assert_eq!(whole["summary"]["ok"], 1, "{}", whole["summary"]);
    let errors = whole["errors"].as_array().expect("errors").iter();
    errors.map(|error| error["message"].to_string()).collect()
}

#[test]
fn garbage_is_told_of_in_a_few_words_and_what_follows_it_is_judged() {
    let pieces: [&[u8]; 8] = [
        b"1 ",
        b"{}",
        b"[]",
        b"\n[",
        b"{\"a\":\n",
        b"\n{\"a\"",
        b"\xff\n{",
        b"\"\n{",
    ];
    for piece in pieces {
        let garbage = piece.repeat(SIZE / 4 / piece.len());
        let told = told(&[&garbage, GOOD].concat());
        let last = told.last().expect("an error");
        assert_eq!(
            told.len(),
            11,
            "{:?}: {told:?}",
            String::from_utf8_lossy(piece)
        );
        assert!(last.starts_with("\"answers 11 to "), "{last}");
    }
}

#[test]
fn a_few_failures_are_told_one_by_one_and_refusals_always() {
    let told_of = |pieces: &[&[u8]]| told(&pieces.concat());
    assert_eq!(told_of(&[&b"null ".repeat(10), GOOD]).len(), 10);
    let eleven = told_of(&[&b"null ".repeat(11), GOOD]);
    assert!(eleven[10].starts_with("\"answer 11: "), "{eleven:?}");
    let twice = told_of(&[&b"null ".repeat(10), GOOD, &b"null ".repeat(12)]);
    assert_eq!(twice.len(), 21);
    assert!(twice[20].starts_with("\"answers 22 to 23 "), "{twice:?}");
    let refused = br#"{"Response":{"Error":{"Code":"FailedOperation","Message":"m"}}}"#;
    let refusals = told_of(&[&refused.repeat(30), GOOD]);
    assert_eq!(refusals.len(), 30);
    assert!(refusals[29].starts_with("\"answer 30: "), "{refusals:?}");
}
