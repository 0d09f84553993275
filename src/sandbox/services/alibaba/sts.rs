//! Alibaba's Security Token Service: `AssumeRole` through the same gateway, `AssumeRoleWithOIDC` without a signature.
//!
//! Sources: the error table of "AssumeRole" as the object storage's help repeats it, the RRSA pages of Container Service,
//! and what the credentials package for Go sends.

use serde_json::json;

use super::super::instance_metadata::key_request;
use super::{ApiOperation, Gateway, JSON, refusal, request_id};
use crate::sandbox::SandboxRole;
use crate::sandbox::context::RequestContext;
use crate::sandbox::dates;
use crate::sandbox::reply::Reply;
use crate::sandbox::request::{IncomingRequest, RequestInfo, pairs};

const VERSION: &str = "2015-04-01";

const SIGNED: ApiOperation = ApiOperation {
    action: "AssumeRole",
    version: VERSION,
    methods: &["POST", "GET"],
    host: "sts.aliyuncs.com",
    permission: "sts:AssumeRole",
};

const UNSIGNED: ApiOperation = ApiOperation {
    action: "AssumeRoleWithOIDC",
    ..SIGNED
};

/// The action, if it is one of STS.
fn action(request: &IncomingRequest) -> Option<&'static str> {
    let in_query = request.parameter("Action");
    let named = request.header("x-acs-action").or(in_query.as_deref())?;
    let actions = [SIGNED.action, UNSIGNED.action];
    actions.into_iter().find(|action| *action == named)
}

pub(super) fn classify(request: &IncomingRequest) -> Option<RequestInfo> {
    action(request).map(key_request)
}

/// The reply, if the action is one of STS.
pub(super) fn handle(
    gateway: &mut Gateway,
    request: &IncomingRequest,
    context: &RequestContext<'_>,
) -> Option<Reply> {
    let role = context.emulator.role?;
    let reply = if action(request)? == SIGNED.action {
        signed(gateway, request, context, &role)
    } else {
        unsigned(request, context, &role)
    };
    Some(reply.unwrap_or_else(|refusal| refusal))
}

fn signed(
    gateway: &mut Gateway,
    request: &IncomingRequest,
    context: &RequestContext<'_>,
    role: &SandboxRole,
) -> Result<Reply, Reply> {
    gateway.admit(request, context, &SIGNED)?;
    let parameters = pairs(&request.query, true);
    checked(&parameters, context, role)?;
    Ok(key(context))
}

fn unsigned(
    request: &IncomingRequest,
    context: &RequestContext<'_>,
    role: &SandboxRole,
) -> Result<Reply, Reply> {
    let no = |status, code, text: &str| {
        Err(refusal(context, &UNSIGNED, status, code, text).at_the_gate())
    };
    if request.method != "POST" || request.path != "/" {
        return no(
            400,
            "UnsupportedHTTPMethod",
            "This http method is not supported.",
        );
    }
    if request.parameter("Version").as_deref() != Some(VERSION) {
        return no(
            400,
            "InvalidVersion",
            "Specified parameter Version is not valid.",
        );
    }
    if request.parameter("Format").as_deref() != Some("JSON") {
        return no(
            400,
            "InvalidParameter.Format",
            "The sandbox speaks JSON only.",
        );
    }
    if request.header("authorization").is_some() {
        return no(400, "IncompleteSignature", "This action is not signed.");
    }
    if request.header("content-type") != Some("application/x-www-form-urlencoded") {
        return no(400, "InvalidContentType", "The body must be a form.");
    }
    let form = pairs(&String::from_utf8_lossy(&request.body), true);
    let given = |name: &str| value(&form, name).unwrap_or_default();
    // The real message repeats nothing; a gateway in between may.
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
    checked(&form, context, role)?;
    Ok(key(context))
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = pairs.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

/// The role, the name of the session, and how long.
fn checked(
    given: &[(String, String)],
    context: &RequestContext<'_>,
    role: &SandboxRole,
) -> Result<(), Reply> {
    let no = |status, code, text: &str| refusal(context, &SIGNED, status, code, text);
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

fn key(context: &RequestContext<'_>) -> Reply {
    let Some(key) = context.emulator.temporary_key() else {
        return Reply::page(500, "500 no key");
    };
    let end = dates::shift(context.now, 3_600);
    let body = json!({
        "RequestId": request_id(context),
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
    Reply::good(JSON, body.to_string())
}
