//! Keys that are missing, half there, badly pasted, or refused.

use certcheck::sandbox::Emulator;
use serde_json::json;

use crate::error_record::{Expected, check, silent};
use crate::support::commands::*;
use crate::support::sandbox::*;

#[test]
fn no_credentials() {
    each_service(|service| {
        let sandbox = sandbox(&[]);
        let report = ask_without_keys(&sandbox, service, &[good(service)]).json();

        check(report.error(), service, good(service), &Expected::no_key());
        let message = report.error()["message"].to_string();
        for (name, _) in service.credentials() {
            assert!(message.contains(name), "says where it looked: {message}");
        }
        assert_eq!(report.code(), 3);
        silent(&sandbox);
    });
}

#[test]
fn half_a_pair_of_credentials() {
    each_service(|service| {
        let keys = service.credentials();
        for (missing, there) in [(0, 1), (1, 0)] {
            let sandbox = sandbox(&[]);
            let report = ask(&sandbox, service, &[good(service)])
                .without(keys[missing].0)
                .json();

            check(report.error(), service, good(service), &Expected::no_key());
            let message = report.error()["message"].to_string();
            assert!(
                message.contains(keys[missing].0) && message.contains(keys[there].0),
                "{message}"
            );
            assert!(message.contains("half a key pair"), "{message}");
            assert!(!message.contains(keys[there].1), "{message}");
            assert_eq!(report.code(), 3);
            silent(&sandbox);
        }
    });
}

#[test]
fn blanks_around_a_key_are_removed_with_a_warning_that_does_not_show_it() {
    each_service(|service| {
        let sandbox = sandbox(&[]);
        let mut run = ask(&sandbox, service, &[good(service)]);
        for (name, value) in service.credentials() {
            run = run.env(name, format!("\t {value} \r\n"));
        }
        let report = run.json();
        assert_eq!(report.certificate()["verdict"], "ok");
        assert_eq!(report.code(), 0);
        let warnings = &report.output.stderr;
        for (name, value) in service.credentials() {
            assert!(
                warnings.contains("warning: ") && warnings.contains(name),
                "{warnings}"
            );
            assert!(!warnings.contains(value), "{warnings}");
        }
    });
}

#[test]
fn blanks_within_a_key_are_refused_without_showing_it() {
    each_service(|service| {
        let sandbox = sandbox(&[]);
        let (secret, value) = service.credentials()[1];
        let report = ask(&sandbox, service, &[good(service)])
            .env(secret, format!("{value} x"))
            .json();
        assert_eq!(report.error()["kind"], "credentials");
        assert!(!report.output.stdout.contains(value), "{report:?}");
        silent(&sandbox);
    });
}

#[test]
fn an_sts_id_without_its_token_costs_no_request() {
    for service in [Emulator::MPUSH, Emulator::ESA] {
        let sandbox = sandbox(&[]);
        let keys = service.temporary_credentials();
        let run = ask_without_keys(&sandbox, service, &[good(service)]).keys(&keys);
        let report = run.without(keys[2].0).json();

        check(report.error(), service, good(service), &Expected::no_key());
        let hint = report.error()["hint"].to_string();
        assert!(hint.contains("ALIBABA_CLOUD_SECURITY_TOKEN"), "{hint}");
        assert_eq!(report.code(), 3);
        silent(&sandbox);
    }
}

#[test]
fn a_temporary_key_without_its_token_is_refused_by_the_service() {
    for (service, code, status) in [
        (Emulator::HUAWEI, "APIGW.0301", 401),
        (Emulator::TENCENT, "AuthFailure.TokenFailure", 200),
    ] {
        let sandbox = sandbox(&[]);
        let keys = service.temporary_credentials();
        let run = ask_without_keys(&sandbox, service, &[good(service)]).keys(&keys);
        let report = run.without(keys[2].0).json();
        let expected = Expected {
            kind: "credentials",
            code: json!(code),
            http_status: json!(status),
            attempts: 1,
        };
        check(report.error(), service, good(service), &expected);
    }
}

#[test]
fn a_temporary_key_with_its_token_works() {
    each_service(|service| {
        let sandbox = sandbox(&[]);
        let run = ask_without_keys(&sandbox, service, &[good(service)])
            .keys(&service.temporary_credentials());
        assert_eq!(run.json().certificate()["verdict"], "ok");
    });
}

/// The first question is refused; the others are not asked, since the key would be locked.
fn refused_key(wrong: usize, codes: impl Fn(&'static Emulator) -> (&'static str, u16) + Sync) {
    each_service(|service| {
        let sandbox = sandbox(&[]);
        let ids = [good(service), other(service), stranger(service)];
        let (name, value) = service.credentials()[wrong];
        let broken = format!("{}0{}", &value[..4], &value[5..]);
        let report = ask(&sandbox, service, &ids).env(name, broken).json();
        assert_eq!(sandbox.seen().len(), 1, "{:?}", sandbox.seen());
        assert_eq!(report.errors().len(), 3, "{report:?}");
        let (code, status) = codes(service);
        for (index, (error, id)) in report.errors().iter().zip(ids).enumerate() {
            let one_login_for_all = service == Emulator::PBX;
            let attempts = u32::from(index == 0 || one_login_for_all);
            let expected = Expected {
                kind: "credentials",
                code: json!(code),
                http_status: json!(status),
                attempts,
            };
            check(error, service, id, &expected);
        }
        assert_eq!(report.code(), 3);
    });
}

#[test]
fn a_wrong_signature_is_sent_once_and_the_other_ids_get_the_same_error() {
    refused_key(1, |service| match service.name {
        "mpush" | "esa" => ("SignatureDoesNotMatch", 400),
        "huawei" => ("APIGW.0301", 401),
        "tencent" => ("AuthFailure.SignatureFailure", 200),
        "pbx" => ("-1", 200),
        name => panic!("{name}: not known to this test"),
    });
}

#[test]
fn an_unknown_key_is_sent_once_and_the_other_ids_get_the_same_error() {
    refused_key(0, |service| match service.name {
        "mpush" | "esa" => ("InvalidAccessKeyId.NotFound", 404),
        "huawei" => ("APIGW.0301", 401),
        "tencent" => ("AuthFailure.SecretIdNotFound", 200),
        "pbx" => ("-1", 200),
        name => panic!("{name}: not known to this test"),
    });
}

#[cfg(unix)]
#[test]
fn a_key_file_that_is_open_to_others_or_too_large_is_refused_and_a_private_one_taken() {
    use std::os::unix::fs::PermissionsExt as _;

    let sandbox = sandbox(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    let keys = Emulator::TENCENT.credentials();
    let (name, secret) = keys[1];
    let ask = |text: &str, mode: u32| {
        std::fs::write(&path, text).expect("a file");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("a mode");
        let run = ask_without_keys(&sandbox, Emulator::TENCENT, &[good(Emulator::TENCENT)]);
        run.keys(&keys[..1])
            .env(&format!("{name}_FILE"), &path)
            .json()
    };
    assert_eq!(ask(&format!("{secret}\n"), 0o600).code(), 0);
    for (text, mode, hint) in [
        (secret, 0o644, "chmod 600"),
        (&*"x".repeat(70_000), 0o600, ""),
    ] {
        let report = ask(text, mode);
        let error = &report.errors()[0];
        assert_eq!(
            (error["kind"].as_str(), report.code()),
            (Some("credentials"), 3),
            "{error}"
        );
        assert!(
            error["hint"]
                .as_str()
                .is_some_and(|text| text.contains(hint)),
            "{error}"
        );
        assert!(!error.to_string().contains(secret), "{error}");
    }
    assert_eq!(
        sandbox.seen().len(),
        1,
        "only the private one was signed with"
    );
}
