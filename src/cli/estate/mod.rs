//! The accounts and checks of the config file: what they mean (`plans`), and the commands for them.

pub mod commands;
mod find;
mod layers;
mod plans;
mod private;
mod select;
mod show;
mod vocabulary;

use std::io::{self, Write as _};

use clap::ArgMatches;

use super::choices::Choices;
use super::common::{Common, of_many};
use super::plan::Plan;
use super::session::{self, Ending};
use super::{Exit, UNKNOWN, delivered, learn_proxies, report, secrets};
use crate::adapters::Provider;
use crate::config::{Check, Config, Mistake, STARTER};
use crate::error::{Error, Kind, reason};
use crate::flags::connection::IDS;
use crate::messages::en;
use crate::model::Report;
use crate::model::duration_text::counted;
use crate::render::text::visible;
use crate::world::World;
use find::{File, first, read};
use plans::{Planned, Reading, named};
use select::{Selection, selected};
use vocabulary::vocabulary;

/// The hint of a run that stops at the first mistake.
const LIST_ALL: &str = "correct the file; `certcheck config check` lists all of its mistakes";

/// Nobody reads more mistakes at once; a file of another kind has one a line.
const MOST: usize = 100;

/// `certcheck check`
pub fn check(flags: &Common, matches: &ArgMatches, world: &mut World) -> Result<Exit, Error> {
    let (plans, choices) = planned(flags, matches, world)?;
    session::hold(plans, &choices, None, world, |report: &Report| Ending {
        code: report.exit_code(choices.exit_zero),
        text: String::new(),
    })
}

/// `certcheck config …`
pub fn config(front: Common, matches: &ArgMatches, world: &mut World) -> Result<Exit, Error> {
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

/// The plans of the checks that are meant, and what holds for the run.
fn planned(
    flags: &Common,
    matches: &ArgMatches,
    world: &World,
) -> Result<(Vec<Plan>, Choices), Error> {
    // What was typed wrong is no mistake of the file.
    flags.choices([])?;
    let understood = Understood::new(matches, world)?;
    let plans = selected(understood.plans(flags, world)?, &Selection::read(matches))?;
    let choices = run_choices(flags, plans.first())?;
    Ok((
        plans.into_iter().map(|planned| planned.plan).collect(),
        choices,
    ))
}

/// The choices of the run, by `[defaults]`.
fn run_choices(flags: &Common, planned: Option<&Planned<'_>>) -> Result<Choices, Error> {
    let defaults = planned.map(|planned| &*planned.layers[2]);
    let deadline = of_many();
    flags.choices(defaults.into_iter().chain([&deadline]))
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
    let understood = Understood::new(matches, world)?;
    let (plans, more) = understood.reading(world).plans(None);
    let mut mistakes: Vec<Mistake> = understood.mistakes.iter().cloned().chain(more).collect();
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
fn wrong_ids(check: &Check, provider: Option<&Provider>) -> Vec<Mistake> {
    let ids = check.section.get(IDS).zip(provider);
    let wrong = ids.map(|(ids, provider)| {
        let values = ids.values.iter().filter(|value| value.text.trim() != "-");
        values.filter_map(|value| {
            let expected = (provider.id)(value.text.trim()).err()?;
            let message = en::flags::invalid_id(&expected);
            Some(Mistake::new(value.at, message.text))
        })
    });
    wrong.into_iter().flatten().collect()
}

/// `certcheck config show`
fn show(front: Common, matches: &ArgMatches, world: &World) -> Result<String, Error> {
    let flags = front.with(matches)?;
    flags.choices([])?;
    let understood = Understood::new(matches, world)?;
    let plans = understood.plans(&flags, world)?;
    let choices = run_choices(&flags, plans.first())?;
    let known = secrets(&world.context.variables);
    learn_proxies(plans.iter().map(|planned| &planned.plan), &known);
    let shown = show::Shown::new(&understood.path(), &plans, &flags);
    let shown = shown.freed(&known);
    Ok(if choices.format.is_for_people {
        shown.text(world.context.speaks_utf8())
    } else {
        shown.json()
    })
}

/// A file as it was read, with what is wrong in it.
struct Understood {
    file: File,
    config: Config,
    mistakes: Vec<Mistake>,
}

impl Understood {
    fn new(matches: &ArgMatches, world: &World) -> Result<Understood, Error> {
        let file = read(matches, world)?;
        let (config, mistakes) = Config::read(&file.bytes, &vocabulary());
        Ok(Understood {
            file,
            config,
            mistakes,
        })
    }

    fn path(&self) -> String {
        self.file.path.display().to_string()
    }

    fn reading<'a>(&'a self, world: &'a World) -> Reading<'a> {
        Reading {
            path: &self.file.path,
            bytes: &self.file.bytes,
            config: &self.config,
            world,
        }
    }

    /// The checks of a file without any mistake.
    fn plans<'a>(&'a self, flags: &Common, world: &'a World) -> Result<Vec<Planned<'a>>, Error> {
        let (plans, more) = self.reading(world).plans(Some(flags));
        let mistakes = self.mistakes.iter().chain(&more);
        match mistakes.min_by_key(|mistake| mistake.at) {
            Some(mistake) if mistake.hint.is_some() => Err(mistake.in_file(&self.path())),
            Some(mistake) => Err(mistake.in_file(&self.path()).with_hint(LIST_ALL)),
            None => Ok(plans),
        }
    }
}
