//! tccli's profiles: `~/.tccli/NAME.credential`, which Terraform reads too. Names and types are those of tccli's
//! source.
//!
//! A key of a browser's sign-in (`oauth`, `sso`) is taken while it is valid. To renew it is tccli's business.

use super::keys::{PLACES, remote};
use crate::adapters::host_part;
use crate::adapters::keys::{Found, Looked, Role, Search, Wish, find};
use crate::adapters::vendor_file::{Entry, Kept};
use crate::error::Error;
use crate::exchange::Endpoint;

const PAIR: [&str; 3] = ["secretId", "secretKey", "token"];

/// One file of a profile: `credential`, or `configure` for what is no secret.
fn kept(search: &Search<'_>, name: &str, kind: &str) -> Option<Kept> {
    let folder = search.sources.word("TENCENTCLOUD_SHARED_CREDENTIALS_DIR");
    match folder {
        Some(folder) => Some(Kept::shared(&format!("{folder}/{name}.{kind}"))),
        None => Kept::find(search.sources, &[], &format!(".tccli/{name}.{kind}")),
    }
}

/// The profile that was typed, that tccli's or Terraform's variable names, or `default`.
fn name(search: &Search<'_>) -> String {
    let variable = || {
        let names = ["TCCLI_PROFILE", "TENCENTCLOUD_PROFILE"];
        names.iter().find_map(|name| search.sources.word(name))
    };
    let typed = search.typed.profile.clone();
    typed
        .or_else(variable)
        .unwrap_or_else(|| "default".to_owned())
}

/// The key of a profile.
pub(super) fn profile(search: &Search<'_>) -> Result<Looked, Error> {
    let Some(kept) = kept(search, &name(search), "credential") else {
        return Ok(Looked::new("~/.tccli (HOME is not set)", Found::Nothing));
    };
    let Some(words) = kept.object(search.sources)? else {
        return Ok(Looked::new(kept.shown, Found::Nothing));
    };
    let entry = Entry::new(&kept, kept.shown.clone(), words, search.sources);
    let found = of_type(&entry, search)?;
    // What is wrong there is told with the key.
    settings(search)?;
    Ok(Looked::new(entry.at, found))
}

/// What a profile says of where its key is used.
#[derive(Default)]
pub(super) struct Settings {
    pub endpoint: Option<Endpoint>,
    pub region: Option<String>,
}

/// The settings of the profile that the key comes from; nothing where it comes from elsewhere.
pub(super) fn settings_of_the_key(search: &Search<'_>) -> Option<Settings> {
    let looked = find(PLACES, search, &mut Vec::new()).ok()??;
    let own = kept(search, &name(search), "credential")?;
    settings(search).ok().filter(|_| looked.at == own.shown)
}

fn settings(search: &Search<'_>) -> Result<Settings, Error> {
    let Some(kept) = kept(search, &name(search), "configure") else {
        return Ok(Settings::default());
    };
    let Some(words) = kept.object(search.sources)? else {
        return Ok(Settings::default());
    };
    let whole = Entry::new(&kept, kept.shown.clone(), words, search.sources);
    let below = |key: &str, word: &str| whole.below(key).and_then(|entry| entry.word(word));
    let in_file = |mut error: Error| {
        error.message = format!("{} (in {})", error.message, whole.at);
        error
    };
    let endpoint = below("ssl", "endpoint")
        .map(|text| Endpoint::parse(&text, false).and_then(Endpoint::bare))
        .map(|endpoint| endpoint.map_err(Error::from))
        .transpose();
    let region = below("_sys_param", "region")
        .map(|text| host_part(&text, "region"))
        .transpose();
    Ok(Settings {
        endpoint: endpoint.map_err(in_file)?,
        region: region.map_err(in_file)?,
    })
}

fn of_type(entry: &Entry<'_>, search: &Search<'_>) -> Result<Found, Error> {
    let kind = entry.word("type").unwrap_or_else(|| "default".to_owned());
    match kind.as_str() {
        "default" => {
            let Some(key) = entry.pair(PAIR, None)? else {
                return Ok(Found::Nothing);
            };
            let Some(arn) = entry.word("role-arn") else {
                return Ok(Found::Key(key));
            };
            let role = Role {
                arn,
                session: entry.word("role-session-name"),
                ..Role::default()
            };
            remote(Wish::Role { key, role }, search).map(Found::Ask)
        }
        "cvm-role" => remote(Wish::Instance { role: None }, search).map(Found::Ask),
        "oauth" | "sso" => {
            let renew = "sign in again with tccli: it renews the key";
            entry.ends("expiresAt", renew)?;
            match entry.pair(PAIR, None)? {
                Some(key) => Ok(Found::Key(key)),
                None => Err(entry.broken("it has no key yet").with_hint(renew)),
            }
        }
        other => Err(entry
            .broken(&format!("its type is {other}, which certcheck cannot use"))
            .quoting(other)
            .with_hint(
                "choose another profile with --profile, or set the variables that hold a key",
            )),
    }
}
