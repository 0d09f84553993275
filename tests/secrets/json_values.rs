//! The keys and values in a JSON text, by their places in it: doubled keys stay two, and a text that is broken on
//! purpose is gone through as far as it goes.

use std::ops::Range;

/// A key, or a value that is no list and no object.
pub struct Leaf {
    /// Its keys from the top, without places in lists: `Response.Tags.TagKey`. That of a key ends in itself.
    pub path: String,
    /// Where it stands, quotes included.
    pub range: Range<usize>,
    /// Whether it is a key.
    pub key: bool,
}

/// All of a text.
pub fn leaves(text: &str) -> Vec<Leaf> {
    let mut found = Vec::new();
    // The key of each object around; a list has none.
    let mut around: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = match rest.as_bytes()[0] {
            b'{' | b'[' => {
                around.push(String::new());
                1
            }
            b'}' | b']' => {
                around.pop();
                1
            }
            b'"' => string(rest),
            byte if byte.is_ascii_alphanumeric() || byte == b'-' => {
                let ends = |c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c));
                rest.find(ends).unwrap_or(rest.len())
            }
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        let (token, after) = rest.split_at(length);
        let key = token.starts_with('"') && after.trim_start().starts_with(':');
        if let (true, Some(last)) = (key, around.last_mut()) {
            *last = token.trim_matches('"').trim().to_owned();
        }
        let scalar = token.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '"');
        if scalar && !around.is_empty() {
            let keys: Vec<&str> = around.iter().map(String::as_str).collect();
            let keys = keys.into_iter().filter(|key| !key.is_empty());
            found.push(Leaf {
                path: keys.collect::<Vec<_>>().join("."),
                range: at..at + length,
                key,
            });
        }
        at += length;
    }
    found
}

/// How long the string is that a text begins with.
fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_are_found_in_their_places() {
        let text = r#"{"a": [1, {"b ": "x\"}"}], "c": null, "c": -2.5, "d": "cut"#;
        let found: Vec<(String, &str, bool)> = leaves(text)
            .into_iter()
            .map(|leaf| (leaf.path, &text[leaf.range], leaf.key))
            .collect();
        let expected = [
            ("a", "\"a\"", true),
            ("a", "1", false),
            ("a.b", "\"b \"", true),
            ("a.b", "\"x\\\"}\"", false),
            ("c", "\"c\"", true),
            ("c", "null", false),
            ("c", "\"c\"", true),
            ("c", "-2.5", false),
            ("d", "\"d\"", true),
            ("d", "\"cut", false),
        ];
        assert_eq!(
            found,
            expected.map(|(path, text, key)| (path.to_owned(), text, key))
        );
    }
}
