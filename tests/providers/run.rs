//! Runs the command of a provider in a world made for it.

use certcheck::adapters::Provider;
use certcheck::model::timestamp::Zone;
use certcheck::model::{Facts, ProviderState};
use serde_json::Value;

use crate::support::world::{FakeWorld, Output};

/// Of each certificate its scope, id and status.
pub fn rows(output: &Output) -> Vec<String> {
    members(output, "certificates", &["scope", "id", "status"])
}

/// Of each error its scope, id, kind and message.
pub fn errors(output: &Output) -> Vec<String> {
    members(output, "errors", &["scope", "id", "kind", "message"])
}

fn members(output: &Output, list: &str, keys: &[&str]) -> Vec<String> {
    let json = output.json();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let members = json[list].as_array().expect("a list").iter();
    members
        .map(|member| {
            let texts: Vec<String> = keys.iter().map(|key| text(&member[key])).collect();
            texts.join(" ")
        })
        .collect()
}

/// Runs the command of a provider.
pub fn run(provider: &'static Provider, arguments: &[&str], world: &FakeWorld) -> Output {
    world.run_by(arguments, |arguments, world| {
        certcheck::run_provider(provider, arguments, world)
    })
}

/// A certificate that ends at that time, in RFC 3339.
pub fn ends(id: &str, end: &str) -> Facts {
    Facts {
        id: Some(id.to_owned()),
        word: ProviderState::ByDate,
        not_after: Zone::utc().read(end),
        ..Facts::default()
    }
}
