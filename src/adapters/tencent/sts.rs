//! Tencent's Security Token Service (2018-08-13): a temporary key for a role, against a key or an identity token.
//!
//! Sources: "AssumeRole" and "AssumeRoleWithWebIdentity" of both sites, each of which names its site's host; the SDKs for
//! Python and Go, whose credential providers send `ap-guangzhou` as the region; the SDK's table of codes.

use super::envelope::{self, ResponseShape};
use super::request::{ApiAction, RegionalEndpoint};
use crate::adapters::credential_chain::{KeyIssuer, Role};
use crate::adapters::error_codes::CodeTable;
use crate::adapters::response_body;
use crate::adapters::temporary_key::{key, learn, moment, parameters};
use crate::credentials::{Credential, Temporary};
use crate::error::{Error, Kind};
use crate::exchange::{Endpoint, Once, Request, Response, Stamp};
use crate::redact::KnownSecrets;

/// Asked before the common ones. What is not found here is no certificate.
pub const CODES: CodeTable = &[
    ("ResourceNotFound*", Kind::Credentials),
    ("InvalidParameter.AccountNotAvaliable", Kind::Refused),
    ("InvalidParameter.OverLimit", Kind::Throttled),
    ("InvalidParameter.WebIdentity*", Kind::Credentials),
    ("InvalidParameter.AccessKeyNotSupport", Kind::Credentials),
    ("FailedOperation.TempKeyNotAllowed", Kind::Credentials),
    ("InvalidParameter.GrantOtherResource", Kind::Permission),
    ("InternalError.IllegalRole", Kind::Credentials),
];

const SIGNED: ApiAction = ApiAction {
    service: "sts",
    action: "AssumeRole",
    version: "2018-08-13",
};

const UNSIGNED: ApiAction = ApiAction {
    action: "AssumeRoleWithWebIdentity",
    ..SIGNED
};

/// Mandatory here, though it decides nothing.
const REGION: &str = "ap-guangzhou";

/// Where the service is asked for a key that is for that place: each site has a host of its own.
fn endpoint(key_is_for: &Endpoint) -> Endpoint {
    let host = key_is_for.host();
    let of_the_chinese_site =
        host.ends_with(".tencentcloudapi.com") && !host.ends_with(".intl.tencentcloudapi.com");
    if key_is_for.is_loopback() {
        return key_is_for.clone();
    }
    Endpoint::https(if of_the_chinese_site {
        "sts.tencentcloudapi.com"
    } else {
        "sts.intl.tencentcloudapi.com"
    })
}

/// A key that may assume the role turns into one of the role.
pub fn assume_role(
    key_is_for: &Endpoint,
    role: Role,
    by: Credential,
    known: &KnownSecrets,
) -> KeyIssuer {
    by.register(known);
    let endpoint = endpoint(key_is_for);
    let (what, to) = (format!("AssumeRole of {}", role.arn), endpoint.clone());
    let key_id = by.id().to_owned();
    let build = move |stamp| {
        let body = json(&role, []);
        SIGNED.request(&server(&to, &role), body, Some(&by), stamp)
    };
    KeyIssuer {
        key_id,
        ..issuer(endpoint, what, &SIGNED, build, known)
    }
}

/// An identity token of that provider turns into a key of the role.
pub fn assume_role_with_web_identity(
    key_is_for: &Endpoint,
    role: Role,
    provider: String,
    token: Credential,
    known: &KnownSecrets,
) -> KeyIssuer {
    token.register(known);
    let endpoint = endpoint(key_is_for);
    let what = format!("AssumeRoleWithWebIdentity of {}", role.arn);
    let to = endpoint.clone();
    let build = move |stamp| {
        let token = token.ready_token().unwrap_or_default();
        let more = [("ProviderId", &*provider), ("WebIdentityToken", token)];
        UNSIGNED.request(&server(&to, &role), json(&role, more), None, stamp)
    };
    issuer(endpoint, what, &UNSIGNED, build, known)
}

fn server<'a>(endpoint: &'a Endpoint, role: &'a Role) -> RegionalEndpoint<'a> {
    RegionalEndpoint {
        endpoint,
        region: Some(role.region.as_deref().unwrap_or(REGION)),
    }
}

/// Texts, but for the only number there is.
fn json<const N: usize>(role: &Role, more: [(&str, &str); N]) -> Vec<u8> {
    let mut object = serde_json::Map::new();
    for (name, value) in parameters(role) {
        let value = match (name, role.seconds) {
            ("DurationSeconds", Some(seconds)) => seconds.into(),
            _ => value.into_owned().into(),
        };
        object.insert(name.to_owned(), value);
    }
    for (name, value) in more {
        object.insert(name.to_owned(), value.into());
    }
    serde_json::Value::Object(object).to_string().into_bytes()
}

fn issuer(
    endpoint: Endpoint,
    what: String,
    action: &'static ApiAction,
    build: impl Fn(Stamp) -> Result<Request, Error> + 'static,
    known: &KnownSecrets,
) -> KeyIssuer {
    let known = known.clone();
    let read = move |response: Response| read(action, &response, &known);
    KeyIssuer {
        endpoint,
        what,
        key_id: String::new(),
        flow: Box::new(Once::new(build, read)),
    }
}

fn read(action: &ApiAction, response: &Response, known: &KnownSecrets) -> Result<Temporary, Error> {
    learn(response, known);
    let shape = ResponseShape {
        action: action.action,
        mark: "Credentials",
        is_there: |record, mark| record.object(mark).is_some(),
        codes: CODES,
    };
    let record = envelope::record(response, &shape).map_err(advised)?;
    let inner = record
        .object("Credentials")
        .ok_or_else(|| response_body::wrong_shape("Credentials is not an object"))?;
    let names = ["TmpSecretId", "TmpSecretKey", "Token"];
    let expires = moment(&record, "ExpiredTime").or_else(|| moment(&record, "Expiration"));
    key(inner, names, expires, known)
}

/// What is wrong and what to do, where the common words are about a key and a certificate.
fn advised(mut error: Error) -> Error {
    let code = error.code.clone().unwrap_or_default();
    if code.starts_with("InvalidParameter.WebIdentity") {
        error.message = format!("Tencent refused the identity token: {code}");
        return error.with_hint(
            "renew the token, and check that the role trusts its provider and audience",
        );
    }
    if code.starts_with("ResourceNotFound") || code == "InternalError.IllegalRole" {
        error.message = format!("Tencent knows no such role: {code}");
        return error
            .with_hint("check the role's ARN; if it belongs to the other site, give its --site");
    }
    match error.kind {
        Kind::Permission => error.with_hint(
            "allow the key sts:AssumeRole on this role, and let the role trust the key's account",
        ),
        _ => error,
    }
}
