//! Problems with flags as errors of a command line.

use crate::error::{Error, Kind};
use crate::flags::common::COMMON;
use crate::flags::layer::InvalidValue;
use crate::flags::{FlagRef, Shape, Source, Spec, Values};
use crate::messages::en;
use crate::model::{FlagId, FlagProblem, Spelling};

/// The reader of a message, who corrects what is named in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Who typed the command. The value may be repeated.
    CommandLine,
    /// Who wrote the config file. No value of it may be repeated.
    ConfigFile,
}

/// The names of flags, each as the place that set it spells it.
pub struct FlagNames<'a> {
    /// The provider's own flags.
    pub flags: &'a [FlagRef],
    /// The provider's name, for its variables.
    pub provider: &'a str,
    pub values: &'a Values<'a>,
    /// A value that could not be read: it is not among the others.
    pub invalid: Option<&'a InvalidValue>,
    pub audience: Audience,
}

impl<'a> FlagNames<'a> {
    /// For the reader of a command line.
    pub fn of_command_line(
        flags: &'a [FlagRef],
        provider: &'a str,
        values: &'a Values<'a>,
    ) -> FlagNames<'a> {
        FlagNames {
            flags,
            provider,
            values,
            invalid: None,
            audience: Audience::CommandLine,
        }
    }

    /// For the reader of the config file.
    pub fn of_config_file(
        flags: &'a [FlagRef],
        provider: &'a str,
        values: &'a Values<'a>,
    ) -> FlagNames<'a> {
        FlagNames {
            audience: Audience::ConfigFile,
            ..FlagNames::of_command_line(flags, provider, values)
        }
    }

    fn spec(&self, flag: FlagId) -> Option<&'static Spec> {
        let mut all = self.flags.iter().chain(COMMON);
        all.find(|known| known.spec().id() == flag)
            .map(|known| known.spec())
    }

    fn key(&self, flag: FlagId) -> String {
        let spec = self.spec(flag);
        spec.map_or_else(|| flag.0.replace('-', "_"), Spec::key)
    }

    /// Where it is set, or would be.
    fn source(&self, flag: FlagId) -> Where<'_> {
        let invalid = self.invalid.filter(|invalid| invalid.flag == flag);
        let source = invalid.map(|invalid| &invalid.source);
        match (source.or_else(|| self.values.source(flag)), self.audience) {
            (Some(Source::CommandLine), _) => Where::Typed,
            (Some(Source::Variable(name)), _) => Where::Variable(name),
            (Some(Source::Config(..)), _) => Where::File,
            (Some(Source::BuiltIn) | None, Audience::CommandLine) => Where::Typed,
            (Some(Source::BuiltIn) | None, Audience::ConfigFile) => Where::File,
        }
    }
}

enum Where<'a> {
    Typed,
    Variable(&'a str),
    File,
}

impl Spelling for FlagNames<'_> {
    fn name(&self, flag: FlagId) -> String {
        match self.source(flag) {
            Where::Typed => format!("--{}", flag.0),
            Where::Variable(name) => name.to_owned(),
            Where::File => format!("`{}`", self.key(flag)),
        }
    }

    fn set(&self, flag: FlagId, example: &str) -> String {
        let shape = self.spec(flag).map_or(Shape::One, |spec| spec.shape);
        match self.source(flag) {
            Where::Typed if shape == Shape::Switch => format!("--{}", flag.0),
            Where::Typed => format!("--{} {example}", flag.0),
            Where::Variable(name) => format!("{name}={example}"),
            Where::File => {
                let key = self.key(flag);
                match (shape, example.split_once('=')) {
                    (Shape::Switch, _) => format!("{key} = true"),
                    (Shape::Pairs, Some((name, value))) => {
                        format!("{key} = {{ {name} = \"{value}\" }}")
                    }
                    _ if example.bytes().all(|b| b.is_ascii_digit()) => {
                        format!("{key} = {example}")
                    }
                    _ => format!("{key} = \"{example}\""),
                }
            }
        }
    }

    fn variable(&self, flag: FlagId) -> Option<String> {
        let spec = self.spec(flag)?;
        let is_typed = self.audience == Audience::CommandLine;
        spec.variables_of(self.provider).next().filter(|_| is_typed)
    }

    fn value(&self, flag: FlagId) -> Option<&str> {
        if matches!(self.source(flag), Where::File) {
            return None;
        }
        match self.invalid.filter(|invalid| invalid.flag == flag) {
            Some(invalid) => Some(&invalid.text),
            None => self
                .values
                .entry(flag)?
                .texts
                .first()
                .map(|text| text.trim()),
        }
    }
}

/// The text with the name of the flag in front, where the sentence does not have it, and what to do.
pub fn message(problem: &FlagProblem, names: &FlagNames<'_>) -> en::flags::Message {
    let message = en::flags::problem(problem, names);
    let flag = match problem {
        FlagProblem::Value { flag, .. }
        | FlagProblem::Endpoint { flag, .. }
        | FlagProblem::File { flag, .. }
        | FlagProblem::SortOfStream { flag, .. }
        | FlagProblem::ProxyToLoopback { flag }
        | FlagProblem::Password { flag } => names.name(*flag),
        _ => return message,
    };
    en::flags::Message {
        text: format!("{flag}: {}", message.text),
        ..message
    }
}

/// A problem with flags of a command line.
pub fn usage_error(problem: &FlagProblem, names: &FlagNames<'_>) -> Error {
    let message = message(problem, names);
    let kind = match problem {
        FlagProblem::Endpoint { .. } | FlagProblem::File { .. } => Kind::Config,
        _ => Kind::Usage,
    };
    let error = Error::new(kind, message.text);
    let error = match message.hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    };
    let values = problem.flags().into_iter();
    let values = values.filter_map(|flag| names.value(flag));
    values.fold(error, |error, value| error.quoting(value))
}

/// A value of a command line that its reader refused.
pub fn invalid_value(invalid: &InvalidValue, flags: &[FlagRef], provider: &str) -> Error {
    let values = Values::default();
    let names = FlagNames {
        invalid: Some(invalid),
        ..FlagNames::of_command_line(flags, provider, &values)
    };
    usage_error(&invalid.problem(), &names)
}
