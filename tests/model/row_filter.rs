//! What of a report is shown, and in which order.

use certcheck::model::report::{Report, ReportEntry};
use certcheck::model::{CertStatus, Facts, ProviderState, RowFilter, SortOrder, Status, Verdict};
use chrono::TimeDelta;

use crate::{after, dated, days, judged};

/// One that ends in so many days.
fn ending(id: &str, ends: i64) -> CertStatus {
    judged(Facts {
        id: Some(id.to_owned()),
        ..dated(Some(days(-900)), days(ends))
    })
}

/// Four, each with another verdict; the last has no end.
fn four() -> Vec<CertStatus> {
    let unknown = Facts {
        id: Some("d-unknown".to_owned()),
        ..Facts::default()
    };
    vec![
        ending("c-ok", 300),
        ending("b-warning", 20),
        ending("a-critical", -1),
        judged(unknown),
    ]
}

fn shown(view: &RowFilter) -> Vec<String> {
    let mut report = Report::new(after(0), after(0));
    for certificate in four() {
        report.add(ReportEntry::Certificate(Box::new(certificate)), view);
    }
    report.arrange(view);
    assert_eq!(report.summary.certificates, 4);
    assert_eq!(report.summary.not_shown + report.certificates.len(), 4);
    assert_eq!(report.verdict(), Verdict::Critical, "{view:?}");
    let ids = report.certificates.into_iter().map(|c| c.facts.id);
    ids.flatten().collect()
}

#[test]
fn a_view_chooses_rows_and_touches_nothing_else() {
    let of = |view: RowFilter| shown(&view);
    assert_eq!(
        of(RowFilter::default()),
        ["c-ok", "b-warning", "a-critical", "d-unknown"]
    );
    let quiet = RowFilter {
        quiet: true,
        ..RowFilter::default()
    };
    assert_eq!(of(quiet), ["b-warning", "a-critical", "d-unknown"]);
    let only = RowFilter {
        only: vec![Verdict::Ok, Verdict::Unknown],
        ..RowFilter::default()
    };
    assert_eq!(of(only), ["c-ok", "d-unknown"]);
    let status = RowFilter {
        status: vec![Status::Expired],
        ..RowFilter::default()
    };
    assert_eq!(of(status), ["a-critical"]);
    let expiring = |days| RowFilter {
        expiring: Some(TimeDelta::days(days)),
        ..RowFilter::default()
    };
    assert_eq!(of(expiring(20)), ["b-warning", "a-critical"]);
    assert_eq!(of(expiring(19)), ["a-critical"]);
    assert_eq!(of(expiring(0)), ["a-critical"]);
    let limit = RowFilter {
        limit: Some(2),
        ..RowFilter::default()
    };
    assert_eq!(of(limit), ["c-ok", "b-warning"]);
    let none = RowFilter {
        limit: Some(0),
        ..RowFilter::default()
    };
    assert!(of(none).is_empty());
}

#[test]
fn rows_are_sorted_before_their_number_is_limited() {
    let sorted = |sort| {
        let view = RowFilter {
            sort: Some(sort),
            limit: Some(3),
            ..RowFilter::default()
        };
        shown(&view)
    };
    assert_eq!(
        sorted(SortOrder::Expiry),
        ["d-unknown", "a-critical", "b-warning"]
    );
    assert_eq!(sorted(SortOrder::Name), ["a-critical", "b-warning", "c-ok"]);
    assert_eq!(
        sorted(SortOrder::Status),
        ["a-critical", "d-unknown", "b-warning"]
    );
    assert_eq!(
        sorted(SortOrder::Provider),
        ["c-ok", "b-warning", "a-critical"]
    );
}

#[test]
fn an_end_that_may_be_earlier_counts_as_that() {
    let view = RowFilter {
        expiring: Some(TimeDelta::days(10)),
        ..RowFilter::default()
    };
    let mut facts = ending("unsure", 12).facts;
    facts.not_after = crate::unsure(days(12), days(3), 0);
    facts.word = ProviderState::ByDate;
    assert!(view.shows(&judged(facts)));
    assert!(!view.shows(&ending("sure", 12)));
}

#[test]
fn an_account_that_may_hold_nothing_is_no_alarm() {
    let mut report = Report::new(after(0), after(0));
    assert_eq!(
        (report.verdict(), report.exit_code(true)),
        (Verdict::Unknown, 3)
    );
    report.may_be_empty = true;
    assert_eq!((report.verdict(), report.exit_code(true)), (Verdict::Ok, 0));
    report.complete = false;
    assert_eq!(
        (report.verdict(), report.exit_code(true)),
        (Verdict::Unknown, 3)
    );
}
