//! `credentials` of an account: exactly one credential source.

use super::document::{Data, KeyValue, Node};
use super::{Diagnostic, Position};

/// Credential source of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    pub at: Position,
    pub whose: Whose,
}

/// Credential sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// A profile in the vendor's own files.
    Profile(String),
    /// The role of the machine; empty for whichever it has.
    InstanceRole(String),
    /// The vendor's own variables, with that in front of their names.
    Variables(String),
    /// A file with the key.
    File(String),
    /// A program that prints the key, and its arguments.
    Command(Vec<String>),
}

const FORM: &str = "write one of { profile = \"…\" }, { env_prefix = \"…\" }, { file = \"…\" }, { command = [\"/…\"] }";

/// Reads the table. `known` are the keys that this provider has.
pub fn read(at: Position, node: &Node, known: &[String]) -> Result<Credentials, Diagnostic> {
    let wrong = |at, text: &str| Err(Diagnostic::new(at, text).with_hint(FORM));
    let Data::Table(entries) = &node.data else {
        return wrong(node.at, "`credentials` is not a table");
    };
    let strange = |entry: &&KeyValue| !known.contains(&entry.key);
    if let Some(entry) = entries.iter().find(strange) {
        let names = known.iter().map(String::as_str);
        return Err(super::section::unknown(
            entry,
            names,
            "in `credentials` here",
        ));
    }
    let [entry] = entries.as_slice() else {
        return match entries.get(1) {
            Some(second) => wrong(second.at, "`credentials` names more than one way"),
            None => wrong(node.at, "`credentials` names no way"),
        };
    };
    let text = match &entry.value.data {
        Data::Text(text) => Some(text.clone()),
        _ => None,
    };
    let full = text.clone().filter(|text| !text.trim().is_empty());
    let whose = match (entry.key.as_str(), &entry.value.data) {
        ("profile", _) => full.map(Whose::Profile),
        ("instance_role", Data::Switch(true)) => Some(Whose::InstanceRole(String::new())),
        ("instance_role", _) => full.map(Whose::InstanceRole),
        ("env_prefix", _) => text
            .filter(|text| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
            .map(Whose::Variables),
        ("file", _) => full.map(Whose::File),
        ("command", Data::List(words)) => command(words).map(Whose::Command),
        _ => None,
    };
    match whose {
        Some(whose) => Ok(Credentials { at, whose }),
        None => {
            let text = format!("`{}` {}", entry.key, wanted(&entry.key));
            Err(Diagnostic::new(entry.value.at, text))
        }
    }
}

/// Its words, if the first is an absolute path: what a bare name would run, the environment decides.
fn command(words: &[Node]) -> Option<Vec<String>> {
    let texts = words.iter().map(|word| match &word.data {
        Data::Text(text) if !text.contains('\0') => Some(text.clone()),
        _ => None,
    });
    let words: Vec<String> = texts.collect::<Option<_>>()?;
    let absolute = |word: &String| std::path::Path::new(word).is_absolute();
    words.first().is_some_and(absolute).then_some(words)
}

fn wanted(key: &str) -> &'static str {
    match key {
        "instance_role" => "is not true or the name of a role",
        "env_prefix" => {
            "is not a prefix of letters, digits and _ (or \"\" for the variables as they are)"
        }
        "file" => "is not the path of a file, in quotes",
        "command" => "must be a list of strings starting with an absolute path",
        _ => "is not a name in quotes",
    }
}
