//! Configuration file: discovery, parsing, and validation against the schema, with positions for diagnostics.
//!
//! It knows the allowed keys ([`Schema`], a parameter), not their meaning: that is the flag's of the same name.
//! No message holds a value or a line of the file, since either can be a secret.

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

/// Content of a new config file.
pub const STARTER: &str = include_str!("starter.toml");

/// Maximum size in bytes.
pub const LARGEST: u64 = 1024 * 1024;

/// One `key = value`.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The key.
    pub key: String,
    /// Position of the key.
    pub at: Position,
    /// Type of the value.
    pub form: ValueType,
    /// The values: several for a list, none for a switch that is off.
    pub values: Vec<ConfigValue>,
}

/// A value as the flag of the same name takes it, and its position.
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
    /// The settings, in the order of the file.
    pub settings: Vec<Setting>,
    /// It has a diagnostic already; consequential problems are not reported.
    pub flawed: bool,
}

/// `[accounts.NAME]`: endpoint and credentials.
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

/// `[[checks]]`: ids and thresholds.
#[derive(Debug, Clone)]
pub struct CheckConfig {
    /// Its name.
    pub name: String,
    /// Index of its account.
    pub account: usize,
    /// The rest.
    pub section: Section,
}

/// A whole file.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// `[defaults]`: settings of every check.
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
    /// Reads a file. Returns its valid part and the diagnostics, in the order of the file.
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
