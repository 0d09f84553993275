//! The gateway: TC3-HMAC-SHA256, which the services of the vendor share.
//!
//! Sources: "Signature v3", the common error table.

use chrono::{DateTime, Utc};

use super::super::AccessKey;
use super::JSON;
use crate::sandbox::context::RequestContext;
use crate::sandbox::request::IncomingRequest;
use crate::sandbox::signature::{
    Authorization, canonical_headers, canonical_request, hmac, sha256_hex,
};

const ALGORITHM: &str = "TC3-HMAC-SHA256";
const WINDOW: u64 = 5 * 60;

/// Code and message.
pub(super) type TencentRefusal = (&'static str, String);

pub(super) fn routed(
    request: &IncomingRequest,
    action: &str,
    version: &str,
) -> Result<(), TencentRefusal> {
    if request.header("x-tc-action") != Some(action) {
        return Err(refused(
            "InvalidAction",
            "The request action is invalid or not found.",
        ));
    }
    if request.header("x-tc-version") != Some(version) {
        return Err(refused(
            "NoSuchVersion",
            "The interface version does not exist.",
        ));
    }
    Ok(())
}

pub(super) fn refused(code: &'static str, message: &str) -> TencentRefusal {
    (code, message.to_owned())
}

/// Verifies a request for one of the services behind the gateway.
pub(super) fn admit(
    request: &IncomingRequest,
    context: &RequestContext<'_>,
    service: &str,
) -> Result<(), TencentRefusal> {
    let date = whole(request, context.now)?;
    let invalid = |message: &str| refused("AuthFailure.InvalidAuthorization", message);
    let authorization = request
        .header("authorization")
        .and_then(|value| Authorization::read(value, ALGORITHM, "Credential", ", "))
        .ok_or_else(|| invalid("The Authorization header is invalid."))?;
    if authorization
        .unsigned(["content-type", "host"].into_iter())
        .is_some()
    {
        return Err(invalid("content-type and host must be signed."));
    }
    let parts: Vec<&str> = authorization.credential.split('/').collect();
    let id = match parts[..] {
        [id, scope, named, "tc3_request"] if named == service && scope == date => id,
        [_, scope, named, "tc3_request"] if named == service => {
            let message = format!("The date {scope} in the scope is not that of the timestamp.");
            return Err(("AuthFailure.InvalidAuthorization", message));
        }
        _ => return Err(invalid("The credential scope is invalid.")),
    };
    let key = context.emulator.key(id);
    let key =
        key.ok_or_else(|| refused("AuthFailure.SecretIdNotFound", "The SecretId is not found."))?;
    if request.header("x-tc-token") != key.token {
        return Err(refused("AuthFailure.TokenFailure", "The token is invalid."));
    }
    signed(request, &authorization, key, (&date, service))
}

/// Checks what every request has, signed or not; returns the UTC date of its timestamp.
pub(super) fn whole(
    request: &IncomingRequest,
    now: DateTime<Utc>,
) -> Result<String, TencentRefusal> {
    if request.method != "POST" {
        let message = format!("The method {} is not supported here.", request.method);
        return Err(("UnsupportedProtocol", message));
    }
    if request.path != "/" || !request.query.is_empty() {
        return Err(refused("InvalidParameter", "The request target must be /."));
    }
    for name in ["x-tc-action", "x-tc-version", "x-tc-timestamp"] {
        if request.header(name).is_none_or(str::is_empty) {
            let message = format!("The request is missing the header {name}.");
            return Err(("MissingParameter", message));
        }
    }
    if request.header("content-type") != Some(JSON) {
        return Err(refused(
            "UnsupportedProtocol",
            "The content type must be application/json.",
        ));
    }
    timely(request, now)
}

/// The UTC date of the timestamp, if that is not more than five minutes away.
fn timely(request: &IncomingRequest, now: DateTime<Utc>) -> Result<String, TencentRefusal> {
    let text = request.header("x-tc-timestamp").unwrap_or_default();
    let date = text
        .parse()
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .ok_or_else(|| refused("InvalidParameter", "X-TC-Timestamp is not a Unix time."))?;
    if now.timestamp().abs_diff(date.timestamp()) > WINDOW {
        return Err(refused(
            "AuthFailure.SignatureExpire",
            "The timestamp in the request differs from the server time by more than five minutes.",
        ));
    }
    Ok(date.format("%Y-%m-%d").to_string())
}

fn signed(
    request: &IncomingRequest,
    authorization: &Authorization,
    key: &AccessKey,
    scope: (&str, &str),
) -> Result<(), TencentRefusal> {
    let failure = |message: &str| refused("AuthFailure.SignatureFailure", message);
    let expected = signature(request, &authorization.signed, key.secret, scope)
        .ok_or_else(|| failure("A signed header was not sent."))?;
    if expected != authorization.signature {
        return Err(failure(
            "The provided credentials could not be validated. Please check your signature is correct.",
        ));
    }
    Ok(())
}

/// The scope is a date and a service.
fn signature(
    request: &IncomingRequest,
    signed: &[String],
    secret: &str,
    (date, service): (&str, &str),
) -> Option<String> {
    // The document has names and values in lower case.
    let headers = canonical_headers(request, signed)?.to_lowercase();
    let canonical = canonical_request(request, "/", "", &headers, signed);
    let text = format!(
        "{ALGORITHM}\n{}\n{date}/{service}/tc3_request\n{}",
        request.header("x-tc-timestamp").unwrap_or_default(),
        sha256_hex(canonical.as_bytes())
    );
    let first = format!("TC3{secret}");
    let dated = hmac(first.as_bytes(), date);
    let signing = hmac(&hmac(&dated, service), "tc3_request");
    Some(hex::encode(hmac(&signing, &text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A request that the official SDK for Python sent, and one that signs a third header, by the
    /// rules of the document.
    #[test]
    fn requests_of_the_sdk() {
        let check = |content_type: &str, signed: &[&str], body: &str, expected: &str| {
            let headers = [
                ("content-type", content_type),
                ("host", "ssl.tencentcloudapi.com"),
                ("x-tc-action", "DescribeCertificate"),
                ("x-tc-timestamp", "1793588645"),
            ];
            let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let body = body.as_bytes().to_vec();
            let request =
                IncomingRequest::new("POST".to_owned(), "/".to_owned(), headers.to_vec(), body);
            let signed: Vec<String> = signed.iter().map(|name| (*name).to_owned()).collect();
            let secret = "exampleSecretKey000000000000000A";
            let found = signature(&request, &signed, secret, ("2026-11-02", "ssl"));
            assert_eq!(found.as_deref(), Some(expected));
        };
        check(
            "application/json",
            &["content-type", "host"],
            r#"{"CertificateId": "abCD1234"}"#,
            "f03d90161035a8aa2dd801023599ec45c5d505e6ef324ccc2d3a83dc5baad1fa",
        );
        check(
            "application/json; charset=utf-8",
            &["content-type", "host", "x-tc-action"],
            r#"{"CertificateId":"abCD1234"}"#,
            "9f57417b872265ef1edfd517e41e83e6bf66c1eaefa4744dabec00b0fb6ff0c3",
        );
    }
}
