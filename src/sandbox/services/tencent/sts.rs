//! Tencent's Security Token Service: `AssumeRole`, signed for `sts`, and `AssumeRoleWithWebIdentity`, which sends `SKIP`
//! instead of a signature.
//!
//! Sources: the pages of both actions, and the table of codes in the service's SDK.

use serde_json::{Map, Value, json};

use super::super::instance_metadata::key_request;
use super::gateway::{TencentRefusal, admit, refused, routed, whole};
use super::{JSON, refusal, request_id};
use crate::sandbox::SandboxRole;
use crate::sandbox::context::RequestContext;
use crate::sandbox::dates;
use crate::sandbox::reply::Reply;
use crate::sandbox::request::{IncomingRequest, RequestInfo};

const VERSION: &str = "2018-08-13";
const SIGNED: &str = "AssumeRole";
const UNSIGNED: &str = "AssumeRoleWithWebIdentity";

/// The action, if it is one of STS.
fn action(request: &IncomingRequest) -> Option<&'static str> {
    let named = request.header("x-tc-action")?;
    [SIGNED, UNSIGNED]
        .into_iter()
        .find(|action| *action == named)
}

pub(super) fn classify(request: &IncomingRequest) -> Option<RequestInfo> {
    action(request).map(key_request)
}

/// The reply, if the action is one of STS.
pub(super) fn handle(request: &IncomingRequest, context: &RequestContext<'_>) -> Option<Reply> {
    let (action, role) = (action(request)?, context.emulator.role?);
    let no = |(code, text): TencentRefusal| refusal(context, code, &text);
    if let Err(refused) = admitted(request, context, action) {
        return Some(no(refused).at_the_gate());
    }
    let given = match serde_json::from_slice(&request.body) {
        Ok(Value::Object(given)) => given,
        _ => {
            return Some(no(refused(
                "InvalidParameter",
                "The body is not a JSON object.",
            )));
        }
    };
    Some(match checked(&given, action, &role) {
        Ok(()) => key(context),
        Err(refused) => no(refused),
    })
}

fn admitted(
    request: &IncomingRequest,
    context: &RequestContext<'_>,
    action: &str,
) -> Result<(), TencentRefusal> {
    routed(request, action, VERSION)?;
    if request.header("x-tc-region").is_none_or(str::is_empty) {
        let text = "The request is missing the header x-tc-region.";
        return Err(refused("MissingParameter", text));
    }
    if action == SIGNED {
        return admit(request, context, "sts");
    }
    whole(request, context.now)?;
    match request.header("authorization") {
        Some("SKIP") => Ok(()),
        _ => Err(refused(
            "AuthFailure.InvalidAuthorization",
            "Authorization must be SKIP.",
        )),
    }
}

fn checked(
    given: &Map<String, Value>,
    action: &str,
    role: &SandboxRole,
) -> Result<(), TencentRefusal> {
    let text = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default();
    let param = |text: &str| Err(refused("InvalidParameter.ParamError", text));
    if action == UNSIGNED && text("WebIdentityToken") != role.token {
        let code = "InvalidParameter.WebIdentityTokenError";
        return Err(refused(code, "The web identity token is invalid."));
    }
    if action == UNSIGNED && text("ProviderId") != role.provider {
        return param("ProviderId is not known.");
    }
    if text("RoleArn") != role.arn {
        let code = "ResourceNotFound.RoleNotFound";
        return Err(refused(code, "The role of the account does not exist."));
    }
    let session = text("RoleSessionName");
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
    if !(2..=128).contains(&session.len()) || !session.bytes().all(plain) {
        return param("RoleSessionName is not valid.");
    }
    match given.get("DurationSeconds") {
        None => Ok(()),
        Some(seconds) if seconds.as_u64().is_some_and(|s| (1..=43_200).contains(&s)) => Ok(()),
        Some(_) => param("DurationSeconds is not valid."),
    }
}

fn key(context: &RequestContext<'_>) -> Reply {
    let Some(key) = context.emulator.temporary_key() else {
        return Reply::page(500, "500 no key");
    };
    let end = dates::shift(context.now, 7_200);
    let body = json!({"Response": {
        "Credentials": {
            "Token": key.token,
            "TmpSecretId": key.id,
            "TmpSecretKey": key.secret,
        },
        "ExpiredTime": end.timestamp(),
        "Expiration": end.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "RequestId": request_id(context),
    }});
    Reply::good(JSON, body.to_string())
}
