//! Keys: where they are found and how they are held.
//!
//! A place answers one of three things: found, nothing here (look further), here but broken (stop and say so). Which
//! places a provider has, in which order, its adapter knows.
//! Secrets live in types without `Display`, print nothing in `Debug`, and are wiped on drop.

mod current;
pub mod ini;
mod sources;
mod variables;

pub use current::CurrentKey;
pub use sources::{Exposure, Prompt, Sources, Typing, broken, unusable};
pub use variables::{KeyVariables, Part, pair};

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use crate::redact::KnownSecrets;
use crate::sign::KeyPair;

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

    /// No key, for a provider that needs none.
    pub fn none() -> Credential {
        Credential::new("", "", None)
    }

    /// Makes the key pair and its token known as secrets.
    pub fn register(&self, known: &KnownSecrets) {
        let key = self.key();
        known.learn(key.secret);
        self.token()
            .into_iter()
            .for_each(|token| known.learn(token));
        known.learn_id(key.id);
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

    /// The key pair for a signer.
    pub fn key(&self) -> KeyPair<'_> {
        KeyPair {
            id: &self.id,
            secret: self.secret.expose_secret(),
        }
    }

    /// The session token of a temporary key.
    pub fn token(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.expose_secret())
    }
}
