//! The JSON object of an HTTP response, or the error that follows from its status and shape.

use super::error_codes::by_status;
use crate::error::{Error, Kind};
use crate::exchange::Response;
use crate::json::{Json, Object, parse};

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
        Kind::Config => "there is no such service at this address",
        Kind::Throttled => "too many requests",
        Kind::Unavailable => "the service is unavailable",
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

/// The provider's text without its final full stop.
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

/// The error that a response object reports, beside whatever else it holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ProviderError {
    /// The provider's code.
    pub code: Option<String>,
    /// The provider's words.
    pub text: String,
    /// A code is present but is not a string.
    is_unreadable: bool,
}

impl ProviderError {
    /// An error if the code cannot be read.
    pub fn readable(self) -> Result<ProviderError, Error> {
        if self.is_unreadable && self.code.is_none() {
            Err(wrong_shape("a code that is not one text"))
        } else {
            Ok(self)
        }
    }
}

const CODES: [&str; 7] = [
    "Code",
    "code",
    "ErrorCode",
    "errorCode",
    "error_code",
    "ErrCode",
    "errcode",
];
const TEXTS: [&str; 9] = [
    "Message",
    "message",
    "ErrorMessage",
    "errorMessage",
    "ErrorMsg",
    "errorMsg",
    "error_msg",
    "errmsg",
    "msg",
];

/// The text of an error with neither code nor message.
pub const NO_REASON: &str = "it says that the call failed, and not why";

/// The failure that stands in an object, perhaps beside a record: a code that does not say that all is well, a
/// `Success` that does not, or an `Error`. Of two that contradict each other the failure counts.
pub fn failure(object: &Object) -> Option<ProviderError> {
    let under = |keys: &'static [&'static str]| keys.iter().flat_map(|key| object.values(key));
    let is_bad_code = |value: &&Json| !value.scalar().is_some_and(|code| is_good(&code));
    let code = under(&CODES).find(is_bad_code);
    let errors = || under(&["Error", "error"]).filter(|value| !is_nothing(value));
    let failed = under(&["Success", "success"]).any(|value| !says_yes(value));
    if code.is_none() && !failed && errors().next().is_none() {
        return None;
    }
    let inner = errors().find_map(|value| failure(value.as_object()?));
    let inner = inner.unwrap_or_default();
    let mut own = TEXTS.iter().filter_map(|key| object.text(key));
    let own = own.find(|text| !is_good(text));
    // `"Error": true` says no more than that.
    let error = errors()
        .filter(|value| !says_yes(value))
        .find_map(Json::scalar);
    let inner_text = Some(inner.text).filter(|text| !text.is_empty());
    let is_unreadable = code.is_some_and(|code| code.scalar().is_none());
    let code = code.and_then(Json::scalar).filter(|code| !code.is_empty());
    Some(ProviderError {
        code: code.or(inner.code),
        is_unreadable,
        text: inner_text.or(error).or(own).unwrap_or_default(),
    })
}

/// A code that some services send with every good answer.
fn is_good(code: &str) -> bool {
    let words = ["OK", "SUCCESS", "SUCCEED", "SUCCEEDED"];
    let number = code.parse::<u64>();
    words.contains(&code.to_ascii_uppercase().as_str())
        || number.is_ok_and(|number| number == 0 || (200..300).contains(&number))
}

fn is_nothing(error: &Json) -> bool {
    let words = ["", "0", "false", "none", "null"];
    let scalar = error.scalar();
    let empty = matches!(error, Json::Array(members) if members.is_empty());
    empty || scalar.is_some_and(|text| words.contains(&text.to_ascii_lowercase().as_str()))
}

fn says_yes(success: &Json) -> bool {
    let words = ["", "true", "1", "yes", "on", "ok", "success"];
    let scalar = success.scalar();
    scalar.is_some_and(|text| words.contains(&text.to_ascii_lowercase().as_str()))
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
