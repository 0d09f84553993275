//! Nothing is built, read or resolved that a command does not need: what the system is asked for by `--help`,
//! `--version` and `--from`, as strace sees it. Where there is no strace this is skipped, and says so.

#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "in a test a panic is a report"
)]
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

const BINARY: &str = env!("CARGO_BIN_EXE_certcheck");
const SAVED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/fixtures/tencent/describe-certificate/valid.json"
);

/// What makes threads and processes, talks to others, or waits for several at once.
const HEAVY: &[&str] = &[
    "clone",
    "clone3",
    "fork",
    "vfork",
    "socket",
    "socketpair",
    "connect",
    "bind",
    "epoll_create1",
    "eventfd2",
    "pipe2",
    "timerfd_create",
];

/// What a run asked the system for.
struct Asked {
    /// Files that it opened or looked for, but for those of the loader.
    files: BTreeSet<String>,
    heavy: BTreeSet<String>,
    /// Whether nobody else may look into its memory or have it dumped.
    closed: bool,
}

/// The system call of a line of strace's log, behind the number of the process.
fn call(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('(')?;
    name.split_whitespace().last()
}

/// The path in it, where it opens or looks at one.
fn path(line: &str) -> Option<&str> {
    let files = [
        "open",
        "openat",
        "access",
        "stat",
        "lstat",
        "newfstatat",
        "statx",
        "readlink",
    ];
    let path = line.split('"').nth(1)?;
    (files.contains(&call(line)?) && !path.is_empty()).then_some(path)
}

/// Shared libraries and where they are; and the map of its own memory, in which the standard library finds the end
/// of the stack.
fn by_the_loader(path: &str) -> bool {
    let name = Path::new(path).file_name().unwrap_or_default();
    let library = name.to_string_lossy().contains(".so");
    library || path.contains("/glibc-hwcaps") || path == "/proc/self/maps"
}

/// Nothing, where strace is not here or may not look.
fn asked(arguments: &[&str], keys: &[(&str, &str)]) -> Option<Asked> {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let ended = Command::new("strace")
        .args(["-f", "-qq", "-s", "4096", "-o"])
        .arg(&log)
        .arg(BINARY)
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder.path())
        .envs(keys.iter().copied())
        .stdin(Stdio::null())
        .output();
    let text = std::fs::read_to_string(&log).unwrap_or_default();
    if ended.is_err() || !text.contains("exit_group(") {
        eprintln!("SKIPPED, since strace is not here or may not look: {arguments:?}");
        return None;
    }
    let own = |path: &&str| !by_the_loader(path);
    let heavy = |call: &&str| HEAVY.contains(call);
    Some(Asked {
        files: text
            .lines()
            .filter_map(path)
            .filter(own)
            .map(str::to_owned)
            .collect(),
        heavy: text
            .lines()
            .filter_map(call)
            .filter(heavy)
            .map(str::to_owned)
            .collect(),
        closed: ["prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE", "RLIMIT_CORE"]
            .iter()
            .all(|call| text.contains(call)),
    })
}

fn asks_for(arguments: &[&str], files: &[&str]) {
    let Some(asked) = asked(arguments, &[]) else {
        return;
    };
    let found: Vec<&str> = asked.files.iter().map(String::as_str).collect();
    assert_eq!(found, files, "{arguments:?}");
    assert_eq!(asked.heavy, BTreeSet::new(), "{arguments:?}");
}

#[test]
fn help_and_version_open_no_file() {
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["tencent", "--help"],
        &["help", "pbx"],
        &[],
    ] {
        asks_for(arguments, &[]);
    }
}

#[test]
fn a_mistake_opens_no_file() {
    asks_for(&["tencent"], &[]);
    asks_for(&["tencent", "--id", "a", "--warn", "soon"], &[]);
}

#[test]
fn saved_answers_open_their_file_and_no_other() {
    for format in ["table", "json", "ndjson"] {
        asks_for(&["tencent", "--from", SAVED, "-o", format], &[SAVED]);
    }
    asks_for(&["tencent", "--from", "-"], &[]);
}

#[cfg(feature = "sandbox")]
#[test]
fn a_question_without_tls_opens_a_connection_and_no_file_of_the_user() {
    use certcheck::sandbox::{Emulator, Options, Sandbox};

    let options = Options::new(std::sync::Arc::new(chrono::Utc::now));
    let services = Sandbox::start(options).expect("a sandbox");
    let endpoint = services.endpoint(Emulator::TENCENT);
    let arguments = ["tencent", "--id", "sbxValid", "--endpoint", &endpoint];
    let Some(asked) = asked(&arguments, &Emulator::TENCENT.credentials()) else {
        return;
    };
    assert_eq!(services.seen().len(), 1);
    // The signals that were ignored at the start.
    assert_eq!(
        asked.files,
        BTreeSet::from(["/proc/self/status".to_owned()])
    );
    assert!(asked.closed, "a core dump would hold the key");
    // Found by the same look that finds nothing of it elsewhere.
    for call in ["socket", "connect", "epoll_create1"] {
        assert!(asked.heavy.contains(call), "{call}: {:?}", asked.heavy);
    }
    for call in ["clone", "clone3", "fork", "vfork"] {
        assert!(!asked.heavy.contains(call), "{call}");
    }
}
