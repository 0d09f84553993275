//! The tables of the config file as layers of flags: each value is read by its flag's own reader, at its own position.

use std::rc::Rc;

use crate::adapters::Provider;
use crate::config::{Diagnostic, Position, Section, Setting, ValueType};
use crate::flags::common::COMMON;
use crate::flags::{ConfigTable, FlagRef, FlagValue, Layer, Source, Values};
use crate::model::{FlagId, FlagProblem};
use crate::plan::usage_error::{FlagNames, message};

/// A table, read: what is right of it, and the flags that are not.
#[derive(Default)]
pub struct TableReader {
    pub layer: Layer,
    pub mistakes: Vec<Diagnostic>,
    invalid: Vec<FlagId>,
}

/// A table that was read. The layer holds the values that are right.
#[derive(Clone)]
pub struct ReadTable {
    pub layer: Rc<Layer>,
    pub invalid: Vec<FlagId>,
    pub is_right: bool,
}

/// The flags that a table may set, and how a path in it is resolved.
pub struct TableFlags<'a> {
    pub table: ConfigTable,
    pub provider: Option<&'static Provider>,
    pub resolve: &'a dyn Fn(&str) -> String,
}

impl TableReader {
    /// Reads every setting, and collects every mistake.
    pub fn read(section: &Section, known: &TableFlags<'_>) -> TableReader {
        let own = known.provider.map(Provider::all_flags).unwrap_or_default();
        let mut reader = TableReader::default();
        for setting in &section.settings {
            let mut flags = COMMON.iter().chain(&own);
            if let Some(flag) = flags.find(|flag| flag.spec().key() == setting.key) {
                reader.setting(setting, *flag, known);
            }
        }
        reader.conflicts();
        reader
    }

    fn setting(&mut self, setting: &Setting, flag: FlagRef, known: &TableFlags<'_>) {
        let texts: Vec<String> = match setting.form {
            ValueType::Switch => vec![(!setting.values.is_empty()).to_string()],
            ValueType::Path => texts(setting).map(known.resolve).collect(),
            ValueType::One | ValueType::Several | ValueType::Pairs => {
                texts(setting).map(str::to_owned).collect()
            }
        };
        let is_list = matches!(setting.form, ValueType::Several | ValueType::Pairs);
        let source = Source::Config(known.table, setting.at);
        match FlagValue::read_all(flag, texts, source) {
            Ok(value) => self.layer.push(value),
            Err(wrong) => {
                self.invalid.push(flag.spec().id());
                for invalid in wrong {
                    let value = setting.values.get(invalid.index).filter(|_| is_list);
                    let at = value.map_or(setting.at, |value| value.at);
                    let (flags, values) = ([flag], Values::default());
                    let names = FlagNames {
                        invalid: Some(&invalid),
                        ..FlagNames::of_config_file(&flags, "", &values)
                    };
                    self.mistakes.push(mistake(at, &invalid.problem(), &names));
                }
            }
        }
    }

    /// Flags of one table that exclude each other.
    fn conflicts(&mut self) {
        let is_on = |value: &&FlagValue| value.texts.first().is_some_and(|text| text != "false");
        let values = self.layer.entries().iter().filter(is_on);
        let values: Vec<&FlagValue> = values.collect();
        for value in &values {
            let excluded = |other: &&&FlagValue| {
                let name = other.spec().name;
                value.spec().conflicts.contains(&name)
            };
            if let Some(other) = values.iter().find(excluded) {
                let problem = FlagProblem::Conflict {
                    flag: value.spec().id(),
                    other: other.spec().id(),
                };
                let layers = Values::new([&self.layer]);
                let names = FlagNames::of_config_file(&[], "", &layers);
                let at = position(&value.source).unwrap_or_default();
                self.mistakes.push(mistake(at, &problem, &names));
            }
        }
    }

    /// Adds a problem of several tables together, unless a value that is wrong already may be the reason.
    pub fn problem(
        &mut self,
        problem: &FlagProblem,
        provider: Option<&Provider>,
        values: &Values<'_>,
        (at, below): (Position, &[&ReadTable]),
    ) {
        let flags = problem.flags();
        let tables = below.iter().map(|table| &table.invalid);
        let mut invalid = tables.chain([&self.invalid]).flatten();
        if invalid.any(|flag| flags.contains(flag)) {
            return;
        }
        let own = provider.map(Provider::all_flags).unwrap_or_default();
        let provider = provider.map_or("", |provider| provider.name);
        let names = FlagNames::of_config_file(&own, provider, values);
        let set = flags
            .iter()
            .find_map(|flag| position(values.source(*flag)?));
        self.mistakes
            .push(mistake(set.unwrap_or(at), problem, &names));
    }

    /// The table, and its mistakes.
    pub fn finish(self) -> (ReadTable, Vec<Diagnostic>) {
        let table = ReadTable {
            layer: Rc::new(self.layer),
            invalid: self.invalid,
            is_right: self.mistakes.is_empty(),
        };
        (table, self.mistakes)
    }
}

fn texts(setting: &Setting) -> impl Iterator<Item = &str> {
    setting.values.iter().map(|value| value.text.as_str())
}

fn position(source: &Source) -> Option<Position> {
    match source {
        Source::Config(_, at) => Some(*at),
        Source::CommandLine | Source::Variable(_) | Source::BuiltIn => None,
    }
}

fn mistake(at: Position, problem: &FlagProblem, names: &FlagNames<'_>) -> Diagnostic {
    let message = message(problem, names);
    let mistake = Diagnostic::new(at, message.text);
    match message.hint {
        Some(hint) => mistake.with_hint(hint),
        None => mistake,
    }
}
