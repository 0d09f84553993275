//! Reads files, of which one can be a pipe that nobody writes to: to open it would never end.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

/// Keys and settings are no larger. Saved answers are: for those a user may wait as long as they come.
const SMALL: u64 = 8 * 1024 * 1024;
/// As long as it takes to unlock a password store, hardly longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens a file to read it, but not beyond that many bytes.
pub(super) fn open(path: &Path, limit: u64) -> io::Result<Box<dyn Read>> {
    if limit <= SMALL && is_pipe(path) {
        Ok(Box::new(Cursor::new(piped(path, limit, PATIENCE)?)))
    } else {
        Ok(Box::new(File::open(path)?.take(limit)))
    }
}

#[cfg(unix)]
fn is_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;

    std::fs::metadata(path).is_ok_and(|facts| facts.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_pipe(_: &Path) -> bool {
    false
}

/// Reads a FIFO within a time limit. A thread that hangs in a read cannot be ended: it is left behind.
fn piped(path: &Path, limit: u64, patience: Duration) -> io::Result<Vec<u8>> {
    let (path, (sender, receiver)) = (PathBuf::from(path), channel());
    thread::Builder::new().spawn(move || {
        let mut bytes = Vec::new();
        let read = File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
        // Whoever waited may have left.
        drop(sender.send(read.map(|_| bytes)));
    })?;
    receiver.recv_timeout(patience).unwrap_or_else(|_| {
        let seconds = patience.as_secs();
        let text = format!("it is a pipe, and nobody has written all of it within {seconds} s");
        Err(io::Error::other(text))
    })
}

#[cfg(all(test, unix))]
mod tests {
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    #[test]
    fn a_pipe_is_read_and_one_that_nobody_writes_to_is_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pipe");
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe");
        assert!(is_pipe(&path));
        let to = path.clone();
        let writer = thread::spawn(move || std::fs::write(to, "a key").expect("a reader"));
        let mut text = String::new();
        let mut opened = open(&path, 100).expect("a pipe");
        opened.read_to_string(&mut text).expect("a text");
        writer.join().expect("no panic");
        assert_eq!(text, "a key");
        let error = piped(&path, 100, Duration::ZERO).expect_err("nobody writes");
        assert!(error.to_string().contains("it is a pipe"), "{error}");
    }
}
