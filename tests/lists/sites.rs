//! Sites of ESA whose certificates have the same IDs or names: an ID is unique within its site only.

use certcheck::sandbox::Emulator;
use chrono::SecondsFormat;
use serde_json::{Value, json};

use crate::support::listener::serve_with;
use crate::tencent_service::{DAY, moment, run};

/// Site, ID, common name, and the day on which the certificate ends.
type Held = (u64, &'static str, &'static str, i64);

/// An account of ESA with the sites 111 and 222 and these client certificates.
fn serve(held: &'static [Held]) -> String {
    serve_with("", move |request| {
        let first = request.lines().next().unwrap_or_default();
        let value = |name: &str| {
            let (_, query) = first.split_once('?')?;
            let mut pairs = query
                .split(['&', ' '])
                .filter_map(|pair| pair.split_once('='));
            pairs.find(|(own, _)| *own == name)?.1.parse::<u64>().ok()
        };
        let only_page = value("PageNumber").is_none_or(|page| page == 1);
        let page = |rows: Vec<Value>| if only_page { rows } else { Vec::new() };
        let Some(site) = value("SiteId") else {
            let sites = [111, 222].map(|site| json!({"SiteId": site, "SiteName": "shop.example"}));
            return json!({"RequestId": "r", "TotalCount": 2, "Sites": page(sites.to_vec())});
        };
        let own: Vec<&Held> = held.iter().filter(|(of, ..)| *of == site).collect();
        let text = |day: i64| moment(day * DAY).to_rfc3339_opts(SecondsFormat::Secs, true);
        let rows = own.iter().map(|(_, id, name, end)| {
            json!({"Id": id, "Type": "cas", "Status": "active", "CommonName": name, "SAN": name,
                "NotBefore": text(-400), "NotAfter": text(*end)})
        });
        json!({"RequestId": "r", "SiteId": site, "TotalCount": own.len(), "Result": page(rows.collect())})
    })
}

/// Exit code and summary of `--all --ignore-superseded` in a format, and the report if that is JSON.
fn judge(endpoint: &str, format: &str) -> (u8, Value, Value) {
    let flags = ["--all", "--ignore-superseded", "-o", format];
    let (code, text) = run("esa", endpoint, &Emulator::ESA.credentials(), &flags);
    let last = match format {
        "ndjson" => text.lines().last().unwrap_or_default(),
        _ => &text,
    };
    let report: Value = serde_json::from_str(last).expect("JSON");
    (code, report["summary"].clone(), report)
}

/// Scope, status and verdict of each row.
fn rows(report: &Value) -> Vec<[&str; 3]> {
    let rows = report["certificates"].as_array().expect("rows").iter();
    let keys = ["scope", "status", "verdict"];
    rows.map(|row| keys.map(|key| row[key].as_str().expect("text")))
        .collect()
}

#[test]
fn a05_a_certificate_of_another_site_takes_no_place_in_a_whole_run() {
    let ended = ["site 111", "EXPIRED", "critical"];
    let valid = ["site 222", "OK", "ok"];
    for held in [
        // The same name, and even the same ID.
        &[
            (111, "old", "phone.example.com", -3),
            (222, "new", "phone.example.com", 300),
        ][..],
        &[
            (111, "same", "phone.example.com", -3),
            (222, "same", "phone.example.com", 300),
        ],
    ] {
        let endpoint = serve(held);
        let (code, summary, report) = judge(&endpoint, "json");
        assert_eq!((code, rows(&report)), (2, vec![ended, valid]), "{report}");
        assert_eq!(report["complete"], true, "{report}");
        let (streamed, streamed_summary, _) = judge(&endpoint, "ndjson");
        assert_eq!((streamed, streamed_summary), (code, summary));
    }
    // One of its own site does.
    let endpoint = serve(&[
        (111, "old", "phone.example.com", -3),
        (111, "new", "phone.example.com", 300),
        (222, "other", "tablet.example.com", 300),
    ]);
    let (code, _, report) = judge(&endpoint, "json");
    let replaced = ["site 111", "EXPIRED", "ok"];
    assert_eq!((code, rows(&report)[0]), (0, replaced), "{report}");
    let notes = report["certificates"][0]["notes"].to_string();
    assert!(notes.contains("superseded by new (site 111)"), "{notes}");
}
