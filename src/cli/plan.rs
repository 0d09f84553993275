//! What a provider's command means. Every mistake of the user is found here, before a secret is read.

use std::collections::HashMap;
use std::io::Read;
use std::path::PathBuf;

use clap::ArgMatches;

use super::choices::Choices;
use super::place::{Given, Place};
use super::route::Route;
use crate::adapters::keys::Typed;
use crate::adapters::{Provider, Settings, Target, in_flag};
use crate::error::{Error, Kind, reason};
use crate::model::Origin;
use crate::unicode::Utf8;
use crate::world::ReadFile;

/// One command, understood.
pub struct Plan {
    /// Who is asked.
    pub provider: &'static Provider,
    /// Where it stands in the config file.
    pub origin: Origin,
    /// Where, and how answers are read.
    pub target: Target,
    /// What the variable for the endpoint means for it.
    pub place: Place,
    /// How they are reached.
    pub route: Route,
    /// What is to be done.
    pub job: Job,
    /// How to sign in.
    pub typed: Typed,
    /// The common flags.
    pub choices: Choices,
}

/// What is to be done.
pub enum Job {
    /// Ask the service about these ids.
    Ask(Vec<Wanted>),
    /// Ask for everything that the account holds.
    All,
    /// Judge saved answers.
    Saved {
        /// Where they are; none is standard input.
        path: Option<PathBuf>,
        /// The id they are expected to be about.
        expected: Option<String>,
    },
}

/// One id as it was typed, and as it will be sent, or why it cannot be right.
pub struct Wanted {
    /// As typed.
    pub text: String,
    /// As sent.
    pub id: Result<String, Error>,
}

/// What of the world a plan is made with.
pub struct Surroundings<'a> {
    /// The environment.
    pub variables: &'a HashMap<String, String>,
    /// Reads a file.
    pub read_file: &'a ReadFile,
    /// Standard input, for `--id -`.
    pub stdin: &'a mut dyn Read,
    /// Whether that is a terminal.
    pub stdin_is_terminal: bool,
}

/// More ids than that is a mistake in a script, not a wish.
const MOST_INPUT: u64 = 16 * 1024 * 1024;

impl Plan {
    /// Understands one provider's command.
    pub fn new(
        provider: &'static Provider,
        choices: Choices,
        matches: &ArgMatches,
        around: &mut Surroundings<'_>,
    ) -> Result<Plan, Error> {
        let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
        let from = text("from");
        let variables = around.variables;
        let variable = |name: &str| {
            variables
                .get(name)
                .filter(|value| !value.trim().is_empty())
                .cloned()
        };
        let given = Given::read(provider, matches, &variable, from.is_some());
        let settings = Settings {
            variable: &variable,
            endpoint: given.endpoint(),
            allow_http: matches.get_flag("allow_http"),
            saved: from.is_some(),
            shown: false,
            all: matches.get_flag("all"),
        };
        let target = (provider.target)(matches, &settings)?;
        let place = given.place(&target.endpoint)?;
        let route = match from {
            None => Route::read(provider, &target, matches, variables, around.read_file)?,
            Some(_) => Route::default(),
        };
        let ids: Vec<String> = matches
            .get_many::<String>("id")
            .unwrap_or_default()
            .cloned()
            .collect();
        let job = match from {
            Some(from) => saved(from, &ids, provider, around.stdin_is_terminal)?,
            None if matches.get_flag("all") => Job::All,
            None => Job::Ask(wanted(&ids, provider, around)?),
        };
        Ok(Plan {
            provider,
            origin: Origin::default(),
            target,
            place,
            route,
            job,
            typed: typed(matches),
            choices,
        })
    }
}

/// How to sign in. Not every command has these flags.
pub fn typed(matches: &ArgMatches) -> Typed {
    let text = |name: &str| {
        let text = matches.try_get_one::<String>(name).ok().flatten();
        text.map(|text| text.trim().to_owned())
    };
    Typed {
        profile: text("profile"),
        instance_role: text("instance_role"),
        account: None,
    }
}

fn usage(text: impl Into<String>) -> Error {
    Error::new(Kind::Usage, text)
}

fn saved(from: &str, given: &[String], provider: &Provider, terminal: bool) -> Result<Job, Error> {
    let expected = match given {
        [] => None,
        [one] if one != "-" => Some(in_flag("--id", one.trim(), provider.id)?),
        _ => {
            return Err(usage("--from takes no more than one id").with_hint(
                "give the one that is expected in the answers, or none; `-` is not an id here",
            ));
        }
    };
    if from == "-" && terminal {
        return Err(usage("--from - reads standard input, which is a terminal")
            .with_hint("pipe a saved answer in, or name a file"));
    }
    let path = (from != "-").then(|| PathBuf::from(from));
    Ok(Job::Saved { path, expected })
}

/// The ids in the order given, each once.
fn wanted(
    given: &[String],
    provider: &Provider,
    around: &mut Surroundings<'_>,
) -> Result<Vec<Wanted>, Error> {
    let mut texts: Vec<String> = Vec::new();
    for text in given {
        match text.trim() {
            "-" => texts.extend(lines(around)?),
            text => texts.push(text.to_owned()),
        }
    }
    let mut wanted: Vec<Wanted> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for text in texts {
        let id = (provider.id)(&text);
        if seen.insert(id.clone().unwrap_or_else(|_| text.clone())) {
            wanted.push(Wanted { text, id });
        }
    }
    Ok(wanted)
}

fn lines(around: &mut Surroundings<'_>) -> Result<Vec<String>, Error> {
    if around.stdin_is_terminal {
        return Err(usage("--id - reads standard input, which is a terminal")
            .with_hint("pipe the ids in, one a line"));
    }
    let mut bytes = Vec::new();
    let read = around.stdin.take(MOST_INPUT + 1).read_to_end(&mut bytes);
    let stop = |why: String| {
        Error::new(
            Kind::Config,
            format!("standard input cannot be read: {why}"),
        )
        .with_hint("check what feeds --id -")
    };
    read.map_err(|error| stop(reason(&error)))?;
    // A list that is cut would leave ids out without a word.
    if bytes.len() as u64 > MOST_INPUT {
        return Err(stop(format!(
            "it is larger than {} MiB",
            MOST_INPUT / 1024 / 1024
        )));
    }
    let mut text = Vec::new();
    let decoded = Utf8::new(bytes.as_slice()).read_to_end(&mut text);
    decoded.map_err(|error| stop(reason(&error)))?;
    // An id with bytes that are no text is refused by itself.
    let text = String::from_utf8_lossy(&text);
    let useful = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(useful.map(str::to_owned).collect())
}
