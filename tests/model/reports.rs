//! The answer of a whole run: the worst of all, the exit code, the counts.

use certcheck::error::{Error, Kind};
use certcheck::model::RowFilter;
use certcheck::model::report::{Failure, Report, ReportEntry};
use certcheck::model::{Status, Verdict};
use proptest::prelude::*;

use crate::{after, dated, days, judged};

fn certificate(verdict: Verdict) -> ReportEntry {
    let mut certificate = judged(dated(None, days(400)));
    certificate.verdict = verdict;
    ReportEntry::Certificate(Box::new(certificate))
}

fn failure() -> ReportEntry {
    ReportEntry::Failure(Box::new(Failure {
        provider: "test",
        origin: Default::default(),
        scope: None,
        id: None,
        environment: None,
        error: Error::new(Kind::Network, "no route"),
    }))
}

fn report(verdicts: &[Verdict], errors: usize, quiet: bool) -> Report {
    let mut report = Report::new(after(0), after(0));
    let view = &RowFilter {
        quiet,
        ..RowFilter::default()
    };
    verdicts
        .iter()
        .for_each(|v| report.add(certificate(*v), view));
    (0..errors).for_each(|_| report.add(failure(), view));
    report
}

#[test]
fn the_worst_counts_and_unknown_weighs_more_than_a_warning() {
    use Verdict::{Critical, Ok, Unknown, Warning};
    for (verdicts, errors, worst, code) in [
        (&[Ok, Ok][..], 0, Ok, 0),
        (&[Ok, Warning], 0, Warning, 1),
        (&[Warning, Unknown, Ok], 0, Unknown, 3),
        (&[Ok], 1, Unknown, 3),
        (&[Warning], 1, Unknown, 3),
        (&[Critical, Unknown, Warning, Ok], 1, Critical, 2),
        (&[], 1, Unknown, 3),
        (&[], 0, Unknown, 3),
    ] {
        let report = report(verdicts, errors, false);
        assert_eq!(report.verdict(), worst, "{verdicts:?} and {errors} errors");
        assert_eq!(report.exit_code(false), code);
    }
}

#[test]
fn an_incomplete_list_is_at_least_unknown() {
    for (verdict, worst, code) in [
        (Verdict::Ok, Verdict::Unknown, 3),
        (Verdict::Warning, Verdict::Unknown, 3),
        (Verdict::Critical, Verdict::Critical, 2),
    ] {
        let mut report = report(&[verdict], 0, false);
        report.complete = false;
        assert_eq!(report.verdict(), worst);
        assert_eq!(report.exit_code(false), code);
        assert_eq!(report.exit_code(true), 3, "--exit-zero does not hide it");
    }
}

#[test]
fn exit_zero_forgives_certificates_not_errors() {
    for verdict in Verdict::ALL {
        assert_eq!(
            report(&[verdict], 0, false).exit_code(true),
            0,
            "{verdict:?}"
        );
        assert_eq!(
            report(&[verdict], 1, false).exit_code(true),
            3,
            "{verdict:?}"
        );
    }
    assert_eq!(report(&[], 0, false).exit_code(true), 3, "nothing to judge");
}

#[test]
fn quiet_hides_rows_and_keeps_counts() {
    use Verdict::{Critical, Ok, Unknown, Warning};
    let verdicts = [Ok, Warning, Ok, Critical, Unknown];
    let (loud, quiet) = (report(&verdicts, 1, false), report(&verdicts, 1, true));
    assert_eq!(loud.certificates.len(), 5);
    assert_eq!(quiet.certificates.len(), 3);
    assert_eq!(quiet.errors.len(), 1, "errors are never hidden");
    assert_eq!(loud.summary.not_shown, 0);
    assert_eq!(quiet.summary.not_shown, 2);
    let mut same = quiet.summary;
    same.not_shown = 0;
    assert_eq!(same, loud.summary);
    assert_eq!(quiet.summary.certificates, 5);
    assert_eq!(quiet.exit_code(false), loud.exit_code(false));
    assert!(!quiet.all_well());
    assert!(report(&[Ok, Ok], 0, true).all_well());
    assert!(
        !report(&[], 0, true).all_well(),
        "nothing to judge is never quiet"
    );
}

#[test]
fn rows_keep_the_order_they_came_in() {
    use Verdict::{Critical, Ok, Warning};
    let report = report(&[Warning, Ok, Critical], 0, false);
    let verdicts: Vec<_> = report.certificates.iter().map(|c| c.verdict).collect();
    assert_eq!(verdicts, [Warning, Ok, Critical]);
}

#[test]
fn the_published_words_and_codes() {
    let words = Status::ALL.map(Status::as_str).join(" ");
    assert_eq!(
        words,
        "OK NOT_YET_VALID EXPIRED REVOKED REVOKING PENDING FAILED CANCELLED NOT_CONFIGURED NO_PASSWORD UNKNOWN"
    );
    for status in Status::ALL {
        assert_eq!(status.as_str().to_lowercase().parse(), Ok(status));
    }
    let codes = Verdict::ALL.map(|v| (v.as_str(), v.exit_code()));
    assert_eq!(
        codes,
        [("ok", 0), ("warning", 1), ("unknown", 3), ("critical", 2)]
    );
    assert!("fine".parse::<Verdict>().is_err());
    assert!("".parse::<Status>().is_err());
}

fn any_verdict() -> impl Strategy<Value = Verdict> {
    proptest::sample::select(Verdict::ALL.to_vec())
}

proptest! {
    #[test]
    fn counts_add_up(verdicts in proptest::collection::vec(any_verdict(), 0..12), errors in 0_usize..3, quiet: bool) {
        let report = report(&verdicts, errors, quiet);
        let s = report.summary;
        prop_assert_eq!(s.certificates, s.ok + s.warning + s.critical + s.unknown);
        prop_assert_eq!(s.certificates, report.certificates.len() + s.not_shown);
        prop_assert_eq!(s.errors, report.errors.len());
        prop_assert!(report.certificates.iter().all(|c| !quiet || c.verdict != Verdict::Ok));
        let floor = if errors > 0 || verdicts.is_empty() { Verdict::Unknown } else { Verdict::Ok };
        let worst = verdicts.iter().copied().max().unwrap_or(floor).max(floor);
        prop_assert_eq!(report.verdict(), worst);
        prop_assert_eq!(report.exit_code(false), worst.exit_code());
    }
}
