//! The command line: the tree of commands and flags (`args`), and which command runs.

mod args;
mod clap_errors;
mod config_args;
mod inapplicable;

use std::collections::HashMap;
use std::ffi::OsString;

use clap::builder::Styles;
use clap::{ArgMatches, Command};

use crate::adapters::{Provider, REGISTRY};
use crate::commands;
use crate::error::{Error, Kind};
use crate::plan::global_flags::GlobalFlags;
use crate::run::output::{Exit, UNKNOWN, report};
use crate::world::World;
use clap_errors::typed_wrong;

/// Runs one command line and returns its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>, world: &mut World) -> u8 {
    // Styles that no stream shows would be written only to be taken out again.
    let streams = [world.terminal.stdout, world.terminal.stderr];
    let styled = streams
        .into_iter()
        .any(|stream| world.context.wants_colour(stream));
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let in_front = args::flags_in_front(&arguments);
    let mut tree = args::command(in_front).term_width(help_width(world));
    if !styled {
        tree = tree.styles(Styles::plain());
    }
    let matches = match tree.try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return typed_wrong(error, styled, world),
    };
    let ended = command(&matches, world);
    exit_code(ended, world)
}

/// Runs the command that was typed.
fn command(matches: &ArgMatches, world: &mut World) -> Result<Exit, Error> {
    let Some((name, behind)) = matches.subcommand() else {
        return Err(Error::new(Kind::Usage, "a command is missing"));
    };
    inapplicable::refuse(name, [matches, behind])?;
    #[cfg(feature = "sandbox")]
    if name == "sandbox" {
        // Its flag for the rate is another one.
        return commands::sandbox::run(matches, behind, world);
    }
    let none = HashMap::new();
    // The user's variables play no part in the demo.
    let variables = if name == "demo" {
        &none
    } else {
        &world.context.variables
    };
    let common = GlobalFlags::read(matches, behind, variables)?;
    let named = |provider: &&Provider| provider.name == name;
    match (name, REGISTRY.iter().copied().find(named)) {
        #[cfg(feature = "sandbox")]
        ("demo", _) => commands::demo::run(&common, world),
        ("check", _) => commands::check::run(&common, behind, world),
        ("config", _) => commands::config::run(common, behind, world),
        ("doctor", _) => commands::doctor::run(&common, behind, world),
        ("providers", _) => commands::providers::run(&common, behind, world),
        (_, Some(provider)) => commands::provider::run(provider, &common, behind, world),
        (_, None) => Err(Error::new(Kind::Usage, format!("{name} is no command"))),
    }
}

/// Runs the command of one provider, which need not be in the registry. The first argument is the program's name.
pub fn run_provider(
    provider: &'static Provider,
    arguments: impl IntoIterator<Item = OsString>,
    world: &mut World,
) -> u8 {
    let command = args::flags(Command::new(provider.name), provider);
    let matches = match command.try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return typed_wrong(error, false, world),
    };
    let variables = world.context.variables.clone();
    let ended = GlobalFlags::read(&matches, &matches, &variables)
        .and_then(|common| commands::provider::run(provider, &common, &matches, world));
    exit_code(ended, world)
}

/// The exit code of a command, after its error, if there is one, was reported.
fn exit_code(ended: Result<Exit, Error>, world: &mut World) -> u8 {
    match ended {
        Ok(Exit(code)) => code,
        Err(error) => {
            report(&error, world);
            UNKNOWN
        }
    }
}

/// Longer lines are hard to read, however wide the terminal is.
fn help_width(world: &World) -> usize {
    let columns = world.terminal.columns.filter(|_| world.terminal.stdout);
    columns.map_or(100, |columns| columns.min(100)).into()
}
