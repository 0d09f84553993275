//! Tencent's envelope: `{"Response":{…}}`, success and failure alike with HTTP 200.
//!
//! Traps: decide by structure, not by content type (the vendor's own tool takes an error for success when the
//! type carries a charset); no error and no `CertificateId` is a broken answer, never a record of nulls; "not
//! found" lies under `FailedOperation.`.

use super::Site;
use crate::adapters::body;
use crate::adapters::codes::{Table, lookup};
use crate::adapters::lenient::{Field, Json, Object};
use crate::error::{Error, Kind};
use crate::exchange::Response;

/// Common codes, the service's own, and the codes of writes (`refused` by default).
pub const CODES: Table = &[
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

/// The record of an answer, or the error that it is.
pub fn record(response: &Response, site: Site) -> Result<Object, Error> {
    let object = body::object(response)?;
    let good = (200..300).contains(&response.status);
    match unwrap(&object, site) {
        Ok(record) if good => Ok(record.clone()),
        Ok(_) => Err(body::unreadable(
            response,
            &body::wrong_shape("a record beside a status that says failure"),
        )),
        Err(error) => Err(body::with_status(error, response.status)),
    }
}

/// The record of a saved answer: with the envelope, or without as `tccli` prints it.
pub fn saved(answer: &Json, site: Site) -> Result<&Object, Error> {
    unwrap(body::whole(answer)?, site)
}

fn unwrap(object: &Object, site: Site) -> Result<&Object, Error> {
    let inner = match object.field("Response") {
        Field::Absent => object,
        _ => object
            .object("Response")
            .ok_or_else(|| body::wrong_shape("Response is not an object"))?,
    };
    let request_id = inner.text("RequestId");
    if inner.field("Error") != Field::Absent {
        let error = inner.object("Error");
        let code = error.and_then(|error| error.text("Code"));
        let text = error
            .and_then(|error| error.text("Message"))
            .unwrap_or_default();
        return Err(refusal(code.as_deref(), &text, site).with_request_id(request_id));
    }
    // The form of the API before this one, which SDKs still read.
    if let Some(code) = inner
        .text("codeDesc")
        .filter(|_| inner.text("CertificateId").is_none())
    {
        return Err(refusal(
            Some(&code),
            &inner.text("message").unwrap_or_default(),
            site,
        ));
    }
    if inner.text("CertificateId").is_none() {
        return Err(body::wrong_shape("no CertificateId, and no error").with_request_id(request_id));
    }
    Ok(inner)
}

fn refusal(code: Option<&str>, theirs: &str, site: Site) -> Error {
    let Some(code) = code else {
        return body::wrong_shape("an Error without a Code");
    };
    let kind = lookup(&[CODES], code).unwrap_or(Kind::Refused);
    // What it says about a key or a token may hold that key or token.
    let text = match (code, kind) {
        ("AuthFailure.SignatureFailure", _) => {
            "Tencent refused the signature: the secret key does not belong to this secret id"
                .to_owned()
        }
        (_, Kind::Credentials) => format!("Tencent refused the key: {code}"),
        _ => body::refused("Tencent refused DescribeCertificate", theirs, code),
    };
    let error = Error::new(kind, text).with_code(code);
    match kind {
        Kind::Credentials => error.with_hint(format!(
            "check both halves of the key; if it belongs to the other site, give --site {}",
            site.other()
        )),
        Kind::NotFound => error.with_hint(format!(
            "check the id; if the certificate belongs to the other site, give --site {}",
            site.other()
        )),
        Kind::Refused if matches!(code, "IpInBlacklist" | "IpNotInWhitelist") => {
            error.with_hint("allow this machine's address for this key in Tencent's console")
        }
        Kind::Permission => {
            error.with_hint("grant the CAM action ssl:DescribeCertificate to this key")
        }
        _ => error,
    }
}
