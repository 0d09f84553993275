//! What was signed is what is sent, byte for byte: requests go through the real client to a socket, and the
//! signature is computed again from nothing but what arrived there.

use certcheck::adapters::alibaba::{self, Operation};
use certcheck::credentials::Credential;
use certcheck::exchange::http::HttpTransport;
use certcheck::exchange::{Endpoint, Request, Stamp};
use certcheck::sign::{self, KeyPair, acs3, encode, sdk_hmac, tc3};
use http::Method;
use percent_encoding::percent_decode_str;
use proptest::prelude::*;

use crate::client::{direct, send};
use crate::fake_transport::begin;
use crate::support::listener::{Heard, Listener, polite};

const KEY: KeyPair<'static> = KeyPair {
    id: "LTAI-test",
    secret: "a+secret/with=signs",
};
const TOKEN: &str = "CAIS/token+with==signs";

const ACS_HEADERS: &str = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-security-token;\
                           x-acs-signature-nonce;x-acs-version";

const SCRIPTS: [&str; 12] = [
    "证书 例子",
    "сертификат Ёж",
    "شهادة العربية",
    "🔒👩‍👩‍👧🇩🇪",
    "e\u{301}u\u{308} \u{e9}\u{fc}",
    "ไทย हिन्दी 한국어 日本語",
    "\u{202e}right to left\u{feff}",
    "\u{0}\t\r\n\u{7f}\u{85}",
    "%41%2F%zz+%",
    "a=b&c=d;e?f#g",
    "../..//./~",
    "",
];

fn ascii() -> String {
    (' '..='~').collect()
}

fn stamp() -> Stamp {
    Stamp {
        time: begin(),
        nonce: [7; 16],
    }
}

pub fn alibaba(method: Method, endpoint: &Endpoint, parameters: &[(&str, &str)]) -> Request {
    let operation = Operation {
        action: "GetClientCertificate",
        version: "2024-09-10",
        codes: &[],
        permission: "esa:GetClientCertificate",
    };
    let credential = Credential::new(KEY.id, KEY.secret, Some(TOKEN.to_owned()));
    alibaba::request(
        &operation,
        method,
        endpoint,
        parameters,
        &credential,
        stamp(),
    )
    .expect("it can be signed")
}

/// Huawei's way: an id in the path, a query, scope and token among the signed headers.
pub fn huawei(endpoint: &Endpoint, path: &str, parameters: &[(&str, &str)]) -> Request {
    let (query, host) = (encode::query(parameters), endpoint.authority());
    let date = begin().format("%Y%m%dT%H%M%SZ").to_string();
    let headers = [
        ("host", host.as_str()),
        ("x-domain-id", "d0"),
        ("x-sdk-date", &date),
        ("x-security-token", TOKEN),
    ];
    let signable = sign::SignableRequest {
        method: "GET",
        path,
        query: &query,
        headers: &headers,
        body: b"",
    };
    let signed = sdk_hmac::sign(&signable, &date, &KEY);
    let mark = if query.is_empty() { "" } else { "?" };
    let target = format!("{path}{mark}{query}");
    let mut request = Request::new(Method::GET, endpoint, target, "ShowCertificate");
    for (name, value) in &headers[1..] {
        request.header(name, value).expect("a header");
    }
    request
        .secret_header("authorization", &signed.authorization)
        .expect("a header");
    request
}

/// Tencent's way: everything in the body.
pub fn tencent(endpoint: &Endpoint, body: &str) -> Request {
    let (host, seconds) = (endpoint.authority(), begin().timestamp());
    let headers = [
        ("content-type", "application/json"),
        ("host", host.as_str()),
    ];
    let signable = sign::SignableRequest {
        method: "POST",
        path: "/",
        query: "",
        headers: &headers,
        body: body.as_bytes(),
    };
    let signed = tc3::sign(&signable, "ssl", seconds, &KEY);
    let mut request = Request::new(
        Method::POST,
        endpoint,
        "/".to_owned(),
        "DescribeCertificate",
    );
    request
        .header("content-type", "application/json")
        .expect("a header");
    request
        .header("x-tc-timestamp", &seconds.to_string())
        .expect("a header");
    request
        .secret_header("authorization", &signed.authorization)
        .expect("a header");
    request.body = body.as_bytes().to_vec();
    request
}

/// Signs what arrived, with the headers that the sender says it signed, and compares.
fn prove(heard: &Heard) {
    let authorization = heard.header("authorization").expect("a signature");
    let (_, rest) = authorization
        .split_once("SignedHeaders=")
        .expect("signed headers");
    let names = rest.split(',').next().expect("names");
    let headers: Vec<(&str, &str)> = names
        .split(';')
        .map(|name| {
            (
                name,
                heard
                    .header(name)
                    .unwrap_or_else(|| panic!("{name} did not come")),
            )
        })
        .collect();
    assert!(names.split(';').any(|name| name == "host"), "{names}");
    let (path, query) = heard.path_and_query();
    let arrived = sign::SignableRequest {
        method: &heard.method,
        path,
        query,
        headers: &headers,
        body: &heard.body,
    };
    let scheme = authorization.split(' ').next().expect("a scheme");
    let again = match scheme {
        acs3::ALGORITHM => {
            assert_eq!(names, ACS_HEADERS);
            let theirs = |name: &str| name.starts_with("x-acs-");
            let came = heard.headers.iter().filter(|(name, _)| theirs(name));
            assert_eq!(came.count() + 1, headers.len(), "none is unsigned");
            let hash = heard.header("x-acs-content-sha256").expect("a hash");
            assert_eq!(hash, sign::sha256_hex(&heard.body));
            acs3::sign(&arrived, &KEY)
        }
        sdk_hmac::ALGORITHM => {
            sdk_hmac::sign(&arrived, heard.header("x-sdk-date").expect("a date"), &KEY)
        }
        tc3::ALGORITHM => {
            let seconds = heard
                .header("x-tc-timestamp")
                .expect("a time")
                .parse()
                .expect("seconds");
            tc3::sign(&arrived, "ssl", seconds, &KEY)
        }
        other => panic!("{other} is no scheme"),
    };
    assert_eq!(again.authorization, authorization, "{}", heard.target);
    assert!(authorization.ends_with(&again.signature));
}

/// Sends it, hears it, proves it, and finds the parameters again in what arrived.
pub async fn proven(
    http: &HttpTransport,
    listener: &Listener,
    request: Request,
    parameters: &[(&str, &str)],
) {
    let answer = send(http, &request).await.expect("an answer");
    assert_eq!((answer.status, &answer.body[..]), (200, &b"{}"[..]));
    let heard = listener.next();
    prove(&heard);
    assert_eq!(
        heard.header("host"),
        Some(request.endpoint.authority().as_str())
    );
    assert_eq!(heard.body, request.body);
    let (path, query) = heard.path_and_query();
    let mark = if query.is_empty() { "" } else { "?" };
    assert_eq!(format!("{path}{mark}{query}"), request.target);
    let mut arrived: Vec<(String, String)> = query.split_terminator('&').map(pair).collect();
    let mut asked: Vec<(String, String)> = parameters
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    arrived.sort();
    asked.sort();
    assert_eq!(arrived, asked);
}

fn pair(text: &str) -> (String, String) {
    let decoded = |text| {
        percent_decode_str(text)
            .decode_utf8()
            .expect("UTF-8")
            .into_owned()
    };
    let (name, value) = text.split_once('=').expect("a pair");
    (decoded(name), decoded(value))
}

#[tokio::test]
async fn every_printable_character_arrives_as_it_was_signed() {
    let (listener, http) = (polite(), direct());
    let all = ascii();
    let names: Vec<String> = all
        .chars()
        .map(|c| format!("k{c}{}", u32::from(c)))
        .collect();
    let singles: Vec<String> = all.chars().map(String::from).collect();
    let mut parameters: Vec<(&str, &str)> = names
        .iter()
        .map(String::as_str)
        .zip(singles.iter().map(String::as_str))
        .collect();
    parameters.push(("all", &all));
    for method in [Method::GET, Method::POST] {
        let request = alibaba(method, &listener.endpoint(), &parameters);
        proven(&http, &listener, request, &parameters).await;
    }
    let request = huawei(
        &listener.endpoint(),
        "/v3/scm/certificates/scs1",
        &parameters,
    );
    proven(&http, &listener, request, &parameters).await;
}

#[tokio::test]
async fn every_character_alone_arrives_as_it_was_signed() {
    let (listener, http) = (polite(), direct());
    for one in ascii()
        .chars()
        .map(String::from)
        .chain(SCRIPTS.map(String::from))
    {
        let parameters = [("SiteId", "1"), ("Id", one.as_str())];
        let request = alibaba(Method::GET, &listener.endpoint(), &parameters);
        proven(&http, &listener, request, &parameters).await;
    }
}

#[tokio::test]
async fn several_scripts_arrive_as_they_were_signed() {
    let (listener, http) = (polite(), direct());
    let names: Vec<String> = SCRIPTS.iter().map(|text| format!("{text}/k")).collect();
    let parameters: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(SCRIPTS).collect();
    let request = alibaba(Method::POST, &listener.endpoint(), &parameters);
    proven(&http, &listener, request, &parameters).await;
    for text in SCRIPTS
        .into_iter()
        .filter(|text| !text.contains('/') && !text.is_empty())
    {
        let path = format!("/v3/scm/certificates/{}", encode::component(text));
        let request = huawei(&listener.endpoint(), &path, &parameters);
        proven(&http, &listener, request, &parameters).await;
        let body = serde_json::json!({ "CertificateId": text }).to_string();
        proven(&http, &listener, tencent(&listener.endpoint(), &body), &[]).await;
    }
    proven(
        &http,
        &listener,
        tencent(&listener.endpoint(), &ascii()),
        &[],
    )
    .await;
    proven(
        &http,
        &listener,
        alibaba(Method::GET, &listener.endpoint(), &[]),
        &[],
    )
    .await;
}

#[test]
fn any_text_arrives_as_it_was_signed() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let (listener, http) = (polite(), direct());
    let config = ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(name in any::<String>(), value in any::<String>())| {
        let parameters = [(name.as_str(), value.as_str()), ("zz", "")];
        runtime.block_on(async {
            let request = alibaba(Method::GET, &listener.endpoint(), &parameters);
            proven(&http, &listener, request, &parameters).await;
            let request = huawei(&listener.endpoint(), "/v3/scm/certificates/x", &parameters);
            proven(&http, &listener, request, &parameters).await;
            proven(&http, &listener, tencent(&listener.endpoint(), &value), &[]).await;
        });
    });
}
