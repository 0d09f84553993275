//! What may be wrong with a list, and how it is written: faults of list calls alone.
//!
//! `faults.rs` says when they apply; `listing.rs` carries them out.

use std::fmt;

/// Something that is wrong with a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFault {
    /// The list claims to hold so many.
    Total(u32),
    /// Offset and page number are ignored: every page is the first.
    SamePage,
    /// With each call the list holds one certificate fewer, taken from its front.
    Shrink,
    /// With each call the list holds one certificate more, put at its front.
    Grow,
    /// The list is null, and its length is told all the same.
    NullList,
    /// The list and its length are null.
    NullAll,
    /// The length is not told.
    NoTotal,
    /// The length of the page is told for that of the list, and a page holds at most three.
    PageTotal,
    /// A page holds at most three, whatever was asked for.
    ShortPage,
    /// The first item of a page is there a second time, with other dates.
    Twofold,
    /// Items hold nothing but their ids.
    Bare,
    /// Each item carries so many bytes more.
    Fat(u32),
    /// The provider's "permission missing", for list calls only.
    Unlisted,
}

/// The words for those without a number.
const WORDS: [(&str, ListFault); 11] = [
    ("same-page", ListFault::SamePage),
    ("shrink", ListFault::Shrink),
    ("grow", ListFault::Grow),
    ("null-list", ListFault::NullList),
    ("null-all", ListFault::NullAll),
    ("no-total", ListFault::NoTotal),
    ("page-total", ListFault::PageTotal),
    ("short-page", ListFault::ShortPage),
    ("twofold", ListFault::Twofold),
    ("bare", ListFault::Bare),
    ("unlisted", ListFault::Unlisted),
];

/// One of each that takes a number.
const NUMBERED: [ListFault; 2] = [ListFault::Total(100_000), ListFault::Fat(10_000)];

/// All the words, for a person who typed another one.
pub(super) const NAMES: &str = "same-page, shrink, grow, null-list, null-all, no-total, \
    page-total, short-page, twofold, bare, unlisted, total:N, fat:BYTES";

impl ListFault {
    pub(super) fn all() -> impl Iterator<Item = ListFault> {
        WORDS.into_iter().map(|(_, fault)| fault).chain(NUMBERED)
    }

    /// The fault with this name; inside, what stands behind a colon if it is no number.
    pub(super) fn read(text: &str) -> Option<Result<ListFault, String>> {
        if let Some((_, fault)) = WORDS.iter().find(|(word, _)| *word == text) {
            return Some(Ok(*fault));
        }
        let (name, number) = text.split_once(':')?;
        let numbered = match name {
            "total" => ListFault::Total,
            "fat" => ListFault::Fat,
            _ => return None,
        };
        Some(number.parse().map(numbered).map_err(|_| number.to_owned()))
    }
}

impl fmt::Display for ListFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ListFault::Total(count) => write!(out, "total:{count}"),
            ListFault::Fat(bytes) => write!(out, "fat:{bytes}"),
            other => {
                let word = WORDS.iter().find(|(_, fault)| fault == other);
                out.write_str(word.map_or("", |(word, _)| word))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_written_and_named() {
        for fault in ListFault::all() {
            let text = fault.to_string();
            assert_eq!(ListFault::read(&text), Some(Ok(fault)));
            let word = text.split(':').next().unwrap_or_default().to_owned();
            assert!(
                NAMES.split(", ").any(|name| name.starts_with(&word)),
                "{word}"
            );
        }
        assert_eq!(ListFault::read("total:few"), Some(Err("few".to_owned())));
        assert_eq!(ListFault::read("skew:1"), None);
    }
}
