//! The table for people: rows in a frame where one fits, and below them what does not fit into a row.

use chrono::{DateTime, Utc};
use comfy_table::presets::{ASCII_FULL_CONDENSED, NOTHING, UTF8_FULL_CONDENSED};
use comfy_table::{Cell, Color, ColumnConstraint, Table, Width};

use super::below::below;
use super::columns::{Column, ColumnLayout, TableRow, chosen, rows, width_of};
use crate::model::{CertStatus, Report, Verdict};

/// How to show it.
#[derive(Debug, Clone, Copy)]
pub struct TextStyle {
    /// Cells across.
    pub width: u16,
    /// No terminal: nothing that identifies a certificate is left out, and no frame stands between the words.
    pub piped: bool,
    /// Colour by verdict.
    pub colour: bool,
    /// Line drawing and foreign letters as they are.
    pub utf8: bool,
    /// The moment of evaluation, by this machine's clock or as the user chose it.
    pub now: DateTime<Utc>,
    /// The user chose that moment, so the last line tells it.
    pub chosen: bool,
}

/// The whole text.
pub fn report(report: &Report, look: TextStyle) -> String {
    let [notes, errors, last_line] = below(report, look);
    let parts = [table(&report.certificates, look), notes, errors, last_line];
    let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    said.join("\n")
}

fn table(certificates: &[Box<CertStatus>], look: TextStyle) -> String {
    if certificates.is_empty() {
        return String::new();
    }
    let rows = rows(certificates, look);
    let shown = chosen(&rows, look);
    let layout = Layout::of(&rows, &shown, look);
    let mut table = layout.table(&shown, look);
    for (certificate, row) in certificates.iter().zip(&rows) {
        let spills = row.spills(&shown);
        table.add_row(shown.iter().map(|one| match one.column {
            Column::Provider | Column::Id if spills => Cell::new(""),
            Column::Status | Column::Verdict if look.colour => {
                Cell::new(row.text(*one, look.utf8)).fg(colour(certificate.verdict))
            }
            _ => Cell::new(row.text(*one, look.utf8)),
        }));
    }
    // In the library no cell runs on over its neighbours. Every row is one line of it, below the titles.
    let mut above = vec![None];
    above.extend(rows.iter().map(|row| row.alone(&shown, layout.gap.into())));
    let lines = table.trim_fmt();
    if above.iter().all(Option::is_none) {
        return lines + "\n";
    }
    let together = above.into_iter().zip(lines.lines());
    together
        .map(|(above, line)| format!("{}{line}\n", above.unwrap_or_default()))
        .collect()
}

/// What stands between and around the cells.
struct Layout {
    framed: bool,
    /// Blanks behind a cell that has no frame.
    gap: u16,
}

impl Layout {
    /// A frame costs each column a blank on either side and a line. It is for terminals with room for all of it.
    fn of(rows: &[TableRow], shown: &[ColumnLayout], look: TextStyle) -> Layout {
        let width = usize::from(look.width);
        let spilt = rows.iter().any(|row| row.spills(shown));
        let tight = !look.piped && width_of(shown, 2) > width;
        Layout {
            framed: !look.piped && !spilt && width_of(shown, 3) + 4 <= width,
            gap: if tight { 1 } else { 2 },
        }
    }

    /// A table with its titles. The library is to lay out only: it neither looks at the terminal nor decides a width.
    fn table(&self, shown: &[ColumnLayout], look: TextStyle) -> Table {
        let mut table = Table::new();
        table.force_no_tty();
        if look.colour {
            table.enforce_styling();
        }
        table.load_style(match (self.framed, look.utf8) {
            (true, true) => UTF8_FULL_CONDENSED,
            (true, false) => ASCII_FULL_CONDENSED,
            (false, _) => NOTHING,
        });
        table.set_header(shown.iter().map(|one| one.column.title()));
        let last = shown.len().saturating_sub(1);
        for (index, (column, one)) in table.column_iter_mut().zip(shown).enumerate() {
            let (left, right) = match self.framed {
                true => (1, 1),
                false if index == last => (0, 0),
                false => (0, self.gap),
            };
            let cells = u16::try_from(one.width).unwrap_or(u16::MAX);
            let width = Width::Fixed(cells.saturating_add(left + right));
            column
                .set_padding((left, right))
                .set_constraint(ColumnConstraint::Absolute(width));
        }
        table
    }
}

fn colour(verdict: Verdict) -> Color {
    match verdict {
        Verdict::Ok => Color::DarkGreen,
        Verdict::Warning => Color::DarkYellow,
        Verdict::Critical => Color::DarkRed,
        Verdict::Unknown => Color::DarkMagenta,
    }
}
