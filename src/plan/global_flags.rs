//! The flags of every command as they were typed, behind the command or in front of it, and the variables that stand in
//! for them.

use std::collections::HashMap;

use clap::ArgMatches;

use crate::error::Error;
use crate::flags::common::{COMMON, DEADLINE};
use crate::flags::{Layer, Values};
use crate::plan::options::RunOptions;
use crate::plan::usage_error::{FlagNames, invalid_value, usage_error};

/// The layers of the common flags above the config file.
pub struct GlobalFlags {
    behind: Layer,
    front: Layer,
    variables: Layer,
}

impl GlobalFlags {
    /// Reads each flag. clap's own global flags are the same, but each of them is copied into each command, at every
    /// start.
    pub fn read(
        front: &ArgMatches,
        behind: &ArgMatches,
        variables: &HashMap<String, String>,
    ) -> Result<GlobalFlags, Error> {
        let variables = Layer::of_variables(COMMON, "", false, variables);
        Ok(GlobalFlags {
            behind: typed(behind)?,
            front: typed(front)?,
            variables: variables.map_err(|invalid| invalid_value(&invalid, &[], ""))?,
        })
    }

    /// The same for a command that has flags of its own behind a verb.
    pub fn with(mut self, behind: &ArgMatches) -> Result<GlobalFlags, Error> {
        self.front = std::mem::replace(&mut self.behind, typed(behind)?).or(self.front);
        Ok(self)
    }

    /// These layers, and others that count where they say nothing.
    pub fn values<'a>(&'a self, others: impl IntoIterator<Item = &'a Layer>) -> Values<'a> {
        let own = [&self.behind, &self.front, &self.variables];
        Values::new(own.into_iter().chain(others))
    }

    /// What they mean, above those other layers.
    pub fn options<'a>(
        &'a self,
        others: impl IntoIterator<Item = &'a Layer>,
    ) -> Result<RunOptions, Error> {
        let values = self.values(others);
        RunOptions::new(&values).map_err(|problem| {
            let names = FlagNames::of_command_line(&[], "", &values);
            usage_error(&problem, &names)
        })
    }
}

fn typed(matches: &ArgMatches) -> Result<Layer, Error> {
    Layer::typed(COMMON, matches).map_err(|invalid| invalid_value(&invalid, &[], ""))
}

/// The deadline of a run over a whole account, or over many checks.
pub fn of_many() -> Layer {
    Layer::built_in(&DEADLINE, "5m", std::time::Duration::from_secs(300))
}
