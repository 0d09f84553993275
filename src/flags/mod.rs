//! Every flag once: its names, its variable, its key in the config file, where it may stand, its reader, its help.
//!
//! `common` holds the flags of every command, `connection` those of every provider, a provider's descriptor its own.
//! clap's tree (`clap_args`), the keys of the config file and the page of `docs/` are made from these constants. A
//! `layer` is what one place says, each value read by its own reader; `Values` is what counts where several places say
//! something.

pub mod clap_args;
pub mod common;
pub mod connection;
pub mod layer;
pub mod readers;
#[cfg(feature = "sandbox")]
pub mod sandbox;

use std::any::Any;
use std::rc::Rc;

use crate::model::{Expected, FlagId};

pub use layer::{FlagValue, Layer, Source, Values};

/// A flag whose value is a `T`.
pub struct Flag<T: 'static> {
    pub spec: Spec,
    /// Reads one value as it is written.
    pub read: fn(&str) -> Result<T, Expected>,
}

/// A flag without the type of its value.
pub type FlagRef = &'static (dyn AnyFlag + Sync);

/// What all flags have in common.
pub trait AnyFlag {
    fn spec(&self) -> &Spec;
    /// Reads one value.
    fn value(&self, text: &str) -> Result<Rc<dyn Any>, Expected>;
}

impl<T: 'static> AnyFlag for Flag<T> {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn value(&self, text: &str) -> Result<Rc<dyn Any>, Expected> {
        Ok(Rc::new((self.read)(text)?))
    }
}

impl<T: 'static> Flag<T> {
    pub const fn id(&self) -> FlagId {
        FlagId(self.spec.name)
    }

    /// As it is typed: `--warn`.
    pub fn long(&self) -> String {
        format!("--{}", self.spec.name)
    }
}

/// The shape of what a flag takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Nothing; the config file says true or false.
    Switch,
    /// Nothing, several times: `-vv`.
    Count,
    One,
    /// A path; in the config file a relative one begins at the folder of the file.
    Path,
    /// A value behind `=`, or none.
    Optional,
    /// Several times.
    Repeated,
    /// Several times, and several in one word, with commas between.
    List,
    /// Several times, each `KEY=VALUE`; a table in the config file.
    Pairs,
}

/// A table of the config file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigTable {
    Defaults,
    Account,
    Check,
}

/// A flag as data.
#[derive(Clone, Copy)]
pub struct Spec {
    /// The long name.
    pub name: &'static str,
    pub short: Option<char>,
    /// Another long name.
    pub alias: Option<&'static str>,
    pub shape: Shape,
    /// The placeholder of its value in the help.
    pub value_name: &'static str,
    /// A value may begin with `-`.
    pub hyphen: bool,
    /// Variables that stand in for it, the first one first; `<PROVIDER>` is the name of the provider in capitals.
    pub variables: &'static [&'static str],
    /// Where the config file may have it.
    pub sections: &'static [ConfigTable],
    /// Its key there, if it is not the long name with `_` for `-`.
    pub key: Option<&'static str>,
    /// Names of flags that exclude it.
    pub conflicts: &'static [&'static str],
    /// It says where requests go, or how: with saved answers its variable plays no part.
    pub for_requests: bool,
    /// It chooses the host: on a command line it wins over the variable for the endpoint.
    pub chooses_host: bool,
    /// The default, as it would be written.
    pub default: &'static str,
    /// What the default means.
    pub default_means: &'static str,
    pub help: &'static str,
    /// The words that it can be, behind the help.
    pub words: Option<fn() -> String>,
    /// The words that clap offers in the help and to a shell.
    pub choices: &'static [&'static str],
}

impl Spec {
    /// A flag with one value.
    pub const fn one(name: &'static str, value_name: &'static str, help: &'static str) -> Spec {
        Spec {
            name,
            short: None,
            alias: None,
            shape: Shape::One,
            value_name,
            hyphen: false,
            variables: &[],
            sections: &[],
            key: None,
            conflicts: &[],
            for_requests: false,
            chooses_host: false,
            default: "",
            default_means: "",
            help,
            words: None,
            choices: &[],
        }
    }

    /// A flag without a value.
    pub const fn switch(name: &'static str, help: &'static str) -> Spec {
        Spec {
            shape: Shape::Switch,
            ..Spec::one(name, "", help)
        }
    }

    pub fn id(&self) -> FlagId {
        FlagId(self.name)
    }

    /// Its key in the config file.
    pub fn key(&self) -> String {
        match self.key {
            Some(key) => key.to_owned(),
            None => self.name.replace('-', "_"),
        }
    }

    /// Its variables, for that provider.
    pub fn variables_of(&self, provider: &str) -> impl Iterator<Item = String> {
        let provider = provider.to_ascii_uppercase();
        let names = self.variables.iter();
        names.map(move |name| name.replace("<PROVIDER>", &provider))
    }

    /// The help with what can be said of every flag: the words, the variable, the default.
    pub fn help_text(&self) -> String {
        let mut text = self.help.to_owned();
        if let Some(words) = self.words {
            text.push_str(": ");
            text.push_str(&words());
        }
        if !self.variables.is_empty() {
            text.push_str(&format!(" (or {})", self.variables.join(", ")));
        }
        match (self.default, self.default_means) {
            ("", _) => {}
            (default, "") => text.push_str(&format!(" [default: {default}]")),
            (default, means) => text.push_str(&format!(" [default: {default}: {means}]")),
        }
        text
    }
}
