//! Alibaba's Security Token Service (2015-04-01): a temporary key for a role, against a key or an identity token.
//!
//! `AssumeRole` is signed like every other call. `AssumeRoleWithOIDC` is not signed at all: the identity token is what
//! proves the caller, so it travels in the body, which no proxy writes into its log.
//!
//! Sources: the vendor's credentials packages for Go and Python; "How to handle the common errors when you access OSS
//! by using STS"; the RRSA pages of Container Service for `AuthenticationFail.OIDCToken.*`.

use http::Method;
use secrecy::{ExposeSecret as _, SecretString};

use super::{Operation, answer, request};
use crate::adapters::codes::Table;
use crate::adapters::keys::Remote;
use crate::adapters::temporary::{Role, key, moment};
use crate::adapters::{body, host_part};
use crate::credentials::{Credential, KnownSecrets, Temporary};
use crate::error::{Error, Kind};
use crate::exchange::{Endpoint, Once, Request, Response, Stamp};
use crate::sign::encode;

/// Asked before the gateway's own. What is not found here is no certificate.
pub const CODES: Table = &[
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

/// Where the service is asked.
#[derive(Debug, Clone, Default)]
pub struct TokenService {
    /// The region's own service instead of the central one.
    pub region: Option<String>,
    /// Through the vendor's inner network, where it is a region's.
    pub inner: bool,
    /// A host of the user's choice.
    pub endpoint: Option<String>,
}

impl TokenService {
    fn endpoint(&self) -> Result<Endpoint, Error> {
        if let Some(text) = &self.endpoint {
            return Endpoint::parse(text, false)?.bare();
        }
        let Some(region) = &self.region else {
            return Ok(Endpoint::https("sts.aliyuncs.com"));
        };
        let region = host_part(region, "the region of the token service")?;
        let name = if self.inner { "sts-vpc" } else { "sts" };
        Ok(Endpoint::https(format!("{name}.{region}.aliyuncs.com")))
    }
}

/// A key that may assume the role turns into one of the role.
pub fn assume_role(
    service: &TokenService,
    role: Role,
    by: Credential,
    known: &KnownSecrets,
) -> Result<Remote, Error> {
    let endpoint = service.endpoint()?;
    known.learn_credential(&by);
    let (what, to) = (format!("AssumeRole of {}", role.arn), endpoint.clone());
    let build = move |stamp| {
        let parameters = role.parameters([]);
        request(&SIGNED, Method::POST, &to, &parameters, &by, stamp)
    };
    Ok(remote(endpoint, what, &SIGNED, build, known))
}

/// An identity that the role's owner trusts: the provider of the token, and the token.
pub struct Identity {
    /// The provider's name at Alibaba, `acs:ram::…:oidc-provider/…`.
    pub provider: String,
    /// The token, as its file holds it.
    pub token: String,
}

/// An identity token turns into a key of the role.
pub fn assume_role_with_oidc(
    service: &TokenService,
    role: Role,
    identity: Identity,
    known: &KnownSecrets,
) -> Result<Remote, Error> {
    let endpoint = service.endpoint()?;
    known.learn(&identity.token);
    let Identity { provider, token } = identity;
    let (what, to) = (
        format!("AssumeRoleWithOIDC of {}", role.arn),
        endpoint.clone(),
    );
    let token = SecretString::from(token);
    let build = move |stamp| unsigned(&to, &role, &provider, &token, stamp);
    Ok(remote(endpoint, what, &UNSIGNED, build, known))
}

fn unsigned(
    endpoint: &Endpoint,
    role: &Role,
    provider: &str,
    token: &SecretString,
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
    let form = role.parameters([
        ("OIDCProviderArn", provider),
        ("OIDCToken", token.expose_secret()),
    ]);
    request.body = encode::query(&form).into_bytes();
    Ok(request)
}

fn remote(
    endpoint: Endpoint,
    what: String,
    operation: &'static Operation,
    build: impl Fn(Stamp) -> Result<Request, Error> + 'static,
    known: &KnownSecrets,
) -> Remote {
    let known = known.clone();
    let read = move |response: Response| read(operation, &response, &known);
    Remote {
        endpoint,
        what,
        flow: Box::new(Once::new(build, read)),
    }
}

fn read(
    operation: &Operation,
    response: &Response,
    known: &KnownSecrets,
) -> Result<Temporary, Error> {
    let object = answer(operation, response, &["Credentials"]).map_err(advised)?;
    let inner = object
        .object("Credentials")
        .ok_or_else(|| body::wrong_shape("Credentials is not an object"))?;
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
