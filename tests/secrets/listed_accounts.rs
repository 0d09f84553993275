//! Lists carry what single answers carry (a PBX's the passwords of DNS providers, Tencent's and Huawei's persons and
//! order numbers), a thousand times: none of it comes out, nor a key, whatever the list's service does.

use certcheck::sandbox::{Emulator, FaultKind};

use crate::sandbox_faults::clean;
use crate::support::binary::certcheck;
use crate::support::sandbox::{each, sandbox};

const FAULTS: [Option<&str>; 5] = [
    None,
    Some("echo"),
    Some("repeat"),
    Some("hostile"),
    Some("truncated"),
];

fn run(service: &'static Emulator, fault: Option<&str>, output: &str) {
    let faults: Vec<&str> = fault.into_iter().collect();
    let sandbox = sandbox(&faults);
    let keys = service.credentials();
    let run = certcheck([service.name, "--endpoint", &sandbox.endpoint(service)])
        .with(&["--all", "-vv", "--retries", "0", "-o", output])
        .keys(&keys)
        .go();
    assert!(!run.stdout.is_empty(), "{service:?} {fault:?}: {run:?}");
    clean(
        &run,
        &keys,
        &format!("{service:?} --all {output}, {fault:?}"),
    );
}

#[test]
fn a_list_brings_no_secret_with_it() {
    let cases: Vec<(&'static Emulator, Option<&str>)> = Emulator::all()
        .flat_map(|service| FAULTS.map(|fault| (service, fault)))
        .collect();
    each(&cases, |(service, fault)| {
        for output in ["table", "json", "ndjson"] {
            run(service, *fault, output);
        }
    });
}

#[test]
fn a_list_that_lies_brings_none_either() {
    let faults: Vec<String> = FaultKind::of_lists()
        .map(|fault| fault.to_string())
        .collect();
    assert!(faults.len() >= 10);
    each(&faults, |fault| {
        for service in Emulator::all() {
            run(service, Some(fault), "json");
        }
    });
}

#[test]
fn ids_that_are_looked_for_in_a_list_bring_none_either() {
    {
        let service = Emulator::TENCENT;
        let sandbox = sandbox(&[]);
        let mut ids: Vec<String> = service
            .samples
            .iter()
            .map(|sample| sample.id.to_owned())
            .collect();
        ids.extend((0..12).map(|number| format!("nobody{number}")));
        let keys = service.credentials();
        let run = certcheck([service.name, "--endpoint", &sandbox.endpoint(service)])
            .with(&["--id", &ids.join(","), "-vv", "--json"])
            .keys(&keys)
            .go();
        let listed = sandbox
            .seen()
            .iter()
            .filter(|seen| seen.action.ends_with("Certificates"))
            .count();
        assert!(listed > 0, "{service:?}");
        clean(&run, &keys, &format!("{service:?}"));
    }
}
