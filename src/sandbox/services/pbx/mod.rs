//! A Yeastar P-Series PBX: tokens, certificates, and its own clock.
//!
//! Sources: the developer guide of the Appliance Edition and behaviour recorded in public clients.
//! API errors come with HTTP 200 and an `errcode`.

mod records;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{AccessKey, Emulator, Handler, IdFormat};
use crate::sandbox::context::RequestContext;
use crate::sandbox::faults::FaultKind;
use crate::sandbox::list_faults::ListFault;
use crate::sandbox::listing::{self, ListEntry, PageWindow};
use crate::sandbox::reply::{Reply, amend};
use crate::sandbox::request::{IncomingRequest, RequestInfo, RequestKind, pairs};
use crate::sandbox::{CANARY, dates, echo};

impl Emulator {
    /// A Yeastar P-Series PBX.
    pub const PBX: &'static Emulator = &Emulator {
        name: "pbx",
        samples: records::SAMPLES,
        demo: &["1", "3", "4"],
        role: None,
        variables: &["CERTCHECK_PBX_CLIENT_ID", "CERTCHECK_PBX_CLIENT_SECRET"],
        keys: &[AccessKey {
            id: CLIENT_ID,
            secret: CLIENT_SECRET,
            token: None,
        }],
        id_format: IdFormat::decimal("", 1_000),
        has_gateway: false,
        // As its guide says.
        closes_connections: true,
        own_faults: &[FaultKind::ExpiredToken],
        handler: || Box::new(TokenStore::default()),
    };
}

/// The only application that is registered.
const CLIENT_ID: &str = "sandboxPbxClientId00000000000001";
const CLIENT_SECRET: &str = "sandboxcanaryPbxSecret5f2a9c7e41";

const JSON: &str = "application/json";
/// Seconds for which an access token lives, and how many may live at once.
const TOKEN_LIFETIME: i64 = 1_800;
const MAX_TOKENS: usize = 8;
/// Failed logins in a row that block the caller's address, and for how many seconds.
const MAX_FAILURES: u32 = 5;
const BLOCK_TIME: i64 = 600;

/// The tokens and failed logins. All callers have one address.
#[derive(Default)]
struct TokenStore {
    /// The live tokens with their expiration.
    live: BTreeMap<String, DateTime<Utc>>,
    failures: u32,
    blocked_until: Option<DateTime<Utc>>,
}

impl Handler for TokenStore {
    fn classify(&self, request: &IncomingRequest) -> RequestInfo {
        let action = endpoint(request).unwrap_or(&request.path);
        let (kind, id) = match action {
            "certificate/get" => (RequestKind::Certificate, request.parameter("id")),
            "certificate/list" => (RequestKind::List, None),
            _ => (RequestKind::Other, None),
        };
        RequestInfo {
            action: action.to_owned(),
            id,
            kind,
        }
    }

    fn handle(
        &mut self,
        request: &IncomingRequest,
        info: &RequestInfo,
        context: &mut RequestContext<'_>,
    ) -> Reply {
        // The guide calls it mandatory and does not document the reply without it. A page that is not JSON is what a
        // careless caller notices soonest.
        if request.header("user-agent").is_none_or(str::is_empty) {
            return Reply::page(400, "400 Bad Request").at_the_gate();
        }
        if !request.path.starts_with("/openapi/") {
            return Reply::page(404, "404 Not Found").at_the_gate();
        }
        if endpoint(request).is_none() {
            return refusal(10_003, "API VERSION UNSUPPORTED");
        }
        let action = (request.method.as_str(), info.action.as_str());
        if action == ("POST", "get_token") {
            return self.get_token(request, context);
        }
        let known = [
            "del_token",
            "certificate/get",
            "certificate/list",
            "system/information",
        ];
        if action.0 != "GET" || !known.contains(&action.1) {
            return refusal(10_001, "INTERFACE NOT EXISTED");
        }
        // An expired, an unknown and a missing token are the same.
        let token = request.parameter("access_token").unwrap_or_default();
        if self.live.get(&token).is_none_or(|end| *end <= context.now) {
            return refusal(10_004, "TOKEN EXPIRED");
        }
        match action.1 {
            "certificate/get" => certificate(info.id.as_deref(), context),
            "certificate/list" => list(request, context),
            "system/information" => information(context),
            _ => {
                self.live.remove(&token);
                good(json!({}))
            }
        }
    }

    fn fault_reply(
        &mut self,
        fault: &FaultKind,
        request: &IncomingRequest,
        _: &mut RequestContext<'_>,
    ) -> Option<Reply> {
        match fault {
            // No rate limit is documented; this is the code of a busy box.
            FaultKind::Throttle => Some(refusal(70_082, "OVERLOAD_TASK_RUNNING")),
            FaultKind::Denied | FaultKind::List(ListFault::Unlisted) => {
                Some(refusal(10_005, "ACCESS DENIED"))
            }
            FaultKind::ExpiredToken => {
                if let Some(token) = request.parameter("access_token") {
                    self.live.remove(&token);
                }
                Some(refusal(10_004, "TOKEN EXPIRED"))
            }
            FaultKind::Echo => {
                let value = format!(
                    "{} {}",
                    request.target,
                    String::from_utf8_lossy(&request.body)
                );
                let more = json!({"invalid_param_list": [{"field": "request", "value": value}]});
                Some(refusal_with(40_002, "PARAMETER ERROR", more))
            }
            // No firmware's list has this code.
            FaultKind::Repeat => Some(refusal(79_999, &echo::secrets_of(request))),
            _ => None,
        }
    }

    fn live_tokens(&self, now: DateTime<Utc>) -> usize {
        self.live.values().filter(|end| **end > now).count()
    }
}

impl TokenStore {
    fn get_token(&mut self, request: &IncomingRequest, context: &RequestContext<'_>) -> Reply {
        let now = context.now;
        if let Some(end) = self.blocked_until {
            if now < end {
                let more = json!({"block_expire_time": end.timestamp()});
                return refusal_with(70_004, "ACCOUNT IP BLOCKED", more);
            }
            self.blocked_until = None;
            self.failures = 0;
        }
        let kind = request.header("content-type").unwrap_or_default();
        let body: Value = match (kind, serde_json::from_slice(&request.body)) {
            ("application/json", Ok(body)) => body,
            // The PBX's own decoder names the character that it did not expect.
            _ => {
                let first = request.body.first().map_or(' ', |byte| char::from(*byte));
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
        if given("username") != Some(CLIENT_ID) || given("password") != Some(CLIENT_SECRET) {
            self.failures = self.failures.saturating_add(1);
            if self.failures >= MAX_FAILURES {
                self.blocked_until = Some(dates::shift(now, BLOCK_TIME));
            }
            let more = json!({
                "invalid_param_list": [{"field": "username or password", "value": "error"}],
            });
            return refusal_with(-1, "FAILURE", more);
        }
        self.failures = 0;
        self.live.retain(|_, end| *end > now);
        if self.live.len() >= MAX_TOKENS {
            return refusal(60_002, "MAX LIMITATION EXCEEDED");
        }
        // Thirty-two characters like the real ones, and easy to find in an output.
        let token = format!("{CANARY}Token{:014}", context.number);
        self.live
            .insert(token.clone(), dates::shift(now, TOKEN_LIFETIME));
        good(json!({
            "access_token_expire_time": TOKEN_LIFETIME,
            "access_token": token,
            "refresh_token_expire_time": 86_400,
            "refresh_token": format!("{CANARY}Fresh{:014}", context.number),
        }))
    }
}

/// The path after `/openapi/v1.0/`.
fn endpoint(request: &IncomingRequest) -> Option<&str> {
    request.path.strip_prefix("/openapi/v1.0/")
}

fn refusal(code: i64, message: &str) -> Reply {
    refusal_with(code, message, json!({}))
}

fn refusal_with(code: i64, message: &str, more: Value) -> Reply {
    let mut body = json!({"errcode": code, "errmsg": message});
    amend(&mut body, more);
    Reply::refusal(200, JSON, code.to_string(), &body)
}

fn good(members: Value) -> Reply {
    let answer = refusal_with(0, "SUCCESS", members);
    Reply::good(JSON, answer.body)
}

fn wrong(field: &str, validation: &str) -> Reply {
    let more = json!({
        "invalid_param_list": [{"field": field, "validation_type": validation}],
    });
    refusal_with(40_002, "PARAMETER ERROR", more)
}

fn certificate(id: Option<&str>, context: &RequestContext<'_>) -> Reply {
    let wrong = |validation| wrong("id", validation);
    match id {
        None | Some("") => wrong("required"),
        Some(id) if !id.bytes().all(|byte| byte.is_ascii_digit()) => wrong("number"),
        Some(id) => match records::record(id, context) {
            Some(record) => good(json!({"certificate": record})),
            // Expected for an unknown id, not seen.
            None => refusal(60_001, "DATA NOT FOUND"),
        },
    }
}

/// "Query Certificate List". The largest page is not documented, nor the default. Of the documented parameters only those
/// that certcheck uses are served.
fn list(request: &IncomingRequest, context: &mut RequestContext<'_>) -> Reply {
    const LARGEST: usize = 100;
    let (mut page, mut size) = (1, 10);
    for (name, value) in pairs(&request.query, false) {
        let number = value.parse::<usize>().ok().filter(|number| *number > 0);
        match (name.as_str(), number) {
            ("page", Some(number)) => page = number,
            ("page_size", Some(number)) if number <= LARGEST => size = number,
            ("access_token", _) => {}
            _ => return wrong(&name, "range"),
        }
    }
    let all = listing::certificates(context);
    let context = &*context;
    let names = ("certificate_list", Some("total_number"));
    let rest = json!({"errcode": 0, "errmsg": "SUCCESS"});
    let mut item = |entry: &ListEntry| {
        let record = records::record(&entry.id(context.emulator), context)?;
        Some(record.to_string())
    };
    let window = PageWindow::page(page, size);
    let body = listing::body(context, &all, window, names, &rest, &mut item);
    Reply::good(JSON, body)
}

/// "Query PBX Information": the time as the PBX shows it, and as a Unix time.
fn information(context: &RequestContext<'_>) -> Reply {
    good(json!({"data": {
        "device_name": "Sandbox PBX",
        "model_name": "Yeastar P550",
        "sn": format!("{CANARY}-sn"),
        "hardware_version": "V1.00 0000-0000",
        "firmware_version": "37.7.0.16",
        "system_time": dates::beijing_with_slashes(context.now),
        "up_time": 24_852,
        "system_date_format": "YYYY/MM/DD",
        "system_time_format": "hh:mm:ss",
        "timestamp": context.now.timestamp(),
    }}))
}
