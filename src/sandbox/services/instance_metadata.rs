//! The metadata services of the three clouds' machines: sessions, the machine's role, its key.
//!
//! Each stands at the door of its vendor's other calls. Sources: the credentials packages of Alibaba, the SDKs of Tencent,
//! the metadata accessor of Huawei's SDK core. A session is not demanded, but one that is not known is refused.

use std::collections::VecDeque;

use serde_json::{Value, json};

use crate::sandbox::dispatch::Visit;
use crate::sandbox::wire::{Answer, Call};
use crate::sandbox::{CANARY, Service, dates, keys};

/// The sessions that were opened, the oldest first.
#[derive(Default)]
pub(in crate::sandbox) struct Sessions(VecDeque<String>);

/// More than a test or a rehearsal opens.
const MOST: usize = 100;

/// The paths and headers of one cloud.
struct Cloud {
    /// The path that opens a session, the header with its lifetime, and the one that carries its token.
    session: Option<(&'static str, &'static str, &'static str)>,
    roles: Option<&'static str>,
    key: &'static str,
}

fn cloud(service: Service) -> Option<Cloud> {
    match service {
        Service::Mpush | Service::Esa => Some(Cloud {
            session: Some((
                "/latest/api/token",
                "x-aliyun-ecs-metadata-token-ttl-seconds",
                "x-aliyun-ecs-metadata-token",
            )),
            roles: Some("/latest/meta-data/ram/security-credentials/"),
            key: "/latest/meta-data/ram/security-credentials/sandbox-role",
        }),
        Service::Tencent => Some(Cloud {
            session: None,
            roles: Some("/latest/meta-data/cam/security-credentials/"),
            key: "/latest/meta-data/cam/security-credentials/sandbox-role",
        }),
        Service::Huawei => Some(Cloud {
            session: Some((
                "/meta-data/latest/api/token",
                "x-metadata-token-ttl-seconds",
                "x-metadata-token",
            )),
            roles: None,
            key: "/openstack/latest/securitykey",
        }),
        Service::Pbx => None,
    }
}

/// What is asked for, if it is a matter of this service.
pub(in crate::sandbox) fn describe(service: Service, call: &Call) -> Option<&'static str> {
    let cloud = cloud(service)?;
    let below = |path: &str| call.path.starts_with(path);
    if cloud.session.is_some_and(|(path, ..)| call.path == path) {
        return Some("OpenSession");
    }
    match cloud.roles {
        Some(roles) if call.path == roles => Some("ReadRole"),
        Some(roles) if below(roles) => Some("ReadKey"),
        None if call.path == cloud.key => Some("ReadKey"),
        _ => None,
    }
}

pub(in crate::sandbox) fn answer(call: &Call, visit: &mut Visit<'_>) -> Option<Answer> {
    let (action, cloud) = (describe(visit.service, call)?, cloud(visit.service)?);
    Some(match action {
        "OpenSession" => opened(call, visit, &cloud),
        _ if call.method != "GET" => refusal(405, "405 Method Not Allowed"),
        _ if !known(call, visit, &cloud) => refusal(401, "401 Unauthorized"),
        "ReadRole" => Answer::good("text/plain", keys::role(visit.service)?.name),
        _ if call.path != cloud.key => refusal(404, "404 Not Found"),
        _ => Answer::good("application/json", key(visit)?.to_string()),
    })
}

fn refusal(status: u16, text: &str) -> Answer {
    Answer::page(status, text).at_the_gate()
}

fn opened(call: &Call, visit: &mut Visit<'_>, cloud: &Cloud) -> Answer {
    let lifetime = cloud.session.and_then(|(_, name, _)| call.header(name));
    let seconds = lifetime.and_then(|text| text.parse().ok());
    if call.method != "PUT" {
        return refusal(405, "405 Method Not Allowed");
    }
    if !seconds.is_some_and(|seconds: u32| (1..=21_600).contains(&seconds)) {
        return refusal(400, "400 Bad Request");
    }
    let token = format!("{CANARY}MetadataSession{:06}==", visit.number);
    let sessions = &mut visit.state.sessions.0;
    if sessions.len() >= MOST {
        sessions.pop_front();
    }
    sessions.push_back(token.clone());
    Answer::good("text/plain", token)
}

/// Without a session, or with one that was opened here.
fn known(call: &Call, visit: &Visit<'_>, cloud: &Cloud) -> bool {
    let token = cloud.session.and_then(|(_, _, name)| call.header(name));
    token.is_none_or(|token| visit.state.sessions.0.iter().any(|known| known == token))
}

fn key(visit: &Visit<'_>) -> Option<Value> {
    let key = keys::of_role(visit.service)?;
    let end = dates::shift(visit.now, 6 * 3_600);
    let written = end.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    Some(match visit.service {
        Service::Mpush | Service::Esa => json!({
            "AccessKeyId": key.id,
            "AccessKeySecret": key.secret,
            "Expiration": written,
            "SecurityToken": key.token,
            "LastUpdated": visit.now.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "Code": "Success",
        }),
        Service::Tencent => json!({
            "TmpSecretId": key.id,
            "TmpSecretKey": key.secret,
            "ExpiredTime": end.timestamp(),
            "Expiration": written,
            "Token": key.token,
            "Code": "Success",
        }),
        Service::Huawei => json!({"credential": {
            "access": key.id,
            "secret": key.secret,
            "securitytoken": key.token,
            "expires_at": end.format("%Y-%m-%dT%H:%M:%S.000000Z").to_string(),
        }}),
        Service::Pbx => return None,
    })
}
