//! Gathers what comes of each id and makes the report: in the order asked, or line by line as it arrives.
//! Everything that came from outside is freed of secrets here, and only then shortened.

use std::rc::Rc;

use chrono::{DateTime, TimeDelta, Utc};

use super::choices::{Choices, Format};
use crate::credentials::KnownSecrets;
use crate::error::Error;
use crate::exchange::{Account, Skew};
use crate::model::report::{Outcome, shown};
use crate::model::span::in_words;
use crate::model::{CertStatus, Facts, Failure, Note, Report, Scalar, judge};
use crate::render::json;
use crate::render::text::shortened;

/// Longest error message, in characters; a provider's own text can be a page.
const LONGEST_MESSAGE: usize = 600;

/// What came of one question.
pub struct Row {
    /// Place in the order asked.
    pub order: usize,
    /// Who was asked.
    pub provider: &'static str,
    /// What makes the id unique.
    pub scope: Option<String>,
    /// What was asked for.
    pub id: Option<String>,
    /// Certificates, or why there are none.
    pub result: Result<Vec<Facts>, Error>,
    /// The account it was asked with; it knows the provider's clock.
    pub account: Option<Rc<Account>>,
}

impl Row {
    fn skew(&self) -> Option<Skew> {
        self.account.as_ref().and_then(|account| account.skew())
    }
}

/// Takes rows, gives a report.
pub struct Collector<'a> {
    choices: &'a Choices,
    started: DateTime<Utc>,
    known: KnownSecrets,
    rows: Vec<Row>,
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
            report,
            print,
        }
    }

    /// Takes what came of one question. It is judged at once when its line is printed at once, and where no answer
    /// to come can show that our clock is wrong: what is judged is smaller, or under `--quiet` not kept at all.
    pub fn add(&mut self, row: Row) {
        let streamed = self.choices.format == Format::Ndjson;
        if !streamed && row.account.is_some() {
            return self.rows.push(row);
        }
        self.report.evaluated_at = self.choices.evaluated_at(self.now(&row));
        for outcome in self.outcomes(row) {
            if streamed {
                self.report.count(&outcome, self.choices.quiet);
                self.print_line(&outcome);
            } else {
                self.report.add(outcome, self.choices.quiet);
            }
        }
    }

    fn print_line(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Certificate(certificate) if shown(certificate, self.choices.quiet) => {
                (self.print)(&json::certificate_line(certificate))
            }
            Outcome::Certificate(_) => {}
            Outcome::Failure(failure) => (self.print)(&json::error_line(failure)),
        }
    }

    /// The report. Of a stream it holds the counts only.
    pub fn finish(mut self, complete: bool) -> Report {
        let mut rows = std::mem::take(&mut self.rows);
        rows.sort_by_key(|row| row.order);
        for row in rows {
            self.report.evaluated_at = self.choices.evaluated_at(self.now(&row));
            for outcome in self.outcomes(row) {
                self.report.add(outcome, self.choices.quiet);
            }
        }
        self.report.complete = complete;
        self.report
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
        let facts = match row.result {
            Ok(facts) => facts,
            Err(error) => {
                let (scope, id) = (
                    row.scope.map(|text| self.clean(&text)),
                    row.id.map(|text| self.clean(&text)),
                );
                let failure = Failure {
                    provider: row.provider,
                    scope,
                    id,
                    environment: None,
                    error: self.clean_error(error),
                };
                return vec![Outcome::Failure(failure)];
            }
        };
        let judged = facts.into_iter().map(|mut facts| {
            facts.scope = facts.scope.take().or_else(|| row.scope.clone());
            let mut certificate = self.judged(row.provider, facts, now, skew);
            self.clean_facts(&mut certificate.facts);
            Outcome::Certificate(Box::new(certificate))
        });
        judged.collect()
    }

    /// A provider that refuses our time is right about it. Where only a `Date` differs nothing tells which clock is
    /// right (a box without a battery is in 2000 after each power cut): what is well by both of them is well.
    fn judged(
        &self,
        provider: &'static str,
        facts: Facts,
        now: DateTime<Utc>,
        skew: Option<Skew>,
    ) -> CertStatus {
        let Some(skew) = skew else {
            return judge(provider, facts, &self.choices.policy(now));
        };
        let by = |moment, whose| {
            let mut facts = facts.clone();
            facts.notes.push(clock_note(skew, whose));
            judge(provider, facts, &self.choices.policy(moment))
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

    fn clean(&self, text: &str) -> String {
        self.known.scrub(text)
    }

    fn clean_facts(&self, facts: &mut Facts) {
        facts.texts_mut().for_each(|text| *text = self.clean(text));
        for value in facts.details.values_mut() {
            let Scalar::Number(number) = value else {
                continue;
            };
            let text = number.to_string();
            let clean = self.clean(&text);
            if clean != text {
                *value = Scalar::Text(clean);
            }
        }
    }

    fn clean_error(&self, mut error: Error) -> Error {
        error.message = shortened(self.clean(&error.message).trim(), LONGEST_MESSAGE);
        error.code = error.code.map(|text| shortened(&self.clean(&text), 120));
        error.request_id = error
            .request_id
            .map(|text| shortened(&self.clean(&text), 120));
        error.hint = error.hint.map(|text| self.clean(&text));
        error
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
