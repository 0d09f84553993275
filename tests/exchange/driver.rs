//! The driver: what is repeated and how, what a conversation is told, what the log is told.

use std::collections::HashSet;
use std::time::Duration;

use certcheck::error::{Error, Kind};

use crate::fake_transport::{Rig, Talk, fail, fail_with, say};

const REPEATED: [Kind; 3] = [Kind::Throttled, Kind::Unavailable, Kind::Network];

#[tokio::test(start_paused = true)]
async fn every_try_has_a_fresh_stamp_and_a_longer_pause_before_it() {
    let mut seen = HashSet::new();
    let rig = Rig::new(|sent| {
        say(if sent.number % 3 == 0 {
            "ok"
        } else {
            "throttled"
        })
    });
    for _ in 0..20 {
        let (parts, outcome) = rig.drive(&mut Talk::about(&["a"])).await;
        assert_eq!((parts.len(), outcome), (1, Ok(())));
        let sent = rig.fake.sent.borrow();
        let [first, second, third] = &sent[sent.len() - 3..] else {
            panic!("three tries");
        };
        assert!(first.time < second.time && second.time < third.time);
        let pauses = (second.at - first.at, third.at - second.at);
        assert!(pauses.0 >= Duration::from_millis(250), "{pauses:?}");
        assert!(pauses.0 < pauses.1, "{pauses:?}");
        assert!(pauses.1 <= Duration::from_secs(5), "{pauses:?}");
        seen.insert(pauses.0);
    }
    let nonces: HashSet<String> = rig
        .fake
        .sent
        .borrow()
        .iter()
        .map(|s| s.nonce.clone())
        .collect();
    assert_eq!(nonces.len(), 60);
    assert!(seen.len() > 10, "the pauses are spread: {seen:?}");
}

#[tokio::test(start_paused = true)]
async fn three_tries_at_most_and_one_for_what_would_fail_again() {
    for kind in Kind::ALL {
        let tries = if REPEATED.contains(&kind) { 3 } else { 1 };
        for by_transport in [false, true] {
            let rig = Rig::new(|_| {
                if by_transport {
                    fail(kind)
                } else {
                    say(kind.as_str())
                }
            });
            let mut talk = Talk::about(&["a"]);
            let (parts, outcome) = rig.drive(&mut talk).await;
            let error = outcome.expect_err("it always fails");
            assert_eq!(rig.times_sent(), tries, "{kind:?} {by_transport}");
            assert_eq!((error.kind, error.attempts), (kind, tries as u32));
            assert_eq!(
                talk.offered.len(),
                1,
                "{kind:?}: final errors are told once"
            );
            assert!(parts.is_empty());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_time_out_is_repeated_and_names_the_host_only() {
    let mut rig = Rig::new(|_| crate::fake_transport::hang());
    rig.timeout = Duration::from_secs(7);
    let error = rig
        .drive(&mut Talk::about(&["a"]))
        .await
        .1
        .expect_err("none answers");
    assert_eq!((error.kind, error.attempts), (Kind::Network, 3));
    assert_eq!(
        error.message,
        "https://service.test did not answer within 7s"
    );
    assert!(!error.unsent);
    assert!(rig.elapsed() >= Duration::from_secs(21));
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_repeated_is_repeated_only_if_it_never_left() {
    for kind in REPEATED {
        let rig = Rig::new(|_| fail(kind));
        let mut talk = Talk::about(&["a"]);
        talk.repeat = false;
        rig.drive(&mut talk).await.1.expect_err("it fails");
        assert_eq!(rig.times_sent(), 1, "{kind:?}");
    }
    let rig = Rig::new(|sent| match sent.number {
        3 => say("ok"),
        _ => {
            let mut error = Error::new(Kind::Network, "connection refused");
            error.unsent = true;
            fail_with(error)
        }
    });
    let mut talk = Talk::about(&["a"]);
    talk.repeat = false;
    assert_eq!(rig.drive(&mut talk).await.1, Ok(()));
    assert_eq!(rig.times_sent(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_login_refused_for_its_time_is_not_repeated() {
    let rig = Rig::new(|_| say("clock").header("x-server-time", "2026-11-22T10:00:00Z"));
    let mut talk = Talk::about(&["a"]);
    talk.repeat = false;
    rig.drive(&mut talk)
        .await
        .1
        .expect_err("the clock is wrong");
    assert_eq!(rig.times_sent(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_log_is_told_of_every_try() {
    let rig = Rig::new(|sent| match sent.number {
        1 => fail(Kind::Network),
        2 => say("unavailable").status(503),
        _ => say("ok"),
    });
    rig.drive(&mut Talk::about(&["a"]))
        .await
        .1
        .expect("it works at last");
    let told = rig.told.borrow();
    let outcomes: Vec<_> = told
        .iter()
        .map(|told| (told.attempt, told.outcome.clone()))
        .collect();
    let broken = Err("transport says network".to_owned());
    assert_eq!(
        outcomes,
        [
            (1, broken),
            (2, Ok("503".to_owned())),
            (3, Ok("200".to_owned()))
        ]
    );
    for told in told.iter() {
        assert_eq!(
            (told.action.as_str(), told.host.as_str()),
            ("Ask", "service.test")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_conversation_ends_after_two_hundred_steps() {
    let rig = Rig::saying(&["more"]);
    let error = rig
        .drive(&mut Talk::about(&["a"]))
        .await
        .1
        .expect_err("it never ends");
    assert_eq!(error.kind, Kind::Protocol);
    assert_eq!(rig.times_sent(), 200);
}

#[tokio::test(start_paused = true)]
async fn each_step_has_its_own_tries() {
    let rig = Rig::saying(&[
        "throttled",
        "throttled",
        "more",
        "throttled",
        "throttled",
        "ok",
    ]);
    assert_eq!(rig.drive(&mut Talk::about(&["a"])).await.1, Ok(()));
    let attempts: Vec<u32> = rig.told.borrow().iter().map(|told| told.attempt).collect();
    assert_eq!(attempts, [1, 2, 3, 1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_redirect_is_a_protocol_error_that_names_the_other_host_only() {
    let places = [
        (
            "https://user:pw@elsewhere.test:8443/path?token=abc#part",
            "elsewhere.test",
        ),
        ("//elsewhere.test/path?token=abc", "elsewhere.test"),
        ("/path?token=abc", "another address of this host"),
        (
            "https://service.test/path?token=abc",
            "another address of this host",
        ),
        ("https://[", "another place"),
    ];
    for status in [301, 302, 303, 307, 308] {
        for (place, name) in places {
            let rig = Rig::new(|_| say("ok").status(status).header("location", place));
            let mut talk = Talk::about(&["a"]);
            let error = rig.drive(&mut talk).await.1.expect_err("a redirect");
            assert_eq!(
                (error.kind, error.http_status),
                (Kind::Protocol, Some(status))
            );
            assert!(
                error.message.contains(&format!("redirects to {name},")),
                "{}",
                error.message
            );
            for hidden in ["path", "token", "abc", "user", "pw"] {
                assert!(!error.message.contains(hidden), "{}", error.message);
            }
            assert_eq!((rig.times_sent(), talk.offered.len()), (1, 1));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_conversation_about_several_things_goes_on_after_an_error() {
    let rig = Rig::new(|sent| match sent.target.as_str() {
        "/b?secret=query" => say("not_found"),
        "/c?secret=query" => say("throttled"),
        _ => say("ok"),
    });
    let mut talk = Talk::about(&["a", "b", "c", "d"]);
    talk.goes_on = true;
    let (parts, outcome) = rig.drive(&mut talk).await;
    assert_eq!(outcome, Ok(()));
    let found: Vec<_> = parts
        .iter()
        .map(|(id, result)| {
            (
                id.as_str(),
                result.as_ref().err().map(|e| (e.kind, e.attempts)),
            )
        })
        .collect();
    let (missing, busy) = ((Kind::NotFound, 1), (Kind::Throttled, 3));
    assert_eq!(
        found,
        [
            ("a", None),
            ("b", Some(missing)),
            ("c", Some(busy)),
            ("d", None)
        ]
    );
    assert_eq!(talk.offered.len(), 2);
}
