//! Mobile Push and ESA: what they answer, and what their gateway refuses.

use certcheck::sandbox::Emulator;

use crate::client::Request;
use crate::clouds::{code, refused, send};
use crate::signed::{acs3, alibaba, esa, mpush};
use crate::{NOW, sandbox};

#[test]
fn mpush_and_esa_tell_what_their_pages_tell() {
    let sandbox = sandbox(&[]);
    let push = send(
        &sandbox,
        Emulator::MPUSH,
        &mpush(&sandbox, "335799001", "n1"),
    );
    assert_eq!(
        push.header("content-type"),
        Some("application/json;charset=utf-8")
    );
    let push = push.json();
    assert_eq!(push["IOS"], true);
    assert_eq!(push["ProductionCertInfo"]["Status"], "OK");
    let end = push["ProductionCertInfo"]["ExipreTime"].as_i64().unwrap();
    assert_eq!((end / 1000 - NOW) / 86_400, 200);

    let id = "baba39055622c008b90285a8838ed09a";
    let esa = send(&sandbox, Emulator::ESA, &esa(&sandbox, id, "n2")).json();
    assert_eq!(esa["SiteName"], "example.com\n");
    assert_eq!(esa["Result"]["CommonName"], "www.example.com ");
    assert_eq!(esa["Result"]["Id"], id);
    assert_eq!(esa["Result"]["NotAfter"], "2027-07-20 09:00:00");
}

#[test]
fn alibaba_refuses_what_is_not_signed_as_documented() {
    let sandbox = sandbox(&[]);
    let keys = Emulator::ESA.credentials();
    let draft = |nonce: &str| {
        alibaba(
            &sandbox,
            Emulator::ESA,
            "GET",
            "Id=x&SiteId=1234567890123",
            nonce,
        )
    };
    let ask = |request: Request| send(&sandbox, Emulator::ESA, &request);

    let good = acs3(draft("a"), &keys, "");
    refused(&ask(good.clone()), 404, "Certificate.NotFound");
    refused(&ask(good.clone()), 400, "SignatureNonceUsed");
    refused(
        &ask(good.without("authorization")),
        400,
        "IncompleteSignature",
    );
    for name in [
        "host",
        "x-acs-action",
        "x-acs-version",
        "x-acs-date",
        "x-acs-signature-nonce",
        "x-acs-content-sha256",
    ] {
        let request = acs3(draft("b"), &keys, name);
        refused(&ask(request), 400, "IncompleteSignature");
    }
    // Whatever begins with x-acs- is signed, known or not.
    let extra = acs3(draft("c"), &keys, "").set("x-acs-extra", "1");
    refused(&ask(extra), 400, "IncompleteSignature");
    let typed = acs3(draft("c"), &keys, "").set("content-type", "text/plain");
    refused(&ask(typed), 400, "IncompleteSignature");
    let body = acs3(draft("c"), &keys, "").with_body("x");
    refused(&ask(body), 400, "IncompleteSignature");
    let blanks = acs3(draft("c"), &keys, "");
    let value = blanks.get("authorization").replace(',', ", ");
    refused(
        &ask(blanks.set("authorization", &value)),
        400,
        "IncompleteSignature",
    );
}

#[test]
fn alibaba_refuses_wrong_times_and_keys() {
    let sandbox = sandbox(&[]);
    let keys = Emulator::ESA.credentials();
    let query = "Id=x&SiteId=1234567890123";
    let draft = |nonce: &str| alibaba(&sandbox, Emulator::ESA, "GET", query, nonce);
    let ask = |request: Request| send(&sandbox, Emulator::ESA, &request);
    for (date, expected) in [
        ("2026-11-22T07:44:59Z", "InvalidTimeStamp.Expired"),
        ("2026-11-22T08:15:01Z", "InvalidTimeStamp.Expired"),
        ("2026-11-22 08:00:00", "InvalidTimeStamp.Format"),
        ("2026-11-22T07:45:00Z", "Certificate.NotFound"),
    ] {
        let request = acs3(draft(date).set("x-acs-date", date), &keys, "");
        let status = if expected.starts_with("Cert") {
            404
        } else {
            400
        };
        refused(&ask(request), status, expected);
    }
    let unknown = acs3(draft("d"), &vec![("", "LTAInobody"), keys[1]], "");
    refused(&ask(unknown), 404, "InvalidAccessKeyId.NotFound");
    let wrong = ask(acs3(draft("e"), &vec![keys[0], ("", "wrong")], ""));
    refused(&wrong, 400, "SignatureDoesNotMatch");
    assert!(wrong.text().contains("ACS3-HMAC-SHA256\\n"));
}

#[test]
fn alibaba_knows_its_operations_and_their_parameters() {
    let sandbox = sandbox(&[]);
    let keys = Emulator::ESA.credentials();
    let ask = |service, method: &str, query: &str, nonce: &str| {
        let request = acs3(alibaba(&sandbox, service, method, query, nonce), &keys, "");
        code(&send(&sandbox, service, &request)).1
    };
    let id = "Id=baba39055622c008b90285a8838ed09a";
    assert_eq!(ask(Emulator::ESA, "POST", id, "1"), "UnsupportedHTTPMethod");
    assert_eq!(
        ask(Emulator::MPUSH, "PUT", id, "1"),
        "UnsupportedHTTPMethod"
    );
    assert_eq!(ask(Emulator::MPUSH, "GET", "AppKey=335799001", "1"), "ok");
    assert_eq!(
        ask(Emulator::MPUSH, "POST", "AppKey=1", "2"),
        "InvalidAppKey.NotFound"
    );
    assert_eq!(ask(Emulator::MPUSH, "POST", "A=1", "3"), "MissingAppKey");
    assert_eq!(ask(Emulator::ESA, "GET", id, "4"), "MissingSiteId");
    let query = format!("{id}&SiteId=9");
    assert_eq!(
        ask(Emulator::ESA, "GET", &query, "5"),
        "InvalidParameter.SiteId"
    );
    let query = "SiteId=1234567890123";
    assert_eq!(ask(Emulator::ESA, "GET", query, "6"), "Id.MissingParameter");

    let draft = || alibaba(&sandbox, Emulator::ESA, "GET", id, "7");
    let ask = |request| code(&send(&sandbox, Emulator::ESA, &acs3(request, &keys, "")));
    let action = draft().set("x-acs-action", "CreateSite");
    assert_eq!(ask(action), (404, "InvalidAction.NotFound".to_owned()));
    let version = draft().set("x-acs-version", "2016-08-01");
    assert_eq!(ask(version), (400, "InvalidVersion".to_owned()));
}
