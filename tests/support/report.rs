//! The lists of a report in JSON.

use serde_json::Value;

pub fn certificates(report: &Value) -> &[Value] {
    list(report, "certificates")
}

pub fn errors(report: &Value) -> &[Value] {
    list(report, "errors")
}

fn list<'a>(report: &'a Value, key: &str) -> &'a [Value] {
    let list = report[key].as_array();
    list.unwrap_or_else(|| panic!("no {key} in {report}"))
}
