//! The items of a list that came so far: which items of a page are new, which came before, and which differ now.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher as _, Hash, RandomState};

/// An item of a page, compared with those before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It is new.
    New,
    /// It came before.
    Again,
    /// It came before with another content.
    Differs,
}

/// The items of a list that came so far.
#[derive(Default)]
pub struct SeenItems {
    hasher: RandomState,
    /// The content by id, both as hashes; as bytes, since numbers would take nearly twice the memory.
    known: HashMap<[u8; 8], [u8; 4]>,
    without_id: usize,
}

/// What a page is compared with, beside the items so far.
pub struct PageBefore<'a> {
    /// The last item of the page before, if this page should begin with it.
    pub last: Option<u64>,
    /// Items that first came with the page that showed that the list had moved.
    pub late: &'a [u64],
    /// The page was read before.
    pub again: bool,
    /// There was no page before.
    pub is_none: bool,
}

/// A page, compared with the items before.
#[derive(Default)]
pub struct PageItems {
    /// How many there are.
    pub length: usize,
    /// How many of them are new.
    pub new: usize,
    /// The last item of the page before is there.
    pub holds: bool,
    /// The first item came before the list had moved.
    pub begins_known: bool,
    /// The last item.
    pub last: Option<u64>,
    /// The ids that came for the first time.
    pub ids: Vec<u64>,
}

impl PageItems {
    /// How many items lie beyond the page before.
    pub fn beyond(&self) -> usize {
        self.length - usize::from(self.holds)
    }

    /// How many of these came before.
    pub fn repeats(&self) -> usize {
        self.beyond().saturating_sub(self.new)
    }
}

impl SeenItems {
    /// How many came, each counted once.
    pub fn count(&self) -> usize {
        self.known.len() + self.without_id
    }

    /// Whether each of them has an id.
    pub fn all_have_ids(&self) -> bool {
        self.without_id == 0
    }

    /// Takes the items of a page, each with its id, if it has one, and its content. `keep` is called for each item.
    pub fn take<'a, S: Hash>(
        &mut self,
        items: impl Iterator<Item = (Option<&'a str>, S)>,
        before: &PageBefore<'_>,
        mut keep: impl FnMut(Seen),
    ) -> PageItems {
        let mut page = PageItems::default();
        for (id, says) in items {
            let hash = id.map(|id| self.hasher.hash_one(id));
            let known = self.known(hash, &says, before.again);
            if page.length == 0 {
                let is_late = before.late.iter().any(|late| hash == Some(*late));
                page.begins_known = known != Seen::New && !is_late;
            }
            page.ids.extend(hash.filter(|_| known == Seen::New));
            page.length += 1;
            // Without ids a later page cannot be told from the one before.
            page.new += usize::from(known == Seen::New && (id.is_some() || before.is_none));
            page.holds |= hash.is_some() && hash == before.last;
            page.last = hash;
            keep(known);
        }
        page
    }

    /// Compares an item by its id. One without an id is new, unless the page is read again: then it was counted before.
    fn known(&mut self, id: Option<u64>, says: impl Hash, again: bool) -> Seen {
        let Some(id) = id else {
            self.without_id += usize::from(!again);
            return if again { Seen::Again } else { Seen::New };
        };
        let [says @ .., _, _, _, _] = self.hasher.hash_one(says).to_le_bytes();
        match self.known.entry(id.to_le_bytes()) {
            Entry::Vacant(place) => {
                place.insert(says);
                Seen::New
            }
            Entry::Occupied(before) if *before.get() == says => Seen::Again,
            Entry::Occupied(_) => Seen::Differs,
        }
    }
}
