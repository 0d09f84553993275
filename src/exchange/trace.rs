//! What `-v` may show of a request: by allow-list, never a secret, a signature, a token or a query.

use std::time::Duration;

use http::HeaderMap;

use super::flow::{Request, Response};
use crate::error::Error;

/// One try, for the log.
pub struct Trace<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Where it went.
    pub host: String,
    /// The operation, in the provider's words.
    pub action: &'a str,
    /// HTTP status, or the failure.
    pub outcome: Result<u16, Error>,
    /// How long it took.
    pub took: Duration,
    /// First try is 1.
    pub attempt: u32,
    /// Request headers that may be shown.
    pub sent: Vec<(String, String)>,
    /// Answer headers that may be shown.
    pub received: Vec<(String, String)>,
}

impl<'a> Trace<'a> {
    /// What may be shown of a try and what came of it.
    pub fn of(
        request: &'a Request,
        attempt: u32,
        took: Duration,
        result: &Result<Response, Error>,
    ) -> Trace<'a> {
        let answer = result.as_ref();
        Trace {
            method: request.method.as_str(),
            host: request.endpoint.authority(),
            action: request.action,
            outcome: answer.map(|response| response.status).map_err(Error::clone),
            took,
            attempt,
            sent: shown(&request.headers),
            received: answer
                .map(|response| shown(&response.headers))
                .unwrap_or_default(),
        }
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
