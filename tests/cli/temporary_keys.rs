//! Keys that a service hands out, from the flag or the variable to the certificate: the services stand beside the
//! others of the sandbox, since a rehearsal stays on this machine.

use std::path::Path;

use certcheck::sandbox::{Emulator, RequestRecord, Sandbox};
use serde_json::{Value, json};

use crate::support::binary::*;
use crate::support::commands::*;
use crate::support::sandbox::*;

/// Clouds with a token service.
const TOKENS: [&Emulator; 3] = [Emulator::MPUSH, Emulator::ESA, Emulator::TENCENT];

fn actions(sandbox: &Sandbox) -> Vec<String> {
    sandbox.seen().into_iter().map(|seen| seen.action).collect()
}

/// The requests for certificates; each was let in with the key that was handed out, and its token.
fn asked_with_that_key(sandbox: &Sandbox, service: &'static Emulator) -> usize {
    let token = service.temporary_credentials()[2].1;
    let for_keys = ["OpenSession", "ReadRole", "ReadKey"];
    let about = |seen: &RequestRecord| {
        !for_keys.contains(&seen.action.as_str()) && !seen.action.starts_with("AssumeRole")
    };
    let all: Vec<RequestRecord> = sandbox.seen().into_iter().filter(about).collect();
    for seen in &all {
        assert_eq!(seen.outcome, "ok");
        assert!(seen.headers.iter().any(|(_, value)| value == token));
    }
    all.len()
}

/// A command about two certificates without any key.
fn two(sandbox: &Sandbox, service: &'static Emulator) -> Run {
    ask_without_keys(sandbox, service, &[good(service), other(service)])
}

/// A token that a workload was given, in a file; the folder is removed with what is returned.
fn workload(run: Run, service: &'static Emulator, token: &str) -> (Run, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    std::fs::write(&path, format!("{token}\n")).expect("a file");
    let (role, path) = (service.role.expect("a role"), path.to_str().expect("text"));
    let variables = match service.name {
        "tencent" => vec![
            ("TKE_REGION", "ap-singapore"),
            ("TKE_PROVIDER_ID", role.provider),
            ("TKE_WEB_IDENTITY_TOKEN_FILE", path),
            ("TKE_ROLE_ARN", role.arn),
        ],
        _ => vec![
            ("ALIBABA_CLOUD_ROLE_ARN", role.arn),
            ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", role.provider),
            ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", path),
        ],
    };
    (run.keys(&variables), folder)
}

/// A long-lived key that takes on a role; the user's folder is removed with what is returned.
fn taking_on(run: Run, service: &'static Emulator, secret: &str) -> (Run, tempfile::TempDir) {
    let (id, arn) = (
        service.credentials()[0].1,
        service.role.expect("a role").arn,
    );
    let home = tempfile::tempdir().expect("a folder");
    let write = |name: &str, file: Value| {
        let path = home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("a folder");
        std::fs::write(path, file.to_string()).expect("a file");
    };
    let run = run.env("HOME", home.path());
    if service == Emulator::TENCENT {
        let variables = [
            ("TENCENTCLOUD_SECRET_ID", id),
            ("TENCENTCLOUD_SECRET_KEY", secret),
            ("TENCENTCLOUD_ROLE_ARN", arn),
        ];
        return (run.keys(&variables), home);
    }
    let profile = json!({"name": "default", "mode": "RamRoleArn", "access_key_id": id,
        "access_key_secret": secret, "ram_role_arn": arn, "ram_session_name": "rehearsal"});
    write(
        ".aliyun/config.json",
        json!({"current": "default", "profiles": [profile]}),
    );
    (run, home)
}

fn both_are_answered(report: &Report, sandbox: &Sandbox, service: &'static Emulator) {
    assert!(report.errors().is_empty(), "{report:?}");
    assert_eq!(report.ids(), [good(service), other(service)]);
    assert_eq!(asked_with_that_key(sandbox, service), 2);
}

#[test]
fn the_key_of_this_machines_role_is_fetched_once() {
    each(&CLOUDS, |&service| {
        let sandbox = sandbox(&[]);
        let report = two(&sandbox, service).with(&["--instance-role"]).json();
        both_are_answered(&report, &sandbox, service);
        let first: &[&str] = match service.name {
            "tencent" => &["ReadRole", "ReadKey"],
            "huawei" => &["OpenSession", "ReadKey"],
            _ => &["OpenSession", "ReadRole", "ReadKey"],
        };
        assert_eq!(actions(&sandbox)[..first.len()], *first);
        assert_eq!(actions(&sandbox).len(), first.len() + 2);
    });
}

#[test]
fn a_machine_without_sessions_is_asked_without() {
    each(&[Emulator::ESA, Emulator::HUAWEI], |&service| {
        let sandbox = sandbox(&["any/OpenSession=status:404"]);
        let report = two(&sandbox, service).with(&["--instance-role"]).json();
        both_are_answered(&report, &sandbox, service);
    });
    let sandbox = sandbox(&["any/OpenSession=status:404"]);
    let run = two(&sandbox, Emulator::ESA).env("ALIBABA_CLOUD_IMDSV1_DISABLED", "true");
    let report = run.with(&["--instance-role"]).json();
    assert_eq!(report.errors().len(), 2);
    assert_eq!(actions(&sandbox), ["OpenSession"]);
}

#[test]
fn a_role_that_the_machine_does_not_have_is_an_error_of_every_id() {
    each(
        &[Emulator::MPUSH, Emulator::ESA, Emulator::TENCENT],
        |&service| {
            let sandbox = sandbox(&[]);
            let report = two(&sandbox, service)
                .with(&["--instance-role=nobody"])
                .json();
            assert_eq!((report.errors().len(), report.code()), (2, 3), "{report:?}");
            for error in report.errors() {
                assert_eq!(error["kind"], "credentials");
                assert_eq!(
                    error["message"],
                    "no key from this machine's role nobody: this machine has no role nobody"
                );
            }
            assert_eq!(asked_with_that_key(&sandbox, service), 0);
        },
    );
}

#[test]
fn a_workloads_token_is_exchanged_once() {
    each(&TOKENS, |&service| {
        let sandbox = sandbox(&[]);
        let token = service.role.expect("a role").token;
        let (run, _folder) = workload(two(&sandbox, service), service, token);
        both_are_answered(&run.json(), &sandbox, service);
        assert_eq!(actions(&sandbox).len(), 3);
    });
}

#[test]
fn a_key_takes_on_its_role_once() {
    each(&TOKENS, |&service| {
        let sandbox = sandbox(&[]);
        let secret = service.credentials()[1].1;
        let (run, _home) = taking_on(two(&sandbox, service), service, secret);
        both_are_answered(&run.json(), &sandbox, service);
        assert_eq!(actions(&sandbox)[0], "AssumeRole");
        assert_eq!(actions(&sandbox).len(), 3);
    });
}

#[test]
fn a_refused_exchange_is_one_request_and_the_error_of_every_id() {
    each(&TOKENS, |&service| {
        let alone = |run: Run, sandbox: &Sandbox, part: &str| {
            let report = run.json();
            assert_eq!((report.errors().len(), report.code()), (2, 3), "{report:?}");
            for error in report.errors() {
                assert_eq!(error["kind"], "credentials");
                let message = error["message"].as_str().unwrap_or_default();
                assert!(message.starts_with("no key from AssumeRole"), "{message}");
                assert!(message.contains(part), "{message}");
            }
            assert_eq!(sandbox.seen().len(), 1);
        };
        let sandbox_of_a_pod = sandbox(&[]);
        let (run, _folder) = workload(two(&sandbox_of_a_pod, service), service, "an.ended.token");
        alone(run, &sandbox_of_a_pod, "refused the identity token");
        let sandbox = sandbox(&[]);
        let (run, _home) = taking_on(two(&sandbox, service), service, "not-the-secret");
        alone(run, &sandbox, "refused the signature");
    });
}

#[test]
fn what_passes_is_repeated_and_a_wrong_clock_is_corrected_there_too() {
    each(&["status:503*2", "throttle*1", "skew:7200"], |fault| {
        let fault = format!("any/AssumeRole={fault}");
        let sandbox = sandbox(&[&fault]);
        let secret = Emulator::TENCENT.credentials()[1].1;
        let run = two(&sandbox, Emulator::TENCENT);
        let (run, _home) = taking_on(run, Emulator::TENCENT, secret);
        both_are_answered(&run.json(), &sandbox, Emulator::TENCENT);
        assert!(actions(&sandbox).len() > 3, "{fault}");
    });
}

#[test]
fn a_metadata_service_that_says_nothing_costs_seconds_and_no_id_is_lost() {
    let sandbox = sandbox(&["any/ReadRole=hang"]);
    let run = two(&sandbox, Emulator::TENCENT);
    let report = run.with(&["--instance-role", "--retries", "0"]).json();
    assert_eq!(report.errors().len(), 2);
    for error in report.errors() {
        assert_eq!(error["kind"], "network");
        let message = error["message"].as_str().unwrap_or_default();
        assert!(message.ends_with("did not answer within 2s"), "{message}");
        let hint = error["hint"].as_str().unwrap_or_default();
        assert!(hint.contains("only machines of that cloud"), "{hint}");
    }
}

#[test]
fn nobody_is_asked_for_a_key_unless_the_user_wants_it() {
    each(&CLOUDS, |&service| {
        let sandbox = sandbox(&[]);
        let report = two(&sandbox, service).json();
        assert_eq!(report.errors().len(), 2);
        crate::error_record::silent(&sandbox);
    });
}
