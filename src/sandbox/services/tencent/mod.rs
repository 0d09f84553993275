//! Tencent SSL, `DescribeCertificate`, behind TC3-HMAC-SHA256. The list stands in `list.rs`.
//!
//! Sources: the operation's page, "Signature v3", the common error table. Every answer comes with
//! HTTP 200, errors too, and with the bare content type. The service accepts GET as well; the
//! sandbox does not, since certcheck does not send it.

mod gateway;
mod list;
mod records;
mod sts;

use serde_json::{Value, json};

use super::instance_metadata::{InstanceMetadata, MetadataApi};
use super::{AccessKey, Emulator, Handler, IdFormat, SandboxRole};
use crate::sandbox::context::RequestContext;
use crate::sandbox::echo;
use crate::sandbox::faults::FaultKind;
use crate::sandbox::list_faults::ListFault;
use crate::sandbox::reply::{Reply, amend};
use crate::sandbox::request::{IncomingRequest, RequestInfo, RequestKind};
use gateway::{admit, routed};

impl Emulator {
    /// Tencent SSL.
    pub const TENCENT: &'static Emulator = &Emulator {
        name: "tencent",
        samples: records::SAMPLES,
        demo: &["sbxValid", "sbxSoon1", "sbxRevok", "sbxCaBun", "sbxMove1"],
        role: Some(SandboxRole {
            arn: "qcs::cam::uin/100000000001:roleName/sandbox-role",
            name: "sandbox-role",
            provider: "sandbox-provider",
            token: "sandboxcanaryTencentIdentity.e30.-_004",
        }),
        variables: &[
            "TENCENTCLOUD_SECRET_ID",
            "TENCENTCLOUD_SECRET_KEY",
            "TENCENTCLOUD_TOKEN",
        ],
        keys: KEYS,
        id_format: IdFormat {
            width: 7,
            ..IdFormat::decimal("sbxE", 0)
        },
        has_gateway: true,
        closes_connections: false,
        own_faults: &[],
        handler: || {
            Box::new(SslCertificates {
                metadata: InstanceMetadata::new(&METADATA),
            })
        },
    };
}

const KEYS: &[AccessKey] = &[
    AccessKey {
        id: "AKIDsandboxLongLived0000000000000001",
        secret: "sandboxcanaryTencentLong3d81f6c9",
        token: None,
    },
    AccessKey {
        id: "AKIDsandboxTemporary0000000000000002",
        secret: "sandboxcanaryTencentTemp62b07ae4",
        token: Some("sandboxcanaryTencentToken-_00003"),
    },
];

/// Source: the SDKs of Tencent.
static METADATA: MetadataApi = MetadataApi {
    session: None,
    roles: Some("/latest/meta-data/cam/security-credentials/"),
    key: "/latest/meta-data/cam/security-credentials/sandbox-role",
    document: |key, _, expiration| {
        json!({
            "TmpSecretId": key.id,
            "TmpSecretKey": key.secret,
            "ExpiredTime": expiration.timestamp(),
            "Expiration": expiration.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "Token": key.token,
            "Code": "Success",
        })
    },
};

const JSON: &str = "application/json";
const ACTION: &str = "DescribeCertificate";
const VERSION: &str = "2019-12-05";

struct SslCertificates {
    metadata: InstanceMetadata,
}

impl Handler for SslCertificates {
    fn classify(&self, request: &IncomingRequest) -> RequestInfo {
        let key = self.metadata.classify(request);
        key.or_else(|| sts::classify(request)).unwrap_or_else(|| {
            let action = request.header("x-tc-action").unwrap_or_default();
            RequestInfo {
                action: action.to_owned(),
                id: certificate_id(request),
                kind: if action == list::ACTION {
                    RequestKind::List
                } else {
                    RequestKind::Certificate
                },
            }
        })
    }

    fn handle(
        &mut self,
        request: &IncomingRequest,
        _: &RequestInfo,
        context: &mut RequestContext<'_>,
    ) -> Reply {
        let key = self.metadata.handle(request, context);
        if let Some(reply) = key.or_else(|| sts::handle(request, context)) {
            return reply;
        }
        let lists = request.header("x-tc-action") == Some(list::ACTION);
        let action = if lists { list::ACTION } else { ACTION };
        if let Err((code, message)) =
            admit(request, context, "ssl").and_then(|()| routed(request, action, VERSION))
        {
            return refusal(context, code, &message).at_the_gate();
        }
        if lists {
            return list::handle(request, context);
        }
        certificate(request, context)
    }

    fn fault_reply(
        &mut self,
        fault: &FaultKind,
        request: &IncomingRequest,
        context: &mut RequestContext<'_>,
    ) -> Option<Reply> {
        fault_reply(fault, request, context)
    }
}

fn certificate(request: &IncomingRequest, context: &RequestContext<'_>) -> Reply {
    let no = |code, message: &str| refusal(context, code, message);
    let Ok(Value::Object(body)) = serde_json::from_slice(&request.body) else {
        return no("InvalidParameter", "The body is not a JSON object.");
    };
    if let Some(other) = body.keys().find(|key| *key != "CertificateId") {
        let message = format!("The parameter `{other}` is not recognized.");
        return no("UnknownParameter", &message);
    }
    match body.get("CertificateId") {
        None => no(
            "MissingParameter",
            "The request is missing a required parameter `CertificateId`.",
        ),
        Some(Value::String(id)) => match records::record(id, context) {
            Some(mut record) => {
                amend(&mut record, json!({"RequestId": request_id(context)}));
                Reply::good(JSON, json!({"Response": record}).to_string())
            }
            None => no(
                "FailedOperation.CertificateNotFound",
                "The certificate does not exist.",
            ),
        },
        Some(_) => no(
            "InvalidParameter",
            "The value type of parameter `CertificateId` is not valid.",
        ),
    }
}

fn certificate_id(request: &IncomingRequest) -> Option<String> {
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    Some(body.get("CertificateId")?.as_str()?.to_owned())
}

fn request_id(context: &RequestContext<'_>) -> String {
    format!("5a4db0c5-ce27-4b0c-8000-{:012x}", context.number)
}

fn refusal(context: &RequestContext<'_>, code: &str, message: &str) -> Reply {
    let body = json!({"Response": {
        "Error": {"Code": code, "Message": message},
        "RequestId": request_id(context),
    }});
    Reply::refusal(200, JSON, code, &body)
}

/// The faults that have a form of their own at Tencent.
fn fault_reply(
    fault: &FaultKind,
    request: &IncomingRequest,
    context: &RequestContext<'_>,
) -> Option<Reply> {
    match fault {
        FaultKind::Throttle => Some(refusal(
            context,
            "RequestLimitExceeded",
            "Your current request times equals to `11` in a second, which exceeds the frequency \
             limit `10` for a second. Please reduce the frequency of calls.",
        )),
        FaultKind::Denied | FaultKind::List(ListFault::Unlisted) => {
            let action = request.header("x-tc-action").unwrap_or_default();
            let text = format!("you are not authorized to perform operation (ssl:{action})");
            Some(refusal(context, "AuthFailure.UnauthorizedOperation", &text))
        }
        FaultKind::Echo => {
            let message = format!(
                "The provided credentials could not be validated.\nAuthorization: {}\n\
                 X-TC-Token: {}\nbody: {}",
                request.header("authorization").unwrap_or_default(),
                request.header("x-tc-token").unwrap_or_default(),
                String::from_utf8_lossy(&request.body)
            );
            Some(refusal(context, "AuthFailure.SignatureFailure", &message))
        }
        FaultKind::Repeat => {
            let text = echo::secrets_of(request);
            Some(refusal(context, "Sandbox.Repeat", &text))
        }
        _ => None,
    }
}
