//! The outside world: environment, clock, randomness, files, streams, terminal. A real one, and fakes for tests. Only
//! this file reads the process's environment, the clock and the random source.

mod fifo;
mod files;
#[cfg(unix)]
mod orphans;
mod process;
mod subprocess;

use std::collections::HashMap;
use std::io::{self, IsTerminal as _, Read, Write};
use std::path::Path;
use std::rc::Rc;

use chrono::{DateTime, Utc};

use crate::credentials::{Exposure, Prompt, Typing};
use crate::error::{Error, Kind};
pub use files::{Custody, ReadCustody};
pub use process::{IgnoredSignals, ReadSignals, leave_no_core_file};
pub use subprocess::{Helper, HelperOutput, RunHelper};

/// The variables that name the user's own folder.
pub const HOME: [&str; 2] = ["HOME", "USERPROFILE"];

/// Opens a file to read it, but not beyond that many bytes.
pub type ReadFile = dyn Fn(&Path, u64) -> io::Result<Box<dyn Read>>;

/// The outside that a command may use: environment, clock, chance, files, programs, and the user at the terminal. A
/// clone with another member is how a command gets another environment, or nobody to ask.
#[derive(Clone)]
pub struct Context {
    /// Environment variables. Bytes that are no text appear as U+FFFD.
    pub variables: Rc<HashMap<String, String>>,
    /// The local clock.
    pub clock: Rc<dyn Fn() -> DateTime<Utc>>,
    /// Fresh random bytes.
    pub entropy: Rc<dyn Fn() -> Result<[u8; 16], Error>>,
    /// Opens a file to read it, but not beyond that many bytes.
    pub read_file: Rc<ReadFile>,
    /// True for a path to a file that can be read more than once.
    pub is_regular: Rc<dyn Fn(&Path) -> bool>,
    /// Who beside the user can read a file, or go into a folder.
    pub exposure: Rc<dyn Fn(&Path) -> Exposure>,
    /// Who can change a file, and what lies on the way to it.
    pub custody: Rc<files::ReadCustody>,
    /// Writes a new file for the user alone; never over another.
    pub create_file: Rc<files::CreateFile>,
    /// Runs a program that prints a key.
    pub run_helper: Rc<RunHelper>,
    /// Asks at the terminal; none where there is nobody to ask.
    pub prompt: Option<Rc<Prompt<'static>>>,
}

/// The outside with the streams of the process.
pub struct World {
    pub context: Context,
    /// Standard input.
    pub stdin: Box<dyn Read>,
    /// Standard output: results, and nothing else.
    pub stdout: Box<dyn Write>,
    /// Standard error: everything else.
    pub stderr: Box<dyn Write>,
    /// Streams that are terminals, and the width.
    pub terminal: Terminal,
    /// The signals that were ignored when the process started, and stay so; none where none is listened for.
    pub signals: Option<Box<ReadSignals>>,
}

/// Streams that are terminals, and the width.
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
            context: Context {
                variables: Rc::new(
                    std::env::vars_os()
                        .map(|(name, value)| (text(name), text(value)))
                        .collect(),
                ),
                clock: Rc::new(Utc::now),
                entropy: Rc::new(entropy),
                read_file: Rc::new(fifo::open),
                is_regular: Rc::new(|path| path.metadata().is_ok_and(|facts| facts.is_file())),
                exposure: Rc::new(files::exposure),
                custody: Rc::new(files::custody),
                create_file: Rc::new(files::create),
                run_helper: Rc::new(|helper| Box::pin(subprocess::run(helper))),
                prompt: Some(Rc::new(prompt)),
            },
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

    /// An empty world for tests: no file exists and nothing can be done unless the test sets it.
    pub fn nowhere() -> World {
        World {
            context: Context::nowhere(),
            stdin: Box::new(io::empty()),
            stdout: Box::new(io::sink()),
            stderr: Box::new(io::sink()),
            terminal: Terminal::default(),
            signals: None,
        }
    }
}

impl Context {
    fn nowhere() -> Context {
        Context {
            variables: Rc::default(),
            clock: Rc::new(|| DateTime::UNIX_EPOCH),
            entropy: Rc::new(|| Err(Error::new(Kind::Config, "there is no chance here"))),
            read_file: Rc::new(|_, _| Err(io::ErrorKind::NotFound.into())),
            is_regular: Rc::new(|_| true),
            exposure: Rc::new(|_| Exposure::None),
            custody: Rc::new(|_| Err(io::ErrorKind::NotFound.into())),
            create_file: Rc::new(|_, _| Err(io::ErrorKind::PermissionDenied.into())),
            run_helper: Rc::new(|_| Box::pin(async { Err("nothing runs here".to_owned()) })),
            prompt: None,
        }
    }

    /// The same without anybody to ask.
    pub fn without_prompt(&self) -> Context {
        Context {
            prompt: None,
            ..self.clone()
        }
    }

    /// The user's own folder.
    pub fn home(&self) -> Option<String> {
        HOME.iter().find_map(|name| self.variable(name))
    }

    /// A variable that is set and not empty.
    pub fn variable(&self, name: &str) -> Option<String> {
        self.variables
            .get(name)
            .filter(|value| !value.is_empty())
            .cloned()
    }

    /// True if the locale's character set is UTF-8; without any locale it is not.
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

    /// True if a stream, a terminal or not, is to be coloured when no flag says so: `NO_COLOR`, then `CLICOLOR_FORCE`, then
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

/// A hidden value is read from the terminal itself. Ctrl-C there restores the terminal and is sent on as a signal.
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
