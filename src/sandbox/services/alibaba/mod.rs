//! The gateway that Mobile Push and ESA share: ACS3-HMAC-SHA256 and the error envelope.
//!
//! Sources: "V3 request structure and signature", the error tables of both products, and the
//! signers of the official SDKs. Where an HTTP status is not documented, 400 is used: callers must
//! classify by `Code` anyway.

mod gateway;
mod sts;

use serde_json::json;

pub(super) use gateway::Gateway;

use super::instance_metadata::MetadataApi;
use super::{AccessKey, SandboxRole};
use crate::sandbox::context::RequestContext;
use crate::sandbox::echo;
use crate::sandbox::faults::FaultKind;
use crate::sandbox::list_faults::ListFault;
use crate::sandbox::reply::Reply;
use crate::sandbox::request::IncomingRequest;

/// One API of Alibaba.
pub(super) struct ApiOperation {
    pub action: &'static str,
    pub version: &'static str,
    pub methods: &'static [&'static str],
    pub host: &'static str,
    /// The RAM action that a caller needs.
    pub permission: &'static str,
}

pub(super) const JSON: &str = "application/json;charset=utf-8";

/// The environment variables of a key.
pub(super) const VARIABLES: &[&str] = &[
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABA_CLOUD_SECURITY_TOKEN",
];

pub(super) const KEYS: &[AccessKey] = &[
    AccessKey {
        id: "LTAI5tSandboxLongLived00",
        secret: "sandboxcanaryAlibabaLong000001",
        token: None,
    },
    // The prefix is how users recognise a temporary key ID of Alibaba.
    AccessKey {
        id: "STS.NSandboxTemporary000000",
        secret: "sandboxcanaryAlibabaTemp000002",
        token: Some("sandboxcanaryAlibabaToken+/=003"),
    },
];

pub(super) const ROLE: SandboxRole = SandboxRole {
    arn: "acs:ram::1234567890123456:role/sandbox-role",
    name: "sandbox-role",
    provider: "acs:ram::1234567890123456:oidc-provider/sandbox",
    token: "sandboxcanaryAlibabaIdentity.e30.-_004",
};

/// Source: the credentials packages of Alibaba.
static METADATA: MetadataApi = MetadataApi {
    session: Some((
        "/latest/api/token",
        "x-aliyun-ecs-metadata-token-ttl-seconds",
        "x-aliyun-ecs-metadata-token",
    )),
    roles: Some("/latest/meta-data/ram/security-credentials/"),
    key: "/latest/meta-data/ram/security-credentials/sandbox-role",
    document: |key, now, expiration| {
        json!({
            "AccessKeyId": key.id,
            "AccessKeySecret": key.secret,
            "Expiration": expiration.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "SecurityToken": key.token,
            "LastUpdated": now.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "Code": "Success",
        })
    },
};

/// A request id in the shape of a UUID.
pub(super) fn request_id(context: &RequestContext<'_>) -> String {
    format!("5A4DB0C5-CE27-4B0C-8000-{:012X}", context.number)
}

/// An error in Alibaba's envelope.
pub(super) fn refusal(
    context: &RequestContext<'_>,
    operation: &ApiOperation,
    status: u16,
    code: &str,
    message: &str,
) -> Reply {
    let id = request_id(context);
    let body = json!({
        "RequestId": id,
        "HostId": operation.host,
        "Code": code,
        "Message": message,
        "Recommend": format!("https://api.aliyun.com/troubleshoot?q={code}&requestId={id}"),
    });
    Reply::refusal(status, JSON, code, &body)
}

/// The faults that have a form of their own at Alibaba.
pub(super) fn fault_reply(
    fault: &FaultKind,
    request: &IncomingRequest,
    context: &RequestContext<'_>,
    operation: &ApiOperation,
) -> Option<Reply> {
    match fault {
        FaultKind::Throttle => {
            let [code, message] = THROTTLED;
            Some(refusal(context, operation, 400, code, message))
        }
        FaultKind::Xml => Some(in_xml(context, operation, THROTTLED)),
        FaultKind::Denied | FaultKind::List(ListFault::Unlisted) => {
            Some(denied(context, operation))
        }
        FaultKind::Echo => {
            let message = gateway::mismatch(request);
            let code = "SignatureDoesNotMatch";
            Some(refusal(context, operation, 400, code, &message))
        }
        FaultKind::Repeat => {
            let text = echo::secrets_of(request);
            Some(refusal(context, operation, 400, "Sandbox.Repeat", &text))
        }
        _ => None,
    }
}

const THROTTLED: [&str; 2] = [
    "Throttling.User",
    "Request was denied due to user flow control.",
];

/// The older form of the envelope.
fn in_xml(
    context: &RequestContext<'_>,
    operation: &ApiOperation,
    [code, message]: [&str; 2],
) -> Reply {
    let (id, host) = (request_id(context), operation.host);
    let body = format!(
        "<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>{id}</RequestId><HostId>{host}</HostId>\
         <Code>{code}</Code><Message><![CDATA[{message}]]></Message></Error>"
    );
    Reply {
        body: body.into_bytes(),
        ..Reply::refusal(400, "text/xml;charset=utf-8", code, &json!({}))
    }
}

fn denied(context: &RequestContext<'_>, operation: &ApiOperation) -> Reply {
    let id = request_id(context);
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
    Reply::refusal(403, JSON, "NoPermission", &body)
}
