//! Saved answers, one JSON text after the other, read as they come: no more of the input is held than the answer
//! at hand needs.

use std::io::{self, ErrorKind, Read};

use super::deserialize::{Level, MOST_SAVED_VALUES};
use super::parse::{text, unreadable};
use super::value::Json;
use super::xml;
use crate::error::{Error, Kind};

/// Bytes per read.
const CHUNK: usize = 64 * 1024;

/// Reads JSON texts one after the other; the members of a list count as texts of their own.
///
/// After a broken one it goes on at the next line that begins with a brace or bracket: a value that was saved
/// whole begins there, and indented lines inside a broken one do not.
pub struct Answers<R> {
    input: R,
    ended: bool,
    /// Where a read puts its bytes.
    chunk: Box<[u8]>,
    /// The buffered bytes; those before `at` are consumed.
    held: Vec<u8>,
    at: usize,
    place: StreamState,
}

/// Where the next byte stands.
#[derive(Clone, Copy, PartialEq)]
enum StreamState {
    /// Between answers.
    Outside,
    /// Behind the bracket of a list.
    Opened,
    /// Behind a member of a list.
    Member,
    /// Behind a comma in a list.
    Comma,
    /// Behind something broken. Nobody knows whether that was in a list: its commas and brackets are passed over.
    Torn,
}

/// Result of parsing the buffered bytes.
enum Token {
    Answer(Result<Json, Error>),
    Punctuation,
    /// More input is needed.
    TooShort,
    End,
}

impl<R: Read> Iterator for Answers<R> {
    type Item = io::Result<Result<Json, Error>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.look() {
                Token::Answer(answer) => return Some(Ok(answer)),
                Token::Punctuation => {}
                Token::TooShort => {
                    if let Err(error) = self.read_on() {
                        // Told once, and the end of the answers.
                        (self.ended, self.place) = (true, StreamState::Outside);
                        self.held.clear();
                        self.at = 0;
                        return Some(Err(error));
                    }
                }
                Token::End => return None,
            }
        }
    }
}

impl<R: Read> Answers<R> {
    pub fn new(input: R) -> Answers<R> {
        Answers {
            input,
            ended: false,
            chunk: vec![0; CHUNK].into_boxed_slice(),
            held: Vec::new(),
            at: 0,
            place: StreamState::Outside,
        }
    }

    /// Doubles the buffer, so that an answer that arrives in pieces is parsed over at most twice its size.
    fn read_on(&mut self) -> io::Result<()> {
        self.held.drain(..self.at);
        self.at = 0;
        let (before, enough) = (self.held.len(), self.held.len() * 2);
        while !self.ended && (self.held.len() < enough || self.held.len() == before) {
            match self.input.read(&mut self.chunk) {
                Ok(0) => self.ended = true,
                Ok(read) => self
                    .held
                    .extend_from_slice(self.chunk.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn look(&mut self) -> Token {
        let start = self.at + blanks(self.rest(self.at));
        let Some(first) = self.rest(start).first() else {
            return self.out_of_bytes();
        };
        // The beginning of a letter, which may turn out to be a blank.
        if !first.is_ascii() && self.rest(start).len() < 4 && !self.ended {
            return Token::TooShort;
        }
        match (self.place, first) {
            (StreamState::Outside | StreamState::Torn, b'[') => {
                self.pass(start, StreamState::Opened)
            }
            (StreamState::Torn, b',' | b']') => self.pass(start, StreamState::Torn),
            (StreamState::Member, b',') => self.pass(start, StreamState::Comma),
            (StreamState::Member, b']') => self.pass(start, StreamState::Outside),
            (StreamState::Opened, b']') => {
                self.pass(start, StreamState::Outside);
                let error = Error::new(Kind::NotFound, "no certificate found: the list is empty");
                Token::Answer(Err(error.with_hint("save an answer about a certificate")))
            }
            // It may be another answer, which is not to be lost with its list.
            (StreamState::Member, _) => {
                (self.at, self.place) = (start, StreamState::Torn);
                let text = "not JSON: a comma is missing in a list";
                Token::Answer(Err(Error::new(Kind::Protocol, text)))
            }
            (StreamState::Outside | StreamState::Torn, _) => self.value::<0>(start, self.place),
            (StreamState::Opened | StreamState::Comma, _) => {
                self.value::<1>(start, StreamState::Member)
            }
        }
    }

    fn rest(&self, from: usize) -> &[u8] {
        self.held.get(from..).unwrap_or_default()
    }

    fn pass(&mut self, start: usize, place: StreamState) -> Token {
        (self.at, self.place) = (start + 1, place);
        Token::Punctuation
    }

    fn out_of_bytes(&mut self) -> Token {
        match self.place {
            _ if !self.ended => Token::TooShort,
            StreamState::Outside | StreamState::Torn => Token::End,
            StreamState::Opened | StreamState::Comma | StreamState::Member => {
                self.place = StreamState::Torn;
                let text = "JSON that ends too early: a list without an end";
                Token::Answer(Err(Error::new(Kind::Protocol, text)))
            }
        }
    }

    /// The value that begins there, so many levels deep.
    fn value<const DEPTH: usize>(&mut self, start: usize, then: StreamState) -> Token {
        let values = serde_json::Deserializer::from_slice(self.rest(start));
        let mut values = values.into_iter::<Level<DEPTH, MOST_SAVED_VALUES>>();
        let read = values.next();
        let end = start + values.byte_offset();
        match read {
            // The next byte may be another digit.
            Some(Ok(level)) => {
                let value = level.of(self.held.get(start..end).unwrap_or_default());
                if !closed(&value) && end == self.held.len() && !self.ended {
                    return Token::TooShort;
                }
                (self.at, self.place) = (end, then);
                Token::Answer(Ok(value))
            }
            Some(Err(error)) if error.is_eof() && !self.ended => Token::TooShort,
            Some(Err(error)) => {
                // Each of what it is nested in would be found to be too deep again, and again read 64 levels deep.
                let from = if error.is_data() {
                    reached(&error, self.rest(start))
                } else {
                    0
                };
                self.broken(start, from, || unreadable(&error))
            }
            None => self.broken(start, 0, || Error::new(Kind::Protocol, "not JSON")),
        }
    }

    /// Passes over what is no JSON, and at least that much of it. It may be an error in XML. Where it is no text either,
    /// that is what is said about it.
    fn broken(&mut self, start: usize, from: usize, why: impl FnOnce() -> Error) -> Token {
        let rest = self.rest(start);
        let mut later = rest.get(from..).unwrap_or_default().windows(2);
        let next = later
            .position(|pair| pair == b"\n{" || pair == b"\n[")
            .map(|next| from + next);
        if next.is_none() && !self.ended {
            return Token::TooShort;
        }
        let size = next.unwrap_or(rest.len());
        let piece = rest.get(..size).unwrap_or_default();
        let answer = match xml::error(piece) {
            Some(error) => error.map(Json::Object),
            None => Err(text(piece).err().unwrap_or_else(why)),
        };
        (self.at, self.place) = (start + size, StreamState::Torn);
        Token::Answer(answer)
    }
}

/// Reads the JSON texts of what is in memory, as [`Answers`] does.
pub fn stream(bytes: &[u8]) -> Vec<Result<Json, Error>> {
    // Memory can always be read.
    Answers::new(bytes).flatten().collect()
}

/// How far a value was read: up to a bracket that may be the first of its line.
fn reached(error: &serde_json::Error, bytes: &[u8]) -> usize {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let above: usize = lines.take(error.line() - 1).map(<[u8]>::len).sum();
    (above + error.column()).saturating_sub(2)
}

/// True for a value that has its own end mark. A number may continue in the next bytes.
fn closed(value: &Json) -> bool {
    matches!(value, Json::Text(_) | Json::Array(_) | Json::Object(_))
}

/// Length of what stands between answers: white space, and the mark that files of some systems begin with.
fn blanks(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    loop {
        rest = rest.trim_ascii_start();
        let head = rest.get(..4).unwrap_or(rest);
        let letter = head
            .utf8_chunks()
            .next()
            .and_then(|chunk| chunk.valid().chars().next());
        match letter {
            Some(c) if c.is_whitespace() || c == '\u{feff}' => {
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
            _ => return bytes.len() - rest.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The answers of an input that returns `size` bytes per read.
    fn by(size: usize, bytes: &[u8]) -> Vec<Result<Json, String>> {
        let answers = Answers::new(Pieces(bytes, size)).map(|read| read.expect("memory"));
        answers
            .map(|answer| answer.map_err(|error| error.message))
            .collect()
    }

    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let most = into.len().min(self.1);
            self.0.read(into.get_mut(..most).unwrap_or_default())
        }
    }

    fn good(text: &str) -> Vec<bool> {
        by(CHUNK, text.as_bytes())
            .iter()
            .map(Result::is_ok)
            .collect()
    }

    #[test]
    fn one_broken_value_does_not_stop_the_rest() {
        let text = "{\"a\":1}\n{\"b\": ]\n  }\n{\"c\":3}[{\"d\":4},5]\n{\"e\"";
        assert_eq!(good(text), [true, false, true, true, true, false]);
    }

    #[test]
    fn a_broken_member_does_not_stop_the_rest_of_its_list() {
        let text = "[\n{\"a\":1},\n{\"b\":x},\n{\"c\":3},\n{\"d\":4}\n]\n{\"e\":5}";
        assert_eq!(good(text), [true, false, true, true, true]);
        assert_eq!(good("[1\n{\"a\":2}\n{\"b\":3}"), [true, false, true, true]);
        assert_eq!(good("[1,]\n[2,[3]]"), [true, false, true, true]);
    }

    #[test]
    fn a_list_that_is_cut_keeps_its_members_and_says_so() {
        for (text, members) in [
            ("[", 0),
            ("[1", 1),
            ("[1,", 1),
            ("[1,2 ", 2),
            ("[{},{\"a\"", 1),
        ] {
            let found = good(text);
            assert_eq!(found.len(), members + 1, "{text}");
            assert_eq!(found.last(), Some(&false), "{text}");
        }
    }

    #[test]
    fn an_empty_list_is_an_answer_that_is_missing() {
        for text in ["[]", "[ ]{\"a\":1}", "{\"a\":1}\n[]"] {
            let found = Answers::new(text.as_bytes()).flatten();
            let kinds: Vec<Kind> = found.filter_map(|one| Some(one.err()?.kind)).collect();
            assert_eq!(kinds, [Kind::NotFound], "{text}");
        }
    }

    #[test]
    fn an_answer_that_is_not_there_yet_is_not_a_broken_one() {
        let text = "{\"a\":\n{\"b\":[\n[1],\n{}]\n}}\n";
        for size in 1..text.len() {
            assert!(matches!(by(size, text.as_bytes())[..], [Ok(_)]), "{size}");
        }
    }

    #[test]
    fn of_a_broken_value_that_is_no_text_this_is_said() {
        let found = by(CHUNK, b"{}\n{\"a\":\"caf\xe9\"}\n{\"b\":]}");
        let said: Vec<&String> = found.iter().filter_map(|one| one.as_ref().err()).collect();
        assert!(
            matches!(said[..], [utf8, json]
            if utf8 == "not UTF-8 from byte 9 on" && json.starts_with("broken JSON, in line 1")),
            "{said:?}"
        );
    }

    #[test]
    fn blanks_and_marks_between_answers_are_passed_over() {
        assert_eq!(
            good("\u{feff}1\r\n\u{feff}\u{a0}{}\u{3000}\n"),
            [true, true]
        );
        assert_eq!(good(" \u{feff}\n"), [false; 0]);
        let between = "[1\u{feff},2\u{feff}]".as_bytes();
        assert_eq!(by(1, between), by(CHUNK, between));
    }

    #[test]
    fn a_member_of_a_list_may_be_as_deep_as_the_list_leaves() {
        let deep = |levels| "[".repeat(levels) + &"]".repeat(levels);
        assert_eq!(good(&format!("[{}]", deep(63))), [true]);
        assert_eq!(good(&format!("[{}]", deep(64))), [false]);
    }

    #[test]
    fn what_is_too_deep_is_passed_over_as_far_as_it_was_read() {
        let many = "\n[".repeat(6_400) + "\n{\"a\":1}";
        let found = good(&many);
        assert!(
            found.len() < 200 && found.last() == Some(&true),
            "{found:?}"
        );
    }

    #[test]
    fn no_more_is_held_than_an_answer_needs() {
        let many = "{\"a\":\"some text\"}\n".repeat(100_000);
        let mut answers = Answers::new(many.as_bytes());
        let count = answers.by_ref().flatten().flatten().count();
        assert_eq!(count, 100_000);
        assert!(answers.held.capacity() <= 4 * CHUNK, "{}", many.len());
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 128,
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn pieces_of_any_size_make_the_same_answers(
            parts in prop::collection::vec(prop::sample::select(PARTS), 0..12),
            size in 1_usize..9,
        ) {
            let input = parts.concat();
            prop_assert_eq!(by(size, &input), by(CHUNK, &input));
        }
    }

    /// Pieces of whole, cut and damaged inputs.
    #[rustfmt::skip]
    const PARTS: &[&[u8]] = &[
        b"{\"a\":1}", b"{\"a\":", b"[", b"]", b"{", b"}", b",", b"\n", b" ", b"12", b"-1.5e3",
        b"1e", b"tru", b"true", b"\"", b"\"caf\xc3\xa9\"", b"\xc3", b"\xa9", b"\xff",
        b"\xef\xbb\xbf", b"\\ud83d", b"\\ude00", b"\\u00e9", b"\n{\"b\":\"x\"}", b"\n[7,8]", b"\n[",
        b"null", b"\x00",
    ];
}
