//! Schema: the keys that each table may have. It is a parameter; the flags of the commands are its source.

use super::Position;
use super::document::{Data, Node};
use super::{ConfigValue, Diagnostic};

/// Type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// A string or a number.
    One,
    /// A list of strings or numbers, or one.
    Several,
    /// `true` or `false`.
    Switch,
    /// A path, relative to the folder of the config file.
    Path,
    /// A table; each entry is `KEY=VALUE` on the command line.
    Pairs,
}

/// A key and the type of its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySchema {
    pub name: String,
    pub form: ValueType,
}

/// Schema of a provider's accounts and checks.
#[derive(Debug, Clone, Default)]
pub struct ProviderSchema {
    /// Names; the canonical one first.
    pub names: Vec<String>,
    /// Keys of an account.
    pub account: Vec<KeySchema>,
    /// Keys of a check.
    pub check: Vec<KeySchema>,
    /// Keys of `credentials`.
    pub credentials: Vec<String>,
}

/// Schema of the config file.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    /// Keys of `[defaults]`.
    pub defaults: Vec<KeySchema>,
    pub dialects: Vec<ProviderSchema>,
}

impl Schema {
    pub fn dialect(&self, name: &str) -> Option<&ProviderSchema> {
        let named = |dialect: &&ProviderSchema| dialect.names.iter().any(|own| own == name);
        self.dialects.iter().find(named)
    }
}

/// The most similar name, for "did you mean".
pub fn similar<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = word.to_ascii_lowercase();
    let likely = |name: &'a str| (strsim::jaro(&folded, name), name);
    names
        .into_iter()
        .map(likely)
        // What clap suggests a flag by.
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}

impl ValueType {
    /// Values as the flag of the same name takes them: several for a list, none for a switch that is off.
    pub fn read(self, key: &str, node: &Node) -> Result<Vec<ConfigValue>, Diagnostic> {
        let wrong = |at: Position| Diagnostic::new(at, format!("`{key}` is not {}", self.wanted()));
        match (self, &node.data) {
            (ValueType::Switch, Data::Switch(true)) => Ok(vec![ConfigValue {
                text: String::new(),
                at: node.at,
            }]),
            (ValueType::Switch, Data::Switch(false)) => Ok(Vec::new()),
            (ValueType::Several, Data::List(list)) => list
                .iter()
                .map(|node| scalar(node).ok_or_else(|| wrong(node.at)))
                .collect(),
            (ValueType::Pairs, Data::Table(entries)) => entries
                .iter()
                .map(|entry| match &entry.value.data {
                    Data::Text(text) => Ok(ConfigValue {
                        text: format!("{}={text}", entry.key),
                        at: entry.at,
                    }),
                    _ => Err(wrong(entry.value.at)),
                })
                .collect(),
            (ValueType::One | ValueType::Several, _) => {
                let value = scalar(node).ok_or_else(|| wrong(node.at))?;
                Ok(vec![value])
            }
            (ValueType::Path, Data::Text(text)) => Ok(vec![ConfigValue {
                text: text.clone(),
                at: node.at,
            }]),
            _ => Err(wrong(node.at)),
        }
    }

    fn wanted(self) -> &'static str {
        match self {
            ValueType::One => "one text or number",
            ValueType::Several => "a list of texts, or one",
            ValueType::Switch => "true or false",
            ValueType::Path => "a path in quotes",
            ValueType::Pairs => "a table of texts, such as { PENDING = \"ok\" }",
        }
    }
}

fn scalar(node: &Node) -> Option<ConfigValue> {
    match &node.data {
        Data::Text(text) | Data::Scalar(text) => Some(ConfigValue {
            text: text.clone(),
            at: node.at,
        }),
        _ => None,
    }
}
