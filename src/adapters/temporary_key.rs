//! Shared by the services that issue temporary keys: the request parameters of a role, and the key in a response.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::credential_chain::Role;
use super::response_body;
use crate::credentials::{Credential, Temporary};
use crate::error::Error;
use crate::exchange::Response;
use crate::json::{Json, Object, parse};
use crate::model::timestamp::epoch_text;
use crate::redact::KnownSecrets;

/// Parts of the names of objects and fields that hold a key.
const SECRET: [&str; 5] = ["credential", "secret", "token", "private", "password"];
/// No part of a key is shorter.
const SHORTEST: usize = 8;

/// The request parameters of a role, with the names that both vendors use.
pub fn parameters(role: &Role) -> Vec<(&'static str, Cow<'_, str>)> {
    let session = role.session.as_deref().unwrap_or("certcheck");
    let seconds = role.seconds.map(|seconds| seconds.to_string().into());
    let policy = role.policy.as_deref().map(Cow::from);
    let external_id = role.external_id.as_deref().map(Cow::from);
    let optional = [
        ("DurationSeconds", seconds),
        ("Policy", policy),
        ("ExternalId", external_id),
    ];
    let given = optional
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    [
        ("RoleArn", role.arn.as_str().into()),
        ("RoleSessionName", session.into()),
    ]
    .into_iter()
    .chain(given)
    .collect()
}

/// Registers every secret in a response, before any of its text is used: an error response can hold a key too.
pub fn learn(response: &Response, known: &KnownSecrets) {
    if let Ok(answer) = parse(&response.body) {
        learn_within(&answer, false, known);
    }
}

/// `named` says whether a name around it calls it a key.
fn learn_within(json: &Json, named: bool, known: &KnownSecrets) {
    match json {
        Json::Object(object) => {
            for (name, value) in object.members() {
                let name = name.replace(['_', '-'], "").to_ascii_lowercase();
                let secret = SECRET.iter().any(|part| name.contains(part));
                match value.scalar() {
                    Some(id) if name.ends_with("id") && (named || secret) => known.learn_id(&id),
                    Some(_) if name.starts_with("expir") => {}
                    _ => learn_within(value, named || secret, known),
                }
            }
        }
        Json::Array(list) => list
            .iter()
            .for_each(|json| learn_within(json, named, known)),
        json => {
            // A shorter text is not a secret, such as the type of a key.
            let text = json.scalar().filter(|text| named && text.len() >= SHORTEST);
            text.iter().for_each(|text| known.learn(text));
        }
    }
}

/// The key in an object, under the names of its id, its secret and its token; none of them may be missing. It is
/// learned at once, so that nothing that is said of the answer can repeat it.
pub fn key(
    object: &Object,
    names: [&str; 3],
    expires: Option<DateTime<Utc>>,
    known: &KnownSecrets,
) -> Result<Temporary, Error> {
    let [id, secret, token] = names.map(|name| object.text(name));
    [&secret, &token]
        .into_iter()
        .flatten()
        .for_each(|text| known.learn(text));
    id.iter().for_each(|text| known.learn_id(text));
    match (id, secret, token) {
        (Some(id), Some(secret), Some(token)) => Ok(Temporary {
            credential: Credential::new(id, secret, Some(token)),
            expires,
        }),
        _ => {
            let what = format!("a key without one of {}", names.join(", "));
            Err(response_body::wrong_shape(&what))
        }
    }
}

/// When a key stops being good: `2026-11-22T09:00:00Z`, with a fraction or without, or Unix seconds. What cannot be
/// read is no reason to refuse the key: it is only not renewed.
pub fn moment(object: &Object, name: &str) -> Option<DateTime<Utc>> {
    let text = object.text(name)?;
    let written = DateTime::parse_from_rfc3339(&text).ok();
    written
        .map(|moment| moment.with_timezone(&Utc))
        .or_else(|| epoch_text(&text))
}
