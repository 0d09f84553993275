//! The table for people, with what it cannot say in a row below it: notes, errors, a last line.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use comfy_table::presets::{ASCII_FULL_CONDENSED, NOTHING, UTF8_FULL_CONDENSED};
use comfy_table::{Cell, Color, ColumnConstraint, ContentArrangement, Table, Width};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::text::{visible, wrapped};
use crate::model::{CertStatus, Failure, Moment, Report, Verdict};

/// How to show it.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Cells across.
    pub width: u16,
    /// No terminal: nothing that identifies a certificate is left out or broken over lines.
    pub piped: bool,
    /// Colour by verdict.
    pub colour: bool,
    /// Line drawing and foreign letters as they are.
    pub utf8: bool,
    /// The moment that "in 3 days" counts from.
    pub now: DateTime<Utc>,
}

/// What a column shows; in the order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Provider,
    Id,
    Name,
    Scope,
    Domains,
    Status,
    Expires,
    Left,
    Verdict,
}

const ALL: [Column; 9] = [
    Column::Provider,
    Column::Id,
    Column::Name,
    Column::Scope,
    Column::Domains,
    Column::Status,
    Column::Expires,
    Column::Left,
    Column::Verdict,
];

/// What gives way on a narrow terminal, first to last. The time left can be told from the date; an id in one
/// piece is worth more.
const GIVES_WAY: [Column; 4] = [Column::Domains, Column::Scope, Column::Name, Column::Left];

/// The same where a scope tells rows of one id apart: that is worth more than the time left.
const GIVES_WAY_SCOPED: [Column; 4] = [Column::Domains, Column::Left, Column::Scope, Column::Name];

/// Cells that a name or a domain gets on a terminal: one long one must not cost all rows their column.
const LONGEST_NAME: usize = 32;

/// The whole text.
pub fn report(report: &Report, look: Look) -> String {
    let noted = report
        .certificates
        .iter()
        .filter(|c| c.verdict != Verdict::Ok && !c.facts.notes.is_empty());
    let errors = report.errors.iter();
    let parts = [
        table(&report.certificates, look),
        noted.map(|certificate| notes(certificate, look)).collect(),
        errors.map(|failure| failure_block(failure, look)).collect(),
        last_line(report, look),
    ];
    let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    said.join("\n")
}

fn table(certificates: &[CertStatus], look: Look) -> String {
    if certificates.is_empty() {
        return String::new();
    }
    let rows = rows(certificates, look);
    let shown = columns(&rows, look);
    let framed = width_of(&rows, &shown, true) <= usize::from(look.width);
    let mut table = Table::new();
    // The library must not look at the terminal by itself: width and colour are decided already.
    table.force_no_tty().load_style(match (framed, look.utf8) {
        (true, true) => UTF8_FULL_CONDENSED,
        (true, false) => ASCII_FULL_CONDENSED,
        (false, _) => NOTHING,
    });
    if look.colour {
        table.enforce_styling();
    }
    table.set_header(shown.iter().map(|column| title(*column)));
    for (certificate, row) in certificates.iter().zip(&rows) {
        table.add_row(shown.iter().filter_map(|column| {
            let cell = Cell::new(row.get(*column as usize)?);
            let coloured = look.colour && matches!(column, Column::Status | Column::Verdict);
            Some(if coloured {
                cell.fg(colour(certificate.verdict))
            } else {
                cell
            })
        }));
    }
    let breaks = !look.piped && width_of(&rows, &shown, false) > usize::from(look.width);
    if breaks {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(look.width);
    }
    fit(&mut table, &shown, framed, breaks);
    table.trim_fmt() + "\n"
}

/// Only an id may be broken over lines, and not into crumbs.
fn fit(table: &mut Table, shown: &[Column], framed: bool, breaks: bool) {
    for (index, column) in shown.iter().enumerate() {
        let Some(cells) = table.column_mut(index) else {
            continue;
        };
        cells.set_constraint(match column {
            Column::Id if breaks => ColumnConstraint::LowerBoundary(Width::Fixed(10)),
            _ => ColumnConstraint::ContentWidth,
        });
        if !framed {
            cells.set_padding((0, if index + 1 < shown.len() { 2 } else { 0 }));
        }
    }
}

fn text_of(row: &[String; ALL.len()], column: Column) -> &str {
    row.get(column as usize).map_or("", String::as_str)
}

/// The columns that say something and fit.
fn columns(rows: &[[String; ALL.len()]], look: Look) -> Vec<Column> {
    let says_something = |column: &Column| {
        let optional = matches!(column, Column::Name | Column::Scope | Column::Domains);
        !optional || rows.iter().any(|row| !text_of(row, *column).is_empty())
    };
    let mut shown: Vec<Column> = ALL.into_iter().filter(says_something).collect();
    let order = if shown.contains(&Column::Scope) {
        GIVES_WAY_SCOPED
    } else {
        GIVES_WAY
    };
    for column in order {
        let may_go = column == Column::Domains || !look.piped;
        if may_go && width_of(rows, &shown, false) > usize::from(look.width) {
            shown.retain(|other| *other != column);
        }
    }
    shown
}

/// In a frame each column costs its text, a blank on either side, and a line; without it two blanks part them.
fn width_of(rows: &[[String; ALL.len()]], shown: &[Column], framed: bool) -> usize {
    let widest = |column: &Column| {
        let cells = rows.iter().map(|row| text_of(row, *column).width());
        cells.max().unwrap_or(0).max(title(*column).len())
    };
    let texts: usize = shown.iter().map(widest).sum();
    if framed {
        texts + shown.len() * 3 + 1
    } else {
        texts + shown.len().saturating_sub(1) * 2
    }
}

fn title(column: Column) -> &'static str {
    match column {
        Column::Provider => "PROVIDER",
        Column::Id => "ID",
        Column::Name => "NAME",
        Column::Scope => "SCOPE",
        Column::Domains => "DOMAINS",
        Column::Status => "STATUS",
        Column::Expires => "EXPIRES",
        Column::Left => "LEFT",
        Column::Verdict => "VERDICT",
    }
}

/// The text of every cell. A scope matters where one provider was asked in several.
fn rows(certificates: &[CertStatus], look: Look) -> Vec<[String; ALL.len()]> {
    let mut first: BTreeMap<&str, Option<&String>> = BTreeMap::new();
    let mut several = BTreeSet::new();
    for certificate in certificates {
        let scope = certificate.facts.scope.as_ref();
        if *first.entry(certificate.provider).or_insert(scope) != scope {
            several.insert(certificate.provider);
        }
    }
    let row = |certificate: &CertStatus| {
        let scoped = several.contains(certificate.provider);
        ALL.map(|column| cell(certificate, column, scoped, look))
    };
    certificates.iter().map(row).collect()
}

fn cell(certificate: &CertStatus, column: Column, scoped: bool, look: Look) -> String {
    let facts = &certificate.facts;
    let safe = |text: &str| visible(text, look.utf8);
    let end = facts.not_after.moment();
    match column {
        Column::Provider => certificate.provider.to_owned(),
        Column::Id => safe(facts.id.as_deref().unwrap_or("-")),
        Column::Name => name(facts.name.as_deref().unwrap_or_default(), look),
        Column::Scope => match (facts.environment, &facts.scope) {
            (Some(environment), _) => environment.as_str().to_owned(),
            (None, Some(scope)) if scoped => safe(scope),
            (None, _) => String::new(),
        },
        Column::Domains => match facts.domains.as_slice() {
            [] => String::new(),
            [only] => name(only, look),
            [first, rest @ ..] => format!("{} +{}", name(first, look), rest.len()),
        },
        Column::Status => certificate.status.as_str().to_owned(),
        Column::Expires => end.map_or_else(
            || "-".to_owned(),
            |end| end.at.format("%Y-%m-%d").to_string(),
        ),
        Column::Left => end.map_or_else(|| "-".to_owned(), |end| left(end, look.now)),
        Column::Verdict => certificate.verdict.as_str().to_owned(),
    }
}

/// On a terminal no wider than [`LONGEST_NAME`]; whole when piped.
fn name(text: &str, look: Look) -> String {
    let whole = visible(text, look.utf8);
    if look.piped || whole.width() <= LONGEST_NAME {
        return whole;
    }
    let mark = if look.utf8 { "…" } else { "..." };
    let mut room = LONGEST_NAME - mark.width();
    let fits = |c: &char| {
        let rest = room.checked_sub(c.width().unwrap_or(0));
        room = rest.unwrap_or(0);
        rest.is_some()
    };
    let start: String = whole.chars().take_while(fits).collect();
    start + mark
}

/// `in 12 days`, `in 5 h`, `3 days ago`; what is not certain to the hour says so.
fn left(end: &Moment, now: DateTime<Utc>) -> String {
    if end.earliest < now && now <= end.latest && end.earliest != end.latest {
        return "unclear".to_owned();
    }
    let seconds = (end.at - now).num_seconds();
    let past = seconds < 0;
    let about = if end.earliest == end.latest { "" } else { "~" };
    let amount = match seconds.unsigned_abs() {
        seconds @ 0..60 => format!("{about}{seconds} s"),
        seconds @ 60..3_600 => format!("{about}{} min", seconds / 60),
        seconds @ 3_600..86_400 => format!("{about}{} h", seconds / 3_600),
        86_400..172_800 => "1 day".to_owned(),
        seconds => format!("{} days", seconds / 86_400),
    };
    if past {
        format!("{amount} ago")
    } else {
        format!("in {amount}")
    }
}

fn colour(verdict: Verdict) -> Color {
    match verdict {
        Verdict::Ok => Color::Green,
        Verdict::Warning => Color::Yellow,
        Verdict::Critical => Color::Red,
        Verdict::Unknown => Color::Magenta,
    }
}

fn heading(provider: &str, id: Option<&str>, place: Option<&str>, utf8: bool) -> String {
    let mut text = provider.to_owned();
    for part in [id, place].into_iter().flatten() {
        text.push(' ');
        text.push_str(&visible(part, utf8));
    }
    text
}

fn notes(certificate: &CertStatus, look: Look) -> String {
    let facts = &certificate.facts;
    let place = facts.environment.map(|environment| environment.as_str());
    let (status, verdict) = (certificate.status, certificate.verdict);
    let mut what = heading(certificate.provider, facts.id.as_deref(), place, look.utf8);
    what.push_str(&format!(": {}", status.as_str()));
    // "OK" alone would be an odd title for what is within a threshold.
    if !status.as_str().eq_ignore_ascii_case(verdict.as_str()) {
        what.push_str(&format!(" ({})", verdict.as_str()));
    }
    let mut text = wrapped("", &what, look.width);
    for note in &facts.notes {
        text.push_str(&wrapped(
            "  - ",
            &visible(&note.message, look.utf8),
            look.width,
        ));
    }
    text
}

fn failure_block(failure: &Failure, look: Look) -> String {
    let error = &failure.error;
    let what = format!(
        "error: {}: {}",
        heading(
            failure.provider,
            failure.id.as_deref(),
            failure.scope.as_deref(),
            look.utf8
        ),
        visible(&error.message, look.utf8)
    );
    let mut facts = vec![error.kind.as_str().to_owned()];
    facts.extend(
        error
            .code
            .as_ref()
            .map(|code| format!("code {}", visible(code, look.utf8))),
    );
    facts.extend(error.http_status.map(|status| format!("HTTP {status}")));
    facts.extend(
        error
            .request_id
            .as_ref()
            .map(|id| format!("request {}", visible(id, look.utf8))),
    );
    if error.attempts > 1 {
        facts.push(format!("{} tries", error.attempts));
    }
    let mut text = wrapped("", &what, look.width);
    text.push_str(&wrapped(
        "  ",
        &format!("({})", facts.join(", ")),
        look.width,
    ));
    text.push_str(&wrapped(
        "  hint: ",
        &visible(error.hint(), look.utf8),
        look.width,
    ));
    text
}

fn last_line(report: &Report, look: Look) -> String {
    let summary = &report.summary;
    let mut parts = Vec::new();
    for (count, word) in [
        (summary.ok, "ok"),
        (summary.warning, "warning"),
        (summary.critical, "critical"),
        (summary.unknown, "unknown"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    if summary.errors > 0 {
        parts.push(format!("{} not checked", summary.errors));
    }
    if summary.not_shown > 0 {
        parts.push(format!("{} not shown", summary.not_shown));
    }
    let total = match summary.certificates {
        1 => "1 certificate".to_owned(),
        count => format!("{count} certificates"),
    };
    let detail = if parts.is_empty() {
        String::new()
    } else {
        format!(" ({})", parts.join(", "))
    };
    let broken = if report.complete { "" } else { "; incomplete" };
    let text = format!("{}: {total}{detail}{broken}", report.verdict().as_str());
    wrapped("", &text, look.width)
}
