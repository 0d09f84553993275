//! Reads a text in the ways that JSON, URLs, HTML, mail and dumps spell one, each letter in its own: services escape what
//! they like and leave the rest.

use std::borrow::Cow;
use std::ops::Range;

use super::escapes::{escape, quoted};
use super::runs::{SHORTEST, place, unseen};

/// Fewer letters of base64 hold fewer bytes than a run has.
const SHORTEST_BASE64: usize = 11;
/// Fewer hex digits hold fewer bytes than a run has.
const SHORTEST_HEX: usize = 16;

/// A part of a text after decoding, with the source position of each byte.
pub struct TextView<'a> {
    pub bytes: Cow<'a, [u8]>,
    /// None for the text itself.
    origin: Option<Vec<(u32, u32)>>,
}

/// Escape scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EscapeScheme {
    /// Of URLs.
    Percent,
    /// Of JSON and of programs.
    Backslash,
    /// Of HTML.
    Entity,
    /// Of mail, "quoted-printable": its escapes look like the beginning of many a value.
    Quoted,
    /// All but that of mail. A line break with the blanks behind it means nothing.
    Any,
}

impl EscapeScheme {
    /// How its escapes begin.
    fn mark(self) -> u8 {
        match self {
            EscapeScheme::Percent => b'%',
            EscapeScheme::Backslash => b'\\',
            EscapeScheme::Entity => b'&',
            EscapeScheme::Quoted => b'=',
            EscapeScheme::Any => 0,
        }
    }

    fn introduces(self, byte: u8) -> bool {
        match self {
            EscapeScheme::Any => matches!(byte, b'%' | b'\\' | b'&' | 0..=31 | 127),
            way => byte == way.mark(),
        }
    }

    fn escape(self, text: &[u8]) -> Option<(usize, Vec<u8>)> {
        match self {
            EscapeScheme::Quoted => quoted(text),
            _ => escape(text),
        }
    }
}

/// Collects decoded bytes.
#[derive(Default)]
struct Decoder {
    bytes: Vec<u8>,
    origin: Vec<(u32, u32)>,
    changed: bool,
}

/// A letter of base64 or a hex digit: its value, and its place in the view.
type Digit = (u8, usize);

/// Reads the digit or the mark that a text begins with: its length, and the value of a digit.
type ReadDigit = fn(&[u8]) -> Option<(usize, Option<u8>)>;

impl<'a> TextView<'a> {
    /// The text as it is.
    pub fn of(text: &'a [u8]) -> TextView<'a> {
        TextView {
            bytes: Cow::Borrowed(text),
            origin: None,
        }
    }

    /// The range of the text that a range of this view comes from.
    pub fn source(&self, range: Range<usize>) -> Option<Range<usize>> {
        let last = range.end.checked_sub(1)?;
        let (start, end) = (self.origin(range.start)?.0, self.origin(last)?.1);
        Some(start as usize..end as usize)
    }

    fn origin(&self, at: usize) -> Option<(u32, u32)> {
        match &self.origin {
            Some(origin) => origin.get(at).copied(),
            None => Some((place(at), place(at + 1))),
        }
    }

    /// True if no decoding applies: it has no escape, and too few letters or digits in a row for base64 or hex.
    pub fn is_plain(&self) -> bool {
        let (mut letters, mut digits) = (0, 0);
        self.bytes.iter().all(|byte| {
            match byte {
                b'%' | b'\\' | b'&' | b'=' | ..b' ' | 0x7f.. => return false,
                // Passed over within both, as "0x" and the marks are within hex.
                b' ' => {}
                b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' => {
                    (letters, digits) = (letters + 1, digits + 1)
                }
                b'x' | b'X' | b'-' => letters += 1,
                b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'/' | b'_' => {
                    (letters, digits) = (letters + 1, 0);
                }
                b':' | b',' | b';' | b'.' => letters = 0,
                _ => (letters, digits) = (0, 0),
            }
            letters < SHORTEST_BASE64 && digits < SHORTEST_HEX
        })
    }

    /// The ways of escaping that have to be tried here. Where there is more than one, what is to be escaped in one can
    /// stand beside what looks like an escape in another.
    pub fn ways(&self) -> Vec<EscapeScheme> {
        let has = |byte: u8| self.bytes.contains(&byte);
        let single = [
            EscapeScheme::Percent,
            EscapeScheme::Backslash,
            EscapeScheme::Entity,
        ];
        let mut ways: Vec<EscapeScheme> =
            single.into_iter().filter(|way| has(way.mark())).collect();
        if ways.len() == 1 || (ways.is_empty() && self.bytes.iter().any(u8::is_ascii_control)) {
            ways.clear();
            ways.push(EscapeScheme::Any);
        } else if ways.len() > 1 {
            ways.push(EscapeScheme::Any);
        }
        ways.extend(has(b'=').then_some(EscapeScheme::Quoted));
        ways
    }

    /// One level of escapes less; none where there is none.
    pub fn unescaped(&self, way: EscapeScheme) -> Option<TextView<'static>> {
        let mut reader = Decoder::default();
        let mut at = 0;
        while let (Some(rest), Some(byte)) = (self.bytes.get(at..), self.bytes.get(at)) {
            let escape = if way.introduces(*byte) {
                way.escape(rest)
            } else {
                None
            };
            let whole = self.source(at..at + escape.as_ref().map_or(1, |(length, _)| *length))?;
            let whole = (place(whole.start), place(whole.end));
            match escape {
                Some((length, meant)) => {
                    reader.changed = true;
                    reader.origin.extend(meant.iter().map(|_| whole));
                    reader.bytes.extend_from_slice(&meant);
                    at += length;
                }
                None => {
                    reader.origin.push(whole);
                    reader.bytes.push(*byte);
                    at += 1;
                }
            }
        }
        reader.changed.then_some(TextView {
            bytes: Cow::Owned(reader.bytes),
            origin: Some(reader.origin),
        })
    }

    /// Decodes base64 and hex, at each alignment.
    pub fn unpacked(&self) -> Vec<TextView<'static>> {
        let mut views = Vec::new();
        for letters in self.digits(letter, SHORTEST_BASE64) {
            // No text has only such letters in base64; fingerprints have.
            if !letters.iter().all(|(value, _)| is_hex_letter(*value)) {
                let aligned = (0..4).filter_map(|skipped| letters.get(skipped..));
                views.extend(aligned.filter_map(|letters| self.of_base64(letters)));
            }
        }
        for digits in self.digits(digit, SHORTEST_HEX) {
            let aligned = (0..2).filter_map(|skipped| digits.get(skipped..));
            views.extend(aligned.filter_map(|digits| self.of_hex(digits)));
        }
        views
    }

    /// The rows of digits, at least so long. What stands between them is not one, and not ignored.
    fn digits(&self, value: ReadDigit, shortest: usize) -> Vec<Vec<Digit>> {
        let (mut rows, mut row, mut at) = (Vec::new(), Vec::new(), 0);
        while let (Some(byte), Some(rest)) = (self.bytes.get(at), self.bytes.get(at..)) {
            let ignored = unseen(*byte, &self.bytes, at);
            let read = match ignored {
                0 => value(rest),
                _ => Some((ignored, None)),
            };
            match read {
                Some((_, value)) => row.extend(value.map(|value| (value, at))),
                None if row.len() >= shortest => rows.push(std::mem::take(&mut row)),
                None => row.clear(),
            }
            at += read.map_or(1, |(length, _)| length);
        }
        rows.extend((row.len() >= shortest).then_some(row));
        rows
    }

    /// Three bytes from four letters. Of a byte only those letters count as its own that it shares with no other.
    fn of_base64(&self, letters: &[Digit]) -> Option<TextView<'static>> {
        if letters.len() < SHORTEST_BASE64 {
            return None;
        }
        let groups = letters.chunks(4).flat_map(|group| {
            let pairs = group.array_windows().enumerate();
            pairs.map(|(place, [one, other])| (place, *one, *other))
        });
        let read = groups.map(|(place, (one, at), (other, behind))| match place {
            0 => (one << 2 | other >> 4, at, at),
            1 => (one << 4 | other >> 2, behind, at),
            _ => (one << 6 | other, behind, behind),
        });
        self.of_digits(read)
    }

    fn of_hex(&self, digits: &[Digit]) -> Option<TextView<'static>> {
        let (pairs, _) = digits.as_chunks();
        let read = pairs
            .iter()
            .map(|[(high, from), (low, to)]| (high << 4 | low, *from, *to));
        self.of_digits(read)
    }

    /// The bytes that digits stand for, with the first and the last digit of each; none where they hold no text.
    fn of_digits(
        &self,
        read: impl Iterator<Item = (u8, usize, usize)> + Clone,
    ) -> Option<TextView<'static>> {
        let bytes: Vec<u8> = read.clone().map(|(byte, ..)| byte).collect();
        if !holds_text(&bytes) {
            return None;
        }
        let origin = read.map(|(_, from, to)| Some((self.origin(from)?.0, self.origin(to)?.1)));
        Some(TextView {
            bytes: Cow::Owned(bytes),
            origin: Some(origin.collect::<Option<_>>()?),
        })
    }
}

/// True if these bytes hold as much text as a run has.
fn holds_text(bytes: &[u8]) -> bool {
    let (mut at, mut length) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        let step = match byte {
            b' '..=b'~' | b'\t' | b'\r' | b'\n' => 1,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => 0,
        };
        let text = bytes.get(at..at + step);
        let is_text = step == 1 || text.is_some_and(|text| str::from_utf8(text).is_ok());
        length = if step > 0 && is_text { length + 1 } else { 0 };
        if length >= SHORTEST {
            return true;
        }
        at += if is_text { step.max(1) } else { 1 };
    }
    false
}

/// The value of a letter in either alphabet of base64, and its length.
fn letter(text: &[u8]) -> Option<(usize, Option<u8>)> {
    let value = match text.first()? {
        upper @ b'A'..=b'Z' => upper - b'A',
        lower @ b'a'..=b'z' => lower - b'a' + 26,
        digit @ b'0'..=b'9' => digit - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some((1, Some(value)))
}

/// True if this base64 letter is a hex digit too.
fn is_hex_letter(value: u8) -> bool {
    matches!(value, 0..=5 | 26..=31 | 52..=61)
}

/// The value of a hex digit, and its length; the marks between and before the bytes of a dump have none.
fn digit(text: &[u8]) -> Option<(usize, Option<u8>)> {
    match text {
        [b'0', b'x' | b'X', ..] => Some((2, None)),
        [digit @ b'0'..=b'9', ..] => Some((1, Some(digit - b'0'))),
        [lower @ b'a'..=b'f', ..] => Some((1, Some(lower - b'a' + 10))),
        [upper @ b'A'..=b'F', ..] => Some((1, Some(upper - b'A' + 10))),
        [b':' | b'-' | b',' | b';' | b'.', ..] => Some((1, None)),
        _ => None,
    }
}
