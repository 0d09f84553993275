//! One plan at one target while it runs: which of its ids are still open, and where the outcomes belong in the report.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::adapters::Target;
use crate::error::{Error, Kind};
use crate::exchange::{AccountState, AnswerClock};
use crate::model::Facts;
use crate::plan::{Job, Plan};
use crate::run::collector::{Asked, Collector, Row, Selected};
use crate::run::inventory::Inventory;
use crate::run::progress::ProgressLine;

/// What the tasks of one account at one endpoint share.
#[derive(Clone)]
pub struct Shared {
    /// What the run learns about the account.
    pub account: Rc<AccountState>,
    /// What is known of all that it holds there.
    pub inventory: Rc<Inventory>,
    /// Shows how far it is.
    pub line: ProgressLine,
}

/// Whether a plan sends requests.
pub fn sends_requests(plan: &Plan) -> bool {
    match &plan.job {
        Job::All => true,
        Job::Ask(wanted) => wanted.iter().any(|wanted| wanted.id.is_ok()),
        Job::Saved { .. } => false,
    }
}

/// What the targets of one plan have in common: whether any certificate came is a question about all of them.
pub struct PlanState {
    selected: Rc<Selected>,
    /// The plan as a whole; of several targets it has no scope.
    whole: Rc<Asked>,
    /// Targets that have not ended.
    open: Cell<usize>,
    failed: Cell<bool>,
    /// Of each id what the targets answered; unused where there is only one.
    lookups: RefCell<HashMap<String, IdLookup>>,
}

/// One id while several targets are asked for it.
#[derive(Default)]
struct IdLookup {
    answers: usize,
    /// A target has it, or has failed: what others do not have is not missed.
    is_settled: bool,
    not_found: Option<Error>,
}

impl PlanState {
    /// Before anything is sent.
    pub fn new(plan: &Plan) -> PlanState {
        let selected = Rc::default();
        let mut whole = Asked::new(plan, plan.targets.first(), &selected);
        if plan.targets.are_several() {
            whole = whole.without_scope();
        }
        PlanState {
            whole: Rc::new(whole),
            selected,
            open: Cell::new(plan.targets.iter().count()),
            failed: Cell::new(false),
            lookups: RefCell::default(),
        }
    }

    /// Takes the answer of one of several targets. "Not found" is no result while another target may have the id; it is
    /// given back once all have answered and none has it.
    fn look_up(
        &self,
        id: &str,
        targets: usize,
        result: Result<Vec<Facts>, Error>,
    ) -> Option<Result<Vec<Facts>, Error>> {
        let mut lookups = self.lookups.borrow_mut();
        let lookup = lookups.entry(id.to_owned()).or_default();
        lookup.answers += 1;
        match result {
            Err(error) if error.kind == Kind::NotFound => {
                lookup.not_found.get_or_insert(error);
                let is_last = lookup.answers >= targets && !lookup.is_settled;
                lookup.not_found.take_if(|_| is_last).map(Err)
            }
            result => {
                lookup.is_settled = true;
                Some(result)
            }
        }
    }
}

/// One plan at one target while it runs.
pub struct PlanRun<'a, 'b> {
    /// The plan.
    pub plan: &'a Plan,
    /// Where it is asked.
    pub target: &'a Target,
    /// What it shares with others.
    pub shared: Shared,
    state: Rc<PlanState>,
    asked: Rc<Asked>,
    /// The position of the plan in the run, and of the target in the plan.
    order: [usize; 2],
    places: RefCell<HashMap<String, usize>>,
    next: Cell<usize>,
    collector: &'a RefCell<Collector<'b>>,
}

impl<'a, 'b> PlanRun<'a, 'b> {
    /// That plan at that target.
    pub fn new(
        order: [usize; 2],
        (plan, target): (&'a Plan, &'a Target),
        state: Rc<PlanState>,
        shared: Shared,
        collector: &'a RefCell<Collector<'b>>,
    ) -> PlanRun<'a, 'b> {
        let wanted = match &plan.job {
            Job::Ask(wanted) => wanted.as_slice(),
            Job::All | Job::Saved { .. } => &[],
        };
        shared.line.expect(wanted.len() as u64);
        let places = wanted.iter().enumerate();
        let places = places.filter_map(|(place, one)| Some((one.id.clone().ok()?, place)));
        let asked = if plan.targets.are_several() {
            Rc::new(Asked::new(plan, target, &state.selected))
        } else {
            state.whole.clone()
        };
        PlanRun {
            plan,
            target,
            shared,
            state,
            asked,
            order,
            places: RefCell::new(places.collect()),
            next: Cell::new(wanted.len()),
            collector,
        }
    }

    /// What concerns the plan and not a target is reported once.
    fn speaks_for_the_plan(&self) -> bool {
        let [_, target] = self.order;
        target == 0
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

    /// Reports what needs no request: ids that cannot be right, and an empty list of ids, which is not a reason to say that
    /// all is well.
    pub fn refuse_what_cannot_be(&self) {
        let Job::Ask(wanted) = &self.plan.job else {
            return;
        };
        if !self.speaks_for_the_plan() {
            return;
        }
        for (place, wanted) in wanted.iter().enumerate() {
            let Err(error) = &wanted.id else { continue };
            let (mut error, mut shown) = (error.clone(), Some(wanted.text.as_str()));
            if self.plan.origin.check.is_some() {
                // A value of the config file that is refused is not repeated.
                error.message = format!("ID {} of the check {}", place + 1, error.message);
                shown = None;
            }
            self.put_for_the_plan(place, shown, error);
        }
        if wanted.is_empty() {
            let error = Error::new(Kind::NotFound, "no id was given: nothing to judge");
            self.put_for_the_plan(0, None, error.with_hint("check what feeds --id -"));
        }
    }

    /// No request could be sent, for this reason.
    pub fn fail(&self, error: &Error) {
        if !self.speaks_for_the_plan() {
            return;
        }
        let ids: Vec<Option<String>> = match self.plan.job {
            Job::All => {
                self.collector.borrow_mut().incomplete();
                vec![None]
            }
            _ => self.ids().into_iter().map(Some).collect(),
        };
        for id in ids {
            let place = self.place(id.as_deref());
            self.put_for_the_plan(place, id.as_deref(), error.clone());
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
        let place = self.place(id);
        match id.filter(|_| self.looks_in_several_targets()) {
            None => self.put(place, id, result, clock),
            Some(asked) => {
                let targets = self.plan.targets.iter().count();
                match self.state.look_up(asked, targets, result) {
                    None => self.shared.line.came(1),
                    Some(Err(error)) if error.kind == Kind::NotFound => {
                        self.put_for_the_plan(place, id, error)
                    }
                    Some(result) => self.put(place, id, result, clock),
                }
            }
        }
    }

    /// An id is requested at each target, and one of them is enough to have it.
    fn looks_in_several_targets(&self) -> bool {
        self.plan.targets.are_several() && matches!(self.plan.job, Job::Ask(_))
    }

    /// Where an id belongs; the next free position without one.
    fn place(&self, id: Option<&str>) -> usize {
        let known = id.and_then(|id| self.places.borrow().get(id).copied());
        known.unwrap_or_else(|| self.next.replace(self.next.get() + 1))
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
        if self.plan.options.allow_empty {
            return self.collector.borrow_mut().empty();
        }
        let text = "the account holds nothing here: nothing to judge";
        let error = Error::new(Kind::NotFound, text);
        let hint = "check account, site and region; if it may hold nothing, give --allow-empty";
        self.put_for_the_plan(self.next.get(), None, error.with_hint(hint));
    }

    /// Everything has come from this target.
    pub fn end(&self) {
        let open = self.state.open.get().saturating_sub(1);
        self.state.open.set(open);
        if open > 0 {
            return;
        }
        if let Some(error) = self.asked.nothing_left() {
            self.put_for_the_plan(self.next.get(), None, error);
        } else if self.asked.left_out_all() {
            self.collector.borrow_mut().empty();
        } else if self.asked.had_none() && !self.state.failed.get() {
            self.empty();
        }
    }

    /// An error that concerns all targets.
    fn put_for_the_plan(&self, place: usize, id: Option<&str>, error: Error) {
        self.state.failed.set(true);
        self.shared.line.failed();
        let [plan, _] = self.order;
        let row = Row {
            order: [plan, 0, place],
            asked: self.state.whole.clone(),
            ..self.row(place, id, Err(error), AnswerClock::default())
        };
        self.collector.borrow_mut().add(row);
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
                self.state.failed.set(true);
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
        let [plan, target] = self.order;
        Row {
            order: [plan, target, place],
            asked: self.asked.clone(),
            id: id.map(str::to_owned),
            result,
            clock,
            account: Some(self.shared.account.clone()),
            inventory: None,
        }
    }
}
