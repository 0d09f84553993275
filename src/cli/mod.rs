//! The front end: `args` is what was typed, `plan` and `choices` are what it means, the verbs do it. Nothing
//! after the plan looks at flags or environment again.

mod args;
mod check;
mod choices;
mod collector;
mod console;
#[cfg(feature = "sandbox")]
mod demo;
mod plan;
mod runtime;
mod saved;
#[cfg(feature = "sandbox")]
mod serve;
mod session;

use std::ffi::OsString;
use std::io::{self, Write as _};

use clap::ArgMatches;

use crate::adapters::{Provider, REGISTRY};
use crate::credentials::KnownSecrets;
use crate::error::{Error, Kind, reason};
use crate::model::Verdict;
use crate::render::text::{problem, visible};
use crate::world::World;
use plan::{Plan, Surroundings};

/// The exit code of wrong usage, of every error and of a panic.
const UNKNOWN: u8 = 3;

/// Runs one command line and returns its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>, world: &mut World) -> u8 {
    let command = args::command().term_width(help_width(world));
    let matches = match command.try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return typed_wrong(&error, world),
    };
    match matches.subcommand() {
        #[cfg(feature = "sandbox")]
        Some(("demo", matches)) => demo::run(matches, world),
        #[cfg(feature = "sandbox")]
        Some(("sandbox", matches)) => serve::run(matches, world),
        Some((name, matches)) => {
            match REGISTRY.into_iter().find(|provider| provider.name == name) {
                Some(provider) => provider_command(provider, matches, world),
                None => stop(
                    &Error::new(Kind::Usage, format!("{name} is no command")),
                    world,
                ),
            }
        }
        None => stop(&Error::new(Kind::Usage, "a command is missing"), world),
    }
}

/// Longer lines are hard to read, however wide the terminal is.
fn help_width(world: &World) -> usize {
    let columns = world.terminal.columns.filter(|_| world.terminal.stdout);
    columns.map_or(100, |columns| columns.min(100)).into()
}

fn provider_command(provider: &'static Provider, matches: &ArgMatches, world: &mut World) -> u8 {
    let mut around = Surroundings {
        variables: &world.variables,
        stdin: &mut world.stdin,
        stdin_is_terminal: world.terminal.stdin,
    };
    match Plan::new(provider, matches, &mut around) {
        Ok(plan) => session::run(&plan, world),
        Err(error) => stop(&error, world),
    }
}

/// Help and version are no mistakes; all else that clap refuses is one, and exits 3 instead of clap's 2, which
/// monitoring would take for critical.
fn typed_wrong(error: &clap::Error, world: &mut World) -> u8 {
    let terminal = if error.use_stderr() {
        world.terminal.stderr
    } else {
        world.terminal.stdout
    };
    let text = if world.wants_colour(terminal) {
        error.render().ansi().to_string()
    } else {
        error.render().to_string()
    };
    if error.use_stderr() {
        // What was typed stands in it; help and version are our own words.
        let text = secrets(world).scrub(&text);
        let _ = world.stderr.write_all(text.as_bytes());
        return UNKNOWN;
    }
    delivered(
        world.stdout.write_all(text.as_bytes()),
        Verdict::Ok.exit_code(),
        world,
    )
}

/// The secrets that stand in the environment: who types `$SECRET_KEY` in a wrong place must not read it again in
/// the mail that cron sends.
fn secrets(world: &World) -> KnownSecrets {
    let known = KnownSecrets::default();
    let sets = REGISTRY.iter().flat_map(|provider| provider.keys);
    let names = sets.flat_map(|set| set.tokens.iter().chain([&set.secret]));
    let values = names.filter_map(|name| world.variables.get(*name));
    values.for_each(|value| known.learn(value.trim()));
    known
}

/// A mistake that stops the run before anything is asked: told on stderr, with nothing on stdout.
fn stop(error: &Error, world: &mut World) -> u8 {
    let (utf8, known) = (world.speaks_utf8(), secrets(world));
    let safe = |text: &str| visible(&known.scrub(text), utf8);
    let terminal = world.terminal.stderr;
    // A log gets each in one line.
    let columns = world.terminal.columns.filter(|_| terminal);
    let text = problem(
        &safe(&error.message),
        &safe(error.hint()),
        columns.unwrap_or(u16::MAX),
        world.wants_colour(terminal),
    );
    let _ = world.stderr.write_all(text.as_bytes());
    UNKNOWN
}

/// The code to leave with after the result was written. A reader that has gone away (`| head -1`) is a normal
/// end; a result that could not be written otherwise is not to be taken for one.
fn delivered(written: io::Result<()>, code: u8, world: &mut World) -> u8 {
    match written.and_then(|()| world.stdout.flush()) {
        Ok(()) => code,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => code,
        Err(error) => stop(
            &Error::new(
                Kind::Config,
                format!("the result cannot be written: {}", reason(&error)),
            )
            .with_hint("check where stdout goes"),
            world,
        ),
    }
}
