//! What the status and the headers of an answer mean, whatever its body says.

use std::time::Duration;

use certcheck::error::{Error, Kind};

use crate::fake_transport::*;

/// Two ids, of which the first gets that answer once and is then well.
async fn once(act: impl Fn() -> Act, repeat: bool) -> (usize, Result<(), Error>) {
    let rig = Rig::new(|sent| match sent.number {
        1 => act(),
        _ => say("ok"),
    });
    let mut talk = Talk::about(&["a"]);
    talk.repeat = repeat;
    let result = rig.drive(&mut talk).await.1;
    (rig.times_sent(), result)
}

#[tokio::test(start_paused = true)]
async fn only_a_whole_answer_of_the_service_itself_is_believed() {
    for status in 201..300 {
        let (sent, result) = once(|| say("ok").status(status), true).await;
        let error = result.expect_err("no answer");
        assert_eq!(
            (error.kind, error.http_status),
            (Kind::Protocol, Some(status))
        );
        assert!(
            error.message.contains(&format!("HTTP {status}")),
            "{}",
            error.message
        );
        assert_eq!(sent, 1);
    }
    assert_eq!(once(|| say("ok"), true).await, (1, Ok(())));
}

#[tokio::test(start_paused = true)]
async fn a28_not_modified_is_no_redirect() {
    let rig = Rig::new(|_| say("protocol").status(304));
    let error = rig
        .drive(&mut Talk::about(&["a"]))
        .await
        .1
        .expect_err("304");
    assert!(!error.message.contains("redirect"), "{}", error.message);
    for status in [300, 301, 305, 307, 399] {
        let rig = Rig::new(|_| say("ok").status(status));
        let error = rig
            .drive(&mut Talk::about(&["a"]))
            .await
            .1
            .expect_err("a redirect");
        assert!(
            error.message.contains("redirects to another place"),
            "{}",
            error.message
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a28_a_wait_beyond_64_bits_is_as_long_as_any() {
    for wait in [
        "18446744073709551615",
        "18446744073709551616",
        "99999999999999999999999999999999999999999",
        "100000000000",
    ] {
        for word in ["throttled", "unavailable"] {
            let mut rig = Rig::new(|_| say(word).header("retry-after", wait));
            rig.deadline = Duration::from_secs(3600);
            let error = rig
                .drive(&mut Talk::about(&["a"]))
                .await
                .1
                .expect_err("too long");
            assert_eq!((rig.times_sent(), error.attempts), (1, 1), "{wait}");
            assert!(
                error
                    .message
                    .ends_with("; it asks to wait more than a year"),
                "{}",
                error.message
            );
            assert_eq!(rig.elapsed(), Duration::ZERO);
            let next = rig
                .drive(&mut Talk::about(&["b"]))
                .await
                .1
                .expect_err("as before");
            let barred = u32::from(word != "throttled");
            assert_eq!(
                (next.attempts, rig.times_sent()),
                (barred, 1 + barred as usize)
            );
        }
    }
    // What is no number of seconds says nothing.
    for odd in ["-1", "1e9", "+5", "", "0x10", "1 2"] {
        let (sent, result) = once(|| say("throttled").header("retry-after", odd), true).await;
        assert_eq!((sent, result), (2, Ok(())), "{odd}");
    }
}

#[tokio::test(start_paused = true)]
async fn u10_a_login_is_repeated_only_where_it_surely_did_nothing() {
    for status in [429, 500, 502, 503, 599] {
        for word in ["throttled", "unavailable"] {
            let (sent, result) = once(|| say(word).status(status), false).await;
            assert_eq!((sent, result), (2, Ok(())), "{word} {status}");
        }
    }
    // A lost answer, and one that says so inside of a status that is well.
    for act in [
        (|| fail(Kind::Network)) as fn() -> Act,
        || fail(Kind::Unavailable),
        || say("throttled"),
        || say("unavailable"),
        || say("network").status(400),
    ] {
        let (sent, result) = once(act, false).await;
        assert_eq!(sent, 1, "{result:?}");
        result.expect_err("it is not repeated");
    }
    // A wrong password is one, whatever status it comes with.
    let (sent, _) = once(|| say("credentials").status(503), false).await;
    assert_eq!(sent, 1);
}

#[tokio::test(start_paused = true)]
async fn u10_what_would_end_the_same_way_is_not_tried_again() {
    let verdict = |unsent| {
        let mut error = Error::new(Kind::Network, "its own certificate has expired");
        (error.lasting, error.unsent) = (true, unsent);
        fail_with(error)
    };
    for repeat in [true, false] {
        let (sent, result) = once(|| verdict(true), repeat).await;
        let error = result.expect_err("a verdict");
        assert_eq!((sent, error.attempts, error.retryable()), (1, 1, false));
    }
}
