//! A config file as it was read, with what is wrong in it.

use clap::ArgMatches;

use super::locate::{ConfigBytes, read};
use super::resolve::{PlanResolver, ResolvedCheck};
use super::schema::vocabulary;
use crate::config::{Config, Diagnostic};
use crate::error::Error;
use crate::plan::global_flags::{GlobalFlags, of_many};
use crate::plan::options::RunOptions;
use crate::world::World;

/// The hint of a run that stops at the first mistake.
const LIST_ALL: &str = "correct the file; `certcheck config check` lists all of its mistakes";

pub struct ConfigFile {
    file: ConfigBytes,
    pub config: Config,
    pub mistakes: Vec<Diagnostic>,
}

impl ConfigFile {
    pub fn new(matches: &ArgMatches, world: &World) -> Result<ConfigFile, Error> {
        let file = read(matches, world)?;
        let (config, mistakes) = Config::read(&file.bytes, &vocabulary());
        Ok(ConfigFile {
            file,
            config,
            mistakes,
        })
    }

    pub fn path(&self) -> String {
        self.file.path.display().to_string()
    }

    pub fn reading<'a>(&'a self, world: &'a World) -> PlanResolver<'a> {
        PlanResolver {
            path: &self.file.path,
            bytes: &self.file.bytes,
            config: &self.config,
            world,
        }
    }

    /// The checks of a file without any mistake.
    pub fn plans<'a>(
        &'a self,
        flags: &GlobalFlags,
        world: &'a World,
    ) -> Result<Vec<ResolvedCheck<'a>>, Error> {
        let (plans, more) = self.reading(world).plans(Some(flags));
        let mistakes = self.mistakes.iter().chain(&more);
        match mistakes.min_by_key(|mistake| mistake.at) {
            Some(mistake) if mistake.hint.is_some() => Err(mistake.in_file(&self.path())),
            Some(mistake) => Err(mistake.in_file(&self.path()).with_hint(LIST_ALL)),
            None => Ok(plans),
        }
    }
}

/// The options of the run, by `[defaults]`.
pub fn run_options(
    flags: &GlobalFlags,
    planned: Option<&ResolvedCheck<'_>>,
) -> Result<RunOptions, Error> {
    let defaults = planned.map(|planned| &*planned.layers[2]);
    let deadline = of_many();
    flags.options(defaults.into_iter().chain([&deadline]))
}
