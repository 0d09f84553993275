//! Runs command lines in this process, in a world made here: nothing of this machine is seen, and no binary started.

use std::cell::Cell;
use std::collections::HashMap;
use std::ffi::OsString;
use std::io;

use certcheck::credentials::Exposure;
use certcheck::error::Error;
use certcheck::world::{Terminal, World};
use chrono::{DateTime, Utc};

use crate::stream::Stream;

/// 2026-11-22T08:00:00Z, whatever the day.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_334_400, 0).expect("a moment")
}

const ALIBABA: &[u8] = include_bytes!("../../fixtures/credentials/alibaba/config.json");
const TCCLI_ENDED: &[u8] =
    include_bytes!("../../fixtures/credentials/tencent/sso-ended.credential");
const TCCLI: &[u8] = include_bytes!("../../fixtures/credentials/tencent/corp.credential");
const TCCLI_SETTINGS: &[u8] =
    include_bytes!("../../fixtures/credentials/tencent/default.configure");
const KOOCLI_ENCRYPTED: &[u8] = include_bytes!("../../fixtures/credentials/huawei/encrypted.json");

/// One command line with its variables; the files that keys are read from are made up.
#[derive(Default)]
pub struct Scene {
    pub arguments: Vec<String>,
    pub variables: HashMap<String, String>,
    pub stdin: &'static str,
    /// The terminal's width; none is a pipe.
    pub columns: Option<u16>,
}

/// What came of it.
pub struct Outcome {
    pub code: u8,
    pub stdout: String,
    pub stderr: String,
}

impl Scene {
    /// A command line without variables, in a pipe. Words are parted by blanks.
    pub fn of(line: &str) -> Scene {
        Scene {
            arguments: line.split(' ').map(str::to_owned).collect(),
            ..Scene::default()
        }
    }

    pub fn with(mut self, variables: &[(&str, &str)]) -> Scene {
        let owned = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.variables.extend(owned);
        self
    }

    pub fn columns(mut self, columns: u16) -> Scene {
        self.columns = Some(columns);
        self
    }

    /// Runs it to its end.
    pub fn play(self) -> Outcome {
        let (stdout, stderr) = (Stream::default(), Stream::default());
        let arguments = self.arguments.iter().map(OsString::from);
        let arguments: Vec<OsString> = [OsString::from("certcheck")]
            .into_iter()
            .chain(arguments)
            .collect();
        let terminal = self.columns.is_some();
        let mut variables = self.variables;
        variables
            .entry("LC_ALL".to_owned())
            .or_insert_with(|| "C.UTF-8".to_owned());
        let mut world = World {
            variables,
            clock: Box::new(now),
            entropy: counting(),
            read_file: Box::new(|path, _| {
                file(&path.to_string_lossy())
                    .map(|bytes| Box::new(io::Cursor::new(bytes)) as Box<dyn io::Read>)
            }),
            exposure: Box::new(|path| match path.to_str() {
                Some("/open") => Exposure::Own,
                Some("/mounted") => Exposure::OwnReadOnly,
                _ => Exposure::None,
            }),
            stdin: Box::new(io::Cursor::new(self.stdin)),
            stdout: Box::new(stdout.clone()),
            stderr: Box::new(stderr.clone()),
            terminal: Terminal {
                stdin: false,
                stdout: terminal,
                stderr: terminal,
                columns: self.columns,
            },
            ..World::nowhere()
        };
        // Colour has its own tests.
        world
            .variables
            .insert("NO_COLOR".to_owned(), "1".to_owned());
        let code = certcheck::run(arguments, &mut world);
        drop(world);
        Outcome {
            code,
            stdout: stdout.text(),
            stderr: stderr.text(),
        }
    }
}

/// Never the same twice, as services want it of a nonce; the same in every run.
fn counting() -> Box<dyn Fn() -> Result<[u8; 16], Error>> {
    let count = Cell::new(0_u128);
    Box::new(move || {
        count.set(count.get() + 1);
        Ok(count.get().to_be_bytes())
    })
}

/// The numbers behind an error are those of Linux, on every system.
fn file(path: &str) -> io::Result<Vec<u8>> {
    match path {
        "/open" | "/mounted" | "/key" => Ok(b"a-secret-from-a-file\n".to_vec()),
        "/home/me/.aliyun/config.json" => Ok(ALIBABA.to_vec()),
        "/home/me/.tccli/sso-ended.credential" => Ok(TCCLI_ENDED.to_vec()),
        "/home/me/.tccli/corp.credential" => Ok(TCCLI.to_vec()),
        "/home/me/.tccli/corp.configure" => Ok(TCCLI_SETTINGS.to_vec()),
        "/home/me/.hcloud/config.json" => Ok(KOOCLI_ENCRYPTED.to_vec()),
        "/blank" => Ok(b" \n".to_vec()),
        "/binary" => Ok(vec![0xff, 0xfe]),
        "/large" => Ok(vec![b'x'; 65 * 1024]),
        "/broken.json" => Ok(b"{\"Response\":\n  {]}\n{\"Response\":{}}\n[]\n<html>".to_vec()),
        _ => Err(io::Error::new(
            io::ErrorKind::NotFound,
            "No such file or directory (os error 2)",
        )),
    }
}
