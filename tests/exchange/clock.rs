//! The driver and clocks: one correction of the signature's time, and what an answer's `Date` shows.

use certcheck::error::Kind;
use certcheck::exchange::Skew;
use chrono::TimeDelta;
use futures_util::future::join_all;

use crate::fake::{Act, Rig, Sent, Talk, begin, http_date, say};

/// A service whose clock is that far ahead; it takes signatures within five minutes of it.
fn strict(sent: &Sent, ahead: TimeDelta, by_header: bool) -> Act {
    let now = begin() + TimeDelta::from_std(sent.at).expect("a short time") + ahead;
    let good = (now - sent.time).abs() < TimeDelta::minutes(5);
    let act = say(if good { "ok" } else { "clock" });
    match by_header {
        true => act.header("date", &http_date(now)),
        false => act.header("x-server-time", &now.to_rfc3339()),
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
            assert_eq!(
                rig.account.skew(),
                Some(Skew {
                    behind: ahead,
                    refused: true
                })
            );
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
            let skew = Skew {
                behind: off,
                refused: false,
            };
            assert_eq!(
                rig.account.skew(),
                wrong.then_some(skew),
                "{minutes} {word}"
            );
            // It is for judging; what the service accepts is signed as before.
            let _ = rig.drive(&mut Talk::about(&["b"])).await;
            assert_eq!(rig.fake.sent.borrow()[1].time, begin());
        }
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
