//! The signers against requests that the vendors' own code signed, stage by stage.
//!
//! Provenance, fields and what is left out: `fixtures/sign/README.md`. The stages are compared in the
//! order they are computed, so the first message names the first stage that went wrong.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is a report"
)]

use std::fmt::Write;

use certcheck::sign::{KeyPair, SignableRequest, Signed, acs3, encode, sdk_hmac, tc3};
use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use serde_json::Value;

const ALIBABA: &str = include_str!("../fixtures/sign/alibaba-acs3.json");
const TENCENT: &str = include_str!("../fixtures/sign/tencent-tc3.json");
const HUAWEI: &str = include_str!("../fixtures/sign/huawei-sdk-hmac.json");

type Pair<'a> = (&'a str, &'a str);

#[test]
fn alibaba_acs3() {
    let mut published = 0;
    let checked = walk(ALIBABA, &[], |vector| {
        for variant in ["expected_bare", "expected_documented"] {
            check_acs3(vector, variant);
        }
        if let Some(authorization) = vector["published_authorization"].as_str() {
            assert_eq!(
                authorization,
                text(&vector["expected_bare"], "authorization")
            );
            published += 1;
        }
    });
    assert_eq!((checked, published), (28, 1));
}

fn check_acs3(vector: &Value, variant: &str) {
    let expected = &vector[variant];
    let name = format!("{} ({variant})", text(vector, "name"));
    let query = encode::query(&pairs(&vector["query"]));
    let request = SignableRequest {
        method: text(vector, "method"),
        path: text(vector, "path"),
        query: &query,
        headers: &pairs(&expected["headers"]),
        body: body(vector),
    };
    let line = format!("{} {} HTTP/1.1", request.method, target(&request));
    let key = KeyPair {
        id: text(vector, "access_key_id"),
        secret: text(vector, "access_key_secret"),
    };
    let signed = acs3::sign(&request, &key);
    check(&name, expected, &[("canonical_query", &query)]);
    check(&name, vector, &[("request_line_canonical", &line)]);
    check(&name, expected, &before_key(&signed));
    check(&name, expected, &after_key(&signed));
}

#[test]
fn tencent_tc3() {
    let checked = walk(TENCENT, &["unsigned-payload"], check_tc3);
    assert_eq!(checked, 28);
}

fn check_tc3(vector: &Value) {
    let (name, expected) = (text(vector, "name"), &vector["expected"]);
    let signed_names: Vec<&str> = text(vector, "signed_headers").split(';').collect();
    let mut headers = members(&vector["headers_in"]);
    headers.retain(|(name, _)| signed_names.iter().any(|it| it.eq_ignore_ascii_case(name)));
    let request = SignableRequest {
        method: text(vector, "method"),
        path: text(vector, "path"),
        query: text(vector, "raw_query"),
        headers: &headers,
        body: body(vector),
    };
    let key = KeyPair {
        id: text(vector, "secret_id"),
        secret: text(vector, "secret_key"),
    };
    let service = text(vector, "service");
    let timestamp = vector["timestamp"].as_i64().expect("Unix seconds");
    let signed = tc3::sign(&request, service, timestamp, &key);
    let scope = tc3::credential_scope(service, timestamp);
    let derived = tc3::signing_key(key.secret, service, timestamp);
    check(name, expected, &before_key(&signed));
    check(
        name,
        expected,
        &[
            ("credential_scope", &scope),
            ("secret_date_hex", &hex::encode(derived.date)),
            ("secret_service_hex", &hex::encode(derived.service)),
            ("secret_signing_hex", &hex::encode(derived.signing)),
        ],
    );
    check(name, expected, &after_key(&signed));
}

#[test]
fn huawei_sdk_hmac() {
    let left_out = [
        "query-sort-is-on-raw-names",
        "path-slash-in-parameter-sdk-quirk",
    ];
    let checked = walk(HUAWEI, &left_out, check_sdk_hmac);
    assert_eq!(checked, 32);
}

fn check_sdk_hmac(vector: &Value) {
    let (name, expected) = (text(vector, "name"), &vector["expected"]);
    let query = encode::query(&pairs(&vector["query"]));
    let request = SignableRequest {
        method: text(vector, "method"),
        path: text(vector, "path"),
        query: &query,
        headers: &huawei_headers(vector),
        body: body(vector),
    };
    let key = KeyPair {
        id: text(vector, "ak"),
        secret: text(vector, "sk"),
    };
    let signed = sdk_hmac::sign(&request, text(vector, "sdk_date"), &key);
    check(name, expected, &[("request_target", &target(&request))]);
    check(name, expected, &before_key(&signed));
    check(name, expected, &after_key(&signed));
}

/// The headers as the SDK has them when it signs, and an old `Authorization` that must not count.
fn huawei_headers(vector: &Value) -> Vec<Pair<'_>> {
    let mut headers = members(&vector["headers_in"]);
    if !headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("host"))
    {
        headers.push(("Host", text(vector, "host")));
    }
    for (name, field) in [
        ("X-Sdk-Date", "sdk_date"),
        ("X-Security-Token", "security_token"),
        ("X-Project-Id", "project_id"),
        ("X-Domain-Id", "domain_id"),
    ] {
        headers.extend(vector[field].as_str().map(|value| (name, value)));
    }
    headers.push(("Authorization", "of an earlier attempt"));
    headers
}

/// Hands every vector of a file to `check` but those named, and counts; each named one must exist.
fn walk(file: &str, left_out: &[&str], mut check: impl FnMut(&Value)) -> usize {
    let vectors: Vec<Value> = serde_json::from_str(file).expect("a list of vectors");
    let (skipped, walked): (Vec<&Value>, Vec<&Value>) = vectors
        .iter()
        .partition(|vector| left_out.contains(&text(vector, "name")));
    let mut skipped: Vec<&str> = skipped.iter().map(|it| text(it, "name")).collect();
    let mut listed = left_out.to_vec();
    skipped.sort_unstable();
    listed.sort_unstable();
    assert_eq!(skipped, listed, "the vectors left out");
    for vector in &walked {
        check(vector);
    }
    walked.len()
}

/// Compares stages in order.
fn check(vector: &str, expected: &Value, stages: &[Pair]) {
    for (stage, actual) in stages {
        assert_eq!(
            *actual,
            text(expected, stage),
            "vector {vector}, stage {stage}"
        );
    }
}

fn before_key(signed: &Signed) -> [Pair<'_>; 2] {
    [
        ("canonical_request", &signed.canonical_request),
        ("string_to_sign", &signed.string_to_sign),
    ]
}

fn after_key(signed: &Signed) -> [Pair<'_>; 2] {
    [
        ("signature", &signed.signature),
        ("authorization", &signed.authorization),
    ]
}

fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object[field]
        .as_str()
        .unwrap_or_else(|| panic!("{field} is no text"))
}

/// A list of two-element lists.
fn pairs(list: &Value) -> Vec<Pair<'_>> {
    serde::Deserialize::deserialize(list).expect("pairs of text")
}

/// The members of an object whose values are text.
fn members(object: &Value) -> Vec<Pair<'_>> {
    let object = object.as_object().expect("an object");
    object
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().expect("a text")))
        .collect()
}

fn body(vector: &Value) -> &[u8] {
    match &vector["body"] {
        Value::Null => b"",
        body => body.as_str().expect("a text or null").as_bytes(),
    }
}

fn target(request: &SignableRequest) -> String {
    match request.query {
        "" => request.path.to_owned(),
        query => format!("{}?{query}", request.path),
    }
}

/// Any text at all; `any::<String>()` would leave control characters out.
const TEXT: &str = "(?s).*";

const HEADERS: [Pair; 4] = [("host", "h"), ("x-a", "1"), ("x-a-b", "2"), ("x-b", "3")];

proptest! {
    #[test]
    fn component_round_trips(text in TEXT) {
        let encoded = encode::component(&text);
        prop_assert_eq!(percent_decode_str(&encoded).decode_utf8().unwrap(), text);
    }

    #[test]
    fn component_leaves_the_unreserved_and_encodes_the_rest(text in TEXT) {
        let mut by_hand = String::new();
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                by_hand.push(byte.into());
            } else {
                write!(by_hand, "%{byte:02X}").unwrap();
            }
        }
        prop_assert_eq!(encode::component(&text), by_hand);
    }

    #[test]
    fn query_does_not_depend_on_the_order(
        (given, shuffled) in prop::collection::vec(("[a-c:é-]{0,2}", TEXT), 0..6)
            .prop_flat_map(|pairs| (Just(pairs.clone()), Just(pairs).prop_shuffle()))
    ) {
        prop_assert_eq!(query(&given), query(&shuffled));
    }

    #[test]
    fn headers_count_in_any_order_and_case(
        headers in Just(HEADERS.to_vec()).prop_shuffle(),
        upper in any::<[bool; 4]>(),
    ) {
        let names: Vec<String> = headers
            .iter()
            .zip(upper)
            .map(|((name, _), upper)| if upper { name.to_uppercase() } else { name.to_string() })
            .collect();
        let respelled: Vec<Pair> = names
            .iter()
            .zip(&headers)
            .map(|(name, (_, value))| (name.as_str(), *value))
            .collect();
        for sign in SIGNERS {
            prop_assert_eq!(sign(&respelled), sign(&HEADERS));
        }
    }
}

/// Each scheme as a function from headers to the `Authorization` value.
const SIGNERS: [fn(&[Pair]) -> String; 3] = [
    |headers| acs3::sign(&root(headers), &KEY).authorization,
    |headers| tc3::sign(&root(headers), "ssl", 0, &KEY).authorization,
    |headers| sdk_hmac::sign(&root(headers), "19700101T000000Z", &KEY).authorization,
];

const KEY: KeyPair = KeyPair {
    id: "id",
    secret: "secret",
};

fn root<'a>(headers: &'a [Pair<'a>]) -> SignableRequest<'a> {
    SignableRequest {
        method: "GET",
        path: "/",
        query: "",
        headers,
        body: b"",
    }
}

fn query(pairs: &[(String, String)]) -> String {
    let pairs: Vec<Pair> = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    encode::query(&pairs)
}
