//! The command of one provider.

use clap::ArgMatches;

use crate::adapters::Provider;
use crate::error::Error;
use crate::flags::connection::{ALL, FROM};
use crate::flags::{Layer, Values};
use crate::plan::global_flags::{GlobalFlags, of_many};
use crate::plan::usage_error::invalid_value;
use crate::plan::{Plan, PlanInput, of_layers, variables_layer};
use crate::run::output::Exit;
use crate::run::run_plan;
use crate::world::World;

/// Checks certificates of one account.
pub fn run(
    provider: &'static Provider,
    common: &GlobalFlags,
    matches: &ArgMatches,
    world: &mut World,
) -> Result<Exit, Error> {
    let plan = command_plan(provider, common, matches, world)?;
    run_plan(plan, world)
}

fn command_plan(
    provider: &'static Provider,
    common: &GlobalFlags,
    matches: &ArgMatches,
    world: &mut World,
) -> Result<Plan, Error> {
    let flags = provider.all_flags();
    let typed = Layer::typed(&flags, matches);
    let typed = typed.map_err(|invalid| invalid_value(&invalid, &flags, provider.name))?;
    let values = Values::new([&typed]);
    let deadline = if values.is_on(&ALL) {
        of_many()
    } else {
        Layer::default()
    };
    let options = common.options([&deadline])?;
    let saved = values.entry(FROM.id()).is_some();
    let variables = variables_layer(provider, saved, &world.context.variables)?;
    let mut input = PlanInput {
        context: &world.context,
        stdin: &mut world.stdin,
        stdin_is_terminal: world.terminal.stdin,
    };
    of_layers(provider, &[&typed, &variables], options, &mut input)
}
