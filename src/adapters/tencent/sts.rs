//! Tencent's Security Token Service (2018-08-13): a temporary key for a role, against a key or an identity token.
//!
//! Sources: "AssumeRole" and "AssumeRoleWithWebIdentity" of both sites, each of which names its site's host; the SDKs for
//! Python and Go, whose credential providers send `ap-guangzhou` as the region; the SDK's table of codes.

use secrecy::{ExposeSecret as _, SecretString};

use super::Site;
use super::answer::{self, Reading};
use super::call::{Call, Server};
use crate::adapters::body;
use crate::adapters::codes::Table;
use crate::adapters::keys::Remote;
use crate::adapters::temporary::{Role, key, moment};
use crate::credentials::{Credential, KnownSecrets, Temporary};
use crate::error::{Error, Kind};
use crate::exchange::{Endpoint, Once, Request, Response, Stamp};

/// Asked before the common ones. What is not found here is no certificate.
pub const CODES: Table = &[
    ("ResourceNotFound*", Kind::Credentials),
    ("InvalidParameter.AccountNotAvaliable", Kind::Refused),
    ("InvalidParameter.OverLimit", Kind::Throttled),
    ("InvalidParameter.WebIdentity*", Kind::Credentials),
    ("InvalidParameter.AccessKeyNotSupport", Kind::Credentials),
    ("FailedOperation.TempKeyNotAllowed", Kind::Credentials),
    ("InvalidParameter.GrantOtherResource", Kind::Permission),
    ("InternalError.IllegalRole", Kind::Credentials),
];

const SIGNED: Call = Call {
    service: "sts",
    action: "AssumeRole",
    version: "2018-08-13",
};

const UNSIGNED: Call = Call {
    action: "AssumeRoleWithWebIdentity",
    ..SIGNED
};

/// Mandatory here, though it decides nothing.
const REGION: &str = "ap-guangzhou";

/// Where the service is asked: at the site's own host, or at one of the user's choice.
pub fn endpoint(site: Site, instead: Option<&str>) -> Result<Endpoint, Error> {
    match (instead, site) {
        (Some(text), _) => Endpoint::parse(text, false)?.bare(),
        (None, Site::Intl) => Ok(Endpoint::https("sts.intl.tencentcloudapi.com")),
        (None, Site::Cn) => Ok(Endpoint::https("sts.tencentcloudapi.com")),
    }
}

/// A key that may assume the role turns into one of the role.
pub fn assume_role(endpoint: Endpoint, role: Role, by: Credential, known: &KnownSecrets) -> Remote {
    known.learn_credential(&by);
    let (what, to) = (format!("AssumeRole of {}", role.arn), endpoint.clone());
    let build = move |stamp| {
        let body = json(&role.parameters([]));
        SIGNED.request(&server(&to, REGION), body, Some(&by), stamp)
    };
    remote(endpoint, what, &SIGNED, build, known)
}

/// An identity that the role's owner trusts: the region and the provider that a pod is told, and its token.
pub struct Identity {
    /// The region of the pod.
    pub region: String,
    /// The provider's name at Tencent.
    pub provider: String,
    /// The token, as its file holds it.
    pub token: String,
}

/// An identity token turns into a key of the role.
pub fn assume_role_with_web_identity(
    endpoint: Endpoint,
    role: Role,
    identity: Identity,
    known: &KnownSecrets,
) -> Remote {
    known.learn(&identity.token);
    let Identity {
        region,
        provider,
        token,
    } = identity;
    let what = format!("AssumeRoleWithWebIdentity of {}", role.arn);
    let (to, token) = (endpoint.clone(), SecretString::from(token));
    let build = move |stamp| {
        let body = json(&role.parameters([
            ("ProviderId", provider.as_str()),
            ("WebIdentityToken", token.expose_secret()),
        ]));
        UNSIGNED.request(&server(&to, &region), body, None, stamp)
    };
    remote(endpoint, what, &UNSIGNED, build, known)
}

fn server<'a>(endpoint: &'a Endpoint, region: &'a str) -> Server<'a> {
    Server {
        endpoint,
        region: Some(region),
    }
}

/// Texts, but for the only number there is.
fn json(parameters: &[(&str, &str)]) -> Vec<u8> {
    let members = parameters.iter().map(|(name, value)| {
        let value = match (*name, value.parse::<u64>()) {
            ("DurationSeconds", Ok(seconds)) => seconds.into(),
            _ => (*value).into(),
        };
        ((*name).to_owned(), value)
    });
    let object: serde_json::Map<String, serde_json::Value> = members.collect();
    serde_json::Value::Object(object).to_string().into_bytes()
}

fn remote(
    endpoint: Endpoint,
    what: String,
    call: &'static Call,
    build: impl Fn(Stamp) -> Result<Request, Error> + 'static,
    known: &KnownSecrets,
) -> Remote {
    let known = known.clone();
    let read = move |response: Response| read(call, &response, &known);
    Remote {
        endpoint,
        what,
        flow: Box::new(Once::new(build, read)),
    }
}

fn read(call: &Call, response: &Response, known: &KnownSecrets) -> Result<Temporary, Error> {
    let reading = Reading {
        action: call.action,
        mark: "Credentials",
        is_there: |record, mark| record.object(mark).is_some(),
        codes: CODES,
    };
    let record = answer::record(response, &reading).map_err(advised)?;
    let inner = record
        .object("Credentials")
        .ok_or_else(|| body::wrong_shape("Credentials is not an object"))?;
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
