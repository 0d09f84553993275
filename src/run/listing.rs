//! Reads lists: everything that an account holds, and, where that takes fewer requests, several ids of one account.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use crate::adapters::listing::{ListBatch, RecordDetail, contradiction};
use crate::credentials::CurrentKey;
use crate::error::{Error, Kind};
use crate::exchange::{Driver, EffectResult, Flow, FlowProgress, Request, Stamp, Step};
use crate::model::timestamp::DateValue;
use crate::model::{Facts, ProviderState, Status};
use crate::plan::Job;
use crate::redact::KnownSecrets;
use crate::run::flows::{fetch_each, is_over, limited};
use crate::run::plan_run::PlanRun;

/// A single id is requested alone; for more, one page of the list can have all.
const FEWEST: usize = 2;
/// The part of the remaining time that the search in a list may take; the ids that it does not find need the rest.
const PART_OF_TIME: u32 = 3;

/// Reads everything that the account holds.
pub async fn everything(
    task: &PlanRun<'_, '_>,
    key: CurrentKey,
    driver: &Driver<'_>,
    known: &KnownSecrets,
) {
    let mut listing = task.target.service.list(key.clone(), known);
    let inventory = &task.shared.inventory;
    inventory.begins(listing.latest_first);
    let (mut ids, mut expected) = (Vec::new(), 0);
    let mut emit = |mut listed: ListBatch, clock| {
        let total = listed.total.unwrap_or_default();
        task.shared.line.expect(total.saturating_sub(expected));
        expected = expected.max(total);
        let lacks = |facts: &mut Facts| lacks_lifetime(task, facts, (driver.clock)());
        let lacking = listed.certificates.extract_if(.., lacks);
        ids.extend(lacking.filter_map(|facts| facts.id));
        if !listed.certificates.is_empty() {
            task.add_listed(listed.certificates, clock);
        }
        ids.extend(listed.ids);
        let contradictions = listed.contradicted.iter().map(|id| contradiction(id));
        contradictions
            .chain(listed.missing)
            .for_each(|error| task.missing(error));
    };
    let held = driver
        .drive(&task.shared.account, listing.flow.as_mut(), &mut emit)
        .await;
    if let Err(error) = held {
        task.missing(error);
    }
    task.expect(&ids);
    fetch_each(task, ids, key, driver, known).await;
}

/// The verdict about a certificate of a list may depend on its lifetime, which the list does not have.
fn lacks_lifetime(task: &PlanRun<'_, '_>, facts: &Facts, now: DateTime<Utc>) -> bool {
    let untold = task.target.service.records() == RecordDetail::WithoutStart
        && facts.not_before.value == DateValue::Absent;
    let open = untold && facts.id.is_some() && facts.word == ProviderState::ByDate;
    let end = facts.not_after.moment().filter(|_| open);
    end.is_some_and(|end| task.plan.options.turns_with_lifetime(end.at, now))
}

/// The task's ids may be searched in the account's list: its records are as complete as the answer about one.
pub fn may_look(task: &PlanRun<'_, '_>) -> bool {
    let tells_enough = task.target.service.records() == RecordDetail::Whole;
    tells_enough && matches!(task.plan.job, Job::Ask(_)) && !task.plan.options.no_listing
}

/// Searches the account's list for the ids of these tasks, as long as that may take fewer requests than one per id.
/// Returns, for each task, the ids that are still to be requested.
pub async fn found_in_list(
    tasks: &[&PlanRun<'_, '_>],
    key: CurrentKey,
    driver: &Driver<'_>,
    known: &KnownSecrets,
    say: &dyn Fn(String),
) -> Vec<Vec<String>> {
    let mut ids: Vec<Vec<String>> = tasks.iter().map(|task| task.ids()).collect();
    let count = ids.iter().map(Vec::len).sum();
    let (Some(first), FEWEST..) = (tasks.first(), count) else {
        return ids;
    };
    let name = first.plan.provider.name;
    say(format!(
        "{name}: looking for {count} ids in the account's list (--no-listing asks one by one)"
    ));
    let mut search = Search {
        flow: first.target.service.list(key, known).flow,
        wanted: ids.iter().flatten().cloned().collect(),
        found: HashMap::new(),
        requests_left: Cell::new(count - 1),
        pages: 0,
        read: 0,
    };
    let driver = limited(driver, PART_OF_TIME, count - 1);
    let mut clocks = HashMap::new();
    let mut emit =
        |found: Vec<String>, clock| clocks.extend(found.into_iter().map(|id| (id, clock)));
    let held = driver
        .drive(&first.shared.account, &mut search, &mut emit)
        .await;
    for (task, ids) in tasks.iter().zip(&mut ids) {
        ids.retain(|id| match search.found.get(id) {
            Some(facts) => {
                let clock = clocks.get(id).copied().unwrap_or_default();
                task.add(Some(id), Ok(vec![facts.clone()]), clock);
                false
            }
            None => true,
        });
    }
    let rest: usize = ids.iter().map(Vec::len).sum();
    if is_over(&driver.limits) {
        say(format!("{name}: the list was left: it took too long"));
    } else if let Err(error) = held {
        let why = known.message(&error);
        say(format!("{name}: the list was left: {why}"));
    }
    if rest > 0 {
        say(format!("{name}: {rest} ids are asked for one by one"));
    }
    ids
}

/// A list that is read until its end, until all ids are found, or until one request per missing id takes no more requests
/// than the rest of the list.
struct Search {
    flow: Box<dyn Flow<Output = ListBatch>>,
    wanted: HashSet<String>,
    found: HashMap<String, Facts>,
    /// Requests, retries included, until the list takes as many as one per id.
    requests_left: Cell<usize>,
    pages: usize,
    read: usize,
}

impl Search {
    /// Takes the wanted certificates of a batch, and returns their ids.
    fn pick(&mut self, listed: ListBatch) -> Vec<String> {
        let mut picked = Vec::new();
        self.pages += 1;
        self.read += listed.certificates.len() + listed.ids.len();
        for facts in listed.certificates {
            if let Some(id) = facts.id.clone().filter(|_| tells_enough(&facts))
                && self.wanted.remove(&id)
            {
                picked.push(id.clone());
                self.found.insert(id, facts);
            }
        }
        for id in listed.contradicted {
            if self.found.remove(&id).is_some() {
                self.wanted.insert(id);
            }
        }
        picked
    }

    /// The rest of a list of that length may take fewer requests than one per missing id. The size of a page is measured:
    /// services cut pages to sizes of their own.
    fn pays(&self, total: Option<u64>) -> bool {
        let total = total.and_then(|total| usize::try_from(total).ok());
        let a_page = (self.read / self.pages.max(1)).max(1);
        let ahead = total.map_or(1, |total| total.saturating_sub(self.read).div_ceil(a_page));
        (1..self.wanted.len()).contains(&ahead)
    }
}

/// A record with too little is left to the answer about its id.
fn tells_enough(facts: &Facts) -> bool {
    let dated =
        facts.not_after.moment().is_some() && facts.not_before.value != DateValue::Unreadable;
    let known = facts.word != ProviderState::Is(Status::Unknown) && !facts.is_partly_unread();
    known && (dated || facts.word != ProviderState::ByDate)
}

impl Flow for Search {
    type Output = Vec<String>;

    /// The list is optional: if the service asks to wait, it is skipped.
    fn step(&self, stamp: Stamp) -> Result<Step, Error> {
        let Some(left) = self.requests_left.get().checked_sub(1) else {
            let text = "it takes as many requests as asking one by one";
            return Err(Error::new(Kind::Refused, text));
        };
        self.requests_left.set(left);
        let step = self.flow.step(stamp)?;
        Ok(Step {
            optional: true,
            ..step
        })
    }

    fn answer(
        &mut self,
        answer: Result<EffectResult, Error>,
    ) -> Result<FlowProgress<Vec<String>>, Error> {
        Ok(match self.flow.answer(answer)? {
            FlowProgress::More => FlowProgress::More,
            FlowProgress::Done(listed) => FlowProgress::Done(self.pick(listed)),
            FlowProgress::Part(listed) => {
                let total = listed.total;
                let picked = self.pick(listed);
                if self.pays(total) {
                    FlowProgress::Part(picked)
                } else {
                    FlowProgress::Done(picked)
                }
            }
        })
    }

    fn cleanup(&self, stamp: Stamp) -> Option<Request> {
        self.flow.cleanup(stamp)
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::exchange::Endpoint;
    use crate::model::timestamp::Zone;

    struct Pages;

    fn request(action: &'static str) -> Request {
        let host = Endpoint::https("list.test");
        Request::new(Method::GET, &host, "/".to_owned(), action)
    }

    impl Flow for Pages {
        type Output = ListBatch;

        fn step(&self, _: Stamp) -> Result<Step, Error> {
            Ok(Step::read(request("List")))
        }

        fn answer(
            &mut self,
            _: Result<EffectResult, Error>,
        ) -> Result<FlowProgress<ListBatch>, Error> {
            Ok(FlowProgress::More)
        }

        fn cleanup(&self, _: Stamp) -> Option<Request> {
            Some(request("Logout"))
        }
    }

    fn search(wanted: &[&str], requests: usize) -> Search {
        Search {
            flow: Box::new(Pages),
            wanted: wanted.iter().map(|id| (*id).to_owned()).collect(),
            found: HashMap::new(),
            requests_left: Cell::new(requests),
            pages: 0,
            read: 0,
        }
    }

    fn record(id: &str) -> Facts {
        Facts {
            id: Some(id.to_owned()),
            word: ProviderState::ByDate,
            not_after: Zone::utc().read("2027-01-01 00:00:00"),
            ..Facts::default()
        }
    }

    fn page(ids: &[&str], lacking: usize) -> ListBatch {
        ListBatch {
            certificates: ids.iter().map(|id| record(id)).collect(),
            ids: vec!["lacking".to_owned(); lacking],
            ..ListBatch::default()
        }
    }

    #[test]
    fn a_list_is_left_where_its_rest_takes_as_many_requests_as_the_missing_ids() {
        let mut search = search(&["a", "b", "c", "d"], 9);
        assert_eq!(search.pick(page(&["a", "x"], 2)), ["a"]);
        assert_eq!(
            search.pick(page(&["y", "z", "w", "v"], 0)),
            Vec::<String>::new()
        );
        // Two pages of four, eight rows read; three IDs are missing.
        assert_eq!((search.read, search.pages), (8, 2));
        for (total, pays) in [
            (None, true),
            (Some(8), false),
            (Some(12), true),
            (Some(16), true),
            (Some(17), false),
            (Some(u64::MAX), false),
        ] {
            assert_eq!(search.pays(total), pays, "{total:?}");
        }
        assert_eq!(search.pick(page(&["b", "c"], 0)), ["b", "c"]);
        assert!(!search.pays(None), "one ID takes one request");
    }

    #[test]
    fn a_record_that_a_later_page_contradicts_is_missing_again() {
        let mut search = search(&["a", "b"], 9);
        assert_eq!(search.pick(page(&["a"], 0)), ["a"]);
        let contradiction = ListBatch {
            contradicted: vec!["a".to_owned(), "stranger".to_owned()],
            ..ListBatch::default()
        };
        assert_eq!(search.pick(contradiction), Vec::<String>::new());
        assert!(search.wanted.contains("a") && !search.wanted.contains("stranger"));
    }

    #[test]
    fn a_record_tells_enough_with_a_date_or_with_a_status_of_its_own() {
        assert!(tells_enough(&record("a")));
        let undated = || Facts {
            not_after: Facts::default().not_after,
            ..record("a")
        };
        assert!(!tells_enough(&undated()));
        let revoked = Facts {
            word: ProviderState::Is(Status::Revoked),
            ..undated()
        };
        assert!(tells_enough(&revoked));
        let unknown = Facts {
            word: ProviderState::Is(Status::Unknown),
            ..record("a")
        };
        assert!(!tells_enough(&unknown));
        let odd_start = Facts {
            not_before: Zone::utc().read("soon"),
            ..record("a")
        };
        assert!(!tells_enough(&odd_start));
    }

    #[test]
    fn a_search_sends_so_many_requests_and_ends_like_its_list() {
        let stamp = || Stamp {
            time: DateTime::UNIX_EPOCH,
            nonce: [0; 16],
        };
        let search = search(&["a", "b"], 2);
        assert!(search.step(stamp()).is_ok_and(|step| step.optional));
        assert!(search.step(stamp()).is_ok());
        let error = search.step(stamp()).err().expect("two were allowed");
        assert_eq!(error.kind, Kind::Refused);
        let last = search.cleanup(stamp()).expect("the list has one");
        assert_eq!(last.action, "Logout");
    }
}
