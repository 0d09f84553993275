//! From an answer's object to a certificate, and from `errcode` to an error.
//!
//! Traps: errors come with HTTP 200 (an answer without `errcode` is none of this service); `value` in
//! `invalid_param_list` echoes what was sent, the password included; `apply_tip_code` looks like an error code
//! and belongs to the DNS provider; `-` is no date even beside `issuance_success`.

use super::CODES;
use super::expiration::BoxClock;
use super::list::is_page;
use crate::adapters::error_codes::lookup;
use crate::adapters::fields::FieldReader;
use crate::adapters::response_body;
use crate::adapters::saved::other_api;
use crate::error::{Error, Kind};
use crate::exchange::Response;
use crate::json::{Field, Json, Object};
use crate::model::timestamp::DateValue;
use crate::model::{CertKind, DateField, Facts, Note, ProviderState, Scalar, Status};

/// The object of an answer whose `errcode` is 0, or the error that it is.
pub fn success(response: &Response, call: &str) -> Result<Object, Error> {
    let object = response_body::object(response)?;
    let outcome = errcode(&object, call);
    let good = (200..300).contains(&response.status);
    match outcome {
        Ok(()) if good => Ok(object),
        Ok(()) => Err(response_body::unreadable(
            response,
            &response_body::wrong_shape("success beside a status that says failure"),
        )),
        Err(error) => Err(response_body::with_status(error, response.status)),
    }
}

fn errcode(object: &Object, call: &str) -> Result<(), Error> {
    let code = object
        .text("errcode")
        .filter(|code| code.parse::<i64>().is_ok());
    let Some(code) = code else {
        return Err(if object.has_any(&["errno"]) {
            other_api(
                "an answer of Yeastar's older API (S-Series, K2 or Cloud PBX)",
                "ask a P-Series PBX, whose answers have an errcode",
            )
        } else {
            response_body::wrong_shape("no errcode")
        });
    };
    if code == "0" {
        return contradicted(object, call);
    }
    let kind = lookup(&[CODES], &code).unwrap_or(Kind::Refused);
    let (theirs, which) = match kind {
        // What it says about a token may hold that token.
        Kind::Credentials => Default::default(),
        _ => (
            object.text("errmsg").unwrap_or_default(),
            complaints(object),
        ),
    };
    let text = response_body::refused(&format!("the PBX refused {call}"), &theirs, &code) + &which;
    let error = Error::new(kind, text).with_code(&code);
    let error = error.quoting(format!("{}{which}", response_body::trimmed(&theirs)));
    Err(match (hint(&code), kind) {
        (Some(hint), _) => error.with_hint(hint),
        (None, Kind::Refused) => error.with_hint("look for the reason in the PBX's portal"),
        (None, _) => error,
    })
}

/// A failure beside the code of success is one all the same.
fn contradicted(object: &Object, call: &str) -> Result<(), Error> {
    let Some(failure) = response_body::failure(object) else {
        return Ok(());
    };
    let code = failure.code.as_deref().unwrap_or(response_body::NO_REASON);
    let text = response_body::refused(&format!("the PBX refused {call}"), &failure.text, code);
    Err(Error::new(Kind::Refused, text).with_hint("look for the reason in the PBX's portal"))
}

/// Which parameters it complains of; never their values.
fn complaints(object: &Object) -> String {
    let Field::Value(Json::Array(list)) = object.field("invalid_param_list") else {
        return String::new();
    };
    let one = |entry: &Json| {
        let entry = entry.as_object()?;
        let field = entry.text("field")?;
        Some(match entry.text("validation_type") {
            Some(rule) => format!("{field} ({rule})"),
            None => field,
        })
    };
    let named: Vec<String> = list.iter().filter_map(one).collect();
    if named.is_empty() {
        String::new()
    } else {
        format!(": {}", named.join(", "))
    }
}

fn hint(code: &str) -> Option<&'static str> {
    Some(match code {
        "10002" | "10003" => {
            "certcheck speaks version 1.0 of the API; look for a PBX firmware that does too"
        }
        "10001" => "this firmware or edition has no such interface; update the PBX",
        "10004" => {
            "the PBX does not take the token it has just handed out: does a proxy or a rewritten URL drop the query?"
        }
        "10005" | "10009" | "70084" => {
            "look under Integrations > API in the PBX's portal what this client may do"
        }
        "60001" => "check the id; the PBX's portal lists its certificates",
        "60002" => {
            "all eight tokens of this client are in use; wait up to 30 minutes, or let other programs give theirs back"
        }
        "70004" => {
            "too many wrong logins came from this address; unblock it under Security > Security Rules > Blocked IPs"
        }
        "70087" => "allow this machine's address in the API's IP restriction",
        "70123" => "switch the API on under Integrations > API",
        _ => return None,
    })
}

/// The record of a saved answer, or a page of a list: with the envelope, or bare.
pub fn saved(answer: &Json) -> Result<&Object, Error> {
    let object = response_body::whole(answer)?;
    let bare = !object.has_any(&["errcode", "certificate"]);
    if bare && (object.has_any(&["issue_to", "expiration"]) || is_page(object)) {
        return contradicted(object, "certificate/get").map(|()| object);
    }
    if is_page(object) {
        errcode(object, "certificate/list").map(|()| object)
    } else {
        errcode(object, "certificate/get").and_then(|()| record(object))
    }
}

/// The certificate's object in a successful answer.
pub fn record(object: &Object) -> Result<&Object, Error> {
    let record = object
        .object("certificate")
        .ok_or_else(|| response_body::wrong_shape("no certificate in it"))?;
    if record.has_any(&["id", "name", "expiration"]) {
        Ok(record)
    } else {
        Err(response_body::wrong_shape("the certificate in it is empty"))
    }
}

/// Whether the date cannot be told without asking the box for its clock.
pub fn wants_clock(record: &Object, clock: &BoxClock) -> bool {
    match expiration(record, clock).value {
        DateValue::Ambiguous => true,
        DateValue::Known(moment) => moment.earliest != moment.latest && clock.configured.is_none(),
        DateValue::Absent | DateValue::Unreadable => false,
    }
}

fn expiration(record: &Object, clock: &BoxClock) -> DateField {
    match record.field("expiration") {
        Field::Absent => DateField::default(),
        Field::Contradictory => DateField::unreadable("contradictory"),
        Field::Value(value) => match value.scalar() {
            Some(text) => clock.read(Some(text)),
            None => DateField::unreadable("not a text"),
        },
    }
}

/// One certificate.
pub fn certificate(record: &Object, asked: Option<&str>, clock: &BoxClock) -> Facts {
    let reader = FieldReader::new(record);
    let apply = reader.text("apply_status");
    let mut facts = Facts {
        name: reader.text("name"),
        kind: kind(reader.text("type").as_deref()),
        not_after: expiration(record, clock),
        auto_renew: reader.flag("auto_renewal"),
        zone_flag: Some("--timezone"),
        ..Facts::default()
    };
    facts.add_domains(reader.text("issue_to"));
    for (name, key) in [("ca_type", "ca_type"), ("dns_provider", "dns_provider")] {
        facts.detail(name, reader.text(key));
    }
    facts.detail("apply_status", apply.clone());
    let tip = reader.text("apply_tip_code");
    match tip.as_deref().map(str::parse::<i64>) {
        Some(Ok(number)) => facts
            .details
            .insert("apply_tip_code", Scalar::Number(number)),
        _ => facts.detail("apply_tip_code", tip.clone()),
    }
    judge_application(&mut facts, apply, tip);
    facts.identify(asked, reader.text("id"));
    facts.mismatch |= reader.unclear("id");
    reader.finish(&mut facts);
    facts
}

fn kind(text: Option<&str>) -> Option<CertKind> {
    match text?.to_ascii_lowercase().as_str() {
        "trusted" => Some(CertKind::Ca),
        "server" => Some(CertKind::Server),
        _ => None,
    }
}

/// The box has no word for validity: dates decide. Only without a date does the state of an application say
/// anything about the certificate.
fn judge_application(facts: &mut Facts, apply: Option<String>, tip: Option<String>) {
    let state = apply.as_deref().unwrap_or_default().to_ascii_lowercase();
    facts.word = ProviderState::ByDate;
    if facts.not_after.value != DateValue::Absent {
        match state.as_str() {
            "issuing" => facts.note(Note::RenewalPending),
            "issuance_fail" => facts.note(Note::RenewalFailed { dns_code: tip }),
            _ => {}
        }
        return;
    }
    match state.as_str() {
        "issuing" => facts.word = ProviderState::Is(Status::Pending),
        "issuance_fail" => {
            facts.word = ProviderState::Is(Status::Failed);
            facts.note(Note::ApplicationFailed { dns_code: tip });
        }
        _ => {}
    }
    facts.provider_status = apply;
}
