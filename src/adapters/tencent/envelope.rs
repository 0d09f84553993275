//! Tencent's envelope: `{"Response":{…}}`, success and failure alike with HTTP 200.
//!
//! Traps: decide by structure, not by content type (the vendor's own tool takes an error for success when the
//! type carries a charset); no error and no `CertificateId` is a broken answer, never a record of nulls; "not
//! found" lies under `FailedOperation.`.

use crate::adapters::error_codes::{CodeTable, lookup};
use crate::adapters::response_body;
use crate::adapters::saved::other_api;
use crate::error::{Error, Kind};
use crate::exchange::Response;
use crate::json::{Field, Json, Object};

/// Common codes, the service's own, and the codes of writes (`refused` by default).
pub const CODES: CodeTable = &[
    ("AuthFailure.SignatureExpire", Kind::Clock),
    ("AuthFailure.UnauthorizedOperation", Kind::Permission),
    ("AuthFailure*", Kind::Credentials),
    ("UnauthorizedOperation*", Kind::Permission),
    ("FailedOperation.AuthError", Kind::Permission),
    ("FailedOperation.CAMAuthorizedFail", Kind::Permission),
    ("FailedOperation.NoProjectPermission", Kind::Permission),
    ("IpInBlacklist", Kind::Refused),
    ("IpNotInWhitelist", Kind::Refused),
    ("FailedOperation.CertificateNotFound", Kind::NotFound),
    ("ResourceNotFound*", Kind::NotFound),
    ("FailedOperation.NoRealNameAuth", Kind::Refused),
    ("InvalidParameter*", Kind::Usage),
    ("MissingParameter*", Kind::Usage),
    ("UnknownParameter*", Kind::Usage),
    ("FailedOperation.InvalidParam", Kind::Usage),
    ("InvalidAction", Kind::Config),
    ("NoSuchVersion", Kind::Config),
    ("NoSuchProduct", Kind::Config),
    ("UnsupportedRegion", Kind::Config),
    ("UnsupportedProtocol", Kind::Config),
    ("UnsupportedOperation*", Kind::Config),
    ("ActionOffline", Kind::Config),
    ("RequestLimitExceeded*", Kind::Throttled),
    ("LimitExceeded.RateLimitExceeded", Kind::Throttled),
    ("LimitExceeded*", Kind::Refused),
    ("InternalError*", Kind::Unavailable),
    ("ServiceUnavailable", Kind::Unavailable),
    ("ResourceUnavailable*", Kind::Unavailable),
    ("FailedOperation.NetworkError", Kind::Unavailable),
    ("FailedOperation.SystemError", Kind::Unavailable),
    ("FailedOperation.CannotGetOrder", Kind::Unavailable),
    ("FailedOperation*", Kind::Refused),
];

/// The criteria by which a response of one action counts as a success.
pub struct ResponseShape {
    /// The call, for messages.
    pub action: &'static str,
    /// The field that every successful response has.
    pub mark: &'static str,
    /// True if this field is present.
    pub is_there: fn(&Object, &str) -> bool,
    /// Error codes of the action, checked before [`CODES`].
    pub codes: CodeTable,
}

/// The record of an answer, or the error that it is.
pub fn record(response: &Response, shape: &ResponseShape) -> Result<Object, Error> {
    let object = response_body::object(response)?;
    let good = (200..300).contains(&response.status);
    match unwrap(&object, shape).map(|_| ()) {
        // A page of a list is not to be copied.
        Ok(()) if good => Ok(object.into_inner("Response")),
        Ok(()) => Err(response_body::unreadable(
            response,
            &response_body::wrong_shape("a record beside a status that says failure"),
        )),
        Err(error) => Err(response_body::with_status(error, response.status)),
    }
}

/// The record of a saved answer: with the envelope, or without as `tccli` prints it.
pub fn saved<'a>(answer: &'a Json, shape: &ResponseShape) -> Result<&'a Object, Error> {
    unwrap(response_body::whole(answer)?, shape)
}

/// Whether a saved answer is a page of the list.
pub fn is_list(answer: &Json) -> bool {
    let Some(object) = answer.as_object() else {
        return false;
    };
    let inner = object.object("Response").unwrap_or(object);
    let listed = inner.names("Certificates") || inner.names("TotalCount");
    listed && !inner.names("CertificateId")
}

fn unwrap<'a>(object: &'a Object, shape: &ResponseShape) -> Result<&'a Object, Error> {
    let inner = match object.field("Response") {
        Field::Absent => object,
        _ => object
            .object("Response")
            .ok_or_else(|| response_body::wrong_shape("Response is not an object"))?,
    };
    let request_id = inner.text("RequestId");
    if inner.field("Error") != Field::Absent {
        let error = inner.object("Error");
        let code = error.and_then(|error| error.text("Code"));
        let text = error
            .and_then(|error| error.text("Message"))
            .unwrap_or_default();
        let Some(code) = code else {
            return Err(
                response_body::wrong_shape("an Error without a Code").with_request_id(request_id)
            );
        };
        return Err(refusal(&code, &text, shape).with_request_id(request_id));
    }
    // Of this API a failure is an Error; what others write beside a record is no better.
    let failure = response_body::failure(inner).or_else(|| response_body::failure(object));
    if failure.is_none() && (shape.is_there)(inner, shape.mark) {
        return Ok(inner);
    }
    if let Some(code) = inner.text("codeDesc") {
        return Err(of_api_2(inner, &code, shape));
    }
    if let Some(failure) = failure {
        let failure = failure.readable()?;
        let code = failure.code.as_deref().unwrap_or(response_body::NO_REASON);
        return Err(refusal(code, &failure.text, shape).with_request_id(request_id));
    }
    let what = format!("no {}, and no error", shape.mark);
    Err(response_body::wrong_shape(&what).with_request_id(request_id))
}

/// The form of the API before this one. SDKs still read its refusals.
fn of_api_2(object: &Object, code: &str, shape: &ResponseShape) -> Error {
    let well = object.text("code").as_deref() == Some("0") || code.eq_ignore_ascii_case("success");
    if well {
        return other_api(
            "an answer of Tencent's older API 2.0",
            "ask API version 2019-12-05, as `tccli ssl DescribeCertificates` does",
        );
    }
    let text = object.text("message").unwrap_or_default();
    refusal(code, &text, shape)
}

fn refusal(code: &str, theirs: &str, shape: &ResponseShape) -> Error {
    let kind = lookup(&[shape.codes, CODES], code).unwrap_or(Kind::Refused);
    // What it says about a key or a token may hold that key or token.
    let text = match (code, kind) {
        ("AuthFailure.SignatureFailure", _) => {
            "Tencent refused the signature: the secret key does not belong to this secret id"
                .to_owned()
        }
        (_, Kind::Credentials) => format!("Tencent refused the key: {code}"),
        _ => {
            let ours = format!("Tencent refused {}", shape.action);
            response_body::refused(&ours, theirs, code)
        }
    };
    Error::new(kind, text)
        .with_code(code)
        .quoting(response_body::trimmed(theirs))
}
