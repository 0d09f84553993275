//! Judges answers that were saved earlier. Nothing is sent and no key is looked for.

use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use crate::adapters::listing::Page;
use crate::adapters::saved::{SavedContent, SavedLists, contradiction};
use crate::error::{Error, Kind, reason};
use crate::exchange::AnswerClock;
use crate::json::Answers;
use crate::model::Facts;
use crate::plan::Plan;
use crate::run::collector::{Asked, Collector, Row};
use crate::run::inventory::Inventory;
use crate::unicode::Utf8;
use crate::world::ReadFile;

/// What a stream of saved answers may weigh.
const LARGEST: u64 = 64 * 1024 * 1024;

/// A file of saved answers, or standard input.
pub struct AnswerSource<'a> {
    name: String,
    bytes: Box<dyn Read + 'a>,
}

impl<'a> AnswerSource<'a> {
    /// Opens the file, if there is a path.
    pub fn open(
        path: Option<&Path>,
        stdin: &'a mut dyn Read,
        read_file: &ReadFile,
    ) -> Result<AnswerSource<'a>, Error> {
        let (name, bytes) = match path {
            None => ("standard input".to_owned(), Ok(Box::new(stdin) as Box<_>)),
            Some(path) => (path.display().to_string(), read_file(path, LARGEST + 1)),
        };
        match bytes {
            Ok(bytes) => Ok(AnswerSource { name, bytes }),
            Err(why) => Err(unreadable(&name, &why)),
        }
    }

    /// Judges every answer in it; an error, when it cannot be read to its end.
    pub fn judge(
        self,
        plan: &Plan,
        expected: Option<&str>,
        collector: &mut Collector<'_>,
    ) -> Result<(), Error> {
        let bytes = Bounded {
            bytes: self.bytes,
            left: LARGEST,
        };
        judge(Utf8::new(bytes), plan, expected, collector, |why| {
            unreadable(&self.name, why)
        })
    }
}

fn unreadable(name: &str, why: &io::Error) -> Error {
    Error::new(
        Kind::Config,
        format!("{name} cannot be read: {}", reason(why)),
    )
    .with_hint("--from takes a file of saved answers, or - for standard input")
    .quoting(name)
}

/// Fails when more comes than that.
struct Bounded<R> {
    bytes: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(into)?;
        let too_large = || {
            let most = LARGEST / 1024 / 1024;
            io::Error::other(format!("it is larger than {most} MiB"))
        };
        self.left = self.left.checked_sub(read as u64).ok_or_else(too_large)?;
        Ok(read)
    }
}

fn judge(
    input: impl Read,
    plan: &Plan,
    expected: Option<&str>,
    collector: &mut Collector<'_>,
    unreadable: impl Fn(&io::Error) -> Error,
) -> Result<(), Error> {
    let mut answers = Answers::new(input).peekable();
    let mut rows = Rows::new(plan, expected, collector);
    let mut place = 0;
    while let Some(answer) = answers.next() {
        let answer = match answer {
            Ok(answer) => answer,
            Err(why) if place == 0 => return Err(unreadable(&why)),
            // What came before it is not lost.
            Err(why) => {
                rows.missing(place, unreadable(&why));
                break;
            }
        };
        let result =
            answer.and_then(|answer| plan.targets.first().service.saved(&answer, expected));
        let several = place > 0 || (result.is_err() && answers.peek().is_some());
        rows.take(place, several, result);
        place += 1;
    }
    if place == 0 {
        let text = "there is no answer in the input: nothing to judge";
        let error = Error::new(Kind::NotFound, text).with_hint(
            "save the provider's answer first, for example with its own command-line tool",
        );
        rows.add(place, Err(error));
    }
    rows.end(place);
    Ok(())
}

/// Failures in a row that are told one by one, where nothing is known of them. A file of something else than answers
/// has a million of them.
const TOLD: usize = 10;

/// Makes rows of what comes of each answer.
struct Rows<'a, 'b> {
    asked: Rc<Asked>,
    expected: Option<&'a str>,
    allow_empty: bool,
    collector: &'a mut Collector<'b>,
    lists: SavedLists,
    /// What is known of all certificates of the lists.
    inventory: Rc<Inventory>,
    /// Whether what is expected was in a list.
    found: bool,
    failed: bool,
    /// Failures in a row of which nothing is known.
    unknown: usize,
    /// Those beyond [`TOLD`]: the first and the last place, and what the first was.
    held: Option<(usize, usize, Error)>,
}

impl<'a, 'b> Rows<'a, 'b> {
    fn new(
        plan: &Plan,
        expected: Option<&'a str>,
        collector: &'a mut Collector<'b>,
    ) -> Rows<'a, 'b> {
        Rows {
            asked: Rc::new(Asked::new(plan, plan.targets.first(), &Rc::default())),
            expected,
            allow_empty: plan.options.allow_empty,
            collector,
            lists: SavedLists::default(),
            inventory: Rc::default(),
            found: false,
            failed: false,
            unknown: 0,
            held: None,
        }
    }

    fn take(&mut self, place: usize, several: bool, result: Result<SavedContent, Error>) {
        let which = || several.then(|| format!("answer {}", place + 1));
        let error = match result {
            // A refusal is an answer, and told like one.
            Err(error) if error.code.is_none() && error.request_id.is_none() => error,
            told => {
                self.tell_held();
                self.unknown = 0;
                return match told {
                    Ok(SavedContent::Answer(facts)) => self.add(place, Ok(facts)),
                    Ok(SavedContent::Page(scope, page)) => self.page(place, scope, page),
                    Err(error) => self.add(place, Err(advised(error, which()))),
                };
            }
        };
        self.unknown += 1;
        match &mut self.held {
            Some((_, last, _)) => *last = place,
            None if self.unknown > TOLD => self.held = Some((place, place, error)),
            None => self.add(place, Err(advised(error, which()))),
        }
    }

    /// Takes what is new in a page; of an expected id no more than its record.
    fn page(&mut self, place: usize, scope: Option<String>, page: Page) {
        let new = self.lists.take(scope, page);
        let (mut certificates, mut contradicted) = (new.certificates, new.contradicted);
        if let Some(expected) = self.expected {
            // One without an id may be any of them.
            let may_be = |id: Option<&str>| id.is_none_or(|id| id == expected);
            certificates.retain(|facts| may_be(facts.id.as_deref()));
            contradicted.retain(|id| id == expected);
            self.found |= !certificates.is_empty();
        }
        if !certificates.is_empty() {
            let inventory = self.expected.is_none().then(|| self.inventory.clone());
            self.row(place, Ok(certificates), inventory);
        }
        let contradictions = contradicted.iter().map(|id| contradiction(id));
        contradictions.for_each(|error| self.missing(place, error));
    }

    fn tell_held(&mut self) {
        let Some((first, last, error)) = self.held.take() else {
            return;
        };
        let which = match last - first {
            0 => format!("answer {}", first + 1),
            _ => format!(
                "answers {} to {} cannot be judged either, the first of them for this",
                first + 1,
                last + 1
            ),
        };
        self.add(first, Err(advised(error, Some(which))));
    }

    /// Everything was read.
    fn end(&mut self, place: usize) {
        self.tell_held();
        if !self.found {
            let missing = self.lists.missing();
            missing
                .into_iter()
                .for_each(|error| self.missing(place, error));
        }
        if let Some(error) = self.asked.nothing_left() {
            self.add(place, Err(error));
        } else if self.asked.left_out_all() {
            self.collector.empty();
        } else if self.asked.had_none() && !self.lists.is_empty() {
            self.nothing(place);
        }
    }

    /// No list had a certificate, or the one that is expected.
    fn nothing(&mut self, place: usize) {
        let (text, hint) = match self.expected {
            Some(id) => (
                format!("no certificate found: {id} is not in the saved list"),
                "check the id, and that the list was saved from the account that holds it",
            ),
            None if self.failed => return,
            None if self.allow_empty => return self.collector.empty(),
            None => (
                "no certificate found: the saved list is empty".to_owned(),
                "check account, site and region; if it may hold nothing, give --allow-empty",
            ),
        };
        self.add(place, Err(Error::new(Kind::NotFound, text).with_hint(hint)));
    }

    /// Something that a list has stays unknown.
    fn missing(&mut self, place: usize, error: Error) {
        self.add(place, Err(error));
        self.collector.incomplete();
    }

    fn add(&mut self, order: usize, result: Result<Vec<Facts>, Error>) {
        self.row(order, result, None);
    }

    fn row(
        &mut self,
        order: usize,
        result: Result<Vec<Facts>, Error>,
        inventory: Option<Rc<Inventory>>,
    ) {
        self.failed |= result.is_err();
        self.collector.add(Row {
            order: [0, 0, order],
            asked: self.asked.clone(),
            id: self.expected.map(str::to_owned),
            result,
            clock: AnswerClock::default(),
            account: None,
            inventory,
        });
    }
}

/// Says which of several answers failed: without an id there is nothing else to tell them apart.
fn advised(mut error: Error, which: Option<String>) -> Error {
    if let Some(which) = which {
        error.message = format!("{which}: {}", error.message);
    }
    match (error.kind, &error.hint) {
        (Kind::Protocol, None) => error.with_hint(
            "check that the input holds this provider's answers, whole and as they came",
        ),
        _ => error,
    }
}
