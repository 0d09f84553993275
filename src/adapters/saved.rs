//! Content of saved responses, and the pages of saved lists: merged by id, in any order and number.
//!
//! Nothing can be asked for here. A list is whole if its pages tell one count and have just as many records, or if one of
//! them is empty and so its end; whatever else they tell, something may be missing.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher as _, RandomState};

use super::listing::{Page, content};
use super::pagination::Total;
use crate::error::{Error, Kind};
use crate::model::Facts;

/// Content of a saved response.
pub enum SavedContent {
    /// An answer about one id, or a record that was split off a list.
    Answer(Vec<Facts>),
    /// A page of a list, and what makes the ids in it unique.
    Page(Option<String>, Page),
}

impl SavedContent {
    /// The certificates in it.
    pub fn certificates(self) -> Vec<Facts> {
        match self {
            SavedContent::Answer(certificates)
            | SavedContent::Page(_, Page { certificates, .. }) => certificates,
        }
    }
}

/// A list of something else than certificates.
pub fn no_certificates(what: &str, instead: &str) -> Error {
    Error::new(
        Kind::NotFound,
        format!("this is {what}: nothing to judge in it"),
    )
    .with_hint(instead)
}

/// An answer of an API that is older, or another one, than what is read here.
pub fn other_api(what: &str, instead: &str) -> Error {
    Error::new(
        Kind::Protocol,
        format!("this is {what}, which is not read here"),
    )
    .with_hint(instead)
}

/// The lists of which pages were saved, by what makes their ids unique.
#[derive(Default)]
pub struct SavedLists {
    lists: BTreeMap<Option<String>, SavedList>,
    hasher: RandomState,
}

/// One of them.
#[derive(Default)]
struct SavedList {
    /// Of each id what its record says; both as hashes.
    seen: HashMap<u64, u64>,
    nameless: usize,
    counts: BTreeSet<u64>,
    uncounted: bool,
    has_empty_page: bool,
}

/// The records of a page that no earlier page had.
pub struct NewRecords {
    /// The certificates.
    pub certificates: Vec<Facts>,
    /// Ids of which another page says something else.
    pub contradicted: Vec<String>,
}

impl SavedLists {
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// Takes a page.
    pub fn take(&mut self, scope: Option<String>, page: Page) -> NewRecords {
        let list = self.lists.entry(scope).or_default();
        match page.total {
            Total::Of(count) => drop(list.counts.insert(count)),
            Total::Unreadable => list.uncounted = true,
            Total::Absent => {}
        }
        list.has_empty_page |= page.certificates.is_empty();
        let (mut certificates, mut contradicted) = (page.certificates, Vec::new());
        certificates.retain(|facts| {
            let Some(id) = &facts.id else {
                list.nameless += 1;
                return true;
            };
            let said = self.hasher.hash_one(content(facts));
            match list.seen.entry(self.hasher.hash_one(id)) {
                Entry::Vacant(place) => {
                    place.insert(said);
                    true
                }
                Entry::Occupied(before) => {
                    contradicted.extend((*before.get() != said).then(|| id.clone()));
                    false
                }
            }
        });
        NewRecords {
            certificates,
            contradicted,
        }
    }

    /// Why lists are not known to be whole.
    pub fn missing(&self) -> Vec<Error> {
        let missing = |(scope, list): (&Option<String>, &SavedList)| {
            let mut error = incomplete(&list.missing()?);
            if let Some(scope) = scope {
                error.message = format!("{scope}: {}", error.message);
            }
            Some(error)
        };
        self.lists.iter().filter_map(missing).collect()
    }
}

impl SavedList {
    fn missing(&self) -> Option<String> {
        let came = self.seen.len() + self.nameless;
        if self.uncounted {
            return Some("its count cannot be read".to_owned());
        }
        let counts: Vec<u64> = self.counts.iter().copied().collect();
        match (counts.as_slice(), u64::try_from(came).unwrap_or(u64::MAX)) {
            ([], 0) => Some("it tells neither certificates nor how many there are".to_owned()),
            ([], _) if self.has_empty_page => None,
            ([], _) => Some("it does not tell how many there are".to_owned()),
            ([count], came) if *count == came => None,
            ([count], came) if *count > came => Some(format!("it ends after {came} of {count}")),
            ([_], _) if self.has_empty_page => None,
            ([count], came) => Some(format!("it tells {count} and has {came}")),
            ([least, .., most], _) => Some(format!(
                "its pages tell different counts, {least} and {most}"
            )),
        }
    }
}

/// A saved list that contradicts itself.
pub fn contradiction(id: &str) -> Error {
    incomplete(&format!("it says two different things about {id}"))
}

fn incomplete(why: &str) -> Error {
    let text = format!("the saved list is incomplete: {why}");
    Error::new(Kind::Protocol, text).with_hint(
        "save all of its pages into this file, and the lists of other accounts into others",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(count: Total, ids: &[&str]) -> Page {
        let one = |id: &&str| {
            let (id, status) = id.split_once('=').unwrap_or((id, "1"));
            Facts {
                id: Some(id.to_owned()).filter(|id| !id.is_empty()),
                provider_status: Some(status.to_owned()),
                ..Facts::default()
            }
        };
        Page {
            total: count,
            certificates: ids.iter().map(one).collect(),
            ..Page::default()
        }
    }

    /// What is missing of a list with such pages, and how much of it is new.
    fn missing(pages: &[(Total, &[&str])]) -> (Option<String>, usize, Vec<String>) {
        let (mut lists, mut new, mut contradicted) = (SavedLists::default(), 0, Vec::new());
        for (count, ids) in pages {
            let taken = lists.take(None, page(*count, ids));
            new += taken.certificates.len();
            contradicted.extend(taken.contradicted);
        }
        let why = |error: Error| {
            let why = error.message.strip_prefix("the saved list is incomplete: ");
            why.map(str::to_owned)
        };
        (lists.missing().pop().and_then(why), new, contradicted)
    }

    #[test]
    fn f01_pages_are_united_and_whole_when_they_reach_their_count() {
        use Total::{Absent, Of, Unreadable};
        for (pages, why, new) in [
            (&[(Of(2), &["a", "b"][..])][..], None, 2),
            (&[(Of(0), &[])], None, 0),
            (&[(Of(3), &["b", "c"]), (Of(3), &["a"])], None, 3),
            (&[(Of(3), &["a", "b"]), (Of(3), &["b", "c"])], None, 3),
            (
                &[(Of(3), &["a", "b"]), (Of(3), &["a", "b"])],
                Some("it ends after 2 of 3"),
                2,
            ),
            (&[(Of(2), &[])], Some("it ends after 0 of 2"), 0),
            (&[(Of(1), &["a", "b"])], Some("it tells 1 and has 2"), 2),
            (&[(Of(1), &["a", "b"]), (Of(1), &[])], None, 2),
            (
                &[(Of(2), &["a", "b"]), (Of(3), &["c"])],
                Some("its pages tell different counts, 2 and 3"),
                3,
            ),
            (
                &[(Absent, &["a"])],
                Some("it does not tell how many there are"),
                1,
            ),
            (&[(Absent, &["a"]), (Absent, &[])], None, 1),
            (
                &[(Absent, &[])],
                Some("it tells neither certificates nor how many there are"),
                0,
            ),
            (&[(Absent, &["a"]), (Of(2), &["b"])], None, 2),
            (
                &[(Unreadable, &["a"]), (Of(2), &["b"])],
                Some("its count cannot be read"),
                2,
            ),
            (&[(Of(2), &["", ""])], None, 2),
        ] {
            let found = missing(pages);
            assert_eq!((found.0.as_deref(), found.1), (why, new), "{pages:?}");
            assert!(found.2.is_empty());
        }
    }

    #[test]
    fn f01_pages_that_contradict_each_other_are_told_and_the_first_word_stands() {
        let pages = [
            (Total::Of(2), &["a", "b"][..]),
            (Total::Of(2), &["a=2", "b"]),
        ];
        assert_eq!(missing(&pages), (None, 2, vec!["a".to_owned()]));
    }

    #[test]
    fn f01_ids_are_unique_within_their_scope_only() {
        let mut lists = SavedLists::default();
        for site in ["site 1", "site 2"] {
            let new = lists.take(Some(site.to_owned()), page(Total::Of(2), &["a"]));
            assert_eq!(new.certificates.len(), 1);
        }
        let said: Vec<String> = lists
            .missing()
            .into_iter()
            .map(|error| error.message)
            .collect();
        assert_eq!(
            said,
            ["site 1", "site 2"]
                .map(|site| format!("{site}: the saved list is incomplete: it ends after 1 of 2"))
        );
    }
}
