//! `--warn` and `--crit`: how they are read, what they mean for a lifetime, and the moments they turn at.

use certcheck::model::threshold::{Threshold, Thresholds};
use certcheck::model::{Basis, CertStatus, DateField, Moment, Policy, Status, Verdict, judge};
use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;

use crate::{after, codes, dated, days, message, policy, unsure};

fn read(text: &str) -> Threshold {
    text.parse().expect(text)
}

fn both(warn: &str, crit: &str) -> Thresholds {
    Thresholds::new(read(warn), read(crit)).expect("crit is not above warn")
}

fn resolved(warn: &str, crit: &str, lifetime: Option<i64>) -> (Option<i64>, Option<i64>) {
    let (warn, crit) = both(warn, crit).resolve(lifetime.map(TimeDelta::seconds));
    let seconds = |left: TimeDelta| left.num_seconds();
    (warn.map(seconds), crit.map(seconds))
}

fn with(warn: &str, crit: &str, start: Option<i64>, end: i64) -> CertStatus {
    let policy = Policy {
        thresholds: both(warn, crit),
        ..policy()
    };
    judge("test", dated(start, end), &policy)
}

#[test]
fn texts_that_are_thresholds() {
    for (text, threshold) in [
        ("auto", Threshold::Auto),
        ("off", Threshold::Off),
        ("30d", Threshold::Left(TimeDelta::days(30))),
        ("30", Threshold::Left(TimeDelta::days(30))),
        (" 30 ", Threshold::Left(TimeDelta::days(30))),
        ("0", Threshold::Left(TimeDelta::zero())),
        ("72h", Threshold::Left(TimeDelta::days(3))),
        ("2w 12h", Threshold::Left(TimeDelta::hours(14 * 24 + 12))),
        ("20%", Threshold::Share(20)),
        ("20 %", Threshold::Share(20)),
        ("100%", Threshold::Share(100)),
        ("0%", Threshold::Share(0)),
        ("366000d", Threshold::Left(TimeDelta::days(366_000))),
    ] {
        assert_eq!(text.parse(), Ok(threshold), "{text:?}");
    }
    for text in [
        "",
        "-1",
        "-30d",
        "101%",
        "%",
        "1.5",
        "20%%",
        "d",
        "thirty",
        "30 apples",
        "366001d",
        "99999999999999999999",
        "99999999999999999999d",
        "-5%",
    ] {
        assert_eq!(text.parse::<Threshold>(), Err(()), "{text}");
    }
}

#[test]
fn auto_is_the_smaller_of_days_and_share() {
    let day = days(1);
    for (lifetime, warn, crit) in [
        (days(398), days(30), days(14)),
        (days(140), days(30), days(14)),
        (days(120), days(30), days(12)),
        (days(90), day * 45 / 2, days(9)),
        (days(47), day * 47 / 4, day * 47 / 10),
        (days(6), day * 3 / 2, day * 6 / 10),
    ] {
        assert_eq!(
            resolved("auto", "auto", Some(lifetime)),
            (Some(warn), Some(crit))
        );
    }
    assert_eq!(
        resolved("auto", "auto", None),
        (Some(days(30)), Some(days(14)))
    );
}

#[test]
fn an_auto_crit_is_at_most_half_of_a_warn_that_was_given() {
    assert_eq!(
        resolved("10d", "auto", Some(days(398))),
        (Some(days(10)), Some(days(5)))
    );
    assert_eq!(
        resolved("10d", "auto", None),
        (Some(days(10)), Some(days(5)))
    );
    assert_eq!(
        resolved("60d", "auto", None),
        (Some(days(60)), Some(days(14)))
    );
    assert_eq!(
        resolved("10%", "auto", Some(days(100))),
        (Some(days(10)), Some(days(5)))
    );
    assert_eq!(resolved("off", "auto", None), (None, Some(days(14))));
    assert_eq!(resolved("0", "auto", None), (Some(0), Some(0)));
}

#[test]
fn a_share_without_a_lifetime_falls_back_and_never_lies_above_the_warning() {
    assert_eq!(
        resolved("20%", "10%", None),
        (Some(days(30)), Some(days(14)))
    );
    assert_eq!(
        resolved("5d", "10%", None),
        (Some(days(5)), Some(days(5) / 2))
    );
    let certificate = with("20%", "auto", None, days(100));
    assert!(codes(&certificate).contains(&"no_lifetime"));
    assert!(message(&certificate, "no_lifetime").contains("auto applies"));
    assert_eq!(certificate.warn_at, Some(after(days(70))));
    let certificate = with("20%", "auto", Some(days(-100)), days(100));
    assert!(!codes(&certificate).contains(&"no_lifetime"));
    assert_eq!(certificate.warn_at, Some(after(days(60))));
}

#[test]
fn a_share_is_exact_to_the_second() {
    assert_eq!(resolved("25%", "auto", Some(7_776_199)).0, Some(1_944_049));
}

#[test]
fn a_crit_above_the_warn_is_refused() {
    for (warn, crit) in [
        ("10d", "11d"),
        ("10%", "11%"),
        ("auto", "31d"),
        ("auto", "26%"),
        ("0", "1h"),
    ] {
        let thresholds = Thresholds::new(read(warn), read(crit));
        assert_eq!(thresholds, None, "{warn} {crit}");
    }
    for (warn, crit) in [
        ("10d", "10d"),
        ("10%", "10%"),
        ("off", "400d"),
        ("auto", "30d"),
        ("1d", "off"),
        ("1d", "auto"),
    ] {
        assert!(
            Thresholds::new(read(warn), read(crit)).is_some(),
            "{warn} {crit}"
        );
    }
}

#[test]
fn exactly_the_threshold_left_is_within_it() {
    for (left, verdict) in [
        (days(30) + 1, Verdict::Ok),
        (days(30), Verdict::Warning),
        (days(14) + 1, Verdict::Warning),
        (days(14), Verdict::Critical),
        (0, Verdict::Critical),
    ] {
        let certificate = with("30d", "14d", None, left);
        assert_eq!(certificate.verdict, verdict, "{left} s left");
        assert_eq!(certificate.status.as_str(), "OK");
        assert_eq!(certificate.warn_at, Some(after(left - days(30))));
        assert_eq!(certificate.crit_at, Some(after(left - days(14))));
    }
}

#[test]
fn off_never_turns() {
    let certificate = with("off", "off", Some(days(-100)), 1);
    assert_eq!(certificate.verdict, Verdict::Ok);
    assert_eq!((certificate.warn_at, certificate.crit_at), (None, None));
    assert_eq!(with("off", "auto", None, days(20)).verdict, Verdict::Ok);
    assert_eq!(with("auto", "off", None, 1).verdict, Verdict::Warning);
}

#[test]
fn thresholds_count_from_the_earliest_possible_reading() {
    let mut facts = dated(None, 0);
    facts.not_after = unsure(days(30) + 7 * 3600, 14 * 3600, 14 * 3600);
    let certificate = judge("test", facts, &policy());
    assert_eq!(certificate.verdict, Verdict::Warning);
    assert_eq!(certificate.warn_at, Some(after(-7 * 3600)));
    assert_eq!(
        certificate.days_left,
        Some(30),
        "days are of the reading that is shown"
    );
}

#[test]
fn notes_name_the_threshold_in_plain_words() {
    for (warn, words) in [
        ("1d", "of 1 day (--warn)"),
        ("2", "of 2 days (--warn)"),
        ("36h", "of 1.5 days (--warn)"),
        ("5h", "of 5 hours (--warn)"),
        ("1h", "of 60 minutes (--warn)"),
        ("30m", "of 30 minutes (--warn)"),
    ] {
        let text = message(&with(warn, "off", None, 60), "within_warn");
        assert!(text.ends_with(words), "{text}");
    }
    let text = message(
        &with("auto", "auto", Some(days(-80)), days(10)),
        "within_warn",
    );
    assert_eq!(
        text,
        "ends within the warning threshold of 22.5 days (--warn)"
    );
}

#[test]
fn only_what_ends_soon_turns_with_the_lifetime() {
    let turns = |warn, left| both(warn, "off").turn_with_lifetime(TimeDelta::days(left));
    assert!(turns("auto", 29) && turns("20%", 300));
    assert!(!turns("auto", 60) && !turns("auto", -1) && !turns("20%", -1) && !turns("30d", 29));
}

fn threshold() -> impl Strategy<Value = Threshold> {
    prop_oneof![
        Just(Threshold::Auto),
        Just(Threshold::Off),
        (0_i64..60).prop_map(|days| Threshold::Left(TimeDelta::days(days))),
        (0_u32..=100).prop_map(Threshold::Share),
    ]
}

proptest! {
    #[test]
    fn an_auto_crit_never_lies_above_the_warn(warn in 0_i64..4000, share in 0_u32..=100, by_share: bool, lifetime in proptest::option::of(1_i64..400_000_000)) {
        let warn = if by_share { Threshold::Share(share) } else { Threshold::Left(TimeDelta::days(warn)) };
        let thresholds = Thresholds::new(warn, Threshold::Auto).expect("auto is never refused");
        let (warn, crit) = thresholds.resolve(lifetime.map(TimeDelta::seconds));
        prop_assert!(crit <= warn);
    }

    #[test]
    fn what_turns_with_the_lifetime_is_known(
        warn in threshold(), crit in threshold(), left in 0_i64..5_000_000, lifetime in 1_i64..400_000_000
    ) {
        let Some(thresholds) = Thresholds::new(warn, crit) else { return Ok(()) };
        let left = TimeDelta::seconds(left);
        let verdict = |lifetime| {
            let (warn, crit) = thresholds.resolve(lifetime);
            (warn.is_some_and(|warn| left <= warn), crit.is_some_and(|crit| left <= crit))
        };
        let turns = verdict(None) != verdict(Some(TimeDelta::seconds(lifetime)));
        prop_assert!(!turns || thresholds.turn_with_lifetime(left));
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,24}") {
        let _ = text.parse::<Threshold>();
    }
}

#[test]
fn f07_a_share_of_a_long_life_is_told_in_years() {
    let long = with("100%", "off", Some(days(-100)), days(365 * 30));
    assert_eq!(
        message(&long, "within_warn"),
        "ends within the warning threshold of 30 years (--warn)"
    );
}

#[test]
fn f06_no_threshold_fires_where_there_is_no_end() {
    let mut facts = dated(Some(days(-100)), days(300));
    let last = DateTime::parse_from_rfc3339("9999-12-31T23:59:59Z").expect("a moment");
    facts.not_after = DateField::known("x", Moment::certain(last.to_utc(), Basis::ProviderZone));
    for (warn, crit) in [
        ("100%", "100%"),
        ("366000d", "300000d"),
        ("auto", "auto"),
        ("20%", "off"),
    ] {
        let policy = Policy {
            thresholds: both(warn, crit),
            ..policy()
        };
        let one = judge("test", facts.clone(), &policy);
        assert_eq!(
            (one.status, one.verdict),
            (Status::Ok, Verdict::Ok),
            "{warn} {crit}"
        );
        assert_eq!((one.warn_at, one.crit_at), (None, None));
        assert_eq!(codes(&one), ["no_end"]);
        // Without a start too.
        facts.not_before = DateField::default();
        assert_eq!(codes(&judge("test", facts.clone(), &policy)), ["no_end"]);
    }
}
