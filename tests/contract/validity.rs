//! Ends that mean "no end", starts that lie after their end, and a near end beside a start that is not known.

use serde_json::{Value, json};

use crate::support::fixtures::{notes, only};

/// The forms of a start and an end in the answers of one operation, and the answer with them.
struct Form {
    folder: &'static str,
    id: &'static str,
    answer: fn(&str, &str) -> Value,
}

const FORMS: [Form; 4] = [
    Form {
        folder: "tencent/describe-certificate",
        id: "abcd1234",
        answer: |start, end| {
            json!({"Response": {"CertificateId": "abcd1234", "CertificateType": "SVR", "Status": 1,
                "Domain": "shop.example.com", "SubjectAltName": ["shop.example.com"],
                "CertBeginTime": start, "CertEndTime": end, "RequestId": "r"}})
        },
    },
    Form {
        folder: "huawei/show-certificate",
        id: "scs1600000000001",
        answer: |start, end| {
            json!({"id": "scs1600000000001", "status": "ISSUED", "not_before": format!("{start}.0"),
                "not_after": format!("{end}.0")})
        },
    },
    Form {
        folder: "esa/get-client-certificate",
        id: "baba39055622c008b90285a8838ed09a",
        answer: |start, end| {
            let result = json!({"Id": "baba39055622c008b90285a8838ed09a", "Status": "active",
                "NotBefore": start, "NotAfter": end});
            json!({"SiteId": 1_234_567_890_123_i64, "Status": "active", "Result": result, "RequestId": "R"})
        },
    },
    Form {
        folder: "esa/get-client-certificate",
        id: "baba39055622c008b90285a8838ed09a",
        answer: |start, end| {
            let utc = |text: &str| format!("{}Z", text.replace(' ', "T"));
            let result = json!({"Id": "baba39055622c008b90285a8838ed09a", "Status": "active",
                "NotBefore": utc(start), "NotAfter": utc(end)});
            json!({"SiteId": 1_234_567_890_123_i64, "Status": "active", "Result": result, "RequestId": "R"})
        },
    },
];

impl Form {
    fn judged(&self, start: &str, end: &str) -> Value {
        only(self.folder, self.id, &(self.answer)(start, end).to_string())
    }
}

fn message<'a>(record: &'a Value, code: &str) -> &'a str {
    let notes = record["notes"].as_array().expect("notes");
    let note = notes.iter().find(|note| note["code"] == code);
    note.expect(code)["message"].as_str().expect("a text")
}

fn has_no_end(record: &Value, text: &str) {
    assert_eq!(record["status"], "OK", "{text}: {record}");
    assert_eq!(record["verdict"], "ok", "{text}");
    assert_eq!(record["not_after"], "9999-12-31T23:59:59Z", "{text}");
    assert_eq!(record["time_basis"], "utc", "{text}");
    assert_eq!(record["days_left"], 2_912_117, "{text}");
    assert_eq!(record["warn_at"], Value::Null, "{text}");
    assert_eq!(record["crit_at"], Value::Null, "{text}");
    let codes = notes(record);
    assert_eq!(codes.iter().filter(|code| **code == "no_end").count(), 1);
    assert!(!codes.contains(&"zone_assumed"), "{text}: {codes:?}");
}

#[test]
fn f06_an_end_on_the_last_day_means_no_end_for_every_provider() {
    for form in &FORMS {
        for end in [
            "9999-12-31 23:59:59",
            "9999-12-31 00:00:00",
            "9999-12-31 15:59:59",
        ] {
            let record = form.judged("2026-01-01 00:00:00", end);
            has_no_end(&record, form.folder);
            assert!(
                record["not_after_raw"]
                    .as_str()
                    .is_some_and(|raw| raw.starts_with("9999-12-31"))
            );
        }
        let day_before = form.judged("2026-01-01 00:00:00", "9999-12-30 00:00:00");
        assert!(!notes(&day_before).contains(&"no_end"), "{day_before}");
        assert_ne!(day_before["warn_at"], Value::Null);
    }
}

#[test]
fn f06_mobile_push_and_a_pbx_know_no_end_too() {
    for time in [
        json!(253_402_300_799_i64),
        json!("253402300799000"),
        json!(253_402_300_799_999_i64),
        json!(253_402_271_999_i64),
        json!("9999-12-31 23:59:59"),
    ] {
        let info = json!({"Status": "OK", "ExipreTime": time});
        let app = json!({"RequestId": "R", "IOS": true, "Android": false, "ProductionCertInfo": info,
            "DevelopmentCertInfo": {"Status": "NOT_CONFIGURED"}});
        let record = crate::support::fixtures::answered(
            "mpush/check-certificate",
            "23267207",
            &app.to_string(),
        )
        .remove(0);
        if record["not_after"] == Value::Null {
            // A text where a number is due may not be read, but is no OK then.
            assert!(
                time.as_str().is_some_and(|text| text.contains('-')),
                "{record}"
            );
            assert_eq!(record["status"], "UNKNOWN");
            continue;
        }
        has_no_end(&record, &time.to_string());
    }
    for end in [
        "9999-12-31 23:59:59",
        "31/12/9999 23:59:59",
        "12/31/9999",
        "9999/12/31",
        "Dec 31 23:59:59 9999 GMT",
    ] {
        let answer = json!({"errcode": 0, "certificate": {"id": 1, "expiration": end}});
        has_no_end(&only("pbx/certificate-get", "1", &answer.to_string()), end);
    }
}

/// The record of an ESA answer whose certificate text is valid from one day to another.
fn pem_record(start: (i32, u8, u8), end: (i32, u8, u8)) -> Value {
    let day = |(year, month, day)| rcgen::date_time_ymd(year, month, day);
    let names = vec!["client.example".to_owned()];
    let mut parameters = rcgen::CertificateParams::new(names).expect("names");
    parameters.not_before = day(start);
    parameters.not_after = day(end);
    let key = rcgen::KeyPair::generate().expect("a key");
    let pem = parameters.self_signed(&key).expect("a certificate").pem();
    let id = "baba39055622c008b90285a8838ed09a";
    let result = json!({"Id": id, "Status": "active"});
    let answer = json!({"SiteId": 1_234_567_890_123_i64, "Status": "active", "Certificate": pem, "Result": result, "RequestId": "R"});
    only("esa/get-client-certificate", id, &answer.to_string())
}

#[test]
fn x06_a_pem_without_an_end_says_so() {
    let record = pem_record((2026, 1, 1), (9999, 12, 31));
    assert_eq!(record["not_after"], "9999-12-31T23:59:59Z", "{record}");
    assert!(notes(&record).contains(&"no_end"), "{record}");
    assert_eq!(record["warn_at"], Value::Null);
}

#[test]
fn f07_a_start_after_the_end_is_unknown_with_a_note_that_names_both() {
    for form in &FORMS {
        for (start, end) in [
            // Both ahead, the end alone ahead, both past.
            ("2027-05-31 16:00:00", "2027-01-14 16:00:00"),
            ("2027-01-14 16:00:01", "2027-01-14 16:00:00"),
            ("2026-10-02 00:00:00", "2026-10-01 00:00:00"),
            ("2027-05-31 16:00:00", "2026-10-01 00:00:00"),
        ] {
            let record = form.judged(start, end);
            assert_eq!(record["status"], "UNKNOWN", "{start} {end}: {record}");
            assert_eq!(record["verdict"], "unknown");
            let text = message(&record, "start_after_end");
            for key in ["not_before", "not_after"] {
                assert!(
                    text.contains(record[key].as_str().expect("a date")),
                    "{text}"
                );
            }
        }
        for start in ["2026-01-14 16:00:00", "2026-10-01 00:00:00"] {
            let record = form.judged(start, "2027-10-01 00:00:00");
            assert_eq!(record["status"], "OK", "{record}");
        }
    }
}

#[test]
fn f07_a_pem_that_begins_after_its_end_is_unknown() {
    let record = pem_record((2027, 6, 1), (2027, 1, 1));
    assert_eq!(record["status"], "UNKNOWN", "{record}");
    assert!(notes(&record).contains(&"start_after_end"), "{record}");
}

#[test]
fn f07_a_word_that_decides_gets_the_note_all_the_same() {
    let mut answer = (FORMS[0].answer)("2027-05-31 16:00:00", "2027-01-14 16:00:00");
    answer["Response"]["Status"] = json!(10);
    let record = only(FORMS[0].folder, FORMS[0].id, &answer.to_string());
    assert_eq!(record["status"], "REVOKED");
    message(&record, "start_after_end");
}

#[test]
fn f07_a_start_that_is_missing_or_unreadable_does_not_hide_that_the_end_is_near() {
    for form in &FORMS[..3] {
        for start in ["", "soon"] {
            let mut answer = (form.answer)(start, "2026-11-24 05:00:00");
            if start.is_empty() {
                let text = answer.to_string();
                let without = ["CertBeginTime", "not_before", "NotBefore"]
                    .iter()
                    .fold(text, |text, key| {
                        text.replace(&format!("\"{key}\":"), "\"unused\":")
                    });
                answer = serde_json::from_str(&without).expect("JSON");
            }
            let record = only(form.folder, form.id, &answer.to_string());
            assert_eq!(record["status"], "UNKNOWN", "{record}");
            assert_eq!(record["verdict"], "unknown");
            assert!(
                message(&record, "within_crit").contains("--crit"),
                "{record}"
            );
        }
    }
}
