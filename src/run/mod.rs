//! Plans to a report: accounts side by side (`account`, one `plan_run` for each plan), lists (`listing`), saved answers,
//! the credential chain's run (`key_finder`, `helper_command`, `renewal`), signals, progress, and the collector that
//! orders, judges and redacts.

pub mod account;
mod answer_clocks;
pub mod collector;
pub mod console;
mod flows;
mod helper_command;
mod inventory;
pub mod key_finder;
pub mod known_accounts;
pub mod known_secrets;
mod listing;
pub mod output;
pub mod plan_run;
pub mod progress;
mod redaction;
mod renewal;
pub mod run_context;
mod saved_answers;
pub mod signals;

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use chrono::SubsecRound as _;
use futures_util::future::join_all;
use tokio::sync::{Semaphore, watch};

use crate::error::Error;
use crate::exchange::Stop;
use crate::exchange::tls_verifier::PeerChain;
use crate::model::Report;
use crate::plan::options::RunOptions;
use crate::plan::{Job, Plan};
use crate::render::format::Sink as _;
use crate::run::account::run_account;
use crate::run::collector::Collector;
use crate::run::console::{Console, look};
use crate::run::known_accounts::Accounts;
use crate::run::known_secrets::{learn_proxies, secrets, secrets_in_files};
use crate::run::output::{Exit, delivered};
use crate::run::run_context::{RunContext, deadline};
use crate::run::saved_answers::AnswerSource;
use crate::world::World;

/// How a run that nobody stopped ends.
pub struct RunEnd {
    /// The exit code.
    pub code: u8,
    /// What is said after the report.
    pub text: String,
}

/// Runs one provider's command.
pub fn run_plan(plan: Plan, world: &mut World) -> Result<Exit, Error> {
    let options = &plan.options.clone();
    let by_verdict = |report: &Report| RunEnd {
        code: report.exit_code(options.exit_zero),
        text: String::new(),
    };
    match &plan.job {
        Job::Ask(_) | Job::All => run_plans(vec![plan], options, None, world, by_verdict),
        Job::Saved { path, expected } => judged(&plan, path.as_deref(), expected.as_deref(), world),
    }
}

fn judged(
    plan: &Plan,
    path: Option<&Path>,
    expected: Option<&str>,
    world: &mut World,
) -> Result<Exit, Error> {
    let options = &plan.options;
    let (started, look) = (
        (world.context.clock)().trunc_subsecs(0),
        look(world, options),
    );
    // No key is looked for, but one that stands in the environment is no less secret.
    let known = secrets(&world.context.variables);
    let source = AnswerSource::open(path, &mut world.stdin, &*world.context.read_file)?;
    let (stdout, stderr) = (&mut world.stdout, &mut world.stderr);
    let console = Console::new(stdout, stderr, look, options, known.clone());
    let mut collector = Collector::new(options, started, known, &console);
    source.judge(plan, expected, &mut collector)?;
    let report = collector.finish(true);
    console.finish(&report);
    let written = console.close();
    delivered(written, report.exit_code(options.exit_zero), world)
}

/// Holds the conversations of these plans, those of different accounts at the same time, and prints one report. Keys
/// are looked for in `variables`, or in the environment.
pub fn run_plans(
    mut plans: Vec<Plan>,
    options: &RunOptions,
    variables: Option<&HashMap<String, String>>,
    world: &mut World,
    ending: impl FnOnce(&Report) -> RunEnd,
) -> Result<Exit, Error> {
    let (started, look) = (
        (world.context.clock)().trunc_subsecs(0),
        look(world, options),
    );
    let known = match variables {
        None => secrets_in_files(world),
        Some(_) => secrets(&world.context.variables),
    };
    learn_proxies(&plans, &known);
    let (stdout, stderr) = (&mut world.stdout, &mut world.stderr);
    let console =
        Console::new(stdout, stderr, look, options, known.clone()).watched(world.terminal.stderr);
    let collector = RefCell::new(Collector::new(options, started, known.clone(), &console));
    let mut context = world.context.clone();
    if let Some(variables) = variables {
        context.variables = Rc::new(variables.clone());
    }
    // A question that nobody sees is never answered.
    if !(world.terminal.stdin && world.terminal.stderr) {
        context.prompt = None;
    }
    let (wish, stopped) = watch::channel(Stop::No);
    let signal = signals::run(world.signals.as_deref(), &wish, async {
        let run = RunContext {
            context: &context,
            warn: &|text| console.warn(text),
            say: &|text| console.say(&text),
            progress: console.progress(),
            accounts: &Accounts::default(),
            slots: Rc::new(Semaphore::new(options.concurrency)),
            shown: &PeerChain::default(),
            trace: &|trace| console.trace(trace),
            stop: stopped,
            deadline: deadline(options.deadline),
        };
        plans.iter_mut().for_each(|plan| find_place(plan, &run));
        let accounts = by_account(&plans);
        let each = accounts
            .iter()
            .map(|plans| run_account(plans, &run, &known, &collector));
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
fn find_place(plan: &mut Plan, run: &RunContext<'_>) {
    for target in plan.targets.iter_mut() {
        if let Some(other) = run.finder().profile_target(target, &plan.sign_in) {
            *target = other;
        }
    }
    plan.endpoint_origin
        .warning()
        .into_iter()
        .for_each(run.warn);
    let endpoint = &plan.targets.first().endpoint;
    let remark = plan.endpoint_origin.remark(plan.provider, endpoint);
    remark.into_iter().for_each(run.say);
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
