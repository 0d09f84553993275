//! Generated certificates: known one by one as they are listed, spread over sites, and slow or throttled on request.

use std::collections::BTreeSet;

use certcheck::sandbox::services::esa::SITE_ID;
use certcheck::sandbox::services::esa::site_of;
use certcheck::sandbox::{Emulator, Sandbox};
use serde_json::Value;

use crate::listed::{ask, estate, page, size};
use crate::pbx;
use crate::signed::{acs3, alibaba, huawei, mpush, tencent};

/// What a single call tells about a certificate, and the code of a refusal.
fn single(sandbox: &Sandbox, service: &'static Emulator, id: &str) -> Value {
    let request = match service.name {
        "mpush" => mpush(sandbox, id, id),
        "esa" => at_site(sandbox, id, site_of(id).unwrap_or(SITE_ID)),
        "huawei" => huawei(sandbox, id),
        "tencent" => tencent(sandbox, id),
        "pbx" => {
            let token = pbx::token(sandbox);
            let request = pbx::get(sandbox, "certificate/get", &token, &format!("&id={id}"));
            let answer = pbx::ask(sandbox, &request);
            pbx::ask(sandbox, &pbx::get(sandbox, "del_token", &token, ""));
            return answer;
        }
        name => panic!("{name}: not known to this test"),
    };
    request.send(&sandbox.endpoint(service)).json()
}

fn at_site(sandbox: &Sandbox, id: &str, site: &str) -> crate::client::Request {
    let query = format!("Id={id}&SiteId={site}");
    let draft = alibaba(
        sandbox,
        Emulator::ESA,
        "GET",
        &query,
        &format!("{id}{site}"),
    );
    acs3(draft, &Emulator::ESA.credentials(), "")
}

#[test]
fn what_is_listed_is_known_one_by_one_and_the_same() {
    let sandbox = estate(12, &[]);
    for service in Emulator::all() {
        let listed = ask(&sandbox, service, &page(service, 1, size(service)));
        let items = listed.list.as_array().expect("a list").clone();
        assert!(items.len() >= 9, "{service:?}");
        for (id, item) in listed.ids().iter().zip(items) {
            let told = single(&sandbox, service, id);
            let same = match service.name {
                "mpush" => told["ProductionCertInfo"].is_object(),
                "esa" => told["Result"] == item,
                "huawei" => {
                    told["not_after"] == item["expire_time"] && told["sans"] == item["sans"]
                }
                "tencent" => {
                    let told = &told["Response"];
                    ["CertEndTime", "Status", "SubjectAltName"]
                        .iter()
                        .all(|name| told[name] == item[name])
                }
                "pbx" => told["certificate"] == item,
                name => panic!("{name}: not known to this test"),
            };
            assert!(same, "{id}: {told} {item}");
        }
        let last = service.generated_ids(13).pop().expect("thirteen");
        let told = single(&sandbox, service, &last).to_string();
        assert!(
            told.contains("NotFound") || told.contains("SCM.0008") || told.contains("60001"),
            "{told}"
        );
    }
}

#[test]
fn an_estate_is_spread_over_the_sites() {
    let sandbox = estate(60, &[]);
    let sites = ask(&sandbox, Emulator::ESA, "");
    assert_eq!((sites.ids().len(), &sites.total), (2, &Value::from(2)));
    let mut found = BTreeSet::new();
    for site in sites.ids() {
        let listed = ask(
            &sandbox,
            Emulator::ESA,
            &format!("PageSize=500&SiteId={site}"),
        );
        assert_eq!(listed.total, listed.ids().len());
        assert!(listed.ids().len() > 20, "{site}");
        for id in listed.ids() {
            assert_eq!(site_of(&id), Some(site.as_str()));
            found.insert(id);
        }
    }
    assert_eq!(found, Emulator::ESA.generated_ids(60).into_iter().collect());
    // A certificate is not at the other site.
    let id = Emulator::ESA.generated_ids(1).remove(0);
    let other = sites
        .ids()
        .into_iter()
        .find(|site| Some(site.as_str()) != site_of(&id));
    let reply = at_site(&sandbox, &id, &other.expect("another site"));
    let reply = reply.send(&sandbox.endpoint(Emulator::ESA));
    assert_eq!(reply.json()["Code"], "Certificate.NotFound");
}

#[test]
fn an_empty_estate_is_an_empty_list() {
    let sandbox = estate(0, &[]);
    for service in Emulator::all() {
        let listed = ask(&sandbox, service, &page(service, 1, size(service)));
        assert_eq!(listed.ids(), [""; 0], "{service:?}");
        assert!(service == Emulator::MPUSH || listed.total == 0);
    }
}

/// On a large page most items are made from another one of the same status and end.
#[test]
fn items_that_resemble_each_other_keep_their_own_names() {
    let sandbox = estate(130, &[]);
    let listed = ask(&sandbox, Emulator::TENCENT, "{\"Limit\":200}");
    let mut seen = BTreeSet::new();
    for (id, item) in listed
        .ids()
        .iter()
        .zip(listed.list.as_array().expect("a list"))
    {
        let told = &single(&sandbox, Emulator::TENCENT, id)["Response"];
        for name in ["CertificateId", "Domain", "SubjectAltName", "CertEndTime"] {
            assert_eq!(told[name], item[name], "{id}");
        }
        assert_eq!(item["CertSANs"][1], item["SubjectAltName"][0]);
        seen.insert(item["Domain"].to_string());
    }
    // The eighth supersedes the seventh, and the 104th the 103rd.
    assert_eq!((listed.ids().len(), seen.len()), (130, 128));
}
