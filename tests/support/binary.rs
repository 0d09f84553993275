//! Runs the real binary with nothing of this machine's environment, against a sandbox in this process.
//!
//! No run can hang a test: after [`LIMIT`] the binary is killed and the test fails.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::report;

/// Far more than any run here takes, also on a busy machine.
pub const LIMIT: Duration = Duration::from_secs(90);

/// One command line, not yet run.
pub struct Run {
    command: Command,
    stdin: Option<Vec<u8>>,
    limit: Duration,
}

/// `certcheck` with these arguments and an empty environment, but for a UTF-8 locale.
pub fn certcheck<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_certcheck"));
    command
        .args(arguments)
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        // The fourth try that is usual would only take time.
        .env("CERTCHECK_RETRIES", "2")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // Windows has no sockets without it.
    if let Some(root) = std::env::var_os("SystemRoot") {
        command.env("SystemRoot", root);
    }
    Run {
        command,
        stdin: None,
        limit: LIMIT,
    }
}

impl Run {
    /// More arguments.
    pub fn with<S: AsRef<OsStr>>(mut self, arguments: &[S]) -> Run {
        self.command.args(arguments);
        self
    }

    /// A variable.
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Run {
        self.command.env(name, value.into());
        self
    }

    /// Several variables.
    pub fn keys(mut self, variables: &[(&str, &str)]) -> Run {
        self.command.envs(variables.iter().copied());
        self
    }

    /// Without a variable.
    pub fn without(mut self, name: &str) -> Run {
        self.command.env_remove(name);
        self
    }

    /// What comes in on standard input.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Run {
        self.stdin = Some(bytes.into());
        self.command.stdin(Stdio::piped());
        self
    }

    /// Standard output somewhere else.
    pub fn stdout(mut self, to: Stdio) -> Run {
        self.command.stdout(to);
        self
    }

    /// Nobody reads standard output: the pipe's other end is closed already.
    pub fn unread(self) -> Run {
        let (reader, writer) = std::io::pipe().expect("the system gives a pipe");
        drop(reader);
        self.stdout(Stdio::from(writer))
    }

    /// The same command line, started by a shell that does that; `exec "$0" "$@"` in it is the command line.
    #[cfg(unix)]
    pub fn by_shell(mut self, text: &str) -> Run {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", text]).arg(self.command.get_program());
        shell.args(self.command.get_args()).env_clear();
        for (name, value) in self.command.get_envs() {
            value.map(|value| shell.env(name, value));
        }
        shell
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        self.command = shell;
        self
    }

    /// The same, with that signal ignored from the start.
    #[cfg(unix)]
    pub fn ignoring(self, signal: &str) -> Run {
        self.by_shell(&format!("trap '' {signal}; exec \"$0\" \"$@\""))
    }

    /// Starts it.
    pub fn start(mut self) -> Running {
        let mut child = self.command.spawn().expect("the binary starts");
        if let (Some(mut pipe), Some(bytes)) = (child.stdin.take(), self.stdin.take()) {
            // It may exit without reading all of it.
            std::thread::spawn(move || drop(pipe.write_all(&bytes)));
        }
        let stdout = child.stdout.take().map(reader);
        let stderr = child.stderr.take().map(reader);
        Running {
            child,
            stdout,
            stderr,
            until: Instant::now() + self.limit,
        }
    }

    /// Runs it to its end.
    pub fn go(self) -> Output {
        self.start().end()
    }

    /// Runs it with `--json` and reads what it prints.
    pub fn json(self) -> Report {
        let output = self.with(&["--json"]).go();
        Report {
            json: output.json(),
            output,
        }
    }
}

fn reader(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}

/// A command under way.
pub struct Running {
    child: Child,
    stdout: Option<Receiver<Vec<u8>>>,
    stderr: Option<Receiver<Vec<u8>>>,
    until: Instant,
}

impl Running {
    /// Waits for its end.
    pub fn end(mut self) -> Output {
        let stdout = self.stdout.take();
        let stderr = self.stderr.take();
        let stdout = stdout.map(|pipe| self.rest(pipe)).unwrap_or_default();
        let stderr = stderr.map(|pipe| self.rest(pipe)).unwrap_or_default();
        let status = self.child.wait().expect("the binary was started");
        Output {
            stdout: String::from_utf8(stdout).expect("stdout is text"),
            stderr: String::from_utf8(stderr).expect("stderr is text"),
            status,
        }
    }

    fn rest(&mut self, pipe: Receiver<Vec<u8>>) -> Vec<u8> {
        let left = self.until.saturating_duration_since(Instant::now());
        pipe.recv_timeout(left).unwrap_or_else(|_| {
            let _ = self.child.kill();
            panic!("the binary did not end within {LIMIT:?}");
        })
    }

    /// Waits until something is true, without counting on how long that takes.
    #[cfg(unix)]
    pub fn until(&mut self, what: &str, mut is_so: impl FnMut() -> bool) {
        while !is_so() {
            if Instant::now() > self.until {
                let _ = self.child.kill();
                panic!("never came: {what}");
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("it ended ({status}) before: {what}");
            }
            std::thread::yield_now();
        }
    }

    /// The number of its process.
    #[cfg(target_os = "linux")]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status();
        assert!(sent.is_ok_and(|status| status.success()), "kill -{name}");
    }
}

/// What came of a run.
#[derive(Debug)]
pub struct Output {
    pub stdout: String,
    pub stderr: String,
    pub status: ExitStatus,
}

impl Output {
    /// The exit code; a run that a signal ended has none, which is never right here.
    pub fn code(&self) -> i32 {
        self.status
            .code()
            .unwrap_or_else(|| panic!("ended by a signal: {self:?}"))
    }

    /// Standard output as one JSON document.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// It stopped before anything was asked: a message on stderr, nothing on stdout, exit code 3.
    pub fn stopped(&self, part_of_the_message: &str) {
        assert_eq!(self.code(), 3, "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        assert!(self.stderr.starts_with("error: "), "{self:?}");
        assert!(self.stderr.contains(part_of_the_message), "{self:?}");
        assert!(!self.stderr.contains("internal error"), "{self:?}");
    }
}

/// A run with `--json`.
#[derive(Debug)]
pub struct Report {
    pub output: Output,
    pub json: Value,
}

impl Report {
    /// The exit code.
    pub fn code(&self) -> i32 {
        self.output.code()
    }

    /// The certificates.
    pub fn certificates(&self) -> &[Value] {
        report::certificates(&self.json)
    }

    /// The errors.
    pub fn errors(&self) -> &[Value] {
        report::errors(&self.json)
    }

    /// The only certificate, in a run without errors.
    pub fn certificate(&self) -> &Value {
        assert!(self.errors().is_empty(), "{self:?}");
        match self.certificates() {
            [only] => only,
            _ => panic!("not one certificate: {self:?}"),
        }
    }

    /// The only error.
    pub fn error(&self) -> &Value {
        match self.errors() {
            [only] => only,
            _ => panic!("not one error: {self:?}"),
        }
    }

    /// The ids of the certificates, in order.
    pub fn ids(&self) -> Vec<&str> {
        let ids = self.certificates().iter().map(|c| c["id"].as_str());
        ids.map(Option::unwrap_or_default).collect()
    }
}
