//! What the notes say: both sides of a contradiction, and advice where a certificate may be out of use.

use certcheck::model::note::{Bound, Mark, UnusedAdvice};
use certcheck::model::timestamp::DateField;
use certcheck::model::{Facts, Note, ProviderState, Scalar, Status, Unused};

use crate::{codes, dated, days, judged, message, sure, unsure};

const ADVICE: Unused = Unused {
    after_days: 90,
    advice: UnusedAdvice::NewId,
};

fn advised(facts: Facts) -> bool {
    let certificate = judged(Facts {
        unused: Some(ADVICE),
        ..facts
    });
    codes(&certificate).contains(&"maybe_unused")
}

fn word(status: Status, end: DateField) -> Facts {
    Facts {
        word: ProviderState::Is(status),
        provider_status: Some("WORD".to_owned()),
        not_after: end,
        ..Facts::default()
    }
}

#[test]
fn a_contradiction_names_both_sides() {
    let past = judged(dated(None, days(-3)));
    assert_eq!(
        message(&past, "status_date_conflict"),
        "the provider's status is GOOD, but the end of validity is 2026-11-19T08:00:00Z"
    );
    let ahead = judged(word(Status::Expired, sure(days(3))));
    assert_eq!(
        message(&ahead, "status_date_conflict"),
        "the provider's status is WORD, but the end of validity, 2026-11-25T08:00:00Z, is in the future"
    );
    let stale = judged(word(Status::NotConfigured, sure(days(-3))));
    assert_eq!(
        message(&stale, "date_beside_status"),
        "the provider's status is WORD, but there is an end of validity: 2026-11-19T08:00:00Z"
    );
}

#[test]
fn an_expired_certificate_without_a_word_is_no_contradiction() {
    let mut facts = dated(None, days(-3));
    facts.provider_status = None;
    assert!(codes(&judged(facts)).is_empty());
}

#[test]
fn a_word_that_nobody_knows_is_named() {
    let odd = judged(word(Status::Unknown, sure(days(300))));
    assert_eq!(
        message(&odd, "status_unknown"),
        "the provider's status WORD does not tell whether the certificate is valid"
    );
    let none = judged(Facts::default());
    assert_eq!(
        message(&none, "status_unknown"),
        "the provider gives no status for the certificate"
    );
}

#[test]
fn dates_that_are_none_are_quoted() {
    let unreadable = Facts {
        word: ProviderState::ByDate,
        not_before: DateField::unreadable("soon"),
        not_after: DateField::unreadable("later"),
        ..Facts::default()
    };
    let messages: Vec<String> = judged(unreadable)
        .facts
        .notes
        .into_iter()
        .map(|note| certcheck::messages::en::note(&note))
        .collect();
    assert_eq!(
        messages,
        [
            "the start of validity is not a date: soon",
            "the end of validity is not a date: later"
        ]
    );
}

#[test]
fn an_uncertain_moment_names_the_earliest_and_the_latest() {
    let mut facts = dated(None, 0);
    facts.not_after = unsure(-3600, 0, 8 * 3600);
    let certificate = judged(facts);
    let text = message(&certificate, "date_uncertain");
    assert!(text.contains("2026-11-22T07:00:00Z") && text.contains("2026-11-22T15:00:00Z"));
}

#[test]
fn how_far_off_an_assumed_zone_may_be_is_said_without_the_date_so_that_many_share_the_note() {
    let hour = 3600;
    for (earlier, later, words) in [
        (0, 8, "may be up to 8 hours later"),
        (14, 14, "may be up to 14 hours earlier or later"),
        (14, 0, "may be up to 14 hours earlier"),
        (38, 14, "may be up to 38 hours earlier or 14 hours later"),
    ] {
        let mut facts = dated(None, 0);
        facts.not_after = unsure(days(300), earlier * hour, later * hour);
        let note = message(&judged(facts), "zone_assumed");
        assert!(note.ends_with(words), "{note}");
    }
}

#[test]
fn advice_for_the_long_dead_and_the_never_configured() {
    assert!(!advised(dated(None, days(-90) + 1)));
    assert!(advised(dated(None, days(-90))));
    assert!(advised(dated(None, days(-900))));
    assert!(advised(word(Status::Expired, sure(days(-90)))));
    assert!(advised(word(Status::NotConfigured, DateField::default())));
    assert!(!advised(word(Status::Expired, DateField::default())));
    assert!(!advised(word(Status::Expired, sure(days(90)))));
    assert!(!advised(word(Status::Revoked, sure(days(-900)))));
    assert!(!advised(word(Status::NoPassword, DateField::default())));
    assert!(!advised(dated(None, days(300))));
}

#[test]
fn dead_is_counted_from_the_latest_possible_end() {
    let uncertain = |end| Facts {
        not_after: unsure(end, 14 * 3600, 14 * 3600),
        ..dated(None, 0)
    };
    assert!(!advised(uncertain(days(-90))));
    assert!(advised(uncertain(days(-91))));
}

#[test]
fn domains_are_trimmed_and_known_once() {
    let mut facts = Facts::default();
    facts.add_domains([
        "example.com\n",
        " www.example.com ",
        "",
        "EXAMPLE.com",
        "b.example",
    ]);
    facts.add_domains(Some("b.example"));
    assert_eq!(
        facts.domains,
        ["example.com", "www.example.com", "b.example"]
    );
}

#[test]
fn no_id_asked_takes_the_answers_own() {
    let mut facts = Facts::default();
    facts.identify(None, Some("own".to_owned()));
    assert_eq!(
        (facts.id.as_deref(), facts.reported_id, facts.mismatch),
        (Some("own"), None, false)
    );
}

#[test]
fn every_text_of_a_certificate_can_be_reached_for_scrubbing() {
    let text = |name: &str| Some(format!("secret {name}"));
    let mut facts = Facts {
        scope: text("scope"),
        id: text("id"),
        reported_id: text("reported_id"),
        name: text("name"),
        domains: vec!["secret domain".to_owned()],
        issuer: text("issuer"),
        product: text("product"),
        serial: text("serial"),
        fingerprint_sha256: text("sha256"),
        fingerprint_sha1: text("sha1"),
        signature_algorithm: text("signature"),
        key_algorithm: text("key"),
        not_before: DateField::unreadable("secret start"),
        not_after: DateField::unreadable("secret end"),
        provider_status: text("word"),
        request_id: text("request"),
        ..Facts::default()
    };
    every_note_with_text().for_each(|note| facts.note(note));
    facts.detail("tags", text("tag"));
    facts.details.insert("number", Scalar::Number(1));
    facts
        .texts_mut()
        .for_each(|text| *text = text.replace("secret", "***"));
    assert!(!format!("{facts:?}").contains("secret"), "{facts:?}");
}

fn every_note_with_text() -> impl Iterator<Item = Note> {
    let text = || "a secret".to_owned();
    let (word, list) = (|| Some(text()), || vec![text(), text()]);
    let end = Default::default();
    [
        Note::DateUnreadable {
            bound: Bound::End,
            raw: word(),
        },
        Note::DateAmbiguous { raw: text() },
        Note::DateConflict {
            ends: vec![("A", text()), ("B", text())],
            earliest_counts: true,
        },
        Note::StatusUnknown { word: word() },
        Note::StatusDateConflict {
            word: word(),
            end,
            ahead: true,
        },
        Note::DateBesideStatus { word: word(), end },
        Note::StatusConflict {
            outer: word(),
            inner: word(),
        },
        Note::Superseded {
            successor: text(),
            scope: None,
        },
        Note::IdMismatch { reported: word() },
        Note::SiteMismatch { reported: word() },
        Note::RenewalFailed { dns_code: word() },
        Note::ApplicationFailed { dns_code: word() },
        Note::PemNameConflict {
            record: list(),
            certificate: list(),
        },
        Note::PemMismatch {
            mark: Mark::Names,
            record: list(),
            certificate: list(),
        },
    ]
    .into_iter()
}
