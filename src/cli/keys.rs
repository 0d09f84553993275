//! Looks for a provider's key in the world.

use std::collections::HashMap;
use std::io::{self, Read as _};
use std::path::Path;

use chrono::{DateTime, Utc};

use crate::adapters::Target;
use crate::adapters::keys::{self, Looked, Place, Search, Typed};
use crate::credentials::{Exposure, KnownSecrets, Prompt, Sources};
use crate::error::Error;
use crate::exchange::Endpoint;
use crate::world::ReadFile;

/// A file with keys is never larger.
const LARGEST: u64 = 64 * 1024;

/// The part of the world that keys are in.
pub struct Around<'a> {
    /// The environment.
    pub variables: &'a HashMap<String, String>,
    /// Reads a file.
    pub read_file: &'a ReadFile,
    /// Who beside the user can read a file.
    pub exposure: &'a dyn Fn(&Path) -> Exposure,
    /// Takes warnings.
    pub warn: &'a dyn Fn(String),
    /// Asks at the terminal; none where nobody is to be asked.
    pub prompt: Option<&'a Prompt<'a>>,
    /// The local clock.
    pub now: DateTime<Utc>,
    /// Where the key will be used.
    pub key_is_for: &'a Endpoint,
    /// Told of every secret that a key is asked for with.
    pub known: &'a KnownSecrets,
}

impl Around<'_> {
    /// The first of these places that has something. `passed` takes the names of those before it.
    pub fn find(
        &self,
        places: &[Place],
        typed: &Typed,
        passed: &mut Vec<String>,
    ) -> Result<Option<Looked>, Error> {
        self.with(typed, |search| keys::find(places, search, passed))
    }

    /// Where the tool that keeps the key says that a service is asked, if the user did not. What is odd about the key is
    /// told when it is looked for.
    pub fn elsewhere(&self, target: &Target, typed: &Typed) -> Option<Target> {
        let silent = Around {
            warn: &|_| {},
            prompt: None,
            ..*self
        };
        silent.with(typed, |search| target.service.elsewhere(search))
    }

    fn with<T>(&self, typed: &Typed, search: impl FnOnce(&Search<'_>) -> T) -> T {
        let sources = Sources {
            variable: &|name| self.variables.get(name).cloned(),
            file: &|path| self.read(path),
            exposure: self.exposure,
            warn: self.warn,
            now: self.now,
            prompt: self.prompt,
        };
        search(&Search {
            sources: &sources,
            typed,
            endpoint: self.key_is_for,
            known: self.known,
        })
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        (self.read_file)(path, LARGEST + 1)?.read_to_end(&mut bytes)?;
        match bytes.len() as u64 > LARGEST {
            true => Err(io::Error::other("it is too large for a key")),
            false => Ok(bytes),
        }
    }
}
