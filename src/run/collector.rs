//! Gathers the results and makes the report: in the order asked, or as a stream in the order of arrival.
//! Everything that came from outside is freed of secrets here, and only then shortened.

use std::cell::Cell;
use std::rc::Rc;

use chrono::{DateTime, Utc};

use crate::adapters::Target;
use crate::error::{Error, Kind};
use crate::exchange::{AccountState, AnswerClock, ClockOffsets, Endpoint};
use crate::model::report::ReportEntry;
use crate::model::supersede::supersede;
use crate::model::{CertKind, Facts, Failure, Origin, Report};
use crate::plan::Plan;
use crate::plan::endpoint_origin::EndpointOrigin;
use crate::plan::options::RunOptions;
use crate::redact::KnownSecrets;
use crate::render::format::Sink;
use crate::run::answer_clocks::judged;
use crate::run::inventory::Inventory;
use crate::run::redaction::{redact_error, redact_facts};

/// What is the same for all rows of one plan at one target.
pub struct Asked {
    provider: &'static str,
    origin: Origin,
    scope: Option<String>,
    place: EndpointOrigin,
    endpoint: Endpoint,
    options: RunOptions,
    selected: Rc<Selected>,
}

/// How many certificates `--domain` selected of a plan, and how many it left out.
#[derive(Default)]
pub struct Selected {
    kept: Cell<usize>,
    left_out: Cell<usize>,
}

impl Asked {
    /// That plan at that target.
    pub fn new(plan: &Plan, target: &Target, selected: &Rc<Selected>) -> Asked {
        Asked {
            provider: plan.provider.name,
            origin: plan.origin.clone(),
            scope: target.scope.clone(),
            place: plan.endpoint_origin.clone(),
            endpoint: target.endpoint.clone(),
            options: plan.options.clone(),
            selected: selected.clone(),
        }
    }

    /// The same for what concerns several targets.
    pub fn without_scope(self) -> Asked {
        Asked {
            scope: None,
            ..self
        }
    }

    /// The scope of what was asked for, or of one of its certificates.
    fn scope(&self, own: Option<String>) -> Option<String> {
        self.place
            .scope(own.or_else(|| self.scope.clone()), &self.endpoint)
    }

    /// Keeps what is to be judged.
    fn select(&self, facts: &mut Vec<Facts>) {
        let all = facts.len();
        facts.retain(|facts| self.options.selects(&facts.domains) || names_are_unknown(facts));
        let Selected { kept, left_out } = &*self.selected;
        kept.set(kept.get() + facts.len());
        left_out.set(left_out.get() + all - facts.len());
    }

    /// An error where nothing is left, though that may not be.
    pub fn nothing_left(&self) -> Option<Error> {
        (self.left_out_all() && !self.options.allow_empty).then(|| {
            let text = "no certificate has a name that --domain selects: nothing to judge";
            Error::new(Kind::NotFound, text)
                .with_hint("check the pattern; if there may be none, give --allow-empty")
        })
    }

    /// Certificates came, and `--domain` left out every one of them.
    pub fn left_out_all(&self) -> bool {
        self.selected.kept.get() == 0 && self.selected.left_out.get() > 0
    }

    /// No certificate came.
    pub fn had_none(&self) -> bool {
        self.selected.kept.get() == 0 && self.selected.left_out.get() == 0
    }
}

/// What came of one question.
pub struct Row {
    /// Position in the order asked: of the plan, of its target, within it.
    pub order: [usize; 3],
    /// The plan.
    pub asked: Rc<Asked>,
    /// What was asked for.
    pub id: Option<String>,
    /// Certificates, or why there are none.
    pub result: Result<Vec<Facts>, Error>,
    /// What the answer tells of its service's clock.
    pub clock: AnswerClock,
    /// The account it was asked with; none for a saved answer, which this machine's clock judges.
    pub account: Option<Rc<AccountState>>,
    /// The list that it is a part of.
    pub inventory: Option<Rc<Inventory>>,
}

impl Row {
    /// Whether an answer to come can show another clock to judge it by.
    fn waits_for_a_clock(&self) -> bool {
        let certificates = self.result.as_ref().is_ok_and(|facts| !facts.is_empty());
        certificates
            && self.account.is_some()
            && self.clock.date.is_none()
            && !self.asked.options.the_moment_is_fixed()
    }

    fn offsets(&self) -> ClockOffsets {
        let account = self.account.as_ref();
        let farthest = account.and_then(|account| account.farthest_clock());
        self.clock.offsets(farthest)
    }
}

/// One line of the report, judged.
struct Line {
    /// Position in the order asked: of the plan, of its target, of the row, within the row.
    order: [usize; 4],
    outcome: ReportEntry,
    /// The id that was asked for.
    asked: Option<Rc<str>>,
    /// The list that it is a part of.
    inventory: Option<Rc<Inventory>>,
    ignore_superseded: bool,
}

impl Line {
    /// Others of its list may have taken its place, or it theirs.
    fn learn(&self) {
        if let (Some(inventory), ReportEntry::Certificate(certificate)) =
            (&self.inventory, &self.outcome)
        {
            inventory.learn(certificate);
        }
    }

    /// Whether others of its list may still change what is told of it.
    fn is_open(&self) -> bool {
        match (&self.inventory, &self.outcome) {
            (Some(inventory), ReportEntry::Certificate(certificate)) => {
                inventory.is_open(certificate, self.ignore_superseded)
            }
            _ => false,
        }
    }

    fn supersede(&mut self) {
        if let (Some(inventory), ReportEntry::Certificate(certificate)) =
            (&self.inventory, &mut self.outcome)
            && let Some(successor) = inventory.successor(certificate)
        {
            supersede(certificate, &successor, self.ignore_superseded);
        }
    }
}

/// Takes rows, gives a report.
pub struct Collector<'a> {
    options: &'a RunOptions,
    started: DateTime<Utc>,
    known: KnownSecrets,
    /// Rows that an answer to come can still show a clock for.
    waiting: Vec<Row>,
    /// Lines that others of their list may still change.
    open: Vec<Line>,
    /// What the report holds, in the order of arrival. Of a stream nothing is kept.
    kept: Vec<([usize; 4], ReportEntry)>,
    complete: bool,
    printed: usize,
    report: Report,
    sink: &'a dyn Sink,
}

impl<'a> Collector<'a> {
    pub fn new(
        options: &'a RunOptions,
        started: DateTime<Utc>,
        known: KnownSecrets,
        sink: &'a dyn Sink,
    ) -> Collector<'a> {
        let report = Report::new(started, options.evaluated_at(started));
        Collector {
            options,
            started,
            known,
            waiting: Vec::new(),
            open: Vec::new(),
            kept: Vec::new(),
            complete: true,
            printed: 0,
            report,
            sink,
        }
    }

    /// Something that should have been looked at was not.
    pub fn incomplete(&mut self) {
        self.complete = false;
    }

    /// An account holds nothing, as it may.
    pub fn empty(&mut self) {
        self.report.may_be_empty = true;
    }

    /// Takes what came of one question. All formats go the same way, so that none of them says better than another: a row
    /// is judged as soon as its clock is known, and told as soon as nothing to come can change it.
    pub fn add(&mut self, mut row: Row) {
        if let Ok(facts) = &mut row.result {
            row.asked.select(facts);
        }
        if !row.waits_for_a_clock() {
            return self.settle(vec![row]);
        }
        if let Some(inventory) = &row.inventory {
            inventory.is_late();
        }
        self.waiting.push(row);
    }

    /// No more answers come for that account.
    pub fn ended(&mut self, account: &Rc<AccountState>, inventory: &Rc<Inventory>) {
        let of_account = |row: &mut Row| {
            let own = row.account.as_ref();
            own.is_some_and(|own| Rc::ptr_eq(own, account))
        };
        let rows = self.waiting.extract_if(.., of_account).collect();
        self.settle(rows);
        let of_list = |line: &mut Line| {
            let own = line.inventory.as_ref();
            own.is_some_and(|own| Rc::ptr_eq(own, inventory))
        };
        let lines: Vec<Line> = self.open.extract_if(.., of_list).collect();
        lines.into_iter().for_each(|line| self.tell(line));
    }

    /// Judges rows, and tells what is settled with that.
    fn settle(&mut self, rows: Vec<Row>) {
        let lines: Vec<Line> = rows.into_iter().flat_map(|row| self.lines(row)).collect();
        lines.iter().for_each(Line::learn);
        for line in lines {
            if line.is_open() {
                self.open.push(line);
            } else {
                self.tell(line);
            }
        }
    }

    /// Prints a line, or keeps it for the report.
    fn tell(&mut self, mut line: Line) {
        line.supersede();
        if let ReportEntry::Certificate(certificate) = &mut line.outcome {
            redact_facts(&self.known, &mut certificate.facts, line.asked.as_deref());
        }
        let view = &self.options.view;
        let shown = self.report.count(&line.outcome, view);
        if !self.sink.is_stream() {
            if shown {
                self.kept.push((line.order, line.outcome));
            }
            return;
        }
        match &line.outcome {
            ReportEntry::Failure(_) => self.sink.result(&line.outcome),
            ReportEntry::Certificate(_) if !shown => {}
            ReportEntry::Certificate(_) if view.limit.is_some_and(|most| self.printed >= most) => {
                self.report.summary.not_shown += 1;
            }
            ReportEntry::Certificate(_) => {
                self.printed += 1;
                self.sink.result(&line.outcome);
            }
        }
    }

    /// The report. Of a stream it holds the counts only.
    pub fn finish(mut self, complete: bool) -> Report {
        let rows = std::mem::take(&mut self.waiting);
        self.settle(rows);
        let lines = std::mem::take(&mut self.open);
        lines.into_iter().for_each(|line| self.tell(line));
        self.kept.sort_by_key(|(order, _)| *order);
        for (_, outcome) in self.kept {
            self.report.keep(outcome);
        }
        self.report.complete = complete && self.complete;
        self.report.arrange(&self.options.view);
        self.report
    }

    /// Judges what came of one question.
    fn lines(&self, row: Row) -> Vec<Line> {
        let ([plan, target, place], inventory) = (row.order, row.inventory.clone());
        let ignore_superseded = row.asked.options.ignore_superseded;
        let asked: Option<Rc<str>> = row.id.as_deref().map(Rc::from);
        let outcomes = self.outcomes(row).into_iter();
        outcomes
            .enumerate()
            .map(|(within, outcome)| Line {
                order: [plan, target, place, within],
                outcome,
                asked: asked.clone(),
                inventory: inventory.clone(),
                ignore_superseded,
            })
            .collect()
    }

    fn outcomes(&self, row: Row) -> Vec<ReportEntry> {
        let offsets = row.offsets();
        let asked = &row.asked;
        let facts = match row.result {
            Ok(facts) => facts,
            Err(error) => {
                let failure = Failure {
                    provider: asked.provider,
                    origin: asked.origin.clone(),
                    scope: asked.scope(None),
                    id: row.id.map(|id| self.known.given(&id).unwrap_or(id)),
                    environment: None,
                    error: redact_error(&self.known, &in_file(error, &asked.origin)),
                };
                return vec![ReportEntry::Failure(Box::new(failure))];
            }
        };
        let certificates = facts.into_iter().map(|mut facts| {
            facts.scope = asked.scope(facts.scope.take());
            let options = &asked.options;
            let mut certificate = judged(asked.provider, facts, options, self.started, offsets);
            certificate.origin = asked.origin.clone();
            ReportEntry::Certificate(Box::new(certificate))
        });
        certificates.collect()
    }
}

/// What could not be read can be a name, and what has none may only not tell it. A push certificate has no name at all.
fn names_are_unknown(facts: &Facts) -> bool {
    facts.is_partly_unread() || (facts.domains.is_empty() && facts.kind != Some(CertKind::Push))
}

/// What to do is said of flags. A check of the config file has the same by their names.
fn in_file(error: Error, origin: &Origin) -> Error {
    let hint = error.hint().to_owned();
    if origin.check.is_some() && hint.contains("--") {
        error.with_hint(format!(
            "{hint} (in the config file a flag is a key of its name, with _ for -)"
        ))
    } else {
        error
    }
}
