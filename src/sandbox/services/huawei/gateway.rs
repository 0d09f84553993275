//! The gateway: SDK-HMAC-SHA256, and keys that are locked after failures.
//!
//! Sources: the vendor's signing guide, "Common IAM authentication errors". Messages are the real ones, which repeat the
//! access key and the canonical request.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use percent_encoding::percent_decode_str;

use super::super::AccessKey;
use crate::sandbox::context::RequestContext;
use crate::sandbox::dates;
use crate::sandbox::request::IncomingRequest;
use crate::sandbox::signature::{
    Authorization, canonical_headers, canonical_query, canonical_request, encode, hmac, sha256_hex,
};

const ALGORITHM: &str = "SDK-HMAC-SHA256";
const WINDOW: i64 = 15 * 60;
/// Consecutive failures after which a key is locked, and for how many seconds.
const FAILURES: u32 = 5;
const LOCKED: i64 = 5 * 60;

/// Failures in a row, by access key, and when the last one was.
#[derive(Default)]
pub(super) struct KeyLocks(HashMap<&'static str, (u32, DateTime<Utc>)>);

impl KeyLocks {
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

impl KeyLocks {
    /// Verifies a request; the error is the message of the refusal.
    pub fn admit(
        &mut self,
        request: &IncomingRequest,
        context: &RequestContext<'_>,
    ) -> Result<(), String> {
        let Some(value) = request.header("authorization") else {
            return Err("x-auth-token not found".to_owned());
        };
        let Some(authorization) = Authorization::read(value, ALGORITHM, "Access", ", ") else {
            return Err("authorization header is malformed".to_owned());
        };
        // The service needs only X-Sdk-Date; the others are what a careful caller signs, and the
        // sandbox is there to notice when he does not.
        let scope = ["x-domain-id", "x-project-id", "x-security-token"]
            .into_iter()
            .filter(|name| request.header(name).is_some());
        if let Some(name) = authorization.unsigned(["host", "x-sdk-date"].into_iter().chain(scope))
        {
            return Err(format!("verify aksk signature fail, {name} is not signed"));
        }
        timely(request, context.now)?;
        let Some(key) = context.emulator.key(&authorization.credential) else {
            return Err(format!("ak {} not exist", authorization.credential));
        };
        if self.locked(key.id, context.now) {
            return Err("AK access failed to reach the limit,forbidden".to_owned());
        }
        let result = verified(request, &authorization, key);
        match result {
            Ok(()) => self.succeeded(key.id),
            Err(_) => self.failed(key.id, context.now),
        }
        result
    }
}

fn timely(request: &IncomingRequest, now: DateTime<Utc>) -> Result<(), String> {
    let text = request.header("x-sdk-date").unwrap_or_default();
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

fn verified(
    request: &IncomingRequest,
    authorization: &Authorization,
    key: &AccessKey,
) -> Result<(), String> {
    if request.header("x-security-token") != key.token {
        return Err("decrypt token fail".to_owned());
    }
    let Some(canonical) = canonical(request, &authorization.signed) else {
        return Err("verify aksk signature fail, a signed header was not sent".to_owned());
    };
    if signature(request, &canonical, key.secret) != authorization.signature {
        return Err(mismatch(&canonical));
    }
    Ok(())
}

fn signature(request: &IncomingRequest, canonical: &str, secret: &str) -> String {
    let date = request.header("x-sdk-date").unwrap_or_default();
    let hash = sha256_hex(canonical.as_bytes());
    let text = format!("{ALGORITHM}\n{date}\n{hash}");
    hex::encode(hmac(secret.as_bytes(), &text))
}

/// The canonical path is decoded once, encoded anew, and ends in a slash that is not on the wire.
fn canonical(request: &IncomingRequest, signed: &[String]) -> Option<String> {
    let path = percent_decode_str(&request.path).decode_utf8_lossy();
    let segments: Vec<String> = path.split('/').map(encode).collect();
    let mut path = segments.join("/");
    if !path.ends_with('/') {
        path.push('/');
    }
    let headers = canonical_headers(request, signed)?;
    let query = canonical_query(request, false);
    Some(canonical_request(request, &path, &query, &headers, signed))
}

/// The message about a wrong signature, followed by the access key.
pub(super) fn echo(request: &IncomingRequest) -> String {
    let names = request.headers.iter().map(|(name, _)| name.clone());
    let mut all: Vec<String> = names.filter(|name| name != "authorization").collect();
    all.sort_unstable();
    all.dedup();
    let value = request.header("authorization").unwrap_or_default();
    let (access, signed) = Authorization::read(value, ALGORITHM, "Access", ", ")
        .map_or((String::new(), all), |read| (read.credential, read.signed));
    let canonical = canonical(request, &signed).unwrap_or_default();
    format!("{}, ak:{access}", mismatch(&canonical))
}

/// The real message: its canonical request with `|` for each line feed.
fn mismatch(canonical: &str) -> String {
    format!(
        "verify aksk signature fail, canonicalRequest:{}",
        canonical.replace('\n', "|")
    )
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
        let request =
            IncomingRequest::new("GET".to_owned(), target.to_owned(), headers, Vec::new());
        let canonical = canonical(&request, &signed).expect("all were sent");
        assert_eq!(sha256_hex(canonical.as_bytes()), hash);
        let secret = "hwSkExampleNotARealSecretValue0000000001";
        assert_eq!(signature(&request, &canonical, secret), expected);
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
