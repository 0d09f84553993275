//! Pages by token: only the service's own "no more" ends them.

use certcheck::adapters::cursor::Cursor;
use certcheck::adapters::pagination::{Continuation, Next, PageStyle, Total};
use certcheck::error::{Error, Kind};
use certcheck::json::{Json, parse};

use Continuation::{End, Unreadable, Unstated};
use Total::{Absent, Of};

fn token(text: &str) -> Continuation {
    Continuation::Token(text.to_owned())
}

/// One page: its total, its items, each a letter, and what follows.
type Answered = (Total, &'static str, Continuation);

/// The tokens that were requested, and how the list ended; `None` where it goes on.
fn read(pages: &[Answered]) -> (Vec<Option<String>>, Option<Result<(), String>>) {
    let mut cursor = Cursor::new(PageStyle::Token, &[4, 2]);
    let mut requested = Vec::new();
    for (number, (total, items, continuation)) in pages.iter().enumerate() {
        requested.push(cursor.request().token);
        let ids: Vec<String> = items.chars().map(String::from).collect();
        let items = ids.iter().map(|id| (Some(id.as_str()), ()));
        let end = match cursor.take(*total, continuation.clone(), items, |_| {}) {
            Next::More => continue,
            Next::Done => Ok(()),
            Next::Incomplete(why) => Err(why),
        };
        assert_eq!(number + 1, pages.len(), "it ends too early: {end:?}");
        return (requested, Some(end));
    }
    (requested, None)
}

fn whole(pages: &[Answered]) {
    assert_eq!(read(pages).1, Some(Ok(())));
}

fn incomplete(pages: &[Answered], why: &str) {
    let Some(Err(text)) = read(pages).1 else {
        panic!("not incomplete");
    };
    assert!(text.contains(why), "{text}");
}

#[test]
fn tokens_are_followed_to_the_end_that_the_service_states() {
    let (requested, end) = read(&[
        (Absent, "abcd", token("x")),
        (Absent, "ef", token("y")),
        (Absent, "g", End),
    ]);
    assert_eq!(
        requested,
        [None, Some("x".to_owned()), Some("y".to_owned())]
    );
    assert_eq!(end, Some(Ok(())));
    // A list of one page, and one without anything, need no second request.
    whole(&[(Absent, "ab", End)]);
    whole(&[(Absent, "", End)]);
}

#[test]
fn an_empty_page_and_a_total_that_is_reached_end_no_list_that_has_a_token() {
    whole(&[
        (Absent, "", token("x")),
        (Absent, "abcd", token("y")),
        (Absent, "", token("z")),
        (Absent, "e", End),
    ]);
    let goes_on = read(&[(Of(2), "ab", token("x")), (Of(2), "", token("y"))]);
    assert_eq!(goes_on.1, None);
}

#[test]
fn a_total_above_what_came_and_an_end_that_is_not_stated_make_a_list_incomplete() {
    incomplete(&[(Of(3), "ab", End)], "it ends after 2 of 3");
    incomplete(
        &[
            (Of(6), "abcd", token("x")),
            (Of(6), "e", End),
            // The front is looked at once more.
            (Of(6), "abcd", token("x")),
        ],
        "it ends after 5 of 6",
    );
    incomplete(&[(Total::Unreadable, "ab", End)], "cannot be read");
    incomplete(&[(Absent, "ab", Unreadable)], "cannot be read");
    incomplete(
        &[(Absent, "ab", Unstated)],
        "does not say whether it goes on",
    );
}

#[test]
fn a_token_that_comes_again_and_a_page_that_only_repeats_are_a_loop() {
    incomplete(
        &[(Absent, "abcd", token("x")), (Absent, "ef", token("x"))],
        "repeats itself",
    );
    incomplete(
        &[(Absent, "abcd", token("x")), (Absent, "abcd", token("y"))],
        "repeats itself",
    );
    incomplete(
        &[(Absent, "abcd", token("x")), (Absent, "abcd", End)],
        "repeats itself",
    );
}

#[test]
fn a_list_that_shrinks_is_whole_only_if_its_total_says_so() {
    // The token was an offset: `f` moved before it.
    incomplete(
        &[(Of(10), "abcde", token("5")), (Of(9), "ghij", End)],
        "it changed",
    );
    // It was a key: nothing moved.
    whole(&[(Of(10), "abcde", token("e")), (Of(9), "fghij", End)]);
}

#[test]
fn a_page_by_token_that_is_refused_is_missing_even_where_the_total_is_reached() {
    let mut cursor = Cursor::new(PageStyle::Token, &[4, 2]);
    let ids = ["a", "b"].map(|id| (Some(id), ()));
    let next = cursor.take(Of(2), token("x"), ids.into_iter(), |_| {});
    assert_eq!(next, Next::More);
    assert!(!cursor.is_beyond());
    let refused = Error::new(Kind::Usage, "the token has expired");
    let read = certcheck::adapters::listing::broken_off(&mut cursor, refused);
    let Ok(certcheck::exchange::FlowProgress::Done(batch)) = read else {
        panic!("not the end");
    };
    assert!(batch.missing.is_some());
}

#[test]
fn an_absent_and_an_empty_token_are_the_end_and_an_odd_one_cannot_be_read() {
    for (text, expected) in [
        (r#"{"NextToken":"abc"}"#, token("abc")),
        (r#"{"NextToken":7}"#, token("7")),
        (r#"{"NextToken":""}"#, End),
        (r#"{"NextToken":null}"#, End),
        ("{}", End),
        (r#"{"NextToken":{}}"#, Unreadable),
        (r#"{"NextToken":["a"]}"#, Unreadable),
        (r#"{"NextToken":"a","NextToken":"b"}"#, Unreadable),
    ] {
        let Ok(Json::Object(object)) = parse(text.as_bytes()) else {
            panic!("an object");
        };
        let read = certcheck::adapters::listing::next_token(&object, "NextToken");
        assert_eq!(read, expected, "{text}");
    }
}

#[test]
fn where_pages_have_numbers_the_service_may_state_the_end_too() {
    for style in [PageStyle::Offset, PageStyle::Number] {
        let take = |total, continuation| {
            let mut cursor = Cursor::new(style, &[4, 2]);
            let ids = ["a", "b"].map(|id| (Some(id), ()));
            cursor.take(total, continuation, ids.into_iter(), |_| {})
        };
        assert_eq!(take(Absent, End), Next::Done);
        assert_eq!(take(Of(2), End), Next::Done);
        assert_eq!(take(Absent, Unstated), Next::More);
        assert_eq!(
            take(Of(3), End),
            Next::Incomplete("it ends after 2 of 3".to_owned())
        );
        assert!(matches!(take(Absent, Unreadable), Next::Incomplete(_)));
    }
}
