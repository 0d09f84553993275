//! Lists: their order, their pages, and the faults that only they have.
//!
//! The services own parameters, items, and the names of the two members.

use serde_json::{Map, Value};

use super::context::RequestContext;
use super::generated::Generated;
use super::list_faults::ListFault;
use super::services::Emulator;

/// A certificate in a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ListEntry {
    Sample(&'static str),
    Generated(Generated),
}

impl ListEntry {
    pub fn id(self, emulator: &Emulator) -> String {
        match self {
            ListEntry::Sample(id) => id.to_owned(),
            ListEntry::Generated(made) => emulator.generated_id(made),
        }
    }
}

/// All certificates of the service, in the order of its lists: the generated ones, or else the samples.
pub(super) fn certificates(context: &mut RequestContext<'_>) -> Vec<ListEntry> {
    let count = context.certificates.unwrap_or(0);
    let (gone, new) = match context.list_fault {
        Some(ListFault::Shrink) => (step(&mut context.list_changes.removed), 0),
        Some(ListFault::Grow) => (0, step(&mut context.list_changes.added)),
        _ => (0, 0),
    };
    let last = count.saturating_add(new);
    let added = (count..last)
        .rev()
        .filter_map(|number| number.checked_add(1));
    let mut all: Vec<ListEntry> = added
        .chain(1..=count)
        .map(Generated)
        .map(ListEntry::Generated)
        .collect();
    if context.certificates.is_none() {
        let samples = context.emulator.samples.iter();
        let listed = samples.filter(|sample| sample.listed);
        all.extend(listed.map(|sample| ListEntry::Sample(sample.id)));
    }
    all.drain(..all.len().min(gone as usize));
    all
}

/// One more for each request; the first finds the list as it is.
fn step(steps: &mut Option<u32>) -> u32 {
    *steps.insert(steps.map_or(0, |steps| steps.saturating_add(1)))
}

/// Sorts a list by a number, those with the same one as they stand. Those without one come first, as databases mostly
/// have it; the services do not document it.
pub(super) fn sort(all: &mut [ListEntry], number: &dyn Fn(&ListEntry) -> Option<i64>) {
    all.sort_by_key(number);
}

/// The requested part of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct PageWindow {
    pub offset: usize,
    pub limit: usize,
}

impl PageWindow {
    /// The page with this number; the first is 1.
    pub fn page(number: usize, size: usize) -> PageWindow {
        PageWindow {
            offset: number.saturating_sub(1).saturating_mul(size),
            limit: size,
        }
    }
}

/// An item, changed as the fault demands.
fn with_fault(item: String, list_fault: Option<ListFault>) -> String {
    match (list_fault, item.strip_prefix('{')) {
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

/// The body of a reply with a part of a list: the list and its length (if the service sends it) under their names, then
/// the members of `rest`. The items are texts already, since there may be many.
pub(super) fn body<T>(
    context: &RequestContext<'_>,
    all: &[T],
    window: PageWindow,
    (list, total): (&str, Option<&str>),
    rest: &Value,
    item: &mut dyn FnMut(&T) -> Option<String>,
) -> String {
    let list_fault = context.list_fault;
    let (mut offset, mut limit) = (window.offset, window.limit);
    let mut length = Some(all.len().to_string());
    match list_fault {
        Some(ListFault::SamePage) => offset = 0,
        Some(ListFault::ShortPage | ListFault::PageTotal) => limit = limit.min(3),
        Some(ListFault::NoTotal) => length = None,
        Some(ListFault::NullAll) => length = Some("null".to_owned()),
        Some(ListFault::Total(claimed)) => length = Some(claimed.to_string()),
        _ => {}
    }
    let mut text = format!("{{\"{list}\":");
    if let Some(ListFault::NullList | ListFault::NullAll) = list_fault {
        text.push_str("null");
    } else {
        let page = all.iter().skip(offset).take(limit).filter_map(item);
        let mut items: Vec<String> = page.map(|item| with_fault(item, list_fault)).collect();
        if list_fault == Some(ListFault::PageTotal) {
            length = Some(items.len().to_string());
        }
        if let (Some(ListFault::Twofold), Some(first)) = (list_fault, items.first()) {
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
