//! The arithmetic of pages against services that are honest, sloppy, or hostile.

use certcheck::adapters::cursor::Cursor;
use certcheck::adapters::page_items::Seen;
use certcheck::adapters::pagination::{Continuation, Next, PageRequest, PageStyle, Total};
use certcheck::error::{Error, Kind};
use proptest::prelude::*;

const SIZES: &[usize] = &[10, 5, 2];
const WAYS: [PageStyle; 2] = [PageStyle::Offset, PageStyle::Number];

/// What a service answers to one question: the total it tells, and the ids of the page.
type Answer = (Option<u64>, Vec<String>);

/// What came of reading a list.
#[derive(Debug)]
struct Read {
    turn: Next,
    kept: Vec<String>,
    calls: usize,
}

fn read(counting: PageStyle, mut service: impl FnMut(usize, PageRequest) -> Answer) -> Read {
    let mut pages = Cursor::new(counting, SIZES);
    let mut kept = Vec::new();
    for call in 0..20_000 {
        let (total, page) = service(call, pages.request());
        let mut ids = page.iter();
        let count = total.map_or(Total::Absent, Total::Of);
        let turn = pages.take(count, Continuation::Unstated, named(&page), |item| {
            let id = ids.next().expect("an answer for each id");
            assert_ne!(item, Seen::Differs);
            if item == Seen::New {
                kept.push(id.clone());
            }
        });
        if turn != Next::More {
            let calls = call + 1;
            return Read { turn, kept, calls };
        }
    }
    panic!("it goes on for ever")
}

/// Items that say nothing but their ids.
fn named(page: &[String]) -> impl Iterator<Item = (Option<&str>, ())> {
    page.iter().map(|id| (Some(id.as_str()), ()))
}

/// Where a page begins in the list.
fn start(counting: PageStyle, at: &PageRequest) -> usize {
    match counting {
        PageStyle::Number => (at.position - 1) * at.size,
        PageStyle::Offset | PageStyle::Token => at.position,
    }
}

fn page(counting: PageStyle, list: &[String], at: PageRequest) -> Vec<String> {
    let rest = list.iter().skip(start(counting, &at));
    rest.take(at.size).cloned().collect()
}

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("id{number}")).collect()
}

fn counted(list: &[String]) -> Option<u64> {
    Some(list.len() as u64)
}

#[test]
fn an_honest_list_is_read_whole_with_at_most_two_calls_more_than_its_pages() {
    for counting in WAYS {
        for count in 0..70 {
            let list = ids(count);
            let read = read(counting, |_, at| {
                (counted(&list), page(counting, &list, at))
            });
            assert_eq!(read.turn, Next::Done, "{counting:?} {count}");
            assert_eq!(read.kept, list, "{counting:?} {count}");
            // Ten a page; nine that are new where pages overlap, which larger pages do not feel.
            let new = if counting == PageStyle::Offset { 9 } else { 10 };
            let most = count.div_ceil(new) + 2;
            assert!(
                read.calls <= most,
                "{counting:?} {count}: {} calls",
                read.calls
            );
        }
    }
}

#[test]
fn a_list_without_a_total_ends_with_an_empty_page() {
    for counting in WAYS {
        for count in [1, 9, 10, 11, 35] {
            let list = ids(count);
            let read = read(counting, |_, at| (None, page(counting, &list, at)));
            assert_eq!(
                (read.turn, read.kept),
                (Next::Done, list),
                "{counting:?} {count}"
            );
        }
    }
}

#[test]
fn a_list_that_vanishes_is_not_whole() {
    let list = ids(35);
    for counting in WAYS {
        let nothing = read(counting, |_, _| (None, Vec::new()));
        assert!(matches!(nothing.turn, Next::Incomplete(_)), "{nothing:?}");
        let gone = read(counting, |call, at| match call {
            0 => (counted(&list), page(counting, &list, at)),
            _ => (Some(0), Vec::new()),
        });
        assert!(
            matches!(gone.turn, Next::Incomplete(_)),
            "{counting:?} {gone:?}"
        );
    }
    // Of pages that overlap, none but the first can be empty.
    let empty = read(PageStyle::Offset, |call, at| match call {
        0 => (None, page(PageStyle::Offset, &list, at)),
        _ => (None, Vec::new()),
    });
    assert!(matches!(empty.turn, Next::Incomplete(_)), "{empty:?}");
}

#[test]
fn pages_smaller_than_asked_for_are_followed_to_the_end() {
    for counting in WAYS {
        let list = ids(35);
        // It counts in pages of its own, or in those that were asked for.
        for own in [true, false] {
            let cut = |at: PageRequest| {
                if own {
                    page(
                        counting,
                        &list,
                        PageRequest {
                            size: at.size.min(3),
                            ..at
                        },
                    )
                } else {
                    page(counting, &list, at).into_iter().take(3).collect()
                }
            };
            let read = read(counting, |_, at| (counted(&list), cut(at)));
            let all = (Next::Done, list.clone());
            assert_eq!((read.turn, read.kept), all, "{counting:?} {own}");
        }
    }
}

#[test]
fn a_total_that_is_too_small_stops_nothing() {
    for counting in WAYS {
        let list = ids(35);
        for lie in [0, 1, 10, 20, 34] {
            let read = read(counting, |_, at| (Some(lie), page(counting, &list, at)));
            assert_eq!(read.kept, list, "{counting:?} {lie}");
        }
    }
    // More than the count in one short page: the count is wrong, and the page perhaps not the only one.
    let list = ids(7);
    for counting in WAYS {
        let read = read(counting, |_, at| (Some(5), page(counting, &list, at)));
        assert_eq!(
            (&read.turn, &read.kept),
            (&Next::Done, &list),
            "{counting:?}"
        );
        assert!(read.calls > 1, "{counting:?}");
    }
}

#[test]
fn a_list_that_ends_below_its_total_or_repeats_itself_is_incomplete() {
    for counting in WAYS {
        let list = ids(35);
        let short = read(counting, |_, at| (Some(50), page(counting, &list, at)));
        assert_eq!(short.kept, list);
        assert!(
            matches!(&short.turn, Next::Incomplete(why) if why.contains("35 of 50")),
            "{short:?}"
        );

        let same = page(
            counting,
            &list,
            PageRequest {
                position: 1,
                size: 10,
                token: None,
            },
        );
        let stuck = read(counting, |_, _| (Some(35), same.clone()));
        assert_eq!(stuck.kept, same);
        assert!(matches!(stuck.turn, Next::Incomplete(_)), "{stuck:?}");
        assert!(stuck.calls <= 3, "{stuck:?}");

        let blind = read(counting, |_, _| (None, same.clone()));
        assert!(matches!(blind.turn, Next::Incomplete(_)), "{blind:?}");
    }
}

#[test]
fn a_service_that_makes_up_certificates_is_left_in_the_end() {
    let mut number = 0;
    let read = read(PageStyle::Offset, |_, _| {
        number += 10;
        let made_up = (number..number + 10).map(|id| id.to_string()).collect();
        (Some(u64::MAX), made_up)
    });
    assert!(matches!(read.turn, Next::Incomplete(_)), "{:?}", read.turn);
}

#[test]
fn records_without_an_id_are_kept_but_prove_no_progress() {
    let mut pages = Cursor::new(PageStyle::Offset, SIZES);
    let nameless = || std::iter::repeat_n((None, ()), 10);
    let mut kept = 0;
    let mut keep = |item| kept += usize::from(item == Seen::New);
    let first = pages.take(Total::Absent, Continuation::Unstated, nameless(), &mut keep);
    let second = pages.take(Total::Absent, Continuation::Unstated, nameless(), &mut keep);
    assert_eq!((first, kept), (Next::More, 20));
    assert!(matches!(second, Next::Incomplete(_)), "{second:?}");
}

#[test]
fn records_without_an_id_are_not_counted_again_where_a_list_is_read_again() {
    let mut pages = Cursor::new(PageStyle::Offset, SIZES);
    let items = || [(Some("a"), ()), (None, ())].into_iter();
    let mut kept = 0;
    let mut keep = |item| kept += usize::from(item == Seen::New);
    for turn in 0..5 {
        let turn = match turn {
            1 => pages.take(
                Total::Of(3),
                Continuation::Unstated,
                items().take(0),
                &mut keep,
            ),
            _ => pages.take(Total::Of(3), Continuation::Unstated, items(), &mut keep),
        };
        if turn != Next::More {
            assert!(matches!(turn, Next::Incomplete(_)), "{turn:?}");
            assert_eq!(kept, 2);
            return;
        }
    }
    panic!("it goes on");
}

#[test]
fn a_record_without_an_id_is_not_counted_again_where_one_looks_at_a_page_again() {
    let mut pages = Cursor::new(PageStyle::Offset, SIZES);
    let (first, torn) = ([None, Some("a")], [Some("b"), Some("c")]);
    let mut kept = 0;
    for page in [first, torn, first] {
        let items = page.into_iter().map(|id| (id, ()));
        pages.take(Total::Of(9), Continuation::Unstated, items, |item| {
            kept += usize::from(item == Seen::New)
        });
    }
    assert_eq!((kept, pages.seen()), (4, 4));
}

#[test]
fn an_item_that_says_something_else_later_is_told_from_one_that_is_repeated() {
    let mut pages = Cursor::new(PageStyle::Number, SIZES);
    let mut known = Vec::new();
    let items = [("a", 1), ("b", 1), ("a", 1), ("b", 2)].map(|(id, says)| (Some(id), says));
    pages.take(
        Total::Of(2),
        Continuation::Unstated,
        items.into_iter(),
        |item| known.push(item),
    );
    assert_eq!(known, [Seen::New, Seen::New, Seen::Again, Seen::Differs]);
}

#[test]
fn a_list_with_a_count_that_cannot_be_read_is_not_known_to_be_whole() {
    let list = ids(12);
    for counting in WAYS {
        let mut pages = Cursor::new(counting, SIZES);
        let turn = loop {
            let page = page(counting, &list, pages.request());
            match pages.take(
                Total::Unreadable,
                Continuation::Unstated,
                named(&page),
                |_| {},
            ) {
                Next::More => {}
                turn => break turn,
            }
        };
        assert!(matches!(turn, Next::Incomplete(_)), "{turn:?}");
    }
}

#[test]
fn a_page_that_is_too_large_is_asked_for_in_smaller_ones_from_the_same_place() {
    for counting in WAYS {
        let list = ids(35);
        let mut pages = Cursor::new(counting, SIZES);
        let first = page(counting, &list, pages.request());
        let turn = pages.take(Total::Of(35), Continuation::Unstated, named(&first), |_| {});
        assert_eq!(turn, Next::More);
        let before = start(counting, &pages.request());
        assert!(pages.smaller());
        assert_eq!(pages.request().size, 5);
        assert_eq!(start(counting, &pages.request()), before, "{counting:?}");
        assert!(pages.smaller());
        assert!(!pages.smaller(), "there is nothing smaller than the last");
    }
}

/// What happens to a list between two calls.
#[derive(Debug, Clone, Copy)]
enum Change {
    Removed(usize),
    Added(usize),
    Moved(usize, usize),
}

fn apply(list: &mut Vec<String>, change: Change, call: usize) {
    let length = list.len().max(1);
    match change {
        Change::Removed(place) if !list.is_empty() => drop(list.remove(place % length)),
        Change::Removed(_) => {}
        Change::Added(place) => list.insert(place % length, format!("new{call}")),
        Change::Moved(from, to) if !list.is_empty() => {
            let one = list.remove(from % length);
            list.insert(to % length, one);
        }
        Change::Moved(..) => {}
    }
}

/// One kind of change in a run: at each of its calls, or none.
fn changes() -> impl Strategy<Value = Vec<Option<Change>>> {
    let some = |kind: u8| {
        let change = (0..60_usize, 0..60_usize).prop_map(move |(one, other)| match kind {
            0 => Change::Removed(one),
            1 => Change::Added(one),
            _ => Change::Moved(one, other),
        });
        prop::collection::vec(prop::option::weighted(0.3, change), 12)
    };
    (0..3_u8).prop_flat_map(some)
}

proptest! {
    #[test]
    fn what_stays_in_a_list_that_changes_is_neither_lost_nor_doubled(
        counting in prop::sample::select(WAYS.to_vec()),
        count in 0..60_usize,
        changes in changes(),
    ) {
        let mut list = ids(count);
        let mut stayed = list.clone();
        let read = read(counting, |call, at| {
            if let Some(Some(change)) = (call > 0).then(|| changes.get(call)).flatten() {
                apply(&mut list, *change, call);
            }
            stayed.retain(|id| list.contains(id));
            (counted(&list), page(counting, &list, at))
        });
        let mut kept = read.kept.clone();
        kept.sort();
        kept.dedup();
        prop_assert_eq!(kept.len(), read.kept.len(), "doubled: {:?}", read);
        let lost: Vec<&String> = stayed.iter().filter(|id| !read.kept.contains(id)).collect();
        // A page that is asked for after the last of the changes cannot be wrong about it.
        prop_assert!(lost.is_empty() || read.turn != Next::Done, "lost {:?}: {:?}", lost, read);
    }

    #[test]
    fn whatever_a_service_answers_the_reading_ends(
        counting in prop::sample::select(WAYS.to_vec()),
        answers in prop::collection::vec(
            (prop::option::of(any::<u64>()), prop::collection::vec(0..30_u8, 0..15)),
            1..20,
        ),
    ) {
        let read = read(counting, |call, _| {
            let (total, ids) = &answers[call % answers.len()];
            (*total, ids.iter().map(u8::to_string).collect())
        });
        prop_assert!(read.calls <= 5_001);
    }
}

#[test]
fn a_first_page_that_is_refused_as_a_wrong_parameter_is_asked_for_in_smaller_ones() {
    let refused = Error::new(Kind::Usage, "no such size");
    let mut pages = Cursor::new(PageStyle::Number, SIZES).with_guessed_size();
    assert!(pages.smaller_after(&refused));
    assert!(pages.smaller_after(&refused));
    assert!(!pages.smaller_after(&refused), "no size is left");
    let mut pages = Cursor::new(PageStyle::Number, SIZES).with_guessed_size();
    let other = Error::new(Kind::Refused, "other");
    assert!(!pages.smaller_after(&other));
    let page: Vec<String> = (0..10).map(|id| id.to_string()).collect();
    assert_eq!(
        pages.take(Total::Absent, Continuation::Unstated, named(&page), |_| {}),
        Next::More
    );
    assert!(!pages.smaller_after(&refused), "this size did");
    let mut documented = Cursor::new(PageStyle::Number, SIZES);
    assert!(!documented.smaller_after(&refused), "the sizes are known");
}
