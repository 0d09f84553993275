//! What every Alibaba RPC service shares: the signed request, the error envelope, the gateway's codes; and the services
//! that hand out temporary keys (`sts`, `instance_metadata`).
//!
//! Traps that live here: HTTP status is no class of its own (throttling comes as 400, an outage as 403); an error may
//! come in XML; a refused signature's message embeds the canonical request with the session token; parameters go into the
//! query even for POST.

pub mod credential_sources;
pub mod instance_metadata;
mod profiles;
pub mod sts;

use std::time::Duration;

use http::Method;

use super::error_codes::{CodeTable, lookup};
use super::response_body::{self, ProviderError};
use crate::credentials::Credential;
use crate::error::{Error, Kind};
use crate::exchange::{Endpoint, RateLimit, Request, Response, Stamp};
use crate::json::xml;
use crate::json::{Json, Object};
use crate::sign::{self, acs3, encode};

/// Published for calls beside these: 10 a second and user. These have no figure of their own.
pub const RATE_LIMIT: RateLimit = RateLimit {
    per_second: Some(10.0),
    in_flight: None,
};

/// The gateway's codes; a service's own table is asked first.
pub const CODES: CodeTable = &[
    ("Throttling*", Kind::Throttled),
    ("Rejected.Throttling", Kind::Throttled),
    ("ServiceUnavailable", Kind::Unavailable),
    ("InternalError", Kind::Unavailable),
    ("UnknownError", Kind::Unavailable),
    // A nonce that was seen before: signed afresh, the next try has a new one.
    ("SignatureNonceUsed", Kind::Unavailable),
    ("InvalidTimeStamp.Expired", Kind::Clock),
    ("InvalidTimeStamp.Format", Kind::Clock),
    ("IllegalTimestamp", Kind::Clock),
    ("SignatureDoesNotMatch", Kind::Credentials),
    ("IncompleteSignature", Kind::Credentials),
    ("InvalidSignatureMethod", Kind::Credentials),
    ("InvalidAccessKeyId*", Kind::Credentials),
    ("MissingSecurityToken", Kind::Credentials),
    ("InvalidSecurityToken*", Kind::Credentials),
    ("Forbidden.RiskControl", Kind::Refused),
    ("AccountDisabled", Kind::Refused),
    ("Forbidden", Kind::Permission),
    ("Forbidden.RAM", Kind::Permission),
    ("NoPermission", Kind::Permission),
    ("PermissionDenied", Kind::Permission),
    ("InvalidApi.NotFound", Kind::Config),
    ("InvalidAction.NotFound", Kind::Config),
    ("InvalidProduct.NotFound", Kind::Config),
    ("InvalidVersion", Kind::Config),
    ("UnsupportedHTTPMethod", Kind::Config),
    ("InvalidProtocol.NeedSsl", Kind::Config),
    ("Invalid*.NotFound", Kind::NotFound),
    ("Missing*", Kind::Usage),
    ("*.MissingParameter", Kind::Usage),
    ("InvalidParameter*", Kind::Usage),
    ("Invalid*", Kind::Usage),
];

/// One operation of one service.
pub struct Operation {
    /// `x-acs-action`.
    pub action: &'static str,
    /// `x-acs-version`.
    pub version: &'static str,
    /// Its own codes, asked before [`CODES`].
    pub codes: CodeTable,
    /// The RAM action that allows it.
    pub permission: &'static str,
}

/// A request signed for one try.
pub fn request(
    operation: &Operation,
    method: Method,
    endpoint: &Endpoint,
    parameters: &[(&str, &str)],
    credential: &Credential,
    stamp: Stamp,
) -> Result<Request, Error> {
    let query = encode::query(parameters);
    let (authority, nonce) = (endpoint.authority(), stamp.nonce_hex());
    let date = stamp.time.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let payload = sign::sha256_hex(b"");
    let mut headers = vec![
        ("host", authority.as_str()),
        ("x-acs-action", operation.action),
        ("x-acs-content-sha256", payload.as_str()),
        ("x-acs-date", date.as_str()),
        ("x-acs-signature-nonce", nonce.as_str()),
        ("x-acs-version", operation.version),
    ];
    headers.extend(
        credential
            .token()
            .map(|token| ("x-acs-security-token", token)),
    );
    let signable = sign::SignableRequest {
        method: method.as_str(),
        path: "/",
        query: &query,
        headers: &headers,
        body: b"",
    };
    let signed = acs3::sign(&signable, &credential.key());
    let target = if query.is_empty() {
        "/".to_owned()
    } else {
        format!("/?{query}")
    };
    let mut request = Request::new(method, endpoint, target, operation.action);
    // Without it the gateway may answer in XML.
    request.header("accept", "application/json")?;
    for (name, value) in headers.into_iter().filter(|(name, _)| *name != "host") {
        match name {
            "x-acs-security-token" => request.secret_header(name, value)?,
            _ => request.header(name, value)?,
        }
    }
    request.secret_header("authorization", &signed.authorization)?;
    Ok(request)
}

/// The answer's object, or the error that it is. `marks` are keys of which a real answer has one; a `Code`
/// is an error even inside HTTP 200.
pub fn answer(operation: &Operation, response: &Response, marks: &[&str]) -> Result<Object, Error> {
    let object = match response_body::object(response) {
        Ok(object) => object,
        Err(unread) => match xml::error(&response.body) {
            None => return Err(unread),
            Some(error) => error.map_err(|why| response_body::unreadable(response, &why))?,
        },
    };
    let good = (200..300).contains(&response.status);
    record(operation, &object, good, marks).map_err(|mut error| {
        error.retry_after = retry_after(response);
        response_body::with_status(error, response.status)
    })?;
    Ok(object)
}

/// The gateway's own way to say how long to wait, in milliseconds.
fn retry_after(response: &Response) -> Option<Duration> {
    let wait = response.number("x-acs-retry-after")?;
    Some(Duration::from_millis(wait))
}

/// The object of a saved answer, whatever it says: that inside the `body` that Alibaba's SDKs print it in, or the whole.
pub fn inner(answer: &Json) -> Option<&Object> {
    let answer = answer.as_object()?;
    Some(answer.object("body").unwrap_or(answer))
}

/// The record of a saved answer: bare, or inside the `body` that Alibaba's SDKs print it in.
pub fn saved<'a>(
    operation: &Operation,
    answer: &'a Json,
    marks: &[&str],
) -> Result<&'a Object, Error> {
    let answer = response_body::whole(answer)?;
    let wrapped = answer.object("body").filter(|_| !answer.has_any(marks));
    let object = wrapped.unwrap_or(answer);
    // The wrapper keeps the HTTP status that the answer came with.
    let status = answer.text("statusCode").filter(|_| wrapped.is_some());
    let good = status.is_none_or(|status| status == "200");
    record(operation, object, good, marks)?;
    Ok(object)
}

fn record(operation: &Operation, object: &Object, good: bool, marks: &[&str]) -> Result<(), Error> {
    // A failure beside a record is as much of a refusal as one alone.
    let failure = response_body::failure(object);
    if good && object.has_any(marks) && failure.is_none() {
        return Ok(());
    }
    match failure {
        Some(failure) => Err(refusal(operation, object, &failure.readable()?)),
        None => Err(response_body::wrong_shape(&format!(
            "no {}, and no error code",
            marks.join(" or ")
        ))
        .with_request_id(request_id(object))),
    }
}

fn refusal(operation: &Operation, object: &Object, failure: &ProviderError) -> Error {
    let code = failure.code.as_deref().unwrap_or(response_body::NO_REASON);
    let kind = lookup(&[operation.codes, CODES], code).unwrap_or(Kind::Refused);
    // The gateway's own explanation of a refused key holds the canonical request, token included.
    let text = match (code, kind) {
        ("SignatureDoesNotMatch", _) => {
            "Alibaba refused the signature: the secret does not belong to this access key"
                .to_owned()
        }
        (_, Kind::Credentials) => format!("Alibaba refused the key: {code}"),
        _ => response_body::refused(
            &format!("Alibaba refused {}", operation.action),
            &failure.text,
            code,
        ),
    };
    let error = Error::new(kind, text)
        .quoting(response_body::trimmed(&failure.text))
        .with_request_id(request_id(object));
    let error = match &failure.code {
        Some(code) => error.with_code(code),
        None => error,
    };
    match kind {
        Kind::Permission => error.with_hint(format!(
            "grant the RAM action {} to this key",
            operation.permission
        )),
        _ => error,
    }
}

/// `RequestId`, in either spelling.
pub fn request_id(object: &Object) -> Option<String> {
    object
        .text("RequestId")
        .or_else(|| object.text("requestId"))
}
