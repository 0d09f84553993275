//! Runs a helper program that prints a key: no shell, no stdin, with a time limit. Its stderr is discarded: it would be
//! text from outside that is not redacted.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};

#[cfg(unix)]
use super::orphans;
use crate::error::reason;

/// Maximum output in bytes.
const MOST: u64 = 64 * 1024;

/// Poll interval for the exit of a program whose output has ended.
#[cfg(unix)]
const GLANCE: Duration = Duration::from_millis(2);

/// A program to run.
#[derive(Debug, Clone)]
pub struct Helper {
    /// Its path and its arguments.
    pub words: Vec<String>,
    /// All of its environment.
    pub variables: Vec<(String, String)>,
    /// How long it may take.
    pub limit: Duration,
}

/// Stdout of a helper, or the reason for a failure.
pub type HelperOutput = Result<Vec<u8>, String>;

/// Runs a program.
pub type RunHelper = dyn Fn(Helper) -> Pin<Box<dyn Future<Output = HelperOutput>>>;

/// Runs it to its end, or ends it.
pub(super) async fn run(helper: Helper) -> HelperOutput {
    let mut words = helper.words.iter();
    let mut command = Command::new(words.next().map(String::as_str).unwrap_or_default());
    command
        .args(words)
        .env_clear()
        .envs(helper.variables)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    // What it starts is ended with it.
    #[cfg(unix)]
    command.process_group(0);
    #[cfg(unix)]
    let child = orphans::started(|| command.spawn(), number);
    #[cfg(not(unix))]
    let child = command.spawn();
    let child = child.map_err(|error| format!("it does not start: {}", reason(&error)))?;
    let mut running = ChildProcess(child);
    let seconds = helper.limit.as_secs();
    match tokio::time::timeout(helper.limit, running.printed()).await {
        Ok(printed) => printed,
        Err(_) => Err(format!("it was ended after {seconds} s")),
    }
}

/// The number of its process, until its end was seen.
#[cfg(unix)]
fn number(child: &Child) -> Option<rustix::process::Pid> {
    let number = child.id().and_then(|number| i32::try_from(number).ok())?;
    rustix::process::Pid::from_raw(number)
}

/// A child process; it and its process group are killed on drop.
struct ChildProcess(Child);

impl ChildProcess {
    async fn printed(&mut self) -> HelperOutput {
        let broken = |error: io::Error| format!("it cannot be read: {}", reason(&error));
        let mut printed = Vec::new();
        if let Some(stdout) = self.0.stdout.take() {
            let mut stdout = stdout.take(MOST + 1);
            stdout.read_to_end(&mut printed).await.map_err(broken)?;
        }
        if printed.len() as u64 > MOST {
            return Err(format!("it printed more than {} KiB", MOST / 1024));
        }
        let status = self.ended().await.map_err(broken)?;
        match (status.success(), status.code()) {
            (true, _) => Ok(printed),
            (false, Some(code)) => Err(format!("it exited with {code}")),
            (false, None) => Err("a signal ended it".to_owned()),
        }
    }

    /// Waits for its end, and ends its group while the number of that is still its own.
    #[cfg(unix)]
    async fn ended(&mut self) -> io::Result<ExitStatus> {
        use rustix::process::{WaitId, WaitIdOptions, waitid};

        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let Some(helper) = number(&self.0) else {
            return self.0.wait().await;
        };
        while let Ok(None) = waitid(WaitId::Pid(helper), options) {
            tokio::time::sleep(GLANCE).await;
        }
        orphans::end_group(helper);
        let status = self.0.wait().await;
        orphans::ended(helper);
        status
    }

    #[cfg(not(unix))]
    async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.0.wait().await
    }
}

impl Drop for ChildProcess {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(helper) = number(&self.0) {
            orphans::end_group(helper);
            let _ = self.0.start_kill();
            orphans::ended(helper);
        }
        #[cfg(not(unix))]
        if self.0.id().is_some() {
            let _ = self.0.start_kill();
        }
    }
}
