//! Where a list stands that comes in pages: what to ask for next, what of a page is new, and whether the list was read
//! to its end. Pure arithmetic, the same for every provider.
//!
//! Traps that have been seen or must be feared: a page smaller than what was asked for; a total that lies, changes or
//! is missing; an offset that is ignored, or clamped to the last page; a list that grows or shrinks between two pages,
//! so that what stood at their seam moves. A list that is not known to be whole is never taken for it.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

/// How a service counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// From the item where the page begins; the first is 0.
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
/// Longer than any list of certificates, and a bound for a service that makes them up.
const MOST: usize = 5_000;

/// One list while it is read.
pub struct Pages {
    counting: Counting,
    sizes: &'static [usize],
    position: usize,
    /// How far the position went with the latest page.
    stride: usize,
    asked: usize,
    again: u32,
    hasher: RandomState,
    seen: HashSet<u64>,
    nameless: usize,
    total: Option<u64>,
    first_total: Option<u64>,
}

impl Pages {
    /// A list in pages of the first of these sizes; the others are for pages that prove too large.
    pub fn new(counting: Counting, sizes: &'static [usize]) -> Pages {
        Pages {
            counting,
            sizes,
            position: 0,
            stride: 0,
            asked: 0,
            again: AGAIN,
            hasher: RandomState::new(),
            seen: HashSet::new(),
            nameless: 0,
            total: None,
            first_total: None,
        }
    }

    fn size(&self) -> usize {
        self.sizes.first().copied().unwrap_or(1).max(1)
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
        let [size, rest @ ..] = self.sizes else {
            return false;
        };
        let Some(smaller) = rest.first() else {
            return false;
        };
        if self.counting == Counting::Number {
            self.position = self.position * size / smaller.max(&1);
        }
        self.sizes = rest;
        true
    }

    /// As many as the service counted have come: what is asked for beyond is only to make sure.
    pub fn has_all(&self) -> bool {
        let seen = u64::try_from(self.seen()).unwrap_or(u64::MAX);
        self.total.is_some_and(|total| seen >= total)
    }

    /// Takes a page: the total beside it and the ids on it, where they have one. `keep` is told of each whether it is
    /// new.
    pub fn take<'a>(
        &mut self,
        total: Option<u64>,
        ids: impl Iterator<Item = Option<&'a str>>,
        mut keep: impl FnMut(bool),
    ) -> Turn {
        let (mut length, mut new) = (0, 0);
        for id in ids {
            let fresh = match id {
                Some(id) => self.seen.insert(self.hasher.hash_one(id)),
                None => {
                    self.nameless += 1;
                    true
                }
            };
            length += 1;
            // Without ids nothing tells whether a later page is another one.
            new += usize::from(fresh && (id.is_some() || self.asked == 0));
            keep(fresh);
        }
        let before = self.total;
        self.total = total.or(before);
        self.first_total = self.first_total.or(total);
        self.asked += 1;
        if self.asked > MOST {
            return Turn::Incomplete(format!("it did not end within {MOST} pages"));
        }
        let shrunk = matches!((before, self.total), (Some(before), Some(now)) if now < before);
        if shrunk && self.stride > 0 {
            return self.step_back();
        }
        self.turn(length, new)
    }

    /// What stood at the seam of two pages went to the one before: that is asked for again.
    fn step_back(&mut self) -> Turn {
        if self.again == 0 {
            return Turn::Incomplete("it changed again and again while it was read".to_owned());
        }
        self.again -= 1;
        self.position = self.position.saturating_sub(self.stride);
        self.stride = 0;
        Turn::More
    }

    fn turn(&mut self, length: usize, new: usize) -> Turn {
        let repeated = length > 0 && new == 0;
        let looked_again = self.stride == 0 && self.asked > 1;
        if length == 0 || (repeated && !looked_again) {
            return self.ended(repeated);
        }
        if self.has_all() && length < self.size() {
            return Turn::Done;
        }
        self.stride = match self.counting {
            Counting::Offset => length,
            Counting::Number => 1,
        };
        self.position += self.stride;
        Turn::More
    }

    /// Nothing more comes.
    fn ended(&mut self, repeated: bool) -> Turn {
        let seen = self.seen();
        match self.total {
            _ if self.has_all() => Turn::Done,
            None if !repeated => Turn::Done,
            None => Turn::Incomplete("it repeats itself".to_owned()),
            Some(total) => {
                let grew = self.first_total.is_some_and(|first| total > first);
                if grew && self.again > 0 {
                    // What is new stands in front, most of the time.
                    self.again = 0;
                    (self.position, self.stride) = (0, 0);
                    return Turn::More;
                }
                let why = if repeated { "repeats itself" } else { "ends" };
                Turn::Incomplete(format!("it {why} after {seen} of {total}"))
            }
        }
    }
}
