//! Where a list stands that comes in pages: what to ask for next, what of a page is new, and whether the list was read
//! to its end. Pure arithmetic, the same for every provider.
//!
//! Traps that have been seen or must be feared: a page smaller than what was asked for; a total that lies, changes or
//! is missing; an offset that is ignored, or clamped to the last page; a list that grows or shrinks between two pages,
//! so that what stood at their seam moves. A list that is not known to be whole is never taken for it.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher as _, Hash, RandomState};

/// How a service counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// From the item where the page begins; the first is 0. Each page but the first is asked for from the last item of
    /// the one before: if that is not there any more, the list has moved.
    Offset,
    /// Pages; the first is 1.
    Number,
}

/// A page to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// Offset or number, as the service counts.
    pub position: usize,
    /// How many items it may have.
    pub size: usize,
}

/// What a page tells of the length of the whole list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Nothing.
    Absent,
    /// So many.
    Of(u64),
    /// Something that nobody can read, or two different things.
    Unreadable,
}

/// What is known of an item of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// It is new.
    New,
    /// It came before.
    Again,
    /// It came before and said something else.
    Differs,
}

/// What is to be done after a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// Ask for the next page.
    More,
    /// The list was read to its end.
    Done,
    /// It was not, for this reason.
    Incomplete(String),
}

/// Pages beside those that count ÷ page size needs, to look again where the list moved.
const AGAIN: u32 = 2;
/// Certificates that may go from a list while it is read; more is no list to believe.
const MAY_GO: u64 = 20;
/// Longer than any list of certificates, and a bound for a service that makes them up.
const MOST: usize = 5_000;

/// One list while it is read.
pub struct Pages {
    counting: Counting,
    sizes: &'static [usize],
    /// What the service made of the size that was asked for.
    cut_to: Option<usize>,
    position: usize,
    /// How far the position went with the latest page.
    stride: usize,
    /// The last item of the latest page, where the next one is to begin with it.
    seam: Option<u64>,
    asked: usize,
    again: u32,
    last_look: bool,
    /// Up to that position the list is read once more.
    read_again_to: Option<usize>,
    /// How many have gone from the list while it was read; they may be among those seen.
    removed: u64,
    hasher: RandomState,
    /// Of each id what its item said, both as hashes; as bytes, since numbers would take nearly twice the room.
    seen: HashMap<[u8; 8], [u8; 2]>,
    nameless: usize,
    total: Option<u64>,
    /// A count came that nobody can read.
    uncounted: bool,
}

impl Pages {
    /// A list in pages of the first of these sizes; the others are for pages that prove too large.
    pub fn new(counting: Counting, sizes: &'static [usize]) -> Pages {
        Pages {
            counting,
            sizes,
            cut_to: None,
            position: 0,
            stride: 0,
            seam: None,
            asked: 0,
            again: AGAIN,
            last_look: false,
            read_again_to: None,
            removed: 0,
            hasher: RandomState::new(),
            seen: HashMap::new(),
            nameless: 0,
            total: None,
            uncounted: false,
        }
    }

    fn size(&self) -> usize {
        let size = self.cut_to.or(self.sizes.first().copied());
        size.unwrap_or(1).max(1)
    }

    /// The page to ask for.
    pub fn at(&self) -> At {
        let position = match self.counting {
            Counting::Offset => self.position,
            Counting::Number => self.position + 1,
        };
        At {
            position,
            size: self.size(),
        }
    }

    /// How many items came so far, each counted once.
    pub fn seen(&self) -> usize {
        self.seen.len() + self.nameless
    }

    /// How many there are, by the service's latest word.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Asks for smaller pages from where it stands. False where there are none smaller.
    pub fn smaller(&mut self) -> bool {
        let size = self.size();
        let Some(place) = self.sizes.iter().position(|other| *other < size) else {
            return false;
        };
        self.sizes = self.sizes.get(place..).unwrap_or_default();
        self.cut_to = None;
        if self.counting == Counting::Number {
            self.position = self.position * size / self.size();
        }
        true
    }

    /// As many as the service counted have come: what is asked for beyond is only to make sure.
    pub fn has_all(&self) -> bool {
        self.beside(self.removed).is_some_and(Ordering::is_ge)
    }

    /// As many, and no more, which would prove the count wrong.
    fn has_just_all(&self) -> bool {
        self.beside(self.removed).is_some_and(Ordering::is_eq)
    }

    /// The same at the end of a list that has shrunk, by no more than may go while a list is read.
    fn has_what_is_left(&self) -> bool {
        self.removed <= MAY_GO && self.beside(0).is_some_and(Ordering::is_ge)
    }

    /// How many have come beside the service's count and so many that have gone.
    fn beside(&self, gone: u64) -> Option<Ordering> {
        let seen = u64::try_from(self.seen()).unwrap_or(u64::MAX);
        Some(seen.cmp(&self.total?.saturating_add(gone)))
    }

    /// Takes a page: the count beside it and its items, each with its id, if it has one, and what it says. `keep` is
    /// told of each what is known of it.
    pub fn take<'a, S: Hash>(
        &mut self,
        count: Count,
        items: impl Iterator<Item = (Option<&'a str>, S)>,
        mut keep: impl FnMut(Item),
    ) -> Turn {
        let (mut length, mut new) = (0, 0);
        let (seam, mut holds) = (self.seam.take(), false);
        for (id, says) in items {
            let hash = id.map(|id| self.hasher.hash_one(id));
            let known = self.known(hash, &says);
            length += 1;
            // Without ids nothing tells whether a later page is another one.
            new += usize::from(known == Item::New && (id.is_some() || self.asked == 0));
            holds |= hash.is_some() && hash == seam;
            self.seam = hash.filter(|_| self.counting == Counting::Offset);
            keep(known);
        }
        let before = self.total;
        match count {
            Count::Of(total) => self.total = Some(total),
            Count::Unreadable => self.uncounted = true,
            Count::Absent => {}
        }
        self.asked += 1;
        if self.asked > MOST {
            return Turn::Incomplete(format!("it did not end within {MOST} pages"));
        }
        if self.last_look {
            return self.looked();
        }
        let gone = match (before, self.total) {
            (Some(before), Some(now)) => before.saturating_sub(now),
            _ => 0,
        };
        self.removed = self.removed.saturating_add(gone);
        let shrunk = gone > 0;
        // An honest service has at least the item at the seam.
        let torn = seam.is_some() && !holds;
        if (shrunk || torn) && self.stride > 0 {
            return self.step_back();
        }
        self.turn(length, length - usize::from(holds), new)
    }

    /// What is known of an item with such an id. One without is new, but where the list is read again: there it was
    /// counted before.
    fn known(&mut self, id: Option<u64>, says: impl Hash) -> Item {
        let Some(id) = id else {
            let again = self.last_look || self.read_again_to >= Some(self.position);
            self.nameless += usize::from(!again);
            return if again { Item::Again } else { Item::New };
        };
        let [says @ .., _, _, _, _, _, _] = self.hasher.hash_one(says).to_le_bytes();
        match self.seen.entry(id.to_le_bytes()) {
            Entry::Vacant(place) => {
                place.insert(says);
                Item::New
            }
            Entry::Occupied(before) if *before.get() == says => Item::Again,
            Entry::Occupied(_) => Item::Differs,
        }
    }

    /// What stood at the seam of two pages went to the one before: that is asked for again.
    fn step_back(&mut self) -> Turn {
        if self.again == 0 {
            return Turn::Incomplete("it changed again and again while it was read".to_owned());
        }
        self.again -= 1;
        self.read_again_to = self.read_again_to.max(Some(self.position));
        self.position = self.position.saturating_sub(self.stride);
        (self.stride, self.seam) = (0, None);
        Turn::More
    }

    /// After a page of that length, of which so much lies beyond the page before, and so much is new.
    fn turn(&mut self, length: usize, beyond: usize, new: usize) -> Turn {
        let repeated = beyond > 0 && new == 0;
        let looked_again = self.read_again_to >= Some(self.position);
        if beyond == 0 || (repeated && !looked_again) {
            return self.ended(repeated, length == 0);
        }
        if self.has_just_all() && length < self.size() {
            return Turn::Done;
        }
        if self.counting == Counting::Number && self.asked == 1 && length < self.size() {
            // It is not known whether the service counts in pages of its own size or in those that were asked for:
            // asked for its own, they are the same.
            self.cut_to = Some(length);
        }
        if length == 1 {
            // The next one would be the same.
            self.seam = None;
        }
        self.stride = match self.counting {
            Counting::Offset => length - usize::from(self.seam.is_some()),
            Counting::Number => 1,
        };
        self.position += self.stride;
        Turn::More
    }

    /// Nothing more comes. What is missing may have moved to the front, where new things stand most of the time.
    fn ended(&mut self, repeated: bool, empty: bool) -> Turn {
        match self.total {
            _ if self.has_all() || (!repeated && self.has_what_is_left()) => Turn::Done,
            None if self.seen() == 0 => {
                Turn::Incomplete("the service tells neither a list nor how long it is".to_owned())
            }
            None if self.uncounted => {
                Turn::Incomplete("the service's count of it cannot be read".to_owned())
            }
            None if !repeated && (self.position > 0 || !empty) => Turn::Done,
            None if !repeated => Turn::Incomplete("it was gone when it was read again".to_owned()),
            None => Turn::Incomplete("it repeats itself".to_owned()),
            Some(_) if self.again > 0 && self.position > 0 && !repeated => {
                (self.position, self.stride, self.seam) = (0, 0, None);
                self.last_look = true;
                Turn::More
            }
            Some(total) => {
                let (seen, why) = (
                    self.seen(),
                    if repeated { "repeats itself" } else { "ends" },
                );
                Turn::Incomplete(format!("it {why} after {seen} of {total}"))
            }
        }
    }

    fn looked(&self) -> Turn {
        match (self.has_what_is_left(), self.total) {
            (true, _) => Turn::Done,
            (false, total) => {
                let (seen, total) = (self.seen(), total.unwrap_or_default());
                Turn::Incomplete(format!("it ends after {seen} of {total}"))
            }
        }
    }
}
