//! The secrets of a request, told back in every form in which a service could: for callers that must not print them.
//!
//! Services repeat canonical requests, queries and whole bodies in their refusals; what stands between them and a
//! caller (a gateway that traces, a firewall) encodes them as it likes.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::request::{IncomingRequest, pairs};
use super::signature::encode;

/// What a caller would least like to read again: a password or an identity token, else a token, else the id of his key.
fn secret(request: &IncomingRequest) -> Option<String> {
    let body: Option<Value> = serde_json::from_slice(&request.body).ok();
    let names = ["password", "WebIdentityToken"];
    let password = body.and_then(|body| {
        let value = names.iter().find_map(|name| body.get(name))?;
        Some(value.as_str()?.to_owned())
    });
    let form = pairs(&String::from_utf8_lossy(&request.body), true);
    let identity = form.into_iter().find(|(name, _)| name == "OIDCToken");
    let password = password.or_else(|| identity.map(|(_, token)| token));
    let token = || request.parameter("access_token");
    let mut headers = request.headers.iter();
    let header = || {
        let header = headers.find(|(name, _)| name.ends_with("-token"));
        header.map(|(_, value)| value.clone())
    };
    let id = || {
        let value = request.header("authorization")?;
        let (_, access) = value
            .split_once("Credential=")
            .or_else(|| value.split_once("Access="))?;
        access.split([',', '/']).next().map(str::to_owned)
    };
    password.or_else(token).or_else(header).or_else(id)
}

/// That secret in all forms, in one text.
pub(super) fn secrets_of(request: &IncomingRequest) -> String {
    let secret = secret(request).unwrap_or_default();
    // With what stands before it base64 has three ways to write it.
    let basic = STANDARD.encode(format!("user:{secret}"));
    let forms = [
        secret.clone(),
        encode(&secret),
        encode(&encode(&secret)),
        hex::encode(&secret),
        hex::encode_upper(&secret),
        STANDARD.encode(&secret),
        URL_SAFE_NO_PAD.encode(format!("a{secret}")),
        basic,
    ];
    format!("you sent {}", forms.join(" "))
}
