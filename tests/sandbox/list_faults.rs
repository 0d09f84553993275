//! What may be wrong with a list: every fault of lists at every service, and at lists alone.

use certcheck::sandbox::{FaultKind, SITE_ID, Service, estate_ids, site_of};
use serde_json::Value;

use crate::listed::{Listed, ask, estate, list, page, size, walk};
use crate::signed::tencent;

/// The services whose lists have pages and tell their length.
const PAGED: [Service; 4] = [
    Service::Esa,
    Service::Huawei,
    Service::Tencent,
    Service::Pbx,
];

/// The first page of a service's list of certificates, for one fault and seven certificates.
fn with_fault(service: Service, fault: &str) -> Listed {
    let sandbox = estate(7, &[&format!("{}={fault}", service.name())]);
    let listed = ask(&sandbox, service, &page(service, 1, size(service)));
    let seen = sandbox.seen();
    let hit = seen.iter().filter(|seen| seen.outcome == fault).count();
    assert_eq!(hit, 1, "{service:?} {fault}: once, and not its token");
    listed
}

#[test]
fn a_list_that_tells_another_length_or_none() {
    for service in PAGED {
        let listed = with_fault(service, "total:100000");
        assert_eq!((listed.ids().len(), listed.total), (7, 100_000.into()));
        let listed = with_fault(service, "no-total");
        let text = listed.reply.text().to_lowercase();
        assert_eq!(listed.ids().len(), 7);
        assert!(!text.contains("total"), "{service:?}: {text}");
        let listed = with_fault(service, "null-list");
        assert_eq!((listed.list, listed.total), (Value::Null, 7.into()));
        let listed = with_fault(service, "null-all");
        let text = listed.reply.text().to_lowercase();
        assert_eq!((&listed.list, &listed.total), (&Value::Null, &Value::Null));
        assert!(text.contains("total"), "{service:?}: {text}");
    }
    let listed = with_fault(Service::Mpush, "null-list").reply.json();
    assert_eq!(
        listed["SummaryAppInfos"],
        serde_json::json!({"SummaryAppInfo": null})
    );
    let listed = with_fault(Service::Mpush, "null-all").reply.json();
    assert_eq!(listed.get("SummaryAppInfos"), Some(&Value::Null));
}

#[test]
fn pages_that_repeat_themselves_or_are_short() {
    for service in PAGED {
        let name = service.name();
        let sandbox = estate(45, &[&format!("{name}=same-page")]);
        let pages = [1, 2].map(|number| ask(&sandbox, service, &page(service, number, 10)).ids());
        assert_eq!((pages[0].len(), &pages[0]), (10, &pages[1]), "{service:?}");
        let listed = with_fault(service, "short-page");
        assert_eq!(
            (listed.ids().len(), listed.total),
            (3, 7.into()),
            "{service:?}"
        );
    }
    assert_eq!(with_fault(Service::Mpush, "short-page").ids().len(), 3);
}

#[test]
fn a_list_that_shrinks_or_grows_between_its_pages() {
    for service in PAGED {
        let name = service.name();
        let here = |id: &String| site_of(id).is_none_or(|site| site == SITE_ID);
        let ids: Vec<String> = estate_ids(service, 42).into_iter().filter(here).collect();
        // The one that slid from the second page to the first is on neither.
        let sandbox = estate(42, &[&format!("{name}=shrink")]);
        let first = ask(&sandbox, service, &page(service, 1, 10));
        let second = ask(&sandbox, service, &page(service, 2, 10));
        assert_eq!(
            (first.ids(), first.total),
            (ids[..10].to_vec(), ids.len().into())
        );
        assert_eq!(second.ids()[0], ids[11], "{service:?}");
        assert_eq!(second.total, ids.len() - 1);
        // And the other way round one is on both.
        let sandbox = estate(42, &[&format!("{name}=grow")]);
        let first = ask(&sandbox, service, &page(service, 1, 10));
        let second = ask(&sandbox, service, &page(service, 2, 10));
        let third = ask(&sandbox, service, &page(service, 1, 10));
        assert_eq!(
            (first.ids(), first.total),
            (ids[..10].to_vec(), ids.len().into())
        );
        assert_eq!(second.ids()[0], ids[9], "{service:?}");
        assert_eq!(second.total, ids.len() + 1);
        let all = estate_ids(service, 44);
        assert_eq!(
            third.ids()[..3],
            [all[43].clone(), all[42].clone(), ids[0].clone()]
        );
    }
    let sandbox = estate(1, &["tencent=grow"]);
    let endpoint = sandbox.endpoint(Service::Tencent);
    let ids = || ask(&sandbox, Service::Tencent, "{}").ids();
    let told =
        || tencent(&sandbox, "sbxE0000002").send(&endpoint).json()["Response"]["Status"].clone();
    assert_eq!((ids().len(), told()), (1, Value::Null));
    assert_eq!(
        (ids().len(), told()),
        (2, 1.into()),
        "what was added is known"
    );
    let sandbox = estate(2, &["tencent=shrink"]);
    let left = [0; 4].map(|_| ask(&sandbox, Service::Tencent, "{}").ids().len());
    assert_eq!(left, [2, 1, 0, 0]);
}

#[test]
fn a_page_too_large_of_which_half_is_not() {
    const LIMIT: usize = 8 * 1024 * 1024;
    for service in PAGED {
        let fault = format!("{}=fat:{}", service.name(), LIMIT / 40);
        let sandbox = estate(100, &[&fault]);
        let bytes = |size| {
            ask(&sandbox, service, &page(service, 1, size))
                .reply
                .body
                .len()
        };
        assert!(bytes(50) > LIMIT, "{service:?}");
        assert!((LIMIT / 4..LIMIT).contains(&bytes(20)), "{service:?}");
    }
}

#[test]
fn listing_denied_to_one_who_may_read() {
    for (service, code, word) in [
        (Service::Mpush, "NoPermission", "mpush:ListSummaryApps"),
        (Service::Esa, "NoPermission", "esa:ListClientCertificates"),
        (Service::Huawei, "SCM.4002", "scm:cert:list"),
        (
            Service::Tencent,
            "AuthFailure.UnauthorizedOperation",
            "ssl:DescribeCertificates",
        ),
        (Service::Pbx, "10005", "ACCESS DENIED"),
    ] {
        for fault in ["unlisted", "denied"] {
            let listed = with_fault(service, fault);
            assert_eq!(listed.code(), code, "{service:?}");
            assert!(listed.reply.text().contains(word), "{service:?}");
        }
    }
}

#[test]
fn what_only_lists_can_have_leaves_single_calls_alone() {
    for kind in FaultKind::of_lists() {
        let sandbox = estate(3, &[&kind.to_string()]);
        let reply = tencent(&sandbox, "sbxE0000001").send(&sandbox.endpoint(Service::Tencent));
        assert_eq!(reply.json()["Response"]["CertificateId"], "sbxE0000001");
        assert_eq!(sandbox.seen()[0].outcome, "ok", "{kind}");
    }
    // Any fault can be one of a list, named by its call.
    for (service, action) in [
        (Service::Mpush, "ListSummaryApps"),
        (Service::Esa, "ListClientCertificates"),
        (Service::Huawei, "ListCertificates"),
        (Service::Tencent, "DescribeCertificates"),
        (Service::Pbx, "certificate/list"),
    ] {
        let fault = format!("{}/{action}=status:503*1", service.name());
        let sandbox = estate(3, &[&fault, "tencent/DescribeCertificate=status:500"]);
        let request = list(&sandbox, service, &page(service, 1, size(service)));
        let reply = request.send(&sandbox.endpoint(service));
        assert_eq!(reply.status, 503, "{service:?}");
        let listed = ask(&sandbox, service, &page(service, 1, size(service)));
        assert_eq!(listed.ids().len(), 3);
    }
}

#[test]
fn a_wrong_signature_spends_no_fault_and_moves_no_list() {
    let sandbox = estate(5, &["tencent=shrink*2"]);
    let endpoint = sandbox.endpoint(Service::Tencent);
    let mut wrong = list(&sandbox, Service::Tencent, "{}");
    wrong.body = b"{\"Offset\":0}".to_vec();
    wrong.send(&endpoint);
    let refused = ask(&sandbox, Service::Tencent, "{\"Limit\":-1}");
    assert_eq!(refused.code(), "InvalidParameterValue");
    let counts = [0; 3].map(|_| ask(&sandbox, Service::Tencent, "{}").ids().len());
    assert_eq!(counts, [5, 4, 5], "and twice is twice");
    assert_eq!(walk(&sandbox, Service::Tencent, 2).len(), 5);
}
