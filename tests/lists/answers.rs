//! Pages as the services' pages, models and older samples have them, read without a driver.

use certcheck::adapters::listing::ListBatch;
use certcheck::adapters::{REGISTRY, Settings, Target};
use certcheck::credentials::{Credential, CurrentKey};
use certcheck::error::{Error, Kind};
use certcheck::exchange::{Flow, FlowProgress, Request, Response, Stamp};
use certcheck::flags::Values;
use certcheck::flags::clap_args::layer_of_words;
use certcheck::model::{Facts, ProviderState};
use certcheck::redact::KnownSecrets;
use http::HeaderMap;

use crate::support::world::now;

pub fn target(name: &str, flags: &[&str]) -> Result<Target, Error> {
    let mut all = REGISTRY.iter().copied();
    let provider = all.find(|provider| provider.name == name).expect(name);
    let layer = layer_of_words(provider.flags, flags).expect("known flags");
    let settings = Settings {
        endpoint: None,
        allow_http: false,
        saved: false,
        shown: false,
        all: true,
    };
    (provider.build_targets)(&Values::new([&layer]), &settings)
        .map(certcheck::adapters::Targets::into_first)
        .map_err(|problem| Error::new(Kind::Usage, format!("{problem:?}")))
}

pub fn list(name: &str, flags: &[&str]) -> Box<dyn Flow<Output = ListBatch>> {
    let key: CurrentKey = Credential::new("AKIDtest0001", "test-secret-0001", None).into();
    let service = target(name, flags).expect("a target").service;
    service.list(key, &KnownSecrets::default()).flow
}

pub fn next(flow: &dyn Flow<Output = ListBatch>) -> Request {
    let stamp = Stamp {
        time: now(),
        nonce: [7; 16],
    };
    flow.step(stamp).expect("a step").http().expect("HTTP")
}

/// One page of each list, as the only answer there is; a PBX is logged in to first.
fn page(name: &str, flags: &[&str], body: &str) -> Result<Vec<ListBatch>, Error> {
    let mut flow = list(name, flags);
    let mut told = Vec::new();
    for _ in 0..6 {
        let body = match next(flow.as_ref()).action {
            "get_token" => r#"{"errcode":0,"access_token":"tokentoken"}"#,
            "system/information" => r#"{"errcode":10001,"errmsg":"no"}"#,
            _ => body,
        };
        let response = Response {
            status: 200,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        };
        let progress = flow.answer(Ok(response.into()));
        match progress.or_else(|error| flow.answer(Err(error)))? {
            FlowProgress::More => {}
            FlowProgress::Part(part) => told.push(part),
            FlowProgress::Done(part) => {
                told.push(part);
                return Ok(told);
            }
        }
    }
    Ok(told)
}

fn certificates(name: &str, flags: &[&str], body: &str) -> Vec<Facts> {
    let told = page(name, flags, body).expect(body).into_iter();
    told.flat_map(|listed| listed.certificates).collect()
}

const EMPTY: [(&str, &[&str], &str); 7] = [
    (
        "tencent",
        &[],
        r#"{"Response":{"TotalCount":0,"Certificates":[],"RequestId":"r"}}"#,
    ),
    ("huawei", &[], r#"{"certificates":null,"total_count":0}"#),
    ("huawei", &[], r#"{"total_count":0}"#),
    (
        "esa",
        &["--site-id", "7"],
        r#"{"RequestId":"r","SiteId":7,"TotalCount":0,"Result":null}"#,
    ),
    (
        "esa",
        &[],
        r#"{"RequestId":"r","TotalCount":0,"PageNumber":1,"Sites":[]}"#,
    ),
    (
        "pbx",
        &["--base-url", "https://192.0.2.1"],
        r#"{"errcode":0,"total_number":0,"certificate_list":null}"#,
    ),
    (
        "mpush",
        &[],
        r#"{"RequestId":"r","SummaryAppInfos":{"SummaryAppInfo":[]}}"#,
    ),
];

#[test]
fn an_empty_list_is_written_in_many_ways() {
    for (name, flags, body) in EMPTY {
        let told = page(name, flags, body).expect(body);
        for listed in told {
            assert!(
                listed.certificates.is_empty() && listed.ids.is_empty(),
                "{body}"
            );
            assert!(listed.missing.is_none(), "{body}: {:?}", listed.missing);
        }
    }
}

#[test]
fn an_answer_without_a_list_is_no_empty_one() {
    for (name, flags, body) in [
        (
            "tencent",
            &[][..],
            r#"{"Response":{"TotalCount":null,"Certificates":null,"RequestId":"r"}}"#,
        ),
        ("huawei", &[], r#"{"certificates":null,"total_count":null}"#),
        ("tencent", &[][..], r#"{"Response":{"RequestId":"r"}}"#),
        (
            "tencent",
            &[],
            r#"{"Response":{"TotalCount":3,"RequestId":"r"}}"#,
        ),
        (
            "tencent",
            &[],
            r#"{"Response":{"TotalCount":0,"Certificates":{},"RequestId":"r"}}"#,
        ),
        ("huawei", &[], r#"{}"#),
        ("huawei", &[], r#"{"total_count":2}"#),
        (
            "huawei",
            &[],
            r#"{"certificates":[],"total_count":0,"error_code":"SCM.0002"}"#,
        ),
        ("esa", &["--site-id", "7"], r#"{"RequestId":"r"}"#),
        (
            "esa",
            &[],
            r#"{"RequestId":"r","TotalCount":1,"Sites":"none"}"#,
        ),
        (
            "pbx",
            &["--base-url", "https://192.0.2.1"],
            r#"{"errcode":0}"#,
        ),
        ("mpush", &[], r#"{"RequestId":"r"}"#),
        (
            "mpush",
            &[],
            r#"{"RequestId":"r","SummaryAppInfos":"none"}"#,
        ),
    ] {
        let told = page(name, flags, body);
        let missing = |told: &Vec<ListBatch>| told.iter().any(|listed| listed.missing.is_some());
        assert!(told.as_ref().map_or(true, missing), "{name} {body}");
    }
}

#[test]
fn a_record_that_does_not_say_which_it_is_is_not_known_to_be_any() {
    for (name, flags, body) in [
        (
            "tencent",
            &[][..],
            r#"{"Response":{"TotalCount":1,"Certificates":[{"Status":1,"CertEndTime":"2027-01-01 00:00:00"}]}}"#,
        ),
        (
            "esa",
            &["--site-id", "7"],
            r#"{"SiteId":7,"TotalCount":1,"Result":[{"Status":"active","NotAfter":"2027-01-01 00:00:00"}]}"#,
        ),
        // Without its site.
        (
            "esa",
            &["--site-id", "7"],
            r#"{"TotalCount":1,"Result":[{"Id":"a","Status":"active"}]}"#,
        ),
    ] {
        assert!(certificates(name, flags, body)[0].mismatch, "{body}");
    }
}

#[test]
fn a_member_that_is_no_record_is_a_certificate_of_unknown_state() {
    for (name, flags, body) in [
        (
            "tencent",
            &[][..],
            r#"{"Response":{"TotalCount":1,"Certificates":[null]}}"#,
        ),
        ("huawei", &[], r#"{"total_count":1,"certificates":["x"]}"#),
        (
            "esa",
            &["--site-id", "7"],
            r#"{"SiteId":7,"TotalCount":1,"Result":[3]}"#,
        ),
    ] {
        let found = certificates(name, flags, body);
        assert_eq!(found[0].word, ProviderState::default(), "{name}");
        assert_eq!(found[0].notes[0].code(), "field_unreadable", "{name}");
    }
}

#[test]
fn apps_are_told_in_an_object_or_bare_by_number_or_by_text() {
    for body in [
        r#"{"RequestId":"r","SummaryAppInfos":{"SummaryAppInfo":[{"AppKey":335799001},{"AppKey":335799002}]}}"#,
        r#"{"RequestId":"r","SummaryAppInfos":[{"AppKey":"335799001"},{"AppKey":" 335799002 "}]}"#,
    ] {
        let told = page("mpush", &[], body).expect(body);
        assert_eq!(told[0].ids, ["335799001", "335799002"], "{body}");
    }
    let nameless = r#"{"RequestId":"r","SummaryAppInfos":[{"AppKey":"1"},{"AppName":"x"}]}"#;
    let told = page("mpush", &[], nameless).expect(nameless);
    assert!(told[0].missing.is_some() && told[0].ids == ["1"]);
}

#[test]
fn records_of_lists_have_their_own_traps() {
    let huawei = r#"{"total_count":1,"certificates":[{"id":"scs1600000000001","name":"shop","domain":"a.example",
        "sans":"b.example;c.example","status":"ISSUED","expire_time":"2027-05-27 16:46:25.0"}]}"#;
    let found = certificates("huawei", &[], huawei).remove(0);
    let end = found.not_after.moment().expect("a date").at.to_rfc3339();
    assert_eq!(end, "2027-05-27T08:46:25+00:00");
    assert_eq!(found.domains, ["a.example", "b.example", "c.example"]);
    // What a user has uploaded may begin later: that is to be asked for.
    let uploaded = huawei.replace("ISSUED", "UPLOAD");
    let told = page("huawei", &[], &uploaded).expect("a page").remove(0);
    assert_eq!(
        (told.certificates.len(), told.ids),
        (0, vec!["scs1600000000001".to_owned()])
    );

    let esa = r#"{"SiteId":8,"SiteName":"other.example","TotalCount":1,"Result":[{"Id":"ab","Status":"revoked",
        "CommonName":"a.example ","NotBefore":"2026-01-01 00:00:00","NotAfter":"2027-01-01 00:00:00"}]}"#;
    let found = certificates("esa", &["--site-id", "7"], esa).remove(0);
    assert!(found.mismatch, "it is about another site");
    assert_eq!(found.scope.as_deref(), Some("site 7"));

    let tencent = r#"{"Response":{"TotalCount":2,"RequestId":"r","Certificates":[
        {"CertificateId":"a","Status":1,"CertificateType":"CA","CAEndTimes":["2027-01-01 00:00:00","??"]},
        {"CertificateId":"a","Status":1,"CertEndTime":"2027-01-01 00:00:00"}]}}"#;
    let found = certificates("tencent", &[], tencent);
    assert_eq!(found.len(), 1, "told twice");
    assert!(
        found[0].not_after.moment().is_none(),
        "one end cannot be read"
    );
    assert_eq!(found[0].request_id.as_deref(), Some("r"));
}

#[test]
fn the_clock_of_a_box_is_asked_once_for_a_whole_list() {
    let mut flow = list("pbx", &["--base-url", "https://192.0.2.1"]);
    let list = r#"{"errcode":0,"total_number":2,"certificate_list":[
        {"id":1,"name":"a.pem","type":"server","expiration":"2027/03/04 10:00:00"},
        {"id":2,"name":"b.pem","type":"server","expiration":"2027/03/05 10:00:00"}]}"#;
    let mut calls = Vec::new();
    let found = loop {
        let action = next(flow.as_ref()).action;
        calls.push(action);
        let body = match action {
            "get_token" => r#"{"errcode":0,"access_token":"tokentoken"}"#,
            "system/information" => {
                r#"{"errcode":0,"system_time":"2026/11/22 16:00:00","timestamp":1795334400}"#
            }
            _ => list,
        };
        let response = Response {
            status: 200,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        };
        match flow.answer(Ok(response.into())).expect("an answer") {
            FlowProgress::More => {}
            FlowProgress::Part(part) | FlowProgress::Done(part) => break part.certificates,
        }
    };
    assert_eq!(
        calls,
        ["get_token", "certificate/list", "system/information"]
    );
    let ends = found
        .iter()
        .map(|facts| facts.not_after.moment().expect("a date").at.to_rfc3339());
    let ends: Vec<String> = ends.collect();
    assert_eq!(
        ends,
        ["2027-03-04T02:00:00+00:00", "2027-03-05T02:00:00+00:00"]
    );
}

#[test]
fn a_list_without_dates_is_not_offered() {
    let flags = [
        "--legacy",
        "--project-id",
        "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    ];
    let error = target("huawei", &flags).err().expect("an error");
    assert_eq!(error.kind, Kind::Usage);
    assert!(error.message.contains("NoList"), "{error:?}");
}

#[test]
fn a_record_that_comes_twice_and_says_another_thing_is_a_contradiction() {
    let record = |status, end| {
        let begin = r#""CertBeginTime":"2025-01-01 00:00:00""#;
        format!(
            r#"{{"CertificateId":"a","Status":{status},{begin},"CertEndTime":"{end} 00:00:00"}}"#
        )
    };
    let told = |second: &str| {
        let records = [record(1, "2027-01-01"), second.to_owned()].join(",");
        let body = format!(r#"{{"Response":{{"TotalCount":1,"Certificates":[{records}]}}}}"#);
        let mut parts = page("tencent", &[], &body).expect("a list");
        let first = parts.remove(0);
        (first.certificates.len(), first.contradicted)
    };
    assert_eq!(told(&record(1, "2027-01-01")), (1, vec![]));
    for other in [record(10, "2027-01-01"), record(1, "2026-01-01")] {
        assert_eq!(told(&other), (1, vec!["a".to_owned()]), "{other}");
    }
}

#[test]
fn a_count_that_cannot_be_read_is_not_taken_for_none() {
    for (count, readable) in [
        ("", true),
        (r#""TotalCount":null,"#, true),
        (r#""TotalCount":"1","#, true),
        (r#""TotalCount":1,"TotalCount":5000,"#, false),
        (r#""TotalCount":99999999999999999999999,"#, false),
        (r#""TotalCount":"5000+","#, false),
        (r#""TotalCount":-1,"#, false),
        (r#""TotalCount":[5000],"#, false),
    ] {
        let record = r#"{"CertificateId":"a","Status":1,"CertEndTime":"2027-01-01 00:00:00"}"#;
        let body = format!(r#"{{"Response":{{{count}"Certificates":[{record}]}}}}"#);
        let told = page("tencent", &[], &body).expect("a list");
        let why = told.iter().filter_map(|part| part.missing.as_ref());
        let unread = why.filter(|error| error.message.contains("count of it cannot be read"));
        assert_eq!(unread.count(), usize::from(!readable), "{count}");
    }
}

#[test]
fn a_list_of_apps_that_repeats_itself_is_not_known_to_be_whole() {
    let body =
        r#"{"RequestId":"r","SummaryAppInfos":{"SummaryAppInfo":[{"AppKey":1},{"AppKey":"1"}]}}"#;
    let told = page("mpush", &[], body).expect("a list");
    assert_eq!(told[0].ids, ["1"]);
    assert!(told[0].missing.is_some());
}

#[test]
fn a_list_may_be_null_and_may_be_absent_only_where_it_is_empty() {
    for (members, told) in [
        (r#""total_count":0"#, Some(0)),
        (r#""total_count":0,"certificates":null"#, Some(0)),
        (r#""total_count":5,"certificates":null"#, Some(1)),
        (r#""total_count":5"#, None),
        (r#""total_count":0,"certificates":7"#, None),
        (r#""total_count":0,"certificates":{}"#, None),
    ] {
        let body = format!("{{{members}}}");
        let missing = |parts: Vec<ListBatch>| parts.iter().filter(|p| p.missing.is_some()).count();
        assert_eq!(page("huawei", &[], &body).ok().map(missing), told, "{body}");
    }
}
