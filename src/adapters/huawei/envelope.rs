//! Huawei's envelope: where an error hides, and what its code means.
//!
//! Traps: an error body inside HTTP 200; 401 that is a missing permission (`SCM.4002`); 400 that means "not
//! found"; 404 that means "wrong host"; one gateway code (`APIGW.0301`) for a wrong clock, a wrong key, a wrong
//! signature and a locked key, with the canonical request and the access key in its text.

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::adapters::error_codes::{CodeTable, lookup};
use crate::adapters::response_body;
use crate::adapters::saved::other_api;
use crate::error::{Error, Kind};
use crate::exchange::Response;
use crate::json::{Json, Object};

/// `APIG*.`: dedicated gateways write `APIG.` before the same numbers.
pub const CODES: CodeTable = &[
    ("APIG*.0101", Kind::Config),
    ("APIG*.0103", Kind::Refused),
    ("APIG*.0104", Kind::Refused),
    ("APIG*.0105", Kind::Refused),
    ("APIG*.0106", Kind::Usage),
    ("APIG*.0602", Kind::Usage),
    ("APIG*.0607", Kind::Usage),
    // One code with many statuses; 5xx is sorted out by status.
    ("APIG*.0201", Kind::Usage),
    // The text tells a wrong clock apart, see below.
    ("APIG*.0301", Kind::Credentials),
    ("APIG*.0303", Kind::Credentials),
    ("APIG*.0305", Kind::Credentials),
    ("APIG*.0307", Kind::Credentials),
    ("APIG*.0311", Kind::Credentials),
    ("APIG*.0302", Kind::Permission),
    ("APIG*.0304", Kind::Permission),
    ("APIG*.0306", Kind::Permission),
    ("APIG*.0401", Kind::Refused),
    ("APIG*.0402", Kind::Refused),
    ("APIG*.0404", Kind::Refused),
    ("APIG*.0802", Kind::Permission),
    ("APIG*.0308", Kind::Throttled),
    ("APIG*.0310", Kind::Refused),
    ("APIG*.0501", Kind::Refused),
    ("APIG*.0502", Kind::Refused),
    ("APIG*.0601", Kind::Unavailable),
    ("APIG*.0605", Kind::Unavailable),
    ("APIG*.0606", Kind::Unavailable),
    ("APIG*.0608", Kind::Unavailable),
    ("APIG*.0609", Kind::Unavailable),
    ("APIG*.0610", Kind::Unavailable),
    ("APIG*.0611", Kind::Unavailable),
    ("APIG*.0612", Kind::Unavailable),
    ("APIG*.0613", Kind::Unavailable),
    ("SCM.0008", Kind::NotFound),
    ("SCM.0020", Kind::NotFound),
    ("SCM.0002", Kind::Permission),
    ("SCM.0003", Kind::Permission),
    ("SCM.4002", Kind::Permission),
    ("SCM.0005", Kind::Usage),
    ("SCM.0010", Kind::Usage),
    ("SCM.0069", Kind::Usage),
    ("SCM.1000", Kind::Credentials),
    ("SCM.1004", Kind::Refused),
    ("SCM.1009", Kind::Refused),
    ("SCM.1010", Kind::Refused),
    ("SCM.0007", Kind::Unavailable),
    ("SCM.0037", Kind::Unavailable),
    ("SCM.0038", Kind::Unavailable),
    ("SCM.0213", Kind::Unavailable),
    ("SCM.0223", Kind::Unavailable),
    ("SCM.4001", Kind::Unavailable),
];

const CURRENT: &[&str] = &["id", "not_after", "domain"];
const LEGACY: &[&str] = &["cert_id", "cert_name"];

/// The certificate's object and the request id, or the error that the answer is.
pub fn object(response: &Response, legacy: bool) -> Result<(Object, Option<String>), Error> {
    let marks = if legacy { LEGACY } else { CURRENT };
    whole(response, |object, good| record(object, good, marks))
}

/// The list's object and the request id, or the error that the answer is. An empty list may be null.
pub fn list(response: &Response) -> Result<(Object, Option<String>), Error> {
    whole(response, |object, good| {
        if good && is_list(object) && response_body::failure(object).is_none() {
            Ok(())
        } else {
            record(object, false, &["certificates"])
        }
    })
}

/// Whether it is a page of the list.
pub fn is_list(object: &Object) -> bool {
    object.names("certificates") || object.names("total_count")
}

/// Whether it is a record of the list, which names the end otherwise than a single answer.
pub fn is_listed(object: &Object) -> bool {
    object.names("expire_time") && !object.has_any(&["not_before", "not_after"])
}

fn whole(
    response: &Response,
    read: impl FnOnce(&Object, bool) -> Result<(), Error>,
) -> Result<(Object, Option<String>), Error> {
    let request_id = response.header("x-request-id").map(str::to_owned);
    let object = response_body::object(response)
        .map_err(|error| error.with_request_id(request_id.clone()))?;
    let good = (200..300).contains(&response.status);
    match read(&object, good) {
        Ok(()) => Ok((object, request_id)),
        Err(error) => {
            let id = request_id.or_else(|| error.request_id.clone());
            Err(response_body::with_status(error, response.status).with_request_id(id))
        }
    }
}

/// A saved answer of any of the calls.
pub fn saved(answer: &Json) -> Result<&Object, Error> {
    let object = response_body::whole(answer)?;
    if response_body::failure(object).is_none() {
        if let Some(error) = of_another_call(object) {
            return Err(error);
        }
        if is_list(object) {
            return Ok(object);
        }
    }
    let marks = if object.has_any(LEGACY) {
        LEGACY
    } else {
        CURRENT
    };
    record(object, true, marks).map(|()| object)
}

/// Lists beside the one that is read: that of v2, whose ends have a form that is not documented, and that by tag.
fn of_another_call(object: &Object) -> Option<Error> {
    let instead = "save the answer of ListCertificates (GET /v3/scm/certificates)";
    let what = match () {
        () if object.names("order_list") => "a list of Huawei's older API v2",
        () if object.names("resources") => "Huawei's list by tag",
        () => return None,
    };
    Some(other_api(what, instead))
}

fn record(object: &Object, good: bool, marks: &[&str]) -> Result<(), Error> {
    // A failure beside a record is as much of a refusal as one alone.
    let failure = response_body::failure(object);
    if good && object.has_any(marks) && failure.is_none() {
        return Ok(());
    }
    let failure = failure
        .map(response_body::ProviderError::readable)
        .transpose()?;
    let told = failure.map(|failure| {
        let code = failure
            .code
            .unwrap_or_else(|| response_body::NO_REASON.to_owned());
        (code, failure.text)
    });
    match told {
        Some((code, text)) => Err(refusal(&code, &text).with_request_id(object.text("request_id"))),
        None => Err(response_body::wrong_shape(&format!(
            "no {}, and no error code",
            marks.join(" or ")
        ))),
    }
}

fn refusal(code: &str, theirs: &str) -> Error {
    if code.starts_with("APIG") && code.ends_with(".0301") {
        return refused_signature(theirs).with_code(code);
    }
    let kind = lookup(&[CODES], code).unwrap_or(Kind::Refused);
    let error = Error::new(
        kind,
        response_body::refused("Huawei refused the request", theirs, code),
    )
    .with_code(code)
    .quoting(response_body::trimmed(theirs));
    match kind {
        Kind::Permission if code == "SCM.0002" => error.with_hint("give the --project-id of the project that this key belongs to"),
        Kind::Permission => error.with_hint("grant the IAM actions scm:cert:get and scm:cert:list to this key; the certificate must belong to its account"),
        Kind::NotFound => error.with_hint("check the id: it is `scs` and 13 digits, and a renewed certificate has a new one"),
        _ => error,
    }
}

/// One code for four causes. Huawei's text is not passed on: it holds the canonical request and the key.
fn refused_signature(theirs: &str) -> Error {
    if theirs.contains("signature expired") {
        let mut error = Error::new(
            Kind::Clock,
            "Huawei refused the signature for its time: the clocks are more than 15 minutes apart",
        );
        error.server_time = server_time(theirs);
        return error;
    }
    // First of all, since it quotes the whole request, header names and all.
    let signature = theirs.contains("verify aksk signature fail");
    let (text, hint) = if theirs.contains("not exist") && !signature {
        (
            "Huawei does not know this access key",
            "check the key, and that it belongs to this site; for the European cloud give --region eu-west-101",
        )
    } else if theirs.contains("reach the limit") && !signature {
        (
            "Huawei has locked this access key after too many refused signatures",
            "wait five minutes, then try once with a corrected secret key",
        )
    } else if theirs.contains("token") && !signature {
        (
            "Huawei refused the session token",
            "get a new temporary key with its token",
        )
    } else {
        (
            "Huawei refused the signature: the secret key does not belong to this access key",
            "correct the secret key before the next try: five refusals lock the access key",
        )
    };
    Error::new(Kind::Credentials, text).with_hint(hint)
}

/// `…,server time:20260301T080910Z`
fn server_time(text: &str) -> Option<DateTime<Utc>> {
    let (_, tail) = text.split_once("server time:")?;
    let stamp = tail.get(..16)?;
    NaiveDateTime::parse_from_str(stamp, "%Y%m%dT%H%M%SZ")
        .ok()
        .map(|time| time.and_utc())
}
