//! List calls as a caller signs them, and what comes back.

use std::sync::Arc;

use certcheck::sandbox::services::esa::SITE_ID;
use certcheck::sandbox::{Emulator, Options, Sandbox};
use serde_json::Value;

use crate::client::{Reply, Request};
use crate::signed::{TC3_NAMES, acs3, alibaba, huawei_target, sdk_hmac, sha256, tc3, tencent_body};
use crate::{now, pbx};

/// A sandbox with so many generated certificates, whose clock stands still.
pub fn estate(count: u32, faults: &[&str]) -> Sandbox {
    let faults = faults.iter().map(|text| text.parse().expect(text));
    Sandbox::start(Options {
        certificates: Some(count),
        faults: faults.collect(),
        ..Options::new(Arc::new(now))
    })
    .expect("loopback has free ports")
}

/// A list call: at Tencent with a body, elsewhere with a query, whose parameters are sorted.
pub fn list(sandbox: &Sandbox, service: &'static Emulator, question: &str) -> Request {
    signed(sandbox, service, question, service.credentials()[1].1)
}

/// The same with any secret.
pub fn signed(
    sandbox: &Sandbox,
    service: &'static Emulator,
    question: &str,
    secret: &'static str,
) -> Request {
    let mut keys = service.credentials();
    keys[1].1 = secret;
    let nonce = sha256(format!("{question}{}", sandbox.seen().len()).as_bytes());
    match service.name {
        "mpush" => {
            let draft = alibaba(sandbox, service, "POST", question, &nonce);
            acs3(draft.set("x-acs-action", "ListSummaryApps"), &keys, "")
        }
        "esa" => {
            let action = if question.contains("SiteId") {
                "ListClientCertificates"
            } else {
                "ListSites"
            };
            let draft = alibaba(sandbox, service, "GET", question, &nonce);
            acs3(draft.set("x-acs-action", action), &keys, "")
        }
        "huawei" => {
            let target = format!("/v3/scm/certificates?{question}");
            sdk_hmac(huawei_target(sandbox, &target), &keys, "")
        }
        "tencent" => {
            let draft = tencent_body(sandbox, question).set("x-tc-action", "DescribeCertificates");
            tc3(draft, &keys, &TC3_NAMES, "2026-11-22")
        }
        "pbx" => {
            let token = pbx::token(sandbox);
            pbx::get(sandbox, "certificate/list", &token, question)
        }
        name => panic!("{name}: not known to this test"),
    }
}

/// The question for a page of a list of certificates. Mobile Push knows no pages.
pub fn page(service: &'static Emulator, number: usize, size: usize) -> String {
    let offset = (number - 1) * size;
    match service.name {
        "mpush" => String::new(),
        "esa" => format!("PageNumber={number}&PageSize={size}&SiteId={SITE_ID}"),
        "huawei" => format!("limit={size}&offset={offset}"),
        "tencent" => format!("{{\"Offset\":{offset},\"Limit\":{size}}}"),
        "pbx" => format!("&page={number}&page_size={size}"),
        name => panic!("{name}: not known to this test"),
    }
}

/// The reply and, of a good one, the two members.
pub struct Listed {
    pub reply: Reply,
    pub list: Value,
    pub total: Value,
}

impl Listed {
    /// The ids in the list, in its order.
    pub fn ids(&self) -> Vec<String> {
        let names = ["CertificateId", "Id", "id", "AppKey", "SiteId"];
        let id = |item: &Value| {
            let found = names.iter().find_map(|name| item.get(name)).expect("an id");
            found.as_str().map_or(found.to_string(), str::to_owned)
        };
        self.list
            .as_array()
            .expect("a list")
            .iter()
            .map(id)
            .collect()
    }

    /// The code of a refusal, or `ok`.
    pub fn code(&self) -> String {
        let json = self.reply.json();
        let codes = [
            &json["Code"],
            &json["error_code"],
            &json["Response"]["Error"]["Code"],
            &json["errcode"],
        ];
        let code = codes
            .into_iter()
            .find(|code| !code.is_null() && **code != 0);
        code.map_or("ok".to_owned(), |code| {
            code.as_str().map_or(code.to_string(), str::to_owned)
        })
    }
}

pub fn ask(sandbox: &Sandbox, service: &'static Emulator, question: &str) -> Listed {
    let request = list(sandbox, service, question);
    let reply = request.send(&sandbox.endpoint(service));
    if service == Emulator::PBX {
        // A box has few tokens to give.
        let mut leave = request.clone();
        leave.target = leave.target.replace("certificate/list", "del_token");
        pbx::ask(sandbox, &leave);
    }
    let json = reply.json();
    let inner = match service.name {
        "tencent" => &json["Response"],
        "mpush" => &json["SummaryAppInfos"],
        _ => &json,
    };
    let member = |names: &[&str]| {
        let found = names.iter().find_map(|name| inner.get(name));
        found.cloned().unwrap_or(Value::Null)
    };
    Listed {
        list: member(&[
            "Certificates",
            "certificates",
            "Result",
            "Sites",
            "certificate_list",
            "SummaryAppInfo",
        ]),
        total: member(&["TotalCount", "total_count", "total_number"]),
        reply,
    }
}

/// The size of a page that each service grants.
pub fn size(service: &'static Emulator) -> usize {
    match service.name {
        "huawei" => 50,
        _ => 100,
    }
}

/// Walks through a list until a page is empty.
pub fn walk(sandbox: &Sandbox, service: &'static Emulator, size: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 1.. {
        let listed = ask(sandbox, service, &page(service, number, size)).ids();
        if listed.is_empty() {
            break;
        }
        assert!(listed.len() <= size);
        ids.extend(listed);
    }
    ids
}
