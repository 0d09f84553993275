//! Every kind of fault, on the wire.

use std::io::Read;

use certcheck::sandbox::{CANARY, Emulator, Sandbox};
use serde_json::Value;

use crate::client::{Reply, Request};
use crate::signed::{acs3, alibaba, esa, huawei, mpush, tencent};
use crate::{NOW, pbx, sandbox};

/// A good request for a certificate, its nonce or token fresh.
fn good(sandbox: &Sandbox, service: &'static Emulator) -> Request {
    let nonce = sandbox.seen().len().to_string();
    match service.name {
        "mpush" => mpush(sandbox, "335799001", &nonce),
        "esa" => esa(sandbox, "baba39055622c008b90285a8838ed09a", &nonce),
        "huawei" => huawei(sandbox, "scs1700000000001"),
        "tencent" => tencent(sandbox, "sbxValid"),
        "pbx" => {
            let token = pbx::token(sandbox);
            pbx::get(sandbox, "certificate/get", &token, "&id=1")
        }
        name => panic!("{name}: not known to this test"),
    }
}

/// Asks every service with one fault and hands each reply on. At the PBX only the certificate is
/// hit, not the token before it.
fn with_fault(fault: &str, check: impl Fn(&'static Emulator, Reply)) {
    for service in Emulator::all() {
        let place = match service.name {
            "pbx" => "pbx/1".to_owned(),
            name => name.to_owned(),
        };
        let sandbox = sandbox(&[&format!("{place}={fault}")]);
        let reply = good(&sandbox, service).send(&sandbox.endpoint(service));
        let seen = sandbox.seen();
        let outcome = seen.last().map(|seen| seen.outcome.clone());
        let word = fault.split('*').next().map(str::to_owned);
        assert_eq!(outcome, word, "{service:?}");
        check(service, reply);
    }
}

#[test]
fn throttled_in_the_words_of_each() {
    with_fault("throttle", |service, reply| {
        let json = reply.json();
        match service.name {
            "mpush" | "esa" => {
                assert_eq!(
                    (reply.status, &json["Code"]),
                    (400, &"Throttling.User".into())
                );
            }
            "huawei" => {
                assert_eq!(
                    (reply.status, &json["error_code"]),
                    (429, &"APIGW.0308".into())
                );
            }
            "tencent" => {
                assert_eq!(json["Response"]["Error"]["Code"], "RequestLimitExceeded");
            }
            "pbx" => assert_eq!(json["errcode"], 70_082),
            name => panic!("{name}: not known to this test"),
        }
    });
}

#[test]
fn permission_missing_in_the_words_of_each() {
    with_fault("denied", |service, reply| {
        let json = reply.json();
        match service.name {
            "mpush" | "esa" => {
                assert_eq!((reply.status, &json["Code"]), (403, &"NoPermission".into()));
            }
            "huawei" => {
                assert_eq!(
                    (reply.status, &json["error_code"]),
                    (401, &"SCM.4002".into())
                );
            }
            "tencent" => assert_eq!(
                json["Response"]["Error"]["Code"],
                "AuthFailure.UnauthorizedOperation"
            ),
            "pbx" => assert_eq!(json["errcode"], 10_005),
            name => panic!("{name}: not known to this test"),
        }
    });
}

#[test]
fn statuses_pages_and_redirects() {
    for status in [429, 500, 502, 503] {
        with_fault(&format!("status:{status}"), |_, reply| {
            assert_eq!(reply.status, status);
            assert_eq!(reply.header("content-type"), Some("text/html"));
        });
    }
    with_fault("html", |_, reply| {
        assert_eq!(reply.status, 200);
        assert!(reply.text().starts_with("<html>"));
    });
    with_fault("redirect", |_, reply| {
        assert_eq!(reply.status, 307);
        assert_eq!(reply.header("location"), Some("/elsewhere"));
    });
}

#[test]
fn bodies_that_are_not_the_answer() {
    let broken = |reply: &Reply| serde_json::from_slice::<Value>(&reply.body).is_err();
    with_fault("empty", |_, reply| assert_eq!(reply.text(), "{}"));
    with_fault("wrong-shape", |_, reply| {
        assert!(reply.json()["Response"].is_array());
    });
    with_fault("truncated", |_, reply| {
        assert!(broken(&reply));
        let length = reply.body.len().to_string();
        assert_eq!(reply.header("content-length"), Some(length.as_str()));
    });
    with_fault("bad-utf8", |_, reply| {
        assert!(std::str::from_utf8(&reply.body).is_err());
    });
    // Deeper than the 128 levels of the JSON library, let alone our 64.
    with_fault("deep", |_, reply| {
        assert!(broken(&reply));
        assert_eq!(reply.text().matches('[').count() / 200, 1);
    });
    with_fault("huge", |_, reply| {
        assert!(reply.body.len() > 8 * 1024 * 1024);
        assert_eq!(reply.header("content-length"), None);
        assert!(
            reply
                .json()
                .as_object()
                .is_some_and(|members| members.len() > 1)
        );
    });
}

#[test]
fn hostile_text_in_a_valid_answer() {
    with_fault("hostile", |service, reply| {
        let text = reply.text();
        assert!(text.contains("\\u001b["), "{text}");
        assert!(text.contains('\u{202e}') && text.contains("\\n"));
        let json = reply.json();
        match service.name {
            "mpush" => assert_eq!(json["ProductionCertInfo"]["Status"], "OK"),
            "esa" => assert_eq!(json["Result"]["NotAfter"], "2027-09-18 09:00:00"),
            "huawei" => assert_eq!(json["not_after"], "2027-09-18 17:00:00.0"),
            "tencent" => {
                assert_eq!(json["Response"]["CertEndTime"], "2027-09-18 17:00:00");
            }
            "pbx" => {
                assert_eq!(json["certificate"]["expiration"], "2027/09/18 17:00:00");
            }
            name => panic!("{name}: not known to this test"),
        }
    });
}

#[test]
fn an_answer_about_another_id() {
    with_fault("mismatch", |service, reply| {
        let json = reply.json();
        let (told, asked) = match service.name {
            "mpush" => return,
            "esa" => (&json["Result"]["Id"], "baba39055622c008b90285a8838ed09a"),
            "huawei" => (&json["id"], "scs1700000000001"),
            "tencent" => (&json["Response"]["CertificateId"], "sbxValid"),
            "pbx" => {
                assert_eq!(json["certificate"]["id"], 3);
                return;
            }
            name => panic!("{name}: not known to this test"),
        };
        assert!(told.is_string() && told != asked);
    });
}

#[test]
fn a_body_cut_in_the_middle() {
    for service in Emulator::all() {
        let sandbox = sandbox(&["cut"]);
        let endpoint = sandbox.endpoint(service);
        let request = match service.name {
            "pbx" => pbx::call(&sandbox, "GET", "certificate/get?id=1"),
            _ => good(&sandbox, service),
        };
        let (bytes, _) = request.raw(&endpoint);
        let reply = Reply::read(&bytes);
        let length: usize = reply
            .header("content-length")
            .and_then(|length| length.parse().ok())
            .expect("a length");
        assert_eq!(reply.body.len(), length / 2, "{service:?}");
    }
}

#[test]
fn a_reset_before_the_answer() {
    let sandbox = sandbox(&["reset"]);
    let request = good(&sandbox, Emulator::TENCENT);
    let (bytes, end) = request.raw(&sandbox.endpoint(Emulator::TENCENT));
    assert_eq!(bytes, b"");
    assert_eq!(end, Some(std::io::ErrorKind::ConnectionReset));
    assert_eq!(sandbox.seen().len(), 1);
}

#[test]
fn no_answer_at_all_until_the_sandbox_ends() {
    let sandbox = sandbox(&["hang"]);
    let request = good(&sandbox, Emulator::ESA);
    let mut stream = request.start(&sandbox.endpoint(Emulator::ESA));
    while sandbox.seen().is_empty() {
        std::thread::yield_now();
    }
    drop(sandbox);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    assert_eq!(bytes, b"");
}

#[test]
fn a_wrong_clock_and_its_date_header() {
    for service in [
        Emulator::MPUSH,
        Emulator::ESA,
        Emulator::HUAWEI,
        Emulator::TENCENT,
    ] {
        let sandbox = sandbox(&["skew:7200"]);
        let reply = good(&sandbox, service).send(&sandbox.endpoint(service));
        assert_eq!(reply.header("date"), Some("Sun, 22 Nov 2026 10:00:00 GMT"));
        let outcome = sandbox.seen().last().map(|seen| seen.outcome.clone());
        let expected = match service.name {
            "huawei" => "APIGW.0301",
            "tencent" => "AuthFailure.SignatureExpire",
            _ => "InvalidTimeStamp.Expired",
        };
        assert_eq!(outcome.as_deref(), Some(expected));
    }
    // A caller that goes by the server's clock is let in, and the certificates have not moved.
    let sandbox = sandbox(&["skew:7200"]);
    let draft = alibaba(&sandbox, Emulator::MPUSH, "POST", "AppKey=335799001", "n");
    let draft = draft.set("x-acs-date", "2026-11-22T10:00:00Z");
    let request = acs3(draft, &Emulator::MPUSH.credentials(), "");
    let json = request.send(&sandbox.endpoint(Emulator::MPUSH)).json();
    let end = json["ProductionCertInfo"]["ExipreTime"].as_i64();
    assert_eq!(end, Some((NOW + 200 * 86_400 + 3_600) * 1_000));
}

#[test]
fn a_token_reported_expired_once() {
    let sandbox = sandbox(&["pbx=expired-token"]);
    let first = good(&sandbox, Emulator::PBX);
    assert_eq!(pbx::ask(&sandbox, &first)["errcode"], 10_004);
    assert_eq!(sandbox.live_tokens(), 0, "the box has forgotten it");
    let second = good(&sandbox, Emulator::PBX);
    assert_eq!(pbx::ask(&sandbox, &second)["errcode"], 0);
}

#[test]
fn faults_are_counted_aimed_added_and_cleared() {
    let sandbox = sandbox(&["tencent/sbxValid=status:500*2"]);
    let endpoint = sandbox.endpoint(Emulator::TENCENT);
    let ask = |id: &str| tencent(&sandbox, id).send(&endpoint).status;
    assert_eq!(ask("sbxSoon1"), 200);
    assert_eq!(
        [ask("sbxValid"), ask("sbxValid"), ask("sbxValid")],
        [500, 500, 200]
    );
    sandbox.add_fault(
        "any/DescribeCertificate=status:503"
            .parse()
            .expect("a fault"),
    );
    assert_eq!(ask("sbxSoon1"), 503);
    sandbox.clear_faults();
    assert_eq!(ask("sbxSoon1"), 200);
}

#[test]
fn a_fault_behind_the_gateway_still_proves_the_signature() {
    let sandbox = sandbox(&["throttle*1", "huawei=hostile*1"]);
    let draft = alibaba(&sandbox, Emulator::MPUSH, "POST", "AppKey=335799001", "n");
    let wrong = vec![Emulator::MPUSH.credentials()[0], ("", "wrong")];
    acs3(draft, &wrong, "").send(&sandbox.endpoint(Emulator::MPUSH));
    // The fault was not spent on it; and a throttled request has used its nonce.
    let request = mpush(&sandbox, "335799001", "m");
    request.send(&sandbox.endpoint(Emulator::MPUSH));
    request.send(&sandbox.endpoint(Emulator::MPUSH));
    let unknown = huawei(&sandbox, "scs0");
    unknown.send(&sandbox.endpoint(Emulator::HUAWEI));
    let outcomes: Vec<String> = sandbox
        .seen()
        .into_iter()
        .map(|seen| seen.outcome)
        .collect();
    assert_eq!(
        outcomes,
        [
            "SignatureDoesNotMatch",
            "throttle",
            "SignatureNonceUsed",
            "SCM.0008"
        ]
    );
}

#[test]
fn a_box_that_fails_mints_no_token() {
    let sandbox = sandbox(&["pbx/get_token=status:500*1"]);
    let secret = Emulator::PBX.credentials()[1].1;
    let reply = pbx::login(&sandbox, secret).send(&sandbox.endpoint(Emulator::PBX));
    assert_eq!(reply.status, 500);
    assert_eq!(sandbox.live_tokens(), 0);
    assert!(pbx::token(&sandbox).contains(CANARY));
}
