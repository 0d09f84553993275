//! The lines of `-v` about an effect: by allow-list, never a secret, a signature, a token or a query.

use std::borrow::Cow;
use std::time::Duration;

use http::HeaderMap;

use super::effect::{Effect, EffectResult};
use crate::error::Error;

/// One try, for the log.
pub struct Trace<'a> {
    /// HTTP method, `READ` or `TLS`.
    pub method: &'a str,
    /// Host and port, or the path of the file.
    pub host: Cow<'a, str>,
    /// The operation, in the provider's words.
    pub action: &'a str,
    /// HTTP status, size or TLS version; or the error.
    pub outcome: Result<String, Error>,
    pub took: Duration,
    /// The first try is 1.
    pub attempt: u32,
    /// Request headers that may be shown.
    pub sent: Vec<(String, String)>,
    /// Response headers that may be shown.
    pub received: Vec<(String, String)>,
}

impl<'a> Trace<'a> {
    /// What may be shown of a try and of its outcome.
    pub fn of(
        effect: &'a Effect,
        attempt: u32,
        took: Duration,
        result: &Result<EffectResult, Error>,
    ) -> Trace<'a> {
        let (method, host, action, sent) = match effect {
            Effect::Http(request) => (
                request.method.as_str(),
                request.endpoint.authority().into(),
                request.action,
                shown(&request.headers),
            ),
            Effect::Read(path) => ("READ", path.to_string_lossy(), "file", Vec::new()),
            Effect::Handshake(endpoint, _) => {
                ("TLS", endpoint.authority().into(), "handshake", Vec::new())
            }
        };
        let received = match result {
            Ok(EffectResult::Http(response)) => shown(&response.headers),
            _ => Vec::new(),
        };
        Trace {
            method,
            host,
            action,
            outcome: result.as_ref().map(in_short).map_err(Error::clone),
            took,
            attempt,
            sent,
            received,
        }
    }
}

fn in_short(outcome: &EffectResult) -> String {
    match outcome {
        EffectResult::Http(response) => response.status.to_string(),
        EffectResult::Read(content) => format!("{} bytes", content.len()),
        EffectResult::Handshake(peer) => peer.version.unwrap_or("no version").to_owned(),
    }
}

const SHOWN: [&str; 20] = [
    "accept",
    "content-length",
    "content-type",
    "date",
    "retry-after",
    "server",
    "user-agent",
    "x-acs-action",
    "x-acs-date",
    "x-acs-request-id",
    "x-acs-retry-after",
    "x-acs-version",
    "x-request-id",
    "x-sdk-date",
    "x-tc-action",
    "x-tc-language",
    "x-tc-region",
    "x-tc-timestamp",
    "x-tc-version",
    "transfer-encoding",
];

/// The headers of the allow-list.
pub fn shown(headers: &HeaderMap) -> Vec<(String, String)> {
    let allowed = headers
        .iter()
        .filter(|(name, value)| SHOWN.contains(&name.as_str()) && !value.is_sensitive());
    allowed
        .map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect()
}
