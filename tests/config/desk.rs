//! A desk with one config file on it: runs command lines in this process, in a world made here.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use certcheck::credentials::Exposure;
use certcheck::sandbox::{Fault, Options, Sandbox};
use certcheck::world::{Custody, Helper, Printed, World};
use chrono::Utc;
use serde_json::Value;

use crate::stream::Stream;

/// Where the file is.
pub const FILE: &str = "/home/me/.config/certcheck/config.toml";

/// A path, and what was written there.
pub type Written = (PathBuf, Vec<u8>);

/// What a command line runs with.
#[derive(Default, Clone)]
pub struct Desk {
    pub files: HashMap<PathBuf, Vec<u8>>,
    pub variables: HashMap<String, String>,
    pub custody: Vec<Custody>,
    /// The same for every other path.
    pub way: Option<Vec<Custody>>,
    pub exposed: Vec<PathBuf>,
    pub printed: Option<Printed>,
    /// What was run.
    pub helpers: Rc<RefCell<Vec<Helper>>>,
    /// What was written.
    pub written: Rc<RefCell<Vec<Written>>>,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    pub code: u8,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    /// All that it said.
    pub fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// Its document.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Its mistakes, without the path: `12:3: unknown key …`.
    pub fn mistakes(&self) -> Vec<String> {
        let lines = self.stderr.lines();
        let lines = lines.filter_map(|line| line.strip_prefix("error: "));
        let lines = lines.map(|line| line.strip_prefix(FILE).unwrap_or(line));
        lines
            .map(|line| line.trim_start_matches(':').trim().to_owned())
            .collect()
    }
}

/// Five services that live now.
pub fn sandbox(faults: &[&str]) -> Sandbox {
    let faults = faults.iter().map(|text| text.parse::<Fault>().expect(text));
    Sandbox::start(Options {
        faults: faults.collect(),
        ..Options::new(std::sync::Arc::new(Utc::now))
    })
    .expect("loopback has free ports")
}

impl Desk {
    /// With that file, which only the user can write.
    pub fn with(text: impl AsRef<[u8]>) -> Desk {
        let mine = |path: &str| Custody {
            path: PathBuf::from(path),
            trusted: true,
            open: false,
            sticky: false,
        };
        Desk {
            files: HashMap::from([(PathBuf::from(FILE), text.as_ref().to_vec())]),
            variables: HashMap::from([
                ("HOME".to_owned(), "/home/me".to_owned()),
                ("LC_ALL".to_owned(), "C.UTF-8".to_owned()),
                ("CERTCHECK_RETRIES".to_owned(), "0".to_owned()),
            ]),
            custody: vec![mine(FILE), mine("/home/me/.config/certcheck")],
            ..Desk::default()
        }
    }

    /// With variables too.
    pub fn set<'a>(mut self, variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Desk {
        let owned = variables.into_iter();
        let owned = owned.map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.variables.extend(owned);
        self
    }

    /// With another file too.
    pub fn file(mut self, path: &str, text: impl AsRef<[u8]>) -> Desk {
        self.files
            .insert(PathBuf::from(path), text.as_ref().to_vec());
        self
    }

    /// Runs a command line; words are parted by blanks.
    pub fn run(&self, line: &str) -> Outcome {
        self.run_in(line, |world| world)
    }

    /// The same in a world that is a little different.
    pub fn run_in(&self, line: &str, change: impl FnOnce(World) -> World) -> Outcome {
        let (stdout, stderr) = (Stream::default(), Stream::default());
        let world = self.world(&stdout, &stderr);
        let mut world = change(world);
        let words = ["certcheck"].into_iter().chain(line.split(' '));
        let words: Vec<OsString> = words.map(OsString::from).collect();
        let code = certcheck::run(words, &mut world);
        drop(world);
        Outcome {
            code,
            stdout: stdout.text(),
            stderr: stderr.text(),
        }
    }

    fn world(&self, stdout: &Stream, stderr: &Stream) -> World {
        let (files, exposed) = (self.files.clone(), self.exposed.clone());
        let custody = self.custody.clone();
        let way = self.way.clone().unwrap_or_else(|| custody.clone());
        let (printed, helpers) = (self.printed.clone(), self.helpers.clone());
        let (there, written) = (self.files.clone(), self.written.clone());
        World {
            variables: self.variables.clone(),
            clock: Box::new(Utc::now),
            entropy: entropy(),
            read_file: Box::new(move |path, limit| open(&files, path, limit)),
            exposure: Box::new(move |path| {
                if exposed.iter().any(|own| own == path) {
                    Exposure::Own
                } else {
                    Exposure::None
                }
            }),
            custody: Box::new(move |path| {
                if path == Path::new(FILE) {
                    Ok(custody.clone())
                } else {
                    Ok(way.clone())
                }
            }),
            create_file: Box::new(move |path, bytes| {
                if there.contains_key(path) {
                    Err(io::ErrorKind::AlreadyExists.into())
                } else {
                    written.borrow_mut().push((path.to_owned(), bytes.to_vec()));
                    Ok(())
                }
            }),
            run_helper: Box::new(move |helper| {
                helpers.borrow_mut().push(helper);
                let printed = printed.clone().expect("no helper was to run");
                Box::pin(async { printed })
            }),
            stdout: Box::new(stdout.clone()),
            stderr: Box::new(stderr.clone()),
            ..World::nowhere()
        }
    }
}

fn open(files: &HashMap<PathBuf, Vec<u8>>, path: &Path, limit: u64) -> io::Result<Box<dyn Read>> {
    match files.get(path) {
        Some(bytes) => Ok(Box::new(Cursor::new(bytes.clone()).take(limit))),
        None => Err(io::ErrorKind::NotFound.into()),
    }
}

/// Never the same twice, as services want it of a nonce.
fn entropy() -> Box<dyn Fn() -> Result<[u8; 16], certcheck::error::Error>> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    Box::new(|| Ok(u128::from(COUNT.fetch_add(1, Ordering::Relaxed)).to_be_bytes()))
}
