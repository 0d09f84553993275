//! Two facts in one answer: two ends of validity, and a failure beside a record.

use serde_json::{Value, json};

use crate::support::fixtures::{answered, notes, only};

const PUSH: &str = "mpush/check-certificate";
const ESA: &str = "esa/get-client-certificate";
const HUAWEI: &str = "huawei/show-certificate";
const LEGACY: &str = "huawei/legacy-detail";
const TENCENT: &str = "tencent/describe-certificate";
const PBX: &str = "pbx/certificate-get";

/// Epoch of 2027-06-01.
const AHEAD: i64 = 1_811_808_000;
/// Epoch of 2026-10-13.
const PAST: i64 = 1_791_849_600;

fn push(info: Value) -> Value {
    let text = json!({"RequestId": "R", "IOS": true, "ProductionCertInfo": info}).to_string();
    answered(PUSH, "1", &text).remove(0)
}

#[test]
fn a03_of_two_ends_the_earlier_counts_for_push() {
    for (wire, prose) in [(AHEAD, PAST), (PAST, AHEAD)] {
        let read =
            push(json!({"Status": "OK", "ExipreTime": wire * 1000, "ExpireTime": prose * 1000}));
        assert_eq!(read["status"], "EXPIRED", "{wire} {prose}");
        assert_eq!(read["not_after"], "2026-10-13T00:00:00Z");
        assert!(notes(&read).contains(&"date_conflict"));
    }
    for (wire, prose) in [
        (json!(AHEAD * 1000), json!(AHEAD)),
        (json!(AHEAD), json!((AHEAD * 1000).to_string())),
        (json!(AHEAD), json!(null)),
        (json!(null), json!(AHEAD)),
    ] {
        let read = push(json!({"Status": "OK", "ExipreTime": wire, "ExpireTime": prose}));
        assert_eq!(read["status"], "OK", "{wire} {prose}");
        assert!(notes(&read).is_empty(), "one moment is no conflict: {read}");
    }
    for (wire, prose) in [
        (json!(AHEAD), json!("soon")),
        (json!("soon"), json!(AHEAD)),
        (json!(AHEAD), json!({})),
    ] {
        let read = push(json!({"Status": "OK", "ExipreTime": wire, "ExpireTime": prose}));
        assert_eq!(read["status"], "UNKNOWN", "{wire} {prose}");
    }
    let none = push(json!({"Status": "OK", "ExipreTime": 0, "ExpireTime": AHEAD}));
    assert!(notes(&none).contains(&"date_conflict"));
}

#[test]
fn a03_of_two_ends_the_earlier_counts_for_huawei() {
    let huawei = |own: &str, list: &str| {
        let text = json!({"id": "scs1600313391738", "status": "ISSUED", "domain": "a.example",
            "not_before": "2026-01-01 00:00:00.0", "not_after": own, "expire_time": list});
        only(HUAWEI, "scs1600313391738", &text.to_string())
    };
    let (ahead, past) = ("2027-06-01 08:00:00.0", "2026-10-13 08:00:00.0");
    for (own, list) in [(ahead, past), (past, ahead)] {
        let read = huawei(own, list);
        assert_eq!(read["not_after"], "2026-10-13T00:00:00Z", "{own} {list}");
        assert_eq!(read["status"], "EXPIRED", "{own} {list}");
        assert!(notes(&read).contains(&"date_conflict"));
    }
    let same = huawei(ahead, "2027-06-01T08:00:00");
    assert_eq!(same["status"], "OK");
    assert!(!notes(&same).contains(&"date_conflict"));
    assert_eq!(huawei(ahead, "soon")["status"], "UNKNOWN");
}

#[test]
fn a03_of_two_ends_the_earlier_counts_for_tencent() {
    let tencent = |own: &str, list: Value| {
        let text = json!({"Response": {"CertificateId": "abcd1234", "Status": 1, "CertificateType": "SVR",
            "CertBeginTime": "2026-01-01 00:00:00", "CertEndTime": own, "CAEndTimes": list}});
        only(TENCENT, "abcd1234", &text.to_string())
    };
    let (ahead, past) = ("2027-06-01 08:00:00", "2026-10-13 08:00:00");
    for (own, list) in [(ahead, json!([past])), (past, json!([ahead]))] {
        let read = tencent(own, list);
        assert_eq!(read["not_after"], "2026-10-13T00:00:00Z");
        assert!(notes(&read).contains(&"date_conflict"), "{read}");
    }
    let same = tencent(ahead, json!(["2027-06-01 08:00:0"]));
    assert_eq!(same["status"], "OK");
    assert!(notes(&same).is_empty(), "{same}");
    assert_eq!(tencent(ahead, json!([null]))["status"], "UNKNOWN");
}

#[test]
fn a03_two_spellings_under_one_key_are_no_conflict() {
    let esa = |ends: &str| {
        let text = format!(
            r#"{{"SiteId":1234567890123,"Status":"active","Result":{{"Id":"c","Status":"active","NotBefore":"2026-01-01 00:00:00",{ends}}}}}"#
        );
        only(ESA, "c", &text)
    };
    let same = esa(r#""NotAfter":"2027-06-01 00:00:00","NotAfter":"2027-06-01T00:00:00Z""#);
    assert_eq!(same["status"], "OK");
    assert!(notes(&same).is_empty(), "{same}");
    for differ in [
        r#""NotAfter":"2027-06-01 00:00:00","NotAfter":"2026-06-01T00:00:00Z""#,
        r#""NotAfter":"2027-06-01 00:00:00","NotAfter":null"#,
        r#""NotAfter":"2027-06-01 00:00:00","NotAfter":{}"#,
        r#""NotAfter":"soon","NotAfter":"later""#,
    ] {
        let read = esa(differ);
        assert_eq!(read["status"], "UNKNOWN", "{differ}");
        assert!(notes(&read).contains(&"field_unreadable"), "{differ}");
    }
}

/// A good record of each call, as an object that more can be put into.
fn records() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        (
            PUSH,
            "1",
            json!({"IOS": true, "ProductionCertInfo": {"Status": "OK", "ExipreTime": AHEAD}, "DevelopmentCertInfo": {"Status": "OK", "ExipreTime": AHEAD}}),
        ),
        (
            ESA,
            "c",
            json!({"SiteId": 1_234_567_890_123_i64, "Status": "active", "Result": {"Id": "c", "Status": "active", "NotBefore": "2026-01-01 00:00:00", "NotAfter": "2027-06-01 00:00:00"}}),
        ),
        (
            HUAWEI,
            "scs1600313391738",
            json!({"id": "scs1600313391738", "status": "ISSUED", "domain": "a.example", "not_before": "2026-01-01 00:00:00.0", "not_after": "2027-06-01 08:00:00.0"}),
        ),
        (
            LEGACY,
            "scs1600313391738",
            json!({"cert_id": "scs1600313391738", "cert_name": "n", "status": "ISSUED"}),
        ),
        (
            TENCENT,
            "abcd1234",
            json!({"CertificateId": "abcd1234", "Status": 1, "CertificateType": "SVR", "CertBeginTime": "2026-01-01 00:00:00", "CertEndTime": "2027-06-01 08:00:00"}),
        ),
        (
            PBX,
            "4",
            json!({"errcode": 0, "errmsg": "SUCCESS", "certificate": {"id": 4, "name": "n", "expiration": "2027-06-01 00:00:00"}}),
        ),
    ]
}

fn with(folder: &str, record: &Value, more: &Value) -> String {
    let mut record = record.clone();
    let more = more.as_object().expect("members").clone();
    record.as_object_mut().expect("an object").extend(more);
    match folder {
        TENCENT => json!({"Response": record}).to_string(),
        _ => record.to_string(),
    }
}

#[test]
fn a23_a_failure_beside_a_record_wins() {
    for (folder, id, record) in records() {
        for more in [
            json!({"Success": false}),
            json!({"Success": "False"}),
            json!({"success": 0}),
            json!({"Success": {}}),
            json!({"Error": {"Code": "SomethingOdd", "Message": "it broke"}}),
            json!({"error": {"code": 77, "message": "it broke"}}),
            json!({"Error": "it broke"}),
            json!({"Error": true}),
            json!({"Error": {}}),
            json!({"Error": ["it broke"]}),
            json!({"Code": "SomethingOdd"}),
            json!({"code": 77}),
            json!({"ErrorCode": "SomethingOdd"}),
            json!({"error_code": "SomethingOdd"}),
            json!({"Code": {}}),
            json!({"Code": "OK", "Success": false}),
        ] {
            let text = with(folder, &record, &more);
            let found = answered(folder, id, &text);
            assert_eq!(found.len(), 1, "{folder} {more}");
            let kind = found[0]["kind"].as_str();
            assert!(
                matches!(kind, Some("refused" | "protocol")),
                "{folder} {more}: {}",
                found[0]
            );
        }
    }
    let text = with(PBX, &records()[5].2, &json!({"Error": "it broke"}));
    assert_eq!(
        only(PBX, "4", &text)["message"],
        "the PBX refused certificate/get: it broke"
    );
    let text = with(
        HUAWEI,
        &records()[2].2,
        &json!({"error": {"code": "SCM.0008", "message": "m"}}),
    );
    let read = only(HUAWEI, "scs1600313391738", &text);
    assert_eq!(
        (&read["kind"], &read["code"]),
        (&json!("not_found"), &json!("SCM.0008"))
    );
    let outside = format!(
        r#"{{"Error":{{"Code":"InternalError","Message":"m"}},"Response":{}}}"#,
        records()[4].2
    );
    assert_eq!(only(TENCENT, "abcd1234", &outside)["kind"], "unavailable");
}

#[test]
fn a23_what_says_that_all_is_well_is_no_failure() {
    for (folder, id, record) in records() {
        let bare = answered(folder, id, &with(folder, &record, &json!({})));
        for more in [
            json!({"Success": true}),
            json!({"success": "true"}),
            json!({"Success": null, "Error": null, "Code": null}),
            json!({"Code": "OK"}),
            json!({"Code": "Success"}),
            json!({"Code": 0}),
            json!({"code": "200"}),
            json!({"error_code": 0, "error": ""}),
            json!({"Error": false}),
            json!({"Error": []}),
            json!({"Message": "OK"}),
        ] {
            // There an Error that is not null has always been one.
            if folder == TENCENT && !more["Error"].is_null() {
                continue;
            }
            assert_eq!(
                answered(folder, id, &with(folder, &record, &more)),
                bare,
                "{folder} {more}"
            );
        }
    }
}

fn bundle(names: Value, ends: Value) -> Value {
    let text = json!({"Response": {"CertificateId": "abcd1234", "Status": 1, "CertificateType": "CA",
        "CertEndTime": "2027-06-01 08:00:00", "CACommonNames": names, "CAEndTimes": ends}});
    only(TENCENT, "abcd1234", &text.to_string())
}

#[test]
fn a07_a_bundle_that_does_not_tell_every_end_is_unknown() {
    let end = "2027-06-01 08:00:00";
    for (names, ends) in [
        (json!(["A", "B"]), json!(null)),
        (json!(["A", "B"]), json!([])),
        (json!(["A", "B"]), json!([end])),
        (json!([]), json!([])),
        (json!(null), json!(null)),
        (json!(["A", {}]), json!([end])),
        (json!(["A", null]), json!([end])),
        (json!("A"), json!([])),
    ] {
        let read = bundle(names.clone(), ends.clone());
        assert_eq!(read["status"], "UNKNOWN", "{names} {ends}");
        assert_eq!(read["verdict"], "unknown", "{names} {ends}");
        assert!(
            notes(&read).contains(&"bundle_incomplete"),
            "{names} {ends}"
        );
    }
    for (names, ends) in [
        (json!(["A", "B"]), json!([end, end])),
        (json!(["A"]), json!([end, end])),
        (json!(null), json!([end])),
    ] {
        assert_eq!(
            bundle(names.clone(), ends.clone())["status"],
            "OK",
            "{names} {ends}"
        );
    }
}

#[test]
fn a08_a_member_that_is_no_text_is_noted() {
    let tencent = |member: &str, list: Value| {
        let mut record = records()[4].2.clone();
        record[member] = list;
        only(
            TENCENT,
            "abcd1234",
            &json!({"Response": record}).to_string(),
        )
    };
    let huawei = |member: &str, list: Value| {
        let mut record = records()[2].2.clone();
        record[member] = list;
        only(HUAWEI, "scs1600313391738", &record.to_string())
    };
    let esa = |member: &str, list: Value| {
        let mut record = records()[1].2.clone();
        record["Result"][member] = list;
        only(ESA, "c", &record.to_string())
    };
    let legacy = |member: &str, list: Value| {
        let mut record = records()[3].2.clone();
        record[member] = list;
        only(LEGACY, "scs1600313391738", &record.to_string())
    };
    for odd in [
        json!({"name": "shop.example.com"}),
        json!(null),
        json!(["x"]),
    ] {
        let list = json!(["www.example.com", odd]);
        for read in [
            tencent("SubjectAltName", list.clone()),
            tencent("CACommonNames", list.clone()),
            tencent("CAEncryptAlgorithms", list.clone()),
            huawei("sans", list.clone()),
            esa("SAN", list.clone()),
        ] {
            assert_eq!(
                notes(&read)
                    .iter()
                    .filter(|code| **code == "field_unreadable")
                    .count(),
                1,
                "{read}"
            );
        }
    }
    let read = legacy("domain_name", json!({"name": "shop.example.com"}));
    assert!(notes(&read).contains(&"field_unreadable"), "{read}");
    for scalars in [
        json!(["a.example", 7, true]),
        json!([]),
        json!(null),
        json!("a.example"),
    ] {
        assert!(
            notes(&tencent("SubjectAltName", scalars.clone())).is_empty(),
            "{scalars}"
        );
    }
}

#[test]
fn r_a_number_is_shown_with_all_its_digits() {
    let text = r#"{"Response":{"CertificateId":"abcd1234","Status":99999999999999999999,"CertificateType":"SVR"}}"#;
    assert_eq!(
        only(TENCENT, "abcd1234", text)["provider_status"],
        "99999999999999999999"
    );
}
