//! Every word beside every kind of date: which status and verdict, and which notes.

use certcheck::model::timestamp::{DateField, DateValue};
use certcheck::model::{CertStatus, Facts, ProviderState, Status, Verdict};

use crate::{codes, days, judged, sure, unsure};

/// Absent, unreadable, ambiguous, past, future, uncertain.
fn dates() -> [(&'static str, DateField); 6] {
    let ambiguous = DateField {
        raw: Some("01/02/2027".to_owned()),
        value: DateValue::Ambiguous,
    };
    [
        ("absent", DateField::default()),
        ("unreadable", DateField::unreadable("abc")),
        ("ambiguous", ambiguous),
        ("past", sure(days(-3))),
        ("future", sure(days(300))),
        ("uncertain", unsure(0, 3600, 3600)),
    ]
}

fn judge(word: ProviderState, end: DateField) -> CertStatus {
    judged(Facts {
        word,
        provider_status: Some("W".to_owned()),
        not_after: end,
        ..Facts::default()
    })
}

#[test]
fn a_good_word_leaves_it_to_the_date() {
    let expected = [
        (Status::Unknown, Verdict::Unknown, &["no_date"][..]),
        (Status::Unknown, Verdict::Unknown, &["date_unreadable"]),
        (Status::Unknown, Verdict::Unknown, &["date_ambiguous"]),
        (
            Status::Expired,
            Verdict::Critical,
            &["status_date_conflict"],
        ),
        (Status::Ok, Verdict::Ok, &[]),
        (
            Status::Unknown,
            Verdict::Unknown,
            &["zone_assumed", "date_uncertain"],
        ),
    ];
    for ((name, end), (status, verdict, notes)) in dates().into_iter().zip(expected) {
        let certificate = judge(ProviderState::ByDate, end);
        assert_eq!(certificate.status, status, "{name}");
        assert_eq!(certificate.verdict, verdict, "{name}");
        assert_eq!(codes(&certificate), notes, "{name}");
    }
}

#[test]
fn any_other_word_decides_whatever_the_date() {
    for status in Status::ALL.into_iter().filter(|s| *s != Status::Ok) {
        for (name, end) in dates() {
            let certificate = judge(ProviderState::Is(status), end);
            assert_eq!(certificate.status, status, "{name}");
            assert_eq!(certificate.verdict, status.verdict(), "{status:?} {name}");
            let notes = codes(&certificate);
            assert_eq!(notes.contains(&"date_unreadable"), name == "unreadable");
            assert_eq!(notes.contains(&"zone_assumed"), name == "uncertain");
            assert!(!notes.contains(&"no_date") && !notes.contains(&"date_uncertain"));
            assert_eq!(notes.contains(&"status_unknown"), status == Status::Unknown);
        }
    }
}

#[test]
fn only_contradictions_are_noted_beside_a_word() {
    let conflict = |status, end| {
        let certificate = judge(ProviderState::Is(status), end);
        codes(&certificate)
            .into_iter()
            .find(|code| matches!(*code, "status_date_conflict" | "date_beside_status"))
    };
    for end in [sure(days(300)), sure(0)] {
        assert_eq!(conflict(Status::Expired, end), Some("status_date_conflict"));
    }
    assert_eq!(conflict(Status::Expired, sure(-1)), None);
    for status in [
        Status::Pending,
        Status::Failed,
        Status::Cancelled,
        Status::NotConfigured,
        Status::NoPassword,
    ] {
        for end in [sure(days(300)), sure(days(-300))] {
            assert_eq!(
                conflict(status, end),
                Some("date_beside_status"),
                "{status:?}"
            );
        }
        assert_eq!(conflict(status, DateField::default()), None, "{status:?}");
    }
    for status in [Status::Revoked, Status::Revoking, Status::Unknown] {
        assert_eq!(conflict(status, sure(days(300))), None, "{status:?}");
    }
}

#[test]
fn verdicts_of_the_contract() {
    for (status, verdict) in [
        (Status::Ok, Verdict::Ok),
        (Status::NotYetValid, Verdict::Warning),
        (Status::Expired, Verdict::Critical),
        (Status::Revoked, Verdict::Critical),
        (Status::Revoking, Verdict::Critical),
        (Status::Pending, Verdict::Warning),
        (Status::Failed, Verdict::Warning),
        (Status::Cancelled, Verdict::Warning),
        (Status::NotConfigured, Verdict::Warning),
        (Status::NoPassword, Verdict::Warning),
        (Status::Unknown, Verdict::Unknown),
    ] {
        assert_eq!(status.verdict(), verdict, "{status:?}");
    }
}

#[test]
fn the_worse_of_two_words_wins_either_way_round() {
    let revoked = ProviderState::Is(Status::Revoked);
    let unknown = ProviderState::Is(Status::Unknown);
    let pending = ProviderState::Is(Status::Pending);
    for (better, worse) in [
        (ProviderState::ByDate, pending),
        (pending, unknown),
        (unknown, revoked),
        (ProviderState::ByDate, revoked),
    ] {
        assert_eq!(better.worse(worse), worse);
        assert_eq!(worse.worse(better), worse);
    }
}

#[test]
fn a_word_that_nobody_read_is_no_good_news() {
    let certificate = judged(Facts {
        not_after: sure(days(300)),
        ..Facts::default()
    });
    assert_eq!(certificate.status, Status::Unknown);
}
