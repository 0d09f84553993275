//! tccli's profiles: `~/.tccli/NAME.credential`, which Terraform reads too. Names and types are those of tccli's
//! source.
//!
//! A key of a browser's sign-in (`oauth`, `sso`) is taken while it is valid. To renew it is tccli's business.

use super::credential_sources::{SOURCES, issuer};
use crate::adapters::credential_chain::{
    KeySearch, Lookup, LookupResult, Role, TemporaryKeyRequest, find,
};
use crate::adapters::host_part;
use crate::adapters::vendor_file::{Profile, VendorFile};
use crate::error::Error;
use crate::exchange::Endpoint;

const PAIR: [&str; 3] = ["secretId", "secretKey", "token"];

/// One file of a profile: `credential`, or `configure` for what is no secret.
fn file(search: &KeySearch<'_>, name: &str, kind: &str) -> Option<VendorFile> {
    let folder = search.sources.word("TENCENTCLOUD_SHARED_CREDENTIALS_DIR");
    match folder {
        Some(folder) => Some(VendorFile::shared(&format!("{folder}/{name}.{kind}"))),
        None => VendorFile::find(search.sources, &[], &format!(".tccli/{name}.{kind}")),
    }
}

/// The profile that was typed, that tccli's or Terraform's variable names, or `default`.
fn name(search: &KeySearch<'_>) -> String {
    let variable = || {
        let names = ["TCCLI_PROFILE", "TENCENTCLOUD_PROFILE"];
        names.iter().find_map(|name| search.sources.word(name))
    };
    let typed = search.sign_in.profile.clone();
    typed
        .or_else(variable)
        .unwrap_or_else(|| "default".to_owned())
}

/// The key of a profile.
pub(super) fn profile(search: &KeySearch<'_>) -> Result<Lookup, Error> {
    let Some(file) = file(search, &name(search), "credential") else {
        return Ok(Lookup::new(
            "~/.tccli (HOME is not set)",
            LookupResult::Nothing,
        ));
    };
    let Some(fields) = file.object(search.sources)? else {
        return Ok(Lookup::new(file.shown, LookupResult::Nothing));
    };
    let profile = Profile::new(&file, file.shown.clone(), fields, search.sources);
    let found = of_type(&profile, search)?;
    // What is wrong there is told with the key.
    settings(search)?;
    Ok(Lookup::new(profile.at, found))
}

/// What a profile says of where its key is used.
#[derive(Default)]
pub(super) struct TccliSettings {
    pub endpoint: Option<Endpoint>,
    pub region: Option<String>,
}

/// The settings of the profile that the key comes from; nothing where it comes from elsewhere.
pub(super) fn settings_of_the_key(search: &KeySearch<'_>) -> Option<TccliSettings> {
    let looked = find(SOURCES, search, &mut Vec::new()).ok()??;
    let own = file(search, &name(search), "credential")?;
    settings(search).ok().filter(|_| looked.at == own.shown)
}

fn settings(search: &KeySearch<'_>) -> Result<TccliSettings, Error> {
    let Some(file) = file(search, &name(search), "configure") else {
        return Ok(TccliSettings::default());
    };
    let Some(fields) = file.object(search.sources)? else {
        return Ok(TccliSettings::default());
    };
    let whole = Profile::new(&file, file.shown.clone(), fields, search.sources);
    let nested = |key: &str, word: &str| whole.nested(key).and_then(|profile| profile.get(word));
    let in_file = |mut error: Error| {
        error.message = format!("{} (in {})", error.message, whole.at);
        error
    };
    let endpoint = nested("ssl", "endpoint")
        .map(|text| Endpoint::parse(&text, false).and_then(Endpoint::bare))
        .map(|endpoint| endpoint.map_err(Error::from))
        .transpose();
    let region = nested("_sys_param", "region")
        .map(|text| host_part(&text, "region"))
        .transpose();
    Ok(TccliSettings {
        endpoint: endpoint.map_err(in_file)?,
        region: region.map_err(in_file)?,
    })
}

fn of_type(profile: &Profile<'_>, search: &KeySearch<'_>) -> Result<LookupResult, Error> {
    let kind = profile.get("type").unwrap_or_else(|| "default".to_owned());
    match kind.as_str() {
        "default" => {
            let Some(key) = profile.pair(PAIR, None)? else {
                return Ok(LookupResult::Nothing);
            };
            let Some(arn) = profile.get("role-arn") else {
                return Ok(LookupResult::Key(key));
            };
            let role = Role {
                arn,
                session: profile.get("role-session-name"),
                ..Role::default()
            };
            issuer(TemporaryKeyRequest::Role { key, role }, search).map(LookupResult::Issuer)
        }
        "cvm-role" => {
            issuer(TemporaryKeyRequest::Instance { role: None }, search).map(LookupResult::Issuer)
        }
        "oauth" | "sso" => {
            let renew = "sign in again with tccli: it renews the key";
            profile.expiry("expiresAt", renew)?;
            match profile.pair(PAIR, None)? {
                Some(key) => Ok(LookupResult::Key(key)),
                None => Err(profile.broken("it has no key yet").with_hint(renew)),
            }
        }
        other => Err(profile
            .broken(&format!("its type is {other}, which certcheck cannot use"))
            .quoting(other)
            .with_hint(
                "choose another profile with --profile, or set the variables that hold a key",
            )),
    }
}
