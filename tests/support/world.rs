//! Runs of the program in this process, in a world that a test makes: nothing of this machine is seen, and no process is
//! started.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{self, Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use certcheck::credentials::Exposure;
use certcheck::error::Error;
use certcheck::world::{Context, Custody, Helper, HelperOutput, Terminal, World};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// 2026-11-22T08:00:00Z, what the clock shows where a test sets no other.
pub const NOW: i64 = 1_795_334_400;

/// [`NOW`] as a timestamp.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).expect("a timestamp")
}

/// The path of a new file, and what is in it.
pub type Created = (PathBuf, Vec<u8>);

/// The world of a run: the only one that tests make. What a test does not put into it is not there.
#[derive(Clone)]
pub struct FakeWorld {
    pub clock: fn() -> DateTime<Utc>,
    pub variables: HashMap<String, String>,
    pub stdin: Vec<u8>,
    pub terminal: Terminal,
    pub files: HashMap<PathBuf, Vec<u8>>,
    /// Who else can read a file; nobody where it has no entry.
    pub exposure: HashMap<PathBuf, Exposure>,
    /// Who can change a file or what leads to it.
    pub custody: HashMap<PathBuf, Vec<Custody>>,
    /// The same for every path that has no entry.
    pub other_custody: Option<Vec<Custody>>,
    /// What a helper command prints.
    pub helper_output: Option<HelperOutput>,
    /// The helper commands that were run.
    pub helpers: Rc<RefCell<Vec<Helper>>>,
    /// The files that were created.
    pub created: Rc<RefCell<Vec<Created>>>,
}

impl Default for FakeWorld {
    fn default() -> FakeWorld {
        FakeWorld {
            clock: now,
            variables: HashMap::from([("LC_ALL".to_owned(), "C.UTF-8".to_owned())]),
            stdin: Vec::new(),
            terminal: Terminal::default(),
            files: HashMap::new(),
            exposure: HashMap::new(),
            custody: HashMap::new(),
            other_custody: None,
            helper_output: None,
            helpers: Rc::default(),
            created: Rc::default(),
        }
    }
}

/// What a run printed, and its exit code.
#[derive(Debug)]
pub struct Output {
    pub code: u8,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    /// Both streams.
    pub fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// Standard output as one JSON document.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl FakeWorld {
    pub fn variables<N: Into<String>, V: Into<String>>(
        mut self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> FakeWorld {
        let owned = variables.into_iter();
        let owned = owned.map(|(name, value)| (name.into(), value.into()));
        self.variables.extend(owned);
        self
    }

    pub fn stdin(mut self, bytes: impl AsRef<[u8]>) -> FakeWorld {
        self.stdin = bytes.as_ref().to_vec();
        self
    }

    pub fn file(mut self, path: impl Into<PathBuf>, bytes: impl AsRef<[u8]>) -> FakeWorld {
        self.files.insert(path.into(), bytes.as_ref().to_vec());
        self
    }

    /// Runs a command line whose arguments are parted by blanks.
    pub fn run(&self, line: &str) -> Output {
        self.run_args(line.split(' '))
    }

    pub fn run_args<A: Into<OsString>>(&self, arguments: impl IntoIterator<Item = A>) -> Output {
        self.run_changed(arguments, |world| world)
    }

    /// The same in a world that is changed for this run.
    pub fn run_changed<A: Into<OsString>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        change: impl FnOnce(World) -> World,
    ) -> Output {
        self.run_by(arguments, |arguments, world| {
            let own = std::mem::replace(world, World::nowhere());
            *world = change(own);
            certcheck::run(arguments, world)
        })
    }

    /// The same by another front door of the library.
    pub fn run_by<A: Into<OsString>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        run: impl FnOnce(Vec<OsString>, &mut World) -> u8,
    ) -> Output {
        let (stdout, stderr) = (Captured::default(), Captured::default());
        let mut world = self.world(&stdout, &stderr);
        let arguments = arguments.into_iter().map(Into::into);
        let arguments: Vec<OsString> = [OsString::from("certcheck")]
            .into_iter()
            .chain(arguments)
            .collect();
        let code = run(arguments, &mut world);
        drop(world);
        Output {
            code,
            stdout: stdout.text(),
            stderr: stderr.text(),
        }
    }

    fn world(&self, stdout: &Captured, stderr: &Captured) -> World {
        let readable = self.clone();
        let exposure = self.exposure.clone();
        let custody = self.custody.clone();
        let other_custody = self.other_custody.clone();
        let existing = self.clone();
        let helper = self.clone();
        let nowhere = World::nowhere();
        World {
            context: Context {
                variables: Rc::new(self.variables.clone()),
                clock: Rc::new(self.clock),
                entropy: Rc::new(fresh_bytes),
                read_file: Rc::new(move |path, limit| readable.open(path, limit)),
                exposure: Rc::new(move |path| {
                    let own = exposure.get(path).copied();
                    own.unwrap_or(Exposure::None)
                }),
                custody: Rc::new(move |path| {
                    let own = custody.get(path).or(other_custody.as_ref());
                    own.cloned().ok_or(io::ErrorKind::NotFound.into())
                }),
                create_file: Rc::new(move |path, bytes| existing.create(path, bytes)),
                run_helper: Rc::new(move |command| {
                    helper.helpers.borrow_mut().push(command);
                    let printed = helper.helper_output.clone();
                    let printed = printed.expect("no helper was to run");
                    Box::pin(async { printed })
                }),
                ..nowhere.context
            },
            stdin: Box::new(Cursor::new(self.stdin.clone())),
            stdout: Box::new(stdout.clone()),
            stderr: Box::new(stderr.clone()),
            terminal: self.terminal,
            signals: nowhere.signals,
        }
    }

    /// The text of an error is that of Linux, on every system.
    fn open(&self, path: &Path, limit: u64) -> io::Result<Box<dyn Read>> {
        match self.files.get(path) {
            Some(bytes) => Ok(Box::new(Cursor::new(bytes.clone()).take(limit))),
            None => Err(io::Error::new(
                io::ErrorKind::NotFound,
                "No such file or directory (os error 2)",
            )),
        }
    }

    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if self.files.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let created = (path.to_owned(), bytes.to_vec());
        self.created.borrow_mut().push(created);
        Ok(())
    }
}

/// Never the same twice, as services want it of a nonce.
fn fresh_bytes() -> Result<[u8; 16], Error> {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    Ok(u128::from(COUNT.fetch_add(1, Ordering::Relaxed)).to_be_bytes())
}

/// A stream that keeps what is written. Its copies share it.
#[derive(Clone, Default)]
pub struct Captured(Rc<RefCell<Vec<u8>>>);

impl Captured {
    /// What was written since the last call.
    pub fn text(&self) -> String {
        String::from_utf8(self.0.take()).expect("text")
    }

    /// How many lines were written since then.
    pub fn lines(&self) -> usize {
        self.0
            .borrow()
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
