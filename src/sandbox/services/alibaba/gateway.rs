//! The gateway: ACS3-HMAC-SHA256, nonces, and the temporary keys at the same endpoint.
//!
//! Source: "V3 request structure and signature". STS and instance metadata answer at the endpoint of the service.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::super::AccessKey;
use super::super::instance_metadata::InstanceMetadata;
use super::{ApiOperation, METADATA, refusal, sts};
use crate::sandbox::context::RequestContext;
use crate::sandbox::dates;
use crate::sandbox::reply::Reply;
use crate::sandbox::request::{IncomingRequest, RequestInfo};
use crate::sandbox::signature::{
    Authorization, canonical_headers, canonical_query, canonical_request, hmac, sha256_hex,
};

const ALGORITHM: &str = "ACS3-HMAC-SHA256";
const WINDOW: i64 = 15 * 60;

/// The gateway of one service.
pub(in super::super) struct Gateway {
    nonces: NonceStore,
    metadata: InstanceMetadata,
}

impl Gateway {
    pub fn new() -> Gateway {
        Gateway {
            nonces: NonceStore::default(),
            metadata: InstanceMetadata::new(&METADATA),
        }
    }

    /// The operation and ID of a request for STS or instance metadata; none for other requests.
    pub fn classify(&self, request: &IncomingRequest) -> Option<RequestInfo> {
        let metadata = self.metadata.classify(request);
        metadata.or_else(|| sts::classify(request))
    }

    /// The reply of STS or instance metadata, if the request is for them.
    pub fn handle(
        &mut self,
        request: &IncomingRequest,
        context: &RequestContext<'_>,
    ) -> Option<Reply> {
        let metadata = self.metadata.handle(request, context);
        metadata.or_else(|| sts::handle(self, request, context))
    }

    /// Verifies a request for an operation; the error is the refusal.
    pub fn admit(
        &mut self,
        request: &IncomingRequest,
        context: &RequestContext<'_>,
        operation: &ApiOperation,
    ) -> Result<(), Reply> {
        self.check(request, context, operation)
            .map_err(|(status, code, message)| {
                refusal(context, operation, status, code, &message).at_the_gate()
            })
    }

    fn check(
        &mut self,
        request: &IncomingRequest,
        context: &RequestContext<'_>,
        operation: &ApiOperation,
    ) -> Result<(), AlibabaRefusal> {
        routed(request, operation)?;
        let authorization = request
            .header("authorization")
            .and_then(|value| Authorization::read(value, ALGORITHM, "Credential", ","))
            .ok_or_else(|| {
                refused(
                    400,
                    "IncompleteSignature",
                    "The request signature does not conform to Aliyun standards.",
                )
            })?;
        complete(request, &authorization)?;
        timely(request, context.now)?;
        let nonce = request.header("x-acs-signature-nonce").unwrap_or_default();
        if !self.nonces.take(nonce, context.now) {
            return Err(refused(
                400,
                "SignatureNonceUsed",
                "Specified signature nonce was used already.",
            ));
        }
        let key = context.emulator.key(&authorization.credential);
        let key = key.ok_or_else(|| {
            refused(
                404,
                "InvalidAccessKeyId.NotFound",
                "Specified access key is not found.",
            )
        })?;
        trusted(request, key)?;
        signed(request, &authorization, key)
    }
}

/// The nonces that were used, in two generations of twice the window each. A date older than the window is refused
/// anyway, so what is older than both may be forgotten, all at once.
#[derive(Default)]
struct NonceStore {
    young: HashSet<String>,
    old: HashSet<String>,
    since: DateTime<Utc>,
}

impl NonceStore {
    /// Records a nonce; false if it was used before.
    fn take(&mut self, nonce: &str, now: DateTime<Utc>) -> bool {
        if (now - self.since).num_seconds() > 2 * WINDOW {
            self.old = std::mem::take(&mut self.young);
            self.since = now;
        }
        !self.old.contains(nonce) && self.young.insert(nonce.to_owned())
    }
}

/// HTTP status, code and message.
type AlibabaRefusal = (u16, &'static str, String);

fn refused(status: u16, code: &'static str, message: &str) -> AlibabaRefusal {
    (status, code, message.to_owned())
}

/// Method, path, operation and version.
fn routed(request: &IncomingRequest, operation: &ApiOperation) -> Result<(), AlibabaRefusal> {
    if request.path != "/" {
        return Err(refused(
            404,
            "InvalidApi.NotFound",
            "Specified api is not found, please check your url and method.",
        ));
    }
    if !operation.methods.contains(&request.method.as_str()) {
        return Err(refused(
            400,
            "UnsupportedHTTPMethod",
            "This http method is not supported.",
        ));
    }
    if request.header("x-acs-action") != Some(operation.action) {
        return Err(refused(
            404,
            "InvalidAction.NotFound",
            "Specified api is not found, please check your url and method.",
        ));
    }
    if request.header("x-acs-version") != Some(operation.version) {
        return Err(refused(
            400,
            "InvalidVersion",
            "Specified parameter Version is not valid.",
        ));
    }
    Ok(())
}

/// Every mandatory header was sent and signed, and the hash is that of the body.
fn complete(
    request: &IncomingRequest,
    authorization: &Authorization,
) -> Result<(), AlibabaRefusal> {
    const MANDATORY: [&str; 6] = [
        "host",
        "x-acs-action",
        "x-acs-version",
        "x-acs-date",
        "x-acs-signature-nonce",
        "x-acs-content-sha256",
    ];
    let incomplete = |name: &str, what: &str| {
        (
            400,
            "IncompleteSignature",
            format!("The header {name} {what}."),
        )
    };
    for name in MANDATORY {
        if request.header(name).is_none_or(str::is_empty) {
            return Err(incomplete(name, "is missing"));
        }
    }
    let sent = request.headers.iter().map(|(name, _)| name.as_str());
    let sent = sent.filter(|name| name.starts_with("x-acs-") || *name == "content-type");
    if let Some(name) = authorization.unsigned(MANDATORY.into_iter().chain(sent)) {
        return Err(incomplete(name, "is not signed"));
    }
    if request.header("x-acs-content-sha256") != Some(sha256_hex(&request.body).as_str()) {
        return Err(incomplete(
            "x-acs-content-sha256",
            "is not the hash of the body",
        ));
    }
    Ok(())
}

fn timely(request: &IncomingRequest, now: DateTime<Utc>) -> Result<(), AlibabaRefusal> {
    let date = request.header("x-acs-date").unwrap_or_default();
    let date = dates::exactly(date, "%Y-%m-%dT%H:%M:%SZ").ok_or_else(|| {
        refused(
            400,
            "InvalidTimeStamp.Format",
            "Specified time stamp or date value is not well formatted.",
        )
    })?;
    if (now - date).num_seconds().abs() > WINDOW {
        return Err(refused(
            400,
            "InvalidTimeStamp.Expired",
            "Specified time stamp or date value is expired.",
        ));
    }
    Ok(())
}

/// The session token belongs to the key.
fn trusted(request: &IncomingRequest, key: &AccessKey) -> Result<(), AlibabaRefusal> {
    match (key.token, request.header("x-acs-security-token")) {
        (Some(_), None) => Err(refused(
            400,
            "MissingSecurityToken",
            "SecurityToken is mandatory for this action.",
        )),
        (expected, sent) if expected != sent => Err(refused(
            400,
            "InvalidSecurityToken.MismatchWithAccessKey",
            "Specified SecurityToken mismatch with the AccessKey.",
        )),
        _ => Ok(()),
    }
}

fn signed(
    request: &IncomingRequest,
    authorization: &Authorization,
    key: &AccessKey,
) -> Result<(), AlibabaRefusal> {
    let Some(canonical) = canonical(request, &authorization.signed) else {
        return Err(refused(
            400,
            "IncompleteSignature",
            "A header of SignedHeaders was not sent.",
        ));
    };
    let text = string_to_sign(&canonical);
    if hex::encode(hmac(key.secret.as_bytes(), &text)) != authorization.signature {
        return Err((400, "SignatureDoesNotMatch", mismatch_of(&text, &canonical)));
    }
    Ok(())
}

/// The message about a wrong signature. The real one repeats both texts, and with them the session token.
pub(super) fn mismatch(request: &IncomingRequest) -> String {
    let mut all: Vec<String> = request
        .headers
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    all.retain(|name| name != "authorization");
    all.sort_unstable();
    all.dedup();
    let signed = request
        .header("authorization")
        .and_then(|value| Authorization::read(value, ALGORITHM, "Credential", ","))
        .map_or(all, |authorization| authorization.signed);
    let canonical = canonical(request, &signed).unwrap_or_default();
    mismatch_of(&string_to_sign(&canonical), &canonical)
}

fn canonical(request: &IncomingRequest, signed: &[String]) -> Option<String> {
    let headers = canonical_headers(request, signed)?;
    // On the wire a blank may be `+`; only the decoded pairs count.
    let query = canonical_query(request, true);
    Some(canonical_request(request, "/", &query, &headers, signed))
}

fn string_to_sign(canonical: &str) -> String {
    format!("{ALGORITHM}\n{}", sha256_hex(canonical.as_bytes()))
}

fn mismatch_of(text: &str, canonical: &str) -> String {
    format!(
        "Specified signature does not match our calculation. \
         server StringToSign is [{text}] server CanonicalRequest is [{canonical}]"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_remembered_for_as_long_as_its_date_is_taken() {
        let mut nonces = NonceStore::default();
        let at = |seconds| DateTime::from_timestamp(1_795_334_400 + seconds, 0).unwrap_or_default();
        assert!(nonces.take("a", at(0)));
        assert!(nonces.take("b", at(WINDOW)));
        for later in [0, WINDOW, 2 * WINDOW, 3 * WINDOW] {
            assert!(!nonces.take("b", at(later)), "{later}");
        }
        nonces.take("c", at(10 * WINDOW));
        assert!(nonces.take("a", at(20 * WINDOW)), "and not for ever");
        assert_eq!(nonces.young.len() + nonces.old.len(), 2);
    }
}
