//! The table for people: rows in a frame where one fits, and below them what does not fit into a row.

use chrono::{DateTime, Utc};

use super::below::below;
use super::columns::{Column, Row, Shown, chosen, rows, width_of};
use super::text::{cells, painted};
use crate::model::{CertStatus, Report, Verdict};

/// How to show it.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Cells across.
    pub width: u16,
    /// No terminal: nothing that identifies a certificate is left out, and no frame stands between the words.
    pub piped: bool,
    /// Colour by verdict.
    pub colour: bool,
    /// Line drawing and foreign letters as they are.
    pub utf8: bool,
    /// The moment that "in 3 days" counts from.
    pub now: DateTime<Utc>,
    /// The user chose that moment, so the last line tells it.
    pub chosen: bool,
}

/// The whole text.
pub fn report(report: &Report, look: Look) -> String {
    let [notes, errors, last_line] = below(report, look);
    let parts = [table(&report.certificates, look), notes, errors, last_line];
    let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    said.join("\n")
}

fn table(certificates: &[CertStatus], look: Look) -> String {
    if certificates.is_empty() {
        return String::new();
    }
    let rows = rows(certificates, look);
    let shown = chosen(&rows, look);
    let frame = Frame::of(&rows, &shown, look);
    let titles = shown.iter().map(|one| one.column.title().to_owned());
    let mut text = frame.rule(frame.top, &shown);
    text.push_str(&frame.line(titles.collect(), &shown, |_| None));
    text.push_str(&frame.rule(frame.below_titles, &shown));
    for (certificate, row) in certificates.iter().zip(&rows) {
        let verdict = Some(certificate.verdict).filter(|_| look.colour);
        let paint = |column| match column {
            Column::Status | Column::Verdict => verdict,
            _ => None,
        };
        for texts in lines(row, &shown, look) {
            text.push_str(&frame.line(texts, &shown, paint));
        }
    }
    text.push_str(&frame.rule(frame.bottom, &shown));
    text
}

/// The cells of a row: in one line, unless the id is too wide for its column and stands alone in the first.
fn lines(row: &Row, shown: &[Shown], look: Look) -> Vec<Vec<String>> {
    let whole: Vec<String> = shown.iter().map(|one| row.text(*one, look.utf8)).collect();
    if !row.spills(shown) {
        return vec![whole];
    }
    let parts = whole
        .into_iter()
        .zip(shown)
        .map(|(text, one)| match one.column {
            Column::Provider | Column::Id => (text, String::new()),
            _ => (String::new(), text),
        });
    let (first, second): (Vec<String>, Vec<String>) = parts.unzip();
    vec![first, second]
}

/// What stands between and around the cells.
struct Frame {
    /// Before the first cell, between two, after the last one.
    sides: [&'static str; 3],
    top: Option<Rule>,
    below_titles: Option<Rule>,
    bottom: Option<Rule>,
}

/// A horizontal line: its left end, its dash, where it crosses another, its right end.
type Rule = [&'static str; 4];

impl Frame {
    /// A frame costs each column a blank on either side and a line. It is for terminals with room for all of it.
    fn of(rows: &[Row], shown: &[Shown], look: Look) -> Frame {
        let width = usize::from(look.width);
        let spilt = rows.iter().any(|row| row.spills(shown));
        let framed = !look.piped && !spilt && width_of(shown, 3) + 4 <= width;
        let tight = !look.piped && width_of(shown, 2) > width;
        match (framed, look.utf8) {
            (false, _) => Frame {
                sides: ["", if tight { " " } else { "  " }, ""],
                top: None,
                below_titles: None,
                bottom: None,
            },
            (true, true) => Frame {
                sides: ["│ ", " ┆ ", " │"],
                top: Some(["┌", "─", "┬", "┐"]),
                below_titles: Some(["╞", "═", "╪", "╡"]),
                bottom: Some(["└", "─", "┴", "┘"]),
            },
            (true, false) => Frame {
                sides: ["| ", " | ", " |"],
                top: Some(["+", "-", "+", "+"]),
                below_titles: Some(["+", "=", "+", "+"]),
                bottom: Some(["+", "-", "+", "+"]),
            },
        }
    }

    fn line(
        &self,
        texts: Vec<String>,
        shown: &[Shown],
        paint: impl Fn(Column) -> Option<Verdict>,
    ) -> String {
        let cell = |(text, one): (String, &Shown)| {
            let blanks = " ".repeat(one.width.saturating_sub(cells(&text)));
            match paint(one.column).filter(|_| !text.is_empty()) {
                Some(verdict) => painted(&text, verdict) + &blanks,
                None => text + &blanks,
            }
        };
        let [start, between, end] = self.sides;
        let padded: Vec<String> = texts.into_iter().zip(shown).map(cell).collect();
        let line = format!("{start}{}{end}", padded.join(between));
        format!("{}\n", line.trim_end())
    }

    fn rule(&self, rule: Option<Rule>, shown: &[Shown]) -> String {
        let Some([left, dash, crossing, right]) = rule else {
            return String::new();
        };
        let dashes = shown.iter().map(|one| dash.repeat(one.width + 2));
        let dashes: Vec<String> = dashes.collect();
        format!("{left}{}{right}\n", dashes.join(crossing))
    }
}
