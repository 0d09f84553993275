//! What a list call finds, which page of it is asked for, and what is wrong with it.
//!
//! Owns the order of a list, its pages and the faults of lists. The services own the words: parameters, items, and
//! the names of the two members.

use serde_json::{Map, Value};

use super::desk::Visit;
use super::estate::Made;
use super::list_faults::ListFault;
use super::{Service, samples};

/// A certificate in a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Entry {
    Sample(&'static str),
    Made(Made),
}

impl Entry {
    pub fn id(self, service: Service) -> String {
        match self {
            Entry::Sample(id) => id.to_owned(),
            Entry::Made(made) => made.id(service),
        }
    }
}

/// All that a list of this service holds, in its own order: the generated certificates, or else the samples.
pub(super) fn certificates(visit: &mut Visit<'_>) -> Vec<Entry> {
    let mut all: Vec<Entry> = match visit.estate {
        Some(count) => (1..=count)
            .map(|number| Entry::Made(Made(number)))
            .collect(),
        None => samples(visit.service)
            .into_iter()
            .filter(|sample| !sample.legacy)
            .map(|sample| Entry::Sample(sample.id))
            .collect(),
    };
    // The first call finds the list as it is.
    let more = |calls: &mut u32| *calls = calls.saturating_add(1);
    match visit.twist {
        Some(ListFault::Shrink) => {
            let gone = visit.state.shrunk.entry(visit.service);
            let gone = *gone.and_modify(more).or_insert(0);
            all.drain(..all.len().min(gone as usize));
        }
        Some(ListFault::Grow) => {
            let count = visit.estate.unwrap_or(0);
            let new = visit.state.grown.entry(visit.service);
            let new = *new.and_modify(more).or_insert(0);
            let new = (1..=new).rev().filter_map(|extra| count.checked_add(extra));
            all.splice(..0, new.map(|number| Entry::Made(Made(number))));
        }
        _ => {}
    }
    all
}

/// Which part of a list is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Window {
    pub offset: usize,
    pub limit: usize,
}

impl Window {
    /// The page with this number; the first is 1.
    pub fn page(number: usize, size: usize) -> Window {
        Window {
            offset: number.saturating_sub(1).saturating_mul(size),
            limit: size,
        }
    }
}

/// The members of an answer that hold a part of a list, under the names of the list and of its length, if the service
/// tells that.
pub(super) fn members<T>(
    visit: &Visit<'_>,
    all: &[T],
    window: Window,
    (list, total): (&str, Option<&str>),
    item: impl Fn(&T) -> Option<Value>,
) -> Value {
    let twist = visit.twist;
    let offset = match twist {
        Some(ListFault::SamePage) => 0,
        _ => window.offset,
    };
    let limit = match twist {
        Some(ListFault::ShortPage) => window.limit.min(3),
        _ => window.limit,
    };
    let items = all.iter().skip(offset).take(limit).filter_map(item);
    let items = items.map(|mut item| {
        if let (Some(ListFault::Fat(bytes)), Some(members)) = (twist, item.as_object_mut()) {
            members.insert("Padding".to_owned(), "x".repeat(bytes as usize).into());
        }
        item
    });
    let mut members = Map::new();
    let items = match twist {
        Some(ListFault::NullList | ListFault::NullAll) => Value::Null,
        _ => Value::Array(items.collect()),
    };
    members.insert(list.to_owned(), items);
    if let Some(total) = total.filter(|_| twist != Some(ListFault::NoTotal)) {
        let length = match twist {
            Some(ListFault::NullAll) => Value::Null,
            Some(ListFault::Total(claimed)) => claimed.into(),
            _ => all.len().into(),
        };
        members.insert(total.to_owned(), length);
    }
    Value::Object(members)
}
