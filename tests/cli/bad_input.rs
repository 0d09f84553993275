//! Answers that no service should give, and refusals, each by its name: one error record with the right kind, a
//! hint, exit code 3, and the other ids still reported.

use certcheck::sandbox::Emulator;
use serde_json::{Value, json};

use crate::error_record::{Expected, check};
use crate::support::commands::*;
use crate::support::sandbox::*;

/// Two ids of every service, of which one meets the fault: one error, and the other certificate is there.
fn one_of_two(
    fault: &str,
    more: &[&str],
    expected: impl Fn(&'static Emulator) -> Expected<'static> + Sync,
) {
    each_service(|service| {
        let (fine, hit) = (good(service), other(service));
        let sandbox = sandbox(&[&format!("{}/{hit}={fault}", service.name)]);
        let report = ask(&sandbox, service, &[hit, fine]).with(more).json();
        let expected = expected(service);
        check(report.error(), service, hit, &expected);
        assert_eq!(report.ids(), [fine], "{report:?}");
        assert_eq!(report.certificates()[0]["verdict"], "ok", "{report:?}");
        assert_eq!(report.code(), 3, "{report:?}");
        let sent = about(&sandbox, service, hit);
        assert_eq!(
            sent,
            expected.attempts as usize,
            "{service:?}: {:?}",
            sandbox.seen()
        );
    });
}

/// The same where no service has a code of its own to tell.
fn without_a_code(fault: &str, kind: &'static str, http_status: Option<u16>, attempts: u32) {
    one_of_two(fault, &[], |_| Expected {
        kind,
        code: Value::Null,
        http_status: json!(http_status),
        attempts,
    });
}

#[test]
fn an_unknown_id() {
    each_service(|service| {
        let sandbox = sandbox(&[]);
        let (gone, fine) = (stranger(service), good(service));
        let report = ask(&sandbox, service, &[gone, fine]).json();
        let (code, status) = match service.name {
            "mpush" => ("InvalidAppKey.NotFound", 400),
            "esa" => ("Certificate.NotFound", 404),
            "huawei" => ("SCM.0008", 400),
            "tencent" => ("FailedOperation.CertificateNotFound", 200),
            "pbx" => ("60001", 200),
            name => panic!("{name}: not known to this test"),
        };
        let expected = Expected {
            kind: "not_found",
            code: json!(code),
            http_status: json!(status),
            attempts: 1,
        };
        check(report.error(), service, gone, &expected);
        assert_eq!(report.ids(), [fine]);
        assert_eq!(report.code(), 3);
    });
}

#[test]
fn permission_denied_names_what_to_grant_and_is_not_a_refused_key() {
    one_of_two("denied", &[], |service| {
        let (code, status) = match service.name {
            "mpush" | "esa" => ("NoPermission", 403),
            "huawei" => ("SCM.4002", 401),
            "tencent" => ("AuthFailure.UnauthorizedOperation", 200),
            "pbx" => ("10005", 200),
            name => panic!("{name}: not known to this test"),
        };
        Expected {
            kind: "permission",
            code: json!(code),
            http_status: json!(status),
            attempts: 1,
        }
    });
    for (service, action) in [
        (Emulator::MPUSH, "mpush:CheckCertificate"),
        (Emulator::ESA, "esa:GetClientCertificate"),
        (Emulator::HUAWEI, "scm:cert:get"),
        (Emulator::TENCENT, "ssl:DescribeCertificate"),
    ] {
        let sandbox = sandbox(&["denied"]);
        let report = ask(&sandbox, service, &[good(service)]).json();
        let hint = report.error()["hint"].to_string();
        assert!(hint.contains(action), "{hint}");
    }
}

#[test]
fn html_instead_of_json() {
    without_a_code("html", "protocol", Some(200), 1);
}

#[test]
fn json_cut_short() {
    without_a_code("truncated", "protocol", Some(200), 1);
}

#[test]
fn json_of_the_wrong_shape() {
    each_service(|service| {
        let (fine, hit) = (good(service), other(service));
        let sandbox = sandbox(&[&format!("{}/{hit}=wrong-shape", service.name)]);
        let report = ask(&sandbox, service, &[hit, fine]).json();
        assert_eq!(report.code(), 3, "{report:?}");
        // A code that does not say that all is well is a refusal, whatever stands beside it. A PBX has digits as codes, and
        // Tencent has its code in `Response`.
        let (kind, code) = match service.name {
            "mpush" | "esa" | "huawei" => ("refused", json!("zero")),
            "pbx" | "tencent" => ("protocol", Value::Null),
            name => panic!("{name}: not known to this test"),
        };
        let error = report.error();
        assert_eq!(
            (&error["kind"], &error["code"]),
            (&json!(kind), &code),
            "{error}"
        );
        assert_eq!(
            (&error["id"], &error["attempts"]),
            (&json!(hit), &json!(1)),
            "{error}"
        );
        let rest = report.certificates();
        assert_eq!(rest.len(), 1, "{report:?}");
        assert_eq!(rest[0]["id"], fine);
    });
}

#[test]
fn an_empty_object() {
    without_a_code("empty", "protocol", Some(200), 1);
}

#[test]
fn invalid_utf8() {
    without_a_code("bad-utf8", "protocol", Some(200), 1);
}

#[test]
fn json_nested_too_deeply() {
    without_a_code("deep", "protocol", Some(200), 1);
}

#[test]
fn a_body_over_the_cap() {
    without_a_code("huge", "protocol", Some(200), 1);
}

#[test]
fn http_500() {
    without_a_code("status:500", "unavailable", Some(500), 3);
}

#[test]
fn http_502() {
    without_a_code("status:502", "unavailable", Some(502), 3);
}

#[test]
fn http_503() {
    without_a_code("status:503", "unavailable", Some(503), 3);
}

#[test]
fn http_429() {
    without_a_code("status:429", "throttled", Some(429), 3);
}

#[test]
fn http_404_is_the_wrong_host() {
    without_a_code("status:404", "config", Some(404), 1);
}

#[test]
fn the_providers_own_too_many_requests() {
    one_of_two("throttle", &[], |service| {
        let (kind, code, status) = match service.name {
            "mpush" | "esa" => ("throttled", "Throttling.User", 400),
            "huawei" => ("throttled", "APIGW.0308", 429),
            "tencent" => ("throttled", "RequestLimitExceeded", 200),
            // It has no limit of requests; this is a busy box.
            "pbx" => ("unavailable", "70082", 200),
            name => panic!("{name}: not known to this test"),
        };
        Expected {
            kind,
            code: json!(code),
            http_status: json!(status),
            attempts: 3,
        }
    });
}

#[test]
fn a_short_outage_is_survived() {
    each_service(|service| {
        let name = service.name;
        let id = good(service);
        let sandbox = sandbox(&[
            &format!("{name}/{id}=status:503*1"),
            &format!("{name}/{id}=throttle*1"),
        ]);
        let report = ask(&sandbox, service, &[id]).json();
        assert_eq!(report.certificate()["verdict"], "ok");
        assert_eq!(report.code(), 0);
        assert_eq!(about(&sandbox, service, id), 3);
    });
}

#[test]
fn a_redirect_is_not_followed() {
    without_a_code("redirect", "protocol", Some(307), 1);
    let sandbox = sandbox(&["redirect"]);
    let report = ask(&sandbox, Emulator::TENCENT, &[good(Emulator::TENCENT)]).json();
    assert_eq!(report.error()["kind"], "protocol");
    let seen = sandbox.seen();
    assert!(seen.len() == 1 && seen[0].target == "/", "{seen:?}");
}
