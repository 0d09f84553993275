//! Whole runs against the sandbox, whose clock stands still like ours: tables with their notes, and errors as they come
//! over a wire.

use certcheck::sandbox::services::esa::SITE_ID;
use certcheck::sandbox::services::huawei::PROJECT_ID;
use certcheck::sandbox::{Emulator, Sandbox};

use crate::scene::Scene;
use crate::support::sandbox::{frozen, good, stranger};
use crate::support::snapshot::same;
use crate::support::world::Output;

/// A question to a service of the sandbox, with its key and `more` behind it.
fn asked(sandbox: &Sandbox, service: &'static Emulator, ids: &str, more: &str) -> Scene {
    let place = sandbox.endpoint(service);
    let site = if service == Emulator::ESA {
        format!("--site-id {SITE_ID} ")
    } else {
        String::new()
    };
    // One after the other: request ids count what has arrived.
    let line = format!(
        "{} --endpoint {place} --concurrency 1 {site}--id {ids} {more}",
        service.name
    );
    let keys = service.credentials();
    let keys: Vec<(&str, &str)> = keys.iter().map(|(name, value)| (*name, *value)).collect();
    Scene::of(line.trim()).with(&keys)
}

/// What a person read. Ports are chosen by the system.
fn seen(title: &str, sandbox: &Sandbox, scene: Scene) -> String {
    let Output {
        stdout,
        stderr,
        code,
    } = scene.run();
    let mut text = format!("# {title}\n{stderr}{stdout}[exit {code}]\n\n");
    for service in Emulator::all() {
        let place = sandbox.endpoint(service);
        let authority = place.trim_start_matches("http://");
        text = text.replace(authority, "127.0.0.1:8700");
    }
    text
}

fn ids(service: &'static Emulator, legacy: bool) -> String {
    let samples = service.samples.iter();
    let ids: Vec<&str> = samples
        .filter(|sample| sample.listed != legacy)
        .map(|sample| sample.id)
        .collect();
    ids.join(",")
}

#[test]
fn every_sample_of_every_service() {
    let services = frozen(&[]);
    let mut text = String::new();
    for service in Emulator::all() {
        let scene = asked(&services, service, &ids(service, false), "").columns(100);
        text.push_str(&seen(service.name, &services, scene));
    }
    let legacy = format!("--legacy --project-id {PROJECT_ID}");
    let scene = asked(
        &services,
        Emulator::HUAWEI,
        &ids(Emulator::HUAWEI, true),
        &legacy,
    )
    .columns(100);
    text.push_str(&seen("huawei, the v2 call", &services, scene));
    for (title, more) in [
        ("as of a later day", "--at 2027-06-01"),
        (
            "with a percentage and a severity of one's own",
            "--warn 20% --severity UNKNOWN=ok",
        ),
        ("quiet", "-q"),
        ("quiet, in a pipe", "-q"),
    ] {
        let scene = asked(
            &services,
            Emulator::TENCENT,
            "sbxValid,sbxSoon1,sbxMove1",
            more,
        );
        let scene = if title.ends_with("pipe") {
            scene
        } else {
            scene.columns(80)
        };
        text.push_str(&seen(title, &services, scene));
    }
    same("samples.txt", &text);
}

#[test]
fn refusals_of_every_service() {
    let mut text = String::new();
    for service in Emulator::all() {
        let (good, gone) = (good(service), stranger(service));
        let fine = frozen(&[]);
        let title = |what: &str| format!("{}: {what}", service.name);
        text.push_str(&seen(
            &title("no such certificate"),
            &fine,
            asked(&fine, service, gone, ""),
        ));
        let denied = frozen(&["denied"]);
        let scene = asked(&denied, service, good, "");
        text.push_str(&seen(&title("permission missing"), &denied, scene));
        let (name, _) = service.credentials()[1];
        let fine = frozen(&[]);
        let several = format!("{good},{gone}");
        let scene =
            asked(&fine, service, &several, "").with(&[(name, "not-the-secret-at-all-0000001")]);
        text.push_str(&seen(&title("wrong key"), &fine, scene));
    }
    same("refusals.txt", &text);
}

/// A fault, and what is typed beside the question.
const FAULTS: &[(&str, &str)] = &[
    ("throttle", ""),
    ("status:503", ""),
    ("status:429", ""),
    ("status:404", ""),
    ("status:403", ""),
    ("hang", "--timeout 100ms"),
    ("hang", "--deadline 100ms"),
    ("cut", ""),
    ("reset", ""),
    ("redirect", ""),
    ("html", ""),
    ("truncated", ""),
    ("wrong-shape", ""),
    ("empty", ""),
    ("huge", ""),
    ("deep", ""),
    ("bad-utf8", ""),
    ("skew:90000", "--severity OK=warning"),
    ("skew:-90000", "--severity OK=warning"),
    ("hostile", "--severity OK=warning"),
    ("mismatch", ""),
];

// Other systems have other words for a connection that breaks.
#[cfg(unix)]
#[test]
fn every_fault() {
    // Most of it is waiting for pauses between tries.
    let texts: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = FAULTS
            .iter()
            .map(|(fault, more)| {
                scope.spawn(move || {
                    let services = frozen(&[fault]);
                    let scene = asked(&services, Emulator::TENCENT, "sbxValid", more);
                    seen(format!("{fault} {more}").trim(), &services, scene)
                })
            })
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().expect("a scene"))
            .collect()
    });
    same("faults.txt", &texts.concat());
}

#[test]
fn two_clocks_of_which_nobody_knows_the_right_one() {
    let services = frozen(&["skew:-90000"]);
    let scene = asked(&services, Emulator::PBX, "1", "--warn 101d");
    same(
        "clocks.txt",
        &seen("a box without a battery", &services, scene),
    );
}

#[test]
fn warnings_about_keys() {
    let services = frozen(&[]);
    let (name, value) = Emulator::TENCENT.credentials()[1];
    let scene = asked(&services, Emulator::TENCENT, "sbxValid", "");
    let padded = scene.with(&[(name, &format!(" {value}\n"))]).run();
    assert_eq!(padded.code, 0);
    assert_eq!(
        padded.stderr,
        format!("warning: blanks around the value of {name} were removed\n")
    );
    let mut scene = asked(&services, Emulator::TENCENT, "sbxValid", "");
    scene.world.variables.remove(name);
    let exposed = scene.with(&[(&format!("{name}_FILE"), "/mounted")]).run();
    assert_eq!(
        exposed.stderr,
        format!("warning: others can read the file that {name}_FILE names\n")
    );
}
