//! TOML with the place of every key and value, in the order of the file.

use std::cell::Cell;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Mistake, Position};
use crate::unicode;

/// A value of the file.
pub struct Node {
    /// Where it begins.
    pub at: Position,
    /// What it is.
    pub data: Data,
}

/// What a value can be.
pub enum Data {
    /// A text.
    Text(String),
    /// A number or a date, as it is written.
    Scalar(String),
    /// `true`, `false`
    Switch(bool),
    /// A list.
    List(Vec<Node>),
    /// A table.
    Table(Vec<Entry>),
}

/// A key and its value.
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where it is.
    pub at: Position,
    /// Its value.
    pub value: Node,
}

/// Reads a text as a table.
pub fn parse(bytes: &[u8]) -> Result<Vec<Entry>, Mistake> {
    if bytes.len() as u64 > super::LARGEST {
        return Err(Mistake::new(
            Position::default(),
            "it is larger than 1 MiB, which no configuration is",
        ));
    }
    let text = unicode::text(bytes).map_err(|error| {
        let lines = Lines::new(bytes);
        let text = format!("this is not text: {}", error.why);
        Mistake::new(lines.position(error.at), text)
    })?;
    let (text, lines) = (text.as_ref(), Lines::new(text.as_bytes()));
    match DeTable::parse(text) {
        Ok(table) => Ok(lines.entries(table.get_ref())),
        Err(error) => {
            let at = error.span().map_or(text.len(), |span| span.start);
            let said = harmless(error.message(), lines.around(text, at));
            Err(
                Mistake::new(lines.position(at), format!("this is not TOML: {said}")).with_hint(
                    "texts stand in quotes, lists in brackets, each key on a line of its own",
                ),
            )
        }
    }
}

/// The parser's words, unless a word of the line is among them: whatever a later version of it says, a value that was
/// put into the wrong place is not repeated.
fn harmless<'a>(message: &'a str, line: &str) -> &'a str {
    let mut words = line.split(|c: char| !c.is_alphanumeric());
    match words.any(|word| word.len() > 3 && message.contains(word)) {
        true => "it cannot be read from here on",
        false => message,
    }
}

/// Where lines begin.
struct Lines<'a> {
    bytes: &'a [u8],
    starts: Vec<usize>,
    /// The latest place that was counted to, and its column: a list of thousands may stand in one line.
    latest: Cell<(usize, usize)>,
}

impl<'a> Lines<'a> {
    fn new(bytes: &'a [u8]) -> Lines<'a> {
        let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(place, _)| place + 1));
        Lines {
            bytes,
            starts: starts.collect(),
            latest: Cell::new((0, 1)),
        }
    }

    fn position(&self, offset: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied();
        let start = start.unwrap_or_default();
        let (from, column) = match self.latest.get() {
            (latest, column) if (start..=offset).contains(&latest) => (latest, column),
            _ => (start, 1),
        };
        let between = self.bytes.get(from..offset).unwrap_or_default().iter();
        // Bytes that continue a character are none of their own.
        let column = column + between.filter(|byte| **byte & 0xc0 != 0x80).count();
        self.latest.set((offset, column));
        Position { line, column }
    }

    /// The line that an offset is in.
    fn around<'t>(&self, text: &'t str, offset: usize) -> &'t str {
        let line = self.position(offset).line;
        text.split('\n')
            .nth(line.saturating_sub(1))
            .unwrap_or_default()
    }

    fn entries(&self, table: &DeTable<'_>) -> Vec<Entry> {
        let mut found: Vec<(usize, Entry)> = table
            .iter()
            .map(|(key, value)| {
                let start = key.span().start;
                let entry = Entry {
                    key: key.get_ref().to_string(),
                    at: self.position(start),
                    value: self.node(value),
                };
                (start, entry)
            })
            .collect();
        found.sort_by_key(|(start, _)| *start);
        found.into_iter().map(|(_, entry)| entry).collect()
    }

    fn node(&self, value: &Spanned<DeValue<'_>>) -> Node {
        let data = match value.get_ref() {
            DeValue::String(text) => Data::Text(text.to_string()),
            DeValue::Integer(number) => Data::Scalar(number.to_string()),
            DeValue::Float(number) => Data::Scalar(number.to_string()),
            DeValue::Datetime(moment) => Data::Scalar(moment.to_string()),
            DeValue::Boolean(value) => Data::Switch(*value),
            DeValue::Array(list) => Data::List(list.iter().map(|node| self.node(node)).collect()),
            DeValue::Table(table) => Data::Table(self.entries(table)),
        };
        Node {
            at: self.position(value.span().start),
            data,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_parser_that_hold_one_of_the_line_are_not_repeated() {
        let line = "key = hunter2, \"more\"";
        assert_eq!(harmless("invalid boolean", line), "invalid boolean");
        assert_eq!(harmless("no `key` here", line), "no `key` here");
        let hidden = "it cannot be read from here on";
        assert_eq!(harmless("unexpected `hunter2`", line), hidden);
    }

    #[test]
    fn places_are_counted_in_characters_from_whichever_place_before() {
        let bytes = "añb\r\ncé = 1\n".as_bytes();
        let lines = Lines::new(bytes);
        let at = |offset| {
            let Position { line, column } = lines.position(offset);
            (line, column)
        };
        for (offset, expected) in [
            (0, (1, 1)),
            (3, (1, 3)),
            (1, (1, 2)),
            (10, (2, 4)),
            (6, (2, 1)),
            (9, (2, 3)),
            (14, (3, 1)),
        ] {
            assert_eq!(at(offset), expected, "{offset}");
        }
    }
}
