//! A key as an object: what a file of the user's holds, and what a helper command prints. The spellings are those of the
//! aliyun CLI's mode External and of AWS's `credential_process`, so that programs written for either do.

use std::io;
use std::path::Path;

use chrono::{DateTime, SecondsFormat, Utc};

use super::credential_chain::{CredentialSource, KeySearch, Lookup, LookupResult};
use crate::credentials::{Credential, Part, broken, pair};
use crate::error::{Error, reason};
use crate::json::{self, Json, Object};
use crate::model::timestamp::epoch_text;
use crate::unicode;

const FORM: &str = "it is to be {\"id\": \"…\", \"secret\": \"…\"}, with \"token\" and \"expiration\" where the key is a temporary one";

/// Spellings of each part, without case and underscores.
const ID: &[&str] = &["id", "accesskeyid", "secretid", "clientid"];
const SECRET: &[&str] = &[
    "secret",
    "accesskeysecret",
    "secretaccesskey",
    "secretkey",
    "clientsecret",
];
const TOKEN: &[&str] = &["token", "ststoken", "securitytoken", "sessiontoken"];
const EXPIRATION: &[&str] = &["expiration"];
const MODE: &[&str] = &["mode"];

/// The key in a file that the user made for us.
pub fn from_file(
    path: &Path,
    chain: &[CredentialSource],
    search: &KeySearch<'_>,
) -> Result<Lookup, Error> {
    let shown = format!("the key file {}", path.display());
    let hint = format!("let the file hold a key: {FORM}");
    let read = |read: io::Result<Vec<u8>>| read.map_err(|error| reason(&error));
    let bytes = search.sources.own(path, &shown, &hint, read)?;
    key(&bytes, &shown, chain, search).map_err(|error| match error.hint {
        None => error.with_hint(hint),
        Some(_) => error,
    })
}

/// The key that a helper has printed.
pub fn from_command(
    bytes: &[u8],
    program: &str,
    chain: &[CredentialSource],
    search: &KeySearch<'_>,
) -> Result<Lookup, Error> {
    let shown = format!("the output of {program}");
    key(bytes, &shown, chain, search).map_err(|error| match error.hint {
        None => error.with_hint(format!("let it print a key: {FORM}")),
        Some(_) => error,
    })
}

/// The key in a text. Its parts are learned before anything is said of them.
fn key(
    bytes: &[u8],
    shown: &str,
    chain: &[CredentialSource],
    search: &KeySearch<'_>,
) -> Result<Lookup, Error> {
    let stop = |why: &str| broken(format!("{shown} cannot be used: {why}"));
    let text = unicode::text(bytes).map_err(|error| stop(&error.why))?;
    let object = match json::parse(text.as_bytes()) {
        Ok(Json::Object(object)) => object,
        _ => return Err(stop("it is not one JSON object")),
    };
    let member = |spellings| member(&object, spellings).map_err(|why| stop(&why));
    let [id, secret, token] = [member(ID)?, member(SECRET)?, member(TOKEN)?];
    id.iter().for_each(|text| search.known.learn_id(text));
    let secrets = [&secret, &token].into_iter().flatten();
    secrets.for_each(|text| search.known.learn(text));
    // The aliyun CLI has modes whose key is only good for asking for another one.
    if let Some(mode) = member(MODE)?
        && !matches!(mode.as_str(), "AK" | "StsToken")
    {
        return Err(stop("its mode is neither AK nor StsToken"));
    }
    ended(member(EXPIRATION)?, search.sources.now).map_err(|why| stop(&why))?;
    let clean = |name: &'static str, value: Option<String>| {
        let text = value.map(|text| search.sources.clean(&format!("{name} in {shown}"), &text));
        let value = text.transpose()?.flatten();
        Ok::<_, Error>(Part { name, value })
    };
    let [id, secret, token] = [
        clean("id", id)?,
        clean("secret", secret)?,
        clean("token", token)?,
    ];
    let takes_tokens = chain
        .iter()
        .any(|source| matches!(source, CredentialSource::Token(_)));
    if let ((None, None), Some(text)) = ((&id.value, &secret.value), &token.value) {
        return if takes_tokens {
            Ok(found(shown, Credential::ready(text.as_str())))
        } else {
            Err(stop(
                "it has a token only, and this provider takes none alone",
            ))
        };
    }
    let key = pair(id, secret, token, temporary_prefix(chain)).map_err(|error| {
        let message = format!("{} (in {shown})", error.message);
        Error { message, ..error }
    })?;
    key.map(|key| found(shown, key))
        .ok_or_else(|| stop("it has no key in it"))
}

fn found(at: &str, key: Credential) -> Lookup {
    Lookup::new(at, LookupResult::Key(key))
}

/// What an object says under one of these spellings. Two of them, or one twice, are one too many.
fn member(object: &Object, spellings: &[&str]) -> Result<Option<String>, String> {
    let plain = |key: &str| key.replace('_', "").to_ascii_lowercase();
    let is_spelling = |key: &str| spellings.contains(&plain(key).as_str());
    let mut found = object.members().filter(|(key, _)| is_spelling(key));
    let Some((key, value)) = found.next() else {
        return Ok(None);
    };
    if let Some((second, _)) = found.next() {
        return Err(format!("it has {key} and {second}"));
    }
    match value {
        Json::Null => Ok(None),
        Json::Text(text) => Ok(Some(text.clone()).filter(|text| !text.trim().is_empty())),
        Json::Number(text) if spellings == EXPIRATION => Ok(Some(text.clone())),
        _ => Err(format!("{key} is not a text")),
    }
}

/// Refuses a key that has ended.
fn ended(expiration: Option<String>, now: DateTime<Utc>) -> Result<(), String> {
    let Some(text) = expiration else {
        return Ok(());
    };
    let written = DateTime::parse_from_rfc3339(text.trim()).ok();
    let end = written
        .map(|end| end.with_timezone(&Utc))
        .or_else(|| epoch_text(&text))
        .ok_or("its expiration is no moment")?;
    if end <= now {
        let end = end.to_rfc3339_opts(SecondsFormat::Secs, true);
        Err(format!("its key ended at {end}"))
    } else {
        Ok(())
    }
}

/// How ids of temporary keys of this provider begin.
fn temporary_prefix(chain: &[CredentialSource]) -> Option<&'static str> {
    chain.iter().find_map(|source| match source {
        CredentialSource::Variables(sets) | CredentialSource::VariablesFor(sets, _) => {
            sets.iter().find_map(|set| set.temporary_prefix)
        }
        _ => None,
    })
}
