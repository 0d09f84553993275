//! Pages of saved lists: what makes them a whole list, and what does not.

use serde_json::{Value, json};

use crate::saved_lists::{LISTS, inner, judge, judge_with, length, list, page, statuses};
use crate::support::report::{certificates, errors};

#[test]
fn f01_a_count_that_is_not_reached_or_not_told_is_an_incomplete_list() {
    for (provider, folder, keys) in LISTS {
        let whole = list(folder);
        let all = length(&whole, keys);
        for (count, part, complete) in [
            (json!(all + 8), 0..all, false),
            (json!(1), 0..1, true),
            (json!(2), 0..1, false),
            (json!(all - 1), 0..all, false),
            (json!("1"), 0..1, true),
            (json!(null), 0..1, false),
            (json!("many"), 0..1, false),
            (json!(-1), 0..1, false),
            (json!([1]), 0..1, false),
            (json!(1), 0..0, false),
        ] {
            let page = page(&whole, keys, count.clone(), part.clone());
            let (code, report) = judge(provider, page.to_string());
            assert_eq!(certificates(&report).len(), part.len());
            assert_eq!(
                report["complete"], complete,
                "{provider} {count} {part:?}: {report}"
            );
            let exit = match (complete, part.len()) {
                (true, 1) => 0,
                (false, 0 | 1) => 3,
                _ => 2,
            };
            assert_eq!(code, exit, "{provider} {count} {part:?}: {report}");
            if !complete {
                assert_eq!(errors(&report)[0]["kind"], "protocol", "{report}");
                let message = errors(&report)[0]["message"].to_string();
                assert!(
                    message.contains("the saved list is incomplete"),
                    "{message}"
                );
            }
        }
    }
}

#[test]
fn f01_pages_of_one_list_are_united_by_id() {
    for (provider, folder, keys) in LISTS {
        let whole = list(folder);
        let all = length(&whole, keys);
        let page = |part| page(&whole, keys, json!(all), part).to_string();
        let (first, last) = (page(0..2), page(1..all));
        for (form, complete) in [
            (format!("{first}{last}"), true),
            (format!("[{last},{first}]"), true),
            (format!("{first}\n{first}\n{last}\n{last}"), true),
            (format!("{first}{first}"), false),
        ] {
            let (_, report) = judge(provider, &form);
            assert_eq!(report["complete"], complete, "{provider}: {report}");
            let came = if complete { all } else { 2 };
            assert_eq!(certificates(&report).len(), came, "{provider}: {report}");
            assert_eq!(errors(&report).len(), usize::from(!complete));
        }
        // A broken page is told, and so is what it leaves open.
        let torn = &last[..last.len() / 2];
        let (_, report) = judge(provider, format!("{first}\n{torn}"));
        assert_eq!(
            (errors(&report).len(), &report["complete"]),
            (2, &json!(false)),
            "{report}"
        );
    }
}

#[test]
fn f01_pages_that_contradict_each_other_are_no_whole_list() {
    for (provider, folder, keys) in LISTS {
        let whole = list(folder);
        let all = length(&whole, keys);
        let ends = ["CertEndTime", "expire_time", "NotAfter", "expiration"];
        let mut other = page(&whole, keys, json!(all), 0..1);
        for key in ends {
            if other[keys[0]][0].get(key).is_some() {
                other[keys[0]][0][key] = json!("2020-01-01 00:00:00");
            }
        }
        let (code, report) = judge(provider, format!("{}{other}", inner(&whole)));
        assert_eq!((code, &report["complete"]), (2, &json!(false)), "{report}");
        let message = errors(&report)[0]["message"].to_string();
        assert!(message.contains("two different things about"), "{message}");
        // Counts of two accounts.
        let fewer = page(&whole, keys, json!(all + 1), 0..1);
        let (_, report) = judge(provider, format!("{}{fewer}", inner(&whole)));
        assert!(
            errors(&report)[0]["message"]
                .to_string()
                .contains("different counts"),
            "{report}"
        );
    }
}

#[test]
fn f01_an_empty_list_is_no_certificate_found() {
    for (provider, folder, keys) in LISTS {
        let whole = list(folder);
        for rows_told in [json!([]), json!(null)] {
            let mut empty = page(&whole, keys, json!(0), 0..0);
            empty[keys[0]] = rows_told;
            let (code, report) = judge(provider, empty.to_string());
            assert_eq!((code, errors(&report).len()), (3, 1), "{report}");
            assert_eq!(errors(&report)[0]["kind"], "not_found", "{report}");
            assert!(
                errors(&report)[0]["message"]
                    .to_string()
                    .contains("no certificate found")
            );
            let (code, report) = judge_with(provider, &["--allow-empty"], empty.to_string());
            assert_eq!((code, errors(&report).len()), (0, 0), "{report}");
            assert_eq!(
                judge_with(provider, &["-q", "--exit-zero"], empty.to_string()).0,
                3
            );
            // What tccli makes of an error: nulls, and exit code 0.
            empty[keys[1]] = json!(null);
            let (code, report) = judge_with(provider, &["--allow-empty"], empty.to_string());
            assert_eq!(code, 3, "{report}");
        }
    }
}

#[test]
fn f01_one_id_is_picked_out_of_a_list() {
    for (provider, folder, keys) in LISTS {
        let whole = list(folder);
        let id = &inner(&whole)[keys[0]][1][keys[2]];
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let all = length(&whole, keys);
        // What else the list may have does not matter then.
        let cut = page(&whole, keys, json!(all + 1), 0..all);
        let (_, report) = judge_with(provider, &["--id", &id], cut.to_string());
        assert_eq!(statuses(&report), ["EXPIRED"], "{report}");
        assert_eq!(
            (&report["complete"], errors(&report).len()),
            (&json!(true), 0),
            "{report}"
        );
        let (code, report) = judge_with(provider, &["--id", "424242"], inner(&whole).to_string());
        assert_eq!((code, certificates(&report).len()), (3, 0), "{report}");
        assert_eq!(errors(&report)[0]["kind"], "not_found");
        let (_, report) = judge_with(provider, &["--id", "424242"], cut.to_string());
        assert_eq!(
            (errors(&report).len(), &report["complete"]),
            (2, &json!(false)),
            "{report}"
        );
    }
}

#[test]
fn f01_lists_of_several_sites_stand_side_by_side() {
    let whole = list(LISTS[2].1);
    let mut other = whole.clone();
    other["SiteId"] = json!(7);
    let (_, report) = judge("esa", format!("{whole}{other}"));
    assert_eq!(
        (certificates(&report).len(), &report["complete"]),
        (6, &json!(true)),
        "{report}"
    );
    assert_eq!(certificates(&report)[3]["scope"], "site 7");
    other["TotalCount"] = json!(4);
    let (_, report) = judge("esa", format!("{whole}{other}"));
    let message = errors(&report)[0]["message"].to_string();
    assert!(
        message.starts_with("\"site 7: the saved list is incomplete"),
        "{message}"
    );
    // Another site than the one that is expected.
    let (code, report) = judge_with(
        "esa",
        &["--site-id", "8"],
        page(&whole, LISTS[2].2, json!(1), 0..1).to_string(),
    );
    assert_eq!(
        (code, &certificates(&report)[0]["notes"][0]["code"]),
        (3, &json!("site_mismatch")),
        "{report}"
    );
}

#[test]
fn f01_a_record_of_a_list_can_be_superseded_by_another() {
    let row = |id: &str, end: &str| {
        json!({"CertificateId": id, "Domain": "shop.example", "Status": 1, "CertificateType": "SVR",
            "CertBeginTime": "2020-01-01 00:00:00", "CertEndTime": end})
    };
    let page =
        |count, rows: &[Value]| json!({"TotalCount": count, "Certificates": rows}).to_string();
    let old = row("LstOld01", "2026-01-01 00:00:00");
    let new = row("LstNew01", "2027-10-01 00:00:00");
    for form in [
        page(2, &[old.clone(), new.clone()]),
        page(2, &[new.clone(), old.clone()]),
        format!("{}{}", page(2, &[old]), page(2, &[new])),
    ] {
        let (code, report) = judge("tencent", &form);
        assert_eq!(code, 2, "{report}");
        let (code, report) = judge_with("tencent", &["--ignore-superseded"], &form);
        assert_eq!(code, 0, "{report}");
        assert_eq!(statuses(&report).len(), 2);
    }
}

#[test]
fn f02_a_saved_error_in_xml_means_what_it_means_in_json() {
    let xml = "<?xml version='1.0'?><Error><RequestId>R-1</RequestId><Code>Throttling</Code>\
               <Message>wait</Message></Error>";
    let json = json!({"RequestId": "R-1", "Code": "Throttling", "Message": "wait"});
    for provider in ["mpush", "esa"] {
        let (code, told) = judge(provider, format!("\n {xml}\n"));
        let (as_json, wanted) = judge(provider, json.to_string());
        assert_eq!(code, as_json);
        assert_eq!(errors(&told), errors(&wanted));
        assert_eq!(errors(&told)[0]["kind"], "throttled", "{told}");
    }
    // What stands behind it is read, and one that is no error of that service is never an answer.
    for (provider, folder, keys) in LISTS {
        let whole = list(folder);
        let all = length(&whole, keys);
        let list = page(&whole, keys, json!(all), 0..all);
        let (code, told) = judge(provider, format!("{xml}\n{list}"));
        assert_eq!(
            (code, certificates(&told).len()),
            (2, all),
            "{provider} {told}"
        );
        assert_eq!(errors(&told).len(), 1, "{provider} {told}");
    }
}
