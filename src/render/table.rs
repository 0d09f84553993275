//! The table for people, with what it cannot say in a row below it: notes, errors, a last line.

use chrono::{DateTime, Utc};
use comfy_table::presets::{ASCII_FULL_CONDENSED, UTF8_FULL_CONDENSED};
use comfy_table::{Cell, Color, ColumnConstraint, ContentArrangement, Table};
use unicode_width::UnicodeWidthStr as _;

use super::text::visible;
use crate::model::{CertStatus, Failure, Report, Verdict};

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

/// What gives way on a narrow terminal, first to last.
const GIVES_WAY: [Column; 3] = [Column::Domains, Column::Scope, Column::Name];

/// The whole text.
pub fn report(report: &Report, look: Look) -> String {
    let mut text = String::new();
    if !report.certificates.is_empty() {
        text.push_str(&table(&report.certificates, look));
        text.push('\n');
    }
    let noted = report
        .certificates
        .iter()
        .filter(|c| c.verdict != Verdict::Ok && !c.facts.notes.is_empty());
    noted.for_each(|certificate| text.push_str(&notes(certificate, look)));
    report
        .errors
        .iter()
        .for_each(|failure| text.push_str(&failure_block(failure, look)));
    text.push_str(&last_line(report));
    text
}

fn table(certificates: &[CertStatus], look: Look) -> String {
    let rows: Vec<Vec<String>> = certificates
        .iter()
        .map(|certificate| ALL.map(|column| cell(certificate, column, look)).to_vec())
        .collect();
    let shown = columns(certificates, &rows, look);
    let mut table = Table::new();
    // The library must not look at the terminal by itself: width and colour are decided already.
    table
        .load_style(if look.utf8 {
            UTF8_FULL_CONDENSED
        } else {
            ASCII_FULL_CONDENSED
        })
        .force_no_tty();
    if look.colour {
        table.enforce_styling();
    }
    if !look.piped && width_of(&rows, &shown) > usize::from(look.width) {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(look.width);
    }
    table.set_header(shown.iter().map(|column| title(*column)));
    for (certificate, row) in certificates.iter().zip(&rows) {
        table.add_row(shown.iter().filter_map(|column| {
            let text = row.get(*column as usize)?;
            let cell = Cell::new(text);
            let coloured = look.colour && matches!(column, Column::Status | Column::Verdict);
            Some(if coloured {
                cell.fg(colour(certificate.verdict))
            } else {
                cell
            })
        }));
    }
    for (index, column) in shown.iter().enumerate() {
        let whole = matches!(
            column,
            Column::Provider | Column::Status | Column::Expires | Column::Left | Column::Verdict
        );
        if let Some(column) = table.column_mut(index).filter(|_| whole) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table.to_string()
}

/// The columns that say something and fit.
fn columns(certificates: &[CertStatus], rows: &[Vec<String>], look: Look) -> Vec<Column> {
    let says_something = |column: &Column| match column {
        Column::Name | Column::Domains => rows.iter().any(|row| {
            row.get(*column as usize)
                .is_some_and(|text| !text.is_empty())
        }),
        Column::Scope => scope_matters(certificates),
        _ => true,
    };
    let mut shown: Vec<Column> = ALL.into_iter().filter(says_something).collect();
    for column in GIVES_WAY {
        let may_go = column == Column::Domains || !look.piped;
        if may_go && width_of(rows, &shown) > usize::from(look.width) {
            shown.retain(|other| *other != column);
        }
    }
    shown
}

/// An environment always matters; a scope does where there are several.
fn scope_matters(certificates: &[CertStatus]) -> bool {
    let first = certificates
        .first()
        .and_then(|certificate| certificate.facts.scope.as_ref());
    let several = certificates
        .iter()
        .any(|certificate| certificate.facts.scope.as_ref() != first);
    several
        || certificates
            .iter()
            .any(|certificate| certificate.facts.environment.is_some())
}

/// Each column costs its text, a blank on either side, and a line.
fn width_of(rows: &[Vec<String>], shown: &[Column]) -> usize {
    let widest = |column: &Column| {
        let cells = rows
            .iter()
            .filter_map(|row| row.get(*column as usize))
            .map(|text| text.width());
        cells.max().unwrap_or(0).max(title(*column).len())
    };
    shown.iter().map(|column| widest(column) + 3).sum::<usize>() + 1
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

fn cell(certificate: &CertStatus, column: Column, look: Look) -> String {
    let facts = &certificate.facts;
    let safe = |text: &str| visible(text, look.utf8);
    let end = facts.not_after.moment().map(|moment| moment.at);
    match column {
        Column::Provider => certificate.provider.to_owned(),
        Column::Id => safe(facts.id.as_deref().unwrap_or("-")),
        Column::Name => safe(facts.name.as_deref().unwrap_or_default()),
        Column::Scope => match (facts.environment, &facts.scope) {
            (Some(environment), _) => environment.as_str().to_owned(),
            (None, scope) => safe(scope.as_deref().unwrap_or_default()),
        },
        Column::Domains => domains(&facts.domains, look),
        Column::Status => certificate.status.as_str().to_owned(),
        Column::Expires => {
            end.map_or_else(|| "-".to_owned(), |end| end.format("%Y-%m-%d").to_string())
        }
        Column::Left => end.map_or_else(|| "-".to_owned(), |end| left(end, look.now)),
        Column::Verdict => certificate.verdict.as_str().to_owned(),
    }
}

fn domains(domains: &[String], look: Look) -> String {
    match domains {
        [] => String::new(),
        [only] => visible(only, look.utf8),
        [first, rest @ ..] => format!("{} +{}", visible(first, look.utf8), rest.len()),
    }
}

/// `in 12 days`, `in 5 h`, `3 days ago`.
fn left(end: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (end - now).num_seconds();
    let (days, hours) = (seconds.abs() / 86_400, seconds.abs() / 3600);
    let amount = match (days, hours) {
        (0, 0) => format!("{} min", seconds.abs() / 60),
        (0, _) => format!("{hours} h"),
        (1, _) => "1 day".to_owned(),
        _ => format!("{days} days"),
    };
    if seconds < 0 {
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
    let mut text = format!(
        "{}: {}\n",
        heading(certificate.provider, facts.id.as_deref(), place, look.utf8),
        certificate.status.as_str()
    );
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

/// Text in lines of that width, the later ones indented under the first. Words are never cut.
fn wrapped(lead: &str, text: &str, width: u16) -> String {
    let indent = " ".repeat(lead.width().max(2));
    let mut lines = lead.to_owned();
    let mut used = lead.width();
    let mut fresh = true;
    for word in text.split(' ') {
        if !fresh && used + 1 + word.width() > usize::from(width) {
            lines.push('\n');
            lines.push_str(&indent);
            used = indent.width();
        } else if !fresh {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += word.width();
        fresh = false;
    }
    lines.push('\n');
    lines
}

fn last_line(report: &Report) -> String {
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
    format!("{}: {total}{detail}{broken}\n", report.verdict().as_str())
}
