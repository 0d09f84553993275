//! Whole accounts of the sandbox, listed by the command: what comes, how many requests that takes, and what becomes of
//! a list that lies.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use certcheck::sandbox::{Emulator, Options, Sandbox};
use chrono::{TimeDelta, Utc};

use crate::support::binary::{Report, Run, certcheck};
use crate::support::sandbox::{each_service, fault};

/// Services that hold so many certificates, with these faults. Their clock stands still: dates are relative to it.
pub fn estate(certificates: u32, faults: &[&str]) -> Sandbox {
    let now = Utc::now();
    Sandbox::start(Options {
        faults: faults.iter().map(|text| fault(text)).collect(),
        certificates: Some(certificates),
        ..Options::new(Arc::new(move || now))
    })
    .expect("loopback has free ports")
}

/// A provider's command, with its keys and without a limit to the rate, which is tested elsewhere.
pub fn command(sandbox: &Sandbox, service: &'static Emulator) -> Run {
    certcheck([
        service.name,
        "--endpoint",
        &sandbox.endpoint(service),
        "--rate",
        "off",
    ])
    .keys(&service.credentials())
}

fn all(sandbox: &Sandbox, service: &'static Emulator) -> Report {
    command(sandbox, service).with(&["--all"]).json()
}

/// The requests with such an action.
pub fn asked(sandbox: &Sandbox, action: &str) -> usize {
    let seen = sandbox.seen();
    seen.iter().filter(|seen| seen.action == action).count()
}

const LISTS: [(&Emulator, &str); 5] = [
    (Emulator::MPUSH, "ListSummaryApps"),
    (Emulator::ESA, "ListClientCertificates"),
    (Emulator::HUAWEI, "ListCertificates"),
    (Emulator::TENCENT, "DescribeCertificates"),
    (Emulator::PBX, "certificate/list"),
];

pub fn list_of(service: &'static Emulator) -> &'static str {
    let mut lists = LISTS.into_iter();
    lists.find(|(of, _)| *of == service).expect("a list").1
}

#[test]
fn everything_that_an_account_holds_is_judged_once() {
    each_service(|service| {
        let count = if service == Emulator::MPUSH { 7 } else { 130 };
        let sandbox = estate(count, &[]);
        let report = all(&sandbox, service);
        let ids: HashSet<&str> = report.ids().into_iter().collect();
        let expected = service.generated_ids(count);
        assert_eq!(report.errors(), [] as [serde_json::Value; 0], "{service:?}");
        assert_eq!(report.json["complete"], true);
        assert_eq!(
            ids,
            expected.iter().map(String::as_str).collect(),
            "{service:?}"
        );
        let rows = if service == Emulator::MPUSH {
            2 * count
        } else {
            count
        };
        assert_eq!(report.certificates().len() as u32, rows, "{service:?}");
        let page = match service.name {
            "tencent" => 1000,
            "huawei" => 50,
            _ => 100,
        };
        // Of the two sites each has pages of its own.
        let lists = if service == Emulator::ESA { 2 } else { 1 };
        let most = (count.div_ceil(page) + 2) * lists;
        assert!(
            asked(&sandbox, list_of(service)) as u32 <= most,
            "{service:?}"
        );
        assert_eq!(sandbox.live_tokens(), 0);
    });
}

#[test]
fn a_list_says_the_same_of_a_certificate_as_the_question_about_it() {
    for service in [
        Emulator::TENCENT,
        Emulator::HUAWEI,
        Emulator::ESA,
        Emulator::PBX,
    ] {
        let sandbox = estate(12, &[]);
        let listed = all(&sandbox, service);
        let one = &listed.certificates()[3];
        let (id, site) = (one["id"].as_str().expect("an id"), one["scope"].as_str());
        let mut run = command(&sandbox, service).with(&["--id", id]);
        if service == Emulator::ESA {
            let site = site.and_then(|scope| scope.strip_prefix("site "));
            run = run.with(&["--site-id", site.expect("a site")]);
        }
        let single = run.json();
        for key in [
            "status",
            "provider_status",
            "not_after",
            "domains",
            "name",
            "kind",
            "scope",
        ] {
            assert_eq!(one[key], single.certificate()[key], "{service:?} {key}");
        }
    }
}

#[test]
fn a_list_that_is_not_whole_is_never_taken_for_it() {
    for (text, says) in [
        ("total:5000", "of 5000"),
        ("same-page", "repeats itself"),
        ("shrink", ""),
        ("null-list", ""),
    ] {
        for service in [Emulator::TENCENT, Emulator::ESA, Emulator::PBX] {
            let count = match service.name {
                "tencent" => 2300,
                _ => 330,
            };
            let sandbox = estate(count, &[&format!("{}={text}", service.name)]);
            let report = all(&sandbox, service);
            if text == "shrink" && report.json["complete"] == true {
                let gone = asked(&sandbox, list_of(service));
                let ids: HashSet<&str> = report.ids().into_iter().collect();
                let stayed = service.generated_ids(count).into_iter().skip(gone);
                let lost: Vec<String> = stayed.filter(|id| !ids.contains(id.as_str())).collect();
                assert!(lost.is_empty(), "{service:?}: {lost:?}");
                continue;
            }
            assert_eq!(
                report.json["complete"], false,
                "{service:?} {text}: {report:?}"
            );
            assert!(matches!(report.code(), 2 | 3), "{service:?} {text}");
            let error = report.errors().last().expect("an error");
            let message = error["message"].as_str().expect("a message");
            assert!(message.contains(says), "{service:?} {text}: {message}");
            assert!(asked(&sandbox, list_of(service)) < 12, "{service:?} {text}");
        }
    }
}

#[test]
fn a_list_that_moves_or_is_told_badly_still_comes_whole() {
    for text in ["grow", "no-total", "short-page", "total:1", "fat:9000"] {
        for service in [Emulator::TENCENT, Emulator::ESA, Emulator::PBX] {
            let count = if text == "fat:9000" { 1000 } else { 130 };
            if count == 1000 && service != Emulator::TENCENT {
                continue;
            }
            let sandbox = estate(count, &[&format!("{}={text}", service.name)]);
            let report = all(&sandbox, service);
            let expected = service.generated_ids(count);
            let ids: HashSet<&str> = report.ids().into_iter().collect();
            assert_eq!(
                ids.len(),
                report.certificates().len(),
                "doubled: {service:?} {text}"
            );
            let lost: Vec<&String> = expected
                .iter()
                .filter(|id| !ids.contains(id.as_str()))
                .collect();
            assert!(
                lost.is_empty(),
                "{service:?} {text}: {lost:?} {:?}",
                report.errors()
            );
        }
    }
}

#[test]
fn huaweis_list_ends_early_and_the_answer_says_so() {
    let sandbox = estate(400, &[]);
    let report = all(&sandbox, Emulator::HUAWEI);
    assert_eq!(report.certificates().len(), 148);
    assert_eq!(report.json["complete"], false);
    let error = report.error();
    assert_eq!(error["kind"], "refused");
    assert!(
        error["message"]
            .as_str()
            .expect("text")
            .contains("148 of 400"),
        "{error}"
    );
    assert!(
        error["hint"].as_str().expect("text").contains("by its id"),
        "{error}"
    );
    // What ends first came first; what needs its start was asked for afterwards.
    let listed = report.certificates().iter();
    let ends: Vec<&str> = listed
        .filter(|c| c["not_before"].is_null())
        .filter_map(|c| c["not_after"].as_str())
        .collect();
    assert!(ends.len() > 100, "{}", ends.len());
    assert!(ends.is_sorted());
    assert_ne!(report.json["summary"]["critical"], 0);
}

#[test]
fn a_clock_that_moves_on_between_two_pages_changes_no_date() {
    let (now, seconds) = (Utc::now(), AtomicI64::new(0));
    let clock = move || now + TimeDelta::seconds(seconds.fetch_add(1, Ordering::Relaxed));
    let sandbox = Sandbox::start(Options {
        certificates: Some(2500),
        ..Options::new(Arc::new(clock))
    })
    .expect("loopback has free ports");
    let report = all(&sandbox, Emulator::TENCENT);
    assert_eq!(report.json["complete"], true, "{:?}", report.errors());
}

#[test]
fn ten_apps_are_as_many_as_the_list_ever_tells() {
    for (count, complete) in [(9, true), (10, false), (25, false)] {
        let sandbox = estate(count, &[]);
        let report = all(&sandbox, Emulator::MPUSH);
        assert_eq!(report.json["complete"], complete, "{count}");
        if !complete {
            let hint = report.error()["hint"].as_str().expect("a hint");
            assert!(hint.contains("--app-key"), "{hint}");
        }
    }
}

#[test]
fn a_site_that_stays_closed_hides_no_other() {
    let sandbox = estate(20, &["esa/ListClientCertificates=denied*1"]);
    let report = all(&sandbox, Emulator::ESA);
    assert_eq!(report.json["complete"], false);
    assert_eq!(report.error()["kind"], "permission");
    assert!(!report.certificates().is_empty());
}

#[test]
fn an_account_that_holds_nothing_is_an_error_unless_it_may_be() {
    each_service(|service| {
        let sandbox = estate(0, &[]);
        let report = all(&sandbox, service);
        assert_eq!(report.code(), 3, "{service:?}");
        assert_eq!(report.error()["kind"], "not_found", "{service:?}");
        let may = command(&sandbox, service).with(&["--all", "--allow-empty"]);
        let may = may.json();
        assert_eq!(
            (may.code(), may.errors().len()),
            (0, 0),
            "{service:?}: {may:?}"
        );
        assert_eq!(may.json["complete"], true);
        // Neither a list nor a count. Mobile push never tells one.
        let sandbox = estate(30, &["null-all"]);
        let silent = command(&sandbox, service)
            .with(&["--all", "--allow-empty"])
            .json();
        let complete = service == Emulator::MPUSH;
        assert_eq!(silent.json["complete"], complete, "{service:?}: {silent:?}");
        assert_eq!(silent.code(), if complete { 0 } else { 3 }, "{service:?}");
    });
}

#[test]
fn where_a_list_is_not_permitted_the_answer_says_which_action_to_grant() {
    for (service, action) in [
        (Emulator::TENCENT, "ssl:DescribeCertificates"),
        (Emulator::HUAWEI, "scm:cert:list"),
        (Emulator::ESA, "esa:ListSites"),
        (Emulator::MPUSH, "mpush:ListSummaryApps"),
    ] {
        let sandbox = estate(5, &["unlisted"]);
        let report = all(&sandbox, service);
        assert_eq!(report.error()["kind"], "permission", "{service:?}");
        let hint = report.error()["hint"].as_str().expect("a hint");
        assert!(hint.contains(action), "{service:?}: {hint}");
        assert_eq!(
            (report.code(), &report.json["complete"]),
            (3, &false.into())
        );
    }
}
