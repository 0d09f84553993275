//! What a list call finds, which page of it is asked for, and what is wrong with it.
//!
//! Owns the order of a list, its pages and the faults of lists. The services own the words: parameters, items, and
//! the names of the two members.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::dispatch::Visit;
use super::generated::Made;
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
    let count = visit.estate.unwrap_or(0);
    let (gone, new) = match visit.twist {
        Some(ListFault::Shrink) => (step(&mut visit.state.shrunk, visit.service), 0),
        Some(ListFault::Grow) => (0, step(&mut visit.state.grown, visit.service)),
        _ => (0, 0),
    };
    let last = count.saturating_add(new);
    let added = (count..last)
        .rev()
        .filter_map(|number| number.checked_add(1));
    let mut all: Vec<Entry> = added.chain(1..=count).map(Made).map(Entry::Made).collect();
    if visit.estate.is_none() {
        let samples = samples(visit.service).into_iter();
        let listed = samples.filter(|sample| !sample.legacy);
        all.extend(listed.map(|sample| Entry::Sample(sample.id)));
    }
    all.drain(..all.len().min(gone as usize));
    all
}

/// One more for each call; the first finds the list as it is.
fn step(steps: &mut HashMap<Service, u32>, service: Service) -> u32 {
    let more = |calls: &mut u32| *calls = calls.saturating_add(1);
    *steps.entry(service).and_modify(more).or_insert(0)
}

/// Sorts a list by a number, those with the same one as they stand. Those without one come first, as databases mostly
/// have it; the services do not say.
pub(super) fn sort(all: &mut [Entry], number: &dyn Fn(&Entry) -> Option<i64>) {
    all.sort_by_key(number);
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

/// An item as the fault wants it.
fn twisted(item: String, twist: Option<ListFault>) -> String {
    match (twist, item.strip_prefix('{')) {
        (Some(ListFault::Fat(bytes)), Some(rest)) => {
            let padding = "x".repeat(bytes as usize);
            format!("{{\"Padding\":\"{padding}\",{rest}")
        }
        (Some(ListFault::Bare), _) => {
            let mut members: Map<String, Value> = serde_json::from_str(&item).unwrap_or_default();
            members.retain(|name, _| name.ends_with("Id") || name == "id");
            Value::Object(members).to_string()
        }
        _ => item,
    }
}

/// The body of an answer that holds a part of a list: under the names of the list and of its length, if the service
/// tells that, before the members of `rest`. The items are texts already, since there may be many.
pub(super) fn body<T>(
    visit: &Visit<'_>,
    all: &[T],
    window: Window,
    (list, total): (&str, Option<&str>),
    rest: &Value,
    item: &mut dyn FnMut(&T) -> Option<String>,
) -> String {
    let twist = visit.twist;
    let (mut offset, mut limit) = (window.offset, window.limit);
    let mut length = Some(all.len().to_string());
    match twist {
        Some(ListFault::SamePage) => offset = 0,
        Some(ListFault::ShortPage | ListFault::PageTotal) => limit = limit.min(3),
        Some(ListFault::NoTotal) => length = None,
        Some(ListFault::NullAll) => length = Some("null".to_owned()),
        Some(ListFault::Total(claimed)) => length = Some(claimed.to_string()),
        _ => {}
    }
    let mut text = format!("{{\"{list}\":");
    if let Some(ListFault::NullList | ListFault::NullAll) = twist {
        text.push_str("null");
    } else {
        let page = all.iter().skip(offset).take(limit).filter_map(item);
        let mut items: Vec<String> = page.map(|item| twisted(item, twist)).collect();
        if twist == Some(ListFault::PageTotal) {
            length = Some(items.len().to_string());
        }
        if let (Some(ListFault::Twofold), Some(first)) = (twist, items.first()) {
            items.push(first.replace("\"20", "\"21"));
        }
        text.push_str(&format!("[{}]", items.join(",")));
    }
    if let (Some(total), Some(length)) = (total, length) {
        text.push_str(&format!(",\"{total}\":{length}"));
    }
    match rest.to_string().strip_prefix('{') {
        Some("}") | None => text.push('}'),
        Some(rest) => {
            text.push(',');
            text.push_str(rest);
        }
    }
    text
}
