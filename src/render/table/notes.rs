//! Notes, errors and summary after the table. Identical notes of several ids are one paragraph.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::columns::Disambiguation;
use crate::messages::en;
use crate::model::duration_text::counted;
use crate::model::timestamp::rfc3339;
use crate::model::{CertStatus, Failure, Note, Report, Verdict};
use crate::render::style::TextStyle;
use crate::render::text::{ERROR, HINT, error_painted, visible, wrapped};

/// Notes, errors, summary; a missing part is empty.
pub(super) fn notes_errors_summary(report: &Report, style: TextStyle) -> [String; 3] {
    let apart = Disambiguation::of(&report.certificates);
    let notes = report
        .certificates
        .iter()
        .filter_map(|certificate| notes(certificate, &apart));
    let errors = report.errors.iter().map(|failure| error(failure, style));
    [
        said_once(notes, style),
        said_once(errors, style),
        last_line(report, style),
    ]
}

/// A note or error, and its ids.
struct NoteGroup {
    said: NoteContent,
    ids: Vec<String>,
    request_ids: Vec<String>,
}

/// The part by which notes are grouped.
#[derive(Clone, PartialEq, Eq, Hash)]
struct NoteContent {
    is_error: bool,
    provider: &'static str,
    place: Option<String>,
    title: String,
    facts: Vec<String>,
    /// Each with its lead-in (`hint:`).
    lines: Vec<(&'static str, String)>,
}

/// Groups equal notes, at the position of the first.
fn said_once(blocks: impl Iterator<Item = NoteGroup>, style: TextStyle) -> String {
    let mut places = HashMap::new();
    let mut groups: Vec<NoteGroup> = Vec::new();
    for block in blocks {
        match places.entry(block.said.clone()) {
            Entry::Vacant(place) => {
                place.insert(groups.len());
                groups.push(block);
            }
            Entry::Occupied(place) => {
                if let Some(group) = groups.get_mut(*place.get()) {
                    group.ids.extend(block.ids);
                    group.request_ids.extend(block.request_ids);
                }
            }
        }
    }
    groups.iter().map(|group| text(group, style)).collect()
}

fn text(block: &NoteGroup, style: TextStyle) -> String {
    let (said, safe) = (&block.said, |text: &str| visible(text, style.utf8));
    let mut title = said.provider.to_owned();
    if !block.ids.is_empty() {
        let ids: Vec<String> = block.ids.iter().map(|id| safe(id)).collect();
        title = format!("{title} {}", ids.join(", "));
    }
    if let Some(place) = &said.place {
        title = format!("{title} ({})", safe(place));
    }
    let label = if said.is_error { ERROR } else { "" };
    let mut text = wrapped(
        "",
        &format!("{label}{title}: {}", safe(&said.title)),
        style.width,
    );
    if said.is_error && style.colour {
        text = error_painted(&text);
    }
    let mut facts = said.facts.clone();
    let mut request_ids: Vec<&String> = block.request_ids.iter().collect();
    // Ids that were not asked for carry the refusal of another.
    request_ids.dedup();
    if let [first, others @ ..] = request_ids.as_slice() {
        let more = match others.len() {
            0 => String::new(),
            count => format!(" and {count} more"),
        };
        facts.push(format!("request id {}{more}", safe(first)));
    }
    // The kind alone repeats what the message says better.
    if facts.len() > 1 {
        text.push_str(&wrapped(
            "  ",
            &format!("({})", facts.join(", ")),
            style.width,
        ));
    }
    for (lead, line) in &said.lines {
        text.push_str(&wrapped(lead, &safe(line), style.width));
    }
    text
}

/// A row that is `ok` has one note: the verdict is not that of this machine's clock alone.
fn is_shown_if_ok(note: &Note) -> bool {
    matches!(note, Note::ClockCorrected { .. })
}

fn notes(certificate: &CertStatus, apart: &Disambiguation) -> Option<NoteGroup> {
    let is_ok = certificate.verdict == Verdict::Ok;
    let notes = certificate.facts.notes.iter();
    let lines: Vec<_> = notes
        .filter(|note| !is_ok || is_shown_if_ok(note))
        .map(|note| ("  - ", en::note(note)))
        .collect();
    if lines.is_empty() {
        return None;
    }
    let (status, verdict) = (certificate.status.as_str(), certificate.verdict.as_str());
    // "OK" alone would be an odd title for what is within a threshold.
    let title = if status.eq_ignore_ascii_case(verdict) {
        status.to_owned()
    } else {
        format!("{status}, {verdict}")
    };
    Some(NoteGroup {
        said: NoteContent {
            is_error: false,
            provider: certificate.provider,
            place: apart.place(certificate),
            title,
            facts: Vec::new(),
            lines,
        },
        ids: certificate.facts.id.iter().cloned().collect(),
        request_ids: Vec::new(),
    })
}

fn error(failure: &Failure, style: TextStyle) -> NoteGroup {
    let error = &failure.error;
    let mut facts = vec![error.kind.as_str().to_owned()];
    let code = error.code.as_ref();
    facts.extend(code.map(|code| format!("code {}", visible(code, style.utf8))));
    // Half of the services refuse with 200, which would only puzzle.
    let telling = error
        .http_status
        .filter(|status| !(200..300).contains(status));
    facts.extend(telling.map(|status| format!("HTTP {status}")));
    if error.attempts > 1 {
        facts.push(format!("{} tries", error.attempts));
    }
    NoteGroup {
        said: NoteContent {
            is_error: true,
            provider: failure.provider,
            place: place(failure),
            title: error.message.clone(),
            facts,
            lines: vec![(HINT, error.hint().to_owned())],
        },
        ids: failure.id.iter().cloned().collect(),
        request_ids: error.request_id.iter().cloned().collect(),
    }
}

/// The account, where the config file names one, and the scope.
fn place(failure: &Failure) -> Option<String> {
    let account = failure.origin.account.as_deref();
    let parts: Vec<&str> = [account, failure.scope.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Keeps a count and its word in one line.
const TIE: &str = "\u{a0}";

fn last_line(report: &Report, style: TextStyle) -> String {
    let (summary, verdict) = (&report.summary, report.verdict());
    let counts = [
        (summary.ok, Verdict::Ok),
        (summary.warning, Verdict::Warning),
        (summary.critical, Verdict::Critical),
        (summary.unknown, Verdict::Unknown),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let mut text = format!(
        "{}: {}",
        verdict.as_str(),
        number(summary.certificates, "certificate")
    );
    // Where all are alike the first word has said it.
    if counts.clone().any(|(_, of)| *of != verdict) {
        let named: Vec<String> = counts
            .map(|(count, of)| format!("{count}{TIE}{}", of.as_str()))
            .collect();
        text = format!("{text} ({})", named.join(", "));
    }
    if summary.errors > 0 {
        text = format!("{text}, {}", number(summary.errors, "error"));
    }
    if summary.not_shown > 0 {
        text = format!("{text}, {} not shown", summary.not_shown);
    }
    if !report.complete {
        text.push_str(", incomplete");
    }
    if style.chosen {
        text = format!("{text}, as of {}", rfc3339(style.now));
    }
    wrapped("", &text, style.width).replace(TIE, " ")
}

fn number(count: usize, unit: &str) -> String {
    counted(count as u64, unit)
}
