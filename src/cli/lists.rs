//! Reads lists: everything that an account holds, and, where that takes fewer requests, many ids of one account.

use std::cell::RefCell;
use std::collections::HashSet;

use super::check::singly;
use super::task::Task;
use crate::adapters::listing::Listed;
use crate::credentials::{CurrentKey, KnownSecrets};
use crate::error::Error;
use crate::exchange::{Driver, Flow, Progress, Request, Response, Stamp, Step};

/// Of fewer ids each is asked for by itself: that takes no longer, and needs no second permission.
const FEWEST: usize = 10;

/// Reads everything that the account holds.
pub async fn everything(
    task: &Task<'_, '_>,
    key: CurrentKey,
    driver: &Driver<'_>,
    known: &KnownSecrets,
) {
    let mut listing = match task.plan.target.service.list(key.clone(), known) {
        Ok(listing) => listing,
        Err(error) => return task.missing(error),
    };
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

/// Looks for ids in the list of their account, if that takes fewer requests than asking for each. Gives those that are
/// still to be asked for.
pub async fn found_in_list(
    task: &Task<'_, '_>,
    key: CurrentKey,
    driver: &Driver<'_>,
    known: &KnownSecrets,
    say: &dyn Fn(String),
) -> Vec<String> {
    let (plan, ids) = (task.plan, task.ids());
    let lifetime = plan.choices.wants_lifetime();
    let page = plan.target.service.list_stands_in(lifetime);
    let Some(page) = page.filter(|_| ids.len() >= FEWEST && !plan.choices.no_listing) else {
        return ids;
    };
    let Ok(listing) = plan.target.service.list(key, known) else {
        return ids;
    };
    let (name, count) = (plan.provider.name, ids.len());
    say(format!(
        "{name}: looking for {count} ids in the account's list, {page} a request (--no-listing asks one by one)"
    ));
    let wanted = RefCell::new(ids.iter().cloned().collect());
    let mut flow = Search {
        flow: listing.flow,
        wanted: &wanted,
        page,
        read: 0,
    };
    let mut emit = |listed: Listed| {
        for facts in listed.certificates {
            let id = facts.id.clone();
            task.add(id.as_deref(), Ok(vec![facts]));
        }
    };
    let account = &task.shared.account;
    let held = driver.drive(account, &mut flow, &mut emit).await;
    let wanted = wanted.into_inner();
    let left: Vec<String> = ids.into_iter().filter(|id| wanted.contains(id)).collect();
    if let Err(error) = held {
        say(format!("{name}: no list, so one by one: {}", error.message));
    } else if !left.is_empty() {
        say(format!(
            "{name}: {} ids are asked for one by one",
            left.len()
        ));
    }
    left
}

/// A list that is read until it ends, until everything wanted was in it, or until asking for the rest takes no more
/// requests than the rest of the list.
struct Search<'a> {
    flow: Box<dyn Flow<Output = Listed>>,
    wanted: &'a RefCell<HashSet<String>>,
    page: usize,
    read: usize,
}

impl Search<'_> {
    /// Keeps what is wanted; tells whether to go on.
    fn pick(&mut self, listed: &mut Listed) -> bool {
        self.read += listed.certificates.len();
        let mut wanted = self.wanted.borrow_mut();
        let mut is_wanted = |id: &Option<String>| id.as_ref().is_some_and(|id| wanted.remove(id));
        listed.certificates.retain(|facts| is_wanted(&facts.id));
        let total = listed.total.and_then(|total| usize::try_from(total).ok());
        let ahead = total.map_or(1, |total| {
            total.saturating_sub(self.read).div_ceil(self.page.max(1))
        });
        (1..wanted.len()).contains(&ahead)
    }
}

impl Flow for Search<'_> {
    type Output = Listed;

    fn step(&self, stamp: Stamp) -> Result<Step, Error> {
        self.flow.step(stamp)
    }

    fn answer(&mut self, answer: Result<Response, Error>) -> Result<Progress<Listed>, Error> {
        Ok(match self.flow.answer(answer)? {
            Progress::More => Progress::More,
            Progress::Done(mut listed) => {
                self.pick(&mut listed);
                Progress::Done(listed)
            }
            Progress::Part(mut listed) => match self.pick(&mut listed) {
                true => Progress::Part(listed),
                false => Progress::Done(listed),
            },
        })
    }

    fn farewell(&self, stamp: Stamp) -> Option<Request> {
        self.flow.farewell(stamp)
    }
}
