//! The gateway that Mobile Push and ESA share: ACS3-HMAC-SHA256 and the error envelope.
//!
//! Sources: "V3 request structure and signature", the error tables of both products, and the
//! signers of the official SDKs. Where an HTTP status is not documented, 400 is used: callers must
//! classify by `Code` anyway.

pub(in crate::sandbox) mod sts;

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::sandbox::dispatch::Visit;
use crate::sandbox::faults::FaultKind;
use crate::sandbox::list_faults::ListFault;
use crate::sandbox::signature::{
    Authorization, canonical_headers, canonical_query, canonical_request, hmac, sha256_hex,
};
use crate::sandbox::wire::{Answer, Call};
use crate::sandbox::{Service, dates, echo, keys};

/// What one API of Alibaba is called and how.
pub(in crate::sandbox) struct Operation {
    pub action: &'static str,
    pub version: &'static str,
    pub methods: &'static [&'static str],
    pub host: &'static str,
    /// The RAM action a caller needs.
    pub permission: &'static str,
}

pub(in crate::sandbox) const JSON: &str = "application/json;charset=utf-8";
const ALGORITHM: &str = "ACS3-HMAC-SHA256";
const WINDOW: i64 = 15 * 60;

/// The nonces that were used, in two generations of twice the window each. A date older than the window is refused
/// anyway, so what is older than both may be forgotten, all at once.
#[derive(Default)]
pub(in crate::sandbox) struct Nonces {
    young: HashSet<String>,
    old: HashSet<String>,
    since: DateTime<Utc>,
}

impl Nonces {
    /// Notes a nonce; false if it was used before.
    fn take(&mut self, nonce: &str, now: DateTime<Utc>) -> bool {
        if (now - self.since).num_seconds() > 2 * WINDOW {
            self.old = std::mem::take(&mut self.young);
            self.since = now;
        }
        !self.old.contains(nonce) && self.young.insert(nonce.to_owned())
    }
}

/// A request id in the shape of a UUID.
pub(in crate::sandbox) fn request_id(visit: &Visit<'_>) -> String {
    format!("5A4DB0C5-CE27-4B0C-8000-{:012X}", visit.number)
}

/// Says no in Alibaba's envelope.
pub(in crate::sandbox) fn refusal(
    visit: &Visit<'_>,
    operation: &Operation,
    status: u16,
    code: &str,
    message: &str,
) -> Answer {
    let id = request_id(visit);
    let body = json!({
        "RequestId": id,
        "HostId": operation.host,
        "Code": code,
        "Message": message,
        "Recommend": format!("https://api.aliyun.com/troubleshoot?q={code}&requestId={id}"),
    });
    Answer::refusal(status, JSON, code, &body)
}

/// Lets a request in, or says why not.
pub(in crate::sandbox) fn admit(
    call: &Call,
    visit: &mut Visit<'_>,
    operation: &Operation,
) -> Result<(), Answer> {
    check(call, visit, operation).map_err(|(status, code, message)| {
        refusal(visit, operation, status, code, &message).at_the_gate()
    })
}

type Refused = (u16, &'static str, String);

fn refused(status: u16, code: &'static str, message: &str) -> Refused {
    (status, code, message.to_owned())
}

fn check(call: &Call, visit: &mut Visit<'_>, operation: &Operation) -> Result<(), Refused> {
    routed(call, operation)?;
    let authorization = call
        .header("authorization")
        .and_then(|value| Authorization::read(value, ALGORITHM, "Credential", ","))
        .ok_or_else(|| {
            refused(
                400,
                "IncompleteSignature",
                "The request signature does not conform to Aliyun standards.",
            )
        })?;
    complete(call, &authorization)?;
    timely(call, visit.now)?;
    let nonce = call.header("x-acs-signature-nonce").unwrap_or_default();
    if !visit.state.nonces.take(nonce, visit.now) {
        return Err(refused(
            400,
            "SignatureNonceUsed",
            "Specified signature nonce was used already.",
        ));
    }
    let key = keys::find(Service::Esa, &authorization.credential).ok_or_else(|| {
        refused(
            404,
            "InvalidAccessKeyId.NotFound",
            "Specified access key is not found.",
        )
    })?;
    trusted(call, key)?;
    signed(call, &authorization, key)
}

/// Method, path, operation and version.
fn routed(call: &Call, operation: &Operation) -> Result<(), Refused> {
    if call.path != "/" {
        return Err(refused(
            404,
            "InvalidApi.NotFound",
            "Specified api is not found, please check your url and method.",
        ));
    }
    if !operation.methods.contains(&call.method.as_str()) {
        return Err(refused(
            400,
            "UnsupportedHTTPMethod",
            "This http method is not supported.",
        ));
    }
    if call.header("x-acs-action") != Some(operation.action) {
        return Err(refused(
            404,
            "InvalidAction.NotFound",
            "Specified api is not found, please check your url and method.",
        ));
    }
    if call.header("x-acs-version") != Some(operation.version) {
        return Err(refused(
            400,
            "InvalidVersion",
            "Specified parameter Version is not valid.",
        ));
    }
    Ok(())
}

/// Every mandatory header was sent and signed, and the hash is that of the body.
fn complete(call: &Call, authorization: &Authorization) -> Result<(), Refused> {
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
        if call.header(name).is_none_or(str::is_empty) {
            return Err(incomplete(name, "is missing"));
        }
    }
    let sent = call.headers.iter().map(|(name, _)| name.as_str());
    let sent = sent.filter(|name| name.starts_with("x-acs-") || *name == "content-type");
    if let Some(name) = authorization.unsigned(MANDATORY.into_iter().chain(sent)) {
        return Err(incomplete(name, "is not signed"));
    }
    if call.header("x-acs-content-sha256") != Some(sha256_hex(&call.body).as_str()) {
        return Err(incomplete(
            "x-acs-content-sha256",
            "is not the hash of the body",
        ));
    }
    Ok(())
}

fn timely(call: &Call, now: DateTime<Utc>) -> Result<(), Refused> {
    let date = call.header("x-acs-date").unwrap_or_default();
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
fn trusted(call: &Call, key: &keys::Key) -> Result<(), Refused> {
    match (key.token, call.header("x-acs-security-token")) {
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

fn signed(call: &Call, authorization: &Authorization, key: &keys::Key) -> Result<(), Refused> {
    let Some(canonical) = canonical(call, &authorization.signed) else {
        return Err(refused(
            400,
            "IncompleteSignature",
            "A header of SignedHeaders was not sent.",
        ));
    };
    let text = string_to_sign(&canonical);
    if hex::encode(hmac(key.secret.as_bytes(), &text)) != authorization.signature {
        return Err((400, "SignatureDoesNotMatch", mismatch(&text, &canonical)));
    }
    Ok(())
}

fn canonical(call: &Call, signed: &[String]) -> Option<String> {
    let headers = canonical_headers(call, signed)?;
    // On the wire a blank may be `+`; only the decoded pairs count.
    let query = canonical_query(call, true);
    Some(canonical_request(call, "/", &query, &headers, signed))
}

fn string_to_sign(canonical: &str) -> String {
    format!("{ALGORITHM}\n{}", sha256_hex(canonical.as_bytes()))
}

/// The real message repeats both texts, and with them the session token.
fn mismatch(text: &str, canonical: &str) -> String {
    format!(
        "Specified signature does not match our calculation. \
         server StringToSign is [{text}] server CanonicalRequest is [{canonical}]"
    )
}

/// The faults that are told in Alibaba's words.
pub(in crate::sandbox) fn refuse(
    kind: &FaultKind,
    call: &Call,
    visit: &mut Visit<'_>,
) -> Option<Answer> {
    let operation = match visit.service {
        Service::Mpush => crate::sandbox::services::mpush::operation(call),
        _ => crate::sandbox::services::esa::operation(call),
    };
    match kind {
        FaultKind::Throttle => {
            let [code, message] = THROTTLED;
            Some(refusal(visit, operation, 400, code, message))
        }
        FaultKind::Xml => Some(in_xml(visit, operation, THROTTLED)),
        FaultKind::Denied | FaultKind::List(ListFault::Unlisted) => Some(denied(visit, operation)),
        FaultKind::Echo => {
            let mut all: Vec<String> = call.headers.iter().map(|(name, _)| name.clone()).collect();
            all.retain(|name| name != "authorization");
            all.sort_unstable();
            all.dedup();
            let signed = call
                .header("authorization")
                .and_then(|value| Authorization::read(value, ALGORITHM, "Credential", ","))
                .map_or(all, |authorization| authorization.signed);
            let canonical = canonical(call, &signed).unwrap_or_default();
            let message = mismatch(&string_to_sign(&canonical), &canonical);
            Some(refusal(
                visit,
                operation,
                400,
                "SignatureDoesNotMatch",
                &message,
            ))
        }
        FaultKind::Repeat => {
            let text = echo::secrets_of(call);
            Some(refusal(visit, operation, 400, "Sandbox.Repeat", &text))
        }
        _ => None,
    }
}

const THROTTLED: [&str; 2] = [
    "Throttling.User",
    "Request was denied due to user flow control.",
];

/// The older form of the envelope.
fn in_xml(visit: &Visit<'_>, operation: &Operation, [code, message]: [&str; 2]) -> Answer {
    let (id, host) = (request_id(visit), operation.host);
    let body = format!(
        "<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>{id}</RequestId><HostId>{host}</HostId>\
         <Code>{code}</Code><Message><![CDATA[{message}]]></Message></Error>"
    );
    Answer {
        body: body.into_bytes(),
        ..Answer::refusal(400, "text/xml;charset=utf-8", code, &json!({}))
    }
}

fn denied(visit: &Visit<'_>, operation: &Operation) -> Answer {
    let id = request_id(visit);
    let body = json!({
        "RequestId": id,
        "HostId": operation.host,
        "Code": "NoPermission",
        "Message": "You are not authorized to perform this action.",
        "Recommend": format!("https://api.aliyun.com/troubleshoot?q=NoPermission&requestId={id}"),
        "AccessDeniedDetail": {
            "AuthAction": operation.permission,
            "AuthPrincipalType": "SubUser",
            "AuthPrincipalOwnerId": "sandboxcanaryOwner",
            "AuthPrincipalDisplayName": "sandboxcanaryUser",
            "NoPermissionType": "ImplicitDeny",
            "PolicyType": "AccountLevelIdentityBasedPolicy",
            "EncodedDiagnosticMessage": "sandboxcanaryDiagnosis",
        },
    });
    Answer::refusal(403, JSON, "NoPermission", &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_remembered_for_as_long_as_its_date_is_taken() {
        let mut nonces = Nonces::default();
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
