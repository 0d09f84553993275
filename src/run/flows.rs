//! Runs the flows of a plan with a driver, and limits a driver for a part of them.

use futures_util::stream::{self, StreamExt as _};
use tokio::time::Instant;

use super::plan_run::PlanRun;
use crate::adapters::Conversation;
use crate::credentials::CurrentKey;
use crate::error::{Error, Kind};
use crate::exchange::{Driver, Limits};
use crate::redact::KnownSecrets;

/// Requests each of these IDs by itself, side by side.
pub async fn fetch_each(
    task: &PlanRun<'_, '_>,
    ids: Vec<String>,
    key: CurrentKey,
    driver: &Driver<'_>,
    known: &KnownSecrets,
) {
    let conversations = task.target.service.converse(&ids, key, known);
    let each = conversations
        .into_iter()
        .map(|conversation| run_flow(driver, task, conversation));
    stream::iter(each)
        .buffer_unordered(task.plan.options.concurrency)
        .collect::<()>()
        .await;
}

/// Runs one flow; the IDs that it leaves without an answer get its error.
async fn run_flow(driver: &Driver<'_>, task: &PlanRun<'_, '_>, conversation: Conversation) {
    let Conversation { mut ids, mut flow } = conversation;
    let outcome = driver
        .drive(&task.shared.account, flow.as_mut(), &mut |answer, clock| {
            ids.retain(|id| *id != answer.id);
            task.add(Some(&answer.id), answer.result, clock);
        })
        .await;
    let error = outcome
        .err()
        .unwrap_or_else(|| Error::new(Kind::Protocol, "the service gave no answer about this id"));
    ids.iter()
        .for_each(|id| task.add_error(Some(id), error.clone()));
}

/// A driver with this part of the time that is left, and at most so many attempts.
pub fn limited<'a>(driver: &Driver<'a>, part: u32, tries: usize) -> Driver<'a> {
    let now = Instant::now();
    let time = driver.limits.deadline.saturating_duration_since(now) / part;
    let tries = u32::try_from(tries).unwrap_or(u32::MAX);
    Driver {
        limits: Limits {
            deadline: now.checked_add(time).unwrap_or(now),
            tries: driver.limits.tries.min(tries),
            ..driver.limits
        },
        stop: driver.stop.clone(),
        ..*driver
    }
}

/// True if the deadline has passed.
pub fn is_over(limits: &Limits) -> bool {
    Instant::now() >= limits.deadline
}
