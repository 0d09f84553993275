//! One plan while it is asked: which of its ids are still open, and in which place what comes of them belongs.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::collector::{Asked, Collector, Row};
use super::inventory::Inventory;
use super::plan::{Job, Plan};
use super::progress::Line;
use crate::error::{Error, Kind};
use crate::exchange::{Account, AnswerClock};
use crate::model::Facts;

/// What the tasks of one account share.
#[derive(Clone)]
pub struct Shared {
    /// What the run learns about the account.
    pub account: Rc<Account>,
    /// What is known of all that it holds.
    pub inventory: Rc<Inventory>,
    /// Shows how far it is.
    pub line: Line,
}

/// Whether a plan sends requests.
pub fn sends_requests(plan: &Plan) -> bool {
    match &plan.job {
        Job::All => true,
        Job::Ask(wanted) => wanted.iter().any(|wanted| wanted.id.is_ok()),
        Job::Saved { .. } => false,
    }
}

/// One plan while it is asked.
pub struct Task<'a, 'b> {
    /// The plan.
    pub plan: &'a Plan,
    /// What it shares with others.
    pub shared: Shared,
    asked: Rc<Asked>,
    order: usize,
    places: RefCell<HashMap<String, usize>>,
    next: Cell<usize>,
    failed: Cell<bool>,
    collector: &'a RefCell<Collector<'b>>,
}

impl<'a, 'b> Task<'a, 'b> {
    /// The plan in that place of the run.
    pub fn new(
        order: usize,
        plan: &'a Plan,
        shared: Shared,
        collector: &'a RefCell<Collector<'b>>,
    ) -> Task<'a, 'b> {
        let wanted = match &plan.job {
            Job::Ask(wanted) => wanted.as_slice(),
            Job::All | Job::Saved { .. } => &[],
        };
        shared.line.expect(wanted.len() as u64);
        let places = wanted.iter().enumerate();
        let places = places.filter_map(|(place, one)| Some((one.id.clone().ok()?, place)));
        Task {
            plan,
            shared,
            asked: Rc::new(Asked::of(plan)),
            order,
            places: RefCell::new(places.collect()),
            next: Cell::new(wanted.len()),
            failed: Cell::new(false),
            collector,
        }
    }

    /// The ids that can be asked for, in the order given.
    pub fn ids(&self) -> Vec<String> {
        match &self.plan.job {
            Job::Ask(wanted) => wanted
                .iter()
                .filter_map(|wanted| wanted.id.clone().ok())
                .collect(),
            Job::All | Job::Saved { .. } => Vec::new(),
        }
    }

    /// Answers what needs no question: ids that cannot be right, and a list of ids that came out empty, which is not a
    /// reason to say that all is well.
    pub fn refuse_what_cannot_be(&self) {
        let Job::Ask(wanted) = &self.plan.job else {
            return;
        };
        for (place, wanted) in wanted.iter().enumerate() {
            let Err(error) = &wanted.id else { continue };
            let (mut error, mut shown) = (error.clone(), Some(wanted.text.as_str()));
            if self.plan.origin.check.is_some() {
                // A value of the config file that is refused is not repeated.
                error.message = format!("ID {} of the check {}", place + 1, error.message);
                shown = None;
            }
            self.put(place, shown, Err(error), AnswerClock::default());
        }
        if wanted.is_empty() {
            let error = Error::new(Kind::NotFound, "no id was given: nothing to judge");
            self.add_error(None, error.with_hint("check what feeds --id -"));
        }
    }

    /// Nothing could be asked, for this reason.
    pub fn fail(&self, error: &Error) {
        match self.plan.job {
            Job::All => self.missing(error.clone()),
            _ => {
                let ids = self.ids().into_iter();
                ids.for_each(|id| self.add_error(Some(&id), error.clone()));
            }
        }
    }

    /// These are to be asked for next: they keep their order, whatever comes first.
    pub fn expect(&self, ids: &[String]) {
        let mut places = self.places.borrow_mut();
        for id in ids {
            let place = self.next.replace(self.next.get() + 1);
            places.entry(id.clone()).or_insert(place);
        }
    }

    /// The outcome of an id, with what its answer tells of the service's clock.
    pub fn add(&self, id: Option<&str>, result: Result<Vec<Facts>, Error>, clock: AnswerClock) {
        let known = id.and_then(|id| self.places.borrow().get(id).copied());
        let place = known.unwrap_or_else(|| self.next.replace(self.next.get() + 1));
        self.put(place, id, result, clock);
    }

    /// An error, about an id or about all.
    pub fn add_error(&self, id: Option<&str>, error: Error) {
        self.add(id, Err(error), AnswerClock::default());
    }

    /// Certificates that a list of the account brought.
    pub fn add_listed(&self, certificates: Vec<Facts>, clock: AnswerClock) {
        let place = self.next.replace(self.next.get() + 1);
        self.shared.line.came(certificates.len() as u64);
        let mut row = self.row(place, None, Ok(certificates), clock);
        row.inventory = Some(self.shared.inventory.clone());
        self.collector.borrow_mut().add(row);
    }

    /// Something that the account holds stays unknown.
    pub fn missing(&self, error: Error) {
        self.add_error(None, error);
        self.collector.borrow_mut().incomplete();
    }

    /// The account holds nothing.
    fn empty(&self) {
        if self.plan.choices.allow_empty {
            return self.collector.borrow_mut().empty();
        }
        let text = "the account holds nothing here: nothing to judge";
        let error = Error::new(Kind::NotFound, text);
        let hint = "check account, site and region; if it may hold nothing, give --allow-empty";
        self.add_error(None, error.with_hint(hint));
    }

    /// Everything has come.
    pub fn end(&self) {
        if let Some(error) = self.asked.nothing_left() {
            self.add_error(None, error);
        } else if self.asked.left_out_all() {
            self.collector.borrow_mut().empty();
        } else if self.asked.had_none() && !self.failed.get() {
            self.empty();
        }
    }

    fn put(
        &self,
        place: usize,
        id: Option<&str>,
        result: Result<Vec<Facts>, Error>,
        clock: AnswerClock,
    ) {
        match &result {
            Ok(_) => self.shared.line.came(1),
            Err(_) => {
                self.failed.set(true);
                self.shared.line.failed();
            }
        }
        let row = self.row(place, id, result, clock);
        self.collector.borrow_mut().add(row);
    }

    fn row(
        &self,
        place: usize,
        id: Option<&str>,
        result: Result<Vec<Facts>, Error>,
        clock: AnswerClock,
    ) -> Row {
        Row {
            order: (self.order, place),
            asked: self.asked.clone(),
            id: id.map(str::to_owned),
            result,
            clock,
            account: Some(self.shared.account.clone()),
            inventory: None,
        }
    }
}
