//! Finds a text in another one that may spell it in any way that JSON, URLs and HTML allow, each letter in its
//! own: services escape what they like and leave the rest.

use std::ops::Range;

/// An escape within an escape within an escape.
const LEVELS: usize = 3;

/// A text with its escapes read, and where in the first one each byte comes from.
struct Plain {
    bytes: Vec<u8>,
    origin: Vec<Range<usize>>,
}

/// Where the needles, which are in lower case, stand in a text as it is and once its escapes are read, with the
/// place of the needle that stands there.
pub fn find(text: &str, needles: &[&str]) -> Vec<(Range<usize>, usize)> {
    if needles.is_empty() {
        return Vec::new();
    }
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for (place, needle) in needles.iter().enumerate() {
        let hits = lower.match_indices(needle);
        found.extend(hits.map(|(at, hit)| (at..at + hit.len(), place)));
    }
    if !lower.contains(['%', '\\', '&']) {
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
        for (place, needle) in needles.iter().enumerate() {
            found.extend(plain.places(needle).map(|range| (range, place)));
        }
    }
    found
}

impl Plain {
    /// One level of escapes less; `None` where there is none.
    fn read(&self) -> Option<Plain> {
        let mut plain = Plain {
            bytes: Vec::with_capacity(self.bytes.len()),
            origin: Vec::with_capacity(self.bytes.len()),
        };
        let (mut at, mut changed) = (0, false);
        while let Some(rest) = self.bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let (length, meant) = match escape(rest) {
                Some((length, meant)) => {
                    changed = true;
                    (length, meant.to_ascii_lowercase())
                }
                None => (1, rest.iter().take(1).copied().collect()),
            };
            let whole = self.origin.get(at..at + length)?;
            let range = whole.first()?.start..whole.last()?.end;
            plain.origin.extend(meant.iter().map(|_| range.clone()));
            plain.bytes.extend(meant);
            at += length;
        }
        changed.then_some(plain)
    }

    fn places<'a>(&'a self, needle: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        let windows = self.bytes.windows(needle.len().max(1)).enumerate();
        windows
            .filter(|(_, window)| *window == needle.as_bytes())
            .filter_map(|(at, window)| {
                let whole = self.origin.get(at..at + window.len())?;
                Some(whole.first()?.start..whole.last()?.end)
            })
    }
}

/// The escape that a text in lower case begins with: its length, and what it means.
fn escape(text: &[u8]) -> Option<(usize, Vec<u8>)> {
    let hex = |range: Range<usize>| {
        let digits = std::str::from_utf8(text.get(range)?).ok()?;
        let all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        all.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    };
    match text {
        [b'%', ..] => Some((3, vec![u8::try_from(hex(1..3)?).ok()?])),
        [b'\\', b'u', ..] => Some((6, letter(hex(2..6)?)?)),
        [b'\\', next @ (b'/' | b'"' | b'\\' | b'\''), ..] => Some((2, vec![*next])),
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
