//! `--domain`: a pattern for names, in whichever form it and they are written.

use wildmatch::WildMatch;

use crate::model::names::{canonical, readable};

/// `*` is anything, dots and nothing included, `?` one character of the name as it is read.
#[derive(Debug, Clone)]
pub struct NamePattern {
    canonical: WildMatch,
    readable: WildMatch,
}

impl NamePattern {
    /// A pattern as it is typed.
    pub fn new(glob: &str) -> NamePattern {
        NamePattern {
            canonical: WildMatch::new(&canonical(glob)),
            readable: WildMatch::new(&readable(glob)),
        }
    }

    /// Whether a name is meant by it.
    pub fn matches(&self, name: &str) -> bool {
        self.canonical.matches(&canonical(name)) || self.readable.matches(&readable(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a20_no_spelling_leaves_a_name_out() {
        let spellings = [
            "shop.b\u{fc}cher.example",
            "SHOP.B\u{dc}CHER.example.",
            "shop.xn--bcher-kva.example",
            "shop.XN--BCHER-KVA.Example.",
        ];
        let patterns = [
            "*.b\u{fc}cher.example",
            "*.B\u{dc}cher.EXAMPLE.",
            "*.xn--bcher-kva.example",
            "shop.b?cher.example",
            "*b\u{fc}ch*",
            "*.xn--bcher*",
            " shop.b\u{fc}cher.example ",
            "*",
        ];
        for glob in patterns {
            let pattern = NamePattern::new(glob);
            for name in spellings {
                assert!(pattern.matches(name), "{glob} {name}");
            }
            let any_letter = glob == "*" || glob.contains('?');
            assert!(
                any_letter || !pattern.matches("shop.bucher.example"),
                "{glob}"
            );
        }
    }

    #[test]
    fn a20_a_pattern_selects_no_more_than_it_says() {
        let selects = |glob: &str, name: &str| NamePattern::new(glob).matches(name);
        assert!(selects("*.example.com", "a.b.example.com"));
        assert!(!selects("*.example.com", "example.com"));
        assert!(!selects(
            "shop.example.com",
            "shop.example.com.evil.example"
        ));
        assert!(selects("2001:db8::1", "2001:DB8:0::1"));
        assert!(!selects("", "shop.example.com"));
    }
}
