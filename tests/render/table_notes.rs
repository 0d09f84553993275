//! What stands below the rows: said once for all whom it concerns, and nothing that only puzzles.

use certcheck::error::{Error, Kind};
use certcheck::model::note::Clock;
use certcheck::model::report::{Failure, Report};
use certcheck::model::{Environment, Facts, Note, Status};
use certcheck::render::style::TextStyle;
use certcheck::render::table;
use chrono::TimeDelta;

use crate::{dated, failure, in_days, push, report, terminal, worded};

/// All below the rows.
fn below(report: &Report) -> String {
    let text = table::report(report, terminal(80));
    match text.split_once("\n\n") {
        Some((rows, below)) if rows.contains("PROVIDER") => below.to_owned(),
        _ => text,
    }
}

/// A failure without anything but its kind and words.
fn bare(id: &str, message: &str) -> Failure {
    Failure {
        error: Error::new(Kind::Credentials, message),
        ..failure(id, message)
    }
}

#[test]
fn forty_certificates_with_one_trouble_are_one_paragraph() {
    let rows = (0..40).map(|n| ("tencent", dated(&format!("cert{n:04}"), 20)));
    let text = below(&report(rows.collect(), vec![]));
    let expected = "  cert0035, cert0036, cert0037, cert0038, cert0039: OK, warning
  - ends within the warning threshold of 30 days (--warn)

warning: 40 certificates
";
    assert!(text.starts_with("tencent cert0000, cert0001, "), "{text}");
    assert!(text.ends_with(expected), "{text}");
    assert_eq!(text.matches("--warn").count(), 1);
}

#[test]
fn a02_an_ok_row_shows_that_another_clock_judged_it_and_no_other_note() {
    let mut other = dated("a", 300);
    other.note(Note::RenewalPending);
    let mut corrected = other.clone();
    corrected.id = Some("b".to_owned());
    corrected.note(Note::ClockCorrected {
        behind: TimeDelta::hours(3),
        end: Clock::Service,
        start: Clock::Service,
    });
    let text = below(&report(
        vec![("tencent", other), ("tencent", corrected)],
        vec![],
    ));
    assert_eq!(
        text,
        "tencent b: OK\n  - this machine's clock is 3 hours behind the service's; judged by the\n    service's time\n\nok: 2 certificates\n"
    );
}

#[test]
fn a_paragraph_stands_where_its_first_certificate_stood_and_what_differs_stays_apart() {
    let mut other = dated("c", 20);
    other.note(Note::RenewalPending);
    let certificates = vec![
        ("tencent", dated("a", 20)),
        ("tencent", dated("b", 3)),
        ("tencent", other),
        ("tencent", dated("d", 20)),
        ("huawei", dated("e", 20)),
        ("mpush", push("f", Environment::Production, -400)),
        ("mpush", push("f", Environment::Development, -400)),
    ];
    let text = below(&report(certificates, vec![]));
    let titles: Vec<&str> = text.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(
        titles[..6],
        [
            "tencent a, d: OK, warning",
            "tencent b: OK, critical",
            "tencent c: OK, warning",
            "huawei e: OK, warning",
            "mpush f (production): EXPIRED, critical",
            "mpush f (development): EXPIRED, critical",
        ]
    );
}

#[test]
fn the_scope_of_a_note_is_told_where_the_table_tells_it() {
    let scoped = |scope: &str| Facts {
        scope: Some(scope.to_owned()),
        ..dated("a", 20)
    };
    let one = report(vec![("esa", scoped("site 1"))], vec![]);
    assert!(below(&one).starts_with("esa a: OK"));
    let two = report(
        vec![("esa", scoped("site 1")), ("esa", scoped("site 2"))],
        vec![],
    );
    let text = below(&two);
    assert!(
        text.contains("esa a (site 1): OK") && text.contains("esa a (site 2): OK"),
        "{text}"
    );
}

#[test]
fn one_error_of_many_ids_is_told_once() {
    let failures = vec![
        bare("a", "no key"),
        bare("b", "no key"),
        bare("c", "other"),
        bare("d", "no key"),
    ];
    let text = below(&report(vec![], failures));
    let expected = "error: tencent a, b, d (intl): no key
  hint: check the variables that hold the key, and that it belongs to this
        service
error: tencent c (intl): other
";
    assert!(text.starts_with(expected), "{text}");
    assert!(
        text.ends_with("\nunknown: 0 certificates, 4 errors\n"),
        "{text}"
    );
}

#[test]
fn of_several_request_ids_the_first_is_told_and_the_others_are_counted() {
    let with = |id: &str, request_id: &str| {
        let mut failure = failure(id, "slow down");
        failure.error.request_id = Some(request_id.to_owned());
        failure
    };
    let text = below(&report(
        vec![],
        vec![with("a", "r1"), with("b", "r2"), with("c", "r3")],
    ));
    assert!(text.contains("request id r1 and 2\n  more)"), "{text}");
    // Ids that were not asked for carry the refusal of the one that was.
    let text = below(&report(vec![], vec![with("a", "r1"), with("b", "r1")]));
    assert!(text.contains("request id r1)"), "{text}");
}

#[test]
fn a_kind_alone_and_a_status_of_success_are_not_told() {
    let mut refused = bare("a", "refused");
    refused.error = refused.error.with_status(200);
    let text = below(&report(vec![], vec![refused]));
    assert!(!text.replace("(intl)", "").contains('('), "{text}");
}

#[test]
fn a_judgement_for_another_moment_says_so() {
    let report = report(vec![("pbx", dated("1", 300))], vec![]);
    assert!(below(&report).ends_with("ok: 1 certificate\n"));
    let look = TextStyle {
        now: in_days(30),
        chosen: true,
        ..terminal(80)
    };
    let text = table::report(&report, look);
    assert!(
        text.ends_with("ok: 1 certificate, as of 2026-12-22T08:00:00Z\n"),
        "{text}"
    );
}

#[test]
fn the_counts_are_told_where_not_all_are_alike() {
    let alike = vec![
        ("pbx", worded("1", Status::Revoked, "x")),
        ("pbx", dated("2", 3)),
    ];
    assert!(below(&report(alike, vec![])).ends_with("critical: 2 certificates\n"));
    let mixed = vec![("pbx", dated("1", 300)), ("pbx", dated("2", 3))];
    assert!(
        below(&report(mixed, vec![])).ends_with("critical: 2 certificates (1 ok, 1 critical)\n")
    );
    let all = [
        dated("1", 300),
        dated("2", 20),
        dated("3", 3),
        Facts::default(),
    ];
    let all = all.into_iter().map(|facts| ("pbx", facts)).collect();
    let text = table::report(&report(all, vec![]), terminal(60));
    assert!(
        text.ends_with("(1 ok, 1 warning, 1 critical,\n  1 unknown)\n"),
        "{text}"
    );
    let fine = vec![("pbx", dated("1", 300))];
    let text = below(&report(fine, vec![bare("2", "no")]));
    assert!(
        text.ends_with("unknown: 1 certificate (1 ok), 1 error\n"),
        "{text}"
    );
}
