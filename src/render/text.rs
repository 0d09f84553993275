//! Foreign text made safe to look at: what steers a terminal or turns text around becomes visible; and text in
//! lines that fit.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Whether a character would act instead of being seen: controls, and the marks that change direction or hide
/// between letters.
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{61c}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// The text with every acting character as `\u{1b}`; without a UTF-8 terminal every other than ASCII too.
pub fn visible(text: &str, utf8: bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if acts(c) || (!utf8 && !c.is_ascii()) {
            safe.push_str(&c.escape_unicode().to_string());
        } else {
            safe.push(c);
        }
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

/// Text in lines of that width, the later ones indented under the first. Words are cut only in scripts that
/// write without blanks.
pub fn wrapped(lead: &str, text: &str, width: u16) -> String {
    let width = usize::from(width);
    let indent = lead.width().max(2);
    let mut lines = lead.to_owned();
    let mut used = lead.width();
    for (index, word) in text.split(' ').enumerate() {
        let whole = word.is_ascii() || indent + word.width() <= width;
        if index > 0 && whole && used + 1 + word.width() > width {
            used = new_line(&mut lines, indent);
        } else if index > 0 {
            lines.push(' ');
            used += 1;
        }
        for c in word.chars() {
            let cells = c.width().unwrap_or(0);
            if !whole && used + cells > width {
                used = new_line(&mut lines, indent);
            }
            lines.push(c);
            used += cells;
        }
    }
    lines.push('\n');
    lines
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
    fn what_acts_becomes_visible() {
        assert_eq!(
            visible("a\u{1b}[31m\n\u{202e}b\u{85}\u{7f}", true),
            "a\\u{1b}[31m\\u{a}\\u{202e}b\\u{85}\\u{7f}"
        );
        assert_eq!(visible("证书", true), "证书");
        assert_eq!(visible("证", false), "\\u{8bc1}");
        assert_eq!(shortened("证书证书", 3), "证书…");
    }
}
