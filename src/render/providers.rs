//! Output of `certcheck providers`: a few lines per provider, or JSON.

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{CompactFormatter, PrettyFormatter};

use super::json::{SCHEMA_VERSION, in_json};
use super::text::{visible, wrapped};
use crate::error::Error;

/// A provider and the key that would be used.
pub struct ProviderInfo {
    /// Its command.
    pub name: &'static str,
    /// The command's long name.
    pub alias: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// The key that would be used.
    pub key: KeyInfo,
    /// Sources searched before, without a key.
    pub passed: Vec<String>,
    /// Warnings about the key.
    pub warnings: Vec<String>,
    /// The endpoint; or why it is not known, and a hint.
    pub endpoint: Result<String, (String, String)>,
    /// Required permission in words; none where no key is needed.
    pub permission: Option<&'static str>,
    /// Required permission as the vendor's policy document.
    pub policy: Option<&'static str>,
}

/// The key that would be used, without its secret.
#[derive(Debug, Default, Serialize)]
pub struct KeyInfo {
    /// `found`, `remote` (a service hands it out), `none`, `broken`, `not_needed`.
    pub state: &'static str,
    /// The beginning of its public half.
    pub id: Option<String>,
    /// Source of the key.
    pub source: Option<String>,
    /// The problem, or the service that issues the key.
    pub message: Option<String>,
    pub hint: Option<String>,
}

impl KeyInfo {
    /// The provider takes requests without a key.
    pub fn not_needed() -> KeyInfo {
        KeyInfo {
            state: "not_needed",
            message: Some("not needed".to_owned()),
            ..KeyInfo::default()
        }
    }

    /// No key, and why.
    pub fn missing(state: &'static str, error: &Error) -> KeyInfo {
        KeyInfo {
            state,
            message: Some(error.message.clone()),
            hint: Some(error.hint().to_owned()),
            ..KeyInfo::default()
        }
    }
}

#[derive(Serialize)]
struct ProviderRecord<'a> {
    name: &'a str,
    alias: &'a str,
    about: &'a str,
    key: &'a KeyInfo,
    passed: &'a [String],
    warnings: &'a [String],
    endpoint: Option<&'a str>,
    endpoint_message: Option<&'a str>,
    permission: Option<&'a str>,
    policy: Option<Value>,
}

#[derive(Serialize)]
struct ProvidersDocument<'a> {
    schema_version: u32,
    certcheck_version: &'static str,
    providers: Vec<ProviderRecord<'a>>,
}

impl<'a> From<&'a ProviderInfo> for ProviderRecord<'a> {
    fn from(shown: &'a ProviderInfo) -> ProviderRecord<'a> {
        let endpoint = shown.endpoint.as_ref();
        ProviderRecord {
            name: shown.name,
            alias: shown.alias,
            about: shown.about,
            key: &shown.key,
            passed: &shown.passed,
            warnings: &shown.warnings,
            endpoint: endpoint.ok().map(String::as_str),
            endpoint_message: endpoint.err().map(|(message, _)| message.as_str()),
            permission: shown.permission,
            policy: shown
                .policy
                .and_then(|text| serde_json::from_str(text).ok()),
        }
    }
}

/// One JSON document.
pub fn json(shown: &[ProviderInfo]) -> String {
    let document = ProvidersDocument {
        schema_version: SCHEMA_VERSION,
        certcheck_version: env!("CARGO_PKG_VERSION"),
        providers: shown.iter().map(ProviderRecord::from).collect(),
    };
    in_json(&document, PrettyFormatter::new())
}

/// One JSON object per line.
pub fn lines(shown: &[ProviderInfo]) -> String {
    let line = |shown: &ProviderInfo| in_json(&ProviderRecord::from(shown), CompactFormatter);
    shown.iter().map(line).collect()
}

/// For people, in lines of that width; only a policy stays in one line, to be copied.
pub fn text(shown: &[ProviderInfo], width: u16, utf8: bool) -> String {
    let each = shown.iter().map(|shown| one(shown, width, utf8));
    each.collect::<Vec<_>>().join("\n")
}

fn one(shown: &ProviderInfo, width: u16, utf8: bool) -> String {
    let about = format!("({}) {}", shown.alias, shown.about);
    let mut text = wrapped(&format!("{} ", shown.name), &about, width);
    let mut line = |name: &str, what: &str| {
        text.push_str(&wrapped(
            &format!("  {name:<12}"),
            &visible(what, utf8),
            width,
        ));
    };
    let key = &shown.key;
    match (&key.source, &key.id) {
        (Some(source), Some(id)) => line("key", &format!("{id}, from {source}")),
        (Some(source), None) => line("key", &format!("from {source}")),
        (None, _) => {}
    }
    for (name, said) in [("key", &key.message), ("hint", &key.hint)] {
        let name = if key.source.is_some() { "" } else { name };
        said.iter().for_each(|said| line(name, said));
    }
    // An error of a search that found nothing names them already.
    if key.state != "none" && !shown.passed.is_empty() {
        line("not in", &shown.passed.join("; "));
    }
    shown.warnings.iter().for_each(|said| line("warning", said));
    match &shown.endpoint {
        Ok(endpoint) => line("endpoint", endpoint),
        Err((message, hint)) => {
            line("endpoint", message);
            line("hint", hint);
        }
    }
    if let Some(permission) = shown.permission {
        line("permission", permission);
    }
    if let Some(policy) = shown.policy {
        text.push_str(&format!("  {:<12}{policy}\n", ""));
    }
    text
}
