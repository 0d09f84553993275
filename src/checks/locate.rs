//! Finds the file and reads it.

use std::io::{self, Read as _};
use std::path::PathBuf;

use clap::ArgMatches;

use crate::config::LARGEST;
use crate::config::discovery::{Candidate, VARIABLE, candidates};
use crate::error::{Error, Kind, reason};
use crate::world::World;

/// A file that is there.
pub struct ConfigBytes {
    /// Where.
    pub path: PathBuf,
    /// What is in it; at most a byte more than may be.
    pub bytes: Vec<u8>,
}

const NONE: &str = "`certcheck config init` writes one to begin with";

/// The places where a file can be, the first one first.
fn places(matches: &ArgMatches, world: &World) -> Vec<Candidate> {
    let flag = matches.get_one::<String>("config");
    candidates(flag.map(String::as_str), |name| {
        world.context.variable(name)
    })
}

/// The file that is read, or where one would be.
pub fn first(matches: &ArgMatches, world: &World) -> Result<PathBuf, Error> {
    let mut places = places(matches, world).into_iter();
    let place = places.next().map(|place| place.path);
    place.ok_or_else(|| Error::new(Kind::Config, "there is no place for a config file"))
}

/// The first file that is there. One that was named has to be; one that is there but cannot be read stops the search.
pub fn read(matches: &ArgMatches, world: &World) -> Result<ConfigBytes, Error> {
    let places = places(matches, world);
    for place in &places {
        let shown = place.path.display();
        match bytes(place, world) {
            Ok(bytes) => {
                return Ok(ConfigBytes {
                    path: place.path.clone(),
                    bytes,
                });
            }
            Err(error) if is_absent(&error) && !place.named => {}
            Err(error) => {
                let text = format!("the config file {shown} cannot be read: {}", reason(&error));
                let hint = format!("check --config or {VARIABLE}; {NONE}");
                let error = Error::new(Kind::Config, text);
                return Err(if place.named {
                    error.with_hint(hint)
                } else {
                    error
                });
            }
        }
    }
    let shown: Vec<String> = places
        .iter()
        .map(|place| place.path.display().to_string())
        .collect();
    let text = format!(
        "there is no config file: looked for {}",
        shown.join(", then ")
    );
    Err(Error::new(Kind::Config, text).with_hint(NONE))
}

fn bytes(place: &Candidate, world: &World) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    (world.context.read_file)(&place.path, LARGEST + 1)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind::{NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory)
}
