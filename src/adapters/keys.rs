//! Where a provider's key can be: an ordered list of places, and the search through it. What a place looks like, the
//! adapter beside it knows; how one value is read, `credentials` does.
//!
//! The first place that has something wins, and a broken one stops the search with its reason: a key other than the
//! one that was meant is worse than none. What the user types is asked for alone: `--profile` goes to the places with
//! profiles, `--instance-role` to the metadata service, and no other place is looked at.

use crate::credentials::{Credential, KeyVariables, KnownSecrets, Sources, Temporary, broken};
use crate::error::Error;
use crate::exchange::{Endpoint, Flow};

/// A key that has to be asked for: where, in whose name, and the conversation that brings it.
pub struct Remote {
    /// Who is asked.
    pub endpoint: Endpoint,
    /// What is asked for, such as `AssumeRole of acs:ram::…`.
    pub what: String,
    /// The conversation; held once more, it brings a new key.
    pub flow: Box<dyn Flow<Output = Temporary>>,
}

/// What a place yields.
pub enum Found {
    /// Nothing here: look further.
    Nothing,
    /// A key.
    Key(Credential),
    /// A service that hands out a key.
    Ask(Remote),
}

/// A place that was looked at.
pub struct Looked {
    /// The place, as a person would name it: variables, or a profile in a file.
    pub at: String,
    /// What is there.
    pub found: Found,
}

impl Looked {
    /// A place and what it yields.
    pub fn new(at: impl Into<String>, found: Found) -> Looked {
        let at = at.into();
        Looked { at, found }
    }

    /// A place that has a key or nothing.
    pub fn key(at: impl Into<String>, key: Option<Credential>) -> Looked {
        Looked::new(at, key.map_or(Found::Nothing, Found::Key))
    }
}

/// What was typed of how to sign in.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// `--profile`.
    pub profile: Option<String>,
    /// `--instance-role`; empty for whichever the machine has.
    pub instance_role: Option<String>,
}

/// What a search looks with.
pub struct Search<'a> {
    /// The outside.
    pub sources: &'a Sources<'a>,
    /// What was typed.
    pub typed: &'a Typed,
    /// Told of every secret that a key is asked for with.
    pub known: &'a KnownSecrets,
}

/// Looks at a place.
pub type Look = fn(&Search<'_>) -> Result<Looked, Error>;

/// A place where a key can be.
pub enum Place {
    /// Pairs of variables, one of which is set: a name and its aliases.
    Variables(&'static [KeyVariables]),
    /// A variable with a token that stands in for a signature.
    Token(&'static str),
    /// Files with profiles; the one that `--profile` names, or the one that is set up.
    Profile(Look),
    /// The metadata service of the machine. Without `--instance-role` it is asked where a variable says so.
    Instance(Look),
    /// Any other.
    Other(Look),
}

impl Place {
    /// The variables that hold a secret here.
    pub fn secrets(&self) -> impl Iterator<Item = &'static str> {
        let (sets, token) = match self {
            Place::Variables(sets) => (*sets, None),
            Place::Token(name) => (&[][..], Some(*name)),
            Place::Profile(_) | Place::Instance(_) | Place::Other(_) => (&[][..], None),
        };
        let of_sets = sets
            .iter()
            .flat_map(|set| set.tokens.iter().chain([&set.secret]));
        of_sets.copied().chain(token)
    }

    /// The variables that hold the public half of a key here.
    pub fn ids(&self) -> impl Iterator<Item = &'static str> {
        let sets = match self {
            Place::Variables(sets) => *sets,
            _ => &[],
        };
        sets.iter().map(|set| set.id)
    }

    fn is_meant(&self, typed: &Typed) -> bool {
        match self {
            Place::Profile(_) => typed.instance_role.is_none(),
            Place::Instance(_) => typed.profile.is_none(),
            _ => typed.profile.is_none() && typed.instance_role.is_none(),
        }
    }

    fn look(&self, search: &Search<'_>) -> Result<Looked, Error> {
        match self {
            Place::Variables(sets) => variables(sets, search.sources),
            Place::Token(name) => {
                let token = search.sources.value(name)?;
                Ok(Looked::key(*name, token.map(Credential::ready)))
            }
            Place::Profile(look) | Place::Instance(look) | Place::Other(look) => look(search),
        }
    }
}

fn variables(sets: &[KeyVariables], sources: &Sources<'_>) -> Result<Looked, Error> {
    let name = |set: &KeyVariables| format!("{} and {}", set.id, set.secret);
    for set in sets {
        if let Some(key) = set.read(sources)? {
            return Ok(Looked::key(name(set), Some(key)));
        }
    }
    let names: Vec<String> = sets.iter().map(name).collect();
    Ok(Looked::key(names.join(", "), None))
}

/// The first place that has something. `passed` takes the names of those before it.
pub fn find(
    places: &[Place],
    search: &Search<'_>,
    passed: &mut Vec<String>,
) -> Result<Option<Looked>, Error> {
    for place in places.iter().filter(|place| place.is_meant(search.typed)) {
        let looked = place.look(search)?;
        match looked.found {
            Found::Nothing => passed.push(looked.at),
            Found::Key(_) | Found::Ask(_) => return Ok(Some(looked)),
        }
    }
    Ok(None)
}

/// No place has anything.
pub fn nothing(places: &[Place], passed: &[String]) -> Error {
    let text = format!("no key found: looked for {}", passed.join("; then "));
    let first = places.iter().find_map(|place| place.secrets().last());
    broken(text).with_hint(match first {
        Some(first) => format!("set them, or name files that hold them ({first}_FILE)"),
        None => "set one of them up".to_owned(),
    })
}
