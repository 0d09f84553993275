//! The table for people: rows in a frame where one fits, and after the table the notes, the errors and a summary.

mod columns;
mod notes;

use comfy_table::presets::{ASCII_FULL_CONDENSED, NOTHING, UTF8_FULL_CONDENSED};
use comfy_table::{Cell, Color, ColumnConstraint, Table, Width};

use self::columns::{Column, ColumnLayout, TableRow, chosen, rows, width_of};
use self::notes::notes_errors_summary;
use super::style::TextStyle;
use crate::model::{CertStatus, Report, Verdict};

/// The whole text.
pub fn report(report: &Report, style: TextStyle) -> String {
    let [notes, errors, last_line] = notes_errors_summary(report, style);
    let parts = [table(&report.certificates, style), notes, errors, last_line];
    let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    said.join("\n")
}

fn table(certificates: &[Box<CertStatus>], style: TextStyle) -> String {
    if certificates.is_empty() {
        return String::new();
    }
    let rows = rows(certificates, style);
    let shown = chosen(&rows, style);
    let layout = Layout::of(&rows, &shown, style);
    let mut table = layout.table(&shown, style);
    for (certificate, row) in certificates.iter().zip(&rows) {
        let spills = row.spills(&shown);
        table.add_row(shown.iter().map(|one| match one.column {
            Column::Provider | Column::Id if spills => Cell::new(""),
            Column::Status | Column::Verdict if style.colour => {
                Cell::new(row.text(*one, style.utf8)).fg(colour(certificate.verdict))
            }
            _ => Cell::new(row.text(*one, style.utf8)),
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

/// Frame and gaps of the table.
struct Layout {
    framed: bool,
    /// Blanks behind a cell that has no frame.
    gap: u16,
}

impl Layout {
    /// A frame costs each column a blank on either side and a line. It is drawn on terminals that have room for it.
    fn of(rows: &[TableRow], shown: &[ColumnLayout], style: TextStyle) -> Layout {
        let width = usize::from(style.width);
        let spilt = rows.iter().any(|row| row.spills(shown));
        let tight = !style.piped && width_of(shown, 2) > width;
        Layout {
            framed: !style.piped && !spilt && width_of(shown, 3) + 4 <= width,
            gap: if tight { 1 } else { 2 },
        }
    }

    /// A table with its titles. The library is to lay out only: it neither looks at the terminal nor decides a width.
    fn table(&self, shown: &[ColumnLayout], style: TextStyle) -> Table {
        let mut table = Table::new();
        table.force_no_tty();
        if style.colour {
            table.enforce_styling();
        }
        table.load_style(match (self.framed, style.utf8) {
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
