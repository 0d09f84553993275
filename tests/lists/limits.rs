//! How long a list may be: what passes that is not followed until the memory ends.

use certcheck::error::Kind;
use certcheck::exchange::FlowProgress;
use serde_json::json;

use crate::answers::list;
use crate::rows::{answered, is_whole, told};

#[test]
fn a22_a_list_of_too_many_certificates_ends_as_incomplete() {
    const MOST: usize = 200_000;
    for (count, whole) in [(MOST, true), (MOST + 1, false), (MOST + 5_000, false)] {
        let rows: Vec<String> = (0..count).map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
        let body = format!(
            r#"{{"total_count":{count},"certificates":[{}]}}"#,
            rows.join(",")
        );
        let empty = format!(r#"{{"total_count":{count},"certificates":[]}}"#);
        let told = told("huawei", &[], &body, &empty);
        assert_eq!(told[0].certificates.len(), MOST);
        let missing = told.iter().find_map(|listed| listed.missing.as_ref());
        assert_eq!(missing.is_none(), whole, "{count}");
        if let Some(error) = missing {
            assert_eq!(told.len(), 1, "nothing more is asked for");
            assert!(
                error.message.contains("200000 certificates"),
                "{}",
                error.message
            );
            assert!(error.hint().contains("by their ids"));
            assert_eq!(error.kind, Kind::Protocol);
        }
    }
    // Apps are told in one answer, and each would be asked for.
    let apps: Vec<String> = (1..=MOST + 1)
        .map(|key| format!(r#"{{"AppKey":{key}}}"#))
        .collect();
    let body = format!(
        r#"{{"RequestId":"r","SummaryAppInfos":[{}]}}"#,
        apps.join(",")
    );
    let told = told("mpush", &[], &body, "");
    assert_eq!((told[0].ids.len(), is_whole(&told)), (MOST, false));
}

#[test]
fn a22_a_list_whose_rows_take_too_much_memory_ends_as_incomplete() {
    let mut flow = list("tencent", &[]);
    let name = "x".repeat(7 * 1024 * 1024);
    let mut rows = 0;
    for page in 0..60 {
        let row = |id| json!({"CertificateId": format!("{page}-{id}"), "Alias": name});
        let list = json!({"TotalCount": 500, "Certificates": [row(1)], "RequestId": "r"});
        let body = json!({"Response": list}).to_string();
        match answered(flow.as_mut(), &body) {
            FlowProgress::Part(part) => {
                assert!(part.missing.is_none());
                rows += part.certificates.len();
            }
            FlowProgress::Done(part) => {
                rows += part.certificates.len();
                let error = part.missing.expect("an error");
                assert!(error.message.contains("256 MiB"), "{}", error.message);
                // 36 of 7 MiB are 252.
                assert_eq!(rows, 36);
                return;
            }
            FlowProgress::More => panic!("a page of a list"),
        }
    }
    panic!("it goes on: {rows}");
}
