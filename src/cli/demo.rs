//! `certcheck demo`: the whole way, from a signed request to a judged certificate, for all five providers,
//! against the sandbox inside this program. The user's keys, configuration and proxies play no part.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};

use super::Exit;
use super::choices::Choices;
use super::common::Common;
use super::plan::{Plan, PlanInput, of_layers};
use super::session::{self, Ending};
use crate::adapters::{Provider, REGISTRY};
use crate::error::{Error, Kind, reason};
use crate::flags::clap_args::layer_of_words;
use crate::sandbox::{self, Options, Sandbox, Service};
use crate::world::{Context, World};

/// What is asked: a mix of states, each service at least once, both Huawei calls.
const QUESTIONS: &[(Service, &[&str])] = &[
    (Service::Mpush, &["--app-key", "335799001,335799002"]),
    (
        Service::Esa,
        &[
            "--site-id",
            sandbox::SITE_ID,
            "--id",
            "baba39055622c008b90285a8838ed09a,baba39055622c008b90285a8838ed0a6,baba39055622c008b90285a8838ed0f2",
        ],
    ),
    (Service::Pbx, &["--id", "1,3,4"]),
    (
        Service::Huawei,
        &["--id", "scs1700000000001,scs1700000000006,scs1700000000009"],
    ),
    (
        Service::Huawei,
        &[
            "--legacy",
            "--project-id",
            sandbox::PROJECT_ID,
            "--id",
            "scs1481110651012",
        ],
    ),
    (
        Service::Tencent,
        &["--id", "sbxValid,sbxSoon1,sbxRevok,sbxCaBun,sbxMove1"],
    ),
];

/// Runs the demo. It exits 0 when it ran to its end, and says which code a real run would give.
pub fn run(flags: &Common, world: &mut World) -> Result<Exit, Error> {
    let choices = flags.choices([])?;
    let Stage {
        services,
        plans,
        variables,
    } = prepared(&choices, &world.context)?;
    session::hold(plans, &choices, Some(&variables), world, |report| Ending {
        code: 0,
        text: if choices.format.is_for_people {
            explanation(&services, report.exit_code(choices.exit_zero))
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
struct Stage {
    services: Sandbox,
    plans: Vec<Plan>,
    variables: HashMap<String, String>,
}

fn prepared(choices: &Choices, context: &Context) -> Result<Stage, Error> {
    let services =
        Sandbox::start(Options::new(clock_from((context.clock)()))).map_err(|error| {
            Error::new(
            Kind::Network,
            format!("the sandbox cannot listen on loopback: {}", reason(&error)),
        )
        .with_hint(
            "look at what this process may do; the demo needs five ports of its own on 127.0.0.1",
        )
        })?;
    let variables: HashMap<String, String> = Service::ALL
        .iter()
        .flat_map(|service| sandbox::credentials(*service))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let plans = QUESTIONS
        .iter()
        .map(|(service, flags)| plan(&services, *service, flags, choices, context));
    let plans = plans.collect::<Result<Vec<Plan>, Error>>()?;
    Ok(Stage {
        services,
        plans,
        variables,
    })
}

fn explanation(services: &Sandbox, code: u8) -> String {
    let seen = services.seen();
    let verified = seen.iter().filter(|seen| seen.outcome == "ok").count();
    format!(
        "\n{verified} requests went to the sandbox on loopback, each signed or with a token,\n\
         and each was verified there.\n\
         A real run with these answers would exit with code {code}.\n"
    )
}

/// The very command a user would type.
fn plan(
    services: &Sandbox,
    service: Service,
    flags: &[&str],
    choices: &Choices,
    context: &Context,
) -> Result<Plan, Error> {
    let named = |provider: &&Provider| provider.name == service.name();
    let Some(provider) = REGISTRY.iter().copied().find(named) else {
        let text = format!("no provider {}", service.name());
        return Err(Error::new(Kind::Usage, text));
    };
    let endpoint = services.endpoint(service);
    let words: Vec<&str> = flags
        .iter()
        .copied()
        .chain(["--endpoint", &endpoint])
        .collect();
    let layer = layer_of_words(&provider.all_flags(), &words)?;
    let mut input = PlanInput {
        context,
        stdin: &mut io::empty(),
        stdin_is_terminal: false,
    };
    of_layers(provider, &[&layer], choices.clone(), &mut input)
}
