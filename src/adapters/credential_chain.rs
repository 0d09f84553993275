//! Credential chain: the ordered credential sources of a provider, and the search through them. Each adapter knows the
//! format of its sources; `credentials` reads single values.
//!
//! The first source with a key wins. A broken source stops the search with its reason, so that certcheck never silently
//! uses a different key. With `--profile` only the sources with profiles are tried, with `--instance-role` only the
//! metadata service.

use std::path::PathBuf;

use crate::credentials::{Credential, KeyVariables, Sources, Temporary, broken};
use crate::error::Error;
use crate::exchange::{Endpoint, Flow};
use crate::redact::KnownSecrets;

/// A service that issues a temporary key, and the flow that requests one.
pub struct KeyIssuer {
    pub endpoint: Endpoint,
    /// The request in words, such as `AssumeRole of acs:ram::…`.
    pub what: String,
    /// The public half of the key that signs; empty where nothing is signed.
    pub key_id: String,
    /// Requests a key; run again, it requests a new one.
    pub flow: Box<dyn Flow<Output = Temporary>>,
}

/// A request for a temporary key, by the proof of identity that comes with it.
pub enum TemporaryKeyRequest {
    /// A key that may assume a role.
    Role { key: Credential, role: Role },
    /// The identity token of a workload, for a role that trusts the token's issuer.
    Identity {
        /// The token; it signs nothing.
        token: Credential,
        /// The identity provider, by its name at the service.
        provider: String,
        role: Role,
    },
    /// A cloud instance with a role.
    Instance {
        /// The name of the role, if known.
        role: Option<String>,
    },
}

/// A role to assume.
#[derive(Debug, Clone, Default)]
pub struct Role {
    pub arn: String,
    /// The session name in the audit log.
    pub session: Option<String>,
    /// Lifetime of the key in seconds.
    pub seconds: Option<u32>,
    /// The external ID that the role requires.
    pub external_id: Option<String>,
    /// A policy that restricts the key further.
    pub policy: Option<String>,
    /// The region, or the host, of the token service.
    pub region: Option<String>,
}

/// The result of a lookup.
pub enum LookupResult {
    /// No key: the search goes on.
    Nothing,
    Key(Credential),
    /// A service that issues a temporary key.
    Issuer(KeyIssuer),
}

/// One credential source that was examined.
pub struct Lookup {
    /// Its description: variables, or a profile in a file.
    pub at: String,
    pub found: LookupResult,
}

impl Lookup {
    pub fn new(at: impl Into<String>, found: LookupResult) -> Lookup {
        let at = at.into();
        Lookup { at, found }
    }

    /// A source with a key, or without one.
    pub fn key(at: impl Into<String>, key: Option<Credential>) -> Lookup {
        Lookup::new(at, key.map_or(LookupResult::Nothing, LookupResult::Key))
    }
}

/// Flags and config that select the key.
#[derive(Debug, Clone, Default)]
pub struct SignInFlags {
    /// `--profile`.
    pub profile: Option<String>,
    /// `--instance-role`; empty for the instance's own role.
    pub instance_role: Option<String>,
    /// The `credentials` of an account of the config file; none without a config file.
    pub account: Option<AccountKey>,
}

/// The credential source of an account of the config file. Other variables of the environment are ignored.
#[derive(Debug, Clone)]
pub enum AccountKey {
    /// The vendor's own files, or the source that `profile` or `instance_role` selects.
    Vendor,
    /// The vendor's variables, with this prefix.
    Variables(String),
    /// A file with the key in JSON.
    File(PathBuf),
    /// The absolute path and the arguments of a program that prints the key.
    Command(Vec<String>),
}

/// The inputs of a search.
pub struct KeySearch<'a> {
    pub sources: &'a Sources<'a>,
    pub sign_in: &'a SignInFlags,
    /// The endpoint that the key is used at. A loopback endpoint (sandbox) also stands in for the services that issue keys.
    pub endpoint: &'a Endpoint,
    /// Registers every secret that is used to request a key.
    pub known: &'a KnownSecrets,
}

/// Derives the final key from one that was found, such as by assuming a role.
pub type DeriveKey = fn(Credential, &KeySearch<'_>) -> Result<LookupResult, Error>;

pub type LookupFn = fn(&KeySearch<'_>) -> Result<Lookup, Error>;

/// One source of the chain.
pub enum CredentialSource {
    /// Pairs of variables: a name and its aliases.
    Variables(&'static [KeyVariables]),
    /// Pairs of variables whose key is derived further by other variables.
    VariablesFor(&'static [KeyVariables], DeriveKey),
    /// A variable with a token that replaces a signature.
    Token(&'static str),
    /// Files with profiles: the one of `--profile`, or the current one.
    Profile(LookupFn),
    /// Files without profiles.
    File(LookupFn),
    /// The metadata service of the instance; used with `--instance-role`, or where a variable enables it.
    Instance(LookupFn),
    Other(LookupFn),
}

impl CredentialSource {
    /// Names of the variables that hold a secret.
    pub fn secrets(&self) -> impl Iterator<Item = &'static str> {
        let (sets, token) = match self {
            CredentialSource::Variables(sets) | CredentialSource::VariablesFor(sets, _) => {
                (*sets, None)
            }
            CredentialSource::Token(name) => (&[][..], Some(*name)),
            CredentialSource::Profile(_)
            | CredentialSource::File(_)
            | CredentialSource::Instance(_)
            | CredentialSource::Other(_) => (&[][..], None),
        };
        let of_sets = sets
            .iter()
            .flat_map(|set| [&set.secret].into_iter().chain(set.tokens));
        of_sets.copied().chain(token)
    }

    /// Names of the variables that hold a key ID.
    pub fn ids(&self) -> impl Iterator<Item = &'static str> {
        let sets = match self {
            CredentialSource::Variables(sets) | CredentialSource::VariablesFor(sets, _) => *sets,
            _ => &[],
        };
        sets.iter().map(|set| set.id)
    }

    fn applies(&self, sign_in: &SignInFlags) -> bool {
        let untyped = sign_in.profile.is_none() && sign_in.instance_role.is_none();
        match (self, &sign_in.account) {
            (CredentialSource::Profile(_), None | Some(AccountKey::Vendor)) => {
                sign_in.instance_role.is_none()
            }
            (CredentialSource::Instance(_), None) => sign_in.profile.is_none(),
            (CredentialSource::Instance(_), Some(AccountKey::Vendor)) => {
                sign_in.instance_role.is_some()
            }
            (CredentialSource::File(_), Some(AccountKey::Vendor)) | (_, None) => untyped,
            (
                CredentialSource::Variables(_)
                | CredentialSource::VariablesFor(..)
                | CredentialSource::Token(_),
                Some(AccountKey::Variables(_)),
            ) => true,
            _ => false,
        }
    }

    fn look_up(&self, search: &KeySearch<'_>) -> Result<Lookup, Error> {
        match self {
            CredentialSource::Variables(sets) => variables(sets, search.sources),
            CredentialSource::VariablesFor(sets, then) => {
                let lookup = variables(sets, search.sources)?;
                match lookup.found {
                    LookupResult::Key(key) => Ok(Lookup::new(lookup.at, then(key, search)?)),
                    _ => Ok(lookup),
                }
            }
            CredentialSource::Token(name) => {
                let token = search.sources.value(name)?;
                Ok(Lookup::key(
                    search.sources.named(name),
                    token.map(Credential::ready),
                ))
            }
            CredentialSource::Profile(look_up)
            | CredentialSource::File(look_up)
            | CredentialSource::Instance(look_up)
            | CredentialSource::Other(look_up) => look_up(search),
        }
    }
}

fn variables(sets: &[KeyVariables], sources: &Sources<'_>) -> Result<Lookup, Error> {
    let name = |set: &KeyVariables| {
        format!(
            "{} and {}",
            sources.named(set.id),
            sources.named(set.secret)
        )
    };
    for set in sets {
        if let Some(key) = set.read(sources)? {
            return Ok(Lookup::key(name(set), Some(key)));
        }
    }
    let Some((first, aliases)) = sets.split_first() else {
        return Ok(Lookup::key("no variable", None));
    };
    let ids: Vec<String> = aliases.iter().map(|set| sources.named(set.id)).collect();
    let at = if ids.is_empty() {
        name(first)
    } else {
        format!("{} (or as {})", name(first), ids.join(", "))
    };
    Ok(Lookup::key(at, None))
}

/// The first source with a key. Descriptions of the sources before it are added to `passed`.
pub fn find(
    chain: &[CredentialSource],
    search: &KeySearch<'_>,
    passed: &mut Vec<String>,
) -> Result<Option<Lookup>, Error> {
    for source in chain.iter().filter(|source| source.applies(search.sign_in)) {
        let lookup = source.look_up(search)?;
        match lookup.found {
            LookupResult::Nothing => passed.push(lookup.at),
            LookupResult::Key(_) | LookupResult::Issuer(_) => return Ok(Some(lookup)),
        }
    }
    Ok(None)
}

/// The value of several alternative variables; an error if two of them differ.
pub fn one_of(sources: &Sources<'_>, names: &[&str]) -> Result<Option<String>, Error> {
    let mut said = names
        .iter()
        .filter_map(|name| Some((*name, sources.word(name)?)));
    let Some((first, word)) = said.next() else {
        return Ok(None);
    };
    match said.find(|(_, other)| *other != word) {
        Some((second, _)) => {
            let (first, second) = (sources.named(first), sources.named(second));
            Err(
                broken(format!("{first} and {second} are both set, and differ"))
                    .with_hint("unset one of them"),
            )
        }
        None => Ok(Some(word)),
    }
}

/// The values of variables that are only useful together. `telling` are those with no other purpose: if one of them is
/// set, all must be.
pub fn all_of<const N: usize>(
    sources: &Sources<'_>,
    names: [&str; N],
    telling: &[&str],
) -> Result<Option<[String; N]>, Error> {
    let said = names.map(|name| (name, sources.word(name)));
    let missing = said.iter().find(|(_, word)| word.is_none());
    match missing {
        None => Ok(Some(said.map(|(_, word)| word.unwrap_or_default()))),
        Some((missing, _)) => match telling.iter().find(|name| sources.word(name).is_some()) {
            None => Ok(None),
            Some(there) => Err(broken(format!("{there} is set, {missing} is not"))
                .with_hint(format!("set {missing} too, or unset {there}"))),
        },
    }
}

/// The error when no source has a key.
pub fn no_key_found(chain: &[CredentialSource], sign_in: &SignInFlags, passed: &[String]) -> Error {
    if passed.is_empty() {
        return broken("there is no such place for a key here".to_owned())
            .with_hint("leave out --profile and --instance-role");
    }
    let text = format!("no key found: looked for {}", passed.join("; then "));
    let secret = chain.iter().find_map(|source| source.secrets().next());
    if let (Some(AccountKey::Vendor), None) = (&sign_in.account, &sign_in.profile) {
        return broken(text).with_hint(
            "say in the account whose key it is: `credentials = { env_prefix = \"\" }` takes the vendor's variables",
        );
    }
    let prefix = match &sign_in.account {
        Some(AccountKey::Variables(prefix)) => prefix.as_str(),
        _ => "",
    };
    broken(text).with_hint(match (&sign_in.profile, secret) {
        (Some(_), _) => "list the profiles with the vendor's tool and check the name".to_owned(),
        (None, Some(secret)) => {
            format!(
                "set the variables, or name files that hold their values ({prefix}{secret}_FILE)"
            )
        }
        (None, None) => "set one of them up".to_owned(),
    })
}
