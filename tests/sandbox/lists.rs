//! The list calls of all five: what they hold, who may ask, and which pages there are.

use certcheck::sandbox::{CANARY, SITE_ID, Sandbox, Service, estate_ids, samples};
use serde_json::Value;

use crate::listed::{ask, estate, list, page, signed, size, walk};
use crate::{pbx, sandbox};

#[test]
fn without_an_estate_the_lists_hold_the_samples() {
    let sandbox = sandbox(&[]);
    for service in Service::ALL {
        let listed = ask(&sandbox, service, &page(service, 1, size(service)));
        let known = samples(service).into_iter().filter(|sample| !sample.legacy);
        let known: Vec<&str> = known.map(|sample| sample.id).collect();
        assert_eq!(listed.ids(), known, "{service:?}");
        if service != Service::Mpush {
            assert_eq!(listed.total, known.len(), "{service:?}");
        }
    }
}

#[test]
fn an_item_is_named_as_the_pages_say() {
    let sandbox = sandbox(&[]);
    let first = |service| {
        let listed = ask(&sandbox, service, &page(service, 1, size(service)));
        (listed.list[0].clone(), listed.reply.text())
    };
    let (item, text) = first(Service::Tencent);
    assert_eq!(item["CertEndTime"], "2027-04-21 17:00:00");
    assert_eq!(item["CertSANs"][0], "www.example.com");
    for private in ["OrderId", "SubmittedData", "DvAuthDetail"] {
        assert!(!text.contains(private), "{private}");
    }
    let (item, _) = first(Service::Huawei);
    assert_eq!(item["expire_time"], "2027-05-21 17:00:00.0");
    assert_eq!(item.get("not_after"), None);
    let (item, text) = first(Service::Esa);
    assert_eq!(item["NotAfter"], "2027-07-20 09:00:00");
    assert!(!text.contains("BEGIN CERTIFICATE"));
    let (item, _) = first(Service::Mpush);
    assert!(item["AppKey"].is_i64() && item["AppName"].is_string());
    // Its lists carry the DNS provider's credentials as its single calls do.
    let (item, text) = first(Service::Pbx);
    assert_eq!(item["expiration"], "2027/03/02 17:00:00");
    assert!(text.contains("auth_info_list") && text.contains(CANARY));
}

#[test]
fn a_list_is_for_those_who_sign_it() {
    let sandbox = estate(20, &[]);
    for service in Service::ALL {
        if service == Service::Pbx {
            let other = pbx::get(&sandbox, "certificate/list", "other", "");
            assert_eq!(pbx::ask(&sandbox, &other)["errcode"], 10_004);
            continue;
        }
        let endpoint = sandbox.endpoint(service);
        let question = page(service, 1, 10);
        let wrong = signed(&sandbox, service, &question, "wrong").send(&endpoint);
        assert!(!wrong.text().contains("host00"), "{service:?}");
        let outcome = |sandbox: &Sandbox| sandbox.seen().pop().map(|seen| seen.outcome);
        let code = match service {
            Service::Huawei => "APIGW.0301",
            Service::Tencent => "AuthFailure.SignatureFailure",
            _ => "SignatureDoesNotMatch",
        };
        assert_eq!(outcome(&sandbox).as_deref(), Some(code));
        // Whatever asks for another page is not what was signed.
        let mut other = list(&sandbox, service, &question);
        match service {
            Service::Tencent => other.body = b"{\"Offset\":1}".to_vec(),
            _ => {
                other.target = other
                    .target
                    .replace("Number=1", "Number=2")
                    .replace("limit=10", "limit=20")
            }
        }
        let changed = service != Service::Mpush;
        other.send(&endpoint);
        let expected = if changed { code } else { "ok" };
        assert_eq!(outcome(&sandbox).as_deref(), Some(expected), "{service:?}");
    }
}

#[test]
fn pages_follow_each_other_without_a_gap() {
    let sandbox = estate(250, &[]);
    for service in [Service::Tencent, Service::Pbx] {
        let ids = estate_ids(service, 250);
        assert_eq!(walk(&sandbox, service, 40), ids, "{service:?}");
        assert_eq!(walk(&sandbox, service, 100), ids, "{service:?}");
        assert_eq!(ask(&sandbox, service, &page(service, 7, 40)).total, 250);
    }
    // Nobody gets farther than this at Huawei, whatever the list holds.
    let ids = estate_ids(Service::Huawei, 250);
    let mut front = Vec::new();
    for number in 1..=3 {
        let listed = ask(
            &sandbox,
            Service::Huawei,
            &page(Service::Huawei, number, 50),
        );
        assert_eq!(listed.total, 250);
        front.extend(listed.ids());
    }
    assert_eq!(front, ids[..150]);
    let beyond = ask(&sandbox, Service::Huawei, &page(Service::Huawei, 4, 50));
    assert_eq!(beyond.code(), "SCM.0005");
    let apps = ask(&sandbox, Service::Mpush, "");
    assert_eq!(apps.ids(), estate_ids(Service::Mpush, 250)[..10]);
}

#[test]
fn limits_are_those_of_each_service() {
    let sandbox = estate(1_200, &[]);
    let count = |service, question: &str| ask(&sandbox, service, question).ids().len();
    let code = |service, question: &str| ask(&sandbox, service, question).code();
    assert_eq!(count(Service::Tencent, "{}"), 10);
    assert_eq!(count(Service::Tencent, "{\"Limit\":5000}"), 1_000);
    assert_eq!(
        count(Service::Tencent, "{\"Offset\":1190,\"Limit\":50}"),
        10
    );
    assert_eq!(count(Service::Tencent, "{\"Offset\":5000}"), 0);
    for (body, refusal) in [
        ("{\"Limit\":\"10\"}", "InvalidParameter"),
        ("{\"Limit\":-1}", "InvalidParameterValue"),
        ("{\"ExpirationSort\":\"UP\"}", "InvalidParameterValue"),
        ("{\"PageSize\":10}", "UnknownParameter"),
        ("[]", "InvalidParameter"),
    ] {
        assert_eq!(code(Service::Tencent, body), refusal, "{body}");
    }
    assert_eq!(count(Service::Huawei, "limit=20"), 20);
    assert_eq!(count(Service::Huawei, "offset=100"), 10);
    for query in [
        "limit=100",
        "limit=1",
        "offset=101",
        "offset=-1",
        "sort_key=id",
        "page=1",
    ] {
        assert_eq!(code(Service::Huawei, query), "SCM.0005", "{query}");
    }
    let site = format!("SiteId={SITE_ID}");
    assert_eq!(count(Service::Esa, &site), 20);
    assert_eq!(count(Service::Esa, &format!("PageSize=500&{site}")), 500);
    let size = "InvalidParameter.PageSize";
    assert_eq!(code(Service::Esa, &format!("PageSize=501&{site}")), size);
    assert_eq!(code(Service::Esa, "PageSize=0"), size);
    assert_eq!(
        code(Service::Esa, "PageNumber=0"),
        "InvalidParameter.PageNumber"
    );
    assert_eq!(code(Service::Esa, "SiteId=1"), "InvalidParameter.SiteId");
    assert_eq!(
        code(Service::Esa, &format!("Keyword=a&{site}")),
        "InvalidParameter.Keyword"
    );
    assert_eq!(count(Service::Pbx, ""), 10);
    for query in [
        "&page=0",
        "&page_size=101",
        "&sort_by=owner",
        "&order_by=up",
        "&x=1",
    ] {
        assert_eq!(code(Service::Pbx, query), "40002", "{query}");
    }
}

#[test]
fn lists_are_sorted_and_filtered_on_request() {
    let sandbox = estate(120, &[]);
    let texts = |service, question: &str, member: &str| -> Vec<String> {
        let listed = ask(&sandbox, service, question);
        let text = |item: &Value| item[member].as_str().unwrap_or_default().to_owned();
        listed
            .list
            .as_array()
            .expect("a list")
            .iter()
            .map(text)
            .collect()
    };
    let ends = |sort: &str| {
        let body = format!("{{\"Limit\":1000,\"ExpirationSort\":\"{sort}\"}}");
        texts(Service::Tencent, &body, "CertEndTime")
    };
    let rising = ends("ASC");
    assert!(rising.is_sorted() && rising.len() == 120);
    assert!(ends("DESC").is_sorted_by(|left, right| left >= right));
    let ends = texts(
        Service::Huawei,
        "limit=50&offset=0&sort_dir=ASC&sort_key=certExpiredTime",
        "expire_time",
    );
    assert!(ends.is_sorted() && ends.len() == 50);
    let revoked = texts(Service::Huawei, "limit=50&status=REVOKED", "status");
    assert_eq!(revoked, ["REVOKED"]);
    let words = texts(
        Service::Huawei,
        "limit=50&sort_dir=ASC&sort_key=certStatus",
        "status",
    );
    assert!(
        words.is_sorted() && words.contains(&"ISSUED".to_owned()),
        "{words:?}"
    );
    assert_eq!(words[0], "CHECKING_DOMAIN");
    let latest = ask(
        &sandbox,
        Service::Huawei,
        "limit=10&sort_key=certUpdateTime",
    );
    assert_eq!(latest.ids(), estate_ids(Service::Huawei, 10));
    let ends = texts(
        Service::Pbx,
        "&page_size=100&sort_by=expiration&order_by=desc",
        "expiration",
    );
    assert!(ends.is_sorted_by(|left, right| left >= right));
    let found = ask(
        &sandbox,
        Service::Tencent,
        "{\"SearchKey\":\"host0000042\"}",
    );
    assert_eq!(found.ids(), ["sbxE0000042"]);
    assert_eq!(
        ask(&sandbox, Service::Tencent, "{\"CertificateType\":\"CA\"}").total,
        0
    );
    assert_eq!(ask(&sandbox, Service::Pbx, "&type=trusted").total, 0);
}
