//! Finds texts in another one that may spell them in any way that JSON, URLs and HTML allow, each letter in its
//! own: services escape what they like and leave the rest.

use std::ops::Range;

use secrecy::zeroize::Zeroizing;

/// An escape within an escape within an escape.
const LEVELS: usize = 3;

/// Texts to look for, in lower case.
#[derive(Default)]
pub struct Needles {
    texts: Vec<Zeroizing<Vec<u8>>>,
    /// The pairs of bytes that one of them begins with: one look passes over nearly every place of a text.
    begins: Vec<bool>,
}

/// A text with its escapes read, and where in the first one each byte comes from.
struct Plain {
    bytes: Vec<u8>,
    origin: Vec<Range<usize>>,
}

impl Needles {
    /// Takes a text of at least two bytes that is not there yet, and says whether it did.
    pub fn add(&mut self, text: &str) -> bool {
        let text = Zeroizing::new(text.to_ascii_lowercase().into_bytes());
        let Some(pair) = text.first_chunk() else {
            return false;
        };
        if self.texts.contains(&text) {
            return false;
        }
        self.begins.resize(1 << 16, false);
        if let Some(begins) = self.begins.get_mut(index(pair)) {
            *begins = true;
        }
        self.texts.push(text);
        true
    }

    /// Where they stand in a text as it is and once its escapes are read, with the place of the one that stands
    /// there in the order of their coming. Ranges can overlap.
    pub fn find(&self, text: &str) -> Vec<(Range<usize>, usize)> {
        if self.texts.is_empty() {
            return Vec::new();
        }
        let lower = text.to_ascii_lowercase();
        let mut found = self.places(lower.as_bytes());
        if !lower.contains(|c: char| matches!(c, '%' | '\\' | '&') || c.is_ascii_control()) {
            return found;
        }
        let origin = (0..lower.len()).map(|at| at..at + 1).collect();
        let mut plain = Plain {
            bytes: lower.into_bytes(),
            origin,
        };
        for _ in 0..LEVELS {
            let Some(read) = plain.read() else { break };
            plain = read;
            let places = self.places(&plain.bytes).into_iter();
            found.extend(places.filter_map(|(range, place)| Some((plain.source(range)?, place))));
        }
        found
    }

    /// Where they stand in a text in lower case: from left to right, the longest first, and what overlaps as one.
    fn places(&self, text: &[u8]) -> Vec<(Range<usize>, usize)> {
        let mut found: Vec<(Range<usize>, usize)> = Vec::new();
        for (at, pair) in text.array_windows().enumerate() {
            if self.begins.get(index(pair)) != Some(&true) {
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            let here = self.texts.iter().enumerate();
            let longest = here
                .filter(|(_, needle)| rest.starts_with(needle))
                .max_by_key(|(_, needle)| needle.len());
            let Some((place, needle)) = longest else {
                continue;
            };
            let end = at + needle.len();
            match found.last_mut() {
                Some((last, _)) if last.end > at => last.end = last.end.max(end),
                _ => found.push((at..end, place)),
            }
        }
        found
    }
}

fn index(pair: &[u8; 2]) -> usize {
    usize::from(u16::from_be_bytes(*pair))
}

impl Plain {
    /// One level of escapes less; `None` where there is none.
    fn read(&self) -> Option<Plain> {
        let mut plain = Plain {
            bytes: Vec::with_capacity(self.bytes.len()),
            origin: Vec::with_capacity(self.bytes.len()),
        };
        let (mut at, mut changed) = (0, false);
        while let (Some(rest), Some(byte)) = (self.bytes.get(at..), self.bytes.get(at)) {
            let (length, meant) = match escape(rest) {
                Some((length, meant)) => {
                    changed = true;
                    (length, &*meant.to_ascii_lowercase())
                }
                None => (1, std::slice::from_ref(byte)),
            };
            let whole = self.source(at..at + length)?;
            plain.origin.extend(meant.iter().map(|_| whole.clone()));
            plain.bytes.extend_from_slice(meant);
            at += length;
        }
        changed.then_some(plain)
    }

    /// The range of the first text that a range of this one comes from.
    fn source(&self, range: Range<usize>) -> Option<Range<usize>> {
        let whole = self.origin.get(range)?;
        Some(whole.first()?.start..whole.last()?.end)
    }
}

/// The escape that a text in lower case begins with: its length, and what it means.
fn escape(text: &[u8]) -> Option<(usize, Vec<u8>)> {
    let hex = |range: Range<usize>| {
        let digits = std::str::from_utf8(text.get(range)?).ok()?;
        let all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        all.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    };
    let byte = |range| Some(vec![u8::try_from(hex(range)?).ok()?]);
    match text {
        [b'%', ..] => Some((3, byte(1..3)?)),
        [b'\\', b'u', ..] => Some((6, letter(hex(2..6)?)?)),
        [b'\\', b'x', ..] => Some((4, byte(2..4)?)),
        // Mail wraps base64 at 76 letters: a line break within a secret means nothing.
        [b'\\', b'n' | b'r' | b't', ..] => Some((2, Vec::new())),
        [next, ..] if next.is_ascii_control() => Some((1, Vec::new())),
        // JSON's, and those of a shell or of a distinguished name.
        [b'\\', next, ..] if next.is_ascii_punctuation() => Some((2, vec![*next])),
        [b'&', rest @ ..] => {
            let end = rest.iter().take(8).position(|byte| *byte == b';')?;
            let name = std::str::from_utf8(rest.get(..end)?).ok()?;
            let meant = match (name, name.strip_prefix("#x"), name.strip_prefix('#')) {
                ("amp", ..) => vec![b'&'],
                ("lt", ..) => vec![b'<'],
                ("gt", ..) => vec![b'>'],
                ("quot", ..) => vec![b'"'],
                ("apos", ..) => vec![b'\''],
                (_, Some(digits), _) => letter(u32::from_str_radix(digits, 16).ok()?)?,
                (_, _, Some(digits)) => letter(digits.parse().ok()?)?,
                _ => return None,
            };
            Some((end + 2, meant))
        }
        _ => None,
    }
}

fn letter(code: u32) -> Option<Vec<u8>> {
    Some(char::from_u32(code)?.to_string().into_bytes())
}
