//! One run in this process against services on loopback, in a world that knows nothing of this machine.

use std::collections::HashMap;

use certcheck::sandbox::Emulator;
use chrono::Utc;
use serde_json::Value;

use crate::support::sandbox::{good, other};
use crate::support::world::FakeWorld;

/// Two ids that the sandbox knows, both valid; the first one meets the fault.
pub fn ids(service: &'static Emulator) -> [&'static str; 2] {
    [other(service), good(service)]
}

/// The variables that hold the sandbox's keys for a service; perhaps with another secret.
pub fn keys(service: &'static Emulator, secret: Option<&str>) -> HashMap<String, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let mut variables: HashMap<String, String> = service.credentials().iter().map(owned).collect();
    if let Some(wrong) = secret {
        let secrets = ["SECRET_KEY", "KEY_SECRET", "CLIENT_SECRET", "_SK"];
        let is_secret = |name: &&String| secrets.iter().any(|end| name.ends_with(end));
        let name = variables.keys().find(is_secret).expect("a secret").clone();
        variables.insert(name, wrong.to_owned());
    }
    variables
}

/// Runs a command line; its exit code and what it prints.
pub fn certcheck(words: &[&str], variables: HashMap<String, String>) -> (u8, String) {
    let world = FakeWorld {
        clock: Utc::now,
        ..FakeWorld::default()
    };
    let output = world.variables(variables).run_args(words);
    (output.code, output.stdout)
}

/// Asks for both ids and returns the report.
pub fn report(
    service: &'static Emulator,
    endpoint: &str,
    secret: Option<&str>,
    more: &[&str],
) -> Value {
    let (flag, place): (&str, &[&str]) = match service.name {
        "pbx" => ("--base-url", &[]),
        "esa" => ("--endpoint", &["--site-id", "1234567890123"]),
        _ => ("--endpoint", &[]),
    };
    let [hit, fine] = ids(service);
    let name = service.name;
    let typed = [
        name,
        "--json",
        "--no-listing",
        "--retries",
        "1",
        flag,
        endpoint,
        "--id",
        hit,
        "--id",
        fine,
    ];
    let words = [&typed, place, more].concat();
    let (_, text) = certcheck(&words, keys(service, secret));
    serde_json::from_str(&text).expect("a report")
}
