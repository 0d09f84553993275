//! What a list call finds, which page of it is asked for, and what is wrong with it.
//!
//! Owns the order of a list, its pages and the faults of lists. The services own the words: parameters, items, and
//! the names of the two members.

use serde_json::Value;

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

/// What certificates are sorted by: a number, then a text. What has no number comes first, as databases mostly have it;
/// the services do not say.
pub(super) type Key = (Option<i64>, String);

/// Sorts a list, those with the same key as they stand.
pub(super) fn sort(all: &mut [Entry], key: &dyn Fn(&Entry) -> Option<Key>) {
    all.sort_by_cached_key(key);
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
    let mut padding = None;
    match twist {
        Some(ListFault::SamePage) => offset = 0,
        Some(ListFault::ShortPage) => limit = limit.min(3),
        Some(ListFault::NoTotal) => length = None,
        Some(ListFault::NullAll) => length = Some("null".to_owned()),
        Some(ListFault::Total(claimed)) => length = Some(claimed.to_string()),
        Some(ListFault::Fat(bytes)) => padding = Some("x".repeat(bytes as usize)),
        _ => {}
    }
    let mut text = format!("{{\"{list}\":");
    if let Some(ListFault::NullList | ListFault::NullAll) = twist {
        text.push_str("null");
    } else {
        let mut separator = '[';
        for item in all.iter().skip(offset).take(limit).filter_map(item) {
            text.push(separator);
            separator = ',';
            match (&padding, item.strip_prefix('{')) {
                (Some(padding), Some(rest)) => {
                    text.push_str(&format!("{{\"Padding\":\"{padding}\",{rest}"));
                }
                _ => text.push_str(&item),
            }
        }
        text.push_str(if separator == '[' { "[]" } else { "]" });
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
