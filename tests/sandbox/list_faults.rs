//! What may be wrong with a list: every fault of lists at every service, and at lists alone.

use certcheck::sandbox::services::esa::SITE_ID;
use certcheck::sandbox::services::esa::site_of;
use certcheck::sandbox::{Emulator, FaultKind};
use serde_json::Value;

use crate::listed::{Listed, ask, estate, list, page, size, walk};
use crate::signed::tencent;

/// The services whose lists have pages and tell their length.
const PAGED: [&Emulator; 4] = [
    Emulator::ESA,
    Emulator::HUAWEI,
    Emulator::TENCENT,
    Emulator::PBX,
];

/// The first page of a service's list of certificates, for one fault and seven certificates.
fn with_fault(service: &'static Emulator, fault: &str) -> Listed {
    let sandbox = estate(7, &[&format!("{}={fault}", service.name)]);
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
    let listed = with_fault(Emulator::MPUSH, "null-list").reply.json();
    assert_eq!(
        listed["SummaryAppInfos"],
        serde_json::json!({"SummaryAppInfo": null})
    );
    let listed = with_fault(Emulator::MPUSH, "null-all").reply.json();
    assert_eq!(listed.get("SummaryAppInfos"), Some(&Value::Null));
}

#[test]
fn pages_that_repeat_themselves_or_are_short() {
    for service in PAGED {
        let name = service.name;
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
    assert_eq!(with_fault(Emulator::MPUSH, "short-page").ids().len(), 3);
}

#[test]
fn a_list_that_shrinks_or_grows_between_its_pages() {
    for service in PAGED {
        let name = service.name;
        let here = |id: &String| site_of(id).is_none_or(|site| site == SITE_ID);
        let ids: Vec<String> = service.generated_ids(42).into_iter().filter(here).collect();
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
        let all = service.generated_ids(44);
        assert_eq!(
            third.ids()[..3],
            [all[43].clone(), all[42].clone(), ids[0].clone()]
        );
    }
    let sandbox = estate(1, &["tencent=grow"]);
    let endpoint = sandbox.endpoint(Emulator::TENCENT);
    let ids = || ask(&sandbox, Emulator::TENCENT, "{}").ids();
    let told =
        || tencent(&sandbox, "sbxE0000002").send(&endpoint).json()["Response"]["Status"].clone();
    assert_eq!((ids().len(), told()), (1, Value::Null));
    assert_eq!(
        (ids().len(), told()),
        (2, 1.into()),
        "what was added is known"
    );
    let sandbox = estate(2, &["tencent=shrink"]);
    let left = [0; 4].map(|_| ask(&sandbox, Emulator::TENCENT, "{}").ids().len());
    assert_eq!(left, [2, 1, 0, 0]);
}

#[test]
fn a_page_too_large_of_which_half_is_not() {
    const LIMIT: usize = 8 * 1024 * 1024;
    for service in PAGED {
        let fault = format!("{}=fat:{}", service.name, LIMIT / 40);
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
        (Emulator::MPUSH, "NoPermission", "mpush:ListSummaryApps"),
        (Emulator::ESA, "NoPermission", "esa:ListClientCertificates"),
        (Emulator::HUAWEI, "SCM.4002", "scm:cert:list"),
        (
            Emulator::TENCENT,
            "AuthFailure.UnauthorizedOperation",
            "ssl:DescribeCertificates",
        ),
        (Emulator::PBX, "10005", "ACCESS DENIED"),
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
        let reply = tencent(&sandbox, "sbxE0000001").send(&sandbox.endpoint(Emulator::TENCENT));
        assert_eq!(reply.json()["Response"]["CertificateId"], "sbxE0000001");
        assert_eq!(sandbox.seen()[0].outcome, "ok", "{kind}");
    }
    // Any fault can be one of a list, named by its call.
    for (service, action) in [
        (Emulator::MPUSH, "ListSummaryApps"),
        (Emulator::ESA, "ListClientCertificates"),
        (Emulator::HUAWEI, "ListCertificates"),
        (Emulator::TENCENT, "DescribeCertificates"),
        (Emulator::PBX, "certificate/list"),
    ] {
        let fault = format!("{}/{action}=status:503*1", service.name);
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
    let endpoint = sandbox.endpoint(Emulator::TENCENT);
    let mut wrong = list(&sandbox, Emulator::TENCENT, "{}");
    wrong.body = b"{\"Offset\":0}".to_vec();
    wrong.send(&endpoint);
    let refused = ask(&sandbox, Emulator::TENCENT, "{\"Limit\":-1}");
    assert_eq!(refused.code(), "InvalidParameterValue");
    let counts = [0; 3].map(|_| ask(&sandbox, Emulator::TENCENT, "{}").ids().len());
    assert_eq!(counts, [5, 4, 5], "and twice is twice");
    assert_eq!(walk(&sandbox, Emulator::TENCENT, 2).len(), 5);
}
