//! Key pairs: the variables that hold one, and what makes one whole.

use super::Credential;
use super::sources::{Sources, broken};
use crate::error::Error;

/// The names under which a tool keeps its key in the environment. Each also exists as `…_FILE`, naming a file
/// that holds the value.
#[derive(Debug, Clone, Copy)]
pub struct KeyVariables {
    /// The public half.
    pub id: &'static str,
    /// The secret half.
    pub secret: &'static str,
    /// The session token, in the spellings of that vendor's tools, the preferred one first.
    pub tokens: &'static [&'static str],
    /// Prefix of key ids that are of no use without a token (Alibaba `STS.`).
    pub temporary_prefix: Option<&'static str>,
}

/// A part of a key, by the name that its place gives it.
pub struct Part<'a> {
    /// The name, for messages.
    pub name: &'a str,
    /// The value, if there is one.
    pub value: Option<String>,
}

/// A key made of its parts; nothing where there is neither half. Half a pair is an error: signing with another key
/// than the one the user meant would be worse than not signing.
pub fn pair(
    id: Part<'_>,
    secret: Part<'_>,
    token: Part<'_>,
    temporary_prefix: Option<&str>,
) -> Result<Option<Credential>, Error> {
    let half = |there: &str, missing: &str| {
        let hint = format!("set {missing} too, or unset {there}");
        Err(broken(format!("half a key pair: {there} is set, {missing} is not")).with_hint(hint))
    };
    match (id.value, secret.value) {
        // A token without a key belongs to some other tool's way of signing in.
        (None, None) => Ok(None),
        (Some(_), None) => half(id.name, secret.name),
        (None, Some(_)) => half(secret.name, id.name),
        (Some(key), Some(secret)) => {
            let temporary = temporary_prefix.is_some_and(|prefix| key.starts_with(prefix));
            if temporary && token.value.is_none() {
                let text = format!(
                    "the key in {} is a temporary one, and its session token is missing",
                    id.name
                );
                return Err(broken(text).with_hint(format!("set {} too", token.name)));
            }
            Ok(Some(Credential::new(key, secret, token.value)))
        }
    }
}

impl KeyVariables {
    /// What these variables hold.
    pub fn read(&self, sources: &Sources<'_>) -> Result<Option<Credential>, Error> {
        let token = self.tokens.first().copied().unwrap_or_default();
        let names = [self.id, self.secret, token].map(|name| sources.named(name));
        let [id, secret, token] = &names;
        pair(
            Part {
                name: id,
                value: sources.value(self.id)?,
            },
            Part {
                name: secret,
                value: sources.value(self.secret)?,
            },
            Part {
                name: token,
                value: self.token(sources)?,
            },
            self.temporary_prefix,
        )
    }

    fn token(&self, sources: &Sources<'_>) -> Result<Option<String>, Error> {
        let mut found: Option<(&str, String)> = None;
        for name in self.tokens {
            let Some(token) = sources.value(name)? else {
                continue;
            };
            match &found {
                Some((first, other)) if *other != token => {
                    let (first, name) = (sources.named(first), sources.named(name));
                    let text = format!("{first} and {name} are both set, to different tokens");
                    return Err(
                        broken(text).with_hint("unset the one that does not belong to this key")
                    );
                }
                Some(_) => {}
                None => found = Some((name, token)),
            }
        }
        Ok(found.map(|(_, token)| token))
    }
}
