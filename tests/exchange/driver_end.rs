//! How the driver ends: the deadline, a stop, a panic; and what is given back on each of these ways.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use certcheck::error::{Error, Kind};
use certcheck::exchange::Stop;
use futures_util::FutureExt as _;
use tokio::time::sleep;

use crate::fake_transport::{Act, Part, Rig, Sent, Talk, fail, hang, say};

const DEADLINE: Duration = Duration::from_secs(50);

/// A conversation whose first answer creates something to give back.
fn debtor(ids: &[&str]) -> Talk {
    let mut talk = Talk::about(ids);
    talk.needs_cleanup = true;
    talk.repeat = false;
    talk
}

fn rig<'s>(script: impl Fn(&Sent) -> Act + 's) -> Rig<'s> {
    let mut rig = Rig::new(script);
    rig.deadline = DEADLINE;
    rig.timeout = Duration::from_secs(100);
    rig
}

/// The debt first; then what the script says; a farewell is answered at once.
fn debt_then<'s>(script: impl Fn(&Sent) -> Act + 's) -> Rig<'s> {
    rig(move |sent| match sent.target.as_str() {
        "/farewell" => say("ok"),
        _ if sent.number == 1 => say("debt"),
        _ => script(sent),
    })
}

async fn stopped_after(rig: &Rig<'_>, talk: &mut Talk, seconds: u64) -> (Vec<Part>, Error) {
    let stop = async {
        sleep(Duration::from_secs(seconds)).await;
        rig.ask_to_stop(Stop::Soon);
    };
    let ((parts, outcome), ()) = tokio::join!(rig.drive(talk), stop);
    (parts, outcome.expect_err("it was stopped"))
}

fn farewells(rig: &Rig<'_>) -> usize {
    let targets = rig.targets();
    targets
        .iter()
        .filter(|target| *target == "/farewell")
        .count()
}

#[tokio::test(start_paused = true)]
async fn the_deadline_cuts_a_request_that_hangs() {
    let rig = rig(|_| hang());
    let mut talk = Talk::about(&["a"]);
    let error = rig.drive(&mut talk).await.1.expect_err("too late");
    assert_eq!(rig.elapsed(), DEADLINE);
    assert_eq!((error.kind, error.attempts), (Kind::Network, 1));
    assert!(error.message.contains("deadline"), "{}", error.message);
    assert!(error.hint().contains("--deadline"), "{}", error.hint());
    assert_eq!(talk.offered.len(), 1);
    let told = rig.told.borrow();
    assert_eq!(told.len(), 1, "a try that is cut is a try");
    assert_eq!(told[0].outcome, Err(error.message));
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_the_deadline_would_cut_is_not_begun_and_the_error_says_why_there_was_one() {
    let mut rig = rig(|_| say("throttled").after(100));
    rig.deadline = Duration::from_millis(200);
    let error = rig
        .drive(&mut Talk::about(&["a"]))
        .await
        .1
        .expect_err("too late");
    assert_eq!(rig.elapsed(), Duration::from_millis(100));
    assert_eq!((error.kind, error.attempts), (Kind::Throttled, 1));
    assert_eq!(rig.times_sent(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_cuts_a_conversation_that_waits_for_the_first() {
    let rig = rig(|_| hang());
    let (mut one, mut other) = (Talk::about(&["a"]), Talk::about(&["b"]));
    let (_, (_, outcome)) = tokio::join!(rig.drive(&mut one), rig.drive(&mut other));
    let error = outcome.expect_err("too late");
    assert_eq!((error.kind, error.attempts), (Kind::Network, 0));
    assert!(error.message.contains("deadline"), "{}", error.message);
    assert_eq!((rig.times_sent(), rig.elapsed()), (1, DEADLINE));
}

#[tokio::test(start_paused = true)]
async fn after_the_deadline_nothing_is_begun() {
    let rig = rig(|_| say("ok"));
    sleep(DEADLINE).await;
    let mut talk = debtor(&["a", "b"]);
    talk.goes_on = true;
    let (parts, outcome) = rig.drive(&mut talk).await;
    assert_eq!((rig.times_sent(), outcome), (0, Ok(())));
    assert_eq!(parts.len(), 2, "every id gets its error");
}

#[tokio::test(start_paused = true)]
async fn a_stop_cuts_a_request_a_pause_and_a_wait() {
    let hanging = rig(|_| hang());
    let (mut one, mut other) = (Talk::about(&["a"]), Talk::about(&["b"]));
    let ((_, flying), (_, waiting)) = tokio::join!(
        stopped_after(&hanging, &mut one, 3),
        stopped_after(&hanging, &mut other, 3)
    );
    for (error, attempts) in [(flying, 1), (waiting, 0)] {
        assert_eq!((error.kind, error.attempts), (Kind::Network, attempts));
        assert!(error.message.contains("interrupted"), "{}", error.message);
    }
    assert_eq!(
        (hanging.times_sent(), hanging.elapsed()),
        (1, Duration::from_secs(3))
    );

    let pausing = rig(|_| fail(Kind::Network).after(2900));
    let (_, error) = stopped_after(&pausing, &mut Talk::about(&["a"]), 3).await;
    assert_eq!((error.kind, error.attempts), (Kind::Network, 1));
    assert_eq!(
        (pausing.times_sent(), pausing.elapsed()),
        (1, Duration::from_secs(3))
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_owed_is_given_back_once_on_success_and_on_error() {
    for (word, good) in [("ok", true), ("not_found", false), ("credentials", false)] {
        let rig = debt_then(|_| say(word));
        let (_, outcome) = rig.drive(&mut debtor(&["a"])).await;
        assert_eq!(outcome.is_ok(), good);
        assert_eq!(rig.targets(), ["/a", "/a", "/farewell"], "{word}");
    }
    let rig = rig(|_| say("ok"));
    rig.drive(&mut Talk::about(&["a"]))
        .await
        .1
        .expect("it works");
    assert_eq!(rig.targets(), ["/a"], "nothing is owed");
}

#[tokio::test(start_paused = true)]
async fn what_is_owed_is_given_back_after_the_deadline_and_after_a_stop() {
    let rig = debt_then(|_| hang());
    rig.drive(&mut debtor(&["a"]))
        .await
        .1
        .expect_err("too late");
    assert_eq!((rig.elapsed(), farewells(&rig)), (DEADLINE, 1));

    let rig = debt_then(|_| hang());
    stopped_after(&rig, &mut debtor(&["a"]), 3).await;
    assert_eq!(
        (rig.elapsed(), farewells(&rig)),
        (Duration::from_secs(3), 1)
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_owed_is_given_back_after_a_panic_and_the_panic_goes_on() {
    let rig = debt_then(|_| say("panic"));
    let mut talk = debtor(&["a"]);
    let panic = AssertUnwindSafe(rig.drive(&mut talk)).catch_unwind().await;
    let payload = panic.expect_err("the panic goes on");
    assert_eq!(payload.downcast_ref(), Some(&"the adapter's own words"));
    assert_eq!(farewells(&rig), 1);
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_whoever_takes_the_results_loses_nothing_either() {
    let rig = debt_then(|_| say("ok"));
    let mut talk = debtor(&["a", "b"]);
    let mut emit = |_: Part, _| panic!("no room");
    let panic = AssertUnwindSafe(rig.drive_into(&mut talk, &mut emit))
        .catch_unwind()
        .await;
    assert!(panic.is_err());
    assert_eq!(farewells(&rig), 1);
}

#[tokio::test(start_paused = true)]
async fn a_farewell_that_hangs_ends_after_a_moment_and_is_logged() {
    let rig = rig(|sent| match (sent.target.as_str(), sent.number) {
        ("/farewell", _) => hang(),
        (_, 1) => say("debt"),
        _ => say("ok"),
    });
    assert_eq!(
        rig.drive(&mut debtor(&["a"])).await.1,
        Ok(()),
        "it changes no result"
    );
    assert_eq!(
        (rig.elapsed(), farewells(&rig)),
        (Duration::from_secs(4), 1)
    );
    let told = rig.told.borrow();
    assert!(told.last().is_some_and(|told| told.outcome.is_err()));
    assert_eq!(told.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_second_stop_skips_the_farewell() {
    // The order in which a choice is polled is random unless it is fixed: many times, then.
    for _ in 0..20 {
        let rig = debt_then(|_| hang());
        let stop = async {
            sleep(Duration::from_secs(3)).await;
            rig.ask_to_stop(Stop::Now);
        };
        let mut talk = debtor(&["a"]);
        let _ = tokio::join!(rig.drive(&mut talk), stop);
        assert_eq!(
            (rig.elapsed(), farewells(&rig)),
            (Duration::from_secs(3), 0)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_stop_ends_a_farewell_under_way() {
    let rig = rig(|sent| match sent.number {
        1 => say("debt"),
        _ => hang(),
    });
    let stop = async {
        sleep(Duration::from_secs(3)).await;
        rig.ask_to_stop(Stop::Soon);
        sleep(Duration::from_secs(1)).await;
        rig.ask_to_stop(Stop::Now);
    };
    let mut talk = debtor(&["a"]);
    let _ = tokio::join!(rig.drive(&mut talk), stop);
    assert_eq!(
        (rig.elapsed(), farewells(&rig)),
        (Duration::from_secs(4), 1)
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_creates_a_debt_is_waited_for() {
    let login = |takes: u64| {
        rig(move |sent| match sent.target.as_str() {
            "/farewell" => say("ok"),
            _ => say("debt").after(takes),
        })
    };
    // Stopped one second before the answer: it is read, and paid.
    let slow = login(4000);
    stopped_after(&slow, &mut debtor(&["a"]), 3).await;
    assert_eq!(
        (slow.elapsed(), farewells(&slow)),
        (Duration::from_secs(4), 1)
    );
    assert_eq!(
        slow.targets(),
        ["/a", "/farewell"],
        "but nothing else is asked"
    );
    // The same at the deadline, also when nobody is left who could ask for a stop.
    for alone in [false, true] {
        let slow = login(52_000);
        if alone {
            slow.stop.take();
        }
        slow.drive(&mut debtor(&["a"]))
            .await
            .1
            .expect_err("too late");
        assert_eq!(
            (slow.elapsed(), farewells(&slow)),
            (Duration::from_secs(52), 1)
        );
    }
    // Not for ever.
    let endless = login(100_000);
    let (_, error) = stopped_after(&endless, &mut debtor(&["a"]), 3).await;
    assert_eq!(
        (endless.elapsed(), farewells(&endless)),
        (Duration::from_secs(7), 0)
    );
    assert_eq!(error.attempts, 1);
}
