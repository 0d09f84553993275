//! A panic whose payload is a secret: told by its place alone, exit code 3, and a PBX gets its token back.
//!
//! The test's own executable runs itself again as the child in which that happens, so that nothing in the program
//! can be made to panic on purpose.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::{Command, Output, Stdio};

use certcheck::sandbox::{CANARY, Emulator};
use certcheck::world::World;

use crate::canary::appears_in;
use crate::support::sandbox::{good, sandbox};

/// Tells the child where to ask.
const ENDPOINT: &str = "CERTCHECK_TEST_ENDPOINT";

/// A stream that panics when something is written to it, with what it was given and a canary.
struct Trap;

impl Write for Trap {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        panic!("{CANARY} {}", String::from_utf8_lossy(bytes));
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What happens in the child: a whole run whose first result meets the trap.
#[test]
#[ignore = "the child of the test below"]
fn a_run_that_panics() {
    let Ok(endpoint) = std::env::var(ENDPOINT) else {
        return;
    };
    let typed = [
        "certcheck",
        "pbx",
        "--endpoint",
        &endpoint,
        "--id",
        good(Emulator::PBX),
        "-vv",
    ];
    let typed = typed
        .into_iter()
        .chain(["-o", "ndjson"])
        .map(OsString::from);
    let code = certcheck::guarded(|| {
        let mut world = World::real();
        world.stdout = Box::new(Trap);
        certcheck::run(typed, &mut world)
    });
    std::process::exit(code.into());
}

fn child(endpoint: &str) -> Output {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command
        .args([
            "--exact",
            "panics::a_run_that_panics",
            "--ignored",
            "--nocapture",
        ])
        .env_clear()
        .envs(Emulator::PBX.credentials())
        .env(ENDPOINT, endpoint)
        .env("RUST_BACKTRACE", "full")
        .env("RUST_LOG", "trace")
        .stdin(Stdio::null());
    if let Some(root) = std::env::var_os("SystemRoot") {
        command.env("SystemRoot", root);
    }
    command.output().expect("it starts")
}

#[test]
fn a_panic_tells_its_place_and_nothing_else_and_gives_the_token_back() {
    let sandbox = sandbox(&[]);
    let output = child(&sandbox.endpoint(Emulator::PBX));
    let stderr = String::from_utf8_lossy(&output.stderr);
    let place = format!("certcheck: internal error at {}:", file!());
    assert!(stderr.contains(&place), "{stderr}");
    assert!(stderr.contains("; please report this place\n"), "{stderr}");
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    for text in [&stderr, &String::from_utf8_lossy(&output.stdout)] {
        assert_eq!(appears_in(text, CANARY), None, "{text}");
        assert!(
            !text.contains("backtrace") && !text.contains("panicked"),
            "{text}"
        );
    }
    let calls: Vec<String> = sandbox.seen().into_iter().map(|seen| seen.action).collect();
    assert_eq!(
        calls,
        [
            "get_token",
            "certificate/get",
            "system/information",
            "del_token"
        ]
    );
    assert_eq!(sandbox.live_tokens(), 0);
}

/// A core file would hold every key. Once it prints, the kernel says what is left of the limit.
#[cfg(target_os = "linux")]
#[test]
fn no_core_file_is_left_behind() {
    use std::io::Read as _;

    let mut command = Command::new(env!("CARGO_BIN_EXE_certcheck"));
    let command = command.arg("sandbox").env_clear().stdin(Stdio::null());
    let mut running = command
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let printed = running
        .stdout
        .as_mut()
        .map(|stdout| stdout.read_exact(&mut [0]));
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", running.id()));
    running
        .kill()
        .and_then(|()| running.wait().map(drop))
        .expect("it was running");
    assert!(matches!(printed, Some(Ok(()))), "{printed:?}");
    let limits = limits.expect("the limits of a process");
    let core = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max core file size"));
    let words: Vec<&str> = core.unwrap_or(&limits).split_whitespace().collect();
    assert_eq!(words, ["0", "0", "bytes"]);
}
