//! Whenever a list is said to be whole, everything that the server held from the first request to the last is in it:
//! in the arithmetic of pages, and through the conversation with each service.

use certcheck::adapters::pagination::PageStyle;
use certcheck::error::Kind;
use proptest::prelude::*;

use crate::server_plans::plans;
use crate::support::list_server::{Beyond, Plan, Told, Trouble, Window, read};

/// A list that does not change, of a server that makes no trouble.
pub fn quiet(length: usize, longest_page: usize, told: Told) -> Plan {
    Plan {
        length,
        longest_page,
        window: Window::Asked,
        told,
        beyond: Beyond::Empty,
        trouble: None,
        changes: Vec::new(),
    }
}

/// The styles in which an empty page ends a list.
const WAYS: [PageStyle; 2] = [PageStyle::Offset, PageStyle::Number];
/// All styles.
const STYLES: [PageStyle; 3] = [PageStyle::Offset, PageStyle::Number, PageStyle::Token];

fn any_way() -> impl Strategy<Value = (PageStyle, Plan)> {
    prop::sample::select(STYLES.to_vec())
        .prop_flat_map(|counting| (Just(counting), plans(counting, 12)))
}

proptest! {
    #[test]
    fn a01_a_list_that_is_said_to_be_whole_has_everything((counting, plan) in any_way()) {
        let read = read(counting, &plan);
        let lost = read.lost();
        prop_assert!(!read.whole || lost.is_empty(), "lost {:?}: {:?}", lost, read);
        let mut once = read.kept.clone();
        once.sort();
        once.dedup();
        prop_assert_eq!(once.len(), read.kept.len(), "doubled: {:?}", read);
    }
}

#[test]
fn a01_a_page_that_fails_makes_a_list_incomplete_whatever_was_counted() {
    for counting in WAYS {
        for told in [0, 5, 9, 10, 11, 30].map(Told::Constant) {
            for kind in Kind::ALL {
                let plan = Plan {
                    trouble: Some((1, Trouble::Fails(kind))),
                    ..quiet(30, 10, told)
                };
                let read = read(counting, &plan);
                // The one exception: a page beyond a count that was reached exactly may not exist.
                let exists = kind != Kind::Usage || told != Told::Constant(10);
                assert_eq!(read.whole, !exists, "{counting:?} {told:?} {kind:?}");
                assert_eq!(read.kept.len(), 10);
            }
        }
    }
}

#[test]
fn a30_a_count_that_counts_the_page_ends_nothing() {
    for counting in WAYS {
        for window in [Window::Asked, Window::Own] {
            for told in [
                Told::PerPage,
                Told::Constant(10),
                Told::Rising,
                Told::Constant(20),
            ] {
                for length in [10, 20, 25, 30] {
                    let plan = Plan {
                        window,
                        ..quiet(length, 10, told)
                    };
                    let read = read(counting, &plan);
                    let below = told != Told::Constant(20) || length >= 20;
                    let all = (below, length);
                    let what = format!("{counting:?} {window:?} {told:?} {length}");
                    assert_eq!((read.whole, read.kept.len()), all, "{what}: {read:?}");
                }
            }
        }
    }
}

#[test]
fn a30_the_only_page_of_a_list_costs_a_second_request_and_no_list_more_than_one() {
    for counting in WAYS {
        for length in 0..70 {
            let read = read(counting, &quiet(length, 10, Told::Honest));
            assert!(read.whole, "{counting:?} {length}");
            assert_eq!(read.kept.len(), length);
            // Pages overlap by one where they are asked for by offset.
            let pages = match counting {
                PageStyle::Offset if length > 1 => (length - 1).div_ceil(9),
                _ => length.div_ceil(10).max(1),
            };
            let fewest = if pages == 1 && length > 0 { 2 } else { pages };
            let most = if length > 0 { pages + 1 } else { 1 };
            assert!(
                (fewest..=most).contains(&read.calls),
                "{counting:?} {length}: {} calls",
                read.calls
            );
        }
    }
}
