//! The prompt for a key, at a real terminal.
#![cfg(unix)]

use std::fs::File;
use std::io::Read as _;
use std::process::{Command, Stdio};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// Both ends of a terminal: that of the person, and that of the program.
fn terminal() -> (File, File) {
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&person).expect("a terminal");
    unlockpt(&person).expect("a terminal");
    let name = ptsname(&person, Vec::new()).expect("its name");
    let program = rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty());
    (
        File::from(person),
        File::from(program.expect("its other end")),
    )
}

#[test]
fn an_interrupt_at_the_prompt_ends_the_run_at_once() {
    let (mut person, program) = terminal();
    let end = || Stdio::from(program.try_clone().expect("a copy"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_certcheck"))
        .args(["pbx", "--base-url", "https://127.0.0.1:1", "--id", "1"])
        .env_clear()
        .stdin(end())
        .stdout(Stdio::null())
        .stderr(end())
        .spawn()
        .expect("the binary");
    let mut said = String::new();
    while !said.ends_with("client ID: ") {
        let mut piece = [0; 64];
        let length = person.read(&mut piece).expect("it asks");
        said.push_str(&String::from_utf8_lossy(&piece[..length]));
        assert!(said.len() < 200, "{said}");
    }
    // Between the question and the wait for its answer a signal is lost; a person tries again.
    let status = loop {
        let pid = child.id().to_string();
        let kill = Command::new("kill").args(["-INT", &pid]).output();
        assert!(kill.is_ok());
        if let Some(status) = child.try_wait().expect("a state") {
            break status;
        }
    };
    assert_eq!(status.code(), Some(130), "{status}");
}
