//! Services that send back what they were sent, in codes and places that no adapter knows: secrets are taken
//! out of whatever is printed, in each spelling that a service may use.

use certcheck::sandbox::services::esa::SITE_ID;
use certcheck::sandbox::{CANARY, Emulator};
use serde_json::{Value, json};

use crate::canary::appears_in;
use crate::support::binary::*;
use crate::support::commands::*;
use crate::support::listener::serve_with;
use crate::support::sandbox::*;

/// All that JSON, URLs and shells treat specially, and a header still takes.
const TRICKY: &str = "sandboxcanary/a+b=c&d%e\"f\\g<h>";
const TOKEN: &str = "sandboxcanaryToken+/==";

/// Percent-encoding of all but letters and digits.
fn percent(text: &str, digits: fn(u8) -> String) -> String {
    let encode = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => digits(byte),
    };
    text.bytes().map(encode).collect()
}

/// A secret as services send it back.
fn spellings(secret: &str) -> String {
    let json = json!(secret).to_string();
    let once = percent(secret, |byte| format!("%{byte:02X}"));
    let twice = percent(&once, |byte| format!("%{byte:02X}"));
    let lower = percent(secret, |byte| format!("%{byte:02x}"));
    let slashes = json.replace('/', "\\/");
    [secret.to_owned(), json, once, twice, lower, slashes].join(" | ")
}

/// What each service would say with that text in it: as an error of an unknown code, or as a certificate.
pub fn answer(service: &'static Emulator, text: &str, good: bool) -> Value {
    match (service.name, good) {
        ("mpush", true) => {
            json!({"IOS": text, "ProductionCertInfo": {"Status": text, "ExipreTime": text}})
        }
        ("esa", true) => json!({"Status": text, "Certificate": text, "Result": {
            "Id": text, "Name": text, "CommonName": text, "SAN": text, "Issuer": text, "NotAfter": text,
            "SerialNumber": text, "FingerprintSha256": text, "Status": text}}),
        ("huawei", true) => {
            json!({"id": text, "name": text, "domain": text, "status": text, "brand": text,
            "not_after": text, "sans": text, "fingerprint": text, "enterprise_project_id": text})
        }
        ("tencent", true) => {
            json!({"Response": {"CertificateId": text, "Alias": text, "Domain": text,
            "StatusMsg": text, "CertEndTime": text, "ProductZhName": text, "Status": text, "RequestId": text,
            "PackageTypeName": text, "SubjectAltName": [text]}})
        }
        ("pbx", true) => {
            json!({"errcode": 0, "certificate": {"id": text, "name": text, "issue_to": text,
            "expiration": text, "type": text, "apply_status": text, "ca_type": text, "apply_tip_code": text}})
        }
        ("mpush" | "esa", false) => {
            json!({"Code": text, "Message": text, "RequestId": text})
        }
        ("huawei", false) => {
            json!({"error_code": text, "error_msg": text, "request_id": text})
        }
        ("tencent", false) => {
            json!({"Response": {"Error": {"Code": text, "Message": text}, "RequestId": text}})
        }
        ("pbx", false) => json!({"errcode": 79999, "errmsg": text,
            "invalid_param_list": [{"field": text, "validation_type": text, "value": text}]}),
        (name, _) => panic!("{name}: not known to this test"),
    }
}

/// The variables of a temporary key, with secrets of our own in them.
fn keys(service: &'static Emulator) -> Vec<(&'static str, &'static str)> {
    let names = service
        .temporary_credentials()
        .into_iter()
        .map(|(name, _)| name);
    names.zip(["KEYIDexample0001", TRICKY, TOKEN]).collect()
}

/// A command about one certificate that logs all it can.
pub fn ask_logged(endpoint: &str, service: &'static Emulator, format: &str) -> Run {
    let run = certcheck([service.name, "--endpoint", endpoint, "--id", "4"]);
    let run = run.with(&["-vv", "-o", format]);
    match service.name {
        "esa" => run.with(&["--site-id", SITE_ID]),
        _ => run,
    }
}

/// Asks a service that puts all it heard, and both secrets in every spelling, into its answer.
fn echoed(service: &'static Emulator, good: bool, format: &str) {
    let endpoint = serve_with("", move |request| {
        if request.starts_with("POST /openapi/v1.0/get_token") {
            return json!({"errcode": 0, "access_token": TOKEN, "refresh_token": "sandboxcanaryFresh"});
        }
        // Only a PBX has handed this one out.
        let fresh = if service == Emulator::PBX {
            "sandboxcanaryFresh"
        } else {
            ""
        };
        let (secret, token) = (spellings(TRICKY), spellings(TOKEN));
        let text = [request, &secret, &token, fresh, "KEYIDexample0001"];
        answer(service, &text.join(" "), good)
    });
    let run = ask_logged(&endpoint, service, format);
    let output = run.keys(&keys(service)).go();
    let all = format!("{}{}", output.stdout, output.stderr);
    let what = format!("{} {good} {format}: {output:?}", service.name);
    assert_eq!(appears_in(&all, CANARY), None, "{what}");
    assert_eq!(appears_in(&all, "KEYIDexample0001"), None, "{what}");
    assert!(
        all.contains("[secret]"),
        "the echo has to arrive, or nothing is tested: {what}"
    );
    assert!(matches!(output.code(), 1..=3), "{what}");
}

#[test]
fn in_the_code_message_and_request_id_of_an_error() {
    each_service(|service| {
        for format in ["table", "json", "ndjson"] {
            echoed(service, false, format);
        }
    });
}

#[test]
fn in_every_text_of_a_certificate() {
    each_service(|service| {
        for format in ["table", "json", "ndjson"] {
            echoed(service, true, format);
        }
    });
}

#[test]
fn in_a_header_of_the_answer_that_hands_out_the_token() {
    let endpoint = serve_with(
        "\r\nx-request-id: sandboxcanarytoken",
        |_| json!({"errcode": 0, "access_token": "sandboxcanaryToken"}),
    );
    let run = ask_at(&endpoint, Emulator::PBX, &["1"]).keys(&keys(Emulator::PBX)[..2]);
    let output = run.with(&["-vv"]).go();
    assert!(output.stderr.contains("x-request-id"), "{output:?}");
    assert!(!output.stderr.contains("sandboxcanary"), "{output:?}");
}

#[test]
fn by_a_proxy_that_heard_its_password() {
    const PASSWORD: &str = "sandboxcanary/Proxy@0001";
    let proxy = serve_with("", |request| {
        let heard = request.split_once("proxy-authorization: ");
        answer(
            Emulator::TENCENT,
            heard.map_or("nothing", |(_, heard)| heard),
            false,
        )
    });
    let password = percent(PASSWORD, |byte| format!("%{byte:02X}"));
    let proxy = proxy.replace("http://", &format!("http://user:{password}@"));
    let run = ask_at("http://ssl.example.invalid", Emulator::TENCENT, &["a"]);
    let run = run.keys(&keys(Emulator::TENCENT)).env("http_proxy", proxy);
    let output = run.with(&["--allow-http", "-vv"]).go();
    assert!(
        output.stdout.contains("Basic dXNlcjp[secret]"),
        "{output:?}"
    );
    for text in [&output.stdout, &output.stderr] {
        assert_eq!(appears_in(text, CANARY), None, "{output:?}");
    }
}
