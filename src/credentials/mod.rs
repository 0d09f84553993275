//! Keys: where they are found, how they are held, and how text from outside is freed of them.
//!
//! A place answers one of three things: found, nothing here (look further), here but broken (stop and say so). Which
//! places a provider has, in which order, its adapter knows.
//! Secrets live in types without `Display`, print nothing in `Debug`, and are wiped on drop.

mod current;
mod escapes;
pub mod ini;
mod runs;
mod scrub;
mod sources;
mod spelling;
mod telltale;
mod variables;

pub use current::CurrentKey;
pub use scrub::KnownSecrets;
pub use sources::{Exposure, Prompt, Sources, Typing, broken, unusable};
pub use variables::{KeyVariables, Part, pair};

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use crate::sign::Key;

/// A key pair, perhaps temporary; or a token that stands in for a signature.
pub struct Credential {
    id: String,
    secret: SecretString,
    token: Option<SecretString>,
    ready: bool,
}

/// A key that a service handed out for a while.
pub struct Temporary {
    /// The key.
    pub credential: Credential,
    /// When it ends, where the service says so.
    pub expires: Option<DateTime<Utc>>,
}

/// What may be seen of a public half.
const SHOWN: usize = 4;

/// The beginning of a public half, enough to tell two keys apart.
pub fn shortened(id: &str) -> String {
    let start: String = id.chars().take(SHOWN.min(id.len() / 3)).collect();
    format!("{start}…")
}

impl Credential {
    /// A key pair, with its session token when it is a temporary one.
    pub fn new(
        id: impl Into<String>,
        secret: impl Into<String>,
        token: Option<String>,
    ) -> Credential {
        Credential {
            id: id.into(),
            secret: SecretString::from(secret.into()),
            token: token.map(SecretString::from),
            ready: false,
        }
    }

    /// A token that a service takes as it is, in the place of a signature. It has no public half.
    pub fn ready(token: impl Into<String>) -> Credential {
        Credential {
            ready: true,
            ..Credential::new("", token, None)
        }
    }

    /// The token that is sent in the place of a signature, if this is one.
    pub fn ready_token(&self) -> Option<&str> {
        self.ready.then(|| self.secret.expose_secret())
    }

    /// The public half. It may be shown shortened, never whole.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What a signer needs.
    pub fn key(&self) -> Key<'_> {
        Key {
            id: &self.id,
            secret: self.secret.expose_secret(),
        }
    }

    /// The session token of a temporary key.
    pub fn token(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.expose_secret())
    }
}
