//! The position in a list that comes in pages, and the proof that it was read to its end: the rule of `pagination`.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, Hash, RandomState};

use super::page_items::{PageBefore, PageItems, Seen, SeenItems};
use super::pagination::{Continuation, Next, PageRequest, PageStyle, Total};
use crate::error::{Error, Kind};

/// Pages beyond total ÷ page size, to look again where the list moved.
const AGAIN: u32 = 2;
/// Certificates that may disappear from a list while it is read; a list that loses more is not trusted.
const MAY_GO: u64 = 20;
/// Pages of one list: longer than any list of certificates, and a bound for a service that makes them up.
const MOST: usize = 5_000;

/// The position in one list while it is read.
pub struct Cursor {
    style: PageStyle,
    sizes: &'static [usize],
    /// The largest page is not documented: one that is refused as a wrong parameter may be too large.
    size_is_guess: bool,
    /// The size that the service reduced the requested one to.
    cut_to: Option<usize>,
    position: usize,
    token: Option<String>,
    /// Hashes of the tokens so far.
    tokens: HashSet<u64>,
    hasher: RandomState,
    /// The service said that there is no more.
    ended_by_service: bool,
    /// How far the position moved with the latest page.
    stride: usize,
    /// The last item of the latest page, where the next one is to begin with it.
    seam: Option<u64>,
    requested: usize,
    /// The longest page so far.
    longest: usize,
    /// The latest page by number is shorter than its part of the list: it has to be the last.
    cut_short: bool,
    again: u32,
    /// The page is requested again since the list has moved: it has to begin with an item that was known before the page
    /// that showed the move. These are the ids that came with that page.
    stepped_back: Option<Vec<u64>>,
    last_look: bool,
    /// Up to this position the list is read once more.
    read_again_to: Option<usize>,
    /// How many items disappeared while the list was read; they may be among those seen.
    removed: u64,
    seen: SeenItems,
    total: Option<u64>,
    /// The latest page had no total.
    silent: bool,
    /// A total came that cannot be read.
    uncounted: bool,
    /// A total of an earlier page is reached exactly.
    proved: bool,
    /// Something came that an unchanged list would not have: only a total can prove it whole then.
    doubted: bool,
}

impl Cursor {
    /// A list in pages of the first of these sizes; the others are for pages that prove too large.
    pub fn new(style: PageStyle, sizes: &'static [usize]) -> Cursor {
        Cursor {
            style,
            sizes,
            size_is_guess: false,
            cut_to: None,
            position: 0,
            token: None,
            tokens: HashSet::new(),
            hasher: RandomState::new(),
            ended_by_service: false,
            stride: 0,
            seam: None,
            requested: 0,
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

    /// The same where the largest page is not documented.
    pub fn with_guessed_size(self) -> Cursor {
        Cursor {
            size_is_guess: true,
            ..self
        }
    }

    fn size(&self) -> usize {
        let size = self.cut_to.or(self.sizes.first().copied());
        size.unwrap_or(1).max(1)
    }

    /// The page to request.
    pub fn request(&self) -> PageRequest {
        let position = match self.style {
            PageStyle::Offset | PageStyle::Token => self.position,
            PageStyle::Number => self.position + 1,
        };
        PageRequest {
            position,
            size: self.size(),
            token: self.token.clone(),
        }
    }

    /// How many items came so far, each counted once.
    pub fn seen(&self) -> usize {
        self.seen.count()
    }

    /// The latest total.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Requests smaller pages from here on. False where there is no smaller size.
    pub fn smaller(&mut self) -> bool {
        let size = self.size();
        let Some(smaller) = self.sizes.iter().position(|other| *other < size) else {
            return false;
        };
        self.sizes = self.sizes.get(smaller..).unwrap_or_default();
        self.cut_to = None;
        self.longest = 0;
        if self.style == PageStyle::Number {
            self.position = self.position * size / self.size();
        }
        true
    }

    /// After a page that failed with this error: requests smaller pages if it was too large, or may have been.
    pub fn smaller_after(&mut self, error: &Error) -> bool {
        let refused = self.size_is_guess && error.kind == Kind::Usage && self.seen() == 0;
        (error.too_large || refused) && self.smaller()
    }

    /// The page to request lies beyond a total that was reached exactly: a service that refuses it as a wrong parameter
    /// says that it does not exist. One that gave a token for it does not.
    pub fn is_beyond(&self) -> bool {
        self.has_exactly_all() && !self.reads_again() && self.style != PageStyle::Token
    }

    /// What came, less what disappeared, is the total. Items without an id may have come twice.
    fn has_exactly_all(&self) -> bool {
        let counted = self.counted(self.removed);
        counted == Some(self.seen_count()) && self.seen.all_have_ids() && !self.uncounted
    }

    /// What came reaches the total, in a list that has not shrunk by more than [`MAY_GO`]. A total of some pages ago does
    /// not count what disappeared since.
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

    /// Takes a page: its total, its continuation and its items, each with its id, if it has one, and its content. `keep`
    /// is called for each item.
    pub fn take<'a, S: Hash>(
        &mut self,
        total: Total,
        continuation: Continuation,
        items: impl Iterator<Item = (Option<&'a str>, S)>,
        keep: impl FnMut(Seen),
    ) -> Next {
        let (seam, came) = (self.seam.take(), self.seen_count());
        let before = PageBefore {
            last: seam,
            late: self.stepped_back.as_deref().unwrap_or_default(),
            again: self.last_look || self.reads_again(),
            is_none: self.requested == 0,
        };
        let page = self.seen.take(items, &before, keep);
        self.seam = page.last.filter(|_| self.style == PageStyle::Offset);
        let earlier = self.total;
        let gone = self.learn(total, came);
        self.ended_by_service = continuation == Continuation::End;
        self.requested += 1;
        if self.requested > MOST {
            return Next::Incomplete(format!("it did not end within {MOST} pages"));
        }
        if self.last_look {
            // An item that disappeared may have been among the missing ones, or not.
            return match gone {
                None => self.verdict(),
                Some(_) => changed(),
            };
        }
        self.doubted |= page.repeats() > 0 && !self.reads_again();
        // A list that has not moved has at least the item at the seam.
        let torn = seam.is_some() && !page.holds;
        if self.style == PageStyle::Token {
            self.doubted |= gone.is_some();
            return self.follow(continuation, &page, earlier);
        }
        // In a list that only shrinks everything before a known item has come.
        let astray = self.stepped_back.is_some() && !page.begins_known;
        if (torn || gone.is_some() || astray) && self.position > 0 {
            return self.step_back(page.ids, gone == Some(Gone::SomeTimeAgo));
        }
        match continuation {
            Continuation::Unreadable => unreadable(),
            _ => self.turn(&page, earlier),
        }
    }

    /// How a list by token goes on after a page.
    fn follow(
        &mut self,
        continuation: Continuation,
        page: &PageItems,
        earlier: Option<u64>,
    ) -> Next {
        let only_repeats = page.repeats() > 0 && page.new == 0;
        if !only_repeats {
            self.proved = earlier == self.total && self.has_exactly_all();
        }
        let token = match continuation {
            Continuation::Token(token) => token,
            Continuation::End => return self.ended(only_repeats, page.length == 0),
            Continuation::Unreadable => return unreadable(),
            Continuation::Unstated => {
                return Next::Incomplete("the service does not say whether it goes on".to_owned());
            }
        };
        if only_repeats || !self.tokens.insert(self.hasher.hash_one(&token)) {
            return self.ended(true, false);
        }
        self.token = Some(token);
        self.position += 1;
        Next::More
    }

    /// Takes a total into account, after a page before which so many items had come; returns when it fell, since another
    /// item may have moved to the place of one that disappeared.
    fn learn(&mut self, total: Total, came: u64) -> Option<Gone> {
        let silent = std::mem::replace(&mut self.silent, total == Total::Absent);
        let total = match total {
            Total::Of(total) => total,
            Total::Unreadable => {
                self.uncounted = true;
                return None;
            }
            Total::Absent => return None,
        };
        // A total that was reached left nothing to come, and one that was passed is wrong.
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

    /// The item at the seam of two pages moved to the one before: that is requested again. Where it may have moved farther,
    /// or where the page before is being read again already, all of them are.
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

    /// How a list by offset or number goes on after a page; `earlier` is the total of the pages before.
    fn turn(&mut self, page: &PageItems, earlier: Option<u64>) -> Next {
        let only_repeats = page.repeats() > 0 && page.new == 0 && !self.reads_again();
        if page.beyond() == 0 || only_repeats {
            return self.ended(only_repeats, page.length == 0);
        }
        self.doubted |= self.cut_short;
        self.proved = earlier == self.total && self.has_exactly_all();
        if self.ended_by_service {
            return self.ended(false, false);
        }
        let short = page.length < self.longest;
        if self.proved && short {
            return Next::Done;
        }
        self.longest = self.longest.max(page.length);
        self.advance(page.length);
        Next::More
    }

    fn advance(&mut self, length: usize) {
        if self.style == PageStyle::Number && self.requested == 1 && length < self.size() {
            // Whether the service counts in pages of its own size or of the requested one is not known: with its own size
            // requested, they are the same.
            self.cut_to = Some(length);
        }
        self.cut_short = self.style == PageStyle::Number && length < self.size();
        if length == 1 {
            // The next one would be the same.
            self.seam = None;
        }
        self.stride = match self.style {
            PageStyle::Offset => length - usize::from(self.seam.is_some()),
            PageStyle::Number | PageStyle::Token => 1,
        };
        self.position += self.stride;
        self.stepped_back = None;
    }

    /// Nothing more comes. What is missing may have moved to the front, where new items stand most of the time.
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
            (self.position, self.stride, self.seam, self.token) = (0, 0, None, None);
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
            None if self.seen() == 0 && !self.ended_by_service => {
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

fn unreadable() -> Next {
    Next::Incomplete("where it goes on cannot be read".to_owned())
}

fn changed() -> Next {
    Next::Incomplete("it changed while it was read".to_owned())
}

/// When a total fell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gone {
    /// Between the latest page and the one before.
    JustNow,
    /// Pages without a total lie between.
    SomeTimeAgo,
}
