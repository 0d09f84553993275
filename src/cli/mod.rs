//! The front end: `args` is what was typed, `plan` and `choices` are what it means, the verbs do it. Nothing
//! after the plan looks at flags or environment again.

mod accounts;
mod args;
mod check;
mod choices;
mod clocks;
mod collector;
mod common;
mod console;
#[cfg(feature = "sandbox")]
mod demo;
mod doctor;
mod estate;
mod helper;
mod inventory;
mod keys;
mod lease;
mod lists;
mod no_proxy;
mod pattern;
mod place;
mod plan;
mod progress;
mod providers;
mod redaction;
mod route;
mod runtime;
mod saved;
#[cfg(feature = "sandbox")]
mod serve;
mod session;
mod spelling;
mod task;
mod unused;

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use clap::builder::Styles;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, Command};

use crate::adapters::{Provider, REGISTRY};
use crate::error::{Error, Kind, reason};
use crate::flags::connection::{ALL, FROM};
use crate::flags::{Layer, Values};
use crate::model::Verdict;
use crate::redact::KnownSecrets;
use crate::render::text::{problem, visible};
use crate::world::World;
use common::{Common, of_many};
use plan::{Plan, PlanInput, of_layers, variables_layer};
use spelling::invalid_value;

/// The exit code of wrong usage, of every error and of a panic.
const UNKNOWN: u8 = 3;

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

/// The exit code of a command that ran to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Exit(u8);

/// Runs the command that was typed.
fn command(matches: &ArgMatches, world: &mut World) -> Result<Exit, Error> {
    let Some((name, behind)) = matches.subcommand() else {
        return Err(Error::new(Kind::Usage, "a command is missing"));
    };
    unused::refuse(name, [matches, behind])?;
    #[cfg(feature = "sandbox")]
    if name == "sandbox" {
        // Its flag for the rate is another one.
        return serve::run(matches, behind, world);
    }
    let none = HashMap::new();
    // The user's variables play no part in the demo.
    let variables = if name == "demo" {
        &none
    } else {
        &world.context.variables
    };
    let common = Common::read(matches, behind, variables)?;
    let named = |provider: &&Provider| provider.name == name;
    match (name, REGISTRY.iter().copied().find(named)) {
        #[cfg(feature = "sandbox")]
        ("demo", _) => demo::run(&common, world),
        ("check", _) => estate::check(&common, behind, world),
        ("config", _) => estate::config(common, behind, world),
        ("doctor", _) => doctor::run(&common, behind, world),
        ("providers", _) => providers::run(&common, behind, world),
        (_, Some(provider)) => {
            let plan = command_plan(provider, &common, behind, world)?;
            session::run(plan, world)
        }
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
    let ended = Common::read(&matches, &matches, &variables)
        .and_then(|common| command_plan(provider, &common, &matches, world))
        .and_then(|plan| session::run(plan, world));
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

fn command_plan(
    provider: &'static Provider,
    common: &Common,
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
    let choices = common.choices([&deadline])?;
    let saved = values.entry(FROM.id()).is_some();
    let variables = variables_layer(provider, saved, &world.context.variables)?;
    let mut input = PlanInput {
        context: &world.context,
        stdin: &mut world.stdin,
        stdin_is_terminal: world.terminal.stdin,
    };
    of_layers(provider, &[&typed, &variables], choices, &mut input)
}

/// Help and version are no mistakes; all else that clap refuses is one, and exits 3 instead of clap's 2, which
/// monitoring would take for critical.
fn typed_wrong(error: clap::Error, styled: bool, world: &mut World) -> u8 {
    let rendered = |error: &clap::Error, colour: bool| {
        if colour {
            error.render().ansi().to_string()
        } else {
            error.render().to_string()
        }
    };
    if error.use_stderr() {
        let colour = world.context.wants_colour(world.terminal.stderr);
        let text = rendered(&freed(error, world), colour);
        let _ = world.stderr.write_all(text.as_bytes());
        return UNKNOWN;
    }
    // Help and version are our own words: where they were not styled nothing has to be taken out.
    let text = rendered(
        &error,
        !styled || world.context.wants_colour(world.terminal.stdout),
    );
    let written = world.stdout.write_all(text.as_bytes());
    let ended = delivered(written, Verdict::Ok.exit_code(), world);
    exit_code(ended, world)
}

/// The error with what was typed freed of secrets and made visible. The rest is ours.
fn freed(mut error: clap::Error, world: &World) -> clap::Error {
    let (known, utf8) = (
        secrets(&world.context.variables),
        world.context.speaks_utf8(),
    );
    let is_typed = |kind| match kind {
        ContextKind::InvalidArg => error.kind() == ErrorKind::UnknownArgument,
        ContextKind::InvalidSubcommand | ContextKind::InvalidValue | ContextKind::TrailingArg => {
            true
        }
        _ => false,
    };
    let changed = error.context().filter_map(|(kind, value)| match value {
        ContextValue::String(text) if is_typed(kind) => {
            let shown = visible(&known.scrub(text), utf8);
            (shown != *text).then_some((kind, shown))
        }
        _ => None,
    });
    let changed: Vec<(ContextKind, String)> = changed.collect();
    if !changed.is_empty() {
        // How to pass it as a value repeats it once more.
        error.remove(ContextKind::Suggested);
    }
    for (kind, shown) in changed {
        error.insert(kind, ContextValue::String(shown));
    }
    error
}

/// The secrets that stand in the environment, of whatever provider, and the passwords of proxies: who types `$SECRET_KEY`
/// in a wrong place must not read it again in the mail that cron sends, and a proxy answers in the name of any service.
fn secrets(variables: &HashMap<String, String>) -> KnownSecrets {
    let known = KnownSecrets::default();
    for (value, is_secret) in key_variables(variables, "") {
        if is_secret {
            known.learn(value)
        } else {
            known.learn_id(value)
        }
    }
    // HTTPS_PROXY, all_proxy, CERTCHECK_PBX_PROXY and their like.
    let proxies = variables
        .iter()
        .filter(|(name, _)| name.to_ascii_uppercase().ends_with("_PROXY"));
    proxies.for_each(|(_, url)| known.learn_proxy(url));
    known
}

/// The same, and those in the files that the environment names. A pipe is left to whoever looks for the key: it can be
/// read only once.
fn secrets_in_files(world: &World) -> KnownSecrets {
    let known = secrets(&world.context.variables);
    for (path, is_secret) in key_variables(&world.context.variables, "_FILE") {
        let path = Path::new(path);
        if !(world.context.is_regular)(path) {
            continue;
        }
        let mut text = String::new();
        let read = (world.context.read_file)(path, keys::LARGEST);
        // Why it cannot be read is told where its key is needed.
        if read.is_ok_and(|mut file| file.read_to_string(&mut text).is_ok()) {
            if is_secret {
                known.learn(&text)
            } else {
                known.learn_id(&text)
            }
        }
    }
    known
}

/// What these variables say that keys of the providers stand in, and whether it is their secret half. An account of the
/// config file has its own text before the name.
fn key_variables<'a>(
    variables: &'a HashMap<String, String>,
    behind: &'static str,
) -> impl Iterator<Item = (&'a str, bool)> {
    let places = REGISTRY.iter().flat_map(|provider| provider.sources());
    let names = places.flat_map(|place| {
        let secrets = place.secrets().map(|name| (name, true));
        secrets.chain(place.ids().map(|name| (name, false)))
    });
    names.flat_map(move |(name, is_secret)| {
        let is_named = move |own: &str| {
            own.strip_suffix(behind)
                .is_some_and(|own| own.ends_with(name))
        };
        let named = variables.iter().filter(move |(own, _)| is_named(own));
        named.map(move |(_, value)| (value.trim(), is_secret))
    })
}

/// The passwords of the proxies that were asked for.
fn learn_proxies<'a>(plans: impl IntoIterator<Item = &'a Plan>, known: &KnownSecrets) {
    let urls = plans
        .into_iter()
        .filter_map(|plan| plan.route.proxy.as_ref());
    urls.for_each(|url| known.learn_proxy(url));
}

/// Writes an error to stderr. stdout holds results only.
fn report(error: &Error, world: &mut World) {
    let (utf8, error) = (
        world.context.speaks_utf8(),
        secrets(&world.context.variables).freed(error),
    );
    let safe = |text: &str| visible(text, utf8);
    let terminal = world.terminal.stderr;
    // A log gets each in one line.
    let columns = world.terminal.columns.filter(|_| terminal);
    let text = problem(
        &safe(&error.message),
        &safe(error.hint()),
        columns.unwrap_or(u16::MAX),
        world.context.wants_colour(terminal),
    );
    let _ = world.stderr.write_all(text.as_bytes());
}

/// The exit code after the result was written. A reader that has gone away (`| head -1`) is a normal end; a result that
/// could not be written otherwise is not to be taken for one.
fn delivered(written: io::Result<()>, code: u8, world: &mut World) -> Result<Exit, Error> {
    match written.and_then(|()| world.stdout.flush()) {
        Ok(()) => Ok(Exit(code)),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit(code)),
        Err(error) => {
            let text = format!("the result cannot be written: {}", reason(&error));
            Err(Error::new(Kind::Config, text).with_hint("check where stdout goes"))
        }
    }
}
