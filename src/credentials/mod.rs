//! Keys: where they are found, how they are held, and how text from outside is freed of them.
//!
//! A source answers one of three things: found, nothing here (look further), here but broken (stop and say so).
//! Secrets live in types without `Display`, print nothing in `Debug`, and are wiped on drop.

mod current;
mod forms;
mod scrub;
mod spelling;
mod telltale;
mod variables;

pub use current::CurrentKey;
pub use scrub::KnownSecrets;
pub use variables::{Exposure, KeyVariables, Sources, find};

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use crate::sign::Key;

/// A key pair, perhaps temporary.
pub struct Credential {
    id: String,
    secret: SecretString,
    token: Option<SecretString>,
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
        }
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

/// A key that was handed out for a while.
pub struct Temporary {
    /// The key, with its session token.
    pub credential: Credential,
    /// When it stops being good, by the clock of whoever handed it out.
    pub expires: Option<DateTime<Utc>>,
}
