//! What each place says of the flags, and what counts: the command line, the environment, a check, its account, the
//! defaults. The nearest place that names a flag wins, whatever it says: `false` and an empty list win like any value.

use std::any::Any;
use std::collections::HashMap;
use std::rc::Rc;

use clap::ArgMatches;

use super::{ConfigTable, Flag, FlagRef, Shape, Spec, clap_args};
use crate::config::Position;
use crate::model::{Expected, FlagId, FlagProblem};

/// The place that set a flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    CommandLine,
    /// The variable of that name.
    Variable(String),
    /// The config file.
    Config(ConfigTable, Position),
    /// The program itself, where the command needs another default than the flag has.
    BuiltIn,
}

/// One flag that a place sets.
#[derive(Clone)]
pub struct FlagValue {
    flag: FlagRef,
    values: Vec<Rc<dyn Any>>,
    /// The values as they were written.
    pub texts: Vec<String>,
    pub source: Source,
}

/// A value that its reader refuses.
#[derive(Debug)]
pub struct InvalidValue {
    pub flag: FlagId,
    /// Its place among the values of the flag.
    pub index: usize,
    pub text: String,
    pub source: Source,
    pub expected: Expected,
}

impl InvalidValue {
    pub fn problem(&self) -> FlagProblem {
        FlagProblem::Value {
            flag: self.flag,
            expected: self.expected.clone(),
        }
    }
}

impl FlagValue {
    /// Reads the values that a place has for a flag, up to the first that is wrong.
    pub fn read(
        flag: FlagRef,
        texts: Vec<String>,
        source: Source,
    ) -> Result<FlagValue, InvalidValue> {
        let values = values(flag, &texts, &source);
        Ok(FlagValue {
            flag,
            values: values.collect::<Result<_, _>>()?,
            texts,
            source,
        })
    }

    /// The same with every value that is wrong.
    pub fn read_all(
        flag: FlagRef,
        texts: Vec<String>,
        source: Source,
    ) -> Result<FlagValue, Vec<InvalidValue>> {
        let (mut right, mut wrong) = (Vec::with_capacity(texts.len()), Vec::new());
        for value in values(flag, &texts, &source) {
            match value {
                Ok(value) => right.push(value),
                Err(invalid) => wrong.push(invalid),
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(FlagValue {
            flag,
            values: right,
            texts,
            source,
        })
    }

    pub fn spec(&self) -> &'static Spec {
        self.flag.spec()
    }
}

fn values(
    flag: FlagRef,
    texts: &[String],
    source: &Source,
) -> impl Iterator<Item = Result<Rc<dyn Any>, InvalidValue>> {
    texts.iter().enumerate().map(move |(index, text)| {
        flag.value(text.trim()).map_err(|expected| InvalidValue {
            flag: flag.spec().id(),
            index,
            text: text.trim().to_owned(),
            source: source.clone(),
            expected,
        })
    })
}

/// What one place says.
#[derive(Clone, Default)]
pub struct Layer(Vec<FlagValue>);

impl Layer {
    /// The flags of a command line.
    pub fn typed(flags: &[FlagRef], matches: &ArgMatches) -> Result<Layer, InvalidValue> {
        let typed = flags.iter().filter_map(|flag| {
            let texts = clap_args::typed(flag.spec(), matches)?;
            Some(FlagValue::read(*flag, texts, Source::CommandLine))
        });
        Ok(Layer(typed.collect::<Result<_, _>>()?))
    }

    /// The variables that stand in for flags of that provider. One that is empty is not set. With saved answers those
    /// that say where requests go play no part.
    pub fn of_variables(
        flags: &[FlagRef],
        provider: &str,
        saved: bool,
        variables: &HashMap<String, String>,
    ) -> Result<Layer, InvalidValue> {
        let mut layer = Layer::default();
        for flag in flags {
            let spec = flag.spec();
            if saved && spec.for_requests {
                continue;
            }
            let set = spec.variables_of(provider).find_map(|name| {
                let text = variables.get(&name).map(|text| text.trim())?;
                (!text.is_empty()).then(|| (name, text.to_owned()))
            });
            if let Some((name, text)) = set {
                let texts = match spec.shape {
                    Shape::List | Shape::Path => {
                        let parts = text.split(',').map(str::trim);
                        let parts = parts.filter(|part| !part.is_empty());
                        parts.map(str::to_owned).collect()
                    }
                    _ => vec![text],
                };
                layer.push(FlagValue::read(*flag, texts, Source::Variable(name))?);
            }
        }
        Ok(layer)
    }

    /// A default of the command that is another than the flag's own.
    pub fn built_in<T: 'static>(flag: &'static Flag<T>, text: &str, value: T) -> Layer
    where
        Flag<T>: Sync,
    {
        Layer(vec![FlagValue {
            flag,
            values: vec![Rc::new(value)],
            texts: vec![text.to_owned()],
            source: Source::BuiltIn,
        }])
    }

    pub fn push(&mut self, entry: FlagValue) {
        self.0.push(entry);
    }

    /// This layer, and what another one says besides.
    pub fn or(mut self, other: Layer) -> Layer {
        for value in other.0 {
            if self.entry(value.spec().id()).is_none() {
                self.0.push(value);
            }
        }
        self
    }

    pub fn entries(&self) -> &[FlagValue] {
        &self.0
    }

    fn entry(&self, flag: FlagId) -> Option<&FlagValue> {
        self.0.iter().find(|entry| entry.spec().name == flag.0)
    }
}

/// The layers that count, the nearest one first.
#[derive(Clone, Default)]
pub struct Values<'a>(Vec<&'a Layer>);

impl<'a> Values<'a> {
    pub fn new(layers: impl IntoIterator<Item = &'a Layer>) -> Values<'a> {
        Values(layers.into_iter().collect())
    }

    /// What the nearest place says.
    pub fn entry(&self, flag: FlagId) -> Option<&'a FlagValue> {
        self.0.iter().find_map(|layer| layer.entry(flag))
    }

    /// What every place says of a flag, the nearest one first.
    pub fn entries(&self, flag: FlagId) -> impl Iterator<Item = &'a FlagValue> {
        self.0.iter().filter_map(move |layer| layer.entry(flag))
    }

    /// The value of a flag; the first one where it has several.
    pub fn get<T: Clone + 'static>(&self, flag: &Flag<T>) -> Option<T> {
        self.all(flag).into_iter().next()
    }

    /// All values of a flag.
    pub fn all<T: Clone + 'static>(&self, flag: &Flag<T>) -> Vec<T> {
        let entry = self.entry(flag.id());
        let values = entry.map(|entry| entry.values.iter());
        // Only the reader of the flag made them: each is a `T`.
        let typed = values.into_iter().flatten();
        typed
            .filter_map(|value| value.downcast_ref::<T>().cloned())
            .collect()
    }

    /// True where a switch is on.
    pub fn is_on(&self, flag: &Flag<bool>) -> bool {
        self.get(flag).unwrap_or(false)
    }

    /// True where a nearer place sets the one flag than the other, or no place sets the other.
    pub fn is_nearer(&self, flag: FlagId, other: FlagId) -> bool {
        let depth = |flag| self.0.iter().position(|layer| layer.entry(flag).is_some());
        match (depth(flag), depth(other)) {
            (Some(depth), Some(other)) => depth <= other,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    pub fn source(&self, flag: FlagId) -> Option<&'a Source> {
        self.entry(flag).map(|entry| &entry.source)
    }

    pub fn is_typed(&self, flag: FlagId) -> bool {
        self.source(flag) == Some(&Source::CommandLine)
    }
}
