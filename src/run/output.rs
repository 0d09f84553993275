//! How a command ends: the exit code, the report of an error, the end of the result.

use std::io::{self, Write as _};

use super::known_secrets::secrets;
use crate::error::{Error, Kind, reason};
use crate::render::text::{problem, visible};
use crate::world::World;

/// The exit code of wrong usage, of every error and of a panic.
pub const UNKNOWN: u8 = 3;

/// The exit code of a command that ran to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit(pub u8);

/// Writes an error to stderr. stdout holds results only.
pub fn report(error: &Error, world: &mut World) {
    let (utf8, error) = (
        world.context.speaks_utf8(),
        secrets(&world.context.variables).freed(error),
    );
    let safe = |text: &str| visible(text, utf8);
    let terminal = world.terminal.stderr;
    // A log gets each in one line.
    let columns = world.terminal.columns.filter(|_| terminal);
    let text = problem(
        &safe(&error.message),
        &safe(error.hint()),
        columns.unwrap_or(u16::MAX),
        world.context.wants_colour(terminal),
    );
    let _ = world.stderr.write_all(text.as_bytes());
}

/// The exit code after the result was written. A reader that has gone away (`| head -1`) is a normal end; a result that
/// could not be written otherwise is not to be taken for one.
pub fn delivered(written: io::Result<()>, code: u8, world: &mut World) -> Result<Exit, Error> {
    match written.and_then(|()| world.stdout.flush()) {
        Ok(()) => Ok(Exit(code)),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit(code)),
        Err(error) => {
            let text = format!("the result cannot be written: {}", reason(&error));
            Err(Error::new(Kind::Config, text).with_hint("check where stdout goes"))
        }
    }
}
