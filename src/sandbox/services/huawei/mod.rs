//! Huawei SCM: v3 `ShowCertificate` and its v2 predecessor, behind SDK-HMAC-SHA256. The v3 list stands in
//! `list.rs`.
//!
//! Sources: the vendor's signing guide, "Common IAM authentication errors", the SCM and APIG error
//! tables. Messages of `APIGW.0301` are the real ones, which repeat the access key and the
//! canonical request.

mod gateway;
mod list;
mod records;

use chrono::{DateTime, Utc};
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::instance_metadata::{InstanceMetadata, MetadataApi};
use super::{AccessKey, Emulator, Handler, IdFormat};
use crate::sandbox::context::RequestContext;
use crate::sandbox::faults::FaultKind;
use crate::sandbox::list_faults::ListFault;
use crate::sandbox::reply::Reply;
use crate::sandbox::request::{IncomingRequest, RequestInfo, RequestKind};
use crate::sandbox::{dates, echo};

impl Emulator {
    /// Huawei SCM.
    pub const HUAWEI: &'static Emulator = &Emulator {
        name: "huawei",
        samples: records::SAMPLES,
        demo: &[
            "scs1700000000001",
            "scs1700000000006",
            "scs1700000000009",
            "scs1481110651012",
        ],
        // The role of a machine at Huawei has no name.
        role: None,
        variables: &[
            "HUAWEICLOUD_SDK_AK",
            "HUAWEICLOUD_SDK_SK",
            "HUAWEICLOUD_SDK_SECURITY_TOKEN",
        ],
        keys: KEYS,
        id_format: IdFormat::decimal("scs", 1_800_000_000_000),
        has_gateway: true,
        closes_connections: false,
        own_faults: &[],
        handler: || {
            Box::new(CertificateManager {
                locks: gateway::KeyLocks::default(),
                metadata: InstanceMetadata::new(&METADATA),
            })
        },
    };
}

const KEYS: &[AccessKey] = &[
    AccessKey {
        id: "HPUASANDBOXLONG00001",
        secret: "sandboxcanaryHuaweiLong7c4e19a2b8d6f351",
        token: None,
    },
    AccessKey {
        id: "HSTASANDBOXTEMP00002",
        secret: "sandboxcanaryHuaweiTempe90b53d7a1c8f624",
        token: Some("sandboxcanaryHuaweiToken+/==0003"),
    },
];

/// Source: the metadata accessor of Huawei's SDK core.
static METADATA: MetadataApi = MetadataApi {
    session: Some((
        "/meta-data/latest/api/token",
        "x-metadata-token-ttl-seconds",
        "x-metadata-token",
    )),
    roles: None,
    key: "/openstack/latest/securitykey",
    document: |key, _, expiration| {
        json!({"credential": {
            "access": key.id,
            "secret": key.secret,
            "securitytoken": key.token,
            "expires_at": expiration.format("%Y-%m-%dT%H:%M:%S.000000Z").to_string(),
        }})
    },
};

/// The project that the keys belong to, for the v2 call.
pub const PROJECT_ID: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";

const JSON: &str = "application/json;charset=UTF-8";

/// The operations.
enum ScmRoute<'a> {
    List,
    Current(&'a str),
    Legacy { project: &'a str, id: &'a str },
}

fn route(request: &IncomingRequest) -> Option<ScmRoute<'_>> {
    let parts: Vec<&str> = request.path.split('/').collect();
    match parts[..] {
        ["", "v3", "scm", "certificates"] => Some(ScmRoute::List),
        ["", "v3", "scm", "certificates", id] if !id.is_empty() => Some(ScmRoute::Current(id)),
        ["", "v2", project, "scm", "cert", id] if !id.is_empty() => {
            Some(ScmRoute::Legacy { project, id })
        }
        _ => None,
    }
}

struct CertificateManager {
    locks: gateway::KeyLocks,
    metadata: InstanceMetadata,
}

impl Handler for CertificateManager {
    fn classify(&self, request: &IncomingRequest) -> RequestInfo {
        if let Some(info) = self.metadata.classify(request) {
            return info;
        }
        let route = route(request);
        let kind = match route {
            Some(ScmRoute::List) => RequestKind::List,
            _ => RequestKind::Certificate,
        };
        let (action, id) = match route {
            Some(ScmRoute::List) => ("ListCertificates", None),
            Some(ScmRoute::Current(id)) => ("ShowCertificate", Some(id)),
            Some(ScmRoute::Legacy { id, .. }) => ("ShowLegacyCertificate", Some(id)),
            None => (request.path.as_str(), None),
        };
        let decode = |id| percent_decode_str(id).decode_utf8_lossy().into_owned();
        RequestInfo {
            action: action.to_owned(),
            id: id.map(decode),
            kind,
        }
    }

    fn handle(
        &mut self,
        request: &IncomingRequest,
        _: &RequestInfo,
        context: &mut RequestContext<'_>,
    ) -> Reply {
        if let Some(reply) = self.metadata.handle(request, context) {
            return reply;
        }
        let route = match route(request) {
            Some(route) if request.method == "GET" => route,
            // A path or a method that the gateway does not know; not "no such certificate".
            _ => {
                let text = "The API does not exist or has not been published in the environment";
                return refusal(context, 404, "APIGW.0101", text).at_the_gate();
            }
        };
        if let Err(message) = self.locks.admit(request, context) {
            let message = format!("Incorrect IAM authentication information: {message}");
            return refusal(context, 401, "APIGW.0301", &message).at_the_gate();
        }
        served(&route, request, context)
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

/// The reply to a request that the gateway has admitted.
fn served(
    route: &ScmRoute<'_>,
    request: &IncomingRequest,
    context: &mut RequestContext<'_>,
) -> Reply {
    let body = match route {
        ScmRoute::List => match list::list(request, context) {
            Ok(body) => Some(body),
            Err(message) => return refusal(context, 400, "SCM.0005", &message),
        },
        ScmRoute::Current(id) => records::current(id, context).map(|body| body.to_string()),
        ScmRoute::Legacy { project, .. } if *project != PROJECT_ID => {
            let text = "The project ID in the URL does not match that in the token.";
            return refusal(context, 403, "SCM.0002", text);
        }
        ScmRoute::Legacy { id, .. } => records::legacy(id, context),
    };
    match body {
        Some(body) => Reply::good(JSON, body).with_header("x-request-id", request_id(context)),
        None => refusal(context, 400, "SCM.0008", "The certificate ID is invalid."),
    }
}

fn request_id(context: &RequestContext<'_>) -> String {
    format!("5a4db0c5ce274b0c8000{:012x}", context.number)
}

/// The gateway names the request in the body as well; the service only in the header.
fn refusal(context: &RequestContext<'_>, status: u16, code: &str, message: &str) -> Reply {
    let id = request_id(context);
    let body = if code.starts_with("APIGW") {
        json!({"error_code": code, "error_msg": message, "request_id": id})
    } else {
        json!({"error_code": code, "error_msg": message})
    };
    Reply::refusal(status, JSON, code, &body).with_header("x-request-id", id)
}

/// The faults that have a form of their own at Huawei.
fn fault_reply(
    fault: &FaultKind,
    request: &IncomingRequest,
    context: &RequestContext<'_>,
) -> Option<Reply> {
    match fault {
        FaultKind::Throttle => {
            let text = "The throttling threshold has been reached: policy user over ratelimit";
            Some(refusal(context, 429, "APIGW.0308", text))
        }
        // A missing permission that comes as 401.
        FaultKind::Denied | FaultKind::List(ListFault::Unlisted) => {
            let action = match route(request) {
                Some(ScmRoute::List) => "scm:cert:list",
                _ => "scm:cert:get",
            };
            let text = format!("Policy does not allow {action} to be performed.");
            Some(refusal(context, 401, "SCM.4002", &text))
        }
        FaultKind::Echo => {
            let text = gateway::echo(request);
            let text = format!("Incorrect IAM authentication information: {text}");
            Some(refusal(context, 401, "APIGW.0301", &text))
        }
        FaultKind::Repeat => {
            let text = echo::secrets_of(request);
            Some(refusal(context, 400, "Sandbox.Repeat", &text))
        }
        _ => None,
    }
}

/// `2026-11-22 16:00:00.0`, so many days from now.
fn at(today: DateTime<Utc>, count: i64) -> String {
    dates::beijing_with_fraction(dates::days(today, count))
}
