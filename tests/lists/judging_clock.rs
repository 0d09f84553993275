//! Which clock judges: this machine's, or one that a service shows by a `Date` or by a refusal.

use serde_json::{Value, json};

use crate::tencent_service::{Certificate, DAY, HOUR, Scene, Stage, certificate};

fn notes(certificate: &Value) -> Vec<&str> {
    let notes = certificate["notes"].as_array().expect("notes").iter();
    notes.filter_map(|note| note["code"].as_str()).collect()
}

fn the_only(report: &Value) -> &Value {
    let certificates = report["certificates"].as_array().expect("certificates");
    assert_eq!(certificates.len(), 1, "{report}");
    &certificates[0]
}

#[test]
fn a02_a_service_in_the_past_that_refuses_our_time_revives_nothing() {
    let two_years = -2 * 365 * DAY;
    // It ended 300 days ago; by the service's clock it has more than a year left.
    let ended = certificate(two_years - DAY, -300 * DAY);
    for date in [None, Some(two_years)] {
        let scene = Scene {
            certificates: vec![Certificate {
                date,
                ..ended.clone()
            }],
            clock: Some(two_years),
        };
        let report = Stage::new(scene).report(&[0], &[]);
        let certificate = the_only(&report);
        assert_eq!(certificate["status"], "EXPIRED", "{certificate}");
        assert_eq!(certificate["days_left"], -300);
        assert_eq!(report["code"], 2);
        assert!(notes(certificate).contains(&"clock_corrected"));
        assert_eq!(report["evaluated_at"], "2026-11-22T08:00:00Z");
    }
}

#[test]
fn a02_the_start_is_judged_by_a_service_that_refused_our_time_and_only_by_that() {
    let later = 3 * DAY;
    let begins = certificate(DAY, 300 * DAY);
    for (clock, date, status) in [
        // Ours is proven to be behind.
        (Some(later), Some(later), "OK"),
        (Some(later), None, "OK"),
        // A `Date` alone proves nothing.
        (None, Some(later), "NOT_YET_VALID"),
        (None, None, "NOT_YET_VALID"),
    ] {
        let certificates = vec![Certificate {
            date,
            ..begins.clone()
        }];
        let report = Stage::new(Scene {
            certificates,
            clock,
        })
        .report(&[0], &[]);
        assert_eq!(the_only(&report)["status"], status, "{clock:?} {date:?}");
    }
    // Ours is ahead: by the proven clock and by a `Date` it has not begun.
    for (clock, date) in [(Some(-later), Some(-later)), (None, Some(-later))] {
        let certificates = vec![Certificate {
            date,
            ..certificate(-DAY, 300 * DAY)
        }];
        let report = Stage::new(Scene {
            certificates,
            clock,
        })
        .report(&[0], &[]);
        let status = &the_only(&report)["status"];
        assert_eq!(status, "NOT_YET_VALID", "{clock:?} {date:?}");
    }
}

#[test]
fn a02_what_has_not_begun_by_one_clock_may_end_soon_by_the_other() {
    let short = certificate(DAY, 9 * DAY).dated(3 * DAY);
    let stage = Stage::new(Scene {
        certificates: vec![short],
        clock: None,
    });
    let report = stage.report(&[0], &["-w", "30d", "-c", "7d"]);
    assert_eq!(the_only(&report)["verdict"], "critical", "{report}");
}

#[test]
fn a02_the_table_shows_that_another_clock_judged_an_ok_row_but_not_under_quiet() {
    let ok = certificate(-10 * DAY, 300 * DAY).dated(DAY);
    let stage = Stage::new(Scene {
        certificates: vec![ok],
        clock: Some(DAY),
    });
    let flags = ["--id", "cert0000"];
    let (code, table) = stage.run(&flags);
    assert_eq!(code, 0);
    assert!(
        table.contains("this machine's clock is 24 hours behind"),
        "{table}"
    );
    assert!(table.contains("in 9 months"), "{table}");
    assert_eq!(
        stage.run(&[&flags[..], &["-q"]].concat()),
        (0, String::new())
    );
}

#[test]
fn a09_a_row_is_judged_by_its_own_date_and_without_one_by_the_farthest_of_the_account() {
    let ok = || certificate(-10 * DAY, 300 * DAY);
    let scene = |certificates: Vec<Certificate>| Scene {
        certificates,
        clock: None,
    };
    let far = 400 * DAY;
    for (certificates, expected) in [
        // The second answer's `Date` judges the first, which has none.
        (vec![ok(), ok().dated(far)], ["EXPIRED", "EXPIRED"]),
        (vec![ok().dated(far), ok()], ["EXPIRED", "EXPIRED"]),
        // A `Date` of its own frees it of that.
        (vec![ok().dated(0), ok().dated(far)], ["OK", "EXPIRED"]),
        (
            vec![ok().dated(59 * 60), ok().dated(far)],
            ["OK", "EXPIRED"],
        ),
        // The farthest lies in the past: the end is judged by ours, the start by that.
        (
            vec![ok(), ok().dated(-far)],
            ["NOT_YET_VALID", "NOT_YET_VALID"],
        ),
    ] {
        let stage = Stage::new(scene(certificates));
        let code = |text: &str| if text == "EXPIRED" { 2 } else { 1 };
        for order in [[0, 1], [1, 0]] {
            let report = stage.report(&order, &[]);
            let status = |place: usize| &report["certificates"][place]["status"];
            let by_id = order.map(|id| expected[id]);
            assert_eq!([status(0), status(1)], by_id, "{report}");
            let ids = order.map(|id| format!("cert{id:04}")).join(",");
            let told = stage.told(&["--id", &ids, "--no-listing"]);
            assert_eq!(told.each_ref().map(|told| told.0), [code(expected[1]); 3]);
            assert_eq!(told[1].1, told[2].1);
        }
    }
}

#[test]
fn a09_a_row_without_a_date_is_printed_when_its_account_has_ended_others_at_once() {
    let ok = || certificate(-10 * DAY, 300 * DAY);
    let stage = Stage::new(Scene {
        certificates: vec![ok(), ok().dated(0), ok().dated(2 * HOUR)],
        clock: None,
    });
    let flags = ["--id", "cert0000,cert0001,cert0002", "--no-listing"];
    let (code, lines) = stage.run(&[&flags[..], &["-o", "ndjson", "--concurrency", "1"]].concat());
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let ids: Vec<_> = lines
        .iter()
        .filter_map(|line| line["id"].as_str())
        .collect();
    assert_eq!((code, ids), (0, vec!["cert0001", "cert0002", "cert0000"]));
    let corrected = |line: &Value| notes(line).contains(&"clock_corrected");
    assert_eq!(
        [0, 1, 2].map(|place| corrected(&lines[place])),
        [false, true, true]
    );
}

#[test]
fn a09_a_successor_counts_in_every_format_whatever_the_order_of_the_list() {
    let old = || certificate(-400 * DAY, -3 * DAY);
    let new = || certificate(-10 * DAY, 300 * DAY);
    let fine = || certificate(-10 * DAY, 200 * DAY).named("other.example.com");
    for dates in [Some(0), None] {
        for order in [
            vec![old(), new()],
            vec![new(), old()],
            vec![fine(), old(), new()],
            vec![new(), fine(), old()],
            vec![old(), fine(), new(), old()],
        ] {
            let dated = |one: Certificate| Certificate { date: dates, ..one };
            let count = order.len();
            let stage = Stage::new(Scene {
                certificates: order.into_iter().map(dated).collect(),
                clock: None,
            });
            let told = stage.told(&["--all", "--ignore-superseded"]);
            assert_eq!(told.each_ref().map(|told| told.0), [0; 3], "{told:?}");
            assert_eq!(told[1].1, told[2].1);
            assert_eq!(told[0].1, format!("ok: {count} certificates"));
            let told = stage.told(&["--all"]);
            assert_eq!(told.each_ref().map(|told| told.0), [2; 3], "{told:?}");
            assert_eq!(told[1].1, told[2].1);
        }
    }
}

#[test]
fn a19_a_date_hides_no_row_and_moves_no_moment_of_the_report() {
    let ended = certificate(-400 * DAY, -DAY);
    let soon = certificate(-400 * DAY, 20 * DAY);
    for date in ["-9000", "0", "9000", "2600000"] {
        let offset = date.parse::<i64>().expect("a number") * DAY;
        let dated = |one: &Certificate| one.clone().dated(offset);
        let stage = Stage::new(Scene {
            certificates: vec![dated(&ended), dated(&soon)],
            clock: None,
        });
        let report = stage.report(&[0, 1], &["--expiring", "30d"]);
        assert_eq!(report["summary"]["not_shown"], 0, "{report}");
        assert_eq!(report["evaluated_at"], "2026-11-22T08:00:00Z");
        assert_eq!(report["code"], 2);
        let told = stage.told(&["--all", "--expiring", "30d"]);
        assert_eq!(told[1], told[2]);
    }
}

#[test]
fn a19_what_a_later_date_brings_near_is_shown_as_near() {
    let stage = Stage::new(Scene {
        certificates: vec![certificate(-400 * DAY, 50 * DAY).dated(30 * DAY)],
        clock: None,
    });
    let report = stage.report(&[0], &["--expiring", "30d", "-w", "30d", "-c", "7d"]);
    let certificate = the_only(&report);
    assert_eq!(certificate["days_left"], 20, "{certificate}");
    assert_eq!(certificate["verdict"], "warning", "{certificate}");
}

#[test]
fn a19_a_moment_that_was_chosen_is_no_matter_of_clocks() {
    let stage = Stage::new(Scene {
        certificates: vec![
            certificate(-10 * DAY, 300 * DAY),
            certificate(-10 * DAY, 300 * DAY).dated(400 * DAY),
        ],
        clock: None,
    });
    let report = stage.report(&[0, 1], &["--at", "2026-11-23"]);
    assert_eq!(
        (&report["code"], &report["evaluated_at"]),
        (&json!(0), &json!("2026-11-23T00:00:00Z"))
    );
    for certificate in report["certificates"].as_array().expect("certificates") {
        assert_eq!(notes(certificate), [""; 0], "{certificate}");
    }
    // What counts from now depends on what now is.
    let report = stage.report(&[0, 1], &["--at", "+1d"]);
    assert_eq!(
        (&report["code"], &report["evaluated_at"]),
        (&json!(2), &json!("2026-11-23T08:00:00Z"))
    );
}

#[test]
fn a09_a_stream_waits_for_a_successor_that_has_no_clock_yet() {
    let stage = Stage::new(Scene {
        certificates: vec![
            certificate(-10 * DAY, 300 * DAY),
            certificate(-400 * DAY, -3 * DAY).dated(0),
        ],
        clock: None,
    });
    let (code, lines) = stage.run(&["--all", "-o", "ndjson"]);
    assert_eq!(
        (code, lines.matches("\"superseded\"").count()),
        (2, 1),
        "{lines}"
    );
}
