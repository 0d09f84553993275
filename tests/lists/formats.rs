//! Random answers, clocks, formats and orders: the exit code and the summary are the same in every format and for every
//! order of ids, and never better than by the worse clock.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::json;

use crate::tencent_service::{Certificate, DAY, HOUR, Scene, Stage};

/// From best to worst.
const RANKS: [&str; 4] = ["ok", "warning", "unknown", "critical"];

fn rank(verdict: &str) -> usize {
    RANKS.iter().position(|one| *one == verdict).expect(verdict)
}

/// The verdict by one clock for the end and one for the start, with a month to warn and a week to alarm.
fn verdict(one: &Certificate, end: i64, start: i64) -> &'static str {
    let left = one.end - end;
    match left {
        _ if one.begin > one.end => "unknown",
        ..0 => "critical",
        _ if start < one.begin => "warning",
        _ if left <= 7 * DAY => "critical",
        _ if left <= 30 * DAY => "warning",
        _ => "ok",
    }
}

/// The best verdict that the clocks allow: the worst by each of them.
fn worst_of_clocks(scene: &Scene, one: &Certificate) -> usize {
    let dates = scene.certificates.iter().filter_map(|one| one.date);
    let shown = dates.filter(|date| date.abs() > HOUR);
    let refused = scene.clock.filter(|clock| clock.abs() > 300);
    let farthest = shown.chain(refused).max_by_key(|date| (date.abs(), *date));
    let service = match one.date {
        Some(date) if date.abs() <= HOUR => 0,
        Some(date) => date,
        None => farthest.unwrap_or(0),
    };
    let by = |clock: i64| rank(verdict(one, clock, refused.unwrap_or(clock)));
    by(0).max(by(service)).max(refused.map_or(0, by))
}

fn any_certificate() -> impl Strategy<Value = Certificate> {
    let near = prop_oneof![
        -3 * DAY..3 * DAY,
        -40 * DAY..60 * DAY,
        -800 * DAY..800 * DAY
    ];
    let date = prop_oneof![
        2 => Just(None),
        1 => Just(Some(0)),
        1 => (-90 * 60_i64..90 * 60).prop_map(Some),
        2 => (-500 * DAY..500 * DAY).prop_map(Some),
    ];
    let names = prop_oneof![Just("shop.example.com"), Just("*.example.com")];
    (near.clone(), near, date, names).prop_map(|(begin, end, date, names)| Certificate {
        begin,
        end,
        date,
        names,
    })
}

fn any_scene() -> impl Strategy<Value = Scene> {
    let clock = prop_oneof![
        2 => Just(None),
        1 => Just(Some(0)),
        2 => (-500 * DAY..500 * DAY).prop_map(Some),
        1 => (-2 * HOUR..2 * HOUR).prop_map(Some),
    ];
    let certificates = proptest::collection::vec(any_certificate(), 1..5);
    (certificates, clock).prop_map(|(certificates, clock)| Scene {
        certificates,
        clock,
    })
}

#[test]
fn b_no_format_and_no_order_says_better_than_the_worse_clock() {
    let stage = Stage::new(Scene::default());
    let config = ProptestConfig {
        cases: 32,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let thresholds = ["-w", "30d", "-c", "7d", "--severity", "UNKNOWN=unknown"];
    let tested = TestRunner::new(config).run(&any_scene(), |scene| {
        stage.scene.lock().expect("no panic").clone_from(&scene);
        let forwards: Vec<usize> = (0..scene.certificates.len()).collect();
        let backwards: Vec<usize> = forwards.iter().rev().copied().collect();
        let report = stage.report(&forwards, &thresholds);
        for (place, one) in scene.certificates.iter().enumerate() {
            let row = &report["certificates"][place];
            let own = rank(row["verdict"].as_str().expect("a verdict"));
            prop_assert_eq!(own, worst_of_clocks(&scene, one), "{}: {:?}", place, row);
        }
        let (code, summary) = (&report["code"], report["summary"].to_string());
        for order in [forwards, backwards] {
            let ids: Vec<String> = order.iter().map(|id| format!("cert{id:04}")).collect();
            let ids = ids.join(",");
            let told = stage.told(&[&["--id", &ids, "--no-listing"], &thresholds[..]].concat());
            for (own, _) in &told {
                prop_assert_eq!(json!(own), code.clone());
            }
            prop_assert_eq!([&told[1].1, &told[2].1], [&summary; 2]);
        }
        for flags in [&["--all"][..], &["--all", "--ignore-superseded"]] {
            let told = stage.told(&[flags, &thresholds[..]].concat());
            prop_assert_eq!([told[0].0, told[1].0], [told[2].0; 2]);
            prop_assert_eq!(&told[1].1, &told[2].1);
        }
        Ok(())
    });
    tested.unwrap_or_else(|why| panic!("{why}"));
}
