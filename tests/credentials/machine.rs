//! A machine made of values: variables, files, who can read them, a clock, and perhaps somebody at the terminal.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use certcheck::adapters::REGISTRY;
use certcheck::adapters::credential_chain::{
    CredentialSource, KeySearch, LookupResult, SignInFlags, find, no_key_found,
};
use certcheck::credentials::{Exposure, Sources, Typing};
use certcheck::error::{Error, Kind};
use certcheck::exchange::Endpoint;
use certcheck::redact::KnownSecrets;
use chrono::DateTime;

pub use crate::support::world::NOW;

/// A machine on which the user's folder is `/home/me`.
#[derive(Default)]
pub struct Machine {
    variables: HashMap<String, String>,
    files: HashMap<PathBuf, Vec<u8>>,
    exposures: HashMap<PathBuf, Exposure>,
    sign_in: SignInFlags,
    answers: Option<Vec<&'static str>>,
}

/// What a search found.
#[derive(Debug, Default, PartialEq)]
pub struct Key {
    pub at: String,
    pub id: String,
    pub secret: String,
    pub token: Option<String>,
    /// Who is asked for it, and for what, where it is not here.
    pub remote: Option<String>,
}

/// What came of a search.
pub struct Outcome {
    pub found: Result<Option<Key>, Error>,
    /// What was looked for in vain.
    pub passed: Vec<String>,
    pub warnings: Vec<String>,
    /// What was asked at the terminal.
    pub asked: Vec<(String, Typing)>,
    places: &'static [CredentialSource],
    sign_in: SignInFlags,
}

impl Machine {
    pub fn new(variables: &[(&str, &str)]) -> Machine {
        let home = [("HOME", "/home/me")];
        let variables = home.iter().chain(variables);
        Machine {
            variables: variables
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            ..Machine::default()
        }
    }

    /// A file with this text.
    pub fn file(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Machine {
        self.files.insert(PathBuf::from(path), bytes.into());
        self
    }

    /// A copy of a file below `fixtures/credentials`.
    pub fn copy(self, path: &str, fixture: &str) -> Machine {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/credentials");
        let bytes = std::fs::read(folder.join(fixture)).expect("a fixture");
        self.file(path, bytes)
    }

    /// Who can read a file, or go into a folder.
    pub fn open(mut self, path: &str, exposure: Exposure) -> Machine {
        self.exposures.insert(PathBuf::from(path), exposure);
        self
    }

    pub fn profile(mut self, name: &str) -> Machine {
        self.sign_in.profile = Some(name.to_owned());
        self
    }

    pub fn instance_role(mut self, name: &str) -> Machine {
        self.sign_in.instance_role = Some(name.to_owned());
        self
    }

    /// Somebody at the terminal who types this.
    pub fn answering(mut self, answers: &[&'static str]) -> Machine {
        self.answers = Some(answers.to_vec());
        self
    }

    /// Searches the places of a provider.
    pub fn search(&self, provider: &str) -> Outcome {
        let warnings = RefCell::new(Vec::new());
        let asked = RefCell::new(Vec::new());
        let answers = RefCell::new(self.answers.iter().flatten());
        let prompt = |name: &str, typing| {
            asked.borrow_mut().push((name.to_owned(), typing));
            let answer = answers.borrow_mut().next();
            Ok((*answer.ok_or_else(|| io::Error::other("nobody"))?).to_owned())
        };
        let sources = Sources {
            variable: &|name| self.variables.get(name).cloned(),
            prefix: "",
            file: &|path| {
                let file = self.files.get(path).cloned();
                file.ok_or_else(|| io::ErrorKind::NotFound.into())
            },
            exposure: &|path| self.exposures.get(path).copied().unwrap_or(Exposure::None),
            warn: &|text| warnings.borrow_mut().push(text),
            now: DateTime::from_timestamp(NOW, 0).expect("a moment"),
            prompt: self.answers.is_some().then_some(&prompt),
        };
        let provider = REGISTRY.iter().find(|known| known.name == provider);
        let places = provider.expect("a provider").sources();
        let mut passed = Vec::new();
        let search = KeySearch {
            sources: &sources,
            sign_in: &self.sign_in,
            endpoint: &Endpoint::https("ssl.tencentcloudapi.com"),
            known: &KnownSecrets::default(),
        };
        let looked = find(places, &search, &mut passed);
        let found = looked.map(|looked| {
            looked.map(|looked| match looked.found {
                LookupResult::Key(key) => Key {
                    at: looked.at,
                    id: key.id().to_owned(),
                    secret: key.key().secret.to_owned(),
                    token: key.token().map(str::to_owned),
                    remote: None,
                },
                LookupResult::Issuer(issuer) => Key {
                    at: looked.at,
                    remote: Some(format!("{} at {}", issuer.what, issuer.endpoint)),
                    ..Key::default()
                },
                LookupResult::Nothing => panic!("nothing is not found"),
            })
        });
        Outcome {
            found,
            passed,
            warnings: warnings.into_inner(),
            asked: asked.into_inner(),
            places,
            sign_in: self.sign_in.clone(),
        }
    }
}

impl Outcome {
    /// The key.
    pub fn key(self) -> Key {
        let key = self.found.expect("no place is broken").expect("a key");
        assert_eq!(key.remote, None);
        key
    }

    /// Who is asked for a key, and for what.
    pub fn remote(self) -> String {
        let key = self.found.expect("no place is broken").expect("a service");
        key.remote
            .unwrap_or_else(|| panic!("a key was there, at {}", key.at))
    }

    /// The id of the key.
    pub fn id(self) -> String {
        self.key().id
    }

    /// Why there is none; never with a secret of the fixtures in it.
    pub fn error(self) -> Error {
        let error = match self.found {
            Err(error) => error,
            Ok(None) => no_key_found(self.places, &self.sign_in, &self.passed),
            Ok(Some(key)) => panic!("found {key:?}"),
        };
        assert_eq!(error.kind, Kind::Credentials);
        let said = format!("{error:?} {:?}", self.warnings);
        assert!(!said.contains("CANARY"), "{said}");
        error
    }

    /// Its message.
    pub fn message(self) -> String {
        self.error().message
    }
}
