//! The words that a file may use, and where. They are handed in: the flags of the commands are the source.

use super::Position;
use super::document::{Data, Node};
use super::{ConfigValue, Diagnostic};

/// The form of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// A text or a number.
    One,
    /// A list of them, or one.
    Several,
    /// `true` or `false`.
    Switch,
    /// A path; one that is relative begins at the file's own folder.
    Path,
    /// A table, each line of it `KEY=VALUE` when it is typed.
    Pairs,
}

/// A key and the form of its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySchema {
    /// The key.
    pub name: String,
    /// The form of its value.
    pub form: ValueType,
}

/// The words of a provider.
#[derive(Debug, Clone, Default)]
pub struct ProviderSchema {
    /// Its names, its own first.
    pub names: Vec<String>,
    /// What an account says.
    pub account: Vec<KeySchema>,
    /// What a check says.
    pub check: Vec<KeySchema>,
    /// What `credentials` can name.
    pub credentials: Vec<String>,
}

/// All words.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    /// What `[defaults]` says.
    pub defaults: Vec<KeySchema>,
    /// The providers.
    pub dialects: Vec<ProviderSchema>,
}

impl Schema {
    /// The provider of that name.
    pub fn dialect(&self, name: &str) -> Option<&ProviderSchema> {
        let named = |dialect: &&ProviderSchema| dialect.names.iter().any(|own| own == name);
        self.dialects.iter().find(named)
    }
}

/// The one of these names that was probably meant.
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
    /// A value as the flag of that name takes it: several for a list, and nothing for a switch that is off.
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
