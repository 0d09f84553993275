//! Saved lists: what services, SDKs and tools print of them, judged without keys and without a network.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::report::{certificates, errors};
use crate::support::utf16::{utf16_be, utf16_le};
use crate::support::world::FakeWorld;

/// The moment for which the lists say what comes out.
const AT: &str = "2026-11-22T00:00:00Z";

/// Provider, the page of its list, the keys of the list and of its count, and the key of an id.
pub const LISTS: [(&str, &str, [&str; 3]); 4] = [
    (
        "tencent",
        "tencent/describe-certificates",
        ["Certificates", "TotalCount", "CertificateId"],
    ),
    (
        "huawei",
        "huawei/list-certificates",
        ["certificates", "total_count", "id"],
    ),
    (
        "esa",
        "esa/list-client-certificates",
        ["Result", "TotalCount", "Id"],
    ),
    (
        "pbx",
        "pbx/certificate-list",
        ["certificate_list", "total_number", "id"],
    ),
];

/// Exit code and standard output of `certcheck PROVIDER --from - --at AT FLAGS`.
pub fn run(provider: &str, flags: &[&str], input: impl AsRef<[u8]>) -> (u8, String) {
    let arguments = [&[provider, "--from", "-", "--at", AT], flags].concat();
    let output = FakeWorld::default().stdin(input).run_args(arguments);
    (output.code, output.stdout)
}

/// A report and its exit code, which the other formats have too.
pub fn judge_with(provider: &str, flags: &[&str], input: impl AsRef<[u8]>) -> (u8, Value) {
    let input = input.as_ref();
    let of = |format: &str| run(provider, &[flags, &["-o", format]].concat(), input);
    let (code, text) = of("json");
    let report: Value = serde_json::from_str(&text).expect(&text);
    let (streamed, lines) = of("ndjson");
    let last = lines.lines().last().unwrap_or_default();
    let last: Value = serde_json::from_str(last).expect(&lines);
    assert_eq!(
        (streamed, &last["summary"], &last["complete"]),
        (code, &report["summary"], &report["complete"])
    );
    assert_eq!(of("table").0, code);
    (code, report)
}

pub fn judge(provider: &str, input: impl AsRef<[u8]>) -> (u8, Value) {
    judge_with(provider, &[], input)
}

pub fn list(folder: &str) -> Value {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("fixtures").join(folder).join("list.json");
    serde_json::from_slice(&std::fs::read(path).expect("a list")).expect("JSON")
}

/// What stands between the braces of the envelope.
pub fn inner(list: &Value) -> Value {
    list.get("Response").unwrap_or(list).clone()
}

pub fn statuses(report: &Value) -> Vec<&str> {
    let statuses = certificates(report)
        .iter()
        .map(|row| row["status"].as_str());
    statuses.flatten().collect()
}

/// The page with another count, and such a part of its rows.
pub fn page(list: &Value, keys: [&str; 3], count: Value, part: std::ops::Range<usize>) -> Value {
    let mut page = inner(list);
    let all = page[keys[0]].as_array().expect("a list").clone();
    page[keys[0]] = Value::from(all[part].to_vec());
    page[keys[1]] = count;
    page
}

pub fn length(list: &Value, keys: [&str; 3]) -> usize {
    inner(list)[keys[0]].as_array().expect("a list").len()
}

#[test]
fn f01_lists_of_all_providers_are_judged_row_by_row() {
    let expected: [(&str, &[&str]); 4] = [
        ("tencent", &["OK", "EXPIRED", "PENDING", "OK", "UNKNOWN"]),
        ("huawei", &["OK", "EXPIRED", "PENDING"]),
        ("esa", &["OK", "EXPIRED", "REVOKED"]),
        ("pbx", &["OK", "EXPIRED", "PENDING"]),
    ];
    for ((provider, folder, _), (_, wanted)) in LISTS.into_iter().zip(expected) {
        let (code, report) = judge(provider, list(folder).to_string());
        assert_eq!(statuses(&report), wanted, "{report}");
        assert_eq!(errors(&report).len(), 0, "{report}");
        assert_eq!((code, &report["complete"]), (2, &json!(true)));
        assert!(!report.to_string().contains("CANARY"), "{report}");
    }
    let (_, report) = judge("esa", list(LISTS[2].1).to_string());
    assert_eq!(certificates(&report)[0]["scope"], "site 1234567890123");
    assert_eq!(
        certificates(&report)[0]["details"]["site_name"],
        "shop.example"
    );
    assert_eq!(certificates(&report)[0]["request_id"], "list-0002");
}

#[test]
fn f01_whatever_printed_the_list() {
    for (provider, folder, keys) in LISTS {
        let whole = list(folder);
        let (_, expected) = judge(provider, whole.to_string());
        let inner = inner(&whole);
        let mut forms = vec![
            inner.to_string(),
            format!("{inner:#}\r\n"),
            format!("\u{feff}[{inner}]"),
        ];
        match provider {
            "tencent" => forms.push(json!({"Response": inner}).to_string()),
            "esa" => {
                let printed = json!({"headers": {}, "statusCode": 200, "body": inner});
                forms.push(printed.to_string());
            }
            "pbx" => {
                let mut bare = inner.clone();
                let members = bare.as_object_mut().expect("an object");
                members.remove("errcode");
                forms.push(bare.to_string());
            }
            _ => {}
        }
        // A tool that reads ids as numbers or counts as texts.
        let mut texts = inner.clone();
        texts[keys[1]] = json!(texts[keys[1]].to_string());
        forms.push(texts.to_string());
        for form in forms {
            let (_, report) = judge(provider, &form);
            assert_eq!(report["certificates"], expected["certificates"], "{form}");
            assert_eq!(report["complete"], true, "{form}");
        }
        let wide = utf16_le(&inner.to_string());
        assert_eq!(
            judge(provider, wide).1["certificates"],
            expected["certificates"]
        );
    }
}

#[test]
fn f01_rows_that_were_split_off_are_judged_as_in_their_list() {
    for (provider, folder, keys) in LISTS {
        let whole = list(folder);
        let (_, expected) = judge(provider, whole.to_string());
        let split = inner(&whole)[keys[0]].as_array().expect("a list").clone();
        let lines: Vec<String> = split.iter().map(Value::to_string).collect();
        for form in [lines.join("\n"), Value::from(split).to_string()] {
            let flags: &[&str] = match provider {
                // A row does not name its site.
                "esa" => &["--site-id", "1234567890123"],
                _ => &[],
            };
            let (_, report) = judge_with(provider, flags, &form);
            assert_eq!(errors(&report).len(), 0, "{report}");
            for (own, listed) in certificates(&report).iter().zip(certificates(&expected)) {
                for key in [
                    "id",
                    "scope",
                    "status",
                    "verdict",
                    "not_after",
                    "not_before",
                    "domains",
                ] {
                    assert_eq!(own[key], listed[key], "{provider} {key}: {own}");
                }
            }
            assert_eq!(certificates(&report).len(), lines.len());
        }
        let one = judge(provider, &lines[0]).1;
        assert_eq!(statuses(&one), ["OK"], "{one}");
    }
}

#[test]
fn f01_a_refusal_beside_a_list_wins() {
    for (provider, folder, _) in LISTS {
        let mut refused = inner(&list(folder));
        let (key, value, kind) = match provider {
            "tencent" => (
                "Error",
                json!({"Code": "UnauthorizedOperation", "Message": "no"}),
                "permission",
            ),
            "huawei" => ("error_code", json!("SCM.4002"), "permission"),
            "esa" => ("Code", json!("NoPermission"), "permission"),
            _ => ("errcode", json!(10005), "permission"),
        };
        refused[key] = value;
        let (code, report) = judge(provider, refused.to_string());
        assert_eq!((code, certificates(&report).len()), (3, 0), "{report}");
        assert_eq!(errors(&report)[0]["kind"], kind, "{report}");
    }
}

#[test]
fn f01_lists_of_something_else_say_so() {
    for (provider, text, what) in [
        ("mpush", list("mpush/list-summary-apps").to_string(), "ListSummaryApps"),
        ("mpush", r#"{"RequestId":"r","SummaryAppInfos":[{"AppKey":"1"}]}"#.to_owned(), "ListSummaryApps"),
        ("mpush", r#"{"RequestId":"r","SummaryAppInfos":null}"#.to_owned(), "ListSummaryApps"),
        ("mpush", r#"{"statusCode":200,"body":{"RequestId":"r","SummaryAppInfos":{"SummaryAppInfo":[]}}}"#.to_owned(), "ListSummaryApps"),
        ("mpush", r#"{"Total":1,"AppInfos":{"AppInfo":[{"AppKey":"1"}]}}"#.to_owned(), "ListApps"),
        ("mpush", r#"{"AppKey":335799001,"AppName":"shop"}"#.to_owned(), "an app of a list"),
        ("esa", r#"{"RequestId":"r","PageNumber":1,"TotalCount":1,"Sites":[{"SiteId":1,"SiteName":"a"}]}"#.to_owned(), "ListSites"),
    ] {
        let (code, report) = judge(provider, &text);
        assert_eq!((code, certificates(&report).len(), errors(&report).len()), (3, 0, 1), "{report}");
        let error = &errors(&report)[0];
        assert_eq!(error["kind"], "not_found", "{report}");
        assert!(error["message"].to_string().contains(what), "{report}");
        assert!(error["hint"].to_string().contains("save the answer of "), "{report}");
    }
}

#[test]
fn f05_an_answer_of_another_generation_is_named() {
    let api_2 = |code: Value, word: &str| {
        json!({"code": code, "message": "", "codeDesc": word, "data": {"totalNum": 1, "list": [{"id": "AAAAAAA1",
            "status": 1, "certEndTime": "2018-12-20 20:00:00"}]}})
        .to_string()
    };
    for (provider, text, what) in [
        ("tencent", api_2(json!(0), "Success"), "API 2.0"),
        ("tencent", api_2(json!("0"), "Success"), "API 2.0"),
        ("tencent", format!("{{\"Response\":{}}}", api_2(json!(0), "Success")), "API 2.0"),
        ("huawei", r#"{"total":1,"free_remain":"19","order_list":[{"cert_id":"a","expired_time":"1505150151051"}]}"#.to_owned(), "older API v2"),
        ("huawei", r#"{"total_count":1,"resources":[{"resource_id":"a","resource_detail":{"expired_time":"1"}}]}"#.to_owned(), "list by tag"),
        ("pbx", r#"{"status":"Success","certificate":{"id":1}}"#.to_owned(), "no errcode"),
        ("pbx", r#"{"status":"Success","errno":"0","list":[]}"#.to_owned(), "older API"),
        ("pbx", r#"{"status":"Failed","errno":"10004"}"#.to_owned(), "older API"),
        ("esa", r#"{"Code":"OK","RequestId":"r"}"#.to_owned(), "no Result"),
        ("mpush", r#"{"Code":"Success","RequestId":"r"}"#.to_owned(), "no error code"),
    ] {
        let (code, report) = judge(provider, &text);
        assert_eq!((code, certificates(&report).len()), (3, 0), "{report}");
        let error = &errors(&report)[0];
        assert_eq!(error["kind"], "protocol", "{report}");
        assert!(error["message"].to_string().contains(what), "{report}");
        assert!(!error["message"].to_string().contains("refused"), "{report}");
    }
    // A refusal in the older form is one.
    let (_, report) = judge(
        "tencent",
        api_2(json!(4100), "AuthFailure.SignatureFailure"),
    );
    assert_eq!(errors(&report)[0]["kind"], "credentials", "{report}");
}

#[test]
fn f04_what_is_no_text_is_told_and_what_came_before_it_stays() {
    let first = r#"{"CertificateId":"AAAAAAAA","Status":1,"CertificateType":"SVR","CertBeginTime":"2026-06-14 08:00:00","CertEndTime":"2027-06-14 07:59:59"}"#;
    let wide = utf16_be(first);
    assert_eq!(judge("tencent", &wide).0, 0);
    for end in [&b"\n"[..], b"\xdc\0\0\n"] {
        let (code, report) = judge("tencent", [&wide, end].concat());
        assert_eq!((code, certificates(&report).len()), (3, 1), "{report}");
        assert!(
            errors(&report)[0]["message"].to_string().contains("UTF-16"),
            "{report}"
        );
    }
    // Nothing can be judged, so that nothing is printed but an error.
    for nothing in [
        &b"\x1f\x8b\x08\0\0\0"[..],
        b"\xff\xfe{",
        b"\xff\xfe\0\0{\0\0\0",
    ] {
        assert_eq!(run("tencent", &["--json"], nothing), (3, String::new()));
    }
}
