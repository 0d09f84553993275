//! Text as the files of all systems hold it: UTF-8 with or without a byte-order mark, and UTF-16 with one, as `>` in
//! PowerShell 5 and "Unicode" in Windows editors write it.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read};

/// Bytes per read.
const CHUNK: usize = 64 * 1024;

/// Encoding of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    LittleEndian,
    BigEndian,
    /// Not supported; with the advice for the user.
    Refused(&'static str),
}

/// Byte-order marks and magic numbers; a longer one stands before its prefix.
const MARKS: [(&[u8], Encoding); 6] = [
    (b"\xff\xfe\0\0", UTF_32),
    (b"\0\0\xfe\xff", UTF_32),
    (b"\xef\xbb\xbf", Encoding::Utf8),
    (b"\xff\xfe", Encoding::LittleEndian),
    (b"\xfe\xff", Encoding::BigEndian),
    (
        b"\x1f\x8b",
        Encoding::Refused("it is compressed (gzip): gunzip it first"),
    ),
];

const UTF_32: Encoding = Encoding::Refused("it is UTF-32: save it as UTF-8");

/// The form, and the length of its mark; nothing while more bytes may make another mark.
fn form(head: &[u8], ended: bool) -> Option<(Encoding, usize)> {
    let open = |mark: &[u8]| mark.len() > head.len() && mark.starts_with(head);
    if !ended && MARKS.iter().any(|(mark, _)| open(mark)) {
        return None;
    }
    let mark = MARKS.iter().find(|(mark, _)| head.starts_with(mark));
    Some(mark.map_or((Encoding::Utf8, 0), |(mark, form)| (*form, mark.len())))
}

/// Error of bytes that are not text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoText {
    /// Bytes before this offset are text.
    pub at: usize,
    /// The problem at that byte.
    pub why: String,
}

/// The text of a whole file, without its byte-order mark.
pub fn text(bytes: &[u8]) -> Result<Cow<'_, str>, NoText> {
    let (form, mark) = form(bytes, true).unwrap_or((Encoding::Utf8, 0));
    let rest = bytes.get(mark..).unwrap_or_default();
    let big = match form {
        Encoding::Utf8 => {
            return std::str::from_utf8(rest)
                .map(Cow::Borrowed)
                .map_err(|error| {
                    let at = mark + error.valid_up_to();
                    let why = format!("not UTF-8 from byte {at} on");
                    NoText { at, why }
                });
        }
        Encoding::Refused(why) => {
            let why = why.to_owned();
            return Err(NoText { at: 0, why });
        }
        Encoding::LittleEndian => false,
        Encoding::BigEndian => true,
    };
    let (mut units, mut text) = (Units::new(big, mark), String::new());
    let whole = units.push(rest, &mut text).and_then(|()| units.end());
    match whole {
        Ok(()) => Ok(Cow::Owned(text)),
        Err(why) => Err(NoText { at: units.at, why }),
    }
}

/// UTF-16 that comes in pieces.
struct Units {
    big: bool,
    /// Where the first byte of `left` stands.
    at: usize,
    /// Bytes that are no whole character yet.
    left: VecDeque<u8>,
}

impl Units {
    fn new(big: bool, at: usize) -> Units {
        Units {
            big,
            at,
            left: VecDeque::new(),
        }
    }

    fn unit(&self, place: usize) -> Option<u16> {
        let pair = [*self.left.get(place)?, *self.left.get(place + 1)?];
        Some(if self.big {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        })
    }

    /// Takes bytes, gives the characters that are whole.
    fn push(&mut self, bytes: &[u8], text: &mut String) -> Result<(), String> {
        for byte in bytes {
            self.left.push_back(*byte);
            self.take(text)?;
        }
        Ok(())
    }

    fn take(&mut self, text: &mut String) -> Result<(), String> {
        let (Some(first), second) = (self.unit(0), self.unit(2)) else {
            return Ok(());
        };
        let paired = matches!(first, 0xd800..=0xdbff);
        if paired && second.is_none() {
            return Ok(());
        }
        let units = [Some(first), second.filter(|_| paired)];
        let decoded = char::decode_utf16(units.into_iter().flatten()).next();
        let Some(Ok(c)) = decoded else {
            return Err(self.broken());
        };
        text.push(c);
        let length = c.len_utf16() * 2;
        self.left.drain(..length);
        self.at += length;
        Ok(())
    }

    /// End of the input.
    fn end(&self) -> Result<(), String> {
        match self.left.len() {
            0 => Ok(()),
            1 | 3 => Err(format!(
                "UTF-16 that ends within a character, at byte {}",
                self.at
            )),
            _ => Err(self.broken()),
        }
    }

    fn broken(&self) -> String {
        format!(
            "not UTF-16 from byte {} on: half of a character is missing",
            self.at
        )
    }
}

/// A reader that converts UTF-16 to UTF-8. UTF-8 is passed on as it is, valid or not.
pub struct Utf8<R> {
    input: R,
    state: DecoderState,
    ready: Vec<u8>,
    at: usize,
}

enum DecoderState {
    /// Too few bytes yet for a byte-order mark.
    Unknown,
    Utf8,
    Utf16(Units),
    Ended,
    /// Reported after the valid part has been passed on.
    Broken(String),
}

impl<R: Read> Utf8<R> {
    pub fn new(input: R) -> Utf8<R> {
        Utf8 {
            input,
            state: DecoderState::Unknown,
            ready: Vec::new(),
            at: 0,
        }
    }

    /// Reads a chunk and decodes it.
    fn fill(&mut self) -> io::Result<()> {
        let mut piece = vec![0; CHUNK];
        let read = self.input.read(&mut piece)?;
        piece.truncate(read);
        match &mut self.state {
            DecoderState::Unknown => {
                self.ready.append(&mut piece);
                let Some((form, mark)) = form(&self.ready, read == 0) else {
                    return Ok(());
                };
                let rest = self.ready.split_off(mark);
                self.ready.clear();
                self.state = match form {
                    Encoding::Utf8 => DecoderState::Utf8,
                    Encoding::Refused(why) => DecoderState::Broken(why.to_owned()),
                    Encoding::LittleEndian => DecoderState::Utf16(Units::new(false, mark)),
                    Encoding::BigEndian => DecoderState::Utf16(Units::new(true, mark)),
                };
                match self.state {
                    DecoderState::Utf8 => self.ready = rest,
                    DecoderState::Utf16(_) => self.decode(&rest, read == 0),
                    _ => {}
                }
            }
            DecoderState::Utf16(_) => self.decode(&piece, read == 0),
            DecoderState::Utf8 | DecoderState::Ended | DecoderState::Broken(_) => {}
        }
        Ok(())
    }

    fn decode(&mut self, piece: &[u8], ended: bool) {
        let DecoderState::Utf16(units) = &mut self.state else {
            return;
        };
        let mut text = String::new();
        let pushed = units.push(piece, &mut text);
        let whole = if ended {
            pushed.and_then(|()| units.end())
        } else {
            pushed
        };
        self.ready = text.into_bytes();
        match whole {
            Err(why) => self.state = DecoderState::Broken(why),
            Ok(()) if ended => self.state = DecoderState::Ended,
            Ok(()) => {}
        }
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let known = !matches!(self.state, DecoderState::Unknown);
            let ready = self.ready.get(self.at..).unwrap_or_default();
            if known && !ready.is_empty() {
                let read = (&mut &*ready).read(into)?;
                self.at += read;
                return Ok(read);
            }
            if known {
                (self.ready, self.at) = (Vec::new(), 0);
            }
            match &self.state {
                DecoderState::Utf8 => return self.input.read(into),
                DecoderState::Ended => return Ok(0),
                DecoderState::Broken(why) => {
                    return Err(io::Error::new(ErrorKind::InvalidData, why.clone()));
                }
                DecoderState::Unknown | DecoderState::Utf16(_) => self.fill()?,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        let bytes = |unit: u16| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        };
        units.flat_map(bytes).collect()
    }

    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let most = into.len().min(self.1);
            self.0.read(&mut into[..most])
        }
    }

    fn by(size: usize, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let mut read = Vec::new();
        match Utf8::new(Pieces(bytes, size)).read_to_end(&mut read) {
            Ok(_) => Ok(read),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn f04_both_orders_and_a_mark_alone_are_read() {
        for text in ["", "a", "{\"名\":\"🎉\"}\r\n"] {
            for bytes in [
                utf16(text, false),
                utf16(text, true),
                [b"\xef\xbb\xbf", text.as_bytes()].concat(),
                text.as_bytes().to_vec(),
            ] {
                assert_eq!(super::text(&bytes).as_deref(), Ok(text));
                for size in [1, 2, 3, CHUNK] {
                    assert_eq!(by(size, &bytes).as_deref(), Ok(text.as_bytes()), "{size}");
                }
            }
        }
    }

    #[test]
    fn f04_what_is_no_text_says_why() {
        for (bytes, why) in [
            (&b"\xff\xfea"[..], "ends within a character, at byte 2"),
            (b"\xff\xfea\0b", "ends within a character, at byte 4"),
            (b"\xff\xfe\0\xd8a\0", "from byte 2 on: half of a character"),
            (b"\xff\xfea\0\0\xdc", "from byte 4 on: half of a character"),
            (b"\xfe\xff\xd8\0", "from byte 2 on: half of a character"),
            (b"\x1f\x8b\x08\0", "gunzip it first"),
            (b"\xff\xfe\0\0{\0\0\0", "UTF-32"),
        ] {
            let error = super::text(bytes).expect_err(why);
            assert!(error.why.contains(why), "{error:?}");
            for size in [1, 2, CHUNK] {
                let error = by(size, bytes).expect_err(why);
                assert!(error.contains(why), "{size}: {error}");
            }
        }
        let error = super::text(b"caf\xe9").expect_err("Latin-1");
        assert_eq!(
            (error.at, error.why.as_str()),
            (3, "not UTF-8 from byte 3 on")
        );
    }

    #[test]
    fn f04_what_stands_before_the_fault_is_given_first() {
        let mut read = Vec::new();
        let torn = [utf16("{\"a\":1}\n", false), b"\0\xd8a\0".to_vec()].concat();
        let error = Utf8::new(&*torn).read_to_end(&mut read).expect_err("torn");
        assert_eq!(read, b"{\"a\":1}\n");
        assert_eq!(error.kind(), ErrorKind::InvalidData);
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 64,
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn pieces_of_any_size_make_the_same_text(
            bytes in prop::collection::vec(any::<u8>(), 0..24),
            mark in prop::sample::select(vec![&b""[..], b"\xff\xfe", b"\xfe\xff", b"\xef\xbb"]),
            size in 1_usize..5,
        ) {
            let bytes = [mark, &bytes].concat();
            let whole = super::text(&bytes).map(|text| text.into_owned().into_bytes());
            let pieces = by(size, &bytes);
            // What claims to be UTF-8 is passed on as it is.
            match whole {
                Ok(text) => prop_assert_eq!(pieces, Ok(text)),
                Err(NoText { why, .. }) if why.contains("UTF-8") => {}
                Err(NoText { why, .. }) => prop_assert_eq!(pieces, Err(why)),
            }
        }
    }
}
