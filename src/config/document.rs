//! TOML document with the position of every key and value, in the order of the file.

use std::cell::Cell;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Diagnostic, Position};
use crate::unicode;

/// A value of the file.
pub struct Node {
    /// Where it begins.
    pub at: Position,
    pub data: Data,
}

/// Data of a value.
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
    Table(Vec<KeyValue>),
}

/// A key and its value.
pub struct KeyValue {
    /// The key.
    pub key: String,
    /// Where it is.
    pub at: Position,
    /// Its value.
    pub value: Node,
}

/// Reads a text as a table.
pub fn parse(bytes: &[u8]) -> Result<Vec<KeyValue>, Diagnostic> {
    if bytes.len() as u64 > super::LARGEST {
        return Err(Diagnostic::new(
            Position::default(),
            "it is larger than 1 MiB, which no configuration is",
        ));
    }
    let text = unicode::text(bytes).map_err(|error| {
        let lines = LineIndex::new(bytes);
        let text = format!("this is not text: {}", error.why);
        Diagnostic::new(lines.position(error.at), text)
    })?;
    let (text, lines) = (text.as_ref(), LineIndex::new(text.as_bytes()));
    match DeTable::parse(text) {
        Ok(table) => Ok(lines.entries(table.get_ref())),
        Err(error) => {
            let at = error.span().map_or(text.len(), |span| span.start);
            let said = harmless(error.message());
            Err(
                Diagnostic::new(lines.position(at), format!("this is not TOML: {said}")).with_hint(
                    "strings must be quoted, lists need brackets, each key needs its own line",
                ),
            )
        }
    }
}

/// Every word of the parser's error messages.
const WORDS: &str = "\
a an and array arrays assignment be between binary boolean but by cannot carriage character comma comment content \
control date datetime depth digit digits dotted double duplicate element elements empty end escape escaped expected exponent \
extend extra false float floating follow followed fraction go hexadecimal in inline integer integers invalid key keys leading \
length level limit line lines literal lowercase mantissa max may met missing multi multiple must new newline no not \
nothing number numbers octal of on once only opening or out overflow overflowed pair pairs point prefix quote quoted quotes \
radix range recurse recursion redundant return separator sequence sign signed space start string strings table tables \
the time to too few trailing true type unclosed unexpected unicode unquoted value values whitespace with";

/// The parser's message, if all of its words are known: a later version of the parser must not quote the file.
fn harmless(message: &str) -> &str {
    let mut words = message.split(|c: char| !c.is_alphanumeric());
    let own = |word: &str| word.is_empty() || WORDS.split(' ').any(|own| own == word);
    if words.all(own) {
        message
    } else {
        "it cannot be read from here on"
    }
}

/// Index of line starts.
struct LineIndex<'a> {
    bytes: &'a [u8],
    starts: Vec<usize>,
    /// The latest place that was counted to, and its column: a list of thousands may stand in one line.
    latest: Cell<(usize, usize)>,
}

impl<'a> LineIndex<'a> {
    fn new(bytes: &'a [u8]) -> LineIndex<'a> {
        let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(place, _)| place + 1));
        LineIndex {
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

    fn entries(&self, table: &DeTable<'_>) -> Vec<KeyValue> {
        let mut found: Vec<(usize, KeyValue)> = table
            .iter()
            .map(|(key, value)| {
                let start = key.span().start;
                let entry = KeyValue {
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
    fn of_the_parser_only_its_own_words_are_repeated() {
        let own = "unclosed array, expected `]`";
        assert_eq!(harmless(own), own);
        let hidden = "it cannot be read from here on";
        assert_eq!(harmless("unexpected `hunter2`"), hidden);
        assert_eq!(harmless("duplicate key: `hush`"), hidden);
    }

    #[test]
    fn places_are_counted_in_characters_from_whichever_place_before() {
        let bytes = "añb\r\ncé = 1\n".as_bytes();
        let lines = LineIndex::new(bytes);
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
