//! Rows of lists that tell too little, too much, or the same twice, and how long a list may be.

use certcheck::adapters::listing::ListBatch;
use certcheck::credentials::{Credential, CurrentKey};
use certcheck::exchange::{Flow, FlowProgress, Response};
use certcheck::redact::KnownSecrets;
use certcheck::sandbox::Emulator;
use http::HeaderMap;
use serde_json::{Value, json};

use crate::answers::{list, next, target};
use crate::sandbox_accounts::{asked, command, estate, list_of};
use crate::support::binary::{Report, certcheck};
use crate::support::listener::serve_with;
use crate::support::sandbox::each_service;

/// What one body tells; the next page is empty.
pub fn told(name: &str, flags: &[&str], body: &str, empty: &str) -> Vec<ListBatch> {
    let mut flow = list(name, flags);
    let mut told = Vec::new();
    for body in [body, empty] {
        match answered(flow.as_mut(), body) {
            FlowProgress::More => {}
            FlowProgress::Part(part) => told.push(part),
            FlowProgress::Done(part) => {
                told.push(part);
                break;
            }
        }
    }
    told
}

pub fn answered(flow: &mut dyn Flow<Output = ListBatch>, body: &str) -> FlowProgress<ListBatch> {
    if next(flow).action == "get_token" {
        let login = response(r#"{"errcode":0,"access_token":"tokentoken"}"#);
        assert!(flow.answer(Ok(login.into())).is_ok());
    }
    flow.answer(Ok(response(body).into())).expect("a page")
}

fn response(body: &str) -> Response {
    Response {
        status: 200,
        headers: HeaderMap::new(),
        body: body.as_bytes().to_vec(),
    }
}

pub fn is_whole(told: &[ListBatch]) -> bool {
    told.iter().all(|listed| listed.missing.is_none())
}

#[test]
fn a27_two_spellings_of_a_number_are_one_site() {
    let sites = |ids: &[&str], total| {
        let site = |id: &&str| format!(r#"{{"SiteId":"{id}","SiteName":"a.example"}}"#);
        let sites: Vec<String> = ids.iter().map(site).collect();
        let sites = sites.join(",");
        format!(r#"{{"RequestId":"r","TotalCount":{total},"Sites":[{sites}]}}"#)
    };
    let empty = |total| format!(r#"{{"RequestId":"r","TotalCount":{total},"Sites":[]}}"#);
    for (ids, total, whole) in [
        (&["1", "01"][..], 2, false),
        (&["1", "01", "001"], 1, true),
        (&["1", "2"], 2, true),
    ] {
        let mut flow = list("esa", &[]);
        let mut told = Vec::new();
        while !next(flow.as_ref()).target.contains("SiteId=") {
            let body = if told.len() == 1 {
                empty(total)
            } else {
                sites(ids, total)
            };
            let FlowProgress::Part(part) = answered(flow.as_mut(), &body) else {
                panic!("sites, whose certificates are to be listed");
            };
            told.push(part);
        }
        assert_eq!(is_whole(&told), whole, "{ids:?} {total}");
        let mut asked = Vec::new();
        loop {
            let target = next(flow.as_ref()).target;
            let id = target.split("SiteId=").nth(1).expect("a site");
            asked.push(id.to_owned());
            let body = format!(r#"{{"RequestId":"r","SiteId":{id},"TotalCount":0,"Result":[]}}"#);
            match answered(flow.as_mut(), &body) {
                FlowProgress::Done(_) => break,
                _ => continue,
            }
        }
        let expected = if ids.contains(&"2") { 2 } else { 1 };
        assert_eq!(asked.len(), expected, "{asked:?}");
    }
}

#[test]
fn a27_two_spellings_of_a_number_are_one_certificate_of_a_box() {
    let flags = ["--base-url", "https://192.0.2.1", "--timezone", "+08:00"];
    let body = r#"{"errcode":0,"total_number":1,"certificate_list":[
        {"id":1,"name":"a.pem","type":"server","expiration":"2027/05/01 00:00:00"},
        {"id":"01","name":"a.pem","type":"server","expiration":"2027/05/01 00:00:00"}]}"#;
    let empty = r#"{"errcode":0,"total_number":1,"certificate_list":[]}"#;
    let told = told("pbx", &flags, body, empty);
    let rows: usize = told.iter().map(|listed| listed.certificates.len()).sum();
    assert_eq!((rows, is_whole(&told)), (1, true));
}

#[test]
fn a27_two_spellings_of_an_app_key_are_one_app() {
    let body = r#"{"RequestId":"r","SummaryAppInfos":{"SummaryAppInfo":[{"AppKey":"1"},{"AppKey":"01"}]}}"#;
    let told = told("mpush", &[], body, body);
    assert_eq!(told[0].ids, ["1"]);
    assert!(!is_whole(&told));
}

#[test]
fn a21_ten_apps_and_more_are_not_known_to_be_all() {
    for (count, whole) in [
        (9, true),
        (10, false),
        (11, false),
        (12, false),
        (40, false),
    ] {
        let apps: Vec<String> = (1..=count)
            .map(|key| format!(r#"{{"AppKey":{key}}}"#))
            .collect();
        let apps = apps.join(",");
        for body in [
            format!(r#"{{"RequestId":"r","SummaryAppInfos":{{"SummaryAppInfo":[{apps}]}}}}"#),
            format!(r#"{{"RequestId":"r","SummaryAppInfos":[{apps}]}}"#),
        ] {
            let told = told("mpush", &[], &body, "");
            assert_eq!(
                (told[0].ids.len(), is_whole(&told)),
                (count, whole),
                "{count}"
            );
        }
    }
}

#[test]
fn a21_an_app_with_a_flag_that_cannot_be_read_is_not_left_out() {
    let empty = r#""ProductionCertInfo":{"Status":"NOT_CONFIGURED"},"DevelopmentCertInfo":{"Status":"NOT_CONFIGURED"}"#;
    for (flags, rows) in [
        (r#""IOS":false,"Android":true"#, 0),
        (r#""Android":true"#, 0),
        (r#""IOS":null,"Android":true"#, 0),
        (r#""IOS":false,"IOS":true,"Android":true"#, 2),
        (r#""IOS":true,"IOS":false,"Android":true"#, 2),
        (r#""IOS":"perhaps","Android":true"#, 2),
        (r#""IOS":"","Android":true"#, 2),
        (r#""IOS":[false],"Android":true"#, 2),
        (r#""IOS":{},"Android":true"#, 2),
        (r#""Android":false,"Android":true"#, 2),
        (r#""IOS":true,"Android":true"#, 2),
    ] {
        let answer = format!(r#"{{"RequestId":"r",{flags},{empty}}}"#);
        let service = target("mpush", &[]).expect("a target").service;
        let key: CurrentKey = Credential::new("LTAItest0001", "test-secret-0001", None).into();
        let known = KnownSecrets::default();
        let mut flow = service
            .converse(&["1".to_owned()], key, &known)
            .remove(0)
            .flow;
        let Ok(FlowProgress::Done(answer)) = flow.answer(Ok(response(&answer).into())) else {
            panic!("an answer: {flags}");
        };
        let found = answer.result.expect("certificates, or none");
        assert_eq!(found.len(), rows, "{flags}");
    }
}

/// A service that has one certificate, told by a list and by the answer about it.
fn two_tellings(
    service: &'static Emulator,
    list: Value,
    single: Value,
) -> impl Fn(&[&str]) -> Report {
    let address = serve_with("", move |request| {
        let marks = [
            "x-tc-action: DescribeCertificates\r",
            "/v3/scm/certificates?",
        ];
        let is_list = marks.iter().any(|mark| request.contains(mark));
        let first = ["\"Offset\":0", "offset=0"]
            .iter()
            .any(|mark| request.contains(mark));
        match (is_list, first) {
            (true, true) => list.clone(),
            (true, false) => emptied(&list),
            (false, _) => single.clone(),
        }
    });
    move |flags| {
        let run = certcheck([service.name, "--endpoint", &address, "--rate", "off"]);
        run.keys(&service.credentials()).with(flags).json()
    }
}

fn emptied(list: &Value) -> Value {
    let mut list = list.clone();
    let members = match list.get("Response") {
        Some(_) => &mut list["Response"]["Certificates"],
        None => &mut list["certificates"],
    };
    *members = json!([]);
    list
}

fn in_days(days: i64) -> String {
    let moment = chrono::Utc::now() + chrono::TimeDelta::days(days);
    moment.format("%Y-%m-%d %H:%M:%S").to_string()
}

#[test]
fn a06_an_id_that_is_asked_for_at_huawei_gets_its_own_call_however_many_there_are() {
    let row = json!({"id": "scs1600000000001", "status": "ISSUED", "expire_time": in_days(300)});
    let list = json!({"total_count": 1, "certificates": [row]});
    for (member, value, code) in [
        // It has not begun, nobody knows when it began, it was revoked since.
        ("not_before", Value::from(in_days(10)), 1),
        ("not_before", Value::Null, 3),
        ("status", "REVOKED".into(), 2),
    ] {
        let mut single = json!({"id": "scs1600000000001", "status": "ISSUED", "domain": "a.example",
            "not_before": in_days(-10), "not_after": in_days(300)});
        single[member] = value;
        let run = two_tellings(Emulator::HUAWEI, list.clone(), single);
        // The other id is answered by the first one's record, which is a mismatch in itself.
        for ids in [
            "scs1600000000001",
            "scs1600000000001,scs1600000000002,scs1600000000003",
        ] {
            let report = run(&["--id", ids]);
            let first = &report.certificates()[0];
            let verdict = ["ok", "warning", "critical", "unknown"][code as usize];
            assert_eq!(first["verdict"], verdict, "{member} {ids}: {first}");
        }
    }
}

#[test]
fn a06_ids_at_huawei_are_never_looked_for_in_its_list() {
    let sandbox = estate(60, &[]);
    let ids = Emulator::HUAWEI.generated_ids(60).join(",");
    let report = command(&sandbox, Emulator::HUAWEI)
        .with(&["--id", &ids])
        .json();
    assert_eq!(report.certificates().len(), 60);
    assert_eq!(asked(&sandbox, list_of(Emulator::HUAWEI)), 0);
    assert_eq!(asked(&sandbox, "ShowCertificate"), 60);
}

#[test]
fn a06_a_start_that_huaweis_list_does_not_tell_is_marked_as_assumed() {
    let sandbox = estate(40, &[]);
    let run = |flags: &[&str]| command(&sandbox, Emulator::HUAWEI).with(flags).json();
    let marked = |report: &Report| -> Vec<(Value, bool)> {
        let rows = report.certificates().iter();
        let marked = |row: &Value| {
            let notes = row["notes"].as_array().expect("notes").iter();
            let marks = notes.filter(|note| note["code"] == "start_assumed").count();
            assert!(marks < 2, "{row}");
            marks == 1
        };
        rows.map(|row| (row.clone(), marked(row))).collect()
    };
    let mut assumed = 0;
    for (row, is_marked) in marked(&run(&["--all"])) {
        // By date alone is judged what is issued; what was uploaded was asked for by its id.
        let by_date = row["provider_status"] == "ISSUED" && row["not_before"].is_null();
        assert_eq!(is_marked, by_date, "{row}");
        assumed += usize::from(is_marked);
    }
    assert!(assumed > 20, "{assumed}");
    let ids = Emulator::HUAWEI.generated_ids(3).join(",");
    assert!(
        marked(&run(&["--id", &ids]))
            .iter()
            .all(|(_, is_marked)| !is_marked)
    );
}

#[test]
fn a07_a_bundle_whose_list_row_lacks_ends_is_asked_for_by_its_id() {
    let bundle = |names: Value, ends: Value| {
        json!({"CertificateId": "a", "CertificateType": "CA", "Status": 1, "CACommonNames": names,
            "CertEndTime": in_days(300), "CAEndTimes": ends})
    };
    let (soon, late) = (in_days(-3), in_days(300));
    let names = json!(["Example CA 1", "Example CA 2"]);
    let whole = bundle(names.clone(), json!([late, soon]));
    let mut single = whole.clone();
    single["RequestId"] = "r".into();
    for (row, asked) in [
        (bundle(names.clone(), Value::Null), true),
        (bundle(names.clone(), json!([])), true),
        (bundle(names.clone(), json!("")), true),
        (bundle(names.clone(), json!([late])), true),
        (bundle(json!([]), Value::Null), true),
        (whole, false),
        (bundle(json!([]), json!([late, soon])), false),
    ] {
        let list = json!({"Response": {"TotalCount": 1, "Certificates": [row], "RequestId": "r"}});
        let told = told(
            "tencent",
            &[],
            &list.to_string(),
            &emptied(&list).to_string(),
        );
        let ids: Vec<&String> = told.iter().flat_map(|listed| &listed.ids).collect();
        assert_eq!(!ids.is_empty(), asked, "{list}");
    }
    let row = bundle(names, json!([late]));
    let list = json!({"Response": {"TotalCount": 1, "Certificates": [row], "RequestId": "r"}});
    let run = two_tellings(Emulator::TENCENT, list, json!({"Response": single}));
    for flags in [&["--all"][..], &["--id", "a,b"]] {
        let report = run(flags);
        assert_eq!(
            report.certificates()[0]["status"],
            "EXPIRED",
            "{flags:?}: {report:?}"
        );
    }
}

#[test]
fn a30_a_count_of_the_page_ends_no_list_of_a_whole_account() {
    each_service(|service| {
        if service == Emulator::MPUSH {
            return;
        }
        let sandbox = estate(20, &["page-total"]);
        let report = command(&sandbox, service).with(&["--all"]).json();
        assert_eq!(report.certificates().len(), 20, "{service:?}: {report:?}");
        assert_eq!(report.json["complete"], true, "{service:?}: {report:?}");
    });
}

#[test]
fn a30_an_account_of_one_page_takes_two_requests() {
    for service in [Emulator::HUAWEI, Emulator::TENCENT, Emulator::PBX] {
        let sandbox = estate(20, &[]);
        let report = command(&sandbox, service).with(&["--all"]).json();
        assert_eq!(report.json["complete"], true, "{service:?}");
        assert_eq!(asked(&sandbox, list_of(service)), 2, "{service:?}");
    }
}

#[test]
fn a_count_that_is_empty_is_none() {
    let page = |count: &str, rows| format!(r#"{{"total_count":{count},"certificates":[{rows}]}}"#);
    for (count, whole) in [(r#""""#, true), (r#"" ""#, true), (r#""many""#, false)] {
        let told = told(
            "huawei",
            &[],
            &page(count, r#"{"id":"scs1"}"#),
            &page(count, ""),
        );
        assert_eq!(is_whole(&told), whole, "{count}");
    }
}
