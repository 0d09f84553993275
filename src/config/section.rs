//! Reads one table of a config file against its schema.

use super::document::{Data, KeyValue, Node};
use super::schema::{KeySchema, similar};
use super::{Diagnostic, Position, Schema, Section, Setting};

/// Kind of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// Outside of all tables.
    Top,
    /// `[defaults]`
    Defaults,
    /// `[accounts.NAME]`
    Account,
    /// `[[checks]]`
    Check,
}

impl TableKind {
    fn words(self) -> &'static str {
        match self {
            TableKind::Top => "outside of [defaults], [accounts.NAME] and [[checks]]",
            TableKind::Defaults => "in [defaults]",
            TableKind::Account => "in an account",
            TableKind::Check => "in a check",
        }
    }
}

/// Allowed keys of a table.
pub struct TableSchema<'a> {
    pub place: TableKind,
    /// Keys of settings.
    pub keys: &'a [KeySchema],
    /// Keys that are read separately.
    pub own: &'a [&'a str],
}

/// Reads tables and collects diagnostics.
pub struct SchemaReader<'a> {
    pub vocabulary: &'a Schema,
    /// Diagnostics so far.
    pub mistakes: Vec<Diagnostic>,
}

impl SchemaReader<'_> {
    /// Keeps a mistake.
    pub fn mistake(&mut self, at: Position, text: impl Into<String>) {
        self.mistakes.push(Diagnostic::new(at, text));
    }

    /// The value, or nothing and a mistake more.
    pub fn kept<T>(&mut self, read: Result<T, Diagnostic>) -> Option<T> {
        read.map_err(|mistake| self.mistakes.push(mistake)).ok()
    }

    /// The entries of a table.
    pub fn table<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [KeyValue]> {
        self.kept(match &node.data {
            Data::Table(entries) => Ok(entries.as_slice()),
            _ => Err(Diagnostic::new(node.at, format!("{what} is not a table"))),
        })
    }

    /// The settings of a table.
    pub fn section(
        &mut self,
        at: Position,
        entries: &[KeyValue],
        known: &TableSchema<'_>,
    ) -> Section {
        let mut settings = Vec::new();
        for entry in entries {
            if known.own.contains(&entry.key.as_str()) {
                continue;
            }
            let Some(key) = known.keys.iter().find(|key| key.name == entry.key) else {
                let mistake = self.strange(entry, known);
                self.mistakes.push(mistake);
                continue;
            };
            let Some(values) = self.kept(key.form.read(&key.name, &entry.value)) else {
                continue;
            };
            // One that says nothing stays too: it beats what stands below.
            settings.push(Setting {
                key: key.name.clone(),
                at: entry.at,
                form: key.form,
                values,
            });
        }
        Section {
            at,
            settings,
            flawed: false,
        }
    }

    /// A required string.
    pub fn word(
        &mut self,
        at: Position,
        entries: &[KeyValue],
        key: &str,
    ) -> Option<(String, Position)> {
        let entry = entries.iter().find(|entry| entry.key == key);
        self.kept(
            match entry.map(|entry| (&entry.value.data, entry.value.at)) {
                None => Err(Diagnostic::new(at, format!("`{key}` is missing"))),
                Some((Data::Text(text), at)) if !text.trim().is_empty() => {
                    Ok((text.trim().to_owned(), at))
                }
                Some((_, at)) => Err(Diagnostic::new(
                    at,
                    format!("`{key}` is not a name in quotes"),
                )),
            },
        )
    }

    /// Diagnostic for a key that is not allowed here, but perhaps elsewhere.
    pub fn strange(&self, entry: &KeyValue, known: &TableSchema<'_>) -> Diagnostic {
        let (defaults, dialects) = (&self.vocabulary.defaults, &self.vocabulary.dialects);
        let has = |keys: &[KeySchema]| keys.iter().any(|key| key.name == entry.key);
        let is = |names: &[&str]| names.contains(&entry.key.as_str());
        let account = is(&["provider", "credentials"])
            || dialects.iter().any(|dialect| has(&dialect.account));
        let check = is(&["account"]) || dialects.iter().any(|dialect| has(&dialect.check));
        let owners = [
            (TableKind::Account, account, "an account"),
            (TableKind::Check, check, "a check"),
            (TableKind::Defaults, has(defaults), "[defaults]"),
        ];
        let elsewhere = |(place, has, _): &(TableKind, bool, &str)| *has && *place != known.place;
        let (key, there) = (&entry.key, known.place.words());
        match owners.into_iter().find(elsewhere) {
            Some((_, _, owner)) => {
                let text = format!("`{key}` is not allowed {there}; move it to {owner}");
                Diagnostic::new(entry.at, text)
            }
            // It is known there, but to other providers.
            None if has(defaults) || account || check => {
                let text = format!("`{key}` is not known {there} of this provider");
                Diagnostic::new(entry.at, text)
            }
            None if names_a_secret(key) => {
                Diagnostic::new(entry.at, NO_SECRETS).with_hint(NO_SECRETS_HINT)
            }
            None => {
                let keys = known.keys.iter().map(|key| key.name.as_str());
                unknown(entry, keys.chain(known.own.iter().copied()), there)
            }
        }
    }
}

const NO_SECRETS: &str = "secrets do not go into this file";
const NO_SECRETS_HINT: &str =
    "use credentials = { profile | env_prefix | file | command | instance_role }";

/// Parts of a name that marks a secret.
const SECRET_NAMES: [&str; 11] = [
    "secret",
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "token",
    "accesskey",
    "apikey",
    "privatekey",
    "keyid",
    "credential",
];

/// True for a key such as `secret_access_key`, in whichever spelling.
fn names_a_secret(key: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.chars().all(is_name) {
        return false;
    }
    let letters = key.chars().filter(|c| c.is_ascii_alphanumeric());
    let name: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    SECRET_NAMES.iter().any(|part| name.contains(part)) || ["ak", "sk"].contains(&name.as_str())
}

/// Diagnostic for a key that no table has.
pub fn unknown<'a>(
    entry: &KeyValue,
    names: impl IntoIterator<Item = &'a str>,
    there: &str,
) -> Diagnostic {
    // The key itself may be a value that was put into the wrong place.
    let text = match similar(&entry.key, names) {
        Some(name) => format!("unknown key {there}; did you mean `{name}`?"),
        None => format!("unknown key {there}"),
    };
    Diagnostic::new(entry.at, text)
}
