//! Where a list stands that comes in pages: what to ask for next, what of a page is new, and whether the list was read
//! to its end. Pure arithmetic, the same for every provider.
//!
//! The rule: an empty page, or one with nothing but the overlap with the page before, ends a list. The list is whole if
//! the service's count of it is absent, reached, or below what came; it is incomplete if the count is above that or
//! cannot be read. Without an empty page a list ends only at a count that an earlier page told already and that is
//! reached exactly. A count that first appears with what has come, or that rises with each page, proves nothing: so the
//! only page of a list costs a second request.
//!
//! Traps that have been seen or must be feared: a page smaller than what was asked for; a total that lies, changes or
//! is missing, or that counts the page and not the list; an offset that is ignored, or clamped to the last page; a list
//! that grows or shrinks between two pages, so that what stood at their seam moves. A list that is not known to be whole
//! is never taken for it.

use std::hash::Hash;

pub use super::page_items::Seen;
use super::page_items::{PageBefore, PageItems, SeenItems};

/// How a service counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageStyle {
    /// From the item where the page begins; the first is 0. Each page but the first is asked for from the last item of
    /// the one before: if that is not there any more, the list has moved.
    Offset,
    /// Pages; the first is 1.
    Number,
}

/// A page to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// Offset or number, as the service counts.
    pub position: usize,
    /// How many items it may have.
    pub size: usize,
}

/// What a page tells of the length of the whole list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// Nothing.
    Absent,
    /// So many.
    Of(u64),
    /// Something that nobody can read, or two different things.
    Unreadable,
}

/// What is to be done after a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
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
pub struct Cursor {
    counting: PageStyle,
    sizes: &'static [usize],
    /// What the service made of the size that was asked for.
    cut_to: Option<usize>,
    position: usize,
    /// How far the position went with the latest page.
    stride: usize,
    /// The last item of the latest page, where the next one is to begin with it.
    seam: Option<u64>,
    asked: usize,
    /// The longest page so far.
    longest: usize,
    /// The latest of numbered pages is shorter than its part of the list: it has to be the last.
    cut_short: bool,
    again: u32,
    /// The page is asked for since the list has moved: it has to begin with an item that was known before that showed.
    /// Here are those that came with it.
    stepped_back: Option<Vec<u64>>,
    last_look: bool,
    /// Up to that position the list is read once more.
    read_again_to: Option<usize>,
    /// How many have gone from the list while it was read; they may be among those seen.
    removed: u64,
    seen: SeenItems,
    total: Option<u64>,
    /// The latest page told no count.
    silent: bool,
    /// A count came that nobody can read.
    uncounted: bool,
    /// A count that an earlier page told is reached exactly.
    proved: bool,
    /// Something came that an unchanging list would not have sent: only a count can prove it whole then.
    doubted: bool,
}

impl Cursor {
    /// A list in pages of the first of these sizes; the others are for pages that prove too large.
    pub fn new(counting: PageStyle, sizes: &'static [usize]) -> Cursor {
        Cursor {
            counting,
            sizes,
            cut_to: None,
            position: 0,
            stride: 0,
            seam: None,
            asked: 0,
            longest: 0,
            cut_short: false,
            again: AGAIN,
            stepped_back: None,
            last_look: false,
            read_again_to: None,
            removed: 0,
            seen: SeenItems::default(),
            total: None,
            silent: false,
            uncounted: false,
            proved: false,
            doubted: false,
        }
    }

    fn size(&self) -> usize {
        let size = self.cut_to.or(self.sizes.first().copied());
        size.unwrap_or(1).max(1)
    }

    /// The page to ask for.
    pub fn at(&self) -> PageRequest {
        let position = match self.counting {
            PageStyle::Offset => self.position,
            PageStyle::Number => self.position + 1,
        };
        PageRequest {
            position,
            size: self.size(),
        }
    }

    /// How many items came so far, each counted once.
    pub fn seen(&self) -> usize {
        self.seen.count()
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
        self.longest = 0;
        if self.counting == PageStyle::Number {
            self.position = self.position * size / self.size();
        }
        true
    }

    /// The page to ask for lies beyond a count that was reached exactly: a service that refuses it as a wrong parameter
    /// says that it does not exist.
    pub fn is_beyond(&self) -> bool {
        self.has_exactly_all() && !self.reads_again()
    }

    /// What came, less what has gone, is what the service counts. Items without an id may have come twice.
    fn has_exactly_all(&self) -> bool {
        let counted = self.counted(self.removed);
        counted == Some(self.seen_count()) && self.seen.all_have_ids() && !self.uncounted
    }

    /// What came reaches the count, in a list that has shrunk by no more than may go while a list is read. A count that
    /// was told some pages ago does not know what has gone since.
    fn has_what_is_left(&self) -> bool {
        let is_known = self.removed <= MAY_GO && !self.silent;
        let gone = if is_known { 0 } else { self.removed };
        let counted = self.counted(gone);
        counted.is_none_or(|counted| self.seen_count() >= counted)
    }

    fn counted(&self, gone: u64) -> Option<u64> {
        Some(self.total?.saturating_add(gone))
    }

    fn seen_count(&self) -> u64 {
        u64::try_from(self.seen()).unwrap_or(u64::MAX)
    }

    /// The page at this position was read before.
    fn reads_again(&self) -> bool {
        self.read_again_to >= Some(self.position)
    }

    /// Takes a page: the count beside it and its items, each with its id, if it has one, and what it says. `keep` is
    /// told of each what is known of it.
    pub fn take<'a, S: Hash>(
        &mut self,
        count: Total,
        items: impl Iterator<Seen = (Option<&'a str>, S)>,
        keep: impl FnMut(Seen),
    ) -> Next {
        let (seam, came) = (self.seam.take(), self.seen_count());
        let before = PageBefore {
            last: seam,
            late: self.stepped_back.as_deref().unwrap_or_default(),
            again: self.last_look || self.reads_again(),
            is_none: self.asked == 0,
        };
        let page = self.seen.take(items, &before, keep);
        self.seam = page.last.filter(|_| self.counting == PageStyle::Offset);
        let told = self.total;
        let gone = self.learn(count, came);
        self.asked += 1;
        if self.asked > MOST {
            return Next::Incomplete(format!("it did not end within {MOST} pages"));
        }
        if self.last_look {
            // What is not there any more may have been among the missing, or not.
            return match gone {
                None => self.verdict(),
                Some(_) => changed(),
            };
        }
        self.doubted |= page.repeats() > 0 && !self.reads_again();
        // An honest service has at least the item at the seam.
        let torn = seam.is_some() && !page.holds;
        // In a list that only shrinks everything before an item that is known has come.
        let astray = self.stepped_back.is_some() && !page.begins_known;
        if (torn || gone.is_some() || astray) && self.position > 0 {
            return self.step_back(page.ids, gone == Some(Gone::SomeTimeAgo));
        }
        self.turn(&page, told)
    }

    /// Takes a count into account, after a page before which so many items had come; says whether one of the others can
    /// have moved to where they stood.
    fn learn(&mut self, count: Total, came: u64) -> Option<Gone> {
        let silent = std::mem::replace(&mut self.silent, count == Total::Absent);
        let total = match count {
            Total::Of(total) => total,
            Total::Unreadable => {
                self.uncounted = true;
                return None;
            }
            Total::Absent => return None,
        };
        // A count that was reached had nothing more to come, and one that was passed is wrong.
        let before = self
            .total
            .filter(|_| self.counted(self.removed) > Some(came));
        let gone = before.map_or(0, |before| before.saturating_sub(total));
        self.total = Some(total);
        self.removed = self.removed.saturating_add(gone);
        match (gone, silent) {
            (0, _) => None,
            (_, false) => Some(Gone::JustNow),
            (_, true) => Some(Gone::SomeTimeAgo),
        }
    }

    /// What stood at the seam of two pages went to the one before: that is asked for again. Where it may have gone
    /// farther, or where the page before is being read again already, all of them are.
    fn step_back(&mut self, ids: Vec<u64>, far: bool) -> Next {
        if self.again == 0 {
            return Next::Incomplete("it changed again and again while it was read".to_owned());
        }
        self.again -= 1;
        self.read_again_to = self.read_again_to.max(Some(self.position));
        self.position = if far || self.stepped_back.is_some() {
            0
        } else {
            self.position.saturating_sub(self.stride)
        };
        (self.stepped_back, self.stride, self.seam) = (Some(ids), 0, None);
        Next::More
    }

    /// How the list goes on after a page; earlier pages had told that count.
    fn turn(&mut self, page: &PageItems, told: Option<u64>) -> Next {
        let only_repeats = page.repeats() > 0 && page.new == 0 && !self.reads_again();
        if page.beyond() == 0 || only_repeats {
            return self.ended(only_repeats, page.length == 0);
        }
        self.doubted |= self.cut_short;
        self.proved = told == self.total && self.has_exactly_all();
        let short = page.length < self.longest;
        if self.proved && short {
            return Next::Done;
        }
        self.longest = self.longest.max(page.length);
        self.advance(page.length);
        Next::More
    }

    fn advance(&mut self, length: usize) {
        if self.counting == PageStyle::Number && self.asked == 1 && length < self.size() {
            // It is not known whether the service counts in pages of its own size or in those that were asked for:
            // asked for its own, they are the same.
            self.cut_to = Some(length);
        }
        self.cut_short = self.counting == PageStyle::Number && length < self.size();
        if length == 1 {
            // The next one would be the same.
            self.seam = None;
        }
        self.stride = match self.counting {
            PageStyle::Offset => length - usize::from(self.seam.is_some()),
            PageStyle::Number => 1,
        };
        self.position += self.stride;
        self.stepped_back = None;
    }

    /// Nothing more comes. What is missing may have moved to the front, where new things stand most of the time.
    fn ended(&mut self, repeated: bool, empty: bool) -> Next {
        if repeated && !self.uncounted {
            return match (self.proved, self.total) {
                (true, _) => Next::Done,
                (false, None) => Next::Incomplete("it repeats itself".to_owned()),
                (false, Some(total)) => self.stops("repeats itself", total),
            };
        }
        if empty && self.position == 0 && self.seen() > 0 {
            return Next::Incomplete("it was gone when it was read again".to_owned());
        }
        if !self.has_what_is_left() && self.again > 0 && self.position > 0 && !self.uncounted {
            (self.position, self.stride, self.seam) = (0, 0, None);
            self.last_look = true;
            return Next::More;
        }
        self.verdict()
    }

    /// Whether the list is whole, by what came until its end.
    fn verdict(&self) -> Next {
        match self.total {
            _ if self.uncounted => {
                Next::Incomplete("the service's count of it cannot be read".to_owned())
            }
            None if self.seen() == 0 => {
                Next::Incomplete("the service tells neither a list nor how long it is".to_owned())
            }
            Some(total) if !self.has_what_is_left() => self.stops("ends", total),
            _ if self.doubted && !self.has_exactly_all() => changed(),
            _ => Next::Done,
        }
    }

    fn stops(&self, how: &str, total: u64) -> Next {
        Next::Incomplete(format!("it {how} after {} of {total}", self.seen()))
    }
}

fn changed() -> Next {
    Next::Incomplete("it changed while it was read".to_owned())
}

/// When a count fell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gone {
    /// Between the latest page and the one before.
    JustNow,
    /// Pages without a count lie between.
    SomeTimeAgo,
}
