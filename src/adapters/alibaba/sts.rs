//! Alibaba's Security Token Service (2015-04-01): a temporary key for a role, against a key or an identity token.
//!
//! `AssumeRole` is signed like every other call. `AssumeRoleWithOIDC` is not signed at all: the identity token is what
//! proves the caller, so it travels in the body, which no proxy writes into its log.
//!
//! Sources: the vendor's credentials packages for Go and Python; "How to handle the common errors when you access OSS
//! by using STS"; the RRSA pages of Container Service for `AuthenticationFail.OIDCToken.*`.

use std::borrow::Cow;

use http::Method;

use super::{Operation, answer, request};
use crate::adapters::credential_chain::{KeyIssuer, Role};
use crate::adapters::error_codes::CodeTable;
use crate::adapters::temporary_key::{key, learn, moment, parameters};
use crate::adapters::{host_part, response_body};
use crate::credentials::{Credential, Temporary};
use crate::error::{Error, Kind};
use crate::exchange::{Endpoint, Once, Request, Response, Stamp};
use crate::redact::KnownSecrets;
use crate::sign::encode;

/// Asked before the gateway's own. What is not found here is no certificate.
pub const CODES: CodeTable = &[
    ("InvalidAccessKeyId*", Kind::Credentials),
    ("InvalidSecurityToken*", Kind::Credentials),
    ("InvalidApi.NotFound", Kind::Config),
    ("InvalidAction.NotFound", Kind::Config),
    ("InvalidProduct.NotFound", Kind::Config),
    ("EntityNotExist*", Kind::Credentials),
    ("AuthenticationFail*", Kind::Credentials),
    ("Invalid*.NotFound", Kind::Credentials),
];

const VERSION: &str = "2015-04-01";

const SIGNED: Operation = Operation {
    action: "AssumeRole",
    version: VERSION,
    codes: CODES,
    permission: "sts:AssumeRole",
};

const UNSIGNED: Operation = Operation {
    action: "AssumeRoleWithOIDC",
    ..SIGNED
};

/// Where the service is asked, beyond what the role says.
pub struct StsHost<'a> {
    /// Through the vendor's inner network, where it is a region's.
    pub vpc: bool,
    /// Where the key will be used.
    pub key_is_for: &'a Endpoint,
}

impl StsHost<'_> {
    /// The region's own host, or the one that the user gave in its stead, or the central one.
    fn endpoint(&self, role: &Role) -> Result<Endpoint, Error> {
        match role.region.as_deref() {
            _ if self.key_is_for.is_loopback() => Ok(self.key_is_for.clone()),
            None => Ok(Endpoint::https("sts.aliyuncs.com")),
            Some(host) if host.contains('.') => Ok(Endpoint::parse(host, false)?.bare()?),
            Some(region) => {
                let region = host_part(region, "the region of the token service")?;
                let name = if self.vpc { "sts-vpc" } else { "sts" };
                Ok(Endpoint::https(format!("{name}.{region}.aliyuncs.com")))
            }
        }
    }
}

/// A key that may assume the role turns into one of the role.
pub fn assume_role(
    sts_host: &StsHost<'_>,
    role: Role,
    by: Credential,
    known: &KnownSecrets,
) -> Result<KeyIssuer, Error> {
    let endpoint = sts_host.endpoint(&role)?;
    by.register(known);
    let (what, to) = (format!("AssumeRole of {}", role.arn), endpoint.clone());
    let key_id = by.id().to_owned();
    let build = move |stamp| {
        let parameters = parameters(&role);
        request(&SIGNED, Method::POST, &to, &texts(&parameters), &by, stamp)
    };
    Ok(KeyIssuer {
        key_id,
        ..issuer(endpoint, what, &SIGNED, build, known)
    })
}

/// An identity token of that provider turns into a key of the role.
pub fn assume_role_with_oidc(
    sts_host: &StsHost<'_>,
    role: Role,
    provider: String,
    token: Credential,
    known: &KnownSecrets,
) -> Result<KeyIssuer, Error> {
    let endpoint = sts_host.endpoint(&role)?;
    token.register(known);
    let what = format!("AssumeRoleWithOIDC of {}", role.arn);
    let to = endpoint.clone();
    let build = move |stamp| unsigned(&to, &role, &provider, &token, stamp);
    Ok(issuer(endpoint, what, &UNSIGNED, build, known))
}

fn texts<'a>(parameters: &'a [(&'a str, Cow<'_, str>)]) -> Vec<(&'a str, &'a str)> {
    let text = |(name, value): &'a (&'a str, Cow<'_, str>)| (*name, value.as_ref());
    parameters.iter().map(text).collect()
}

fn unsigned(
    endpoint: &Endpoint,
    role: &Role,
    provider: &str,
    token: &Credential,
    stamp: Stamp,
) -> Result<Request, Error> {
    let date = stamp.time.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let query = encode::query(&[
        ("Action", UNSIGNED.action),
        ("Format", "JSON"),
        ("Timestamp", &date),
        ("Version", VERSION),
    ]);
    let target = format!("/?{query}");
    let mut request = Request::new(Method::POST, endpoint, target, UNSIGNED.action);
    request.header("accept", "application/json")?;
    request.header("content-type", "application/x-www-form-urlencoded")?;
    let parameters = parameters(role);
    let mut form = texts(&parameters);
    form.push(("OIDCProviderArn", provider));
    form.push(("OIDCToken", token.ready_token().unwrap_or_default()));
    request.body = encode::query(&form).into_bytes();
    Ok(request)
}

fn issuer(
    endpoint: Endpoint,
    what: String,
    operation: &'static Operation,
    build: impl Fn(Stamp) -> Result<Request, Error> + 'static,
    known: &KnownSecrets,
) -> KeyIssuer {
    let known = known.clone();
    let read = move |response: Response| read(operation, &response, &known);
    KeyIssuer {
        endpoint,
        what,
        key_id: String::new(),
        flow: Box::new(Once::new(build, read)),
    }
}

fn read(
    operation: &Operation,
    response: &Response,
    known: &KnownSecrets,
) -> Result<Temporary, Error> {
    learn(response, known);
    let object = answer(operation, response, &["Credentials"]).map_err(advised)?;
    let inner = object
        .object("Credentials")
        .ok_or_else(|| response_body::wrong_shape("Credentials is not an object"))?;
    let names = ["AccessKeyId", "AccessKeySecret", "SecurityToken"];
    key(inner, names, moment(inner, "Expiration"), known)
}

/// What is wrong and what to do, where the gateway's own words are about a key and a certificate.
fn advised(mut error: Error) -> Error {
    let code = error.code.clone().unwrap_or_default();
    if code.starts_with("AuthenticationFail") {
        error.message = format!("Alibaba refused the identity token: {code}");
        return error.with_hint(
            "renew the token, and check that the role trusts its provider, audience and subject",
        );
    }
    if code.starts_with("EntityNotExist") {
        error.message = format!("Alibaba knows no such role or identity provider: {code}");
        return error.with_hint("check both ARNs");
    }
    match error.kind {
        Kind::Permission => error.with_hint(
            "allow the key sts:AssumeRole on this role, and let the role trust the key's account; an account's main key may assume none",
        ),
        _ => error,
    }
}
