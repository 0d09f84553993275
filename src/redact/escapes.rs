//! The escapes of URLs, JSON, programs, HTML and mail: how long each is, and what it means.

use std::ops::Range;

/// The escape of quoted-printable that a text begins with: its length, and what it means.
pub fn quoted(text: &[u8]) -> Option<(usize, Vec<u8>)> {
    match text {
        [b'=', b'\r', b'\n', ..] => Some((3, Vec::new())),
        [b'=', b'\n', ..] => Some((2, Vec::new())),
        [b'=', ..] => Some((3, byte(text, 1..3)?)),
        _ => None,
    }
}

/// The escape that a text begins with: its length, and what it means.
pub fn escape(text: &[u8]) -> Option<(usize, Vec<u8>)> {
    match text {
        [b'%', b'u', ..] => Some((6, character(hex(text, 2..6)?)?)),
        [b'%', ..] => Some((3, byte(text, 1..3)?)),
        [b'\\', b'u', b'{', rest @ ..] => {
            let end = rest.iter().take(7).position(|byte| *byte == b'}')?;
            Some((end + 4, character(hex(rest, 0..end)?)?))
        }
        [b'\\', b'u', ..] => Some((6, character(hex(text, 2..6)?)?)),
        [b'\\', b'x', ..] => Some((4, byte(text, 2..4)?)),
        [b'\\', b'0'..=b'3', b'0'..=b'7', b'0'..=b'7', ..] => {
            let digits = std::str::from_utf8(text.get(1..4)?).ok()?;
            Some((4, vec![u8::from_str_radix(digits, 8).ok()?]))
        }
        // Mail wraps base64 at 76 letters: a line break within a secret means nothing.
        [b'\\', b'n' | b'r' | b't', ..] => Some((2, Vec::new())),
        [b'\r' | b'\n', rest @ ..] => {
            let blanks = rest
                .iter()
                .take_while(|byte| matches!(byte, b'\n' | b' ' | b'\t'));
            Some((1 + blanks.count(), Vec::new()))
        }
        [next, ..] if next.is_ascii_control() => Some((1, Vec::new())),
        // JSON's, and those of a shell or of a distinguished name.
        [b'\\', next, ..] if next.is_ascii_punctuation() => Some((2, vec![*next])),
        [b'&', rest @ ..] => {
            let end = rest.iter().take(12).position(|byte| *byte == b';')?;
            let name = std::str::from_utf8(rest.get(..end)?).ok()?;
            Some((end + 2, entity(&name.to_ascii_lowercase())?))
        }
        _ => None,
    }
}

/// Meaning of an HTML entity, by its name in lower case.
fn entity(name: &str) -> Option<Vec<u8>> {
    if let Some(number) = name.strip_prefix('#') {
        return character(match number.strip_prefix('x') {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        });
    }
    let meant = ENTITIES.iter().find(|(_, names)| names.contains(&name))?;
    Some(vec![meant.0])
}

/// Those that stand for a character of ASCII, from the table of named character references of HTML.
const ENTITIES: &[(u8, &[&str])] = &[
    (b'\t', &["tab"]),
    (b'\n', &["newline"]),
    (b' ', &["nbsp", "ensp", "emsp", "shy", "zwj", "zwnj"]),
    (b'!', &["excl"]),
    (b'"', &["quot"]),
    (b'#', &["num"]),
    (b'$', &["dollar"]),
    (b'%', &["percnt"]),
    (b'&', &["amp"]),
    (b'\'', &["apos"]),
    (b'(', &["lpar"]),
    (b')', &["rpar"]),
    (b'*', &["ast", "midast"]),
    (b'+', &["plus"]),
    (b',', &["comma"]),
    (b'-', &["hyphen", "dash"]),
    (b'.', &["period"]),
    (b'/', &["sol"]),
    (b':', &["colon"]),
    (b';', &["semi"]),
    (b'<', &["lt"]),
    (b'=', &["equals"]),
    (b'>', &["gt"]),
    (b'?', &["quest"]),
    (b'@', &["commat"]),
    (b'[', &["lsqb", "lbrack"]),
    (b'\\', &["bsol"]),
    (b']', &["rsqb", "rbrack"]),
    (b'^', &["hat"]),
    (b'_', &["lowbar", "underbar"]),
    (b'`', &["grave"]),
    (b'{', &["lcub", "lbrace"]),
    (b'|', &["verbar", "vert"]),
    (b'}', &["rcub", "rbrace"]),
];

fn hex(text: &[u8], range: Range<usize>) -> Option<u32> {
    let digits = std::str::from_utf8(text.get(range)?).ok()?;
    let all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    all.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

fn byte(text: &[u8], range: Range<usize>) -> Option<Vec<u8>> {
    Some(vec![u8::try_from(hex(text, range)?).ok()?])
}

fn character(code: u32) -> Option<Vec<u8>> {
    Some(char::from_u32(code)?.to_string().into_bytes())
}
