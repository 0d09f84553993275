//! The stream: one object a line, the summary last.

use certcheck::render::json;
use serde_json::Value;

use crate::json::{CERTIFICATE, FAILURE, HEAD, SUMMARY, full, holds};
use crate::{failure, mixed, report};

fn lines() -> Vec<String> {
    let report = mixed();
    let certificates = report
        .certificates
        .iter()
        .map(|one| json::certificate_line(one));
    let errors = report.errors.iter().map(|one| json::error_line(one));
    certificates
        .chain(errors)
        .chain([json::summary_line(&report)])
        .collect()
}

#[test]
fn each_object_is_one_line_that_says_first_what_it_is() {
    let lines = lines();
    assert_eq!(lines.len(), 8);
    for (index, line) in lines.iter().enumerate() {
        let (kind, list) = match index {
            0..6 => ("certificate", CERTIFICATE),
            6 => ("error", FAILURE),
            _ => ("summary", HEAD),
        };
        assert_eq!(line.matches('\n').count(), 1, "{line}");
        assert!(line.ends_with("}\n"), "{line}");
        let head = format!("{{\"type\":\"{kind}\",");
        assert!(line.starts_with(&head), "{line}");
        holds(&line.replacen(&head, "{", 1), list);
    }
}

#[test]
fn the_summary_holds_the_counts_and_no_arrays() {
    let line = lines().pop().expect("a summary");
    let start = line.find("\"summary\":{").expect("counts") + "\"summary\":".len();
    holds(
        line[start..]
            .trim_end()
            .strip_suffix('}')
            .expect("the outer end"),
        SUMMARY,
    );
    let value: Value = serde_json::from_str(&line).expect("JSON");
    assert!(value.get("certificates").is_none() && value.get("errors").is_none());
}

#[test]
fn a_line_break_in_a_text_does_not_break_the_line() {
    let mut facts = full();
    facts.name = Some("one\ntwo\r\nthree\u{2028}four\u{85}five".to_owned());
    facts.domains = vec!["a\nb".to_owned()];
    let report = report(vec![("esa", facts)], vec![failure("x\ny", "m\nn")]);
    for line in [
        json::certificate_line(&report.certificates[0]),
        json::error_line(&report.errors[0]),
    ] {
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(!line.contains(['\u{2028}', '\u{85}', '\r']));
    }
}

#[test]
fn a_line_is_the_same_as_the_entry_of_the_report() {
    let report = mixed();
    let whole: Value = serde_json::from_str(&json::report(&report)).expect("JSON");
    for (index, certificate) in report.certificates.iter().enumerate() {
        let mut line: Value =
            serde_json::from_str(&json::certificate_line(certificate)).expect("JSON");
        line.as_object_mut().expect("an object").remove("type");
        assert_eq!(line, whole["certificates"][index]);
    }
}
