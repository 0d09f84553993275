//! The driver and clocks: one correction of the signature's time, and what an answer's `Date` shows.

use certcheck::error::Kind;
use certcheck::exchange::{AnswerClock, ClockOffsets, Response};
use chrono::TimeDelta;
use futures_util::future::join_all;
use http::HeaderMap;
use http::header::DATE;

use crate::fake_transport::{Act, Part, Rig, Sent, Talk, begin, http_date, say};

/// A service whose clock is that far ahead; it takes signatures within five minutes of it.
fn strict(sent: &Sent, ahead: TimeDelta, by_header: bool) -> Act {
    let now = begin() + TimeDelta::from_std(sent.at).expect("a short time") + ahead;
    let good = (now - sent.time).abs() < TimeDelta::minutes(5);
    let act = say(if good { "ok" } else { "clock" });
    if by_header {
        act.header("date", &http_date(now))
    } else {
        act.header("x-server-time", &now.to_rfc3339())
    }
}

#[tokio::test(start_paused = true)]
async fn the_clock_is_corrected_from_what_the_answer_tells() {
    for by_header in [true, false] {
        for ahead in [
            TimeDelta::hours(9),
            TimeDelta::minutes(-20),
            TimeDelta::days(-3000),
        ] {
            let rig = Rig::new(|sent| strict(sent, ahead, by_header));
            assert_eq!(rig.drive(&mut Talk::about(&["a"])).await.1, Ok(()));
            assert_eq!(rig.times_sent(), 2, "one corrected try");
            assert_eq!(rig.elapsed().as_millis(), 0, "without a pause");
            assert_eq!(rig.account.farthest_clock(), Some(ahead));
            // The account keeps the correction.
            assert_eq!(rig.drive(&mut Talk::about(&["b"])).await.1, Ok(()));
            assert_eq!(rig.times_sent(), 3);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_refusal_for_the_time_is_final() {
    let rig = Rig::new(|sent| {
        let later = begin() + TimeDelta::hours(sent.number as i64 * 5);
        say("clock").header("date", &http_date(later))
    });
    let mut talk = Talk::about(&["a"]);
    let error = rig.drive(&mut talk).await.1.expect_err("never right");
    assert_eq!((error.kind, error.attempts), (Kind::Clock, 2));
    assert_eq!((rig.times_sent(), talk.offered.len()), (2, 1));
    let error = rig
        .drive(&mut Talk::about(&["b"]))
        .await
        .1
        .expect_err("barred");
    assert_eq!((error.kind, error.attempts), (Kind::Clock, 0));
    assert_eq!(rig.times_sent(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_no_correction_can_cure_is_not_repeated() {
    let agreeing = Rig::new(|_| say("clock").header("date", &http_date(begin())));
    let silent = Rig::saying(&["clock"]);
    let unreadable = Rig::new(|_| say("clock").header("date", "yesterday"));
    for rig in [agreeing, silent, unreadable] {
        let error = rig
            .drive(&mut Talk::about(&["a"]))
            .await
            .1
            .expect_err("refused");
        assert_eq!((error.kind, error.attempts), (Kind::Clock, 1));
        assert_eq!(rig.times_sent(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn the_answers_own_time_goes_before_the_header() {
    let rig = Rig::new(|sent| match sent.number {
        1 => say("clock")
            .header("x-server-time", "2026-11-22T10:00:00Z")
            .header("date", &http_date(begin() + TimeDelta::hours(7))),
        _ => say("ok"),
    });
    assert_eq!(rig.drive(&mut Talk::about(&["a"])).await.1, Ok(()));
    assert_eq!(
        rig.fake.sent.borrow()[1].time,
        begin() + TimeDelta::hours(2)
    );
}

#[tokio::test(start_paused = true)]
async fn a_date_more_than_an_hour_off_shows_that_our_clock_is_wrong() {
    for (minutes, wrong) in [
        (0, false),
        (59, false),
        (-60, false),
        (61, true),
        (-61, true),
    ] {
        let off = TimeDelta::minutes(minutes);
        for word in ["ok", "not_found"] {
            let rig = Rig::new(|_| say(word).header("date", &http_date(begin() + off)));
            let _ = rig.drive(&mut Talk::about(&["a"])).await;
            let farthest = rig.account.farthest_clock();
            assert_eq!(farthest, wrong.then_some(off), "{minutes} {word}");
            // It is for judging; what the service accepts is signed as before.
            let _ = rig.drive(&mut Talk::about(&["b"])).await;
            assert_eq!(rig.fake.sent.borrow()[1].time, begin());
        }
    }
}

/// The clock that came with each part of a conversation.
async fn clocks(rig: &Rig<'_>, ids: &[&str]) -> Vec<AnswerClock> {
    let mut clocks = Vec::new();
    let mut emit = |_: Part, clock| clocks.push(clock);
    let _ = rig.drive_into(&mut Talk::about(ids), &mut emit).await;
    clocks
}

#[tokio::test(start_paused = true)]
async fn a09_each_part_of_a_result_comes_with_the_clock_of_its_own_answer() {
    let rig = Rig::new(|sent| match sent.number {
        1 => say("ok").header("date", &http_date(begin() + TimeDelta::days(400))),
        2 => say("ok"),
        _ => say("ok").header("date", &http_date(begin())),
    });
    let dates = clocks(&rig, &["a", "b", "c"]).await;
    let dates: Vec<_> = dates.iter().map(|clock| clock.date).collect();
    let days = |count| Some(TimeDelta::days(count));
    assert_eq!(dates, [days(400), None, days(0)]);
}

#[tokio::test(start_paused = true)]
async fn a02_only_an_answer_to_a_corrected_signature_proves_the_services_clock() {
    let ahead = TimeDelta::days(-700);
    let rig = Rig::new(|sent| match sent.number {
        1 => say("ok"),
        _ => strict(sent, ahead, true),
    });
    let proofs = clocks(&rig, &["a", "b"]).await;
    let proofs: Vec<_> = proofs.iter().map(|clock| clock.proven).collect();
    assert_eq!(proofs, [None, Some(ahead)]);
}

#[tokio::test(start_paused = true)]
async fn a09_the_farthest_date_does_not_depend_on_the_order_of_answers() {
    for order in [[2, -400, 400, -2], [400, -2, 2, -400], [-400, 400, -2, 2]] {
        let rig = Rig::new(|sent| {
            let hours = TimeDelta::hours(order[sent.number - 1]);
            say("ok").header("date", &http_date(begin() + hours))
        });
        clocks(&rig, &["a", "b", "c", "d"]).await;
        let farthest = rig.account.farthest_clock();
        assert_eq!(farthest, Some(TimeDelta::hours(400)), "{order:?}");
    }
}

#[test]
fn a02_the_end_is_judged_by_the_later_clock_the_start_by_the_earlier_or_the_proven_one() {
    let hours = |count: i64| TimeDelta::hours(count);
    // Date, proven, farthest of the account; end, start, behind.
    for (date, proven, farthest, end, start, behind) in [
        (None, None, None, 0, 0, None),
        (Some(0), None, None, 0, 0, None),
        // One's own `Date` counts before that of others.
        (Some(1), None, Some(400), 0, 0, None),
        (Some(5), None, None, 5, 0, Some(5)),
        (Some(-5), None, Some(9), 0, -5, Some(-5)),
        (None, None, Some(9), 9, 0, Some(9)),
        (None, None, Some(-9), 0, -9, Some(-9)),
        (Some(7), Some(7), Some(7), 7, 7, Some(7)),
        (Some(-7), Some(-7), Some(-7), 0, -7, Some(-7)),
        (None, Some(-7), Some(-7), 0, -7, Some(-7)),
        // A `Date` that contradicts the proven clock.
        (Some(400), Some(-7), Some(400), 400, -7, Some(400)),
        (Some(0), Some(7), Some(7), 7, 7, Some(7)),
    ] {
        let clock = AnswerClock {
            date: date.map(hours),
            proven: proven.map(hours),
        };
        let expected = ClockOffsets {
            end: hours(end),
            start: hours(start),
            behind: behind.map(hours),
            proven: proven.is_some(),
        };
        let offsets = clock.offsets(farthest.map(hours));
        assert_eq!(offsets, expected, "{clock:?} {farthest:?}");
    }
}

#[test]
fn a28_a_date_is_read_in_all_three_forms_whatever_its_weekday() {
    let shown = |text: &str| {
        let response = Response {
            status: 200,
            headers: HeaderMap::from_iter([(DATE, text.parse().expect("a value"))]),
            body: Vec::new(),
        };
        response.date().map(|date| date.to_rfc3339())
    };
    for text in [
        "Sun, 22 Nov 2026 08:00:00 GMT",
        "Mon, 22 Nov 2026 08:00:00 GMT",
        "22 Nov 2026 08:00:00 GMT",
        "Sun, 22 Nov 2026 09:00:00 +0100",
        "Sunday, 22-Nov-26 08:00:00 GMT",
        "Friday, 22-Nov-26 08:00:00 GMT",
        "Sun, 22-Nov-2026 08:00:00 GMT",
        "Sun Nov 22 08:00:00 2026",
        "Tue Nov 22 08:00:00 2026",
        " Sun Nov 22 08:00:00 2026 ",
    ] {
        assert_eq!(
            shown(text).as_deref(),
            Some("2026-11-22T08:00:00+00:00"),
            "{text}"
        );
    }
    let single = shown("Sun Nov  1 08:00:00 2026");
    assert_eq!(single.as_deref(), Some("2026-11-01T08:00:00+00:00"));
    for text in [
        "",
        "yesterday",
        "Sun, 22 Nov 2026",
        "Sun, 22 Now 2026 08:00:00 GMT",
        "Sun, 31 Nov 2026 08:00:00 GMT",
        "1795334400",
        "2026-11-22T08:00:00Z",
    ] {
        assert_eq!(shown(text), None, "{text}");
    }
}

#[test]
fn a19_a_date_outside_the_years_of_clocks_is_not_read() {
    let shown = |text: &str| {
        let value = text.parse().expect("a value");
        let headers = HeaderMap::from_iter([(DATE, value)]);
        let response = Response {
            status: 200,
            headers,
            body: Vec::new(),
        };
        response.date().is_some()
    };
    for (text, read) in [
        ("Sat, 01 Jan 2000 00:00:00 GMT", true),
        ("Fri, 31 Dec 1999 23:59:59 GMT", false),
        ("Thu, 01 Jan 1970 00:00:00 GMT", false),
        ("Sunday, 06-Nov-94 08:49:37 GMT", false),
        ("Sun Nov  6 08:49:37 1994", false),
        ("Thu, 31 Dec 9998 23:59:59 GMT", true),
        ("Fri, 01 Jan 9999 00:00:00 GMT", false),
        ("Fri, 31 Dec 9999 23:59:59 GMT", false),
        ("Fri, 01 Jan 262000 00:00:00 GMT", false),
        ("Fri Jan  1 00:00:00 262000", false),
    ] {
        assert_eq!(shown(text), read, "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a19_a_refusal_whose_clock_cannot_be_is_not_corrected_by_it() {
    for (name, time) in [
        ("x-server-time", "+262000-01-01T00:00:00Z"),
        ("x-server-time", "1970-01-01T00:00:00Z"),
        ("date", "Fri, 01 Jan 262000 00:00:00 GMT"),
    ] {
        let rig = Rig::new(|_| say("clock").header(name, time));
        let _ = rig.drive(&mut Talk::about(&["a"])).await;
        assert_eq!((rig.times_sent(), rig.account.farthest_clock()), (1, None));
    }
}

#[tokio::test(start_paused = true)]
async fn conversations_that_waited_for_the_first_use_the_corrected_clock() {
    let rig = Rig::new(|sent| strict(sent, TimeDelta::hours(2), true).after(100));
    let ids = ["a", "b", "c", "d"];
    let all = ids.map(|id| {
        let rig = &rig;
        async move { rig.drive(&mut Talk::about(&[id])).await.1 }
    });
    assert_eq!(join_all(all).await, [const { Ok(()) }; 4]);
    assert_eq!(rig.times_sent(), 5, "{:?}", rig.targets());
    let sent = rig.fake.sent.borrow();
    let at: Vec<u128> = sent.iter().map(|sent| sent.at.as_millis()).collect();
    // A refusal for the time proves no key: the next one goes alone as well.
    assert_eq!(at, [0, 100, 200, 200, 200]);
}

#[tokio::test(start_paused = true)]
async fn a_stamp_is_taken_when_the_request_may_go_not_when_it_begins_to_wait() {
    let rig = Rig::new(|_| say("ok").after(9000));
    let (mut one, mut other) = (Talk::about(&["a"]), Talk::about(&["b"]));
    let _ = tokio::join!(rig.drive(&mut one), rig.drive(&mut other));
    let sent = rig.fake.sent.borrow();
    assert_eq!(sent[1].time, begin() + TimeDelta::seconds(9));
}

#[tokio::test(start_paused = true)]
async fn requests_under_way_together_are_all_corrected() {
    // The first is answered before the service's clock jumps; the others leave together and are all refused.
    let rig = Rig::new(|sent| match sent.number {
        1 => say("ok"),
        _ => strict(sent, TimeDelta::hours(2), true).after(100),
    });
    assert_eq!(rig.drive(&mut Talk::about(&["first"])).await.1, Ok(()));
    let all = ["a", "b", "c"].map(|id| {
        let rig = &rig;
        async move { rig.drive(&mut Talk::about(&[id])).await.1 }
    });
    assert_eq!(join_all(all).await, [const { Ok(()) }; 3]);
    assert_eq!(rig.times_sent(), 7);
}
