//! Tencent's Security Token Service: `AssumeRole`, signed for `sts`, and `AssumeRoleWithWebIdentity`, which says `SKIP`
//! instead of a signature.
//!
//! Sources: the pages of both actions, and the table of codes in the service's SDK.

use serde_json::{Map, Value, json};

use crate::sandbox::dispatch::Visit;
use crate::sandbox::services::tencent::{self, JSON, Refused, refused};
use crate::sandbox::wire::{Answer, Call};
use crate::sandbox::{Role, dates, keys};

const VERSION: &str = "2018-08-13";
const SIGNED: &str = "AssumeRole";
const UNSIGNED: &str = "AssumeRoleWithWebIdentity";

/// The action, if it is one of this service.
pub(in crate::sandbox) fn describe(call: &Call) -> Option<&'static str> {
    let named = call.header("x-tc-action")?;
    [SIGNED, UNSIGNED]
        .into_iter()
        .find(|action| *action == named)
}

pub(in crate::sandbox) fn answer(call: &Call, visit: &mut Visit<'_>) -> Option<Answer> {
    let (action, role) = (describe(call)?, keys::role(visit.service)?);
    let no = |(code, text): Refused| tencent::refusal(visit, code, &text);
    if let Err(refused) = admitted(call, visit, action) {
        return Some(no(refused).at_the_gate());
    }
    let given = match serde_json::from_slice(&call.body) {
        Ok(Value::Object(given)) => given,
        _ => {
            return Some(no(refused(
                "InvalidParameter",
                "The body is not a JSON object.",
            )));
        }
    };
    Some(match checked(&given, action, &role) {
        Ok(()) => key(visit),
        Err(refused) => no(refused),
    })
}

fn admitted(call: &Call, visit: &Visit<'_>, action: &str) -> Result<(), Refused> {
    tencent::routed(call, action, VERSION)?;
    if call.header("x-tc-region").is_none_or(str::is_empty) {
        let text = "The request is missing the header x-tc-region.";
        return Err(refused("MissingParameter", text));
    }
    if action == SIGNED {
        return tencent::admit(call, visit.now, "sts");
    }
    tencent::whole(call, visit.now)?;
    match call.header("authorization") {
        Some("SKIP") => Ok(()),
        _ => Err(refused(
            "AuthFailure.InvalidAuthorization",
            "Authorization must be SKIP.",
        )),
    }
}

fn checked(given: &Map<String, Value>, action: &str, role: &Role) -> Result<(), Refused> {
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

fn key(visit: &Visit<'_>) -> Answer {
    let Some(key) = keys::of_role(visit.service) else {
        return Answer::page(500, "500 no key");
    };
    let end = dates::shift(visit.now, 7_200);
    let body = json!({"Response": {
        "Credentials": {
            "Token": key.token,
            "TmpSecretId": key.id,
            "TmpSecretKey": key.secret,
        },
        "ExpiredTime": end.timestamp(),
        "Expiration": end.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "RequestId": tencent::request_id(visit),
    }});
    Answer::good(JSON, body.to_string())
}
