//! What the sandbox marks as never to be printed (keys, tokens, persons, order data) is nowhere in what a run
//! writes: every service, all its samples, every fault the sandbox knows, every output, with all the logging there is.

use std::sync::atomic::{AtomicUsize, Ordering};

use certcheck::sandbox::{CANARY, Emulator, FaultKind};

use crate::canary::appears_in;
use crate::support::binary::*;
use crate::support::commands::*;
use crate::support::sandbox::*;

const OUTPUTS: [&[&str]; 4] = [
    &["-o", "table"],
    &["-o", "json"],
    &["-o", "ndjson"],
    &["-q"],
];

/// Beside one of each kind: other statuses, clocks that can be corrected, and faults that pass.
const MORE: [&str; 7] = [
    "status:401",
    "status:404",
    "status:200",
    "skew:-7200*1",
    "huge*2",
    "echo*1",
    "hostile*2",
];

/// The calls of a PBX after the login, at which a fault ends everything.
const LATER: [&str; 3] = ["certificate/get", "system/information", "del_token"];

type Keys = Vec<(&'static str, &'static str)>;

/// One run.
#[derive(Clone)]
struct Case {
    service: &'static Emulator,
    legacy: bool,
    fault: Option<String>,
    output: &'static [&'static str],
    keys: Keys,
}

/// Neither a canary nor a whole key, a key's id included, in any form.
pub fn clean(output: &Output, keys: &[(&str, &str)], what: &str) {
    for text in [&output.stdout, &output.stderr] {
        let never = keys.iter().map(|(_, value)| *value).chain([CANARY]);
        for secret in never {
            let form = appears_in(text, secret);
            assert_eq!(form, None, "{what}: {secret} in {output:?}");
        }
        let lower = text.to_lowercase().replace("=[secret]", "");
        for name in ["internal error", "signature=", "access_token="] {
            assert!(!lower.contains(name), "{what}: {name} in {output:?}");
        }
    }
}

fn run(case: &Case) {
    let Case {
        service,
        legacy,
        fault,
        output,
        keys,
    } = case;
    let faults: Vec<&str> = fault.iter().map(String::as_str).collect();
    let sandbox = sandbox(&faults);
    let run = every_sample(&sandbox, service, *legacy)
        .keys(keys)
        .with(output);
    let waits = |fault: &str| fault.contains("hang") || fault.contains("stall");
    let waits = fault.as_deref().is_some_and(waits);
    let limits: &[&str] = if waits {
        &["--timeout", "300ms", "--deadline", "1500ms"]
    } else {
        // An answer that comes late on a busy machine is one all the same.
        &[]
    };
    let result = run.with(&["-vv", "--retries", "1"]).with(limits).go();
    let what = format!("{} {fault:?} {output:?}", service.name);
    assert!(
        !result.stdout.is_empty() && !result.stderr.is_empty(),
        "{what}: {result:?}"
    );
    clean(&result, keys, &what);
    // What is repeated has to arrive, or nothing is tested. The log of a PBX's farewell shows no text.
    if fault
        .as_deref()
        .is_some_and(|fault| fault == "repeat" || fault == "pbx/certificate/get=repeat")
    {
        let masked = ["[secret]", "…"]
            .iter()
            .any(|mask| result.stdout.contains(mask));
        assert!(masked, "{what}: {result:?}");
    }
}

/// Twelve at a time: they wait more than they work.
fn all(cases: &[Case]) {
    let next = AtomicUsize::new(0);
    each(&[(); 12], |()| {
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            run(case);
        }
    });
}

/// Every call with these faults, each in two outputs, and over all calls in all.
fn calls(faults: &[Option<String>], keys: fn(&'static Emulator) -> Keys) -> Vec<Case> {
    let calls = Emulator::all().map(|service| (service, false));
    let calls = calls.chain([(Emulator::HUAWEI, true)]);
    let mut cases = Vec::new();
    for (call, (service, legacy)) in calls.enumerate() {
        for (place, fault) in faults.iter().enumerate() {
            for output in OUTPUTS.into_iter().cycle().skip(call + place).take(2) {
                let (fault, keys) = (fault.clone(), keys(service));
                cases.push(Case {
                    service,
                    legacy,
                    fault,
                    output,
                    keys,
                });
            }
        }
    }
    cases
}

#[test]
fn no_secret_of_a_temporary_key_is_ever_printed() {
    let kinds = FaultKind::all().map(|kind| kind.to_string());
    let faults = kinds.chain(MORE.map(str::to_owned)).map(Some);
    let faults: Vec<Option<String>> = faults.chain([None]).collect();
    all(&calls(&faults, Emulator::temporary_credentials));
}

#[test]
fn no_secret_of_a_long_lived_key_is_ever_printed() {
    let faults = ["repeat", "echo", "denied"].map(|fault| Some(fault.to_owned()));
    all(&calls(&faults, Emulator::credentials));
}

#[test]
fn no_token_of_a_pbx_is_ever_printed() {
    let places = LATER
        .iter()
        .flat_map(|call| FaultKind::all().map(move |kind| format!("pbx/{call}={kind}")));
    let service = Emulator::PBX;
    let case = |(place, fault)| Case {
        service,
        legacy: false,
        fault: Some(fault),
        output: OUTPUTS[place % OUTPUTS.len()],
        keys: service.credentials(),
    };
    all(&places.enumerate().map(case).collect::<Vec<Case>>());
}

#[test]
fn an_echoed_secret_that_is_wrong_is_taken_out_too() {
    each_service(|service| {
        let mut keys = service.credentials();
        let mine = format!("{CANARY}mine+/=\"%&\\end");
        keys[1].1 = &mine;
        for output in OUTPUTS {
            let sandbox = sandbox(&["echo"]);
            let run = every_sample(&sandbox, service, false)
                .keys(&keys)
                .with(output);
            let result = run.with(&["-vv"]).go();
            assert_eq!(result.code(), 3, "{result:?}");
            clean(&result, &keys, service.name);
        }
    });
}
