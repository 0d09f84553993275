//! A Yeastar P-Series PBX: tokens, certificates, and its own clock.
//!
//! Sources: the developer guide of the Appliance Edition and behaviour recorded in public clients.
//! API errors come with HTTP 200 and an `errcode`.

pub(in crate::sandbox) mod records;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::sandbox::dispatch::Visit;
use crate::sandbox::faults::FaultKind;
use crate::sandbox::keys::{PBX_CLIENT_ID, PBX_CLIENT_SECRET};
use crate::sandbox::list_faults::ListFault;
use crate::sandbox::listing::{self, Entry, Window};
use crate::sandbox::wire::{About, Answer, Asks, Call, pairs};
use crate::sandbox::{CANARY, Service, dates, echo};

const JSON: &str = "application/json";
/// Seconds for which an access token lives, and how many may live at once.
const LIFE: i64 = 1_800;
const TOKENS: usize = 8;
/// Failed logins in a row that block the caller's address, and for how many seconds.
const FAILURES: u32 = 5;
const BLOCKED: i64 = 600;

/// What the box remembers of its callers. All of them come from one address.
#[derive(Default)]
pub(in crate::sandbox) struct Tokens {
    live: BTreeMap<String, DateTime<Utc>>,
    failures: u32,
    blocked_until: Option<DateTime<Utc>>,
}

impl Tokens {
    /// Tokens that are neither expired nor given back.
    pub fn live_tokens(&self, now: DateTime<Utc>) -> usize {
        self.live.values().filter(|end| **end > now).count()
    }
}

/// The endpoint behind `/openapi/v1.0/`.
fn endpoint(call: &Call) -> Option<&str> {
    call.path.strip_prefix("/openapi/v1.0/")
}

pub(in crate::sandbox) fn describe(call: &Call) -> About {
    let action = endpoint(call).unwrap_or(&call.path);
    let (asks, id) = match action {
        "certificate/get" => (Asks::Certificate, call.parameter("id")),
        "certificate/list" => (Asks::List, None),
        _ => (Asks::Other, None),
    };
    About {
        action: action.to_owned(),
        id,
        asks,
    }
}

fn refusal(code: i64, message: &str) -> Answer {
    refusal_with(code, message, json!({}))
}

fn refusal_with(code: i64, message: &str, more: Value) -> Answer {
    let mut body = json!({"errcode": code, "errmsg": message});
    if let (Some(members), Value::Object(more)) = (body.as_object_mut(), more) {
        members.extend(more);
    }
    Answer::refusal(200, JSON, code.to_string(), &body)
}

fn good(members: Value) -> Answer {
    let answer = refusal_with(0, "SUCCESS", members);
    Answer::good(JSON, answer.body)
}

pub(in crate::sandbox) fn answer(call: &Call, about: &About, visit: &mut Visit<'_>) -> Answer {
    // "Mandatory" says the guide and not what happens without it. A page that is no JSON is the
    // answer that a careless caller will notice soonest.
    if call.header("user-agent").is_none_or(str::is_empty) {
        return Answer::page(400, "400 Bad Request").at_the_gate();
    }
    if !call.path.starts_with("/openapi/") {
        return Answer::page(404, "404 Not Found").at_the_gate();
    }
    if endpoint(call).is_none() {
        return refusal(10_003, "API VERSION UNSUPPORTED");
    }
    match (call.method.as_str(), about.action.as_str()) {
        ("POST", "get_token") => get_token(call, visit),
        ("GET", "del_token") => with_token(call, visit, |token, visit| {
            visit.state.pbx.live.remove(token);
            good(json!({}))
        }),
        ("GET", "certificate/get") => with_token(call, visit, |_, visit| {
            certificate(about.id.as_deref(), visit)
        }),
        ("GET", "certificate/list") => with_token(call, visit, |_, visit| list(call, visit)),
        ("GET", "system/information") => with_token(call, visit, |_, visit| information(visit)),
        _ => refusal(10_001, "INTERFACE NOT EXISTED"),
    }
}

fn get_token(call: &Call, visit: &mut Visit<'_>) -> Answer {
    let now = visit.now;
    let tokens = &mut visit.state.pbx;
    if let Some(end) = tokens.blocked_until {
        if now < end {
            let more = json!({"block_expire_time": end.timestamp()});
            return refusal_with(70_004, "ACCOUNT IP BLOCKED", more);
        }
        tokens.blocked_until = None;
        tokens.failures = 0;
    }
    let kind = call.header("content-type").unwrap_or_default();
    let body: Value = match (kind, serde_json::from_slice(&call.body)) {
        ("application/json", Ok(body)) => body,
        // The box's own decoder names the character it did not expect.
        _ => {
            let first = call.body.first().map_or(' ', |byte| char::from(*byte));
            let value = format!("invalid character '{first}' looking for beginning of value");
            let more = json!({"invalid_param_list": [{"value": value}]});
            return refusal_with(-2, "INTERNAL SERVER ERROR", more);
        }
    };
    let given = |field| body.get(field).and_then(Value::as_str);
    for field in ["username", "password"] {
        if given(field).is_none() {
            let more = json!({
                "invalid_param_list": [{"field": field, "validation_type": "required"}],
            });
            return refusal_with(40_002, "PARAMETER ERROR", more);
        }
    }
    if given("username") != Some(PBX_CLIENT_ID) || given("password") != Some(PBX_CLIENT_SECRET) {
        tokens.failures = tokens.failures.saturating_add(1);
        if tokens.failures >= FAILURES {
            tokens.blocked_until = Some(dates::shift(now, BLOCKED));
        }
        let more = json!({
            "invalid_param_list": [{"field": "username or password", "value": "error"}],
        });
        return refusal_with(-1, "FAILURE", more);
    }
    tokens.failures = 0;
    tokens.live.retain(|_, end| *end > now);
    if tokens.live.len() >= TOKENS {
        return refusal(60_002, "MAX LIMITATION EXCEEDED");
    }
    // Thirty-two characters like the real ones, and easy to find in an output.
    let token = format!("{CANARY}Token{:014}", visit.number);
    tokens.live.insert(token.clone(), dates::shift(now, LIFE));
    good(json!({
        "access_token_expire_time": LIFE,
        "access_token": token,
        "refresh_token_expire_time": 86_400,
        "refresh_token": format!("{CANARY}Fresh{:014}", visit.number),
    }))
}

/// Goes on only with a token that is alive. An expired, unknown or missing one is all the same.
fn with_token(
    call: &Call,
    visit: &mut Visit<'_>,
    then: impl FnOnce(&str, &mut Visit<'_>) -> Answer,
) -> Answer {
    let now = visit.now;
    match call.parameter("access_token") {
        Some(token)
            if visit
                .state
                .pbx
                .live
                .get(&token)
                .is_some_and(|end| *end > now) =>
        {
            then(&token, visit)
        }
        _ => refusal(10_004, "TOKEN EXPIRED"),
    }
}

fn wrong(field: &str, validation: &str) -> Answer {
    let more = json!({
        "invalid_param_list": [{"field": field, "validation_type": validation}],
    });
    refusal_with(40_002, "PARAMETER ERROR", more)
}

fn certificate(id: Option<&str>, visit: &Visit<'_>) -> Answer {
    let wrong = |validation| wrong("id", validation);
    match id {
        None | Some("") => wrong("required"),
        Some(id) if !id.bytes().all(|byte| byte.is_ascii_digit()) => wrong("number"),
        Some(id) => match records::record(id, visit) {
            Some(record) => good(json!({"certificate": record})),
            // Expected for an unknown id, not seen.
            None => refusal(60_001, "DATA NOT FOUND"),
        },
    }
}

/// "Query Certificate List". How large a page may be is not documented, nor how large one is by itself.
fn list(call: &Call, visit: &mut Visit<'_>) -> Answer {
    const LARGEST: usize = 100;
    let (mut page, mut size) = (1, 10);
    let (mut sort, mut falling, mut kind) = (None, false, None);
    for (name, value) in pairs(&call.query, false) {
        let number = value.parse::<usize>().ok().filter(|number| *number > 0);
        match (name.as_str(), value.as_str(), number) {
            ("page", _, Some(number)) => page = number,
            ("page_size", _, Some(number)) if number <= LARGEST => size = number,
            ("sort_by", "id" | "name" | "issue_to" | "expiration" | "type", _) => {
                sort = Some(value)
            }
            ("order_by", "asc", _) => falling = false,
            ("order_by", "desc", _) => falling = true,
            ("type", "trusted" | "server", _) => kind = Some(value),
            ("access_token", ..) => {}
            _ => return wrong(&name, "range"),
        }
    }
    let mut all = listing::certificates(visit);
    let visit = &*visit;
    // By id they stand already.
    if let Some(sort) = sort.filter(|sort| sort != "id") {
        all.sort_by_cached_key(|entry| records::text(*entry, &sort, visit));
    }
    if falling {
        all.reverse();
    }
    if let Some(kind) = kind {
        let told = |entry: &Entry| records::text(*entry, "type", visit);
        all.retain(|entry| told(entry).is_some_and(|told| told == kind));
    }
    let names = ("certificate_list", Some("total_number"));
    let rest = json!({"errcode": 0, "errmsg": "SUCCESS"});
    let mut item = |entry: &Entry| {
        let record = records::record(&entry.id(Service::Pbx), visit)?;
        Some(record.to_string())
    };
    let window = Window::page(page, size);
    Answer::good(
        JSON,
        listing::body(visit, &all, window, names, &rest, &mut item),
    )
}

/// "Query PBX Information": the time once as the box shows it, and once as a Unix time.
fn information(visit: &Visit<'_>) -> Answer {
    good(json!({"data": {
        "device_name": "Sandbox PBX",
        "model_name": "Yeastar P550",
        "sn": format!("{CANARY}-sn"),
        "hardware_version": "V1.00 0000-0000",
        "firmware_version": "37.7.0.16",
        "system_time": dates::beijing_with_slashes(visit.now),
        "up_time": 24_852,
        "system_date_format": "YYYY/MM/DD",
        "system_time_format": "hh:mm:ss",
        "timestamp": visit.now.timestamp(),
    }}))
}

/// The faults that are told in the words of the PBX.
pub(in crate::sandbox) fn refuse(
    kind: &FaultKind,
    call: &Call,
    visit: &mut Visit<'_>,
) -> Option<Answer> {
    match kind {
        // No rate limit is documented; this is the code of a busy box.
        FaultKind::Throttle => Some(refusal(70_082, "OVERLOAD_TASK_RUNNING")),
        FaultKind::Denied | FaultKind::List(ListFault::Unlisted) => {
            Some(refusal(10_005, "ACCESS DENIED"))
        }
        FaultKind::Expired10004 => {
            if let Some(token) = call.parameter("access_token") {
                visit.state.pbx.live.remove(&token);
            }
            Some(refusal(10_004, "TOKEN EXPIRED"))
        }
        FaultKind::Echo => {
            let value = format!("{} {}", call.target, String::from_utf8_lossy(&call.body));
            let more = json!({"invalid_param_list": [{"field": "request", "value": value}]});
            Some(refusal_with(40_002, "PARAMETER ERROR", more))
        }
        // No firmware's list has this code.
        FaultKind::Repeat => Some(refusal(79_999, &echo::secrets_of(call))),
        _ => None,
    }
}
