//! The driver and an account: the first request alone, then several at once; a refused key is not tried again.

use std::rc::Rc;
use std::time::Duration;

use certcheck::error::{Error, Kind};
use certcheck::exchange::{AccountState, KeyProof, KeyStanding, RateLimit};
use futures_util::stream::{self, StreamExt as _};

use crate::fake_transport::{Rig, Talk, fail, say};

/// As many conversations as there are ids, some at once, each with its outcome in the ids' order.
async fn many(rig: &Rig<'_>, ids: &[&str], at_once: usize) -> Vec<Result<(), Error>> {
    let each = ids
        .iter()
        .map(|id| async move { rig.drive(&mut Talk::about(&[id])).await.1 });
    stream::iter(each).buffered(at_once).collect().await
}

const IDS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

#[tokio::test(start_paused = true)]
async fn the_first_request_goes_alone_and_the_others_follow_together() {
    let rig = Rig::new(|_| say("ok").after(100));
    let outcomes = many(&rig, &IDS, 4).await;
    assert!(outcomes.iter().all(Result::is_ok));
    let at: Vec<u128> = rig
        .fake
        .sent
        .borrow()
        .iter()
        .map(|s| s.at.as_millis())
        .collect();
    assert_eq!(
        at[..4],
        [0, 100, 100, 100],
        "none before the first is answered"
    );
    assert_eq!(rig.fake.most.get(), 4, "as many as are allowed, not more");
    assert!(rig.elapsed() <= Duration::from_millis(300));
}

#[tokio::test(start_paused = true)]
async fn any_answer_but_a_refused_key_lets_the_others_go() {
    for word in [
        "ok",
        "not_found",
        "permission",
        "protocol",
        "refused",
        "usage",
        "config",
    ] {
        let rig = Rig::new(|sent| match sent.number {
            1 => say(word).after(100),
            _ => say("ok").after(100),
        });
        let outcomes = many(&rig, &IDS, 8).await;
        assert_eq!(outcomes[1..], [const { Ok(()) }; 7], "{word}");
        assert_eq!(rig.fake.most.get(), 7, "{word}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_first_request_that_no_one_answered_the_next_goes_alone_too() {
    let rig = Rig::new(|sent| match sent.number {
        1..=5 => fail(Kind::Network).after(100),
        _ => say("ok").after(100),
    });
    let outcomes = many(&rig, &IDS, 8).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let sent = rig.fake.sent.borrow();
    for pair in sent[..7].windows(2) {
        assert!(pair[1].at >= pair[0].at + Duration::from_millis(100));
    }
    assert!(rig.fake.most.get() > 1, "after an answer they go together");
}

#[tokio::test(start_paused = true)]
async fn a_refused_key_is_not_tried_again() {
    let rig = Rig::new(|_| say("credentials").after(100));
    let outcomes = many(&rig, &IDS, 8).await;
    assert_eq!(rig.times_sent(), 1);
    let errors: Vec<Error> = outcomes.into_iter().filter_map(Result::err).collect();
    assert_eq!(errors.len(), 8);
    assert_eq!(errors[0].attempts, 1);
    for error in &errors[1..] {
        assert_eq!((error.kind, error.attempts), (Kind::Credentials, 0));
        assert!(
            error.message.contains(&errors[0].message),
            "{}",
            error.message
        );
        assert_eq!(error.hint(), errors[0].hint());
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_refused_later_stops_those_that_have_not_gone_yet() {
    let rig = Rig::new(|sent| match sent.number {
        1 => say("ok"),
        _ => say("credentials").after(100),
    });
    let outcomes = many(&rig, &IDS, 2).await;
    assert!(outcomes[0].is_ok());
    assert!(outcomes[1..].iter().all(Result::is_err));
    assert!(rig.times_sent() <= 3, "{:?}", rig.targets());
}

#[tokio::test(start_paused = true)]
async fn an_error_that_comes_instead_of_a_repeat_counts_what_was_sent() {
    // One is told to wait; meanwhile the key is refused for the other.
    let rig = Rig::new(|sent| match sent.target.as_str() {
        "/a?secret=query" => say("throttled"),
        _ => say("credentials"),
    });
    let outcomes = many(&rig, &["a", "b"], 2).await;
    let error = outcomes[0].as_ref().expect_err("refused meanwhile");
    assert_eq!((error.kind, error.attempts), (Kind::Credentials, 1));
    assert_eq!(rig.times_sent(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_missing_permission_is_not_a_refused_key() {
    let rig = Rig::new(|sent| {
        let answer = say(if sent.number == 2 { "ok" } else { "permission" });
        answer.status(401)
    });
    let outcomes = many(&rig, &["a", "b", "c"], 3).await;
    assert_eq!(rig.times_sent(), 3);
    assert!(outcomes[0].is_err() && outcomes[1].is_ok() && outcomes[2].is_err());
}

#[tokio::test(start_paused = true)]
async fn a_conversation_about_several_things_is_barred_as_a_whole() {
    let rig = Rig::saying(&["credentials"]);
    let mut talk = Talk::about(&["a", "b", "c"]);
    talk.goes_on = true;
    let (parts, outcome) = rig.drive(&mut talk).await;
    assert_eq!(rig.times_sent(), 1);
    assert_eq!(parts.len(), 1);
    assert_eq!(outcome.expect_err("the rest").kind, Kind::Credentials);
}

/// The addresses of one sign-in, each with the answer of its service.
fn addresses(answers: &[&'static str]) -> Vec<Rig<'static>> {
    let (standing, proof) = (Rc::new(KeyStanding::default()), KeyProof::default());
    let rigs = answers.iter().enumerate().map(|(number, word)| {
        let word = *word;
        let mut rig = Rig::new(move |_| say(word).after(100));
        rig.account = AccountState::new(RateLimit::default())
            .with_key(standing.clone(), format!("host{number}"))
            .with_proof(proof.clone());
        rig
    });
    rigs.collect()
}

/// When the requests to each of these addresses left, two ids each, in milliseconds; and the outcomes.
async fn asked(rigs: &[Rig<'_>]) -> (Vec<Vec<u128>>, Vec<Result<(), Error>>) {
    let each = rigs.iter().map(|rig| many(rig, &["a", "b"], 2));
    let outcomes = futures_util::future::join_all(each).await;
    let left = |rig: &Rig<'_>| {
        let sent = rig.fake.sent.borrow();
        sent.iter().map(|sent| sent.at.as_millis()).collect()
    };
    (rigs.iter().map(left).collect(), outcomes.concat())
}

#[tokio::test(start_paused = true)]
async fn a_key_is_proved_at_one_address_and_then_used_at_all_of_them_at_once() {
    let (left, outcomes) = asked(&addresses(&["ok", "ok", "ok"])).await;
    assert!(outcomes.iter().all(Result::is_ok));
    // Each address still takes its first request alone: it may be another cloud.
    assert_eq!(left, [[0, 100], [100, 200], [100, 200]]);
}

#[tokio::test(start_paused = true)]
async fn an_outage_proves_no_key_at_other_addresses() {
    let (left, _) = asked(&addresses(&["not_found", "ok"])).await;
    assert_eq!(left, [[0, 100], [100, 200]]);
    let (left, _) = asked(&addresses(&["protocol", "ok", "ok"])).await;
    assert_eq!(left[1][0], 100, "the next one goes alone too");
    assert_eq!(left[2][0], 200);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_at_a_first_address_is_one_everywhere_and_at_a_later_one_its_own() {
    let (left, outcomes) = asked(&addresses(&["credentials", "ok", "ok"])).await;
    assert_eq!(left, [vec![0], vec![], vec![]]);
    assert!(outcomes.iter().all(Result::is_err));
    let (left, outcomes) = asked(&addresses(&["ok", "credentials", "ok"])).await;
    assert_eq!(left, [vec![0, 100], vec![100], vec![100, 200]]);
    let good: Vec<bool> = outcomes.iter().map(Result::is_ok).collect();
    assert_eq!(good, [true, true, false, false, true, true]);
}
