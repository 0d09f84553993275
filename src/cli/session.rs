//! Does what a plan says and prints what came of it.

use std::cell::RefCell;

use chrono::SubsecRound as _;
use tokio::sync::watch;

use super::check::{Outside, ask, ends};
use super::collector::{Collector, Row};
use super::console::{Console, look};
use super::plan::{Job, Plan, Wanted};
use super::{delivered, runtime, saved, stop};
use crate::credentials::KnownSecrets;
use crate::error::{Error, Kind};
use crate::exchange::Stop;
use crate::world::World;

/// Runs one provider's command.
pub fn run(plan: &Plan, world: &mut World) -> u8 {
    match &plan.job {
        Job::Ask(wanted) => asked(plan, wanted, world),
        Job::Saved { path, expected } => {
            match saved::read(path.as_deref(), &mut world.stdin, &world.read_file) {
                Ok(bytes) => judged(plan, expected.as_deref(), &bytes, world),
                Err(error) => stop(&error, world),
            }
        }
    }
}

fn judged(plan: &Plan, expected: Option<&str>, bytes: &[u8], world: &mut World) -> u8 {
    let (started, look) = ((world.clock)().trunc_subsecs(0), look(world, &plan.choices));
    let known = KnownSecrets::default();
    let console = Console::new(
        &mut world.stdout,
        &mut world.stderr,
        look,
        &plan.choices,
        known.clone(),
    );
    let mut collector = Collector::new(
        &plan.choices,
        started,
        known,
        Box::new(|line| console.result(line)),
    );
    saved::judge(plan, expected, bytes, &mut collector);
    let report = collector.finish(true);
    console.report(&report);
    let code = report.exit_code(plan.choices.exit_zero);
    delivered(console.finish(), code, world)
}

fn asked(plan: &Plan, wanted: &[Wanted], world: &mut World) -> u8 {
    let (started, look) = ((world.clock)().trunc_subsecs(0), look(world, &plan.choices));
    let known = KnownSecrets::default();
    let console = Console::new(
        &mut world.stdout,
        &mut world.stderr,
        look,
        &plan.choices,
        known.clone(),
    );
    let collector = RefCell::new(Collector::new(
        &plan.choices,
        started,
        known.clone(),
        Box::new(|line| console.result(line)),
    ));
    let (wish, stopped) = watch::channel(Stop::No);
    let signal = runtime::run(world.signals, &wish, async {
        let outside = Outside {
            variables: &world.variables,
            read_file: &world.read_file,
            exposure: &world.exposure,
            clock: &world.clock,
            entropy: &world.entropy,
            warn: &|text| console.warn(text),
            trace: &|trace| console.trace(trace),
            stop: stopped,
            deadline: ends(plan.choices.deadline),
        };
        if wanted.is_empty() {
            collector.borrow_mut().add(nothing_asked(plan));
        }
        ask(plan, wanted, 0, &outside, &known, &collector).await;
    });
    let signal = match signal {
        Ok(signal) => signal,
        Err(error) => {
            drop(collector);
            drop(console);
            return stop(&error, world);
        }
    };
    let report = collector.into_inner().finish(signal.is_none());
    console.report(&report);
    let code = signal.unwrap_or_else(|| report.exit_code(plan.choices.exit_zero));
    delivered(console.finish(), code, world)
}

/// A list of ids that came out empty is not a reason to say that all is well.
fn nothing_asked(plan: &Plan) -> Row {
    let error = Error::new(Kind::NotFound, "no id was given: nothing to judge")
        .with_hint("check what feeds --id");
    Row {
        order: 0,
        provider: plan.provider.name,
        scope: plan.target.scope.clone(),
        id: None,
        result: Err(error),
        account: None,
    }
}
