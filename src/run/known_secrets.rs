//! Secrets that are known before a key is looked for: those of the environment, and passwords of proxies.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;

use super::key_finder::LARGEST;
use crate::adapters::REGISTRY;
use crate::plan::Plan;
use crate::redact::KnownSecrets;
use crate::world::World;

/// The secrets that stand in the environment, of whatever provider, and the passwords of proxies: who types `$SECRET_KEY`
/// in a wrong place must not read it again in the mail that cron sends, and a proxy answers in the name of any service.
pub fn secrets(variables: &HashMap<String, String>) -> KnownSecrets {
    let known = KnownSecrets::default();
    for (value, is_secret) in key_variables(variables, "") {
        if is_secret {
            known.learn(value)
        } else {
            known.learn_id(value)
        }
    }
    // HTTPS_PROXY, all_proxy, CERTCHECK_PBX_PROXY and their like.
    let proxies = variables
        .iter()
        .filter(|(name, _)| name.to_ascii_uppercase().ends_with("_PROXY"));
    proxies.for_each(|(_, url)| known.learn_proxy(url));
    known
}

/// The same, and those in the files that the environment names. A pipe is left to whoever looks for the key: it can be
/// read only once.
pub fn secrets_in_files(world: &World) -> KnownSecrets {
    let known = secrets(&world.context.variables);
    for (path, is_secret) in key_variables(&world.context.variables, "_FILE") {
        let path = Path::new(path);
        if !(world.context.is_regular)(path) {
            continue;
        }
        let mut text = String::new();
        let read = (world.context.read_file)(path, LARGEST);
        // Why it cannot be read is told where its key is needed.
        if read.is_ok_and(|mut file| file.read_to_string(&mut text).is_ok()) {
            if is_secret {
                known.learn(&text)
            } else {
                known.learn_id(&text)
            }
        }
    }
    known
}

/// What these variables say that keys of the providers stand in, and whether it is their secret half. An account of the
/// config file has its own text before the name.
fn key_variables<'a>(
    variables: &'a HashMap<String, String>,
    behind: &'static str,
) -> impl Iterator<Item = (&'a str, bool)> {
    let places = REGISTRY.iter().flat_map(|provider| provider.sources());
    let names = places.flat_map(|place| {
        let secrets = place.secrets().map(|name| (name, true));
        secrets.chain(place.ids().map(|name| (name, false)))
    });
    names.flat_map(move |(name, is_secret)| {
        let is_named = move |own: &str| {
            own.strip_suffix(behind)
                .is_some_and(|own| own.ends_with(name))
        };
        let named = variables.iter().filter(move |(own, _)| is_named(own));
        named.map(move |(_, value)| (value.trim(), is_secret))
    })
}

/// The passwords of the proxies that were asked for.
pub fn learn_proxies<'a>(plans: impl IntoIterator<Item = &'a Plan>, known: &KnownSecrets) {
    let urls = plans
        .into_iter()
        .filter_map(|plan| plan.connection.proxy.as_ref());
    urls.for_each(|url| known.learn_proxy(url));
}
