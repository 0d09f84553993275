//! Does what plans say and prints what came of it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use chrono::SubsecRound as _;
use futures_util::future::join_all;
use tokio::sync::{Semaphore, watch};

use super::accounts::Accounts;
use super::check::{Outside, ask, ends};
use super::choices::Choices;
use super::collector::Collector;
use super::console::{Console, look};
use super::plan::{Job, Plan};
use super::saved::Source;
use super::{Exit, delivered, learn_proxies, runtime, secrets, secrets_in_files};
use crate::error::Error;
use crate::exchange::Stop;
use crate::exchange::tls_verifier::PeerChain;
use crate::model::Report;
use crate::render::format::Sink as _;
use crate::world::World;

/// How a run that nobody stopped ends.
pub struct Ending {
    /// The exit code.
    pub code: u8,
    /// What is said after the report.
    pub text: String,
}

/// Runs one provider's command.
pub fn run(plan: Plan, world: &mut World) -> Result<Exit, Error> {
    let choices = &plan.choices.clone();
    let by_verdict = |report: &Report| Ending {
        code: report.exit_code(choices.exit_zero),
        text: String::new(),
    };
    match &plan.job {
        Job::Ask(_) | Job::All => hold(vec![plan], choices, None, world, by_verdict),
        Job::Saved { path, expected } => judged(&plan, path.as_deref(), expected.as_deref(), world),
    }
}

fn judged(
    plan: &Plan,
    path: Option<&Path>,
    expected: Option<&str>,
    world: &mut World,
) -> Result<Exit, Error> {
    let choices = &plan.choices;
    let (started, look) = (
        (world.context.clock)().trunc_subsecs(0),
        look(world, choices),
    );
    // No key is looked for, but one that stands in the environment is no less secret.
    let known = secrets(&world.context.variables);
    let source = Source::open(path, &mut world.stdin, &*world.context.read_file)?;
    let (stdout, stderr) = (&mut world.stdout, &mut world.stderr);
    let console = Console::new(stdout, stderr, look, choices, known.clone());
    let mut collector = Collector::new(choices, started, known, &console);
    source.judge(plan, expected, &mut collector)?;
    let report = collector.finish(true);
    console.finish(&report);
    let written = console.close();
    delivered(written, report.exit_code(choices.exit_zero), world)
}

/// Holds the conversations of these plans, those of different accounts at the same time, and prints one report. Keys
/// are looked for in `variables`, or in the environment.
pub fn hold(
    mut plans: Vec<Plan>,
    choices: &Choices,
    variables: Option<&HashMap<String, String>>,
    world: &mut World,
    ending: impl FnOnce(&Report) -> Ending,
) -> Result<Exit, Error> {
    let (started, look) = (
        (world.context.clock)().trunc_subsecs(0),
        look(world, choices),
    );
    let known = match variables {
        None => secrets_in_files(world),
        Some(_) => secrets(&world.context.variables),
    };
    learn_proxies(&plans, &known);
    let (stdout, stderr) = (&mut world.stdout, &mut world.stderr);
    let console =
        Console::new(stdout, stderr, look, choices, known.clone()).watched(world.terminal.stderr);
    let collector = RefCell::new(Collector::new(choices, started, known.clone(), &console));
    let mut context = world.context.clone();
    if let Some(variables) = variables {
        context.variables = Rc::new(variables.clone());
    }
    // A question that nobody sees is never answered.
    if !(world.terminal.stdin && world.terminal.stderr) {
        context.prompt = None;
    }
    let (wish, stopped) = watch::channel(Stop::No);
    let signal = runtime::run(world.signals.as_deref(), &wish, async {
        let outside = Outside {
            context: &context,
            warn: &|text| console.warn(text),
            say: &|text| console.say(&text),
            progress: console.progress(),
            accounts: &Accounts::default(),
            slots: Rc::new(Semaphore::new(choices.concurrency)),
            shown: &PeerChain::default(),
            trace: &|trace| console.trace(trace),
            stop: stopped,
            deadline: ends(choices.deadline),
        };
        plans.iter_mut().for_each(|plan| find_place(plan, &outside));
        let accounts = by_account(&plans);
        let each = accounts
            .iter()
            .map(|plans| ask(plans, &outside, &known, &collector));
        tokio::select! {
            _ = join_all(each) => {}
            () = console.progress().appear() => {}
        }
        console.progress().end();
    });
    let signal = signal?;
    let report = collector.into_inner().finish(signal.is_none());
    console.finish(&report);
    let ending = ending(&report);
    console.print(&ending.text);
    delivered(console.close(), signal.unwrap_or(ending.code), world)
}

/// Where a plan asks: where the tool that keeps the key says, if the user did not say; and what is to be told of it.
fn find_place(plan: &mut Plan, outside: &Outside<'_>) {
    for target in plan.targets.iter_mut() {
        if let Some(other) = outside.finder().profile_target(target, &plan.typed) {
            *target = other;
        }
    }
    plan.place.warning().into_iter().for_each(outside.warn);
    let endpoint = &plan.targets.first().endpoint;
    let remark = plan.place.remark(plan.provider, endpoint);
    remark.into_iter().for_each(outside.say);
}

/// The plans of each account, in their order. What names no account has one of its own.
fn by_account(plans: &[Plan]) -> Vec<Vec<(usize, &Plan)>> {
    let mut accounts: Vec<Vec<(usize, &Plan)>> = Vec::new();
    for (order, plan) in plans.iter().enumerate() {
        let name = plan.origin.account.as_ref();
        let same = |others: &&mut Vec<(usize, &Plan)>| {
            let first = others.first();
            name.is_some() && first.is_some_and(|(_, first)| first.origin.account.as_ref() == name)
        };
        match accounts.iter_mut().find(same) {
            Some(others) => others.push((order, plan)),
            None => accounts.push(vec![(order, plan)]),
        }
    }
    accounts
}
