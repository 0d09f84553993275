//! Whether a text holds a canary, in whatever form a program could let it slip through.
//!
//! Shares nothing with the code that takes secrets out: an error there must not be made here too.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Escapes within escapes that are read.
const LEVELS: usize = 4;

/// The form in which a canary stands in a text, if it does; case counts for nothing.
pub fn appears_in(text: &str, canary: &str) -> Option<&'static str> {
    let (text, canary) = (text.to_lowercase(), canary.to_lowercase());
    let without = |parts: fn(char) -> bool| text.chars().filter(|c| !parts(*c)).collect::<String>();
    // A wrapped line and a table; a hex dump.
    let texts = [
        without(|c| c.is_whitespace() || c.is_control() || "│┆|".contains(c)),
        without(|c| !c.is_ascii_hexdigit()),
    ];
    let mut all = [text.clone()].into_iter().chain(texts);
    all.find_map(|text| of_one(&text, &canary))
}

fn of_one(text: &str, canary: &str) -> Option<&'static str> {
    if text.contains(canary) {
        return Some("plain");
    }
    if text.contains(&hex::encode(canary)) {
        return Some("hex");
    }
    if text.contains(&canary.chars().rev().collect::<String>()) {
        return Some("backwards");
    }
    let mut read = text.to_owned();
    for _ in 0..LEVELS {
        let plainer = unescaped(&read);
        if plainer == read {
            break;
        }
        read = plainer;
        if read.contains(canary) {
            return Some("escaped");
        }
    }
    let one_alphabet = |text: &str| text.replace('-', "+").replace('_', "/");
    let texts = [one_alphabet(text), one_alphabet(&read)];
    let cores = in_base64(canary);
    let found = texts
        .iter()
        .any(|text| cores.iter().any(|core| text.contains(core)));
    found.then_some("base64")
}

/// What base64 makes of it at each of the three places in a group, without the letters that depend on its
/// neighbours. Letters of either case: a text that was turned to lower case can be guessed back.
fn in_base64(canary: &str) -> Vec<String> {
    let at = |before: usize| {
        let whole = STANDARD_NO_PAD.encode([&b"\0\0"[..before], canary.as_bytes()].concat());
        let (first, last) = ([0, 2, 3][before], (before + canary.len()) * 8 / 6);
        whole[first..last].to_lowercase()
    };
    (0..3).map(at).collect()
}

/// One level of escapes less: `%41`, `\u0041`, `\u{41}`, `\x41`, `\/`, `&#65;`, `&#x41;`, `&amp;` and its like.
fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['%', '\\', '&']) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let (meant, length) = escape(rest).unwrap_or((char::from(rest.as_bytes()[0]), 1));
        plain.push(meant);
        rest = &rest[length..];
    }
    plain + rest
}

fn escape(rest: &str) -> Option<(char, usize)> {
    let code = |digits: &str, radix, length| {
        let number = u32::from_str_radix(digits, radix).ok()?;
        Some((char::from_u32(number)?, length))
    };
    let fixed = |mark: &str, digits: usize| {
        let from = mark.len();
        code(rest.strip_prefix(mark)?.get(..digits)?, 16, from + digits)
    };
    let closed = |mark: &str, close: char, radix| {
        let (digits, _) = rest.strip_prefix(mark)?.split_once(close)?;
        code(digits, radix, mark.len() + digits.len() + 1)
    };
    let named = [
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&quot;", '"'),
        ("&apos;", '\''),
    ];
    let named = || {
        named
            .iter()
            .find(|(name, _)| rest.starts_with(name))
            .map(|(name, c)| (*c, name.len()))
    };
    let stroke = || {
        rest.strip_prefix('\\')?
            .chars()
            .next()
            .filter(char::is_ascii_punctuation)
            .map(|c| (c, 2))
    };
    fixed("%", 2)
        .or_else(|| closed("\\u{", '}', 16))
        .or_else(|| fixed("\\u", 4))
        .or_else(|| fixed("\\x", 2))
        .or_else(|| closed("&#x", ';', 16))
        .or_else(|| closed("&#", ';', 10))
        .or_else(named)
        .or_else(stroke)
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};

    use super::*;

    /// With letters that every encoding treats in its own way.
    const CANARY: &str = "c?na/ry~+17>>x";

    #[test]
    fn each_form_is_found_wherever_it_stands() {
        let each = |form: fn(u8) -> String| CANARY.bytes().map(form).collect::<String>();
        let wrapped: Vec<String> = CANARY.chars().map(|c| format!("{c}\n  ")).collect();
        let forms = [
            (CANARY.to_owned(), "plain"),
            (CANARY.to_uppercase(), "plain"),
            (wrapped.concat(), "plain"),
            (each(|byte| format!("%{byte:02X}")), "escaped"),
            (each(|byte| format!("%{byte:02x}")), "escaped"),
            (each(|byte| format!("%25{byte:02x}")), "escaped"),
            (each(|byte| format!("%2525{byte:02X}")), "escaped"),
            ("c%3Fna%2Fry~%2B17%3E%3Ex".to_owned(), "escaped"),
            (each(|byte| format!("\\u{byte:04x}")), "escaped"),
            (each(|byte| format!("\\\\u{byte:04X}")), "escaped"),
            (each(|byte| format!("\\u{{{byte:x}}}")), "escaped"),
            (each(|byte| format!("\\x{byte:02x}")), "escaped"),
            (each(|byte| format!("&#{byte};")), "escaped"),
            ("c?na\\/ry~+17&gt;&#x3e;x".to_owned(), "escaped"),
            (each(|byte| format!("{byte:02x}")), "hex"),
            (each(|byte| format!("{byte:02X}:")), "hex"),
            (CANARY.chars().rev().collect(), "backwards"),
        ];
        for (form, name) in forms {
            assert_eq!(
                appears_in(&format!("a {form} b"), CANARY),
                Some(name),
                "{form}"
            );
        }
    }

    #[test]
    fn base64_is_found_in_both_alphabets_at_each_place_with_padding_and_without() {
        let engines = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD];
        for engine in engines {
            for before in ["", "a", "ab", "user:"] {
                for after in ["", "y", "yz"] {
                    let echo = engine.encode(format!("{before}{CANARY}{after}"));
                    let (one, two) = echo.split_at(10);
                    for text in [
                        echo.clone(),
                        format!("{one}\r\n{two}"),
                        echo.replace('/', "%2F"),
                    ] {
                        assert_eq!(appears_in(&text, CANARY), Some("base64"), "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn other_texts_are_not_taken_for_it() {
        for text in [
            "",
            "c?na/ry~+17>>",
            "%63%3",
            "\\u00",
            "&#",
            "Yz9uYS9yeX4",
            "633f6e612f",
        ] {
            assert_eq!(appears_in(text, CANARY), None, "{text}");
        }
    }
}
