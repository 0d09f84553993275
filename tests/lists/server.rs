//! A server of one list that is as hostile as a plan says: what it tells of the list's length, what it does with a page
//! that lies beyond the end, which page fails or comes a second time, what happens to the list between two pages.

use certcheck::adapters::pages::Counting;
use certcheck::error::Kind;
use proptest::prelude::*;

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

/// What a server answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A page: the count as JSON, if any, and the ids.
    Page(Option<String>, Vec<String>),
    /// It failed for good.
    Fails(Kind),
}

/// A server while its list is read.
pub struct Server {
    counting: Counting,
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
    pub fn new(counting: Counting, plan: Plan, id: fn(usize) -> String) -> Server {
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
            _ => self.page(position, size),
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

    fn page(&self, position: usize, size: usize) -> Reply {
        let size = match self.plan.window {
            Window::Asked => size.min(self.plan.longest_page),
            Window::Own => self.plan.longest_page,
        };
        let start = match self.counting {
            Counting::Offset => position,
            Counting::Number => (position - 1) * size,
        };
        let rest = self.list.len().saturating_sub(start);
        let (start, size) = match (rest, self.plan.beyond) {
            (0, Beyond::Refused) if start > 0 => return Reply::Fails(Kind::Usage),
            (0, Beyond::LastPage) => (self.list.len().saturating_sub(1) / size * size, size),
            _ => (start, size),
        };
        let ids: Vec<String> = self.list.iter().skip(start).take(size).cloned().collect();
        Reply::Page(self.count(start, ids.len()), ids)
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

/// What may happen to a list in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Quiet,
    Shrinks,
    Grows,
    Moves,
}

fn changes(life: Life) -> BoxedStrategy<Vec<Vec<Change>>> {
    if life == Life::Quiet {
        return Just(Vec::new()).boxed();
    }
    let change = (0..60_usize, 0..60_usize).prop_map(move |(one, other)| match life {
        Life::Shrinks => Change::Removed(one),
        Life::Grows => Change::Added(one),
        Life::Quiet | Life::Moves => Change::Moved(one, other),
    });
    let at_once = prop_oneof![
        6 => Just(0..1_usize),
        3 => Just(1..2),
        1 => Just(2..20),
    ];
    let at_once = at_once.prop_flat_map(move |count| prop::collection::vec(change.clone(), count));
    prop::collection::vec(at_once, 12).boxed()
}

fn told() -> impl Strategy<Value = Told> {
    prop_oneof![
        1 => Just(Told::Absent),
        3 => Just(Told::Honest),
        1 => Just(Told::Sometimes),
        1 => (1..30_u64).prop_map(Told::Above),
        1 => (1..30_u64).prop_map(Told::Below),
        1 => (0..60_u64).prop_map(Told::Constant),
        1 => Just(Told::PerPage),
        1 => Just(Told::Rising),
        1 => Just(Told::Text),
    ]
}

fn trouble() -> impl Strategy<Value = Trouble> + Clone {
    let kinds = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Usage);
    prop_oneof![
        2 => prop::sample::select(kinds.collect::<Vec<_>>()).prop_map(Trouble::Fails),
        1 => Just(Trouble::Repeats),
        1 => Just(Trouble::Stuck),
    ]
}

/// Every server about which a reader can know when it has everything.
///
/// What no reader can tell, whatever it asks for, is left out: something that goes from a list in numbered pages whose
/// length is not told; and a length that is told wrong, always the same, by just what is lost where the list changes or
/// where a page comes twice. And a list does not change and get stuck at once.
pub fn plans(counting: Counting, longest: usize) -> impl Strategy<Value = Plan> {
    let life = prop_oneof![
        4 => Just(Life::Quiet),
        2 => Just(Life::Shrinks),
        1 => Just(Life::Grows),
        2 => Just(Life::Moves),
    ];
    let window = prop_oneof![2 => Just(Window::Asked), 1 => Just(Window::Own)];
    let beyond = prop_oneof![
        3 => Just(Beyond::Empty),
        1 => Just(Beyond::Refused),
        1 => Just(Beyond::LastPage),
    ];
    let trouble = prop::option::weighted(0.4, (0..8_usize, trouble()));
    life.prop_flat_map(move |life| {
        let longest_page = 2..=longest;
        let (window, beyond) = (window.clone(), beyond.clone());
        let parts = (0..60_usize, longest_page, window, told(), beyond);
        (parts, trouble.clone(), changes(life)).prop_map(move |(parts, trouble, changes)| {
            let (length, longest_page, window, told, beyond) = parts;
            let told = match (life, told) {
                (Life::Quiet, told) => told,
                (Life::Grows | Life::Moves, Told::Below(_) | Told::Constant(_)) => Told::Honest,
                (Life::Shrinks, Told::Absent) if counting == Counting::Offset => Told::Absent,
                (Life::Grows | Life::Moves, told) => told,
                (Life::Shrinks, Told::Sometimes) => Told::Sometimes,
                (Life::Shrinks, _) => Told::Honest,
            };
            let lies = matches!(told, Told::Below(_) | Told::Constant(_));
            let still = life == Life::Quiet && !lies;
            let trouble =
                trouble.filter(|(_, trouble)| still || matches!(trouble, Trouble::Fails(_)));
            Plan {
                length,
                longest_page,
                window,
                told,
                beyond,
                trouble,
                changes,
            }
        })
    })
}
