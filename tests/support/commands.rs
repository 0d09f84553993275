//! Command lines about the certificates of a service of the sandbox.

use certcheck::sandbox::{self, Emulator, Sandbox};

use super::binary::{Run, certcheck};
use super::sandbox::stranger;

/// A provider's command against the sandbox, with its keys; mobile push shows production only.
pub fn ask(sandbox: &Sandbox, service: &'static Emulator, ids: &[&str]) -> Run {
    let run = ask_without_keys(sandbox, service, ids);
    run.keys(&service.credentials())
}

/// The same without any keys.
pub fn ask_without_keys(sandbox: &Sandbox, service: &'static Emulator, ids: &[&str]) -> Run {
    ask_at(&sandbox.endpoint(service), service, ids)
}

/// The same at another place; one by one, since these tests are about the questions after each id.
pub fn ask_at(endpoint: &str, service: &'static Emulator, ids: &[&str]) -> Run {
    let run = certcheck([service.name, "--endpoint", endpoint]);
    let run = match service.name {
        "mpush" => run.with(&["--environment", "production"]),
        "esa" => run.with(&["--site-id", sandbox::services::esa::SITE_ID]),
        _ => run,
    };
    if ids.is_empty() {
        run
    } else {
        run.with(&["--no-listing", "--id", &ids.join(",")])
    }
}

/// All samples of a service, and an id it does not know, in one command without keys.
pub fn every_sample(sandbox: &Sandbox, service: &'static Emulator, legacy: bool) -> Run {
    let of_this_call = service
        .samples
        .iter()
        .filter(|sample| sample.listed != legacy);
    let ids: Vec<&str> = of_this_call
        .map(|sample| sample.id)
        .chain([stranger(service)])
        .collect();
    let endpoint = sandbox.endpoint(service);
    let run = certcheck([
        service.name,
        "--endpoint",
        &endpoint,
        "--id",
        &ids.join(","),
    ]);
    match service.name {
        "esa" => run.with(&["--site-id", sandbox::services::esa::SITE_ID]),
        "huawei" if legacy => run.with(&[
            "--legacy",
            "--project-id",
            sandbox::services::huawei::PROJECT_ID,
        ]),
        _ => run,
    }
}
