//! A world with one config file in the user's folder.

use std::path::PathBuf;

use certcheck::world::Custody;

use crate::support::world::{FakeWorld, Output};

/// Where the file is.
pub const FILE: &str = "/home/me/.config/certcheck/config.toml";

impl FakeWorld {
    /// A user without a config file.
    pub fn of_user() -> FakeWorld {
        FakeWorld::default().variables([("HOME", "/home/me"), ("CERTCHECK_RETRIES", "0")])
    }

    /// With that config file, which only the user can write.
    pub fn with_config(text: impl AsRef<[u8]>) -> FakeWorld {
        let own = |path: &str| Custody {
            path: PathBuf::from(path),
            trusted: true,
            open: false,
            sticky: false,
        };
        FakeWorld::of_user()
            .file(FILE, text)
            .custody(vec![own(FILE), own("/home/me/.config/certcheck")])
    }

    /// Who can change the config file, and any other.
    pub fn custody(self, custody: Vec<Custody>) -> FakeWorld {
        FakeWorld {
            custody: [(PathBuf::from(FILE), custody.clone())].into(),
            other_custody: Some(custody),
            ..self
        }
    }
}

impl Output {
    /// The mistakes of the file, without its path: `12:3: unknown key …`.
    pub fn mistakes(&self) -> Vec<String> {
        let lines = self.stderr.lines();
        let lines = lines.filter_map(|line| line.strip_prefix("error: "));
        let lines = lines.map(|line| line.strip_prefix(FILE).unwrap_or(line));
        lines
            .map(|line| line.trim_start_matches(':').trim().to_owned())
            .collect()
    }
}
