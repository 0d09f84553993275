//! Every hostile server of a list, as proptest makes them up.

use certcheck::adapters::pagination::PageStyle;
use certcheck::error::Kind;
use proptest::prelude::*;

use crate::support::list_server::{Beyond, Change, Plan, Told, Trouble, Window};

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

fn trouble() -> impl Strategy<Value = Trouble> {
    prop_oneof![
        2 => prop::sample::select(Kind::ALL.to_vec()).prop_map(Trouble::Fails),
        1 => Just(Trouble::Repeats),
        1 => Just(Trouble::Stuck),
        1 => Just(Trouble::Halved),
    ]
}

/// Every server about which a reader can know when it has everything.
pub fn plans(counting: PageStyle, longest: usize) -> impl Strategy<Value = Plan> {
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
    let parts = (0..60_usize, 2..=longest, window, told(), beyond, trouble);
    (parts, life.prop_flat_map(changes)).prop_map(move |(parts, changes)| {
        let (length, longest_page, window, told, beyond, trouble) = parts;
        let plan = Plan {
            length,
            longest_page,
            window,
            told,
            beyond,
            trouble,
            changes,
        };
        plan.knowable(counting)
    })
}
