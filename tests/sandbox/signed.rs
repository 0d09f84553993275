//! Requests as a caller of each cloud would sign them, by hand.
//!
//! The targets used here are their own canonical form: plain ASCII, one parameter or sorted ones.

use certcheck::sandbox::services::esa::SITE_ID;
use certcheck::sandbox::services::huawei::PROJECT_ID;
use certcheck::sandbox::{Emulator, Sandbox};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::client::Request;

pub type Keys = Vec<(&'static str, &'static str)>;

pub fn sha256(data: &[u8]) -> String {
    hex::encode(Sha256::digest(data))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// The canonical request that the three clouds share; the sorted names are those to sign.
fn canonical(request: &Request, path: &str, names: &[&str]) -> String {
    let (_, query) = request.target.split_once('?').unwrap_or(("", ""));
    let headers: String = names
        .iter()
        .map(|name| format!("{name}:{}\n", request.get(name)))
        .collect();
    format!(
        "{}\n{path}\n{query}\n{headers}\n{}\n{}",
        request.method,
        names.join(";"),
        sha256(&request.body)
    )
}

fn sorted(request: &Request, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let names = request.headers.iter().map(|(name, _)| name.clone());
    let mut names: Vec<String> = names.filter(|name| wanted(name)).collect();
    names.sort();
    names
}

/// ACS3-HMAC-SHA256 over `host` and every `x-acs-*`, but for the names left out.
pub fn acs3(request: Request, keys: &Keys, left_out: &str) -> Request {
    let names = sorted(&request, |name| {
        (name == "host" || name.starts_with("x-acs-")) && name != left_out
    });
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let canonical = canonical(&request, "/", &names);
    let text = format!("ACS3-HMAC-SHA256\n{}", sha256(canonical.as_bytes()));
    let signature = hex::encode(hmac(keys[1].1.as_bytes(), &text));
    let value = format!(
        "ACS3-HMAC-SHA256 Credential={},SignedHeaders={},Signature={signature}",
        keys[0].1,
        names.join(";")
    );
    request.set("authorization", &value)
}

/// The headers of an Alibaba call, not signed yet.
pub fn alibaba(
    sandbox: &Sandbox,
    service: &'static Emulator,
    method: &str,
    query: &str,
    nonce: &str,
) -> Request {
    let (action, version) = match service.name {
        "mpush" => ("CheckCertificate", "2016-08-01"),
        _ => ("GetClientCertificate", "2024-09-10"),
    };
    Request::new(method, &format!("/?{query}"), &sandbox.endpoint(service))
        .set("x-acs-action", action)
        .set("x-acs-version", version)
        .set("x-acs-date", "2026-11-22T08:00:00Z")
        .set("x-acs-signature-nonce", nonce)
        .set("x-acs-content-sha256", &sha256(b""))
        .set("accept", "application/json")
}

pub fn mpush(sandbox: &Sandbox, id: &str, nonce: &str) -> Request {
    let request = alibaba(
        sandbox,
        Emulator::MPUSH,
        "POST",
        &format!("AppKey={id}"),
        nonce,
    );
    acs3(request, &Emulator::MPUSH.credentials(), "")
}

pub fn esa(sandbox: &Sandbox, id: &str, nonce: &str) -> Request {
    let query = format!("Id={id}&SiteId={SITE_ID}");
    let request = alibaba(sandbox, Emulator::ESA, "GET", &query, nonce);
    acs3(request, &Emulator::ESA.credentials(), "")
}

/// SDK-HMAC-SHA256 over `host` and every `x-*` header, but for the name left out.
pub fn sdk_hmac(request: Request, keys: &Keys, left_out: &str) -> Request {
    let names = sorted(&request, |name| {
        (name == "host" || name.starts_with("x-")) && name != left_out
    });
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let path = request.target.split('?').next().unwrap_or_default();
    let canonical = canonical(&request, &format!("{path}/"), &names);
    let text = format!(
        "SDK-HMAC-SHA256\n{}\n{}",
        request.get("x-sdk-date"),
        sha256(canonical.as_bytes())
    );
    let signature = hex::encode(hmac(keys[1].1.as_bytes(), &text));
    let value = format!(
        "SDK-HMAC-SHA256 Access={}, SignedHeaders={}, Signature={signature}",
        keys[0].1,
        names.join(";")
    );
    request.set("authorization", &value)
}

pub fn huawei_target(sandbox: &Sandbox, target: &str) -> Request {
    Request::new("GET", target, &sandbox.endpoint(Emulator::HUAWEI))
        .set("x-sdk-date", "20261122T080000Z")
}

pub fn huawei(sandbox: &Sandbox, id: &str) -> Request {
    let request = huawei_target(sandbox, &format!("/v3/scm/certificates/{id}"));
    sdk_hmac(request, &Emulator::HUAWEI.credentials(), "")
}

pub fn huawei_legacy(sandbox: &Sandbox, project: &str, id: &str) -> Request {
    let request = huawei_target(sandbox, &format!("/v2/{project}/scm/cert/{id}"))
        .set("x-project-id", PROJECT_ID);
    sdk_hmac(request, &Emulator::HUAWEI.credentials(), "")
}

/// TC3-HMAC-SHA256 over these headers, with the scope's date as given.
pub fn tc3(request: Request, keys: &Keys, names: &[&str], date: &str) -> Request {
    let canonical = canonical(&request, "/", names).replace(
        "x-tc-action:DescribeCertificate",
        "x-tc-action:describecertificate",
    );
    let scope = format!("{date}/ssl/tc3_request");
    let text = format!(
        "TC3-HMAC-SHA256\n{}\n{scope}\n{}",
        request.get("x-tc-timestamp"),
        sha256(canonical.as_bytes())
    );
    let key = hmac(format!("TC3{}", keys[1].1).as_bytes(), date);
    let key = hmac(&hmac(&key, "ssl"), "tc3_request");
    let signature = hex::encode(hmac(&key, &text));
    let value = format!(
        "TC3-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={}, Signature={signature}",
        keys[0].1,
        names.join(";")
    );
    request.set("authorization", &value)
}

/// The headers of a Tencent call, not signed yet.
pub fn tencent_body(sandbox: &Sandbox, body: &str) -> Request {
    Request::new("POST", "/", &sandbox.endpoint(Emulator::TENCENT))
        .set("content-type", "application/json")
        .set("x-tc-action", "DescribeCertificate")
        .set("x-tc-version", "2019-12-05")
        .set("x-tc-timestamp", &crate::NOW.to_string())
        .with_body(body)
}

pub const TC3_NAMES: [&str; 2] = ["content-type", "host"];

pub fn tencent(sandbox: &Sandbox, id: &str) -> Request {
    let request = tencent_body(sandbox, &format!("{{\"CertificateId\":\"{id}\"}}"));
    tc3(
        request,
        &Emulator::TENCENT.credentials(),
        &TC3_NAMES,
        "2026-11-22",
    )
}
