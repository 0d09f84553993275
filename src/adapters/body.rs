//! From an HTTP answer to an object, or to the error that its status and shape make.

use super::codes::by_status;
use super::lenient::{Json, Object, parse};
use crate::error::{Error, Kind};
use crate::exchange::Response;

/// More of the name of an encoding is no help.
const LONGEST_ENCODING: usize = 20;

/// The body as an object, whatever the content type says: decide by structure (Tencent sends errors with any).
pub fn object(response: &Response) -> Result<Object, Error> {
    let unread = match parse(&response.body) {
        Ok(Json::Object(object)) => return Ok(object),
        Err(_) if let Some(encoding) = encoding(response) => {
            let text = format!("it is compressed ({encoding}), and nobody asked for that");
            Error::new(Kind::Protocol, text)
        }
        Ok(_) => Error::new(Kind::Protocol, "JSON, but not an object"),
        Err(error) => error,
    };
    Err(unreadable(response, &unread))
}

/// How an answer is compressed, though every request takes it as it is.
fn encoding(response: &Response) -> Option<String> {
    let encoding = response.header("content-encoding")?.trim();
    let none = encoding.is_empty() || encoding.eq_ignore_ascii_case("identity");
    (!none).then(|| encoding.chars().take(LONGEST_ENCODING).collect())
}

/// An answer that says nothing we can read: its status decides, and its type and size are all that is shown.
pub fn unreadable(response: &Response, why: &Error) -> Error {
    let media = response.header("content-type").unwrap_or("no content type");
    let media = media.split(';').next().unwrap_or_default().trim();
    let status = response.status;
    let kind = match status {
        404 => Kind::Config,
        _ => by_status(status, Kind::Protocol),
    };
    let what = match kind {
        Kind::Config => "this service is not at this address",
        Kind::Throttled => "too many requests",
        Kind::Unavailable => "the service is out of order",
        _ => &format!("the answer cannot be read: {}", why.message),
    };
    let text = format!("{what} ({media}, {} bytes)", response.body.len());
    Error::new(kind, text).with_status(status).quoting(media)
}

/// A refusal in the provider's own words; where it has none, its code. The full stop behind them would stand in the
/// middle of a line.
pub fn refused(ours: &str, theirs: &str, code: &str) -> String {
    let theirs = trimmed(theirs);
    let said = if theirs.is_empty() { code } else { theirs };
    format!("{ours}: {said}")
}

/// What a message repeats of a provider's text.
pub fn trimmed(theirs: &str) -> &str {
    theirs.trim().trim_end_matches(['.', '。'])
}

/// An object of another shape than the documented answers, without an error in it that could be read.
pub fn wrong_shape(what: &str) -> Error {
    Error::new(
        Kind::Protocol,
        format!("the answer is not as documented: {what}"),
    )
}

/// A saved answer as an object.
pub fn whole(answer: &Json) -> Result<&Object, Error> {
    answer
        .as_object()
        .ok_or_else(|| wrong_shape("not an object"))
}

/// An error that was read out of an answer, with what its HTTP status adds: an outage and throttling whatever the
/// body names, and a wrong place where nothing this service says is found.
pub fn with_status(error: Error, status: u16) -> Error {
    let kind = match (error.kind, status) {
        (Kind::Protocol, 404) => Kind::Config,
        (kind, status) => by_status(status, kind),
    };
    Error { kind, ..error }.with_status(status)
}
