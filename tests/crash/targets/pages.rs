//! Lists page by page: a made-up server whose list is said to be whole has told everything, and whatever is answered,
//! the reading ends and keeps its rules.

use std::collections::HashSet;

use certcheck::adapters::cursor::Cursor;
use certcheck::adapters::page_items::Seen;
use certcheck::adapters::pagination::{Continuation, Next, PageStyle, Total};
use certcheck::error::Kind;

use super::list_server::{Beyond, Change, Plan, Told, Trouble, Window, read};

/// The first bytes say how the server behaves, the others what happens between two calls; and all of them are answers.
pub fn list_pages(input: &[u8]) {
    for counting in [PageStyle::Offset, PageStyle::Number, PageStyle::Token] {
        let plan = plan(&mut Bytes(input)).knowable(counting);
        let read = read(counting, &plan);
        assert!(!read.whole || read.lost().is_empty(), "{plan:?} {read:?}");
        any_answers(counting, input);
    }
}

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> usize {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        usize::from(*first)
    }

    fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.next() % values.len()]
    }
}

fn plan(bytes: &mut Bytes<'_>) -> Plan {
    let number = bytes.next() as u64;
    let told = [
        Told::Absent,
        Told::Honest,
        Told::Sometimes,
        Told::Above(1 + number),
        Told::Below(1 + number),
        Told::Constant(number),
        Told::PerPage,
        Told::Rising,
        Told::Text,
    ];
    let troubles = [
        None,
        Some(Trouble::Repeats),
        Some(Trouble::Stuck),
        Some(Trouble::Halved),
        Some(Trouble::Fails(Kind::Network)),
        Some(Trouble::Fails(Kind::Usage)),
    ];
    let call = bytes.next() % 16;
    let mut plan = Plan {
        length: bytes.next(),
        longest_page: 2 + bytes.next() % 12,
        window: bytes.one_of(&[Window::Asked, Window::Own]),
        told: bytes.one_of(&told),
        beyond: bytes.one_of(&[Beyond::Empty, Beyond::Refused, Beyond::LastPage]),
        trouble: bytes.one_of(&troubles).map(|trouble| (call, trouble)),
        changes: Vec::new(),
    };
    let kind = bytes.next() % 3;
    while !bytes.0.is_empty() && plan.changes.len() < 40 {
        let count = bytes.next() % 8;
        let change = |_| match (kind, bytes.next()) {
            (0, place) => Change::Removed(place),
            (1, place) => Change::Added(place),
            (_, from) => Change::Moved(from, bytes.next()),
        };
        plan.changes.push((0..count).map(change).collect());
    }
    plan
}

/// Pages of whatever: a byte for the count, one for the length, and the ids.
fn any_answers(counting: PageStyle, input: &[u8]) {
    let (mut pages, mut bytes) = (Cursor::new(counting, &[10, 5, 2]), Bytes(input));
    let (mut seen, mut unread, mut latest) = (HashSet::new(), false, None);
    for _ in 0..=5_001 {
        let count = match bytes.next() {
            255 => Total::Absent,
            254 => Total::Unreadable,
            number => Total::Of(number as u64),
        };
        unread |= count == Total::Unreadable;
        if let Total::Of(number) = count {
            latest = Some(number);
        }
        let length = bytes.next() % 12;
        let ids: Vec<String> = (0..length).map(|_| bytes.next().to_string()).collect();
        let mut told = ids.iter();
        let continuation = match bytes.next() {
            0..3 => Continuation::End,
            3 => Continuation::Unreadable,
            4 => Continuation::Unstated,
            number => Continuation::Token(number.to_string()),
        };
        let turn = pages.take(
            count,
            continuation,
            ids.iter().map(|id| (Some(id.as_str()), ())),
            |item| {
                let id = told.next().expect("an item for each id");
                assert_eq!(item == Seen::New, seen.insert(id.clone()), "{id}");
            },
        );
        assert_eq!(pages.seen(), seen.len());
        match turn {
            Next::More => {}
            Next::Incomplete(_) => return,
            Next::Done => {
                assert!(!unread, "the count of it could not be read");
                assert!(latest.is_none_or(|count| seen.len() as u64 >= count));
                return;
            }
        }
    }
    panic!("it goes on for ever");
}
