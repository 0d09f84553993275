//! From a provider's code to the kind of failure: one table an adapter, first match wins.

use crate::error::Kind;

/// Codes with their kinds. A `*` in a code stands for any text; at most one.
pub type CodeTable = &'static [(&'static str, Kind)];

/// The kind of a code, if a table knows it.
pub fn lookup(tables: &[CodeTable], code: &str) -> Option<Kind> {
    let mut entries = tables.iter().flat_map(|table| table.iter());
    entries
        .find(|(pattern, _)| matches(pattern, code))
        .map(|(_, kind)| *kind)
}

fn matches(pattern: &str, code: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == code,
        Some((start, end)) => {
            code.len() >= start.len() + end.len() && code.starts_with(start) && code.ends_with(end)
        }
    }
}

/// What HTTP itself says outranks a table: 429 is throttling and 5xx is an outage whatever the body names.
pub fn by_status(status: u16, kind: Kind) -> Kind {
    match status {
        429 => Kind::Throttled,
        500..=599 => Kind::Unavailable,
        _ => kind,
    }
}
