//! One list after the other, page by page: which page is asked for next, and how the list ends.

use certcheck::adapters::cursor::Cursor;
use certcheck::adapters::pagination::{Continuation, Next, PageStyle, Total};

use PageStyle::{Number, Offset};
use Total::{Absent, Of, Unreadable};

/// The pages that were asked for, and how the list ended: `None` where it goes on.
type Read = (Vec<usize>, Option<Result<(), String>>);

/// Pages of at most four items, each a letter; a dot is one without an id.
fn take(pages: &mut Cursor, count: Total, items: &str) -> Next {
    let letters: Vec<String> = items.chars().map(String::from).collect();
    let items = letters
        .iter()
        .map(|id| (Some(id.as_str()).filter(|id| *id != "."), ()));
    pages.take(count, Continuation::Unstated, items, |_| {})
}

fn read(counting: PageStyle, told: &[(Total, &str)]) -> Read {
    let mut pages = Cursor::new(counting, &[4, 2]);
    let mut asked = Vec::new();
    for (place, (count, items)) in told.iter().enumerate() {
        asked.push(pages.request().position);
        let end = match take(&mut pages, *count, items) {
            Next::More => continue,
            Next::Done => Ok(()),
            Next::Incomplete(why) => Err(why),
        };
        assert_eq!(place + 1, told.len(), "it ends too early: {end:?}");
        return (asked, Some(end));
    }
    asked.push(pages.request().position);
    (asked, None)
}

fn whole(counting: PageStyle, told: &[(Total, &str)], asked: &[usize]) {
    assert_eq!(read(counting, told), (asked.to_vec(), Some(Ok(()))));
}

fn incomplete(counting: PageStyle, told: &[(Total, &str)], why: &str) {
    let (_, end) = read(counting, told);
    let Some(Err(text)) = &end else {
        panic!("not incomplete: {end:?}");
    };
    assert!(text.contains(why), "{text}");
}

fn goes_on(counting: PageStyle, told: &[(Total, &str)], asked: &[usize]) {
    assert_eq!(read(counting, told), (asked.to_vec(), None));
}

/// The first of a list of twelve goes, and later the second.
const SHRINKING: [(Total, &str); 6] = [
    (Of(12), "abcd"),
    (Of(11), "fghi"),
    (Of(11), "bcde"),
    (Of(11), "fghi"),
    (Of(10), "kl"),
    (Of(10), "ghij"),
];

#[test]
fn where_something_has_gone_the_page_before_is_read_again() {
    let once = [&SHRINKING[..4], &[(Of(11), "jkl")]].concat();
    whole(Number, &once, &[1, 2, 1, 2, 3]);
    let twice = [&SHRINKING[..], &[(Of(10), "kl")]].concat();
    whole(Number, &twice, &[1, 2, 1, 2, 3, 2, 3]);
    let thrice = [
        (Of(16), "abcd"),
        (Of(15), "fghi"),
        (Of(15), "bcde"),
        (Of(15), "fghi"),
        (Of(14), "klmn"),
        (Of(14), "ghij"),
        (Of(14), "klmn"),
        (Of(13), "p"),
    ];
    incomplete(Number, &thrice, "again and again");
    // What is missing at the end is not looked for once more then.
    let rises = [&SHRINKING[..], &[(Of(14), "kl"), (Of(14), "")]].concat();
    incomplete(Number, &rises, "12 of 14");
}

#[test]
fn a_page_that_is_read_again_is_no_page_beyond_the_end() {
    let mut pages = Cursor::new(Number, &[4, 2]);
    for (count, items) in &SHRINKING[..5] {
        assert_eq!(take(&mut pages, *count, items), Next::More);
    }
    assert!(!pages.is_beyond(), "it is at {:?}", pages.request());
}

#[test]
fn where_more_has_gone_than_a_page_all_of_them_are_read_again() {
    // Nobody knows between which pages it went.
    goes_on(
        Number,
        &[(Of(12), "abcd"), (Absent, "fghi"), (Of(11), "jkl")],
        &[1, 2, 3, 1],
    );
    // The page before has moved on as well, or farther than to its end.
    let moved = [
        (Of(12), "abcd"),
        (Of(12), "efgh"),
        (Of(11), "jkl"),
        (Of(10), "ghij"),
    ];
    goes_on(Number, &moved, &[1, 2, 3, 2, 1]);
    let rest = [(Of(10), "cdef"), (Of(10), "ghij"), (Of(10), "kl")];
    whole(
        Number,
        &[&moved[..], &rest].concat(),
        &[1, 2, 3, 2, 1, 2, 3],
    );
    // What is read for the third time repeats itself, and ends nothing.
    let again = [
        (Of(17), "abcd"),
        (Of(17), "efgh"),
        (Of(16), "jklm"),
        (Of(15), "fghi"),
        (Of(15), "bcde"),
        (Of(15), "fghi"),
        (Of(15), "jklm"),
    ];
    goes_on(Number, &again, &[1, 2, 3, 2, 1, 2, 3, 4]);
    let far = [
        (Of(16), "abcd"),
        (Of(16), "efgh"),
        (Of(12), "mnop"),
        (Of(12), "ijkl"),
    ];
    goes_on(Number, &far, &[1, 2, 3, 2, 1]);
    // It begins with what came with the page that showed it, and h and i did not come.
    let twice = [
        (Absent, "abcd"),
        (Absent, "defg"),
        (Absent, "jklm"),
        (Absent, "jklm"),
    ];
    goes_on(Offset, &twice, &[0, 3, 6, 3, 0]);
}

#[test]
fn what_goes_while_the_first_page_is_read_again_has_no_page_before() {
    let told = [(Of(6), "abcd"), (Of(5), "f"), (Of(4), "cdef"), (Of(4), "")];
    whole(Number, &told, &[1, 2, 1, 2]);
}

#[test]
fn what_has_gone_unseen_is_not_missing_where_the_last_page_tells_the_count() {
    let told = [(Of(6), "abcd"), (Of(5), "f"), (Of(5), "abcd"), (Of(5), "f")];
    whole(
        Number,
        &[&told[..], &[(Of(5), "")]].concat(),
        &[1, 2, 1, 2, 3],
    );
    goes_on(
        Number,
        &[&told[..], &[(Absent, "")]].concat(),
        &[1, 2, 1, 2, 3, 1],
    );
}

#[test]
fn a_list_of_which_more_than_twenty_go_is_not_believed() {
    for (first, is_whole) in [(39, true), (40, false)] {
        let told = [
            (Of(first), "abcd"),
            (Of(19), "efgh"),
            (Of(19), "abcd"),
            (Of(19), "efgh"),
            (Of(19), "ijkl"),
            (Of(19), "mnop"),
            (Of(19), "qrs"),
            (Of(19), ""),
        ];
        let (_, end) = read(Number, &told);
        assert_eq!(end, is_whole.then_some(Ok(())), "{first}");
    }
}

#[test]
fn what_is_missing_at_the_end_is_looked_for_at_the_front() {
    let told = [(Of(6), "abcd"), (Of(6), "de"), (Of(6), "")];
    goes_on(Number, &told, &[1, 2, 3, 1]);
    whole(
        Number,
        &[&told[..], &[(Of(6), "fabc")]].concat(),
        &[1, 2, 3, 1],
    );
    incomplete(Number, &[&told[..], &[(Of(6), "abcd")]].concat(), "5 of 6");
    // What goes just then may have been the missing one, or not.
    incomplete(Number, &[&told[..], &[(Of(5), "abcd")]].concat(), "changed");
    let undoubted = [(Of(6), "abcd"), (Of(6), "e"), (Of(6), ""), (Of(5), "abcd")];
    incomplete(Number, &undoubted, "changed");
    incomplete(Number, &[(Of(5), "")], "0 of 5");
}

#[test]
fn a_count_that_cannot_be_read_once_proves_nothing_any_more() {
    incomplete(
        Number,
        &[(Unreadable, "abcd"), (Absent, "abcd")],
        "cannot be read",
    );
    incomplete(
        Number,
        &[(Of(9), "abcd"), (Unreadable, "")],
        "cannot be read",
    );
    let mut pages = Cursor::new(Number, &[4, 2]);
    take(&mut pages, Of(6), "abcd");
    assert_eq!(take(&mut pages, Unreadable, "ef"), Next::More);
    assert!(!pages.is_beyond());
}

#[test]
fn a_page_that_only_repeats_ends_a_list_that_was_proved_whole() {
    whole(
        Number,
        &[(Of(8), "abcd"), (Of(8), "efgh"), (Of(8), "efgh")],
        &[1, 2, 3],
    );
    incomplete(
        Number,
        &[(Of(4), "abcd"), (Of(4), "abcd")],
        "repeats itself",
    );
    incomplete(
        Number,
        &[(Absent, "abcd"), (Absent, "abcd")],
        "repeats itself",
    );
}

#[test]
fn a_numbered_page_that_is_too_short_is_the_last() {
    let told = [
        (Absent, "abcd"),
        (Absent, "ef"),
        (Absent, "gh"),
        (Absent, ""),
    ];
    incomplete(Number, &told, "changed");
    let counted = [(Of(8), "abcd"), (Of(8), "ef"), (Of(8), "gh")];
    whole(Number, &counted, &[1, 2, 3]);
    let offset = [
        (Absent, "abcd"),
        (Absent, "de"),
        (Absent, "efg"),
        (Absent, "g"),
    ];
    whole(Offset, &offset, &[0, 3, 4, 6]);
}

#[test]
fn an_item_without_an_id_proves_no_count() {
    let mut pages = Cursor::new(Number, &[4, 2]);
    take(&mut pages, Of(3), "ab.");
    assert!(!pages.is_beyond());
    // It is no overlap either.
    incomplete(Number, &[(Of(5), "abcd"), (Of(5), ".")], "repeats itself");
    goes_on(Number, &[(Of(6), "abcd"), (Of(6), "e.")], &[1, 2, 3]);
}

#[test]
fn smaller_pages_are_not_short() {
    let mut pages = Cursor::new(Number, &[4, 2]);
    take(&mut pages, Of(6), "abcd");
    assert!(pages.smaller());
    assert_eq!(take(&mut pages, Of(6), "ef"), Next::More);
}

#[test]
fn five_thousand_pages_are_read_and_no_more() {
    for (items, is_whole) in [(4_999, true), (5_000, false)] {
        let mut pages = Cursor::new(Number, &[1]);
        let mut read = || {
            for id in 0..items {
                let id = id.to_string();
                let turn = pages.take(
                    Absent,
                    Continuation::Unstated,
                    [(Some(id.as_str()), ())].into_iter(),
                    |_| {},
                );
                assert_eq!(turn, Next::More);
            }
            take(&mut pages, Absent, "")
        };
        let end = read();
        assert_eq!(end == Next::Done, is_whole, "{end:?}");
    }
}

#[test]
fn an_item_without_an_id_counts_once() {
    whole(Number, &[(Of(4), "abc."), (Of(4), "")], &[1, 2]);
    whole(
        Number,
        &[(Of(5), "abc."), (Of(5), "e"), (Of(5), "")],
        &[1, 2, 3],
    );
}
