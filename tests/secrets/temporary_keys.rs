//! Keys that a service hands out, the tokens that they are handed out for, and the sessions of metadata services: in no
//! output, whatever the service does.

use certcheck::sandbox::{Emulator, FaultKind};

use crate::sandbox_faults::clean;
use crate::support::commands::*;
use crate::support::sandbox::*;

/// How a key is come by.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    Machine,
    Workload,
    Role,
}

fn run(service: &'static Emulator, way: Way, fault: &str, output: &[&str]) {
    let faults: Vec<&str> = Some(fault)
        .filter(|fault| !fault.is_empty())
        .into_iter()
        .collect();
    let sandbox = sandbox(&faults);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    let known = service.role.map_or("", |role| role.token);
    std::fs::write(&path, known).expect("a file");
    let run = ask_without_keys(&sandbox, service, &[good(service), other(service)]);
    let role = service
        .role
        .map_or(("", ""), |role| (role.arn, role.provider));
    let path = path.to_str().expect("a text");
    let mut keys = Vec::new();
    let run = match (way, service.name) {
        (Way::Machine, _) => run.with(&["--instance-role"]),
        (Way::Role, _) => {
            keys = service.credentials();
            run.keys(&keys).env("TENCENTCLOUD_ROLE_ARN", role.0)
        }
        (Way::Workload, "tencent") => run.keys(&[
            ("TKE_REGION", "ap-singapore"),
            ("TKE_PROVIDER_ID", role.1),
            ("TKE_WEB_IDENTITY_TOKEN_FILE", path),
            ("TKE_ROLE_ARN", role.0),
        ]),
        (Way::Workload, _) => run.keys(&[
            ("ALIBABA_CLOUD_ROLE_ARN", role.0),
            ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", role.1),
            ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", path),
        ]),
    };
    let bounds = ["-vv", "--timeout", "300ms", "--deadline", "1500ms"];
    let result = run.with(output).with(&bounds).go();
    let what = format!("{service:?} {way:?} {fault} {output:?}");
    assert!(
        !result.stdout.is_empty() && !result.stderr.is_empty(),
        "{what}: {result:?}"
    );
    clean(&result, &keys, &what);
}

#[test]
fn nothing_of_a_key_that_is_handed_out_is_printed() {
    let ways = [
        (Emulator::ESA, Way::Machine),
        (Emulator::HUAWEI, Way::Machine),
        (Emulator::TENCENT, Way::Machine),
        (Emulator::ESA, Way::Workload),
        (Emulator::TENCENT, Way::Workload),
        (Emulator::TENCENT, Way::Role),
    ];
    let faults: Vec<String> = FaultKind::all().map(|kind| kind.to_string()).collect();
    let faults: Vec<String> = faults.into_iter().chain([String::new()]).collect();
    each(&ways, |&(service, way)| {
        for (place, fault) in faults.iter().enumerate() {
            let output: &[&str] = match place % 2 {
                0 => &["-o", "table"],
                _ => &["-o", "json"],
            };
            run(service, way, fault, output);
        }
    });
}
