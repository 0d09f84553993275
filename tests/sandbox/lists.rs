//! The list calls of all services: what they hold, who may ask, and which pages there are.

use certcheck::sandbox::services::esa::SITE_ID;
use certcheck::sandbox::{CANARY, Emulator, Sandbox};
use serde_json::Value;

use crate::listed::{ask, estate, list, page, signed, size, walk};
use crate::{pbx, sandbox};

#[test]
fn without_an_estate_the_lists_hold_the_samples() {
    let sandbox = sandbox(&[]);
    for service in Emulator::all() {
        let listed = ask(&sandbox, service, &page(service, 1, size(service)));
        let known = service.samples.iter().filter(|sample| sample.listed);
        let known: Vec<&str> = known.map(|sample| sample.id).collect();
        assert_eq!(listed.ids(), known, "{service:?}");
        if service != Emulator::MPUSH {
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
    let (item, text) = first(Emulator::TENCENT);
    assert_eq!(item["CertEndTime"], "2027-04-21 17:00:00");
    assert_eq!(item["CertSANs"][0], "www.example.com");
    for private in ["OrderId", "SubmittedData", "DvAuthDetail"] {
        assert!(!text.contains(private), "{private}");
    }
    let (item, _) = first(Emulator::HUAWEI);
    assert_eq!(item["expire_time"], "2027-05-21 17:00:00.0");
    assert_eq!(item.get("not_after"), None);
    let (item, text) = first(Emulator::ESA);
    assert_eq!(item["NotAfter"], "2027-07-20 09:00:00");
    assert!(!text.contains("BEGIN CERTIFICATE"));
    let (item, _) = first(Emulator::MPUSH);
    assert!(item["AppKey"].is_i64() && item["AppName"].is_string());
    // Its lists carry the DNS provider's credentials as its single calls do.
    let (item, text) = first(Emulator::PBX);
    assert_eq!(item["expiration"], "2027/03/02 17:00:00");
    assert!(text.contains("auth_info_list") && text.contains(CANARY));
}

#[test]
fn a_list_is_for_those_who_sign_it() {
    let sandbox = estate(20, &[]);
    for service in Emulator::all() {
        if service == Emulator::PBX {
            let other = pbx::get(&sandbox, "certificate/list", "other", "");
            assert_eq!(pbx::ask(&sandbox, &other)["errcode"], 10_004);
            continue;
        }
        let endpoint = sandbox.endpoint(service);
        let question = page(service, 1, 10);
        let wrong = signed(&sandbox, service, &question, "wrong").send(&endpoint);
        assert!(!wrong.text().contains("host00"), "{service:?}");
        let outcome = |sandbox: &Sandbox| sandbox.seen().pop().map(|seen| seen.outcome);
        let code = match service.name {
            "huawei" => "APIGW.0301",
            "tencent" => "AuthFailure.SignatureFailure",
            _ => "SignatureDoesNotMatch",
        };
        assert_eq!(outcome(&sandbox).as_deref(), Some(code));
        // Whatever asks for another page is not what was signed.
        let mut other = list(&sandbox, service, &question);
        match service.name {
            "tencent" => other.body = b"{\"Offset\":1}".to_vec(),
            _ => {
                other.target = other
                    .target
                    .replace("Number=1", "Number=2")
                    .replace("limit=10", "limit=20")
            }
        }
        let changed = service != Emulator::MPUSH;
        other.send(&endpoint);
        let expected = if changed { code } else { "ok" };
        assert_eq!(outcome(&sandbox).as_deref(), Some(expected), "{service:?}");
    }
}

#[test]
fn pages_follow_each_other_without_a_gap() {
    let sandbox = estate(250, &[]);
    for service in [Emulator::TENCENT, Emulator::PBX] {
        let ids = service.generated_ids(250);
        assert_eq!(walk(&sandbox, service, 40), ids, "{service:?}");
        assert_eq!(walk(&sandbox, service, 100), ids, "{service:?}");
        assert_eq!(ask(&sandbox, service, &page(service, 7, 40)).total, 250);
    }
    // Nobody gets farther than this at Huawei, whatever the list holds.
    let ids = Emulator::HUAWEI.generated_ids(250);
    let mut front = Vec::new();
    for number in 1..=3 {
        let listed = ask(
            &sandbox,
            Emulator::HUAWEI,
            &page(Emulator::HUAWEI, number, 50),
        );
        assert_eq!(listed.total, 250);
        front.extend(listed.ids());
    }
    assert_eq!(front, ids[..150]);
    let beyond = ask(&sandbox, Emulator::HUAWEI, &page(Emulator::HUAWEI, 4, 50));
    assert_eq!(beyond.code(), "SCM.0005");
    let apps = ask(&sandbox, Emulator::MPUSH, "");
    assert_eq!(apps.ids(), Emulator::MPUSH.generated_ids(250)[..10]);
}

#[test]
fn limits_are_those_of_each_service() {
    let sandbox = estate(1_200, &[]);
    let count = |service, question: &str| ask(&sandbox, service, question).ids().len();
    let code = |service, question: &str| ask(&sandbox, service, question).code();
    assert_eq!(count(Emulator::TENCENT, "{}"), 10);
    assert_eq!(count(Emulator::TENCENT, "{\"Limit\":5000}"), 1_000);
    assert_eq!(
        count(Emulator::TENCENT, "{\"Offset\":1190,\"Limit\":50}"),
        10
    );
    assert_eq!(count(Emulator::TENCENT, "{\"Offset\":5000}"), 0);
    for (body, refusal) in [
        ("{\"Limit\":\"10\"}", "InvalidParameter"),
        ("{\"Limit\":-1}", "InvalidParameterValue"),
        ("{\"ExpirationSort\":\"UP\"}", "InvalidParameterValue"),
        ("{\"PageSize\":10}", "UnknownParameter"),
        ("[]", "InvalidParameter"),
    ] {
        assert_eq!(code(Emulator::TENCENT, body), refusal, "{body}");
    }
    assert_eq!(count(Emulator::HUAWEI, "limit=20"), 20);
    assert_eq!(count(Emulator::HUAWEI, "offset=100"), 10);
    for query in [
        "limit=100",
        "limit=1",
        "offset=101",
        "offset=-1",
        "sort_key=id",
        "page=1",
    ] {
        assert_eq!(code(Emulator::HUAWEI, query), "SCM.0005", "{query}");
    }
    let site = format!("SiteId={SITE_ID}");
    assert_eq!(count(Emulator::ESA, &site), 20);
    assert_eq!(count(Emulator::ESA, &format!("PageSize=500&{site}")), 500);
    let size = "InvalidParameter.PageSize";
    assert_eq!(code(Emulator::ESA, &format!("PageSize=501&{site}")), size);
    assert_eq!(code(Emulator::ESA, "PageSize=0"), size);
    assert_eq!(
        code(Emulator::ESA, "PageNumber=0"),
        "InvalidParameter.PageNumber"
    );
    assert_eq!(code(Emulator::ESA, "SiteId=1"), "InvalidParameter.SiteId");
    assert_eq!(
        code(Emulator::ESA, &format!("Keyword=a&{site}")),
        "InvalidParameter.Keyword"
    );
    assert_eq!(count(Emulator::PBX, ""), 10);
    for query in [
        "&page=0",
        "&page_size=101",
        "&sort_by=owner",
        "&order_by=up",
        "&x=1",
    ] {
        assert_eq!(code(Emulator::PBX, query), "40002", "{query}");
    }
}

#[test]
fn lists_are_sorted_on_request() {
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
        texts(Emulator::TENCENT, &body, "CertEndTime")
    };
    let rising = ends("ASC");
    assert!(rising.is_sorted() && rising.len() == 120);
    assert!(ends("DESC").is_sorted_by(|left, right| left >= right));
    let ends = texts(
        Emulator::HUAWEI,
        "limit=50&offset=0&sort_dir=ASC&sort_key=certExpiredTime",
        "expire_time",
    );
    assert!(ends.is_sorted() && ends.len() == 50);
}
