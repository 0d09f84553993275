//! `certcheck check`: the checks of the config file.

use clap::ArgMatches;

use crate::checks::config_file::{ConfigFile, run_options};
use crate::checks::select::{Selection, selected};
use crate::error::Error;
use crate::model::Report;
use crate::plan::Plan;
use crate::plan::global_flags::GlobalFlags;
use crate::plan::options::RunOptions;
use crate::run::output::Exit;
use crate::run::{RunEnd, run_plans};
use crate::world::World;

pub fn run(flags: &GlobalFlags, matches: &ArgMatches, world: &mut World) -> Result<Exit, Error> {
    let (plans, options) = planned(flags, matches, world)?;
    run_plans(plans, &options, None, world, |report: &Report| RunEnd {
        code: report.exit_code(options.exit_zero),
        text: String::new(),
    })
}

/// The plans of the checks that are meant, and what holds for the run.
fn planned(
    flags: &GlobalFlags,
    matches: &ArgMatches,
    world: &World,
) -> Result<(Vec<Plan>, RunOptions), Error> {
    // What was typed wrong is no mistake of the file.
    flags.options([])?;
    let understood = ConfigFile::new(matches, world)?;
    let plans = selected(understood.plans(flags, world)?, &Selection::read(matches))?;
    let options = run_options(flags, plans.first())?;
    Ok((
        plans.into_iter().map(|planned| planned.plan).collect(),
        options,
    ))
}
