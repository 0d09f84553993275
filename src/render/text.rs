//! Foreign text made safe to look at: what steers a terminal or turns text around becomes visible; and text in
//! lines that fit.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::model::Verdict;

/// Before an error.
pub const ERROR: &str = "error: ";
/// Before what to do about it.
pub const HINT: &str = "  hint: ";

/// True for characters that control the output instead of being visible: controls, and the marks that change direction or hide
/// between letters.
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{61c}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// True for characters that no terminal draws, or some draw in a cell and others in none: soft hyphen, joiner,
/// fillers, language tags. Two names that differ in one would look the same, and columns would not line up.
fn hides(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{3164}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{e0000}'..='\u{e00ff}')
}

/// Bytes of one text that are laid out. Nobody reads as much in a table, and laying out megabytes takes minutes.
const LONGEST: usize = 64 * 1024;

/// The text with every character that acts or hides as `\u{1b}`; without a UTF-8 terminal every other than ASCII
/// too. Of a text of more than 64 KiB the beginning, with a mark where the rest is missing.
pub fn visible(text: &str, utf8: bool) -> String {
    let end = text.floor_char_boundary(LONGEST);
    let (shown, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let mut safe = String::with_capacity(shown.len());
    for c in shown.chars() {
        if acts(c) || hides(c) || (!utf8 && !c.is_ascii()) {
            safe.push_str(&c.escape_unicode().to_string());
        } else {
            safe.push(c);
        }
    }
    if !rest.is_empty() {
        safe.push_str(if utf8 { "…" } else { "..." });
    }
    safe
}

/// At most that many characters, with a mark where something is missing.
pub fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let start: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{start}…")
}

/// Cells across, as the table's library counts. Terminals do not agree on emoji that are made of several characters.
pub fn cells(text: &str) -> usize {
    text.width()
}

/// No wider than that, with a mark where something is missing.
pub fn fitted(text: &str, most: usize, utf8: bool) -> String {
    if cells(text) <= most {
        return text.to_owned();
    }
    let mark = if utf8 { "…" } else { "..." };
    let mut room = most.saturating_sub(cells(mark));
    let fits = |c: &char| {
        let rest = room.checked_sub(c.width().unwrap_or(0));
        room = rest.unwrap_or(0);
        rest.is_some()
    };
    let mut start: String = text.chars().take_while(fits).collect();
    // Two characters may take more together than one by one.
    while cells(&start) + cells(mark) > most && start.pop().is_some() {}
    start + mark
}

/// Text in lines of that width, the later ones indented under the first. Words are cut only in scripts that
/// write without blanks.
pub fn wrapped(lead: &str, text: &str, width: u16) -> String {
    let width = usize::from(width);
    let indent = cells(lead).max(2);
    let mut lines = lead.to_owned();
    let mut used = cells(lead);
    for (index, word) in text.split(' ').enumerate() {
        let whole = word.is_ascii() || indent + cells(word) <= width;
        if index > 0 && whole && used + 1 + cells(word) > width {
            used = new_line(&mut lines, indent);
        } else if index > 0 {
            lines.push(' ');
            used += 1;
        }
        for c in word.chars() {
            let wide = c.width().unwrap_or(0);
            if !whole && used + wide > width {
                used = new_line(&mut lines, indent);
            }
            lines.push(c);
            used += wide;
        }
    }
    lines.push('\n');
    lines
}

/// In one of the colours that every terminal's theme keeps legible on its own background; the bright ones vanish on
/// white.
pub fn painted(text: &str, verdict: Verdict) -> String {
    let colour = match verdict {
        Verdict::Ok => 2,
        Verdict::Warning => 3,
        Verdict::Critical => 1,
        Verdict::Unknown => 5,
    };
    format!("\u{1b}[38;5;{colour}m{text}\u{1b}[39m")
}

/// A mistake that stops a run, and what to do about it.
pub fn problem(message: &str, hint: &str, width: u16, colour: bool) -> String {
    let mut text = wrapped(ERROR, message, width);
    if !hint.is_empty() {
        text.push_str(&wrapped(HINT, hint, width));
    }
    if colour { error_painted(&text) } else { text }
}

/// The text with the word before an error in its colour.
pub fn error_painted(text: &str) -> String {
    text.replacen("error:", &painted("error:", Verdict::Critical), 1)
}

fn new_line(lines: &mut String, indent: usize) -> usize {
    lines.push('\n');
    lines.push_str(&" ".repeat(indent));
    indent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a22_one_text_is_cut_before_it_is_laid_out() {
        for (text, utf8, mark) in [("a", true, "…"), ("证", true, "…"), ("a", false, "...")] {
            let whole = text.repeat(LONGEST / text.len());
            assert_eq!(visible(&whole, utf8), whole, "a text that is just as long");
            let cut = visible(&text.repeat(LONGEST + 1), utf8);
            assert_eq!(cut, format!("{whole}{mark}"));
        }
    }

    #[test]
    fn what_acts_becomes_visible() {
        assert_eq!(
            visible("a\u{1b}[31m\n\u{202e}b\u{85}\u{7f}", true),
            "a\\u{1b}[31m\\u{a}\\u{202e}b\\u{85}\\u{7f}"
        );
        assert_eq!(visible("证书", true), "证书");
        assert_eq!(visible("证", false), "\\u{8bc1}");
        assert_eq!(
            visible("a\u{ad}b\u{e0041}\u{3164}", true),
            "a\\u{ad}b\\u{e0041}\\u{3164}"
        );
        assert_eq!(shortened("证书证书", 3), "证书…");
    }

    #[test]
    fn what_is_fitted_is_never_wider_than_its_place() {
        assert_eq!(fitted("证书证书", 8, true), "证书证书");
        assert_eq!(fitted("证书证书", 7, true), "证书证…");
        assert_eq!(fitted("证书证书", 6, true), "证书…");
        assert_eq!(fitted("abcdefgh", 6, false), "abc...");
        assert_eq!(cells("e\u{301}证\u{2764}\u{fe0f}"), 5);
        let hearts = "\u{2764}\u{fe0f}".repeat(9);
        for most in 0..20 {
            assert!(cells(&fitted(&hearts, most, true)) <= most.max(1), "{most}");
        }
    }
}
