//! `certcheck doctor`: what it says of each step, and that it sends nothing where there is nothing to prove.

use std::collections::HashMap;
use std::io::Write as _;

use certcheck::sandbox::Emulator;
use chrono::TimeDelta;
use serde_json::Value;

use crate::provider_run::{certcheck, keys};
use crate::support::certificates::{Authority, LONG};
use crate::support::listener::{Heard, listen};
use crate::support::sandbox::{CLOUDS, sandbox, shifted};

/// Where a service is asked, as a variable.
fn place(service: &'static Emulator, url: &str) -> (String, String) {
    let name = match service.name {
        "pbx" => "CERTCHECK_PBX_BASE_URL".to_owned(),
        _ => format!("CERTCHECK_{}_ENDPOINT", service.name.to_ascii_uppercase()),
    };
    (name, url.to_owned())
}

fn examined(words: &[&str], variables: HashMap<String, String>) -> (u8, Value) {
    let words = [&["doctor", "--json", "--retries", "0"], words].concat();
    let (code, text) = certcheck(&words, variables);
    (code, serde_json::from_str(&text).expect(&text))
}

/// `step state` of each finding of the first provider.
fn steps(report: &Value) -> Vec<String> {
    let findings = report["providers"][0]["findings"].as_array();
    let findings = findings.expect("findings").iter();
    let word = |finding: &Value, key: &str| finding[key].as_str().expect("a word").to_owned();
    findings
        .map(|finding| format!("{} {}", word(finding, "step"), word(finding, "state")))
        .collect()
}

fn said(report: &Value, step: &str) -> String {
    let findings = report["providers"][0]["findings"].as_array();
    let one = findings.expect("findings").iter();
    let one = one.clone().find(|finding| finding["step"] == step);
    let one = one.unwrap_or_else(|| panic!("no {step}: {report}"));
    format!("{} {}", one["message"], one["hint"])
}

#[test]
fn all_is_well_with_the_sandbox_and_each_is_asked_once() {
    let services = sandbox(&[]);
    let mut variables = HashMap::new();
    for service in Emulator::all() {
        variables.extend(keys(service, None));
        variables.extend([place(service, &services.endpoint(service))]);
    }
    let (code, report) = examined(&[], variables);
    assert_eq!(code, 0, "{report}");
    for provider in report["providers"].as_array().expect("a list") {
        let states = provider["findings"].as_array().expect("findings").iter();
        let states: Vec<&Value> = states.map(|finding| &finding["state"]).collect();
        assert_eq!(states, ["ok"; 4], "{provider}");
    }
    // A PBX needs a login before, and gets its token back.
    assert_eq!(services.seen().len(), 4 + 3, "{:?}", services.seen());
}

#[test]
fn a_refused_key_fails_and_a_wrong_clock_warns() {
    let services = shifted(TimeDelta::hours(1), &[]);
    for service in CLOUDS {
        let at = place(service, &services.endpoint(service));
        let name = [service.name];
        let mut variables = keys(service, Some("another"));
        variables.extend([at.clone()]);
        let (code, report) = examined(&name, variables);
        assert_eq!(code, 3, "{report}");
        let expected = ["name ok", "route ok", "clock warning", "key failed"];
        assert_eq!(steps(&report), expected, "{report}");
        assert!(!report.to_string().contains("another\""), "{report}");

        let mut variables = keys(service, None);
        variables.extend([at]);
        let (code, report) = examined(&name, variables);
        assert_eq!(code, 1, "{report}");
        assert_eq!(steps(&report)[2..], ["clock warning", "key ok"], "{report}");
        assert!(said(&report, "clock").contains("behind"), "{report}");
    }
}

#[test]
fn without_a_key_nothing_is_asked() {
    let services = sandbox(&[]);
    let at = place(Emulator::TENCENT, &services.endpoint(Emulator::TENCENT));
    let (code, report) = examined(&[], [at.clone()].into());
    assert_eq!(code, 3, "{report}");
    assert_eq!(steps(&report), ["key skipped"], "{report}");
    let (code, report) = examined(&["tencent"], [at].into());
    assert_eq!(code, 3, "{report}");
    assert_eq!(
        steps(&report),
        ["name ok", "route ok", "key failed"],
        "{report}"
    );
    assert!(
        said(&report, "key").contains("TENCENTCLOUD_SECRET_ID"),
        "{report}"
    );
    assert_eq!(services.seen().len(), 0);
}

#[test]
fn the_hosts_own_certificate_is_shown_and_a_refused_one_ends_it() {
    let own = Authority::new().signs("127.0.0.1", LONG);
    let listener = own.serves();
    let url = format!("https://127.0.0.1:{}", listener.port);
    let mut variables = keys(Emulator::PBX, None);
    variables.extend([place(Emulator::PBX, &url)]);
    let (code, report) = examined(&["pbx"], variables.clone());
    assert_eq!(code, 3, "{report}");
    let expected = ["name ok", "route ok", "tls failed", "key skipped"];
    assert_eq!(steps(&report), expected, "{report}");
    let pin = ("CERTCHECK_PBX_PIN_SHA256".to_owned(), own.fingerprint());
    variables.extend([pin]);
    let (code, report) = examined(&["pbx"], variables);
    assert_eq!(code, 3, "its answer is an empty object: {report}");
    assert_eq!(steps(&report)[2..], ["tls ok", "key failed"], "{report}");
    let tls = said(&report, "tls");
    assert!(
        tls.contains("127.0.0.1 of a test, until 2095-01-01, signed by"),
        "{tls}"
    );
}

#[test]
fn a_proxy_is_named_without_its_password() {
    let proxy = listen(|mut stream| {
        let heard = Heard::read(&mut stream);
        let answer = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer).expect("the client reads");
        Some(heard)
    });
    let url = format!("http://me:hush-hush@127.0.0.1:{}", proxy.port);
    let mut variables = keys(Emulator::TENCENT, None);
    variables.extend([("HTTPS_PROXY".to_owned(), url)]);
    let (code, report) = examined(&["tencent"], variables);
    assert_eq!(code, 3, "{report}");
    assert_eq!(
        steps(&report),
        ["route ok", "tls failed", "key skipped"],
        "{report}"
    );
    let named = format!("through the proxy 127.0.0.1:{}", proxy.port);
    for step in ["route", "tls"] {
        assert!(said(&report, step).contains(&named), "{report}");
    }
    assert!(!report.to_string().contains("hush"), "{report}");
}

#[test]
fn a_port_where_nobody_is_ends_it_at_the_route() {
    let mut variables = keys(Emulator::TENCENT, None);
    variables.extend([place(Emulator::TENCENT, "http://127.0.0.1:1")]);
    let (code, report) = examined(&["tencent"], variables);
    assert_eq!(code, 3, "{report}");
    assert_eq!(
        steps(&report),
        ["name ok", "route failed", "key skipped"],
        "{report}"
    );
}
