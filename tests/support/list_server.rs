//! A server of one list that is as hostile as a plan says: what it tells of the list's length, what it does with a page
//! that lies beyond the end, which page fails or comes a second time, what happens to the list between two pages.

use certcheck::adapters::cursor::Cursor;
use certcheck::adapters::listing::broken_off;
use certcheck::adapters::page_items::Seen;
use certcheck::adapters::pagination::{Continuation, Next, PageStyle, Total};
use certcheck::error::{Error, Kind};
use certcheck::exchange::FlowProgress;

/// What a server tells of the length of its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Nothing.
    Absent,
    /// The truth.
    Honest,
    /// The truth, but only with each second page, beginning with the first.
    Sometimes,
    /// So many more than there are.
    Above(u64),
    /// So many fewer.
    Below(u64),
    /// The same number with every page.
    Constant(u64),
    /// How many are on the page.
    PerPage,
    /// How many there were up to the end of the page.
    Rising,
    /// A text that is no number.
    Text,
}

/// Number and size of a page: how they make a part of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The size that is asked for, up to the server's own.
    Asked,
    /// The server's own, whatever is asked for.
    Own,
}

/// What comes of a page that lies beyond the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond {
    Empty,
    /// It is refused as a wrong parameter.
    Refused,
    /// The last page comes again.
    LastPage,
}

/// What goes wrong at one call, or from one call on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It fails, and so does each repeat.
    Fails(Kind),
    /// The page before comes again, once.
    Repeats,
    /// The page before comes again for ever.
    Stuck,
    /// Only the first half of it comes, if it is not the last.
    Halved,
}

/// What happens to a list between two calls.
#[derive(Debug, Clone, Copy)]
pub enum Change {
    Removed(usize),
    Added(usize),
    Moved(usize, usize),
}

/// How a server behaves.
#[derive(Debug, Clone)]
pub struct Plan {
    pub length: usize,
    pub longest_page: usize,
    pub window: Window,
    pub told: Told,
    pub beyond: Beyond,
    pub trouble: Option<(usize, Trouble)>,
    /// Before each of the first calls, but the very first.
    pub changes: Vec<Vec<Change>>,
}

impl Plan {
    /// The same, so that a reader can know when it has everything.
    ///
    /// What no reader can tell, whatever it asks for, is left out: something that goes from a list in numbered pages whose
    /// length is not told; and a length that is told wrong, always the same, by just what is lost where the list changes
    /// or where a page comes twice; and how long the pages of a server's own are, where the first is cut. And a list does not change in two ways, or change and get stuck, at once.
    pub fn knowable(mut self, counting: PageStyle) -> Plan {
        let first = self.changes.iter().flatten().next().copied();
        let alike = |one: &Change| {
            first.is_some_and(|first| std::mem::discriminant(one) == std::mem::discriminant(&first))
        };
        self.changes
            .iter_mut()
            .for_each(|changes| changes.retain(alike));
        let lies = matches!(self.told, Told::Below(_) | Told::Constant(_));
        self.told = match (first, self.told) {
            (Some(Change::Removed(_)), Told::Sometimes) => Told::Sometimes,
            (Some(Change::Removed(_)), Told::Absent) if counting == PageStyle::Offset => {
                Told::Absent
            }
            (Some(Change::Removed(_)), _) => Told::Honest,
            (Some(_), _) if lies => Told::Honest,
            (_, told) => told,
        };
        let still = first.is_none() && !lies;
        let own = self.window == Window::Own;
        let may = |at, trouble| match trouble {
            Trouble::Fails(kind) => kind != Kind::Usage,
            Trouble::Repeats | Trouble::Stuck => still,
            Trouble::Halved => still && !(own && at == 0),
        };
        self.trouble = self.trouble.filter(|(at, trouble)| may(*at, *trouble));
        self
    }
}

/// What a server answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A page: the count as JSON, if any, the ids, and the token of the next page.
    Page(Option<String>, Vec<String>, Option<String>),
    /// It failed for good.
    Fails(Kind),
}

/// A server while its list is read.
pub struct Server {
    counting: PageStyle,
    plan: Plan,
    /// The id with a number.
    id: fn(usize) -> String,
    /// How many ids there have been.
    ids: usize,
    list: Vec<String>,
    /// What it has held since the first request.
    pub held: Vec<String>,
    pub calls: usize,
    before: Option<Reply>,
}

impl Server {
    pub fn new(counting: PageStyle, plan: Plan, id: fn(usize) -> String) -> Server {
        let list: Vec<String> = (0..plan.length).map(id).collect();
        Server {
            counting,
            id,
            ids: plan.length,
            plan,
            held: list.clone(),
            list,
            calls: 0,
            before: None,
        }
    }

    /// The answer about a page at this offset, or with this number.
    pub fn answer(&mut self, position: usize, size: usize) -> Reply {
        let call = self.calls;
        self.calls += 1;
        let changes = self.plan.changes.get(call).cloned().unwrap_or_default();
        for change in changes.into_iter().filter(|_| call > 0) {
            self.apply(change);
        }
        self.held.retain(|id| self.list.contains(id));
        let reply = match (self.plan.trouble, self.before.clone()) {
            (Some((at, Trouble::Fails(kind))), _) if at == call => Reply::Fails(kind),
            (Some((at, Trouble::Repeats)), Some(before)) if at == call => before,
            (Some((at, Trouble::Stuck)), Some(before)) if at <= call => before,
            (Some((at, Trouble::Halved)), _) if at == call => self.page(position, size, true),
            _ => self.page(position, size, false),
        };
        self.before = Some(reply.clone());
        reply
    }

    fn apply(&mut self, change: Change) {
        let length = self.list.len().max(1);
        match change {
            Change::Added(place) => {
                self.list.insert(place % length, (self.id)(self.ids));
                self.ids += 1;
            }
            _ if self.list.is_empty() => {}
            Change::Removed(place) => drop(self.list.remove(place % length)),
            Change::Moved(from, to) => {
                let one = self.list.remove(from % length);
                self.list.insert(to % length, one);
            }
        }
    }

    fn page(&self, position: usize, size: usize, halved: bool) -> Reply {
        let size = match self.plan.window {
            Window::Asked => size.min(self.plan.longest_page),
            Window::Own => self.plan.longest_page,
        };
        let start = match self.counting {
            PageStyle::Offset | PageStyle::Token => position,
            PageStyle::Number => (position - 1) * size,
        };
        let rest = self.list.len().saturating_sub(start);
        let (start, size) = match (rest, self.plan.beyond) {
            (0, Beyond::Refused) if start > 0 => return Reply::Fails(Kind::Usage),
            (0, Beyond::LastPage) => (self.list.len().saturating_sub(1) / size * size, size),
            _ => (start, size),
        };
        let sent = if halved && rest > size {
            size.div_ceil(2).max(2)
        } else {
            size
        };
        let ids: Vec<String> = self.list.iter().skip(start).take(sent).cloned().collect();
        let end = start + ids.len();
        let next = match self.plan.beyond {
            _ if self.counting != PageStyle::Token => None,
            _ if end < self.list.len() => Some(end),
            Beyond::Empty if !ids.is_empty() => Some(end),
            Beyond::LastPage => Some(start),
            Beyond::Empty | Beyond::Refused => None,
        };
        let next = next.map(|offset| offset.to_string());
        Reply::Page(self.count(start, ids.len()), ids, next)
    }

    fn count(&self, start: usize, length: usize) -> Option<String> {
        let all = self.list.len() as u64;
        let told = match self.plan.told {
            Told::Absent => return None,
            Told::Sometimes if self.calls.is_multiple_of(2) => return None,
            Told::Honest | Told::Sometimes => all,
            Told::Above(more) => all + more,
            Told::Below(fewer) => all.saturating_sub(fewer),
            Told::Constant(number) => number,
            Told::PerPage => length as u64,
            Told::Rising => all.min((start + length) as u64),
            Told::Text => return Some("\"many\"".to_owned()),
        };
        Some(told.to_string())
    }
}

const SIZES: &[usize] = &[10, 5, 2];

/// What came of reading a list.
#[derive(Debug)]
pub struct Read {
    pub whole: bool,
    pub kept: Vec<String>,
    pub held: Vec<String>,
    pub calls: usize,
}

impl Read {
    pub fn lost(&self) -> Vec<&String> {
        let kept = |id: &&String| !self.kept.contains(id);
        self.held.iter().filter(kept).collect()
    }
}

/// Reads the list of such a server by arithmetic alone.
pub fn read(counting: PageStyle, plan: &Plan) -> Read {
    let mut server = Server::new(counting, plan.clone(), |number| format!("id{number}"));
    let mut pages = Cursor::new(counting, SIZES);
    let mut kept = Vec::new();
    let whole = loop {
        assert!(server.calls < 6_000, "it goes on for ever");
        let request = pages.request();
        let position = match (counting, request.token) {
            (PageStyle::Token, token) => token.map_or(0, |token| token.parse().expect("a token")),
            _ => request.position,
        };
        let reply = server.answer(position, request.size);
        let turn = match reply {
            Reply::Page(count, page, next) => {
                let count = match count.map(|count| count.parse()) {
                    None => Total::Absent,
                    Some(Ok(number)) => Total::Of(number),
                    Some(Err(_)) => Total::Unreadable,
                };
                let mut ids = page.iter();
                let items = page.iter().map(|id| (Some(id.as_str()), ()));
                let continuation = match next {
                    _ if counting != PageStyle::Token => Continuation::Unstated,
                    None => Continuation::End,
                    Some(token) => Continuation::Token(token),
                };
                pages.take(count, continuation, items, |item| {
                    let id = ids.next().expect("an answer for each id");
                    if item == Seen::New {
                        kept.push(id.clone());
                    }
                })
            }
            Reply::Fails(kind) => match broken_off(&mut pages, Error::new(kind, "no")) {
                Ok(FlowProgress::Done(listed)) if listed.missing.is_none() => Next::Done,
                _ => Next::Incomplete("it failed".to_owned()),
            },
        };
        match turn {
            Next::More => {}
            Next::Done => break true,
            Next::Incomplete(_) => break false,
        }
    };
    Read {
        whole,
        kept,
        held: server.held,
        calls: server.calls,
    }
}
