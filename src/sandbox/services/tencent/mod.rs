//! Tencent SSL, `DescribeCertificate`, behind TC3-HMAC-SHA256. The list stands in `list.rs`.
//!
//! Sources: the operation's page, "Signature v3", the common error table. Every answer comes with
//! HTTP 200, errors too, and with the bare content type. The service takes GET as well; the
//! sandbox does not, since nobody here has a reason to send it.

pub(in crate::sandbox) mod list;
pub(in crate::sandbox) mod records;
pub(in crate::sandbox) mod sts;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::sandbox::dispatch::Visit;
use crate::sandbox::faults::FaultKind;
use crate::sandbox::list_faults::ListFault;
use crate::sandbox::signature::{
    Authorization, canonical_headers, canonical_request, hmac, sha256_hex,
};
use crate::sandbox::wire::{About, Answer, Asks, Call, amend};
use crate::sandbox::{Service, echo, keys};

pub(in crate::sandbox) const JSON: &str = "application/json";
const ALGORITHM: &str = "TC3-HMAC-SHA256";
const ACTION: &str = "DescribeCertificate";
const VERSION: &str = "2019-12-05";
const WINDOW: u64 = 5 * 60;

pub(in crate::sandbox) fn describe(call: &Call) -> About {
    let action = call.header("x-tc-action").unwrap_or_default();
    About {
        action: action.to_owned(),
        id: certificate_id(call),
        asks: if action == list::ACTION {
            Asks::List
        } else {
            Asks::Certificate
        },
    }
}

fn certificate_id(call: &Call) -> Option<String> {
    let body: Value = serde_json::from_slice(&call.body).ok()?;
    Some(body.get("CertificateId")?.as_str()?.to_owned())
}

pub(in crate::sandbox) fn request_id(visit: &Visit<'_>) -> String {
    format!("5a4db0c5-ce27-4b0c-8000-{:012x}", visit.number)
}

pub(in crate::sandbox) fn refusal(visit: &Visit<'_>, code: &str, message: &str) -> Answer {
    let body = json!({"Response": {
        "Error": {"Code": code, "Message": message},
        "RequestId": request_id(visit),
    }});
    Answer::refusal(200, JSON, code, &body)
}

pub(in crate::sandbox) fn answer(call: &Call, visit: &mut Visit<'_>) -> Answer {
    let lists = call.header("x-tc-action") == Some(list::ACTION);
    let action = if lists { list::ACTION } else { ACTION };
    if let Err((code, message)) =
        admit(call, visit.now, "ssl").and_then(|()| routed(call, action, VERSION))
    {
        return refusal(visit, code, &message).at_the_gate();
    }
    if lists {
        return list::answer(call, visit);
    }
    let no = |code, message: &str| refusal(visit, code, message);
    let Ok(Value::Object(body)) = serde_json::from_slice(&call.body) else {
        return no("InvalidParameter", "The body is not a JSON object.");
    };
    if let Some(other) = body.keys().find(|key| *key != "CertificateId") {
        let message = format!("The parameter `{other}` is not recognized.");
        return no("UnknownParameter", &message);
    }
    match body.get("CertificateId") {
        None => no(
            "MissingParameter",
            "The request is missing a required parameter `CertificateId`.",
        ),
        Some(Value::String(id)) => match records::record(id, visit) {
            Some(mut record) => {
                amend(&mut record, json!({"RequestId": request_id(visit)}));
                Answer::good(JSON, json!({"Response": record}).to_string())
            }
            None => no(
                "FailedOperation.CertificateNotFound",
                "The certificate does not exist.",
            ),
        },
        Some(_) => no(
            "InvalidParameter",
            "The value type of parameter `CertificateId` is not valid.",
        ),
    }
}

/// A code and what is said about it.
pub(in crate::sandbox) type Refused = (&'static str, String);

pub(in crate::sandbox) fn routed(call: &Call, action: &str, version: &str) -> Result<(), Refused> {
    if call.header("x-tc-action") != Some(action) {
        return Err(refused(
            "InvalidAction",
            "The request action is invalid or not found.",
        ));
    }
    if call.header("x-tc-version") != Some(version) {
        return Err(refused(
            "NoSuchVersion",
            "The interface version does not exist.",
        ));
    }
    Ok(())
}

pub(in crate::sandbox) fn refused(code: &'static str, message: &str) -> Refused {
    (code, message.to_owned())
}

/// Lets a request for a service in, or says why not.
pub(in crate::sandbox) fn admit(
    call: &Call,
    now: DateTime<Utc>,
    service: &str,
) -> Result<(), Refused> {
    let date = whole(call, now)?;
    let invalid = |message: &str| refused("AuthFailure.InvalidAuthorization", message);
    let authorization = call
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
    let key = keys::find(Service::Tencent, id)
        .ok_or_else(|| refused("AuthFailure.SecretIdNotFound", "The SecretId is not found."))?;
    if call.header("x-tc-token") != key.token {
        return Err(refused("AuthFailure.TokenFailure", "The token is invalid."));
    }
    signed(call, &authorization, key, (&date, service))
}

/// What every request has, signed or not; gives the UTC date of its timestamp.
pub(in crate::sandbox) fn whole(call: &Call, now: DateTime<Utc>) -> Result<String, Refused> {
    if call.method != "POST" {
        let message = format!("The method {} is not supported here.", call.method);
        return Err(("UnsupportedProtocol", message));
    }
    if call.path != "/" || !call.query.is_empty() {
        return Err(refused("InvalidParameter", "The request target must be /."));
    }
    for name in ["x-tc-action", "x-tc-version", "x-tc-timestamp"] {
        if call.header(name).is_none_or(str::is_empty) {
            let message = format!("The request is missing the header {name}.");
            return Err(("MissingParameter", message));
        }
    }
    if call.header("content-type") != Some(JSON) {
        return Err(refused(
            "UnsupportedProtocol",
            "The content type must be application/json.",
        ));
    }
    timely(call, now)
}

/// The UTC date of the timestamp, if that is not more than five minutes away.
fn timely(call: &Call, now: DateTime<Utc>) -> Result<String, Refused> {
    let text = call.header("x-tc-timestamp").unwrap_or_default();
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
    call: &Call,
    authorization: &Authorization,
    key: &keys::Key,
    scope: (&str, &str),
) -> Result<(), Refused> {
    let failure = |message: &str| refused("AuthFailure.SignatureFailure", message);
    let expected = signature(call, &authorization.signed, key.secret, scope)
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
    call: &Call,
    signed: &[String],
    secret: &str,
    (date, service): (&str, &str),
) -> Option<String> {
    // The document has names and values in lower case.
    let headers = canonical_headers(call, signed)?.to_lowercase();
    let canonical = canonical_request(call, "/", "", &headers, signed);
    let text = format!(
        "{ALGORITHM}\n{}\n{date}/{service}/tc3_request\n{}",
        call.header("x-tc-timestamp").unwrap_or_default(),
        sha256_hex(canonical.as_bytes())
    );
    let first = format!("TC3{secret}");
    let dated = hmac(first.as_bytes(), date);
    let signing = hmac(&hmac(&dated, service), "tc3_request");
    Some(hex::encode(hmac(&signing, &text)))
}

/// The faults that are told in Tencent's words.
pub(in crate::sandbox) fn refuse(
    kind: &FaultKind,
    call: &Call,
    visit: &mut Visit<'_>,
) -> Option<Answer> {
    match kind {
        FaultKind::Throttle => Some(refusal(
            visit,
            "RequestLimitExceeded",
            "Your current request times equals to `11` in a second, which exceeds the frequency \
             limit `10` for a second. Please reduce the frequency of calls.",
        )),
        FaultKind::Denied | FaultKind::List(ListFault::Unlisted) => {
            let action = call.header("x-tc-action").unwrap_or_default();
            let text = format!("you are not authorized to perform operation (ssl:{action})");
            Some(refusal(visit, "AuthFailure.UnauthorizedOperation", &text))
        }
        FaultKind::Echo => {
            let message = format!(
                "The provided credentials could not be validated.\nAuthorization: {}\n\
                 X-TC-Token: {}\nbody: {}",
                call.header("authorization").unwrap_or_default(),
                call.header("x-tc-token").unwrap_or_default(),
                String::from_utf8_lossy(&call.body)
            );
            Some(refusal(visit, "AuthFailure.SignatureFailure", &message))
        }
        FaultKind::Repeat => {
            let text = echo::secrets_of(call);
            Some(refusal(visit, "Sandbox.Repeat", &text))
        }
        _ => None,
    }
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
            let call = Call::new("POST".to_owned(), "/".to_owned(), headers.to_vec(), body);
            let signed: Vec<String> = signed.iter().map(|name| (*name).to_owned()).collect();
            let secret = "exampleSecretKey000000000000000A";
            let found = signature(&call, &signed, secret, ("2026-11-02", "ssl"));
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
