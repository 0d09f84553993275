//! Which certificates of an app are judged, and what is said of an app that has none.

use serde_json::{Value, json};

use crate::support::fixtures::{answered, asked_by, record, target};

const FOLDER: &str = "mpush/check-certificate";

fn app(ios: Value, android: Value, info: &Value) -> String {
    json!({"IOS": ios, "Android": android, "ProductionCertInfo": info, "DevelopmentCertInfo": info})
        .to_string()
}

fn good() -> Value {
    json!({"Status": "OK", "ExipreTime": 1_811_808_000_000_i64})
}

#[test]
fn the_environment_that_was_asked_for_is_judged() {
    let body = app(json!(true), json!(false), &good());
    for (flags, expected) in [
        (&[][..], &["production", "development"][..]),
        (&["--environment", "all"], &["production", "development"]),
        (&["--environment", "production"], &["production"]),
        (&["--environment", "development"], &["development"]),
    ] {
        let target = target("mpush", flags, false).expect("a target");
        let facts = asked_by(&target, "7", 200, body.as_bytes(), None).expect("certificates");
        let records = facts.into_iter().map(|facts| record("mpush", facts));
        let environments: Vec<Value> = records.map(|one| one["environment"].clone()).collect();
        assert_eq!(environments, expected, "{flags:?}");
    }
}

#[test]
fn the_platform_is_a_detail() {
    let (yes, no) = (json!(true), json!(false));
    for (ios, android, expected) in [
        (&yes, &no, json!("ios")),
        (&yes, &yes, json!("ios, android")),
        (&no, &yes, json!("android")),
        (&Value::Null, &yes, json!("android")),
        (&Value::Null, &Value::Null, Value::Null),
    ] {
        let body = app(ios.clone(), android.clone(), &good());
        let records = answered(FOLDER, "7", &body);
        assert_eq!(records.len(), 2, "{body}");
        assert_eq!(records[0]["details"]["platform"], expected, "{body}");
    }
}

#[test]
fn an_app_without_certificates_is_an_error_that_says_why() {
    let (yes, no) = (json!(true), json!(false));
    let unset = json!({"Status": "NOT_CONFIGURED"});
    for (ios, android, info, android_is_why) in [
        (&no, &yes, &Value::Null, true),
        (&no, &yes, &unset, true),
        (&Value::Null, &yes, &unset, true),
        (&Value::Null, &yes, &Value::Null, true),
        (&yes, &yes, &Value::Null, false),
        (&yes, &no, &Value::Null, false),
        (&no, &no, &unset, false),
    ] {
        let body = app(ios.clone(), android.clone(), info);
        let records = answered(FOLDER, "7", &body);
        assert_eq!(records[0]["kind"], "not_found", "{body}");
        let message = records[0]["message"].as_str().unwrap_or_default();
        assert_eq!(message.contains("Android"), android_is_why, "{body}");
    }
    // What cannot be read is not empty.
    for info in [json!("EXPIRED"), json!([{"Status": "EXPIRED"}]), json!(7)] {
        let body = app(Value::Null, yes.clone(), &info);
        let records = answered(FOLDER, "7", &body);
        assert_eq!(records[0]["status"], "UNKNOWN", "{body}");
    }
    // An iOS app with two empty places has certificates that are not configured.
    for ios in [yes.clone(), Value::Null] {
        let records = answered(FOLDER, "7", &app(ios, no.clone(), &unset));
        assert_eq!(records[0]["status"], "NOT_CONFIGURED");
    }
}
