//! The driver and other people's limits: a rate limit for each account, and waits that a service asks for.

use std::time::Duration;

use certcheck::error::{Error, Kind};
use certcheck::exchange::{AccountState, RateLimit};
use futures_util::future::join_all;

use crate::fake_transport::{Act, Rig, Talk, begin, fail_with, http_date, say};

fn paced(per_second: Option<f64>, in_flight: Option<usize>) -> AccountState {
    AccountState::new(RateLimit {
        per_second,
        in_flight,
    })
}

/// When each of so many requests was sent, asked for all at once.
async fn starts(account: AccountState, count: usize, takes: u64) -> (Vec<Duration>, usize) {
    let mut rig = Rig::new(move |_| say("ok").after(takes));
    rig.account = account;
    let names: Vec<String> = (0..count).map(|number| number.to_string()).collect();
    let each = names.iter().map(|name| {
        let rig = &rig;
        async move { rig.drive(&mut Talk::about(&[name])).await.1 }
    });
    assert!(join_all(each).await.iter().all(Result::is_ok));
    let sent = rig.fake.sent.borrow().iter().map(|sent| sent.at).collect();
    (sent, rig.fake.most.get())
}

#[tokio::test(start_paused = true)]
async fn no_second_sees_more_requests_than_the_rate() {
    for (rate, burst, window) in [(8.0, 8, 1000), (2.5, 2, 800), (0.5, 1, 2000)] {
        let (starts, _) = starts(paced(Some(rate), None), 30, 20).await;
        assert_eq!(starts.len(), 30);
        let window = Duration::from_millis(window);
        for pair in starts.windows(burst + 1) {
            assert!(pair[burst] - pair[0] > window, "{rate}: {pair:?}");
        }
        // And not much slower than that.
        let least = 29.0 / rate;
        let took = starts[29].as_secs_f64();
        assert!(took <= least * 1.05, "{rate}: {took} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_few_requests_do_not_wait() {
    let (starts, most) = starts(paced(Some(8.0), None), 8, 20).await;
    // The first goes alone.
    assert_eq!(starts[0].as_millis(), 0);
    assert!(starts[1..].iter().all(|start| start.as_millis() == 20));
    assert_eq!(most, 7);
}

#[tokio::test(start_paused = true)]
async fn no_more_are_under_way_than_the_limit_allows() {
    for most in [1, 5] {
        let (starts, seen) = starts(paced(None, Some(most)), 21, 100).await;
        assert_eq!((starts.len(), seen), (21, most));
    }
    let (starts, _) = starts(paced(None, None), 21, 100).await;
    assert!(starts[1..].iter().all(|start| start.as_millis() == 100));
}

#[tokio::test(start_paused = true)]
async fn two_accounts_do_not_slow_each_other() {
    let one = starts(paced(Some(1.0), None), 5, 20);
    let other = starts(paced(Some(1.0), None), 5, 20);
    let ((one, _), (other, _)) = tokio::join!(one, other);
    assert_eq!(one, other);
    assert!(one[4] < Duration::from_millis(4_200), "{one:?}");
}

/// Told to wait by the first answer, in that way.
async fn told(wait: impl Fn(Act) -> Act, word: &'static str) -> (Rig<'static>, Duration) {
    let first = std::cell::RefCell::new(Some(wait(say(word))));
    let rig = Rig::new(move |_| first.borrow_mut().take().unwrap_or_else(|| say("ok")));
    assert_eq!(rig.drive(&mut Talk::about(&["a"])).await.1, Ok(()));
    let pause = {
        let sent = rig.fake.sent.borrow();
        assert_eq!(sent.len(), 2);
        sent[1].at - sent[0].at
    };
    (rig, pause)
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_the_service_asks_for_is_kept() {
    let later = http_date(begin() + chrono::TimeDelta::seconds(40));
    let server = http_date(begin() + chrono::TimeDelta::seconds(10));
    for word in ["throttled", "unavailable"] {
        let (_, pause) = told(|act| act.header("retry-after", "17"), word).await;
        assert_eq!(pause.as_secs(), 17);
        let (_, pause) = told(|act| act.header("retry-after", &later), word).await;
        assert_eq!(pause.as_secs(), 40, "a date, by our clock");
        let dated = |act: Act| act.header("retry-after", &later).header("date", &server);
        assert_eq!(told(dated, word).await.1.as_secs(), 30, "by its clock");
        for nothing in ["0", "-5", "soon", "Sun, 06 Nov 1994 08:49:37 GMT", ""] {
            let (_, pause) = told(|act| act.header("retry-after", nothing), word).await;
            assert!(pause < Duration::from_secs(1), "{nothing}: {pause:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_is_throttled_keeps_the_others_of_its_account_back() {
    let rig = Rig::new(|sent| match (sent.target.as_str(), sent.at.as_secs()) {
        ("/b?secret=query", 0) => say("throttled").header("retry-after", "20"),
        _ => say("ok").after(10),
    });
    rig.drive(&mut Talk::about(&["a"])).await.1.expect("proven");
    rig.drive(&mut Talk::about(&["b", "c"]))
        .await
        .1
        .expect("in the end");
    let sent = rig.fake.sent.borrow();
    assert!(sent[2..].iter().all(|sent| sent.at.as_secs() >= 20));
    assert_eq!(sent.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn what_the_run_can_do_without_is_not_waited_for_and_keeps_nobody_back() {
    for wait in ["20", "3600"] {
        let rig = Rig::new(move |sent| match sent.target.as_str() {
            "/spare?secret=query" => say("throttled").header("retry-after", wait),
            _ => say("ok").after(10),
        });
        rig.drive(&mut Talk::about(&["a"])).await.1.expect("proven");
        let mut talk = Talk::about(&["spare"]);
        talk.optional = true;
        let error = rig.drive(&mut talk).await.1.expect_err("throttled");
        assert_eq!((error.kind, error.attempts), (Kind::Throttled, 1));
        rig.drive(&mut Talk::about(&["b"])).await.1.expect("asked");
        assert!(rig.fake.sent.borrow()[2].at.as_secs() < 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_run_ends_it_for_that_account_at_once() {
    let mut rig = Rig::new(|_| say("throttled").header("retry-after", "3600"));
    rig.deadline = Duration::from_secs(50);
    let outcome = rig.drive(&mut Talk::about(&["a"])).await.1;
    let error = outcome.expect_err("too long");
    assert_eq!((error.kind, error.attempts), (Kind::Throttled, 1));
    assert_eq!(
        error.message,
        "the service says throttled; it asks to wait 1h"
    );
    let error = rig
        .drive(&mut Talk::about(&["b"]))
        .await
        .1
        .expect_err("not asked");
    assert_eq!((error.kind, error.attempts), (Kind::Throttled, 0));
    assert!(
        error.message.contains("asks to wait 1h"),
        "{}",
        error.message
    );
    assert_eq!(rig.times_sent(), 1);
    assert!(rig.elapsed() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn one_that_is_out_of_order_does_not_bar_the_account() {
    let mut rig = Rig::new(|sent| match sent.target.as_str() {
        "/a?secret=query" => say("unavailable").header("retry-after", "3600"),
        _ => say("ok"),
    });
    rig.deadline = Duration::from_secs(50);
    rig.drive(&mut Talk::about(&["a"]))
        .await
        .1
        .expect_err("too long");
    assert_eq!(rig.drive(&mut Talk::about(&["b"])).await.1, Ok(()));
    assert_eq!(rig.times_sent(), 2);
}

#[tokio::test(start_paused = true)]
async fn no_pause_is_begun_that_the_run_would_not_outlive() {
    let mut rig = Rig::new(|_| fail_with(Error::new(Kind::Network, "reset")));
    rig.deadline = Duration::from_millis(200);
    let error = rig
        .drive(&mut Talk::about(&["a"]))
        .await
        .1
        .expect_err("reset");
    assert_eq!((error.kind, error.attempts), (Kind::Network, 1));
    assert_eq!(rig.elapsed().as_millis(), 0);
}
