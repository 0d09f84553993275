//! Columns: cell texts, the choice of columns, and their widths.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::model::duration_text::in_words;
use crate::model::{CertStatus, Moment};
use crate::render::style::TextStyle;
use crate::render::text::{cells, fitted, visible};

/// Columns in the order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
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

/// Columns dropped on a narrow terminal, first to last. The time left follows from the date; an unbroken id is
/// worth more.
const GIVES_WAY: [Column; 4] = [Column::Domains, Column::Scope, Column::Name, Column::Left];

/// As [`GIVES_WAY`], where a scope distinguishes rows with the same id: it is worth more than the time left.
const GIVES_WAY_SCOPED: [Column; 4] = [Column::Domains, Column::Left, Column::Scope, Column::Name];

impl Column {
    pub(super) fn title(self) -> &'static str {
        match self {
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

    fn is_elastic(self) -> bool {
        matches!(self, Column::Name | Column::Domains)
    }

    fn is_optional(self) -> bool {
        self.is_elastic() || self == Column::Scope
    }
}

/// Cells of one certificate.
pub(super) struct TableRow([Cell; ALL.len()]);

/// A text, and how many more there are (`+2` domains), which is never cut off.
struct Cell {
    text: String,
    more: String,
}

impl TableRow {
    fn cell(&self, column: Column) -> Option<&Cell> {
        self.0.get(column as usize)
    }

    fn width(&self, column: Column) -> usize {
        self.cell(column)
            .map_or(0, |cell| cells(&cell.text) + cell.more.len())
    }

    /// A cell's text: one that may shrink, in the column's width.
    pub(super) fn text(&self, shown: ColumnLayout, utf8: bool) -> String {
        let Some(Cell { text, more }) = self.cell(shown.column) else {
            return String::new();
        };
        if shown.column.is_elastic() {
            fitted(text, shown.width.saturating_sub(more.len()), utf8) + more
        } else {
            text.clone()
        }
    }

    /// True if the id is wider than its column.
    pub(super) fn spills(&self, shown: &[ColumnLayout]) -> bool {
        let ids = shown.iter().find(|one| one.column == Column::Id);
        ids.is_some_and(|ids| self.width(Column::Id) > ids.width)
    }

    /// The line of an id that is wider than its column, with so many blanks between provider and id.
    pub(super) fn alone(&self, shown: &[ColumnLayout], gap: usize) -> Option<String> {
        let provider = shown.iter().find(|one| one.column == Column::Provider)?;
        let (name, id) = (self.cell(Column::Provider)?, self.cell(Column::Id)?);
        let width = provider.width + gap;
        let line = || format!("{:width$}{}\n", name.text, id.text.trim_end());
        self.spills(shown).then(line)
    }
}

/// A chosen column and its width in cells.
#[derive(Debug, Clone, Copy)]
pub(super) struct ColumnLayout {
    pub(super) column: Column,
    pub(super) width: usize,
    /// Minimum width.
    least: usize,
}

/// The texts of all rows.
pub(super) fn rows(certificates: &[Box<CertStatus>], style: TextStyle) -> Vec<TableRow> {
    let apart = Disambiguation::of(certificates);
    let row = |one: &CertStatus| TableRow(ALL.map(|column| cell(one, column, &apart, style)));
    certificates.iter().map(|one| row(one)).collect()
}

/// Providers with several scopes or accounts in the report: there scope and account distinguish rows.
pub(super) struct Disambiguation {
    scopes: BTreeSet<&'static str>,
    accounts: BTreeSet<&'static str>,
}

impl Disambiguation {
    pub(super) fn of(certificates: &[Box<CertStatus>]) -> Disambiguation {
        Disambiguation {
            scopes: differing(certificates, |one| one.facts.scope.as_deref()),
            accounts: differing(certificates, |one| one.origin.account.as_deref()),
        }
    }

    /// Distinguishes certificates with the same id: account, environment, scope.
    pub(super) fn place(&self, certificate: &CertStatus) -> Option<String> {
        let (facts, provider) = (&certificate.facts, certificate.provider);
        let account = certificate.origin.account.as_deref();
        let environment = facts.environment.map(|environment| environment.as_str());
        let scope = facts.scope.as_deref();
        let parts = [
            account.filter(|_| self.accounts.contains(provider)),
            environment,
            scope.filter(|_| environment.is_none() && self.scopes.contains(provider)),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// Providers whose certificates differ in a field.
fn differing(
    certificates: &[Box<CertStatus>],
    of: fn(&CertStatus) -> Option<&str>,
) -> BTreeSet<&'static str> {
    let mut first = BTreeMap::new();
    let others = certificates.iter().filter(|certificate| {
        let own = of(certificate);
        match first.entry(certificate.provider) {
            Entry::Vacant(place) => {
                place.insert(own);
                false
            }
            Entry::Occupied(place) => *place.get() != own,
        }
    });
    others.map(|certificate| certificate.provider).collect()
}

fn cell(
    certificate: &CertStatus,
    column: Column,
    apart: &Disambiguation,
    style: TextStyle,
) -> Cell {
    let facts = &certificate.facts;
    let safe = |text: &str| visible(text, style.utf8);
    let end = facts.not_after.moment();
    let dash = || "-".to_owned();
    let text = match column {
        Column::Provider => certificate.provider.to_owned(),
        Column::Id => facts.id.as_deref().map_or_else(dash, safe),
        Column::Name => safe(facts.name.as_deref().unwrap_or_default()),
        Column::Scope => safe(&apart.place(certificate).unwrap_or_default()),
        Column::Domains => facts
            .domains
            .first()
            .map(|name| safe(name))
            .unwrap_or_default(),
        Column::Status => certificate.status.as_str().to_owned(),
        Column::Expires => end.map_or_else(dash, |end| end.at.format("%Y-%m-%d").to_string()),
        Column::Left => end.map_or_else(dash, |end| left(end, certificate.judged_at)),
        Column::Verdict => certificate.verdict.as_str().to_owned(),
    };
    let more = match facts.domains.len() {
        count @ 2.. if column == Column::Domains => format!(" +{}", count - 1),
        _ => String::new(),
    };
    Cell { text, more }
}

/// `in 12 days`, `in 5 hours`, `3 months ago`; what is not certain to the hour says so.
fn left(end: &Moment, now: DateTime<Utc>) -> String {
    let certain = end.earliest == end.latest;
    if end.earliest < now && now <= end.latest && !certain {
        return "unclear".to_owned();
    }
    let span = end.at - now;
    let about = if certain || span.num_days().abs() >= 2 {
        ""
    } else {
        "~"
    };
    match span.num_seconds() {
        0 => "now".to_owned(),
        ..0 => format!("{about}{} ago", in_words(span)),
        _ => format!("in {about}{}", in_words(span)),
    }
}

/// The columns that say something and fit. Names and domains shrink first: a long one must not cost all rows
/// something, and a very short rest is of no use. Then columns go. Ids are never cut, and a pipe gets
/// all that identifies, however wide that is.
pub(super) fn chosen(rows: &[TableRow], style: TextStyle) -> Vec<ColumnLayout> {
    let says_something =
        |column: &Column| !column.is_optional() || rows.iter().any(|row| row.width(*column) > 0);
    let natural = |column: Column| {
        let widest = rows.iter().map(|row| row.width(column)).max().unwrap_or(0);
        let (least, most) = match (column, style.piped) {
            (Column::Name | Column::Domains, false) => (12, 32),
            // In a pipe a name identifies, and stays whole.
            (Column::Domains, true) => (12, 64),
            _ => (usize::MAX, usize::MAX),
        };
        let width = widest.min(most).max(column.title().len());
        let least = least.min(width);
        ColumnLayout {
            column,
            width,
            least,
        }
    };
    let shown = ALL.into_iter().filter(says_something).map(natural);
    let mut shown: Vec<ColumnLayout> = shown.collect();
    leave_out(&mut shown, style);
    shrink(&mut shown, style);
    if !style.piped {
        narrow_ids(rows, &mut shown, style);
    }
    shown
}

fn leave_out(shown: &mut Vec<ColumnLayout>, style: TextStyle) {
    let scoped = shown.iter().any(|one| one.column == Column::Scope);
    let order = if scoped { GIVES_WAY_SCOPED } else { GIVES_WAY };
    let may_go = order
        .into_iter()
        .filter(|column| *column == Column::Domains || !style.piped);
    for column in may_go {
        if across(shown.iter().map(|one| one.least), 2) > usize::from(style.width) {
            shown.retain(|one| one.column != column);
        }
    }
}

/// The widest first, cell by cell.
fn shrink(shown: &mut [ColumnLayout], style: TextStyle) {
    while width_of(shown, 2) > usize::from(style.width) {
        let elastic = shown.iter_mut().filter(|one| one.width > one.least);
        match elastic.max_by_key(|one| one.width) {
            Some(widest) => widest.width -= 1,
            None => return,
        }
    }
}

/// Where even that is too wide, an id gets a line of its own: it is copied more often than it is read, and a broken
/// one is of no use for that. Shorter ones stay in their rows.
fn narrow_ids(rows: &[TableRow], shown: &mut [ColumnLayout], style: TextStyle) {
    let too_much = width_of(shown, 2).saturating_sub(style.width.into());
    let ids = shown.iter_mut().find(|one| one.column == Column::Id);
    if let Some(ids) = ids.filter(|_| too_much > 0) {
        let room = ids.width.saturating_sub(too_much);
        let widths = rows.iter().map(|row| row.width(Column::Id));
        let widest = widths.filter(|width| *width <= room).max();
        ids.width = widest.unwrap_or(0).max(Column::Id.title().len());
    }
}

/// Cells across of columns with that much between two of them.
pub(super) fn width_of(shown: &[ColumnLayout], between: usize) -> usize {
    across(shown.iter().map(|one| one.width), between)
}

fn across(widths: impl Iterator<Item = usize>, between: usize) -> usize {
    let all: usize = widths.map(|width| width + between).sum();
    all.saturating_sub(between)
}
