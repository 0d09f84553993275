//! The outside world: environment, clock, randomness, files, streams, terminal. A real one, and whatever a test
//! makes of it. Only this file reads the process's environment, the clock and the random source.

mod fifo;
mod files;
mod helper;
#[cfg(unix)]
mod orphans;
mod process;

use std::collections::HashMap;
use std::io::{self, IsTerminal as _, Read, Write};
use std::path::Path;

use chrono::{DateTime, Utc};

use crate::credentials::{Exposure, Prompt, Typing};
use crate::error::{Error, Kind};
pub use files::{Custody, ReadCustody};
pub use helper::{Helper, Printed, RunHelper};
pub use process::{IgnoredSignals, ReadSignals, leave_no_core_file};

/// Opens a file to read it, but not beyond that many bytes.
pub type ReadFile = dyn Fn(&Path, u64) -> io::Result<Box<dyn Read>>;

/// What the rest of the program may know of the world.
pub struct World {
    /// Environment variables. Bytes that are no text appear as U+FFFD.
    pub variables: HashMap<String, String>,
    /// The local clock.
    pub clock: Box<dyn Fn() -> DateTime<Utc>>,
    /// Fresh random bytes.
    pub entropy: Box<dyn Fn() -> Result<[u8; 16], Error>>,
    /// Opens a file to read it, but not beyond that many bytes.
    pub read_file: Box<ReadFile>,
    /// Whether a path leads to a file that can be read more than once.
    pub is_regular: Box<dyn Fn(&Path) -> bool>,
    /// Who beside the user can read a file, or go into a folder.
    pub exposure: Box<dyn Fn(&Path) -> Exposure>,
    /// Who can change a file, and what lies on the way to it.
    pub custody: Box<files::ReadCustody>,
    /// Writes a new file for the user alone; never over another.
    pub create_file: Box<files::CreateFile>,
    /// Runs a program that prints a key.
    pub run_helper: Box<RunHelper>,
    /// Asks at the terminal.
    pub prompt: Box<Prompt<'static>>,
    /// Standard input.
    pub stdin: Box<dyn Read>,
    /// Standard output: results, and nothing else.
    pub stdout: Box<dyn Write>,
    /// Standard error: everything else.
    pub stderr: Box<dyn Write>,
    /// What the streams are connected to.
    pub terminal: Terminal,
    /// The signals that were ignored when the process started, and stay so; none where none is listened for.
    pub signals: Option<Box<ReadSignals>>,
}

/// What the streams are connected to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terminal {
    /// Standard input is one.
    pub stdin: bool,
    /// Standard output is one.
    pub stdout: bool,
    /// Standard error is one.
    pub stderr: bool,
    /// Its width in cells.
    pub columns: Option<u16>,
}

impl World {
    /// The real one.
    pub fn real() -> World {
        let text = |os: std::ffi::OsString| os.to_string_lossy().into_owned();
        let (stdout, stderr) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let columns = || terminal_size::terminal_size().map(|(width, _)| width.0);
        World {
            variables: std::env::vars_os()
                .map(|(name, value)| (text(name), text(value)))
                .collect(),
            clock: Box::new(Utc::now),
            entropy: Box::new(entropy),
            read_file: Box::new(fifo::open),
            is_regular: Box::new(|path| path.metadata().is_ok_and(|facts| facts.is_file())),
            exposure: Box::new(files::exposure),
            custody: Box::new(files::custody),
            create_file: Box::new(files::create),
            run_helper: Box::new(|helper| Box::pin(helper::run(helper))),
            prompt: Box::new(prompt),
            stdin: Box::new(io::stdin()),
            stdout: Box::new(io::stdout()),
            stderr: Box::new(io::stderr()),
            terminal: Terminal {
                stdin: io::stdin().is_terminal(),
                stdout,
                stderr,
                columns: (stdout || stderr).then(columns).flatten(),
            },
            signals: Some(Box::new(IgnoredSignals::of_this_process)),
        }
    }

    /// A world in which nothing is, and nothing can be done: what a test does not give to it, it does not need.
    pub fn nowhere() -> World {
        World {
            variables: HashMap::new(),
            clock: Box::new(|| DateTime::UNIX_EPOCH),
            entropy: Box::new(|| Err(Error::new(Kind::Config, "there is no chance here"))),
            read_file: Box::new(|_, _| Err(io::ErrorKind::NotFound.into())),
            is_regular: Box::new(|_| true),
            exposure: Box::new(|_| Exposure::None),
            custody: Box::new(|_| Err(io::ErrorKind::NotFound.into())),
            create_file: Box::new(|_, _| Err(io::ErrorKind::PermissionDenied.into())),
            run_helper: Box::new(|_| Box::pin(async { Err("nothing runs here".to_owned()) })),
            prompt: Box::new(|_, _| Err(io::Error::other("nobody is here"))),
            stdin: Box::new(io::empty()),
            stdout: Box::new(io::sink()),
            stderr: Box::new(io::sink()),
            terminal: Terminal::default(),
            signals: None,
        }
    }

    /// A variable that is set and not empty.
    pub fn variable(&self, name: &str) -> Option<String> {
        self.variables
            .get(name)
            .filter(|value| !value.is_empty())
            .cloned()
    }

    /// Whether the locale's character set is UTF-8; without any locale it is not.
    pub fn speaks_utf8(&self) -> bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| self.variable(name));
        cfg!(windows)
            || locale.is_some_and(|locale| {
                let locale = locale.to_ascii_lowercase();
                locale.contains("utf-8") || locale.contains("utf8")
            })
    }

    /// Whether to colour a stream that is a terminal or not, when no flag says so: `NO_COLOR`, then `CLICOLOR_FORCE`, then
    /// `CLICOLOR` and `TERM`.
    pub fn wants_colour(&self, terminal: bool) -> bool {
        if self.variable("NO_COLOR").is_some() {
            return false;
        }
        if self
            .variable("CLICOLOR_FORCE")
            .is_some_and(|value| value != "0")
        {
            return true;
        }
        let dumb = self.variable("TERM").is_some_and(|term| term == "dumb");
        let off = self.variable("CLICOLOR").is_some_and(|value| value == "0");
        terminal && !dumb && !off
    }
}

/// What is hidden is read from the terminal itself. Ctrl-C there restores the terminal and is sent on as a signal.
fn prompt(name: &str, typing: Typing) -> io::Result<String> {
    write!(io::stderr(), "{name}: ")?;
    io::stderr().flush()?;
    match typing {
        Typing::Hidden => rpassword::read_password(),
        Typing::Shown => {
            until_something_is_typed()?;
            let mut line = String::new();
            io::stdin().read_line(&mut line)?;
            Ok(line.trim_end_matches(['\r', '\n']).to_owned())
        }
    }
}

/// A read that a signal interrupts begins anew, so that Ctrl-C would wait for the next line; this does not.
#[cfg(unix)]
fn until_something_is_typed() -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, poll};

    let stdin = io::stdin();
    match poll(&mut [PollFd::new(&stdin, PollFlags::IN)], None) {
        Ok(_) => Ok(()),
        Err(rustix::io::Errno::INTR) => {
            // What is said of it gets a line of its own.
            let _ = writeln!(io::stderr());
            Err(io::Error::new(io::ErrorKind::Interrupted, "interrupted"))
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
fn until_something_is_typed() -> io::Result<()> {
    Ok(())
}

fn entropy() -> Result<[u8; 16], Error> {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(error) => Err(Error::new(
            Kind::Config,
            format!("the system gives no random bytes: {error}"),
        )
        .with_hint("look at the system's log; nothing can be signed without them")),
    }
}
