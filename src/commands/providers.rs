//! `certcheck providers`: which key each provider would be asked with, where it would be asked, and what the key has to
//! be allowed. Nothing is sent, and nobody is asked for anything.

use std::cell::RefCell;
use std::io::Write as _;

use clap::ArgMatches;

use crate::adapters::credential_chain::{Lookup, LookupResult, SignInFlags, no_key_found};
use crate::adapters::{Provider, REGISTRY, Settings};
use crate::error::Error;
use crate::exchange::Endpoint;
use crate::flags::connection::{ENDPOINT, SIGN_IN};
use crate::flags::{Layer, Values};
use crate::plan::global_flags::GlobalFlags;
use crate::plan::usage_error::{FlagNames, invalid_value, usage_error};
use crate::plan::{sign_in_flags, variables_layer};
use crate::redact::{KnownSecrets, shortened_id};
use crate::render::providers::{KeyInfo, ProviderInfo};
use crate::run::console::look;
use crate::run::key_finder::{KeyFinder, KeyRequest};
use crate::run::known_secrets::secrets_in_files;
use crate::run::output::{Exit, delivered};
use crate::world::World;

/// Shows one provider or all. It exits 0 whatever it finds: that a key is missing is an answer here.
pub fn run(flags: &GlobalFlags, matches: &ArgMatches, world: &mut World) -> Result<Exit, Error> {
    let options = flags.options([])?;
    let sign_in = sign_in(matches)?;
    let wanted = matches.get_one::<String>("provider");
    let is_wanted = |provider: &&&Provider| {
        wanted.is_none_or(|name| provider.name == name || provider.alias == name)
    };
    let shown: Result<Vec<ProviderInfo>, Error> = REGISTRY
        .iter()
        .filter(is_wanted)
        .map(|provider| shown(provider, &sign_in, world))
        .collect();
    let text = (options.format.providers)(&shown?, look(world, &options));
    let written = world.stdout.write_all(text.as_bytes());
    delivered(written, 0, world)
}

fn shown(
    provider: &'static Provider,
    sign_in: &SignInFlags,
    world: &World,
) -> Result<ProviderInfo, Error> {
    let known = secrets_in_files(world);
    let (mut passed, warnings) = (Vec::new(), RefCell::default());
    let finder = KeyFinder {
        context: &world.context.without_prompt(),
        warn: &|text| RefCell::<Vec<String>>::borrow_mut(&warnings).push(text),
    };
    let place = place(provider, &finder, sign_in, world);
    // What is not known yet is not this machine.
    let elsewhere = Endpoint::https("elsewhere.invalid");
    let sought = KeyRequest {
        sign_in,
        key_is_for: place.as_ref().unwrap_or(&elsewhere),
        known: &known,
    };
    let key = if provider.needs_key() {
        let found = finder.find(provider.sources(), &sought, &mut passed);
        key(provider, sign_in, found, &passed, &known)
    } else {
        KeyInfo::not_needed()
    };
    let safe = |text: String| known.sentence(&text, []);
    Ok(ProviderInfo {
        name: provider.name,
        alias: provider.alias,
        about: provider.about,
        key: KeyInfo {
            source: key.source.map(safe),
            message: key.message.map(safe),
            hint: key.hint.map(safe),
            ..key
        },
        passed: passed.into_iter().map(safe).collect(),
        warnings: warnings.into_inner().into_iter().map(safe).collect(),
        endpoint: match place {
            Ok(endpoint) => Ok(endpoint.to_string()),
            Err(error) => {
                let error = known.freed(&error);
                Err((error.message.clone(), error.hint().to_owned()))
            }
        },
        permission: provider.permission().map(|permission| permission.text),
        policy: provider
            .permission()
            .and_then(|permission| permission.policy),
    })
}

/// What a search came to, in words.
fn key(
    provider: &Provider,
    sign_in: &SignInFlags,
    found: Result<Option<Lookup>, Error>,
    passed: &[String],
    known: &KnownSecrets,
) -> KeyInfo {
    let (state, lookup) = match found {
        Ok(Some(lookup)) => ("found", lookup),
        Ok(None) => {
            return KeyInfo::missing("none", &no_key_found(provider.sources(), sign_in, passed));
        }
        Err(error) => return KeyInfo::missing("broken", &known.freed(&error)),
    };
    let key = KeyInfo {
        state,
        source: Some(lookup.at),
        ..KeyInfo::default()
    };
    match lookup.found {
        LookupResult::Key(credential) => {
            credential.register(known);
            let id = Some(credential.id()).filter(|id| !id.is_empty());
            KeyInfo {
                id: id.map(shortened_id),
                ..key
            }
        }
        LookupResult::Issuer(issuer) => KeyInfo {
            state: "remote",
            message: Some(format!("{}, asked of {}", issuer.what, issuer.endpoint)),
            ..key
        },
        LookupResult::Nothing => key,
    }
}

/// The flags that say whose key is used.
pub fn sign_in(matches: &ArgMatches) -> Result<SignInFlags, Error> {
    let layer = Layer::typed(&SIGN_IN, matches);
    let layer = layer.map_err(|invalid| invalid_value(&invalid, &SIGN_IN, ""))?;
    Ok(sign_in_flags(&Values::new([&layer])))
}

/// The endpoint of this provider without any flag; or what is missing to know it.
fn place(
    provider: &'static Provider,
    finder: &KeyFinder<'_>,
    sign_in: &SignInFlags,
    world: &World,
) -> Result<Endpoint, Error> {
    let variables = variables_layer(provider, false, &world.context.variables)?;
    let values = Values::new([&variables]);
    let endpoint = values.get(&ENDPOINT);
    let settings = Settings {
        endpoint: endpoint.as_deref(),
        allow_http: false,
        saved: false,
        shown: true,
        all: false,
    };
    let targets = (provider.build_targets)(&values, &settings).map_err(|problem| {
        let flags = provider.all_flags();
        let names = FlagNames::of_command_line(&flags, provider.name, &values);
        usage_error(&problem, &names)
    })?;
    let first = targets.into_first();
    let other = finder.profile_target(&first, sign_in);
    Ok(other.unwrap_or(first).endpoint)
}
