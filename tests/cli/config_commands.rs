//! The commands for the config file, with the real binary: a file is begun, a helper runs, its run is cut.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use certcheck::sandbox::Emulator;

use crate::support::binary::*;
use crate::support::sandbox::*;

fn write(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).expect("a file");
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("a mode");
}

/// A folder with a config file of one account, and the script that gives its key.
fn folder(endpoint: &str, script: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let helper = folder.path().join("helper");
    // Read by the shell, not started: a file that another thread's child still has open cannot be.
    write(&helper, script, 0o600);
    let id = good(Emulator::TENCENT);
    let text = format!(
        "[accounts.a]\nprovider = \"tencent\"\nendpoint = \"{endpoint}\"\n\
         credentials = {{ command = [\"/bin/sh\", \"{}\"] }}\n\
         [[checks]]\nname = \"c\"\naccount = \"a\"\nids = [\"{id}\"]\n",
        helper.display()
    );
    write(&folder.path().join("config.toml"), &text, 0o600);
    folder
}

fn check(folder: &tempfile::TempDir) -> Run {
    certcheck(["check", "--config"])
        .with(&[folder.path().join("config.toml")])
        .env("PATH", "/usr/bin:/bin")
}

fn key() -> String {
    let keys = Emulator::TENCENT.credentials();
    format!(
        "{{\"SecretId\":\"{}\",\"SecretKey\":\"{}\"}}",
        keys[0].1, keys[1].1
    )
}

#[test]
fn a_helper_gives_the_key_and_what_it_complains_of_is_nowhere() {
    let sandbox = sandbox(&[]);
    let script = format!("echo canary-noise >&2\necho '{}'", key());
    let folder = folder(&sandbox.endpoint(Emulator::TENCENT), &script);
    let report = check(&folder).with(&["-vv"]).json();
    assert_eq!(report.certificate()["check"], "c");
    let said = format!("{}{}", report.output.stdout, report.output.stderr);
    assert!(!said.contains("canary"), "{said}");
}

#[test]
fn a_helper_that_fails_is_named_and_one_that_anybody_could_have_written_does_not_run() {
    let sandbox = sandbox(&[]);
    let endpoint = sandbox.endpoint(Emulator::TENCENT);
    let failing = folder(
        &endpoint,
        &format!("echo '{}' | tee /dev/stderr\nexit 9", key()),
    );
    let report = check(&failing).json();
    let message = report.error()["message"].as_str().expect("a text");
    assert!(
        message == "no key from /bin/sh: it exited with 9",
        "{message}"
    );
    assert!(!report.output.stdout.contains("canary"), "{report:?}");

    let ran = failing.path().join("ran");
    write(
        &failing.path().join("helper"),
        &format!("touch {}", ran.display()),
        0o600,
    );
    write(
        &failing.path().join("config.toml"),
        &fs::read_to_string(failing.path().join("config.toml")).expect("a text"),
        0o620,
    );
    check(&failing)
        .go()
        .stopped("this file may not name a command: others can write to");
    assert!(!ran.exists());
    assert!(sandbox.seen().is_empty());
}

#[test]
fn a_helper_that_hangs_ends_with_the_run() {
    let sandbox = sandbox(&[]);
    let endpoint = sandbox.endpoint(Emulator::TENCENT);
    let late = folder(&endpoint, "exec sleep 1000");
    let report = check(&late).with(&["--deadline", "300ms"]).json();
    let message = report.error()["message"].as_str().expect("a text");
    assert!(
        message.ends_with("the run's deadline passed before it ended"),
        "{message}"
    );

    if !crate::pbx_token::hears_signals() {
        return;
    }
    let folder = folder(&endpoint, "echo $$ > \"${0%/*}/pid\"; exec sleep 1000");
    let pid = folder.path().join("pid");
    let mut running = check(&folder).start();
    running.until("the helper's number", || {
        fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n'))
    });
    running.signal("INT");
    let output = running.end();
    assert_eq!(output.code(), 130, "{output:?}");
    assert!(
        output.stdout.contains("interrupted before a key came"),
        "{output:?}"
    );
}

#[test]
fn a_file_is_begun_found_checked_and_shown() {
    let home = tempfile::tempdir().expect("a folder");
    let run = |words: &[&str]| certcheck(words).env("HOME", home.path()).go();
    assert_eq!(run(&["config", "path"]).code(), 3);
    assert_eq!(run(&["config", "init"]).code(), 0);
    let path = home.path().join(".config/certcheck/config.toml");
    assert_eq!(
        run(&["config", "path"]).stdout,
        format!("{}\n", path.display())
    );
    assert_eq!(run(&["config", "check"]).code(), 0);
    assert_eq!(run(&["config", "show"]).code(), 0);
    run(&["check"]).stopped("there is no check in the config file");
    fs::write(&path, "mine = 1\n").expect("a file");
    run(&["config", "init"]).stopped("cannot be written");
    assert_eq!(fs::read_to_string(&path).expect("a text"), "mine = 1\n");
    run(&["config", "check"]).stopped("config.toml:1:1: unknown key");
}
