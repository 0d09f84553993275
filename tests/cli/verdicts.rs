//! From states to verdicts to exit codes, with the flags that change them. Tencent stands for all: the rules
//! are the same.

use certcheck::sandbox::Emulator;
use serde_json::Value;

use crate::support::binary::*;
use crate::support::commands::*;
use crate::support::sandbox::*;

/// Valid for 150 of 365 days more.
const VALID: &str = "sbxValid";
/// Ends in 10 of 90 days.
const SOON: &str = "sbxSoon1";
const EXPIRED: &str = "sbxEnded";
const PENDING: &str = "sbxWait0";
const REVOKED: &str = "sbxRevok";
/// A word that says nothing.
const UNKNOWN: &str = "sbxMove1";
const NOBODY: &str = "sbxNobod";

/// Exit code, and the worst verdict of the report.
fn ends(ids: &[&str], flags: &[&str]) -> (i32, String) {
    let sandbox = sandbox(&[]);
    let report = ask(&sandbox, Emulator::TENCENT, ids).with(flags).json();
    let verdict = report.json["verdict"].as_str().unwrap_or_default();
    (report.code(), verdict.to_owned())
}

fn verdict(id: &str, flags: &[&str]) -> String {
    ends(&[id], flags).1
}

#[test]
fn the_exit_code_is_the_worst_of_all_and_unknown_weighs_more_than_warning() {
    for (ids, code, word) in [
        (&[VALID][..], 0, "ok"),
        (&[SOON], 1, "warning"),
        (&[PENDING], 1, "warning"),
        (&[EXPIRED], 2, "critical"),
        (&[REVOKED], 2, "critical"),
        (&[UNKNOWN], 3, "unknown"),
        (&[NOBODY], 3, "unknown"),
        (&[VALID, SOON], 1, "warning"),
        (&[VALID, UNKNOWN], 3, "unknown"),
        (&[SOON, UNKNOWN], 3, "unknown"),
        (&[SOON, NOBODY], 3, "unknown"),
        (&[SOON, EXPIRED], 2, "critical"),
        (&[UNKNOWN, EXPIRED], 2, "critical"),
        (&[NOBODY, REVOKED, SOON, VALID], 2, "critical"),
    ] {
        assert_eq!(ends(ids, &[]), (code, word.to_owned()), "{ids:?}");
    }
}

#[test]
fn exit_zero_is_for_verdicts_not_for_errors() {
    for (ids, code) in [
        (&[VALID][..], 0),
        (&[SOON], 0),
        (&[EXPIRED], 0),
        (&[UNKNOWN], 0),
        (&[EXPIRED, UNKNOWN, SOON], 0),
        (&[NOBODY], 3),
        (&[EXPIRED, NOBODY], 3),
        (&["a b", VALID], 3),
    ] {
        assert_eq!(ends(ids, &["--exit-zero"]).0, code, "{ids:?}");
    }
    let stopped = certcheck(["tencent", "--exit-zero"]).go();
    stopped.stopped("required");
}

#[test]
fn every_form_of_a_threshold() {
    for (flags, expected) in [
        (&["--warn", "149d"][..], "ok"),
        (&["--warn", "151d"], "warning"),
        (&["-w", "151"], "warning"),
        (&["-w", "149"], "ok"),
        (&["--warn", "3624h"], "warning"),
        (&["--warn", "3576h"], "ok"),
        (&["--warn", "21w 4d"], "warning"),
        (&["--warn", "42%"], "warning"),
        (&["--warn", "40%"], "ok"),
        (&["--warn", " 151d "], "warning"),
        (&["--warn", "auto"], "ok"),
        (&["--warn", "off"], "ok"),
        (&["--warn", "200d", "--crit", "151d"], "critical"),
        (&["--warn", "200d", "--crit", "149d"], "warning"),
        (&["--warn", "200d", "--crit", "42%"], "critical"),
        (&["--warn", "off", "--crit", "151d"], "critical"),
        (&["-c", "151", "-w", "151"], "critical"),
        (&["-c", "off", "-w", "151"], "warning"),
        // An automatic crit is never more than half of the warn that was given.
        (&["--warn", "290d"], "warning"),
    ] {
        assert_eq!(verdict(VALID, flags), expected, "{flags:?}");
    }
}

#[test]
fn automatic_thresholds_follow_the_lifetime() {
    // 90 days: a quarter is 22.5, a tenth is 9.
    assert_eq!(verdict(SOON, &[]), "warning");
    assert_eq!(verdict(SOON, &["--at", "+2d"]), "critical");
    assert_eq!(verdict(SOON, &["--warn", "9d"]), "ok");
    assert_eq!(verdict(SOON, &["--warn", "off", "--crit", "off"]), "ok");
    assert_eq!(verdict(SOON, &["--warn", "off"]), "ok");
    assert_eq!(verdict("sbxFull1", &[]), "ok");
}

#[test]
fn a_variable_stands_in_for_a_flag_and_a_flag_beats_it() {
    let sandbox = sandbox(&[]);
    let run = || ask(&sandbox, Emulator::TENCENT, &[VALID]).env("CERTCHECK_WARN", "151d");
    assert_eq!(run().json().code(), 1);
    assert_eq!(run().with(&["--warn", "100d"]).json().code(), 0);
    assert_eq!(run().env("CERTCHECK_CRIT", "151").json().code(), 2);
    assert_eq!(run().env("CERTCHECK_WARN", " ").json().code(), 0);
    let output = run().env("CERTCHECK_OUTPUT", "json").go();
    assert_eq!(output.json()["verdict"], "warning");
    let secret = run().env("CERTCHECK_EXIT_ZERO", "1").json();
    assert_eq!(secret.code(), 1, "not every flag has one");
}

#[test]
fn severity_overrides_the_table_and_says_so() {
    for (id, flags, expected) in [
        (PENDING, &["--severity", "PENDING=ok"][..], "ok"),
        (PENDING, &["--severity", "pending=critical"], "critical"),
        (EXPIRED, &["--severity", "EXPIRED=warning"], "warning"),
        (UNKNOWN, &["--severity", "UNKNOWN=warning"], "warning"),
        (VALID, &["--severity", "OK=unknown"], "unknown"),
        (VALID, &["--severity", "PENDING=critical"], "ok"),
        (
            PENDING,
            &["--severity", "PENDING=ok", "--severity", "PENDING=critical"],
            "critical",
        ),
    ] {
        assert_eq!(verdict(id, flags), expected, "{id} {flags:?}");
    }
    let sandbox = sandbox(&[]);
    let run = ask(&sandbox, Emulator::TENCENT, &[PENDING]);
    let report = run.with(&["--severity", "PENDING=ok"]).json();
    let notes = report.certificate()["notes"].to_string();
    assert!(notes.contains("severity_override"), "{notes}");
    assert_eq!(report.certificate()["status"], "PENDING");
}

#[test]
fn an_answer_about_another_certificate_is_never_ok() {
    let services = [
        Emulator::ESA,
        Emulator::HUAWEI,
        Emulator::TENCENT,
        Emulator::PBX,
    ];
    each(&services, |service| {
        let sandbox = sandbox(&["mismatch"]);
        for flags in [&[][..], &["--severity", "OK=ok"]] {
            let report = ask(&sandbox, service, &[good(service)]).with(flags).json();
            let certificate = report.certificate();
            assert_eq!(certificate["id"], good(service));
            assert_ne!(certificate["reported_id"], Value::Null, "{certificate}");
            assert_ne!(certificate["reported_id"], certificate["id"]);
            assert_eq!(certificate["verdict"], "unknown", "{certificate}");
            assert_eq!(report.code(), 3);
        }
    });
}

#[test]
fn at_judges_for_another_moment_and_leaves_signatures_alone() {
    for (at, evaluated) in [
        ("2020-01-01", "2020-01-01T00:00:00Z"),
        ("2020-01-01T00:00:00+08:00", "2019-12-31T16:00:00Z"),
        ("2020-01-01T12:30:15Z", "2020-01-01T12:30:15Z"),
    ] {
        each_service(|service| {
            let sandbox = sandbox(&[]);
            let run = ask(&sandbox, service, &[good(service)]);
            let report = run.with(&["--at", at]).json();
            assert_eq!(report.json["evaluated_at"], evaluated);
            assert!(report.errors().is_empty(), "{report:?}");
        });
    }
    let state = |at: &str| {
        let sandbox = sandbox(&[]);
        let run = ask(&sandbox, Emulator::TENCENT, &[VALID]).with(&["--at", at]);
        run.json().certificate()["status"]
            .as_str()
            .map(str::to_owned)
    };
    assert_eq!(state("2020-01-01").as_deref(), Some("NOT_YET_VALID"));
    assert_eq!(state("+149d").as_deref(), Some("OK"));
    assert_eq!(state("+151d").as_deref(), Some("EXPIRED"));
    assert_eq!(state("+21w 5d").as_deref(), Some("EXPIRED"));
    assert_eq!(state("9999-12-31").as_deref(), Some("EXPIRED"));
}

#[test]
fn a_revoked_certificate_stays_revoked_whatever_the_moment() {
    for at in ["2020-01-01", "+10d", "9999-12-31"] {
        assert_eq!(ends(&[REVOKED], &["--at", at]).0, 2, "{at}");
    }
}

#[test]
fn environments_limit_what_is_judged() {
    let sandbox = sandbox(&[]);
    let keys = Emulator::MPUSH.credentials();
    let endpoint = sandbox.endpoint(Emulator::MPUSH);
    let shown = |flags: &[&str]| {
        let run = certcheck(["mpush", "--endpoint", &endpoint, "--app-key", "335799001"]);
        let report = run.keys(&keys).with(flags).json();
        let both = report
            .certificates()
            .iter()
            .map(|c| c["environment"].to_string());
        (both.collect::<Vec<_>>().join(" "), report.code())
    };
    let both = r#""production" "development""#.to_owned();
    assert_eq!(shown(&[]), (both.clone(), 2), "production first");
    assert_eq!(shown(&["--environment", "all"]), (both, 2));
    assert_eq!(
        shown(&["--environment", "production"]),
        (r#""production""#.to_owned(), 0)
    );
    assert_eq!(
        shown(&["--environment", "development"]),
        (r#""development""#.to_owned(), 2)
    );
    let android = certcheck([
        "alibaba-mpush",
        "--endpoint",
        &endpoint,
        "--id",
        "335799003",
    ]);
    let report = android.keys(&keys).json();
    assert_eq!(report.error()["kind"], "not_found");
    assert_eq!(report.error()["attempts"], 1);
    assert_eq!(report.code(), 3);
}
