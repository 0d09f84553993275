//! Several lists one after another as one list, joined by id.
//!
//! ```text
//! parts that are known:           A ──all pages──▶ B ──all pages──▶ … ──▶ done
//! parts that another list names:  parents ──all pages──▶ part of the first parent ──all pages──▶ the next … ──▶ done
//! ```
//!
//! A certificate that several parts have counts once, where its scope is the same too. A part that fails is reported and
//! leaves the list incomplete; the other parts are read all the same, unless the key or the clock was refused.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};

use super::listing::{ListBatch, content};
use crate::error::{Error, Kind};
use crate::exchange::{EffectResult, Flow, FlowProgress, Request, Stamp, Step};
use crate::model::Facts;

/// One list of a sequence.
pub struct ListPart {
    /// What its errors are about, such as a site and its id; none where that is clear.
    pub label: Option<(&'static str, String)>,
    /// Reads it.
    pub flow: Box<dyn Flow<Output = ListBatch>>,
}

/// Makes the list of a parent out of its record.
pub type MakePart = dyn Fn(Facts) -> Result<ListPart, Error>;

/// Lists that are read one after another.
pub struct ListSequence {
    /// The list whose records are parents, until it was read; and what makes parts of them.
    parents: Option<(Box<dyn Flow<Output = ListBatch>>, Box<MakePart>)>,
    /// The parts to be read; the first is under way.
    parts: VecDeque<ListPart>,
    /// Hashes of scope and id, each with that of the record.
    seen: HashMap<u64, u64>,
    hasher: RandomState,
    /// The total of the parts before.
    before: u64,
    /// The latest total of the part under way.
    current: u64,
}

impl ListSequence {
    /// Lists that are known.
    pub fn of(parts: impl IntoIterator<Item = ListPart>) -> ListSequence {
        ListSequence {
            parents: None,
            parts: parts.into_iter().collect(),
            seen: HashMap::new(),
            hasher: RandomState::new(),
            before: 0,
            current: 0,
        }
    }

    /// A list of parents, then the list of each.
    pub fn of_each(
        parents: impl Flow<Output = ListBatch> + 'static,
        part: impl Fn(Facts) -> Result<ListPart, Error> + 'static,
    ) -> ListSequence {
        ListSequence {
            parents: Some((Box::new(parents), Box::new(part))),
            ..ListSequence::of([])
        }
    }

    /// Takes a batch of parents.
    fn take_parents(&mut self, mut batch: ListBatch, is_last: bool) -> FlowProgress<ListBatch> {
        batch.total = None;
        if let Some((_, part)) = &self.parents {
            for parent in std::mem::take(&mut batch.certificates) {
                match part(parent) {
                    Ok(part) => self.parts.push_back(part),
                    Err(error) => batch.missing = Some(error),
                }
            }
        }
        if is_last {
            self.parents = None;
        }
        if is_last && self.parts.is_empty() {
            FlowProgress::Done(batch)
        } else {
            FlowProgress::Part(batch)
        }
    }

    /// Takes a batch of the part under way.
    fn take(&mut self, mut batch: ListBatch, is_last: bool) -> FlowProgress<ListBatch> {
        self.join(&mut batch);
        self.current = batch.total.unwrap_or(self.current);
        batch.total = Some(self.before.saturating_add(self.current));
        if !is_last {
            return FlowProgress::Part(batch);
        }
        self.before = self
            .before
            .saturating_add(std::mem::take(&mut self.current));
        let label = self.parts.pop_front().and_then(|part| part.label);
        if let (Some(error), Some((what, id))) = (&mut batch.missing, label) {
            error.message = format!("{what} {id}: {}", error.message);
            *error = error.clone().quoting(id);
        }
        if self.parts.is_empty() {
            FlowProgress::Done(batch)
        } else {
            FlowProgress::Part(batch)
        }
    }

    /// Leaves out what an earlier part had.
    fn join(&mut self, batch: &mut ListBatch) {
        let (seen, hasher) = (&mut self.seen, &self.hasher);
        let mut contradicted = Vec::new();
        batch.certificates.retain(|facts| {
            let Some(id) = &facts.id else { return true };
            let record = hasher.hash_one(content(facts));
            match seen.entry(hasher.hash_one((&facts.scope, id))) {
                Entry::Vacant(place) => {
                    place.insert(record);
                    true
                }
                Entry::Occupied(before) => {
                    contradicted.extend((*before.get() != record).then(|| id.clone()));
                    false
                }
            }
        });
        batch.contradicted.extend(contradicted);
    }
}

impl Flow for ListSequence {
    type Output = ListBatch;

    fn step(&self, stamp: Stamp) -> Result<Step, Error> {
        match (&self.parents, self.parts.front()) {
            (Some((flow, _)), _) => flow.step(stamp),
            (None, Some(part)) => part.flow.step(stamp),
            (None, None) => Err(Error::new(Kind::Config, "no list to read")),
        }
    }

    fn answer(
        &mut self,
        answer: Result<EffectResult, Error>,
    ) -> Result<FlowProgress<ListBatch>, Error> {
        if let Some((flow, _)) = &mut self.parents {
            return Ok(match flow.answer(answer)? {
                FlowProgress::More => FlowProgress::More,
                FlowProgress::Part(batch) => self.take_parents(batch, false),
                FlowProgress::Done(batch) => self.take_parents(batch, true),
            });
        }
        let Some(part) = self.parts.front_mut() else {
            return Err(Error::new(Kind::Protocol, "an answer to no list"));
        };
        let is_final = answer.is_err();
        Ok(match part.flow.answer(answer) {
            Ok(FlowProgress::More) => FlowProgress::More,
            Ok(FlowProgress::Part(batch)) => self.take(batch, false),
            Ok(FlowProgress::Done(batch)) => self.take(batch, true),
            Err(error) if is_final && !is_for_all(&error) => {
                self.take(ListBatch::missing(error), true)
            }
            Err(error) => return Err(error),
        })
    }

    fn cleanup(&self, stamp: Stamp) -> Option<Request> {
        match (&self.parents, self.parts.front()) {
            (Some((flow, _)), _) => flow.cleanup(stamp),
            (None, part) => part?.flow.cleanup(stamp),
        }
    }
}

/// Every other part would fail the same way.
fn is_for_all(error: &Error) -> bool {
    matches!(error.kind, Kind::Credentials | Kind::Clock)
}
