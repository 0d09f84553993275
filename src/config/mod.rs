//! The configuration file: found, read, and checked against the words that are known, with the place of everything.
//!
//! It knows what a file may say, not what that means: which words there are is handed in ([`Schema`]), and what they
//! mean the flags of the same name know. No message holds a value or a line of the file, since either can be a secret.

mod credentials;
mod diagnostic;
pub mod discovery;
mod document;
mod schema;
mod section;
mod tables;

pub use credentials::{Credentials, Whose};
pub use diagnostic::{Diagnostic, Position};
pub use schema::{KeySchema, ProviderSchema, Schema, ValueType, similar};

/// What a new file says.
pub const STARTER: &str = include_str!("starter.toml");

/// No file of this kind is larger.
pub const LARGEST: u64 = 1024 * 1024;

/// One `key = value`.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The key.
    pub key: String,
    /// Where the key is.
    pub at: Position,
    /// The form of what it says.
    pub form: ValueType,
    /// What it says; a list says several, a switch that is off none.
    pub values: Vec<ConfigValue>,
}

/// A value as the flag of that name takes it, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigValue {
    /// As it would be typed.
    pub text: String,
    /// Where it begins.
    pub at: Position,
}

/// `[defaults]`, an account, or a check.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// Where it begins.
    pub at: Position,
    /// What it says, in the order of the file.
    pub settings: Vec<Setting>,
    /// Whether something of it is wrong: then what is left of it is not to be blamed for more.
    pub flawed: bool,
}

/// Where, and as whom.
#[derive(Debug, Clone)]
pub struct AccountConfig {
    /// Its name.
    pub name: String,
    /// The provider, by its own name.
    pub provider: String,
    /// Whose key is used; none is the default of the vendor's own files.
    pub credentials: Option<Credentials>,
    /// The rest.
    pub section: Section,
}

/// What is asked for, and how it is judged.
#[derive(Debug, Clone)]
pub struct CheckConfig {
    /// Its name.
    pub name: String,
    /// The place of its account among the file's.
    pub account: usize,
    /// The rest.
    pub section: Section,
}

/// A whole file.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// What holds for every check.
    pub defaults: Section,
    /// The accounts, in the order of the file.
    pub accounts: Vec<AccountConfig>,
    /// The checks, in the order of the file.
    pub checks: Vec<CheckConfig>,
    /// Checks without a name or a known account: only their values can be looked at.
    pub unplaced: Vec<Section>,
}

impl Section {
    /// The setting of that key.
    pub fn get(&self, key: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.key == key)
    }
}

impl Config {
    /// Reads a file. What is right of it comes back beside its mistakes, in the order of the file.
    pub fn read(bytes: &[u8], vocabulary: &Schema) -> (Config, Vec<Diagnostic>) {
        let document = match document::parse(bytes) {
            Ok(document) => document,
            Err(mistake) => return (Config::default(), vec![mistake]),
        };
        let (file, mut mistakes) = tables::file(&document, vocabulary);
        mistakes.sort_by_key(|mistake| mistake.at);
        (file, mistakes)
    }

    /// The account of a check.
    pub fn account_of(&self, check: &CheckConfig) -> Option<&AccountConfig> {
        self.accounts.get(check.account)
    }
}
