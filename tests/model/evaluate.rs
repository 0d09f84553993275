//! Boundaries of judging: to the second, within zones nobody knows, and what may raise or lower a verdict.

use certcheck::model::timestamp::DateField;
use certcheck::model::{CertStatus, Facts, Policy, ProviderState, Status, Verdict, judge};
use chrono::TimeDelta;
use proptest::prelude::*;

use crate::{after, codes, dated, days, judged, message, policy, sure, unsure};

const HOUR: i64 = 3600;

fn status(start: Option<i64>, end: i64) -> Status {
    judged(dated(start, end)).status
}

fn ending(end: DateField) -> CertStatus {
    judged(Facts {
        not_after: end,
        ..dated(None, 0)
    })
}

#[test]
fn the_last_second_is_valid_and_the_next_is_not() {
    assert_eq!(status(None, 1), Status::Ok);
    assert_eq!(status(None, 0), Status::Ok);
    assert_eq!(status(None, -1), Status::Expired);
}

#[test]
fn the_first_second_is_valid_and_the_one_before_is_not() {
    assert_eq!(status(Some(-1), days(9)), Status::Ok);
    assert_eq!(status(Some(0), days(9)), Status::Ok);
    assert_eq!(status(Some(1), days(9)), Status::NotYetValid);
    assert_eq!(status(Some(0), 0), Status::Ok, "a life of one second");
}

#[test]
fn a_life_of_no_time_has_no_share_to_warn_by() {
    let certificate = judged(dated(Some(0), 0));
    assert_eq!(certificate.warn_at, Some(after(-days(30))));
    assert_eq!(certificate.crit_at, Some(after(-days(14))));
}

#[test]
fn f07_a_start_after_the_end_is_never_valid_and_says_nothing_else() {
    for (start, end) in [(2, 1), (2, -1), (-1, -2), (500, 300)] {
        assert_eq!(status(Some(days(start)), days(end)), Status::Unknown);
    }
    assert_eq!(status(Some(days(-1)), days(-1)), Status::Expired);
    assert_eq!(status(Some(1), 1), Status::NotYetValid);
}

#[test]
fn f07_dates_of_an_assumed_zone_contradict_each_other_as_written_and_a_day_does_not() {
    let hour = 3600;
    let dated = |start, end| {
        judged(Facts {
            not_before: start,
            not_after: end,
            ..dated(None, 0)
        })
    };
    let assumed = |at| unsure(at, 14 * hour, 14 * hour);
    assert!(codes(&dated(assumed(days(9)), assumed(days(9) - 1))).contains(&"start_after_end"));
    assert!(!codes(&dated(assumed(days(8)), assumed(days(9)))).contains(&"start_after_end"));
    // A start that is written as a day is shown with its last second, and may be its first.
    let day = unsure(days(9), days(1) - 1, 0);
    assert!(!codes(&dated(day, sure(days(9) - hour))).contains(&"start_after_end"));
}

#[test]
fn without_a_start_that_is_due_nothing_is_known_to_be_valid_yet() {
    let due = |end| {
        judged(Facts {
            start_due: true,
            ..dated(None, end)
        })
    };
    let undated = due(days(300));
    assert_eq!(
        (undated.status, undated.verdict),
        (Status::Unknown, Verdict::Unknown)
    );
    assert!(message(&undated, "no_date").contains("no start of validity"));
    assert_eq!(due(-1).status, Status::Expired, "the end is known");
    assert_eq!(codes(&judged(dated(None, days(300)))), [""; 0]);
}

#[test]
fn not_yet_valid_is_a_warning_that_says_from_when() {
    let certificate = judged(dated(Some(days(2)), days(300)));
    assert_eq!(certificate.verdict, Verdict::Warning);
    assert_eq!(
        message(&certificate, "not_yet_valid"),
        "not valid before 2026-11-24T08:00:00Z"
    );
}

#[test]
fn huawei_is_unknown_from_its_reading_until_eight_hours_later() {
    for (end, expected) in [
        (0, Status::Ok),
        (-1, Status::Unknown),
        (-8 * HOUR, Status::Unknown),
        (-8 * HOUR - 1, Status::Expired),
    ] {
        let certificate = ending(unsure(end, 0, 8 * HOUR));
        assert_eq!(certificate.status, expected, "{end}");
        let notes = codes(&certificate);
        assert!(notes.contains(&"zone_assumed"));
        assert_eq!(
            notes.contains(&"date_uncertain"),
            expected == Status::Unknown
        );
    }
}

#[test]
fn a_pbx_without_a_zone_is_unknown_for_fourteen_hours_around_now() {
    for (end, expected) in [
        (14 * HOUR, Status::Ok),
        (14 * HOUR - 1, Status::Unknown),
        (0, Status::Unknown),
        (-14 * HOUR, Status::Unknown),
        (-14 * HOUR - 1, Status::Expired),
    ] {
        assert_eq!(
            ending(unsure(end, 14 * HOUR, 14 * HOUR)).status,
            expected,
            "{end}"
        );
    }
}

#[test]
fn a_start_without_a_zone_is_uncertain_too() {
    for (start, expected) in [
        (1, Status::NotYetValid),
        (0, Status::Unknown),
        (-8 * HOUR + 1, Status::Unknown),
        (-8 * HOUR, Status::Ok),
    ] {
        let mut facts = dated(None, days(90));
        facts.not_before = unsure(start, 0, 8 * HOUR);
        assert_eq!(judged(facts).status, expected, "{start}");
    }
}

#[test]
fn days_are_rounded_down_on_both_sides_of_now() {
    for (left, expected) in [
        (days(1), 1),
        (days(1) - 1, 0),
        (0, 0),
        (-1, -1),
        (days(-1), -1),
        (days(-1) - 1, -2),
        (days(398), 398),
    ] {
        assert_eq!(
            judged(dated(None, left)).days_left,
            Some(expected),
            "{left} s"
        );
    }
    let undated = judged(Facts::default());
    assert_eq!(
        (undated.days_left, undated.warn_at, undated.crit_at),
        (None, None, None)
    );
}

#[test]
fn an_answer_about_something_else_is_at_least_unknown() {
    let mismatched = |mut facts: Facts| {
        facts.identify(Some("asked"), Some("other".to_owned()));
        judged(facts)
    };
    let fine = mismatched(dated(None, days(300)));
    assert_eq!((fine.status, fine.verdict), (Status::Ok, Verdict::Unknown));
    assert_eq!(fine.facts.id.as_deref(), Some("asked"));
    assert_eq!(fine.facts.reported_id.as_deref(), Some("other"));
    assert!(message(&fine, "id_mismatch").contains("the answer is about other"));
    assert_eq!(mismatched(dated(None, days(20))).verdict, Verdict::Unknown);
    assert_eq!(mismatched(dated(None, -1)).verdict, Verdict::Critical);
    let unnamed = {
        let mut facts = dated(None, days(300));
        facts.identify(Some("asked"), None);
        judged(facts)
    };
    assert_eq!(
        (unnamed.verdict, &unnamed.facts.reported_id),
        (Verdict::Unknown, &None)
    );
    let text = message(&unnamed, "id_mismatch");
    assert_eq!(
        text,
        "the answer does not say which certificate it is about"
    );
    let same = {
        let mut facts = dated(None, days(300));
        facts.identify(Some("asked"), Some("asked".to_owned()));
        judged(facts)
    };
    assert_eq!((same.verdict, same.facts.reported_id), (Verdict::Ok, None));
}

#[test]
fn no_severity_lifts_a_mismatch() {
    let mut facts = dated(None, days(300));
    facts.identify(Some("asked"), Some("other".to_owned()));
    let policy = Policy {
        severity: vec![(Status::Ok, Verdict::Ok)],
        ..policy()
    };
    assert_eq!(judge("test", facts, &policy).verdict, Verdict::Unknown);
}

#[test]
fn the_last_severity_for_a_status_wins_and_leaves_a_note() {
    let policy = Policy {
        severity: vec![
            (Status::Pending, Verdict::Critical),
            (Status::Expired, Verdict::Warning),
            (Status::Pending, Verdict::Ok),
        ],
        ..policy()
    };
    let pending = Facts {
        word: ProviderState::Is(Status::Pending),
        ..Facts::default()
    };
    let certificate = judge("test", pending, &policy);
    assert_eq!(certificate.verdict, Verdict::Ok);
    assert_eq!(
        message(&certificate, "severity_override"),
        "--severity judges PENDING as ok"
    );
    assert_eq!(
        judge("test", dated(None, -1), &policy).verdict,
        Verdict::Warning
    );
    let untouched = judge("test", dated(None, days(300)), &policy);
    assert_eq!(codes(&untouched), [""; 0]);
}

fn any_word() -> impl Strategy<Value = ProviderState> {
    proptest::sample::select(Status::ALL.to_vec())
        .prop_flat_map(|status| {
            prop_oneof![Just(ProviderState::ByDate), Just(ProviderState::Is(status))]
        })
        // No provider's word alone means OK; it is always by date.
        .prop_filter("no word is OK by itself", |word| {
            *word != ProviderState::Is(Status::Ok)
        })
}

fn any_reading() -> impl Strategy<Value = DateField> {
    let seconds = -days(800)..days(800);
    prop_oneof![
        Just(DateField::default()),
        Just(DateField::unreadable("abc")),
        seconds.clone().prop_map(sure),
        (seconds, 0..days(1), 0..days(1)).prop_map(|(at, before, later)| unsure(at, before, later)),
        (-5_i64..5).prop_map(sure),
    ]
}

fn any_facts() -> impl Strategy<Value = Facts> {
    (
        any_word(),
        any_reading(),
        any_reading(),
        any::<bool>(),
        any::<bool>(),
        proptest::option::of(".{0,9}"),
    )
        .prop_map(
            |(word, not_before, not_after, start_due, mismatch, provider_status)| Facts {
                word,
                not_before,
                not_after,
                start_due,
                mismatch,
                provider_status,
                ..Facts::default()
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn ok_is_known_to_be_valid(facts in any_facts()) {
        let certificate = judged(facts);
        let now = after(0);
        if certificate.status == Status::Ok {
            prop_assert_eq!(certificate.facts.word, ProviderState::ByDate);
            let end = certificate.facts.not_after.moment().expect("a known end");
            prop_assert!(now <= end.earliest);
            match certificate.facts.not_before.moment() {
                Some(start) => {
                    prop_assert!(start.latest <= now);
                    prop_assert!(start.at <= end.at);
                }
                None => prop_assert!(!certificate.facts.start_due),
            }
        }
        if certificate.verdict == Verdict::Ok {
            prop_assert_eq!(certificate.status, Status::Ok);
            prop_assert!(!certificate.facts.mismatch);
            prop_assert!(certificate.warn_at.is_some_and(|at| now < at));
        }
    }

    #[test]
    fn what_is_not_ok_says_why(facts in any_facts()) {
        let certificate = judged(facts);
        let by_word = matches!(certificate.facts.word, ProviderState::Is(_)) && certificate.status != Status::Unknown;
        let explained = certificate.verdict == Verdict::Ok
            || certificate.facts.mismatch
            || certificate.status == Status::Expired
            || by_word
            || !certificate.facts.notes.is_empty();
        prop_assert!(explained, "{:?}", certificate);
    }

    #[test]
    fn time_only_makes_it_worse(end in -days(50)..days(50), step in 0..days(60)) {
        let judged_at = |seconds: i64| {
            let policy = Policy::at(policy().now + TimeDelta::seconds(seconds));
            judge("test", dated(None, end), &policy).verdict
        };
        prop_assert!(judged_at(0) <= judged_at(step));
    }

    #[test]
    fn the_announced_moments_are_when_it_turns(end in days(15)..days(400), life in days(1)..days(800)) {
        let facts = dated(Some(end - life), end);
        let at = |now| judge("test", facts.clone(), &Policy::at(now));
        let announced = at(after(0));
        for (turn, verdict) in [(announced.warn_at, Verdict::Warning), (announced.crit_at, Verdict::Critical)] {
            let turn = turn.expect("auto always turns");
            prop_assert_eq!(at(turn).verdict, verdict);
            prop_assert!(at(turn - TimeDelta::seconds(1)).verdict < verdict);
        }
    }
}
