//! Gathers what comes of each id and makes the report: in the order asked, or line by line as it arrives.
//! Everything that came from outside is freed of secrets here, and only then shortened.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use chrono::{DateTime, TimeDelta, Utc};

use super::choices::{Choices, Format};
use super::plan::Plan;
use crate::credentials::KnownSecrets;
use crate::error::{Error, Kind};
use crate::exchange::{Account, Skew};
use crate::model::report::Outcome;
use crate::model::span::in_words;
use crate::model::successors::supersede;
use crate::model::{
    CertKind, CertStatus, Facts, Failure, Note, Origin, Report, Scalar, Successors, Verdict, judge,
};
use crate::render::json;
use crate::render::text::shortened;

/// Longest error message, in characters; a provider's own text can be a page.
const LONGEST_MESSAGE: usize = 600;

/// The details that are sentences.
const PROSE: [&str; 2] = ["status_message", "revoke_reason"];

/// What is the same for all rows of one plan.
pub struct Asked {
    provider: &'static str,
    origin: Origin,
    scope: Option<String>,
    choices: Choices,
    kept: Cell<usize>,
    left_out: Cell<usize>,
}

impl Asked {
    /// Of that plan.
    pub fn of(plan: &Plan) -> Asked {
        Asked {
            provider: plan.provider.name,
            origin: plan.origin.clone(),
            scope: plan.target.scope.clone(),
            choices: plan.choices.clone(),
            kept: Cell::default(),
            left_out: Cell::default(),
        }
    }

    /// Keeps what is to be judged.
    fn select(&self, facts: &mut Vec<Facts>) {
        let all = facts.len();
        facts.retain(|facts| self.choices.selects(&facts.domains) || names_are_unknown(facts));
        self.kept.set(self.kept.get() + facts.len());
        self.left_out.set(self.left_out.get() + all - facts.len());
    }

    /// An error where nothing is left, though that may not be.
    pub fn nothing_left(&self) -> Option<Error> {
        (self.left_out_all() && !self.choices.allow_empty).then(|| {
            let text = "no certificate has a name that --domain selects: nothing to judge";
            Error::new(Kind::NotFound, text)
                .with_hint("check the pattern; if there may be none, give --allow-empty")
        })
    }

    /// Certificates came, and `--domain` left out every one of them.
    pub fn left_out_all(&self) -> bool {
        self.kept.get() == 0 && self.left_out.get() > 0
    }

    /// No certificate came.
    pub fn had_none(&self) -> bool {
        self.kept.get() == 0 && self.left_out.get() == 0
    }
}

/// What is known of all certificates of an account while they are listed.
#[derive(Default)]
pub struct Inventory {
    /// Those that can have replaced others.
    pub successors: RefCell<Successors>,
    /// Whether the list begins with what ends last: then a successor comes before what it replaced.
    pub latest_first: Cell<bool>,
}

/// What came of one question.
pub struct Row {
    /// Place in the order asked: of the plan, and within it.
    pub order: (usize, usize),
    /// The plan.
    pub asked: Rc<Asked>,
    /// What was asked for.
    pub id: Option<String>,
    /// Certificates, or why there are none.
    pub result: Result<Vec<Facts>, Error>,
    /// The account it was asked with; it knows the provider's clock.
    pub account: Option<Rc<Account>>,
    /// The list that it is a part of.
    pub inventory: Option<Rc<Inventory>>,
}

impl Row {
    fn skew(&self) -> Option<Skew> {
        self.account.as_ref().and_then(|account| account.skew())
    }
}

/// A judged line of which others of its list may still have something to say.
struct Judged {
    outcome: Outcome,
    /// The id that was asked for.
    asked: Option<Rc<str>>,
    inventory: Option<Rc<Inventory>>,
    forgiving: bool,
}

/// Takes rows, gives a report.
pub struct Collector<'a> {
    choices: &'a Choices,
    started: DateTime<Utc>,
    known: KnownSecrets,
    rows: Vec<Row>,
    held: Vec<Judged>,
    complete: bool,
    printed: usize,
    report: Report,
    print: Box<dyn FnMut(&str) + 'a>,
}

impl<'a> Collector<'a> {
    /// `print` takes the lines of a stream as they come.
    pub fn new(
        choices: &'a Choices,
        started: DateTime<Utc>,
        known: KnownSecrets,
        print: Box<dyn FnMut(&str) + 'a>,
    ) -> Collector<'a> {
        let report = Report::new(started, choices.evaluated_at(started));
        Collector {
            choices,
            started,
            known,
            rows: Vec::new(),
            held: Vec::new(),
            complete: true,
            printed: 0,
            report,
            print,
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

    /// Takes what came of one question. It is judged at once when its line is printed at once, and where no answer
    /// to come can show that our clock is wrong: what is judged is smaller, or under `--quiet` not kept at all.
    pub fn add(&mut self, mut row: Row) {
        if let Ok(facts) = &mut row.result {
            row.asked.select(facts);
        }
        let streamed = self.choices.format == Format::Ndjson;
        if !streamed && row.account.is_some() {
            return self.rows.push(row);
        }
        let judged = self.judged_row(row);
        judged.iter().for_each(learn);
        for line in judged {
            if streamed && self.may_be_replaced(&line) {
                self.held.push(line);
            } else {
                self.tell(line);
            }
        }
    }

    /// Whether a successor may still come.
    fn may_be_replaced(&self, line: &Judged) -> bool {
        let list = line
            .inventory
            .as_ref()
            .filter(|list| !list.latest_first.get());
        list.is_some()
            && matches!(&line.outcome, Outcome::Certificate(c) if c.verdict != Verdict::Ok)
    }

    /// Prints a line, or keeps it for the report.
    fn tell(&mut self, mut line: Judged) {
        if let (Some(inventory), Outcome::Certificate(certificate)) =
            (&line.inventory, &mut line.outcome)
            && let Some(successor) = inventory.successors.borrow().of(certificate)
        {
            supersede(certificate, successor, line.forgiving);
        }
        if let Outcome::Certificate(certificate) = &mut line.outcome {
            self.clean_facts(&mut certificate.facts, line.asked.as_deref());
        }
        let view = &self.choices.view;
        if self.choices.format != Format::Ndjson {
            return self.report.add(line.outcome, view);
        }
        let shown = self.report.count(&line.outcome, view);
        match &line.outcome {
            Outcome::Failure(failure) => (self.print)(&json::error_line(failure)),
            Outcome::Certificate(_) if !shown => {}
            Outcome::Certificate(_) if view.limit.is_some_and(|most| self.printed >= most) => {
                self.report.summary.not_shown += 1;
            }
            Outcome::Certificate(certificate) => {
                self.printed += 1;
                (self.print)(&json::certificate_line(certificate));
            }
        }
    }

    /// The report. Of a stream it holds the counts only.
    pub fn finish(mut self, complete: bool) -> Report {
        let mut rows = std::mem::take(&mut self.rows);
        rows.sort_by_key(|row| row.order);
        let mut judged = std::mem::take(&mut self.held);
        for row in rows {
            judged.extend(self.judged_row(row));
        }
        judged.iter().for_each(learn);
        judged.into_iter().for_each(|line| self.tell(line));
        self.report.complete = complete && self.complete;
        self.report.arrange(&self.choices.view);
        self.report
    }

    /// Judges what came of one question.
    fn judged_row(&mut self, row: Row) -> Vec<Judged> {
        self.report.evaluated_at = self.choices.evaluated_at(self.now(&row));
        let (inventory, forgiving) = (row.inventory.clone(), row.asked.choices.ignore_superseded);
        let asked: Option<Rc<str>> = row.id.as_deref().map(Rc::from);
        let outcomes = self.outcomes(row).into_iter();
        outcomes
            .map(|outcome| Judged {
                outcome,
                asked: asked.clone(),
                inventory: inventory.clone(),
                forgiving,
            })
            .collect()
    }

    /// The moment of the run, by the provider's clock where that one showed ours to be wrong.
    fn now(&self, row: &Row) -> DateTime<Utc> {
        let behind = row.skew().map(|skew| skew.behind).unwrap_or_default();
        self.started
            .checked_add_signed(whole_seconds(behind))
            .unwrap_or(self.started)
    }

    fn outcomes(&self, row: Row) -> Vec<Outcome> {
        let (now, skew) = (self.now(&row), row.skew());
        let asked = &row.asked;
        let facts = match row.result {
            Ok(facts) => facts,
            Err(error) => {
                let failure = Failure {
                    provider: asked.provider,
                    origin: asked.origin.clone(),
                    scope: asked.scope.clone(),
                    id: row.id.map(|id| self.known.given(&id).unwrap_or(id)),
                    environment: None,
                    error: self.clean_error(&in_file(error, &asked.origin)),
                };
                return vec![Outcome::Failure(Box::new(failure))];
            }
        };
        let judged = facts.into_iter().map(|mut facts| {
            facts.scope = facts.scope.take().or_else(|| asked.scope.clone());
            let mut certificate = self.judged(asked, facts, now, skew);
            certificate.origin = asked.origin.clone();
            Outcome::Certificate(Box::new(certificate))
        });
        judged.collect()
    }

    /// A provider that refuses our time is right about it. Where only a `Date` differs nothing tells which clock is
    /// right (a box without a battery is in 2000 after each power cut): what is well by both of them is well.
    fn judged(
        &self,
        asked: &Asked,
        facts: Facts,
        now: DateTime<Utc>,
        skew: Option<Skew>,
    ) -> CertStatus {
        let Some(skew) = skew else {
            return judge(asked.provider, facts, &asked.choices.policy(now));
        };
        let by = |moment, whose| {
            let mut facts = facts.clone();
            facts.notes.push(clock_note(skew, whose));
            judge(asked.provider, facts, &asked.choices.policy(moment))
        };
        let theirs = by(now, "judged by the service's time");
        if skew.refused {
            return theirs;
        }
        let ours = by(
            self.started,
            "judged by this machine's time, the worse of the two",
        );
        if ours.verdict > theirs.verdict {
            ours
        } else {
            theirs
        }
    }

    /// Takes secrets out once all is judged: what is compared is what the service said.
    fn clean_facts(&self, facts: &mut Facts, asked: Option<&str>) {
        let known = &self.known;
        // Ours, or the user's own.
        let (scope, mut notes) = (facts.scope.take(), std::mem::take(&mut facts.notes));
        let given = facts.id.take_if(|id| asked == Some(id.as_str()));
        let mut freed: Vec<String> = Vec::new();
        for text in facts.texts_mut() {
            if known.scrubbed(text).is_some() {
                let clean = known.field(text).unwrap_or_else(|| text.clone());
                freed.push(std::mem::replace(text, clean));
            }
        }
        for (name, value) in &mut facts.details {
            let clean = match value {
                Scalar::Text(text) if PROSE.contains(name) => known.scrubbed(text),
                Scalar::Text(_) => None,
                Scalar::Number(number) => known.field(&number.to_string()),
            };
            if let Some(clean) = clean {
                *value = Scalar::Text(clean);
            }
        }
        for note in &mut notes {
            let quotes = note.quote.as_deref().into_iter();
            let quotes = quotes.chain(freed.iter().map(String::as_str));
            note.message = known.sentence(&note.message, quotes);
        }
        let given = given.map(|id| known.given(&id).unwrap_or(id));
        facts.id = given.or(facts.id.take());
        (facts.scope, facts.notes) = (scope, notes);
    }

    fn clean_error(&self, error: &Error) -> Error {
        let mut error = self.known.freed(error);
        error.message = shortened(error.message.trim(), LONGEST_MESSAGE);
        error.code = error.code.map(|text| shortened(&text, 120));
        error.request_id = error.request_id.map(|text| shortened(&text, 120));
        error
    }
}

/// What could not be read can be a name, and what has none may only not tell it. A push certificate has no name at all.
fn names_are_unknown(facts: &Facts) -> bool {
    facts.is_partly_unread() || (facts.domains.is_empty() && facts.kind != Some(CertKind::Push))
}

/// Others of its list may have taken its place, or it theirs.
fn learn(line: &Judged) {
    if let (Some(inventory), Outcome::Certificate(certificate)) = (&line.inventory, &line.outcome) {
        inventory.successors.borrow_mut().learn(certificate);
    }
}

/// What to do is said of flags. A check of the config file has the same by their names.
fn in_file(error: Error, origin: &Origin) -> Error {
    let hint = error.hint().to_owned();
    match origin.check.is_some() && hint.contains("--") {
        true => error.with_hint(format!(
            "{hint} (in the config file a flag is a key of its name, with _ for -)"
        )),
        false => error,
    }
}

fn whole_seconds(delta: TimeDelta) -> TimeDelta {
    TimeDelta::seconds(delta.num_seconds())
}

fn clock_note(skew: Skew, whose: &str) -> Note {
    let side = if skew.behind > TimeDelta::zero() {
        "behind"
    } else {
        "ahead of"
    };
    let text = format!(
        "this machine's clock is {} {side} the service's; {whose}",
        in_words(skew.behind)
    );
    Note::new("clock_corrected", text)
}
