//! Finds runs of characters of known secrets in bytes whose spelling has been read.
//!
//! Both sides are compared in lower case, since hosts and hex digits come back so, and without blanks, plus signs and
//! characters that nobody sees: a form turns `+` into a blank, and mail folds lines.

use std::collections::HashSet;
use std::ops::Range;

use secrecy::zeroize::{Zeroize, Zeroizing};

/// The shortest run that is taken out, in characters.
pub const SHORTEST: usize = 8;
/// The shortest run that is taken out although it is a word of the field, or stands in a sentence of ours.
const DISTINCT: usize = 12;
/// Fewer bytes match by chance.
const GRAM: usize = 4;
/// No key and no token is longer.
const LONGEST: usize = 64 * 1024;

/// Words that stand in nearly every answer. A secret may hold one of them, which does not make the word a secret.
const WORDS: [&str; 31] = [
    "accesskeyid",
    "accesskeysecret",
    "access_token",
    "algorithm",
    "authentication",
    "authorization",
    "certificates",
    "check_certificate",
    "configuration",
    "configured",
    "credentials",
    "development",
    "encryption",
    "environment",
    "expiration",
    "fingerprint",
    "forbidden",
    "invalidparameter",
    "notfound",
    "passwords",
    "permissions",
    "production",
    "provider",
    "refresh_token",
    "requestid",
    "secretaccesskey",
    "security_token",
    "signatures",
    "timestamp",
    "unauthorized",
    "verification",
];

/// Rule by which a match counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Any run, in a text from outside.
    Run,
    /// A run that no sentence of ours can hold by chance.
    Distinct,
    /// Nothing less than a whole secret.
    Whole,
}

/// A match: its byte range, and the number of the secret.
pub type Match = (Range<usize>, usize);

/// Secrets, ready to be compared.
#[derive(Default)]
pub struct Runs {
    needles: Vec<Needle>,
    /// Runs by the bytes that begin them.
    whole: GramTable<SHORTEST>,
    /// Runs of which fewer bytes are compared, since the rest is blanks and plus signs.
    sparse: GramTable<GRAM>,
}

/// Which needles have these bytes, and where.
struct GramTable<const N: usize> {
    /// In ascending order.
    entries: Zeroizing<Vec<(u64, u32, u32)>>,
    /// One bit for each hash of a key: one look passes over nearly every place of a text.
    bits: Vec<u64>,
}

struct Needle {
    text: Skeleton,
    /// Found as a whole only.
    whole: bool,
}

/// A text in the form in which it is compared.
#[derive(PartialEq, Eq)]
struct Skeleton {
    bytes: Vec<u8>,
    /// Where each byte is in the text, and the number of its character; empty where every byte is a character of its own
    /// and is compared.
    places: Vec<(u32, u32)>,
    /// How many characters the text has.
    characters: u32,
}

impl Runs {
    /// Takes a secret, and says whether it can be found at all: too little may be left of one to be compared.
    pub fn add(&mut self, secret: &str, whole: bool) -> bool {
        let end = secret.floor_char_boundary(LONGEST);
        let text = Skeleton::of(secret.get(..end).unwrap_or_default().as_bytes());
        let number = place(self.needles.len());
        // Each run once: a token can be one long row of the same.
        let mut known = HashSet::new();
        let offsets = if whole { 1 } else { text.bytes.len() };
        for offset in 0..offsets {
            let rest = text.bytes.get(offset..).unwrap_or_default();
            if let Some(bytes) = rest.first_chunk::<SHORTEST>() {
                if known.insert(*bytes) {
                    self.whole.add(bytes, number, offset);
                }
                if text.places.is_empty() {
                    continue;
                }
            }
            if let Some(bytes) = rest.first_chunk() {
                self.sparse.add(bytes, number, offset);
            }
        }
        let is_found = text.bytes.len() >= GRAM;
        if is_found {
            self.whole.entries.sort_unstable();
            self.sparse.entries.sort_unstable();
            self.needles.push(Needle { text, whole });
        }
        is_found
    }

    /// True if this secret was added.
    pub fn has(&self, secret: &str, whole: bool) -> bool {
        let text = Skeleton::of(secret.as_bytes());
        let same = |needle: &Needle| needle.text == text && needle.whole == whole;
        self.needles.iter().any(same)
    }

    pub fn is_empty(&self) -> bool {
        self.needles.is_empty()
    }

    /// Every run in these bytes. Finds can overlap.
    pub fn find(&self, bytes: &[u8], rule: Rule, found: &mut Vec<Match>) {
        if !self.may_begin(bytes) {
            return;
        }
        let text = Skeleton::of(bytes);
        let mut from = 0;
        while let Some(rest) = text.bytes.get(from..).filter(|rest| rest.len() >= GRAM) {
            let tables = [self.whole.beginning(rest), self.sparse.beginning(rest)];
            let tables = tables.into_iter().flatten();
            let best = tables.filter_map(|entries| self.longest(entries, &text, from, rule));
            from += match best.max() {
                Some((length, needle)) => {
                    found.extend(text.source(from, length).map(|range| (range, needle)));
                    // What begins in between and ends behind it is found by its last characters.
                    length.saturating_sub(SHORTEST - 1).max(1)
                }
                None => 1,
            };
        }
    }

    /// True if a run may begin in these bytes. Nearly every text is done with in this one pass, which allocates nothing.
    fn may_begin(&self, bytes: &[u8]) -> bool {
        let (mut last, mut compared) = (0, 0);
        for byte in bytes {
            match byte {
                0..=b' ' | 0x7f | b'+' => continue,
                // It may be a character that nobody sees.
                0xc2..=0xf4 => return true,
                byte => last = last << 8 | u64::from(byte.to_ascii_lowercase()),
            }
            compared += 1;
            if compared >= SHORTEST && self.whole.may_have(last)
                || compared >= GRAM && self.sparse.may_have(last & u64::from(u32::MAX))
            {
                return true;
            }
        }
        false
    }

    /// The longest run that begins there, in bytes, and its secret.
    fn longest(
        &self,
        entries: &[(u64, u32, u32)],
        text: &Skeleton,
        from: usize,
        rule: Rule,
    ) -> Option<(usize, usize)> {
        let runs = entries.iter().filter_map(|(_, number, offset)| {
            let (number, offset) = (*number as usize, *offset as usize);
            let needle = self.needles.get(number)?;
            let length = common(needle.text.bytes.get(offset..)?, text.bytes.get(from..)?);
            let spans = [needle.text.span(offset, length), text.span(from, length)];
            needle
                .is_found(offset, length, spans, rule)
                .then_some((length, number))
        });
        runs.max_by_key(|(length, _)| *length)
    }
}

impl<const N: usize> GramTable<N> {
    fn add(&mut self, bytes: &[u8; N], number: u32, offset: usize) {
        let key = key(bytes);
        self.entries.push((key, number, place(offset)));
        self.bits.resize(1 << 10, 0);
        if let Some(bits) = self.bits.get_mut(bit(key) / 64) {
            *bits |= 1 << (bit(key) % 64);
        }
    }

    /// False where no entry has this key.
    fn may_have(&self, key: u64) -> bool {
        let bits = self.bits.get(bit(key) / 64);
        bits.is_some_and(|bits| bits >> (bit(key) % 64) & 1 == 1)
    }

    /// The entries of those that begin as this text does, if there are any.
    fn beginning(&self, text: &[u8]) -> Option<&[(u64, u32, u32)]> {
        let key = key(text.first_chunk::<N>()?);
        if !self.may_have(key) {
            return None;
        }
        let first = self.entries.partition_point(|entry| entry.0 < key);
        let rest = self.entries.get(first..)?;
        let count = rest.iter().take_while(|entry| entry.0 == key).count();
        rest.get(..count).filter(|entries| !entries.is_empty())
    }
}

impl<const N: usize> Default for GramTable<N> {
    fn default() -> GramTable<N> {
        GramTable {
            entries: Zeroizing::default(),
            bits: Vec::new(),
        }
    }
}

impl Drop for Needle {
    fn drop(&mut self) {
        self.text.bytes.zeroize();
    }
}

impl Needle {
    fn is_found(&self, offset: usize, length: usize, spans: [usize; 2], rule: Rule) -> bool {
        let whole = offset == 0 && length == self.text.bytes.len();
        let run = self.text.bytes.get(offset..offset + length);
        let run = run.unwrap_or_default();
        let long = spans.iter().all(|span| *span >= SHORTEST);
        match rule {
            Rule::Whole => whole,
            Rule::Run if self.whole => whole,
            Rule::Run => long && (length >= DISTINCT || !is_word(run)),
            Rule::Distinct => {
                (whole || !self.whole)
                    && length >= DISTINCT
                    && run.iter().any(u8::is_ascii_digit)
                    && run.iter().any(u8::is_ascii_alphabetic)
            }
        }
    }
}

impl Skeleton {
    fn of(text: &[u8]) -> Skeleton {
        let is_compared = |byte: &u8| matches!(byte, b'!'..=b'*' | b','..=b'~');
        if text.iter().all(is_compared) {
            Skeleton {
                bytes: text.to_ascii_lowercase(),
                places: Vec::new(),
                characters: place(text.len()),
            }
        } else {
            Skeleton::of_some(text)
        }
    }

    fn of_some(text: &[u8]) -> Skeleton {
        let mut skeleton = Skeleton {
            bytes: Vec::with_capacity(text.len()),
            places: Vec::with_capacity(text.len()),
            characters: 0,
        };
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            let ignored = match byte {
                b'+' => 1,
                byte => unseen(*byte, text, at),
            };
            if ignored == 0 {
                // What continues a character is none of its own; behind ASCII there is none to continue.
                let before = at.checked_sub(1).and_then(|before| text.get(before));
                let begins = *byte & 0xc0 != 0x80 || before.is_none_or(u8::is_ascii);
                skeleton.characters += u32::from(begins);
                skeleton.bytes.push(byte.to_ascii_lowercase());
                skeleton.places.push((place(at), skeleton.characters));
            } else {
                skeleton.characters += 1;
            }
            at += ignored.max(1);
        }
        skeleton
    }

    /// How many characters the text has up to and with a byte.
    fn characters_to(&self, at: usize) -> u32 {
        match self.places.get(at) {
            Some((_, character)) => *character,
            None if self.places.is_empty() => place(at + 1).min(self.characters + 1),
            None => self.characters + 1,
        }
    }

    /// How many characters of the text a run has, with those beside it and within it that are not compared.
    fn span(&self, from: usize, length: usize) -> usize {
        let before = from.checked_sub(1).map_or(0, |at| self.characters_to(at));
        self.characters_to(from + length).saturating_sub(before + 1) as usize
    }

    /// The bytes of the text that a run comes from.
    fn source(&self, from: usize, length: usize) -> Option<Range<usize>> {
        let last = from + length.checked_sub(1)?;
        let at = |byte: usize| {
            if self.places.is_empty() {
                Some(byte)
            } else {
                self.places.get(byte).map(|(at, _)| *at as usize)
            }
        };
        Some(at(from)?..at(last)? + 1)
    }
}

/// Texts are looked at in parts, which have fewer bytes.
pub fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn key(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |key, byte| key << 8 | u64::from(*byte))
}

fn bit(key: u64) -> usize {
    let hash = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (hash >> 48) as usize
}

fn common(one: &[u8], other: &[u8]) -> usize {
    let pairs = one.iter().zip(other);
    pairs.take_while(|(one, other)| one == other).count()
}

fn is_word(run: &[u8]) -> bool {
    let run = std::str::from_utf8(run).unwrap_or_default();
    WORDS.iter().any(|word| word.contains(run))
}

/// How many bytes the blank, the control or the mark takes that stands there; none if something is seen.
pub fn unseen(byte: u8, text: &[u8], at: usize) -> usize {
    let length = match byte {
        0..=b' ' | 0x7f => return 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return 0,
    };
    let character = text.get(at..at + length);
    let character = character.and_then(|bytes| std::str::from_utf8(bytes).ok());
    match character.and_then(|text| text.chars().next()) {
        Some(c) if is_unseen(c) => length,
        _ => 0,
    }
}

fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}
