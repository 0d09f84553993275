//! `certcheck demo`: the whole way, from a signed request to a verdict, for every service of the sandbox inside this
//! program. The user's keys, configuration and proxies play no part.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};

use crate::adapters::{Provider, REGISTRY};
use crate::error::{Error, Kind, reason};
use crate::flags::clap_args::layer_of_words;
use crate::plan::global_flags::GlobalFlags;
use crate::plan::options::RunOptions;
use crate::plan::{Plan, PlanInput, of_layers};
use crate::run::output::Exit;
use crate::run::{RunEnd, run_plans};
use crate::sandbox::{Emulator, Options, Sandbox};
use crate::world::{Context, World};

/// Runs the demo. It exits 0 when it ran to its end, and says which code a real run would give.
pub fn run(flags: &GlobalFlags, world: &mut World) -> Result<Exit, Error> {
    let options = flags.options([])?;
    let DemoSetup {
        services,
        plans,
        variables,
    } = prepared(&options, &world.context)?;
    run_plans(plans, &options, Some(&variables), world, |report| RunEnd {
        code: 0,
        text: if options.format.is_for_people {
            explanation(&services, report.exit_code(options.exit_zero))
        } else {
            String::new()
        },
    })
}

/// The sandbox lives by this program's clock, carried on by a stopwatch, since the clock itself stays here.
pub fn clock_from(now: DateTime<Utc>) -> Arc<dyn Fn() -> DateTime<Utc> + Send + Sync> {
    let since = Instant::now();
    Arc::new(move || now + TimeDelta::from_std(since.elapsed()).unwrap_or_default())
}

/// What the demo runs with.
struct DemoSetup {
    services: Sandbox,
    plans: Vec<Plan>,
    variables: HashMap<String, String>,
}

fn prepared(options: &RunOptions, context: &Context) -> Result<DemoSetup, Error> {
    let services =
        Sandbox::start(Options::new(clock_from((context.clock)()))).map_err(|error| {
            Error::new(
            Kind::Network,
            format!("the sandbox cannot listen on loopback: {}", reason(&error)),
        )
        .with_hint(
            "check what this process may do; the demo needs a port on 127.0.0.1 for each service",
        )
        })?;
    let variables: HashMap<String, String> = Emulator::all()
        .flat_map(Emulator::credentials)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut plans = Vec::new();
    for provider in REGISTRY.iter().copied() {
        let Some(service) = Emulator::named(provider.name) else {
            continue;
        };
        let endpoint = services.endpoint(service);
        for command in commands(service) {
            plans.push(plan(provider, &endpoint, &command, options, context)?);
        }
    }
    Ok(DemoSetup {
        services,
        plans,
        variables,
    })
}

/// The certificates that need the same flags are checked by one command.
struct DemoCommand {
    flags: &'static [&'static str],
    ids: Vec<&'static str>,
}

fn commands(service: &Emulator) -> Vec<DemoCommand> {
    let mut commands: Vec<DemoCommand> = Vec::new();
    for id in service.demo {
        let mut samples = service.samples.iter();
        let Some(sample) = samples.find(|sample| sample.id == *id) else {
            continue;
        };
        match commands
            .iter_mut()
            .find(|command| command.flags == sample.flags)
        {
            Some(command) => command.ids.push(sample.id),
            None => commands.push(DemoCommand {
                flags: sample.flags,
                ids: vec![sample.id],
            }),
        }
    }
    commands
}

fn explanation(services: &Sandbox, code: u8) -> String {
    let requests = services.seen();
    let good = requests.iter().filter(|request| request.outcome == "ok");
    let verified = good.count();
    format!(
        "\n{verified} requests went to the sandbox on loopback, each signed or with a token,\n\
         and each was verified there.\n\
         A real run with these answers would exit with code {code}.\n"
    )
}

/// The plan of the command that a user would type.
fn plan(
    provider: &'static Provider,
    endpoint: &str,
    command: &DemoCommand,
    options: &RunOptions,
    context: &Context,
) -> Result<Plan, Error> {
    let id_flag = format!("--{}", provider.id_flag.spec.name);
    let ids = command.ids.join(",");
    let mut words = vec!["--endpoint", endpoint, &id_flag, &ids];
    words.extend(command.flags);
    let layer = layer_of_words(&provider.all_flags(), &words)?;
    let mut input = PlanInput {
        context,
        stdin: &mut io::empty(),
        stdin_is_terminal: false,
    };
    of_layers(provider, &[&layer], options.clone(), &mut input)
}
