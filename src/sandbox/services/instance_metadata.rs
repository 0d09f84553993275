//! Instance metadata of a cloud's machine: sessions, the machine's role, its temporary key.
//!
//! It is served at the endpoint of the vendor's other calls; each vendor's folder holds its paths and the form of its key. A
//! session is not mandatory, but an unknown one is refused.

use std::collections::VecDeque;

use serde_json::Value;

use super::AccessKey;
use crate::sandbox::CANARY;
use crate::sandbox::context::RequestContext;
use crate::sandbox::dates;
use crate::sandbox::reply::Reply;
use crate::sandbox::request::{IncomingRequest, RequestInfo, RequestKind};
use chrono::{DateTime, Utc};

/// The paths and headers of one cloud.
pub(super) struct MetadataApi {
    /// The path that opens a session, the header with its lifetime, and the header that carries its token.
    pub session: Option<(&'static str, &'static str, &'static str)>,
    /// The path that lists the machine's role.
    pub roles: Option<&'static str>,
    /// The path of the key.
    pub key: &'static str,
    /// The document with a key, for the current time and the key's expiration.
    pub document: fn(&AccessKey, now: DateTime<Utc>, expiration: DateTime<Utc>) -> Value,
}

/// More than a test or a rehearsal opens.
const MAX_SESSIONS: usize = 100;

/// Instance metadata with its open sessions.
pub(super) struct InstanceMetadata {
    api: &'static MetadataApi,
    /// The tokens of the sessions, the oldest first.
    sessions: VecDeque<String>,
}

impl InstanceMetadata {
    pub fn new(api: &'static MetadataApi) -> InstanceMetadata {
        InstanceMetadata {
            api,
            sessions: VecDeque::new(),
        }
    }

    /// The action, if the path is one of instance metadata.
    fn action(&self, request: &IncomingRequest) -> Option<&'static str> {
        let api = self.api;
        let path = request.path.as_str();
        if api.session.is_some_and(|(session, ..)| path == session) {
            return Some("OpenSession");
        }
        match api.roles {
            Some(roles) if path == roles => Some("ReadRole"),
            Some(roles) if path.starts_with(roles) => Some("ReadKey"),
            None if path == api.key => Some("ReadKey"),
            _ => None,
        }
    }

    pub fn classify(&self, request: &IncomingRequest) -> Option<RequestInfo> {
        self.action(request).map(key_request)
    }

    /// The reply, if the path is one of instance metadata.
    pub fn handle(
        &mut self,
        request: &IncomingRequest,
        context: &RequestContext<'_>,
    ) -> Option<Reply> {
        Some(match self.action(request)? {
            "OpenSession" => self.open_session(request, context),
            _ if request.method != "GET" => refusal(405, "405 Method Not Allowed"),
            _ if !self.has_valid_session(request) => refusal(401, "401 Unauthorized"),
            "ReadRole" => Reply::good("text/plain", context.emulator.role?.name),
            _ if request.path != self.api.key => refusal(404, "404 Not Found"),
            _ => {
                let key = context.emulator.temporary_key()?;
                let expiration = dates::shift(context.now, 6 * 3_600);
                let document = (self.api.document)(key, context.now, expiration);
                Reply::good("application/json", document.to_string())
            }
        })
    }

    fn open_session(&mut self, request: &IncomingRequest, context: &RequestContext<'_>) -> Reply {
        let lifetime = self
            .api
            .session
            .and_then(|(_, name, _)| request.header(name));
        let seconds = lifetime.and_then(|text| text.parse().ok());
        if request.method != "PUT" {
            return refusal(405, "405 Method Not Allowed");
        }
        if !seconds.is_some_and(|seconds: u32| (1..=21_600).contains(&seconds)) {
            return refusal(400, "400 Bad Request");
        }
        let token = format!("{CANARY}MetadataSession{:06}==", context.number);
        if self.sessions.len() >= MAX_SESSIONS {
            self.sessions.pop_front();
        }
        self.sessions.push_back(token.clone());
        Reply::good("text/plain", token)
    }

    /// It has no session, or one that was opened here.
    fn has_valid_session(&self, request: &IncomingRequest) -> bool {
        let token = self
            .api
            .session
            .and_then(|(_, _, name)| request.header(name));
        token.is_none_or(|token| self.sessions.iter().any(|known| known == token))
    }
}

/// A request for a key, or for what leads to one.
pub(super) fn key_request(action: &str) -> RequestInfo {
    RequestInfo {
        action: action.to_owned(),
        id: None,
        kind: RequestKind::Key,
    }
}

fn refusal(status: u16, text: &str) -> Reply {
    Reply::page(status, text).at_the_gate()
}
