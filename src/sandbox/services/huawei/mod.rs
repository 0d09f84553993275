//! Huawei SCM: v3 `ShowCertificate` and its v2 predecessor, behind SDK-HMAC-SHA256; and the door of the v3 list, which
//! stands in `list.rs`.
//!
//! Sources: the vendor's signing guide, "Common IAM authentication errors", the SCM and APIG error
//! tables. Messages of `APIGW.0301` are the real ones, which repeat the access key and the
//! canonical request.

pub(in crate::sandbox) mod list;
pub(in crate::sandbox) mod records;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::sandbox::dispatch::Visit;
use crate::sandbox::faults::FaultKind;
use crate::sandbox::list_faults::ListFault;
use crate::sandbox::signature::{
    Authorization, canonical_headers, canonical_query, canonical_request, encode, hmac, sha256_hex,
};
use crate::sandbox::wire::{About, Answer, Asks, Call};
use crate::sandbox::{Service, dates, echo, keys};

/// The project that the sandbox's Huawei keys belong to, for the v2 call.
pub const PROJECT_ID: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";

pub(in crate::sandbox) const JSON: &str = "application/json;charset=UTF-8";
const ALGORITHM: &str = "SDK-HMAC-SHA256";
const WINDOW: i64 = 15 * 60;
/// Consecutive failures after which a key is locked, and for how many seconds.
const FAILURES: u32 = 5;
const LOCKED: i64 = 5 * 60;

/// Failures in a row, by access key, and when the last one was.
#[derive(Default)]
pub(in crate::sandbox) struct Locks(HashMap<&'static str, (u32, DateTime<Utc>)>);

impl Locks {
    fn locked(&self, key: &str, now: DateTime<Utc>) -> bool {
        self.0
            .get(key)
            .is_some_and(|(count, last)| *count >= FAILURES && (now - *last).num_seconds() < LOCKED)
    }

    fn succeeded(&mut self, key: &str) {
        self.0.remove(key);
    }

    fn failed(&mut self, key: &'static str, now: DateTime<Utc>) {
        let (count, last) = self.0.entry(key).or_insert((0, now));
        let over = *count >= FAILURES && (now - *last).num_seconds() >= LOCKED;
        *count = if over { 1 } else { count.saturating_add(1) };
        *last = now;
    }
}

/// The calls that are served.
enum Route<'a> {
    List,
    Current(&'a str),
    Legacy { project: &'a str, id: &'a str },
}

fn route(call: &Call) -> Option<Route<'_>> {
    let parts: Vec<&str> = call.path.split('/').collect();
    match parts[..] {
        ["", "v3", "scm", "certificates"] => Some(Route::List),
        ["", "v3", "scm", "certificates", id] if !id.is_empty() => Some(Route::Current(id)),
        ["", "v2", project, "scm", "cert", id] if !id.is_empty() => {
            Some(Route::Legacy { project, id })
        }
        _ => None,
    }
}

pub(in crate::sandbox) fn describe(call: &Call) -> About {
    let route = route(call);
    let asks = match route {
        Some(Route::List) => Asks::List,
        _ => Asks::Certificate,
    };
    let (action, id) = match route {
        Some(Route::List) => ("ListCertificates", None),
        Some(Route::Current(id)) => ("ShowCertificate", Some(id)),
        Some(Route::Legacy { id, .. }) => ("ShowLegacyCertificate", Some(id)),
        None => (call.path.as_str(), None),
    };
    let decode = |id| percent_decode_str(id).decode_utf8_lossy().into_owned();
    About {
        action: action.to_owned(),
        id: id.map(decode),
        asks,
    }
}

pub(in crate::sandbox) fn answer(call: &Call, visit: &mut Visit<'_>) -> Answer {
    let route = match route(call) {
        Some(route) if call.method == "GET" => route,
        // A path or a method that the gateway does not know; not "no such certificate".
        _ => {
            let text = "The API does not exist or has not been published in the environment";
            return refusal(visit, 404, "APIGW.0101", text).at_the_gate();
        }
    };
    if let Err(message) = admit(call, visit) {
        let message = format!("Incorrect IAM authentication information: {message}");
        return refusal(visit, 401, "APIGW.0301", &message).at_the_gate();
    }
    let body = match route {
        Route::List => match list::list(call, visit) {
            Ok(body) => Some(body),
            Err(message) => return refusal(visit, 400, "SCM.0005", &message),
        },
        Route::Current(id) => records::current(id, visit).map(|body| body.to_string()),
        Route::Legacy { project, .. } if project != PROJECT_ID => {
            let text = "The project ID in the URL does not match that in the token.";
            return refusal(visit, 403, "SCM.0002", text);
        }
        Route::Legacy { id, .. } => records::legacy(id, visit),
    };
    match body {
        Some(body) => Answer::good(JSON, body).with_header("x-request-id", request_id(visit)),
        None => refusal(visit, 400, "SCM.0008", "The certificate ID is invalid."),
    }
}

fn request_id(visit: &Visit<'_>) -> String {
    format!("5a4db0c5ce274b0c8000{:012x}", visit.number)
}

/// The gateway names the request in the body as well; the service only in the header.
fn refusal(visit: &Visit<'_>, status: u16, code: &str, message: &str) -> Answer {
    let id = request_id(visit);
    let body = if code.starts_with("APIGW") {
        json!({"error_code": code, "error_msg": message, "request_id": id})
    } else {
        json!({"error_code": code, "error_msg": message})
    };
    Answer::refusal(status, JSON, code, &body).with_header("x-request-id", id)
}

fn admit(call: &Call, visit: &mut Visit<'_>) -> Result<(), String> {
    let Some(value) = call.header("authorization") else {
        return Err("x-auth-token not found".to_owned());
    };
    let Some(authorization) = Authorization::read(value, ALGORITHM, "Access", ", ") else {
        return Err("authorization header is malformed".to_owned());
    };
    // The service needs only X-Sdk-Date; the others are what a careful caller signs, and the
    // sandbox is there to notice when he does not.
    let scope = ["x-domain-id", "x-project-id", "x-security-token"]
        .into_iter()
        .filter(|name| call.header(name).is_some());
    if let Some(name) = authorization.unsigned(["host", "x-sdk-date"].into_iter().chain(scope)) {
        return Err(format!("verify aksk signature fail, {name} is not signed"));
    }
    timely(call, visit.now)?;
    let Some(key) = keys::find(Service::Huawei, &authorization.credential) else {
        return Err(format!("ak {} not exist", authorization.credential));
    };
    if visit.state.locks.locked(key.id, visit.now) {
        return Err("AK access failed to reach the limit,forbidden".to_owned());
    }
    let result = verified(call, &authorization, key);
    match result {
        Ok(()) => visit.state.locks.succeeded(key.id),
        Err(_) => visit.state.locks.failed(key.id, visit.now),
    }
    result
}

fn timely(call: &Call, now: DateTime<Utc>) -> Result<(), String> {
    let text = call.header("x-sdk-date").unwrap_or_default();
    let date = dates::exactly(text, "%Y%m%dT%H%M%SZ")
        .ok_or_else(|| "calc aksk signature fail:X-Sdk-Date is malformed".to_owned())?;
    if (now - date).num_seconds().abs() > WINDOW {
        return Err(format!(
            "calc aksk signature fail:signature expired, signature time:{text},server time:{}",
            now.format("%Y%m%dT%H%M%SZ")
        ));
    }
    Ok(())
}

fn verified(call: &Call, authorization: &Authorization, key: &keys::Key) -> Result<(), String> {
    if call.header("x-security-token") != key.token {
        return Err("decrypt token fail".to_owned());
    }
    let Some(canonical) = canonical(call, &authorization.signed) else {
        return Err("verify aksk signature fail, a signed header was not sent".to_owned());
    };
    if signature(call, &canonical, key.secret) != authorization.signature {
        return Err(mismatch(&canonical));
    }
    Ok(())
}

fn signature(call: &Call, canonical: &str, secret: &str) -> String {
    let date = call.header("x-sdk-date").unwrap_or_default();
    let hash = sha256_hex(canonical.as_bytes());
    let text = format!("{ALGORITHM}\n{date}\n{hash}");
    hex::encode(hmac(secret.as_bytes(), &text))
}

/// The canonical path is decoded once, encoded anew, and ends in a slash that is not on the wire.
fn canonical(call: &Call, signed: &[String]) -> Option<String> {
    let path = percent_decode_str(&call.path).decode_utf8_lossy();
    let segments: Vec<String> = path.split('/').map(encode).collect();
    let mut path = segments.join("/");
    if !path.ends_with('/') {
        path.push('/');
    }
    let headers = canonical_headers(call, signed)?;
    let query = canonical_query(call, false);
    Some(canonical_request(call, &path, &query, &headers, signed))
}

/// The real message: its canonical request with `|` for each line feed.
fn mismatch(canonical: &str) -> String {
    format!(
        "verify aksk signature fail, canonicalRequest:{}",
        canonical.replace('\n', "|")
    )
}

/// The faults that are told in Huawei's words.
pub(in crate::sandbox) fn refuse(
    kind: &FaultKind,
    call: &Call,
    visit: &mut Visit<'_>,
) -> Option<Answer> {
    match kind {
        FaultKind::Throttle => {
            let text = "The throttling threshold has been reached: policy user over ratelimit";
            Some(refusal(visit, 429, "APIGW.0308", text))
        }
        // A missing permission that comes as 401.
        FaultKind::Denied | FaultKind::List(ListFault::Unlisted) => {
            let action = match route(call) {
                Some(Route::List) => "scm:cert:list",
                _ => "scm:cert:get",
            };
            let text = format!("Policy does not allow {action} to be performed.");
            Some(refusal(visit, 401, "SCM.4002", &text))
        }
        FaultKind::Echo => {
            let names = call.headers.iter().map(|(name, _)| name.clone());
            let mut all: Vec<String> = names.filter(|name| name != "authorization").collect();
            all.sort_unstable();
            all.dedup();
            let value = call.header("authorization").unwrap_or_default();
            let (access, signed) = Authorization::read(value, ALGORITHM, "Access", ", ")
                .map_or((String::new(), all), |read| (read.credential, read.signed));
            let canonical = canonical(call, &signed).unwrap_or_default();
            let message = format!(
                "Incorrect IAM authentication information: {}, ak:{access}",
                mismatch(&canonical)
            );
            Some(refusal(visit, 401, "APIGW.0301", &message))
        }
        FaultKind::Repeat => {
            let text = echo::secrets_of(call);
            Some(refusal(visit, 400, "Sandbox.Repeat", &text))
        }
        _ => None,
    }
}

/// `2026-11-22 16:00:00.0`, so many days from now.
pub(in crate::sandbox) fn at(today: DateTime<Utc>, count: i64) -> String {
    dates::beijing_with_fraction(dates::days(today, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(target: &str, headers: &[(&str, &str)], hash: &str, expected: &str) {
        let headers: Vec<(String, String)> = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let signed: Vec<String> = headers.iter().map(|(name, _)| name.clone()).collect();
        let call = Call::new("GET".to_owned(), target.to_owned(), headers, Vec::new());
        let canonical = canonical(&call, &signed).expect("all were sent");
        assert_eq!(sha256_hex(canonical.as_bytes()), hash);
        let secret = "hwSkExampleNotARealSecretValue0000000001";
        assert_eq!(signature(&call, &canonical, secret), expected);
    }

    /// The request of the vendor's signing guide, whose hash is published; and one that the
    /// official SDK for Python sent to a loopback listener, with a path that needs encoding.
    #[test]
    fn the_guides_request_and_one_of_the_sdk() {
        check(
            "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs\
             ?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0",
            &[
                ("content-type", "application/json"),
                ("host", "service.region.example.com"),
                ("x-sdk-date", "20191115T033655Z"),
            ],
            "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a",
            "0e6630881311afee814b052a8c8afdb9a74b9cad232cf9df20fcd396b2bcade0",
        );
        check(
            "/v3/scm/certificates/my%20cert%20100%25",
            &[
                ("content-type", "application/json"),
                ("host", "scm.cn-north-4.myhuaweicloud.com"),
                ("user-agent", "certcheck-vectors/1"),
                ("x-domain-id", "f9e8d7c6b5a4938271605f4e3d2c1b0a"),
                ("x-sdk-date", "20260301T080910Z"),
            ],
            "e7025b11d8149b1102abb2aa2a51df2b2c826d444359e5eb6d520697076ffe56",
            "2d649cf54af25fd7a8f0c36ce5e2303548c8b6dc4aeb815dead66a8c578d1efb",
        );
    }
}
