//! Reads lists: everything that an account holds, and, where that takes fewer requests, several ids of one account.

use std::collections::HashMap;

use super::check::singly;
use super::plan::Job;
use super::task::Task;
use crate::adapters::listing::Listed;
use crate::credentials::{CurrentKey, KnownSecrets};
use crate::error::Error;
use crate::exchange::{Driver, Flow, Limits, Progress, Request, Response, Stamp, Step};
use crate::model::Facts;

/// One id is asked for by itself; of more, one page of the list can bring all.
const FEWEST: usize = 2;

/// Reads everything that the account holds.
pub async fn everything(
    task: &Task<'_, '_>,
    key: CurrentKey,
    driver: &Driver<'_>,
    known: &KnownSecrets,
) {
    let mut listing = task.plan.target.service.list(key.clone(), known);
    let inventory = &task.shared.inventory;
    inventory.latest_first.set(listing.latest_first);
    let (mut ids, mut expected) = (Vec::new(), 0);
    let mut emit = |listed: Listed| {
        let total = listed.total.unwrap_or_default();
        task.shared.line.expect(total.saturating_sub(expected));
        expected = expected.max(total);
        if !listed.certificates.is_empty() {
            task.add_listed(listed.certificates);
        }
        ids.extend(listed.ids);
        if let Some(error) = listed.missing {
            task.missing(error);
        }
    };
    let held = driver
        .drive(&task.shared.account, listing.flow.as_mut(), &mut emit)
        .await;
    if let Err(error) = held {
        task.missing(error);
    }
    singly(task, ids, key, driver, known).await;
}

/// How many certificates come with one request of the account's list, if this task's ids may be looked for in it.
pub fn may_look(task: &Task<'_, '_>) -> Option<usize> {
    let plan = task.plan;
    let asks = matches!(plan.job, Job::Ask(_)) && !plan.choices.no_listing;
    let lifetime = plan.choices.wants_lifetime();
    let page = plan.target.service.list_stands_in(lifetime);
    page.filter(|_| asks)
}

/// Looks in the list of their account for what these tasks ask for, if that takes fewer requests than asking for each
/// id. Gives of every task the ids that are still to be asked for.
pub async fn found_in_list(
    tasks: &[&Task<'_, '_>],
    key: CurrentKey,
    driver: &Driver<'_>,
    known: &KnownSecrets,
    say: &dyn Fn(String),
) -> Vec<Vec<String>> {
    let mut left: Vec<Vec<String>> = tasks.iter().map(|task| task.ids()).collect();
    let count = left.iter().map(Vec::len).sum();
    let (Some(first), FEWEST..) = (tasks.first(), count) else {
        return left;
    };
    let name = first.plan.provider.name;
    say(format!(
        "{name}: looking for {count} ids in the account's list (--no-listing asks one by one)"
    ));
    let mut search = Search {
        flow: first.plan.target.service.list(key, known).flow,
        wanted: wanted(&left),
        page: may_look(first).unwrap_or(1),
        read: 0,
    };
    let mut emit = |found: Vec<Found>| {
        for Found { facts, wanted_by } in found {
            for task in wanted_by.iter().filter_map(|place| tasks.get(*place)) {
                task.add(facts.id.as_deref(), Ok(vec![facts.clone()]));
            }
        }
    };
    let held = few_tries(driver, count)
        .drive(&first.shared.account, &mut search, &mut emit)
        .await;
    for ids in &mut left {
        ids.retain(|id| search.wanted.contains_key(id));
    }
    let rest: usize = left.iter().map(Vec::len).sum();
    if let Err(error) = held {
        say(format!("{name}: no list, so one by one: {}", error.message));
    } else if rest > 0 {
        say(format!("{name}: {rest} ids are asked for one by one"));
    }
    left
}

/// A list that has to be asked for more often than there are ids saves nothing.
fn few_tries<'a>(driver: &Driver<'a>, count: usize) -> Driver<'a> {
    let fewer = u32::try_from(count.saturating_sub(1)).unwrap_or(u32::MAX);
    let tries = driver.limits.tries.min(fewer);
    Driver {
        limits: Limits {
            tries,
            ..driver.limits
        },
        stop: driver.stop.clone(),
        ..*driver
    }
}

/// The places of the tasks that want an id.
fn wanted(ids: &[Vec<String>]) -> HashMap<String, Vec<usize>> {
    let mut wanted: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, ids) in ids.iter().enumerate() {
        for id in ids {
            wanted.entry(id.clone()).or_default().push(place);
        }
    }
    wanted
}

/// A certificate that was looked for.
struct Found {
    facts: Facts,
    /// The places of the tasks that want it.
    wanted_by: Vec<usize>,
}

/// A list that is read until it ends, until everything wanted was in it, or until asking for the rest takes no more
/// requests than the rest of the list.
struct Search {
    flow: Box<dyn Flow<Output = Listed>>,
    wanted: HashMap<String, Vec<usize>>,
    page: usize,
    read: usize,
}

impl Search {
    /// What of a part of the list is wanted.
    fn pick(&mut self, listed: Listed) -> Vec<Found> {
        self.read += listed.certificates.len();
        let of_somebody = |facts: Facts| {
            let wanted_by = self.wanted.remove(facts.id.as_ref()?)?;
            Some(Found { facts, wanted_by })
        };
        listed
            .certificates
            .into_iter()
            .filter_map(of_somebody)
            .collect()
    }

    /// Whether to go on with a list of that length.
    fn pays(&self, total: Option<u64>) -> bool {
        let total = total.and_then(|total| usize::try_from(total).ok());
        let ahead = total.map_or(1, |total| {
            total.saturating_sub(self.read).div_ceil(self.page.max(1))
        });
        (1..self.wanted.len()).contains(&ahead)
    }
}

impl Flow for Search {
    type Output = Vec<Found>;

    fn step(&self, stamp: Stamp) -> Result<Step, Error> {
        self.flow.step(stamp)
    }

    fn answer(&mut self, answer: Result<Response, Error>) -> Result<Progress<Vec<Found>>, Error> {
        Ok(match self.flow.answer(answer)? {
            Progress::More => Progress::More,
            Progress::Done(listed) => Progress::Done(self.pick(listed)),
            Progress::Part(listed) => {
                let total = listed.total;
                let found = self.pick(listed);
                match self.pays(total) {
                    true => Progress::Part(found),
                    false => Progress::Done(found),
                }
            }
        })
    }

    fn farewell(&self, stamp: Stamp) -> Option<Request> {
        self.flow.farewell(stamp)
    }
}
