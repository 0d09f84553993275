//! The words of the config file: the flags of the commands by their long names, with `_` for `-`. A new provider or flag
//! needs nothing here.

use clap::{Arg, ArgAction, Args as _, Command, ValueHint};

use crate::adapters::keys::Place;
use crate::adapters::{Provider, REGISTRY};
use crate::cli::args::flags;
use crate::cli::common::Common;
use crate::cli::route;
use crate::config::{Dialect, Form, Key, Vocabulary};

/// The key under which a check names its ids, whatever the provider's flag is called.
pub const IDS: &str = "ids";
/// The key that takes their place.
pub const ALL: &str = "all";

/// Common flags that a check can say for itself.
const OF_A_CHECK: [&str; 8] = [
    "warn",
    "crit",
    "severity",
    "at",
    "domain",
    "allow-empty",
    "ignore-superseded",
    "no-listing",
];
/// Common flags that an account can say for all of its checks.
const OF_AN_ACCOUNT: [&str; 6] = ["warn", "crit", "severity", "timeout", "retries", "rate"];
/// Where the questions go; beside them an account says how it is reached, and what its provider asks of it.
const PLACE: [&str; 2] = ["endpoint", "allow-http"];
/// Saved answers are no business of a file; whose key is used it says as `credentials`.
const ELSEWHERE: [&str; 3] = ["from", "profile", "instance-role"];

/// All words.
pub fn vocabulary() -> Vocabulary {
    let common = common_flags();
    Vocabulary {
        defaults: common.get_arguments().filter_map(key).collect(),
        dialects: REGISTRY.iter().copied().map(dialect).collect(),
    }
}

/// A command of nothing but the flags of every command.
pub fn common_flags() -> Command {
    Common::augment_args(Command::new("certcheck").no_binary_name(true))
}

/// The flag that a key stands for.
pub fn flag_of(key: &str, provider: &Provider) -> String {
    match key {
        IDS => provider.id_flag.name.to_owned(),
        key => key.replace('_', "-"),
    }
}

fn dialect(provider: &Provider) -> Dialect {
    let bare = || Command::new(provider.name);
    let whole = flags(bare(), provider);
    let own = names(&(provider.arguments)(bare()));
    let way = names(&route::arguments(bare()));
    let common = names(&common_flags());
    let mut dialect = Dialect {
        names: vec![provider.name.to_owned(), provider.alias.to_owned()],
        credentials: credentials(provider),
        ..Dialect::default()
    };
    for flag in whole.get_arguments() {
        let (Some(name), Some(mut key)) = (flag.get_long(), key(flag)) else {
            continue;
        };
        let is_of = |names: &[String]| names.iter().any(|own| own == name);
        if name == provider.id_flag.name {
            key.name = IDS.to_owned();
            dialect.check.push(key);
        } else if ELSEWHERE.contains(&name) {
            continue;
        } else if is_of(&common) {
            if OF_A_CHECK.contains(&name) {
                dialect.check.push(key.clone());
            }
            if OF_AN_ACCOUNT.contains(&name) {
                dialect.account.push(key);
            }
        } else if is_of(&own) && !provider.selector_flags.contains(&name)
            || is_of(&way)
            || PLACE.contains(&name)
        {
            dialect.account.push(key);
        } else {
            dialect.check.push(key);
        }
    }
    dialect
}

fn names(command: &Command) -> Vec<String> {
    let flags = command.get_arguments().filter_map(Arg::get_long);
    flags.map(str::to_owned).collect()
}

fn key(flag: &Arg) -> Option<Key> {
    let one_of = |name: &str| {
        let names = flag.get_value_names().unwrap_or_default();
        names.iter().any(|own| own.contains(name))
    };
    let form = match flag.get_action() {
        ArgAction::Help | ArgAction::Version => return None,
        ArgAction::SetTrue | ArgAction::Count => Form::Switch,
        ArgAction::Append if one_of("=") => Form::Pairs,
        ArgAction::Append => Form::Several,
        _ if flag.get_value_hint() == ValueHint::FilePath => Form::Path,
        _ => Form::One,
    };
    Some(Key {
        name: flag.get_long()?.replace('-', "_"),
        form,
    })
}

/// The ways to say whose key is used.
fn credentials(provider: &Provider) -> Vec<String> {
    let has = |is: fn(&Place) -> bool| provider.sources().iter().any(is);
    let profile = has(|place| matches!(place, Place::Profile(_))).then_some("profile");
    let role = has(|place| matches!(place, Place::Instance(_))).then_some("instance_role");
    let ways = ["env_prefix", "file", "command"].map(Some);
    let ways = [profile, role].into_iter().chain(ways).flatten();
    ways.map(str::to_owned).collect()
}
