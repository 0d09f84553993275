//! Where a provider's key can be: an ordered list of places, and the search through it. What a place looks like, the
//! adapter beside it knows; how one value is read, `credentials` does.
//!
//! The first place that has something wins, and a broken one stops the search with its reason: a key other than the
//! one that was meant is worse than none. What the user types is asked for alone: `--profile` goes to the places with
//! profiles, `--instance-role` to the metadata service, and no other place is looked at.

use std::path::PathBuf;

use crate::credentials::{Credential, KeyVariables, Sources, Temporary, broken};
use crate::error::Error;
use crate::exchange::{Endpoint, Flow};
use crate::redact::KnownSecrets;

/// A key that has to be asked for: where, in whose name, and the conversation that brings it.
pub struct KeyIssuer {
    /// Who is asked.
    pub endpoint: Endpoint,
    /// What is asked for, such as `AssumeRole of acs:ram::…`.
    pub what: String,
    /// The public half of the key that signs; empty where nothing is signed.
    pub key_id: String,
    /// The conversation; held once more, it brings a new key.
    pub flow: Box<dyn Flow<Output = Temporary>>,
}

/// What a user has that a service gives a temporary key for.
pub enum TemporaryKeyRequest {
    /// A key that may take on a role.
    Role {
        /// The key.
        key: Credential,
        /// The role.
        role: Role,
    },
    /// A token that a workload was given, for a role that trusts its issuer.
    Identity {
        /// The token, which no signature is made with.
        token: Credential,
        /// The issuer, as the service calls it.
        provider: String,
        /// The role.
        role: Role,
    },
    /// A machine in the cloud with a role of its own.
    Instance {
        /// The role, where it is known.
        role: Option<String>,
    },
}

/// A role to take on.
#[derive(Debug, Clone, Default)]
pub struct Role {
    /// Its name.
    pub arn: String,
    /// What the session is called in the audit log.
    pub session: Option<String>,
    /// How long its key is to last, in seconds.
    pub seconds: Option<u32>,
    /// What the role demands of those who take it on.
    pub external_id: Option<String>,
    /// What the key may do at most.
    pub policy: Option<String>,
    /// The region, or the host, of the service that is asked.
    pub region: Option<String>,
}

/// What a place yields.
pub enum LookupResult {
    /// Nothing here: look further.
    Nothing,
    /// A key.
    Key(Credential),
    /// A service that hands out a key.
    Issuer(KeyIssuer),
}

/// A place that was looked at.
pub struct Lookup {
    /// The place, as a person would name it: variables, or a profile in a file.
    pub at: String,
    /// What is there.
    pub found: LookupResult,
}

impl Lookup {
    /// A place and what it yields.
    pub fn new(at: impl Into<String>, found: LookupResult) -> Lookup {
        let at = at.into();
        Lookup { at, found }
    }

    /// A place that has a key or nothing.
    pub fn key(at: impl Into<String>, key: Option<Credential>) -> Lookup {
        Lookup::new(at, key.map_or(LookupResult::Nothing, LookupResult::Key))
    }
}

/// What was typed of how to sign in.
#[derive(Debug, Clone, Default)]
pub struct SignInFlags {
    /// `--profile`.
    pub profile: Option<String>,
    /// `--instance-role`; empty for whichever the machine has.
    pub instance_role: Option<String>,
    /// What an account of the config file says; none where the environment may say as whom.
    pub account: Option<AccountKey>,
}

/// Where an account of the config file has its key. Of the environment it sees only what it names.
#[derive(Debug, Clone)]
pub enum AccountKey {
    /// The vendor's own files, or what `profile` and `instance_role` say.
    Vendor,
    /// The vendor's variables, with that in front of their names.
    Variables(String),
    /// A file of the user's with the key in it.
    File(PathBuf),
    /// A program, by its absolute path, that prints the key, and its arguments.
    Command(Vec<String>),
}

/// What a search looks with.
pub struct KeySearch<'a> {
    /// The outside.
    pub sources: &'a Sources<'a>,
    /// What was typed.
    pub sign_in: &'a SignInFlags,
    /// Where the key will be used. On this machine, in a rehearsal, all that hands out keys is looked for there too.
    pub endpoint: &'a Endpoint,
    /// Told of every secret that a key is asked for with.
    pub known: &'a KnownSecrets,
}

/// Makes of a key what it is for, such as taking on a role.
pub type DeriveKey = fn(Credential, &KeySearch<'_>) -> Result<LookupResult, Error>;

/// Looks at a place.
pub type LookupFn = fn(&KeySearch<'_>) -> Result<Lookup, Error>;

/// A place where a key can be.
pub enum CredentialSource {
    /// Pairs of variables, one of which is set: a name and its aliases.
    Variables(&'static [KeyVariables]),
    /// The same, where more variables say what the key is for.
    VariablesFor(&'static [KeyVariables], DeriveKey),
    /// A variable with a token that stands in for a signature.
    Token(&'static str),
    /// Files with profiles; the one that `--profile` names, or the one that is set up.
    Profile(LookupFn),
    /// Files without profiles.
    File(LookupFn),
    /// The metadata service of the machine. Without `--instance-role` it is asked where a variable says so.
    Instance(LookupFn),
    /// Any other.
    Other(LookupFn),
}

impl CredentialSource {
    /// The variables that hold a secret here.
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

    /// The variables that hold the public half of a key here.
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

/// The first place that has something. `passed` takes the names of those before it.
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

/// One word that several variables can say. Two that differ are one too many.
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

/// What a set of variables says that is of use as a whole only. `telling` are those that nobody sets for anything
/// else: with one of them set, all have to be.
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

/// No place has anything.
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
