//! What the clouds have in common, and what Huawei and Tencent refuse.

use std::sync::atomic::Ordering;

use certcheck::sandbox::services::huawei::PROJECT_ID;
use certcheck::sandbox::{Emulator, Sandbox};
use serde_json::Value;

use crate::client::{Reply, Request};
use crate::signed::{
    Keys, TC3_NAMES, acs3, alibaba, esa, huawei, huawei_legacy, huawei_target, mpush, sdk_hmac,
    sha256, tc3, tencent, tencent_body,
};
use crate::{NOW, moving, sandbox};

pub fn send(sandbox: &Sandbox, service: &'static Emulator, request: &Request) -> Reply {
    request.send(&sandbox.endpoint(service))
}

/// Status and code of a refusal, in whichever envelope.
pub fn code(reply: &Reply) -> (u16, String) {
    let json = reply.json();
    let code = [
        &json["Code"],
        &json["error_code"],
        &json["Response"]["Error"]["Code"],
    ]
    .into_iter()
    .find_map(Value::as_str)
    .unwrap_or("ok");
    (reply.status, code.to_owned())
}

pub fn refused(reply: &Reply, status: u16, expected: &str) {
    assert_eq!(code(reply), (status, expected.to_owned()));
}

#[test]
fn every_sample_is_answered() {
    let sandbox = sandbox(&[]);
    for service in [
        Emulator::MPUSH,
        Emulator::ESA,
        Emulator::HUAWEI,
        Emulator::TENCENT,
    ] {
        for sample in service.samples {
            let request = match service.name {
                "mpush" => mpush(&sandbox, sample.id, sample.id),
                "esa" => esa(&sandbox, sample.id, sample.id),
                "huawei" if !sample.listed => huawei_legacy(&sandbox, PROJECT_ID, sample.id),
                "huawei" => huawei(&sandbox, sample.id),
                _ => tencent(&sandbox, sample.id),
            };
            let reply = send(&sandbox, service, &request);
            assert_eq!(code(&reply), (200, "ok".to_owned()), "{sample:?}");
            assert!(
                reply.header("date") == Some("Sun, 22 Nov 2026 08:00:00 GMT"),
                "{reply:?}"
            );
        }
    }
    let seen = sandbox.seen();
    assert!(seen.iter().all(|seen| seen.outcome == "ok"));
    let first = seen.first().expect("something was sent");
    assert_eq!(first.action, "CheckCertificate");
    assert_eq!(first.target, "/?AppKey=335799001");
    assert!(first.headers.iter().any(|(name, _)| name == "x-acs-date"));
}

#[test]
fn temporary_keys_need_their_token() {
    let sandbox = sandbox(&[]);
    let keys = Emulator::MPUSH.temporary_credentials();
    let ask = |token: Option<&str>, keys, nonce: &str| {
        let draft = alibaba(&sandbox, Emulator::MPUSH, "POST", "AppKey=335799001", nonce);
        let draft = match token {
            Some(token) => draft.set("x-acs-security-token", token),
            None => draft,
        };
        code(&send(&sandbox, Emulator::MPUSH, &acs3(draft, keys, ""))).1
    };
    let mismatch = "InvalidSecurityToken.MismatchWithAccessKey";
    assert_eq!(ask(Some(keys[2].1), &keys, "1"), "ok");
    assert_eq!(ask(None, &keys, "2"), "MissingSecurityToken");
    assert_eq!(ask(Some("other"), &keys, "3"), mismatch);
    assert_eq!(
        ask(Some("other"), &Emulator::MPUSH.credentials(), "4"),
        mismatch
    );

    let keys = Emulator::HUAWEI.temporary_credentials();
    let ask = |token: &str, left_out: &str| {
        let draft = huawei_target(&sandbox, "/v3/scm/certificates/scs1700000000001")
            .set("x-security-token", token);
        let reply = send(
            &sandbox,
            Emulator::HUAWEI,
            &sdk_hmac(draft, &keys, left_out),
        );
        (reply.status, reply.text())
    };
    assert_eq!(ask(keys[2].1, "").0, 200);
    assert!(ask("other", "").1.contains("decrypt token fail"));
    assert!(
        ask(keys[2].1, "x-security-token")
            .1
            .contains("x-security-token is not signed")
    );

    let keys = Emulator::TENCENT.temporary_credentials();
    let ask = |token: Option<&str>| {
        let draft = tencent_body(&sandbox, "{\"CertificateId\":\"sbxValid\"}");
        let request = tc3(draft, &keys, &TC3_NAMES, "2026-11-22");
        let request = match token {
            Some(token) => request.set("x-tc-token", token),
            None => request,
        };
        code(&send(&sandbox, Emulator::TENCENT, &request)).1
    };
    assert_eq!(ask(Some(keys[2].1)), "ok");
    assert_eq!(ask(Some("other")), "AuthFailure.TokenFailure");
    assert_eq!(ask(None), "AuthFailure.TokenFailure");
}

#[test]
fn huawei_tells_dates_of_beijing_and_doubles_a_key_in_v2() {
    let sandbox = sandbox(&[]);
    let reply = send(
        &sandbox,
        Emulator::HUAWEI,
        &huawei(&sandbox, "scs1700000000001"),
    );
    assert_eq!(
        reply.header("content-type"),
        Some("application/json;charset=UTF-8")
    );
    assert!(reply.header("x-request-id").is_some());
    assert_eq!(reply.json()["not_after"], "2027-05-21 17:00:00.0");
    let pending = send(
        &sandbox,
        Emulator::HUAWEI,
        &huawei(&sandbox, "scs1700000000003"),
    )
    .json();
    assert_eq!(pending["not_after"], Value::Null);

    let legacy = huawei_legacy(&sandbox, PROJECT_ID, "scs1481110651012");
    let legacy = send(&sandbox, Emulator::HUAWEI, &legacy).text();
    assert_eq!(legacy.matches("\"domain_name\": ").count(), 2);
    assert!(legacy.contains("\"order_id \": "));
    assert!(legacy.contains("\" checking \""));
}

#[test]
fn huawei_refuses_and_locks() {
    let sandbox = sandbox(&[]);
    let keys = Emulator::HUAWEI.credentials();
    let ask = |request: Request| {
        let reply = send(&sandbox, Emulator::HUAWEI, &request);
        let message = reply.json()["error_msg"].as_str().unwrap_or("").to_owned();
        (code(&reply), message)
    };
    let target = "/v3/scm/certificates/scs1700000000001";
    let draft = || huawei_target(&sandbox, target);
    let is = |status: u16, code: &str| (status, code.to_owned());

    let mut post = draft();
    post.method = "POST".to_owned();
    assert_eq!(ask(sdk_hmac(post, &keys, "")).0, is(404, "APIGW.0101"));
    let elsewhere = huawei_target(&sandbox, "/v3/scm/certificates/");
    assert_eq!(ask(sdk_hmac(elsewhere, &keys, "")).0, is(404, "APIGW.0101"));
    let (found, message) = ask(draft());
    assert_eq!(found, is(401, "APIGW.0301"));
    assert!(message.ends_with("x-auth-token not found"));
    for name in ["host", "x-sdk-date"] {
        let (found, message) = ask(sdk_hmac(draft(), &keys, name));
        assert_eq!(found, is(401, "APIGW.0301"));
        assert!(
            message.contains(&format!("{name} is not signed")),
            "{message}"
        );
    }
    let stale = draft().set("x-sdk-date", "20261122T074459Z");
    let (found, message) = ask(sdk_hmac(stale, &keys, ""));
    assert_eq!(found, is(401, "APIGW.0301"));
    assert_eq!(
        message,
        "Incorrect IAM authentication information: calc aksk signature fail:signature expired, \
         signature time:20261122T074459Z,server time:20261122T080000Z"
    );
    let (_, message) = ask(sdk_hmac(draft(), &vec![("", "NOBODY"), keys[1]], ""));
    assert!(message.ends_with("ak NOBODY not exist"));
    assert_eq!(ask(huawei(&sandbox, "scs0")).0, is(400, "SCM.0008"));
    let legacy = huawei_legacy(&sandbox, "ffff", "scs1481110651012");
    assert_eq!(ask(legacy).0, is(403, "SCM.0002"));

    let wrong = vec![keys[0], ("", "wrong")];
    // A good one starts the count again, so four and four are not too many.
    for _ in 0..2 {
        for _ in 0..4 {
            let (_, message) = ask(sdk_hmac(draft(), &wrong, ""));
            assert!(message.contains("verify aksk signature fail, canonicalRequest:GET|/v3/scm/"));
        }
        assert_eq!(ask(huawei(&sandbox, "scs1700000000001")).0, is(200, "ok"));
    }
    for _ in 0..5 {
        ask(sdk_hmac(draft(), &wrong, ""));
    }
    let (found, message) = ask(huawei(&sandbox, "scs1700000000001"));
    assert_eq!(found, is(401, "APIGW.0301"));
    assert!(message.ends_with("AK access failed to reach the limit,forbidden"));
}

#[test]
fn tencent_refuses_with_http_200() {
    let sandbox = sandbox(&[]);
    let keys = Emulator::TENCENT.credentials();
    let ask = |request: Request| {
        let reply = send(&sandbox, Emulator::TENCENT, &request);
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("content-type"), Some("application/json"));
        code(&reply).1
    };
    let draft = || tencent_body(&sandbox, "{\"CertificateId\":\"sbxValid\"}");
    let sign = |request| tc3(request, &keys, &TC3_NAMES, "2026-11-22");

    assert_eq!(ask(sign(draft())), "ok");
    let three = ["content-type", "host", "x-tc-action"];
    assert_eq!(ask(tc3(draft(), &keys, &three, "2026-11-22")), "ok");
    let invalid = "AuthFailure.InvalidAuthorization";
    assert_eq!(ask(draft()), invalid);
    assert_eq!(ask(tc3(draft(), &keys, &["host"], "2026-11-22")), invalid);
    assert_eq!(ask(tc3(draft(), &keys, &TC3_NAMES, "2026-11-23")), invalid);
    let late = draft().set("x-tc-timestamp", &(NOW - 301).to_string());
    assert_eq!(ask(sign(late)), "AuthFailure.SignatureExpire");
    let edge = draft().set("x-tc-timestamp", &(NOW + 300).to_string());
    assert_eq!(ask(sign(edge)), "ok");
    let nobody = vec![("", "AKIDnobody"), keys[1]];
    let request = tc3(draft(), &nobody, &TC3_NAMES, "2026-11-22");
    assert_eq!(ask(request), "AuthFailure.SecretIdNotFound");
    let request = sign(draft()).with_body("{\"CertificateId\":\"sbxEnded\"}");
    assert_eq!(ask(request), "AuthFailure.SignatureFailure");
    let charset = draft().set("content-type", "application/json; charset=utf-8");
    assert_eq!(ask(sign(charset)), "UnsupportedProtocol");
    let mut get = draft();
    get.method = "GET".to_owned();
    assert_eq!(ask(sign(get)), "UnsupportedProtocol");
    assert_eq!(
        ask(sign(draft()).without("x-tc-action")),
        "MissingParameter"
    );
    assert_eq!(
        ask(sign(draft()).set("x-tc-action", "Other")),
        "InvalidAction"
    );
    assert_eq!(
        ask(sign(draft()).set("x-tc-version", "2018-01-01")),
        "NoSuchVersion"
    );
    for (body, expected) in [
        ("", "InvalidParameter"),
        ("{}", "MissingParameter"),
        ("{\"CertificateId\":7}", "InvalidParameter"),
        ("{\"Limit\":7}", "UnknownParameter"),
        (
            "{\"CertificateId\":\"x\"}",
            "FailedOperation.CertificateNotFound",
        ),
    ] {
        assert_eq!(ask(sign(tencent_body(&sandbox, body))), expected, "{body}");
    }
}

#[test]
fn tencent_tells_dates_of_beijing_and_all_members() {
    let sandbox = sandbox(&[]);
    let ask = |id: &str| {
        let reply = send(&sandbox, Emulator::TENCENT, &tencent(&sandbox, id));
        reply.json()["Response"].clone()
    };
    let valid = ask("sbxValid");
    assert_eq!(valid["CertEndTime"], "2027-04-21 17:00:00");
    assert_eq!(valid.as_object().map(serde_json::Map::len), Some(37));
    assert_eq!(ask("sbxWait0")["CertEndTime"], Value::Null);
    assert_eq!(ask("sbxMove1")["Status"], 15);
    let bundle = ask("sbxCaBun");
    assert_eq!(bundle["CAEndTimes"][1], "2026-12-17 17:00:00");
    let full = ask("sbxFull1");
    let password = full["SubmittedData"]["KeyPassword"].as_str().unwrap();
    assert!(password.contains(certcheck::sandbox::CANARY));
}

#[test]
fn huaweis_lock_opens_after_five_minutes() {
    let (sandbox, clock) = moving();
    let keys = Emulator::HUAWEI.credentials();
    let ask = |keys: &Keys| {
        let request = huawei_target(&sandbox, "/v3/scm/certificates/scs1700000000001");
        send(&sandbox, Emulator::HUAWEI, &sdk_hmac(request, keys, "")).status
    };
    for _ in 0..5 {
        assert_eq!(ask(&vec![keys[0], ("", "wrong")]), 401);
    }
    clock.store(NOW + 299, Ordering::Relaxed);
    assert_eq!(ask(&keys), 401);
    clock.store(NOW + 300, Ordering::Relaxed);
    assert_eq!(ask(&keys), 200);
}

/// Whatever arrives, something is answered; nothing in here may bring the thread down.
#[test]
fn nonsense_is_answered() {
    let sandbox = sandbox(&[]);
    for service in Emulator::all() {
        for target in [
            "/",
            "/%ff?%ff=%ff&&=",
            "/v3/scm/certificates/%ff%2F",
            "/openapi/v1.0/",
        ] {
            for method in ["GET", "POST", "DELETE", "BREW"] {
                let request = Request::new(method, target, &sandbox.endpoint(service))
                    .set(
                        "authorization",
                        "SDK-HMAC-SHA256 Access=\u{fc}, SignedHeaders=;, Signature=",
                    )
                    .set("x-acs-content-sha256", &sha256(b"\xff"))
                    .set("x-tc-timestamp", "99999999999999999999")
                    .set("user-agent", "nonsense")
                    .with_body("\u{0}{[");
                let reply = send(&sandbox, service, &request);
                assert!(reply.status >= 200, "{service:?} {method} {target}");
            }
        }
    }
}
