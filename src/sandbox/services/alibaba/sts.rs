//! Alibaba's Security Token Service: `AssumeRole` behind the same gateway, `AssumeRoleWithOIDC` without a signature.
//!
//! Sources: the error table of "AssumeRole" as the object storage's help repeats it, the RRSA pages of Container Service,
//! and what the credentials package for Go sends.

use serde_json::json;

use crate::sandbox::dispatch::Visit;
use crate::sandbox::services::alibaba::{self, JSON, Operation};
use crate::sandbox::wire::{Answer, Call, pairs};
use crate::sandbox::{Role, dates, keys};

const VERSION: &str = "2015-04-01";

const SIGNED: Operation = Operation {
    action: "AssumeRole",
    version: VERSION,
    methods: &["POST", "GET"],
    host: "sts.aliyuncs.com",
    permission: "sts:AssumeRole",
};

const UNSIGNED: Operation = Operation {
    action: "AssumeRoleWithOIDC",
    ..SIGNED
};

/// The action, if it is one of this service.
pub(in crate::sandbox) fn describe(call: &Call) -> Option<&'static str> {
    let in_query = call.parameter("Action");
    let named = call.header("x-acs-action").or(in_query.as_deref())?;
    let actions = [SIGNED.action, UNSIGNED.action];
    actions.into_iter().find(|action| *action == named)
}

pub(in crate::sandbox) fn answer(call: &Call, visit: &mut Visit<'_>) -> Option<Answer> {
    let role = keys::role(visit.service)?;
    let answer = match describe(call)? {
        action if action == SIGNED.action => signed(call, visit, &role),
        _ => unsigned(call, visit, &role),
    };
    Some(answer.unwrap_or_else(|refusal| refusal))
}

type Outcome = Result<Answer, Answer>;

fn signed(call: &Call, visit: &mut Visit<'_>, role: &Role) -> Outcome {
    alibaba::admit(call, visit, &SIGNED)?;
    let parameters = pairs(&call.query, true);
    checked(&parameters, visit, role)?;
    Ok(key(visit))
}

fn unsigned(call: &Call, visit: &mut Visit<'_>, role: &Role) -> Outcome {
    let no = |status, code, text: &str| {
        Err(alibaba::refusal(visit, &UNSIGNED, status, code, text).at_the_gate())
    };
    if call.method != "POST" || call.path != "/" {
        return no(
            400,
            "UnsupportedHTTPMethod",
            "This http method is not supported.",
        );
    }
    if call.parameter("Version").as_deref() != Some(VERSION) {
        return no(
            400,
            "InvalidVersion",
            "Specified parameter Version is not valid.",
        );
    }
    if call.parameter("Format").as_deref() != Some("JSON") {
        return no(
            400,
            "InvalidParameter.Format",
            "The sandbox speaks JSON only.",
        );
    }
    if call.header("authorization").is_some() {
        return no(400, "IncompleteSignature", "This action is not signed.");
    }
    if call.header("content-type") != Some("application/x-www-form-urlencoded") {
        return no(400, "InvalidContentType", "The body must be a form.");
    }
    let form = pairs(&String::from_utf8_lossy(&call.body), true);
    let given = |name: &str| value(&form, name).unwrap_or_default();
    // The real message repeats nothing; a gateway between may.
    if given("OIDCToken") != role.token {
        let code = "AuthenticationFail.OIDCToken.Invalid";
        return no(400, code, "This JsonWebToken is invalid.");
    }
    if given("OIDCProviderArn") != role.provider {
        return no(
            404,
            "EntityNotExist.OIDCProvider",
            "The OIDC provider does not exist.",
        );
    }
    checked(&form, visit, role)?;
    Ok(key(visit))
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = pairs.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

/// The role, the name of the session, and how long.
fn checked(given: &[(String, String)], visit: &Visit<'_>, role: &Role) -> Result<(), Answer> {
    let no = |status, code, text: &str| alibaba::refusal(visit, &SIGNED, status, code, text);
    match value(given, "RoleArn") {
        None | Some("") => return Err(no(400, "MissingRoleArn", "RoleArn is mandatory.")),
        Some(arn) if arn == role.arn => {}
        Some(_) => {
            let text = "The specified Role does not exist.";
            return Err(no(404, "EntityNotExist.Role", text));
        }
    }
    let session = value(given, "RoleSessionName").unwrap_or_default();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.@".contains(&b);
    if !(2..=64).contains(&session.len()) || !session.bytes().all(plain) {
        let text = "The parameter RoleSessionName is wrongly formed.";
        return Err(no(400, "InvalidParameter.RoleSessionName", text));
    }
    let seconds = value(given, "DurationSeconds").unwrap_or("3600").parse();
    if !seconds.is_ok_and(|seconds: u32| (900..=43_200).contains(&seconds)) {
        let text = "The Min/Max value of DurationSeconds is 15min/12h.";
        return Err(no(400, "InvalidParameter.DurationSeconds", text));
    }
    Ok(())
}

fn key(visit: &Visit<'_>) -> Answer {
    let Some(key) = keys::of_role(visit.service) else {
        return Answer::page(500, "500 no key");
    };
    let end = dates::shift(visit.now, 3_600);
    let body = json!({
        "RequestId": alibaba::request_id(visit),
        "AssumedRoleUser": {
            "Arn": "acs:ram::1234567890123456:role/sandbox-role/sandboxcanarySession",
            "AssumedRoleId": "sandboxcanaryRoleId:sandboxcanarySession",
        },
        "Credentials": {
            "AccessKeyId": key.id,
            "AccessKeySecret": key.secret,
            "SecurityToken": key.token,
            "Expiration": end.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        },
    });
    Answer::good(JSON, body.to_string())
}
