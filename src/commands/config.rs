//! `certcheck config`: creates, finds, checks or shows the config file.

use std::io::{self, Write as _};

use clap::ArgMatches;

use crate::adapters::Provider;
use crate::checks::config_file::{ConfigFile, run_options};
use crate::checks::explain;
use crate::checks::locate::{first, read};
use crate::checks::resolve::named;
use crate::config::{CheckConfig, Diagnostic, STARTER};
use crate::error::{Error, Kind, reason};
use crate::flags::connection::IDS;
use crate::messages::en;
use crate::model::duration_text::counted;
use crate::plan::global_flags::GlobalFlags;
use crate::render::text::visible;
use crate::run::known_secrets::{learn_proxies, secrets};
use crate::run::output::{Exit, UNKNOWN, delivered, report};
use crate::world::World;

/// Nobody reads more mistakes at once; a file of another kind has one a line.
const MOST: usize = 100;

/// Runs one of its verbs.
pub fn run(front: GlobalFlags, matches: &ArgMatches, world: &mut World) -> Result<Exit, Error> {
    let Some((verb, behind)) = matches.subcommand() else {
        return Err(Error::new(Kind::Usage, "a verb is missing"));
    };
    let text = match verb {
        "init" => init(behind, world)?,
        "path" => return path(behind, world),
        "check" => return examine(behind, world),
        _ => show(front, behind, world)?,
    };
    let written = world.stdout.write_all(text.as_bytes());
    delivered(written, 0, world)
}

/// `certcheck config init`
fn init(matches: &ArgMatches, world: &World) -> Result<String, Error> {
    let path = first(matches, world)?;
    let shown = path.display();
    (world.context.create_file)(&path, STARTER.as_bytes()).map_err(|error| {
        let text = format!("{shown} cannot be written: {}", reason(&error));
        Error::new(Kind::Config, text).with_hint(match error.kind() {
            io::ErrorKind::AlreadyExists => "the file already exists; nothing was changed",
            _ => "name another place with --config FILE",
        })
    })?;
    Ok(format!(
        "{} was written: edit it, then run `certcheck config check`\n",
        visible(&shown.to_string(), world.context.speaks_utf8())
    ))
}

/// `certcheck config path`
fn path(matches: &ArgMatches, world: &mut World) -> Result<Exit, Error> {
    let (path, missing) = match read(matches, world) {
        Ok(file) => (file.path, None),
        Err(error) => match first(matches, world) {
            Ok(path) => (path, Some(error)),
            Err(error) => return Err(error),
        },
    };
    // A script wants its letters as they are.
    let utf8 = world.context.speaks_utf8() || !world.terminal.stdout;
    let text = format!("{}\n", visible(&path.display().to_string(), utf8));
    let written = world.stdout.write_all(text.as_bytes());
    let exit = delivered(written, 0, world)?;
    missing.map_or(Ok(exit), Err)
}

/// `certcheck config check`
fn examine(matches: &ArgMatches, world: &mut World) -> Result<Exit, Error> {
    let understood = ConfigFile::new(matches, world)?;
    let (plans, more) = understood.reading(world).plans(None);
    let mut mistakes: Vec<Diagnostic> = understood.mistakes.iter().cloned().chain(more).collect();
    mistakes.extend(understood.config.checks.iter().flat_map(|check| {
        let account = understood.config.account_of(check);
        wrong_ids(check, account.and_then(|account| named(&account.provider)))
    }));
    mistakes.sort_by_key(|mistake| mistake.at);
    let text = format!(
        "{}: {} of {}, no mistake\n",
        visible(&understood.path(), world.context.speaks_utf8()),
        counted(plans.len() as u64, "check"),
        counted(understood.config.accounts.len() as u64, "account"),
    );
    if mistakes.is_empty() {
        let written = world.stdout.write_all(text.as_bytes());
        return delivered(written, 0, world);
    }
    for mistake in mistakes.iter().take(MOST) {
        report(&mistake.in_file(&understood.path()), world);
    }
    if let Some(more) = mistakes.len().checked_sub(MOST).filter(|more| *more > 0) {
        let text = format!("{}: and {more} more", understood.path());
        let error = Error::new(Kind::Config, text).with_hint("correct these first");
        report(&error, world);
    }
    Ok(Exit(UNKNOWN))
}

/// IDs that cannot be right. A check of others goes on without them, and says so.
fn wrong_ids(check: &CheckConfig, provider: Option<&Provider>) -> Vec<Diagnostic> {
    let ids = check.section.get(IDS).zip(provider);
    let wrong = ids.map(|(ids, provider)| {
        let values = ids.values.iter().filter(|value| value.text.trim() != "-");
        values.filter_map(|value| {
            let expected = (provider.id)(value.text.trim()).err()?;
            let message = en::flags::invalid_id(&expected);
            Some(Diagnostic::new(value.at, message.text))
        })
    });
    wrong.into_iter().flatten().collect()
}

/// `certcheck config show`
fn show(front: GlobalFlags, matches: &ArgMatches, world: &World) -> Result<String, Error> {
    let flags = front.with(matches)?;
    flags.options([])?;
    let understood = ConfigFile::new(matches, world)?;
    let plans = understood.plans(&flags, world)?;
    let options = run_options(&flags, plans.first())?;
    let known = secrets(&world.context.variables);
    learn_proxies(plans.iter().map(|planned| &planned.plan), &known);
    let shown = explain::ConfigExplanation::new(&understood.path(), &plans, &flags);
    let shown = shown.freed(&known);
    Ok(if options.format.is_for_people {
        shown.text(world.context.speaks_utf8())
    } else {
        shown.json()
    })
}
