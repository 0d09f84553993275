//! Heuristics: secrets that are not known, found by their context: the user info of a URL, and the value of what calls
//! itself a token, a password or a signature.

use std::ops::Range;

/// How the names of secrets end.
const NAMES: [&str; 24] = [
    "access_key_secret",
    "api-key",
    "api_key",
    "apikey",
    "authorization",
    "cookie",
    "passphrase",
    "passwd",
    "password",
    "private-key",
    "private_key",
    "privatekey",
    "pwd",
    "secret",
    "secret-key",
    "secret_access_key",
    "secret_key",
    "secretkey",
    "session",
    "session_id",
    "sessionid",
    "signature",
    "ticket",
    "token",
];
/// Their values have blanks in them.
const LINES: [&str; 2] = ["authorization", "cookie"];
/// Between a name and its value: as in a query, a header, JSON, and JSON in JSON.
const BETWEEN: [&str; 12] = [
    ":", "=", " ", "\"", "'", "\\", "%3a", "%3d", "%20", "%22", "&quot;", "&#34;",
];
/// One of them is there in any case.
const MARKS: [&str; 4] = [":", "=", "%3a", "%3d"];
/// A separator after which a value follows, not a word of a sentence.
const OPENS: [&str; 6] = ["=", "\"", "'", "%3d", "%22", "&quot;"];
/// A value in a sentence that is shorter, or has no digit in it, is a word.
const SHORTEST: usize = 16;
/// As above, for a value after an equals sign or in quotes.
const SHORTEST_VALUE: usize = 8;
/// The shortest name with its value. A date has a colon too, and is shorter.
const LEAST: usize = "pwd=".len() + SHORTEST_VALUE;

/// Where they stand.
pub fn find(text: &str) -> impl Iterator<Item = Range<usize>> {
    // Most texts are names, words and dates, which have no room for either.
    let in_urls = text.contains('@').then(|| in_urls(text));
    let named = (text.len() >= LEAST && text.contains([':', '=', '%']) && has_word(text))
        .then(|| after_names(&text.to_ascii_lowercase()));
    in_urls
        .into_iter()
        .flatten()
        .chain(named.into_iter().flatten())
}

/// True if there are as many letters in a row as the shortest name has: a timestamp has fewer.
fn has_word(text: &str) -> bool {
    let mut triples = text.as_bytes().array_windows::<3>();
    triples.any(|letters| letters.iter().all(u8::is_ascii_alphabetic))
}

/// The user info of every URL in a text.
pub fn in_urls(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices("://").filter_map(|(at, mark)| {
        let start = at + mark.len();
        let rest = text.get(start..)?;
        let ends = |c: char| matches!(c, '/' | '?' | '#' | '"' | '\'') || c.is_whitespace();
        let authority = rest.split(ends).next()?;
        let end = authority.rfind('@').filter(|end| *end > 0)?;
        Some(start..start + end)
    })
}

fn after_names(lower: &str) -> std::vec::IntoIter<Range<usize>> {
    let mut found = Vec::new();
    // Nothing is read twice: a text can be one long row of names.
    let mut read = 0;
    for (at, name) in names(lower) {
        let after = at + name.len();
        let Some(rest) = lower.get(after..).filter(|_| at >= read) else {
            continue;
        };
        let (value, marked, opened) = value(rest);
        if !marked {
            continue;
        }
        let start = lower.len() - value.len();
        let word = |c: char| c.is_ascii_alphanumeric() || "+/=%_.~-".contains(c);
        let ends = |c: char| c.is_whitespace() || "\"'&,;<>()[]{}\\".contains(c);
        let (end, shortest) = match (LINES.contains(&name), opened) {
            (true, _) => (value.find(['\r', '\n', '"', '\'']), SHORTEST_VALUE),
            (_, true) => (value.find(ends), SHORTEST_VALUE),
            _ => (value.find(|c| !word(c)), SHORTEST),
        };
        let end = start + end.unwrap_or(value.len());
        let value = lower.get(start..end).unwrap_or_default();
        if value.len() >= shortest && value.contains(|c: char| c.is_ascii_digit()) {
            found.push(start..end);
        }
        read = end;
    }
    found.into_iter()
}

/// What stands behind a name and the marks that follow it; whether one of them says that it is a value, and whether it
/// stands in quotes or behind an equals sign.
fn value(mut rest: &str) -> (&str, bool, bool) {
    let (mut marked, mut opened) = (false, false);
    while let Some((mark, behind)) = BETWEEN
        .iter()
        .find_map(|mark| Some((mark, rest.strip_prefix(mark)?)))
    {
        marked |= MARKS.contains(mark);
        opened |= marked && OPENS.contains(mark);
        rest = behind;
    }
    (rest, marked, opened)
}

/// The names in a text, from left to right.
fn names(lower: &str) -> Vec<(usize, &str)> {
    let each = NAMES.iter().flat_map(|name| lower.match_indices(name));
    let mut all: Vec<(usize, &str)> = each.collect();
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).filter_map(|range| text.get(range)).collect()
    }

    #[test]
    fn what_stands_where_secrets_do_is_found() {
        let value = "Abcdef0123456789+/==";
        for text in [
            format!("GET /x?id=1&access_token={value}&y=z"),
            format!("x-acs-security-token:{value} next"),
            format!("Credential=a, Signature={value}"),
            format!("{{\"password\": \"{value}\"}}"),
            format!("{{\\\"client_secret\\\":\\\"{value}\\\"}}"),
        ] {
            assert_eq!(found(&text), [value], "{text}");
        }
        assert_eq!(found("see https://u:p@w@host/a@b?c@d"), ["u:p@w"]);
        assert_eq!(found("see https://key@host"), ["key"]);
    }

    #[test]
    fn the_shortest_name_with_the_shortest_value_is_found() {
        assert_eq!(found("token:0123456789abcdef"), ["0123456789abcdef"]);
    }

    #[test]
    fn a_sentence_about_secrets_is_left_alone() {
        for text in [
            "Alibaba refused the key: InvalidSecurityToken.MismatchWithAccessKey",
            "x-acs-signature-nonce:3156853299f313e23d1673dc12e1703d",
            "the session token: authentication-failed-again",
            "password: 123456",
            "Huawei refused the session token 0123456789abcdef",
            "mailto:a@b https://host/a@b https://@host",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
