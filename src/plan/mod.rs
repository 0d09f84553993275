//! What one command or check means. Every mistake of the user is found here, before a secret is read; nothing later
//! looks at flags, environment or config file.

pub mod connection;
pub mod endpoint_origin;
pub mod global_flags;
pub mod name_pattern;
pub mod no_proxy;
pub mod options;
pub mod usage_error;

use std::collections::HashMap;
use std::io::Read;
use std::path::PathBuf;

use crate::adapters::credential_chain::SignInFlags;
use crate::adapters::{Provider, Settings, Targets};
use crate::error::{Error, Kind, reason};
use crate::flags::connection::{ALL, ALLOW_HTTP, FROM, INSTANCE_ROLE, PROFILE};
use crate::flags::{FlagRef, FlagValue, Layer, Source, Values};
use crate::messages::en;
use crate::model::{Expected, FlagProblem, Origin};
use crate::plan::connection::Connection;
use crate::plan::endpoint_origin::{EndpointOrigin, HostFlags};
use crate::plan::options::RunOptions;
use crate::plan::usage_error::{FlagNames, invalid_value, usage_error};
use crate::unicode::Utf8;
use crate::world::Context;

/// One command, understood.
pub struct Plan {
    /// Who is asked.
    pub provider: &'static Provider,
    /// Where it stands in the config file.
    pub origin: Origin,
    /// Where requests go, and how responses are read.
    pub targets: Targets,
    /// What the variable for the endpoint means for it.
    pub endpoint_origin: EndpointOrigin,
    /// How they are reached.
    pub connection: Connection,
    /// What is to be done.
    pub job: Job,
    /// How to sign in.
    pub sign_in: SignInFlags,
    /// The common flags.
    pub options: RunOptions,
}

/// What is to be done.
pub enum Job {
    /// Ask the service about these ids.
    Ask(Vec<RequestedId>),
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
pub struct RequestedId {
    /// As typed.
    pub text: String,
    /// As sent.
    pub id: Result<String, Error>,
}

/// What a plan is made with.
pub struct PlanInput<'a> {
    pub context: &'a Context,
    /// Standard input, for `--id -`.
    pub stdin: &'a mut dyn Read,
    /// True if that is a terminal.
    pub stdin_is_terminal: bool,
}

/// More ids than that is a mistake in a script, not a wish.
const MOST_INPUT: u64 = 16 * 1024 * 1024;

impl Plan {
    /// Understands one provider's command.
    pub fn new(
        provider: &'static Provider,
        options: RunOptions,
        values: &Values<'_>,
        input: &mut PlanInput<'_>,
    ) -> Result<Plan, Vec<PlanProblem>> {
        let from = values.get(&FROM);
        let given = HostFlags::read(provider, values);
        let settings = Settings {
            endpoint: given.endpoint(),
            allow_http: values.is_on(&ALLOW_HTTP),
            saved: from.is_some(),
            shown: false,
            all: values.is_on(&ALL),
        };
        let targets = (provider.build_targets)(values, &settings);
        let ids = values.all(provider.id_flag);
        let job = match from {
            Some(from) => saved(&from, &ids, provider, input.stdin_is_terminal),
            None if values.is_on(&ALL) => Ok(Job::All),
            None => wanted(&ids, provider, input).map(Job::Ask),
        };
        let (targets, job) = match (targets, job) {
            (Ok(targets), Ok(job)) => (targets, job),
            (targets, job) => {
                let problem = targets.err().map(PlanProblem::Flag);
                return Err(problem.into_iter().chain(job.err()).collect());
            }
        };
        let endpoint_origin = given
            .endpoint_origin(&targets.first().endpoint)
            .map_err(PlanProblem::from)?;
        let connection = match job {
            Job::Saved { .. } => Connection::default(),
            Job::Ask(_) | Job::All => {
                Connection::read(targets.first(), values, &*input.context.read_file)
                    .map_err(PlanProblem::from)?
            }
        };
        Ok(Plan {
            provider,
            origin: Origin::default(),
            targets,
            endpoint_origin,
            connection,
            job,
            sign_in: sign_in_flags(values),
            options,
        })
    }
}

/// The plan of a provider's command, by the layers of its flags; the first problem otherwise.
pub fn of_layers(
    provider: &'static Provider,
    layers: &[&Layer],
    options: RunOptions,
    input: &mut PlanInput<'_>,
) -> Result<Plan, Error> {
    let values = Values::new(layers.iter().copied());
    let flags = provider.all_flags();
    let names = FlagNames::of_command_line(&flags, provider.name, &values);
    Plan::new(provider, options, &values, input).map_err(|problems| typed_error(problems, &names))
}

/// The variables that stand in for flags of a provider.
pub fn variables_layer(
    provider: &Provider,
    saved: bool,
    variables: &HashMap<String, String>,
) -> Result<Layer, Error> {
    let flags = provider.all_flags();
    Layer::of_variables(&flags, provider.name, saved, variables)
        .map_err(|invalid| invalid_value(&invalid, &flags, provider.name))
}

/// The request that costs least, for an ID that nobody has.
pub fn probe_layer(provider: &'static Provider) -> Result<Layer, Error> {
    let id: FlagRef = provider.id_flag;
    let flags: Vec<(FlagRef, &str)> = match provider.probe() {
        Some(probe) => {
            let more = probe.flags.iter().copied();
            [(id, probe.id)].into_iter().chain(more).collect()
        }
        // Without a key there is nothing to prove.
        None => vec![(&ALL, "true")],
    };
    let mut layer = Layer::default();
    for (flag, text) in flags {
        let value = FlagValue::read(flag, vec![text.to_owned()], Source::BuiltIn);
        let value = value.map_err(|invalid| invalid_value(&invalid, &[flag], provider.name))?;
        layer.push(value);
    }
    Ok(layer)
}

/// Why there is no plan.
#[derive(Debug)]
pub enum PlanProblem {
    Flag(FlagProblem),
    Other(Error),
}

impl From<FlagProblem> for PlanProblem {
    fn from(problem: FlagProblem) -> PlanProblem {
        PlanProblem::Flag(problem)
    }
}

impl From<Error> for PlanProblem {
    fn from(error: Error) -> PlanProblem {
        PlanProblem::Other(error)
    }
}

impl From<PlanProblem> for Vec<PlanProblem> {
    fn from(problem: PlanProblem) -> Vec<PlanProblem> {
        vec![problem]
    }
}

/// The flags that say how to sign in. Not every command has them.
pub fn sign_in_flags(values: &Values<'_>) -> SignInFlags {
    SignInFlags {
        profile: values.get(&PROFILE),
        instance_role: values.get(&INSTANCE_ROLE),
        account: None,
    }
}

/// The first problem, as the error of a command line.
pub fn typed_error(problems: Vec<PlanProblem>, names: &FlagNames<'_>) -> Error {
    match problems.into_iter().next() {
        Some(PlanProblem::Flag(problem)) => usage_error(&problem, names),
        Some(PlanProblem::Other(error)) => error,
        None => usage("the command cannot be used"),
    }
}

fn usage(text: impl Into<String>) -> Error {
    Error::new(Kind::Usage, text)
}

fn saved(
    from: &str,
    given: &[String],
    provider: &Provider,
    terminal: bool,
) -> Result<Job, PlanProblem> {
    let expected = match given {
        [] => None,
        [one] if one != "-" => {
            let flag = provider.id_flag.id();
            let id = (provider.id)(one.trim());
            Some(id.map_err(|expected| FlagProblem::Value { flag, expected })?)
        }
        _ => {
            let text = format!("{} takes no more than one ID", FROM.long());
            let hint =
                "give the one that is expected in the answers, or none; `-` is not an ID here";
            return Err(usage(text).with_hint(hint).into());
        }
    };
    if from == "-" && terminal {
        let text = format!(
            "{} - reads standard input, which is a terminal",
            FROM.long()
        );
        let hint = "pipe a saved answer in, or name a file";
        return Err(usage(text).with_hint(hint).into());
    }
    let path = (from != "-").then(|| PathBuf::from(from));
    Ok(Job::Saved { path, expected })
}

/// The ids in the order given, each once.
fn wanted(
    given: &[String],
    provider: &Provider,
    input: &mut PlanInput<'_>,
) -> Result<Vec<RequestedId>, PlanProblem> {
    let mut texts: Vec<String> = Vec::new();
    for text in given {
        match text.trim() {
            "-" => texts.extend(lines(input)?),
            text => texts.push(text.to_owned()),
        }
    }
    let mut wanted: Vec<RequestedId> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for text in texts {
        let id = (provider.id)(&text).map_err(|expected| bad_id(&expected));
        if seen.insert(id.clone().unwrap_or_else(|_| text.clone())) {
            wanted.push(RequestedId { text, id });
        }
    }
    Ok(wanted)
}

/// An ID that cannot be right. It stands beside the error.
fn bad_id(expected: &Expected) -> Error {
    let message = en::flags::invalid_id(expected);
    usage(message.text).with_hint(message.hint.unwrap_or_default())
}

fn lines(input: &mut PlanInput<'_>) -> Result<Vec<String>, Error> {
    if input.stdin_is_terminal {
        return Err(usage("--id - reads standard input, which is a terminal")
            .with_hint("pipe the ids in, one a line"));
    }
    let mut bytes = Vec::new();
    let read = input.stdin.take(MOST_INPUT + 1).read_to_end(&mut bytes);
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
