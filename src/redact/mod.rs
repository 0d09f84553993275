//! Redaction: removes every known secret from a text. Providers echo canonical requests, tokens and passwords.
//!
//! In text from outside, every run of eight characters of a secret is removed, in any encoding. A text of ours stays
//! as it is, but for what it quotes: a word of a password is no reason to make a sentence illegible.

mod encodings;
mod escapes;
mod heuristics;
mod runs;

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use percent_encoding::percent_decode_str;
use secrecy::zeroize::Zeroizing;

use self::encodings::{EscapeScheme, TextView};
use self::runs::{Match, Rule, Runs, SHORTEST};
use crate::error::Error;

/// Visible characters of an access key id.
const SHOWN: usize = 4;

/// The beginning of a public half, enough to tell two keys apart.
pub fn shortened_id(id: &str) -> String {
    let start: String = id.chars().take(SHOWN.min(id.len() / 3)).collect();
    format!("{start}…")
}

const MASK: &str = "[secret]";
/// Bytes that are looked at together: an answer can be one text of many megabytes.
const PART: usize = 16 * 1024;
/// Bytes that a part shares with the next one: the longest spelling of a run.
const SHARED: usize = 2 * 1024;
/// How many bytes may be read for each byte of a text, with all its spellings. No service needs a tenth of them.
const EFFORT: usize = 128;
/// An escape within an escape within an escape.
const LEVELS: usize = 3;
/// Base64 within base64 or hex.
const PACKED: usize = 2;

/// Secrets of a run, shared with code that learns new ones (a PBX issues tokens).
#[derive(Clone, Default)]
pub struct KnownSecrets(Rc<RefCell<SecretIndex>>);

#[derive(Default)]
struct SecretIndex {
    runs: Runs,
    /// Replacement of each secret.
    shown_as: Vec<String>,
    /// Secrets that are too short for a run, in lower case, and what stands in the place of each.
    short: Vec<(Zeroizing<Vec<u8>>, String)>,
}

/// Kind of a text; it decides what is redacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TextKind {
    /// Sentences from outside.
    Prose,
    /// A name, a code or a date from outside.
    Field,
    /// An id given by the user.
    Given,
    /// A sentence of ours.
    Ours,
}

impl KnownSecrets {
    /// Learns a secret.
    pub fn learn(&self, secret: &str) {
        self.add(secret.trim(), MASK, false);
    }

    /// Learns the public half of a key, which may be shown shortened.
    pub fn learn_id(&self, id: &str) {
        let id = id.trim();
        self.add(id, &shortened_id(id), true);
    }

    /// Learns the password in the URL of a proxy, which may be without its scheme.
    pub fn learn_proxy(&self, url: &str) {
        let full = if url.contains("://") {
            url.to_owned()
        } else {
            format!("http://{url}")
        };
        let user_info = heuristics::in_urls(&full).filter_map(|range| full.get(range));
        for (_, password) in user_info.filter_map(|text| text.split_once(':')) {
            self.learn(password);
            // As it is sent: in base64, where no escape can be read any more.
            self.learn(&percent_decode_str(password).decode_utf8_lossy());
        }
    }

    fn add(&self, secret: &str, shown_as: &str, whole: bool) {
        let known = &mut *self.0.borrow_mut();
        if secret.is_empty() || known.runs.has(secret, whole) {
            return;
        }
        if secret.chars().count() >= SHORTEST && known.runs.add(secret, whole) {
            known.shown_as.push(shown_as.to_owned());
            return;
        }
        let short = Zeroizing::new(secret.to_ascii_lowercase().into_bytes());
        if known.short.iter().all(|(other, _)| *other != short) {
            known.short.push((short, shown_as.to_owned()));
        }
    }

    /// A sentence from outside without any of them, in whatever spelling and case. What its own name calls a secret
    /// goes too.
    pub fn scrub(&self, text: &str) -> String {
        self.scrubbed(text).unwrap_or_else(|| text.to_owned())
    }

    /// As [`KnownSecrets::scrub`]; none if nothing is removed.
    pub fn scrubbed(&self, text: &str) -> Option<String> {
        self.0.borrow().clean(text, TextKind::Prose)
    }

    /// A name, a code or a date from outside without any of them, if there is anything to take out. A secret that is
    /// shorter than a run is not looked for: every name could hold it.
    pub fn field(&self, text: &str) -> Option<String> {
        self.0.borrow().clean(text, TextKind::Field)
    }

    /// Replacement of an id given by the user, if it is a secret.
    pub fn given(&self, id: &str) -> Option<String> {
        self.0.borrow().clean(id, TextKind::Given)
    }

    /// A sentence of ours, in which only what it quotes is changed.
    pub fn sentence<'q>(&self, text: &str, quotes: impl IntoIterator<Item = &'q str>) -> String {
        let known = self.0.borrow();
        let mut text = text.to_owned();
        for quote in quotes {
            let Some(clean) = known.clean(quote, TextKind::Prose) else {
                continue;
            };
            // A quote that was shortened or escaped on its way is not found: the whole sentence counts as one then.
            match text.rfind(quote) {
                Some(at) => text.replace_range(at..at + quote.len(), &clean),
                None => text = known.clean(&text, TextKind::Prose).unwrap_or(text),
            }
        }
        known.clean(&text, TextKind::Ours).unwrap_or(text)
    }

    /// The message of an error.
    pub fn message(&self, error: &Error) -> String {
        self.sentence(&error.message, error.quotes())
    }

    /// A redacted error.
    pub fn freed(&self, error: &Error) -> Error {
        let field = |text: &String| self.field(text).unwrap_or_else(|| text.clone());
        let hint = error.hint.as_ref();
        Error {
            message: self.message(error),
            hint: hint.map(|hint| self.sentence(hint, error.quotes())),
            code: error.code.as_ref().map(field),
            request_id: error.request_id.as_ref().map(field),
            quotes: Box::default(),
            ..error.clone()
        }
    }
}

impl SecretIndex {
    fn clean(&self, text: &str, kind: TextKind) -> Option<String> {
        let mut found = self.find(text, kind);
        let named = heuristics::find(text);
        found.extend(named.map(|range| (range, usize::MAX)));
        if found.is_empty() {
            return None;
        }
        // The longest first: an id can be the beginning of a token.
        found.sort_by_key(|(range, number)| (range.start, std::cmp::Reverse(range.end), *number));
        let (mut clean, mut rest) = (String::with_capacity(text.len()), 0);
        for (range, number) in found {
            let range = text.floor_char_boundary(range.start)..text.ceil_char_boundary(range.end);
            if range.start >= rest {
                clean.push_str(text.get(rest..range.start).unwrap_or_default());
                clean.push_str(self.shown_as(number));
            }
            rest = rest.max(range.end);
        }
        clean.push_str(text.get(rest..).unwrap_or_default());
        Some(clean)
    }

    /// Replacement of a secret; short secrets are numbered after the others.
    fn shown_as(&self, number: usize) -> &str {
        let short = number.checked_sub(self.shown_as.len());
        let shown = match short {
            None => self.shown_as.get(number),
            Some(number) => self.short.get(number).map(|(_, shown)| shown),
        };
        shown.map_or(MASK, String::as_str)
    }

    /// Where they stand, in the text as it is and in everything it can be read as.
    fn find(&self, text: &str, kind: TextKind) -> Vec<Match> {
        let mut found = Vec::new();
        if self.runs.is_empty() && self.short.is_empty() {
            return found;
        }
        let bytes = text.as_bytes();
        for start in (0..bytes.len()).step_by(PART) {
            let part = bytes.get(start..bytes.len().min(start + PART + SHARED));
            let part = part.unwrap_or_default();
            let mut search = SecretScan {
                known: self,
                kind,
                found: Vec::new(),
                effort: part.len() * EFFORT,
            };
            // A text that can be read in so many ways was made for that.
            if !search.read(&TextView::of(part), PACKED) {
                search.found.push((0..part.len(), usize::MAX));
            }
            let here = search.found.into_iter();
            found.extend(
                here.map(|(range, number)| (range.start + start..range.end + start, number)),
            );
        }
        if kind == TextKind::Given {
            let id = text.trim();
            let from = text.len() - text.trim_start().len();
            found.retain(|(range, _)| range.start <= from && range.end >= from + id.len());
        }
        found
    }
}

/// Looks for secrets in one part of a text.
struct SecretScan<'a> {
    known: &'a SecretIndex,
    kind: TextKind,
    found: Vec<Match>,
    /// Bytes that may still be read.
    effort: usize,
}

impl SecretScan<'_> {
    /// Looks through a view, and through what it can be read as. `packed` says how often something may have been put
    /// into base64 or hex. False where that takes too much effort.
    fn read(&mut self, view: &TextView<'_>, packed: usize) -> bool {
        self.look(view, packed) && (view.is_plain() || self.read_on(view, packed))
    }

    fn read_on(&mut self, view: &TextView<'_>, packed: usize) -> bool {
        view.ways()
            .into_iter()
            .all(|way| self.unescape(view, way, packed))
            && self.unpack(view, packed)
    }

    fn unescape(&mut self, view: &TextView<'_>, way: EscapeScheme, packed: usize) -> bool {
        let mut plain = view.unescaped(way);
        for _ in 0..LEVELS {
            let Some(view) = plain else { break };
            let inner = match way {
                EscapeScheme::Quoted => {
                    return self.look(&view, packed)
                        && self.unpack(&view, packed)
                        && self.unescape_inner(&view, packed);
                }
                EscapeScheme::Any => self.unpack(&view, packed),
                _ => true,
            };
            if !inner || !self.look(&view, packed) {
                return false;
            }
            plain = view.unescaped(way);
        }
        true
    }

    /// Unescapes the content of quoted-printable text, by every scheme.
    fn unescape_inner(&mut self, view: &TextView<'_>, packed: usize) -> bool {
        let ways = view
            .ways()
            .into_iter()
            .filter(|way| *way != EscapeScheme::Quoted);
        let mut ways = ways.collect::<Vec<_>>().into_iter();
        ways.all(|way| self.unescape(view, way, packed))
    }

    fn unpack(&mut self, view: &TextView<'_>, packed: usize) -> bool {
        let Some(packed) = packed.checked_sub(1) else {
            return true;
        };
        let views = view.unpacked();
        views.iter().all(|view| self.read(view, packed))
    }

    /// Looks through a view. False where the effort is used up.
    fn look(&mut self, view: &TextView<'_>, packed: usize) -> bool {
        let Some(left) = self.effort.checked_sub(view.bytes.len()) else {
            return false;
        };
        self.effort = left;
        let rule = match self.kind {
            TextKind::Prose | TextKind::Field => Rule::Run,
            TextKind::Given => Rule::Whole,
            TextKind::Ours => Rule::Distinct,
        };
        let mut found = Vec::new();
        self.known.runs.find(&view.bytes, rule, &mut found);
        // Bytes that only happen to be base64 hold every short text.
        if packed == PACKED && matches!(self.kind, TextKind::Prose | TextKind::Given) {
            let numbers = self.known.shown_as.len()..;
            for ((short, _), number) in self.known.short.iter().zip(numbers) {
                let places = alone(&view.bytes, short);
                found.extend(places.map(|range| (range, number)));
            }
        }
        let places = found.into_iter();
        let places = places.filter_map(|(range, number)| Some((view.source(range)?, number)));
        self.found.extend(places);
        true
    }
}

/// Where a short secret stands alone: not within a longer word.
fn alone<'a>(text: &'a [u8], short: &'a [u8]) -> impl Iterator<Item = Range<usize>> + 'a {
    let ends = |at: Option<&u8>| at.is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let places = text.windows(short.len()).enumerate();
    places.filter_map(move |(at, window)| {
        let range = at..at + short.len();
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        let is_alone = ends(before) && ends(text.get(range.end));
        (window.eq_ignore_ascii_case(short) && is_alone).then_some(range)
    })
}
