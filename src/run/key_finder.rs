//! Looks for a provider's key in the world.

use std::io::{self, Read as _};
use std::path::Path;

use crate::adapters::Target;
use crate::adapters::credential_chain::{
    self, AccountKey, CredentialSource, KeySearch, Lookup, SignInFlags,
};
use crate::adapters::key_json;
use crate::credentials::Sources;
use crate::error::Error;
use crate::exchange::Endpoint;
use crate::redact::KnownSecrets;
use crate::world::{Context, HOME};

/// A file with keys is never larger.
pub const LARGEST: u64 = 64 * 1024;

/// Looks for keys in this context, with whoever is at the terminal.
pub struct KeyFinder<'a> {
    pub context: &'a Context,
    /// Takes warnings.
    pub warn: &'a dyn Fn(String),
}

/// What key is looked for.
pub struct KeyRequest<'a> {
    /// What was typed of it.
    pub sign_in: &'a SignInFlags,
    /// Where it will be used.
    pub key_is_for: &'a Endpoint,
    /// Told of every secret that a key is asked for with.
    pub known: &'a KnownSecrets,
}

impl KeyFinder<'_> {
    /// The first of these places that has something. `passed` takes the names of those before it.
    pub fn find(
        &self,
        chain: &[CredentialSource],
        sought: &KeyRequest<'_>,
        passed: &mut Vec<String>,
    ) -> Result<Option<Lookup>, Error> {
        match &sought.sign_in.account {
            Some(AccountKey::File(path)) => self.with(sought, |search| {
                key_json::from_file(path, chain, search).map(Some)
            }),
            _ => self.with(sought, |search| {
                credential_chain::find(chain, search, passed)
            }),
        }
    }

    /// The key that a helper has printed.
    pub fn printed(
        &self,
        bytes: &[u8],
        program: &str,
        chain: &[CredentialSource],
        sought: &KeyRequest<'_>,
    ) -> Result<Lookup, Error> {
        self.with(sought, |search| {
            key_json::from_command(bytes, program, chain, search)
        })
    }

    /// Where the tool that keeps the key says that a service is asked, if the user did not. What is odd about the key is
    /// told when it is looked for.
    pub fn profile_target(&self, target: &Target, sign_in: &SignInFlags) -> Option<Target> {
        let silent = KeyFinder {
            context: &self.context.without_prompt(),
            warn: &|_| {},
        };
        let sought = KeyRequest {
            sign_in,
            key_is_for: &target.endpoint,
            known: &KnownSecrets::default(),
        };
        silent.with(&sought, |search| target.service.profile_target(search))
    }

    fn with<T>(&self, sought: &KeyRequest<'_>, search: impl FnOnce(&KeySearch<'_>) -> T) -> T {
        let sources = Sources {
            variable: &|name| {
                let seen = is_seen(name, sought.sign_in.account.as_ref());
                self.context.variables.get(name).filter(|_| seen).cloned()
            },
            prefix: match &sought.sign_in.account {
                Some(AccountKey::Variables(prefix)) => prefix,
                _ => "",
            },
            file: &|path| self.read(path),
            exposure: &*self.context.exposure,
            warn: self.warn,
            now: (self.context.clock)(),
            prompt: self.context.prompt.as_deref(),
        };
        search(&KeySearch {
            sources: &sources,
            sign_in: sought.sign_in,
            endpoint: sought.key_is_for,
            known: sought.known,
        })
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        (self.context.read_file)(path, LARGEST + 1)?.read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LARGEST {
            Err(io::Error::other("it is too large for a key"))
        } else {
            Ok(bytes)
        }
    }
}

/// Whether a search sees a variable. That of an account sees those that the account names, and where the user's folder is.
fn is_seen(name: &str, account: Option<&AccountKey>) -> bool {
    match account {
        None | Some(AccountKey::Variables(_)) => true,
        Some(_) => HOME.contains(&name),
    }
}
