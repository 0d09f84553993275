//! Alibaba Mobile Push: `CheckCertificate`, two certificates for each app key, and `ListSummaryApps`.
//!
//! Sources: the operations' pages; of the first the current edition and 434809 (whose scalars are all strings). The
//! list has no pages and tells no length; an older page says that it ends after ten apps.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::sandbox::delivery::HOSTILE;
use crate::sandbox::dispatch::{Style, Visit};
use crate::sandbox::generated::{Made, State};
use crate::sandbox::list_faults::ListFault;
use crate::sandbox::listing::{self, Entry, Window};
use crate::sandbox::services::alibaba::{self, JSON, Operation};
use crate::sandbox::wire::{About, Answer, Asks, Call, amend};
use crate::sandbox::{Sample, Service, dates};

const OPERATION: Operation = Operation {
    action: "CheckCertificate",
    version: "2016-08-01",
    methods: &["POST", "GET"],
    host: "cloudpush.aliyuncs.com",
    permission: "mpush:CheckCertificate",
};

const LIST: Operation = Operation {
    action: "ListSummaryApps",
    permission: "mpush:ListSummaryApps",
    ..OPERATION
};

/// The most apps that the list ever holds.
const LISTED: usize = 10;

/// The operation that a call names, or the one for a certificate, whose gateway will say no.
pub(in crate::sandbox) fn operation(call: &Call) -> &'static Operation {
    match call.header("x-acs-action") {
        Some(action) if action == LIST.action => &LIST,
        _ => &OPERATION,
    }
}

const fn sample(id: &'static str, what: &'static str) -> Sample {
    Sample {
        id,
        what,
        legacy: false,
    }
}

pub(in crate::sandbox) const SAMPLES: [Sample; 5] = [
    sample(
        "335799001",
        "production valid for 200 days, development long expired",
    ),
    sample(
        "335799005",
        "production ends in 12 days, every value written as text",
    ),
    sample(
        "335799004",
        "production revoked before its date, development valid",
    ),
    sample(
        "335799002",
        "production not configured, development without password",
    ),
    sample("335799003", "an Android app, which has no certificates"),
];

pub(in crate::sandbox) fn describe(call: &Call) -> About {
    About {
        action: call.header("x-acs-action").unwrap_or_default().to_owned(),
        id: call.parameter("AppKey"),
        asks: if operation(call).action == LIST.action {
            Asks::List
        } else {
            Asks::Certificate
        },
    }
}

pub(in crate::sandbox) fn answer(call: &Call, visit: &mut Visit<'_>) -> Answer {
    let operation = operation(call);
    if let Err(refusal) = alibaba::admit(call, visit, operation) {
        return refusal;
    }
    if operation.action == LIST.action {
        return list(visit);
    }
    let no = |code, message| alibaba::refusal(visit, &OPERATION, 400, code, message);
    let Some(key) = call.parameter("AppKey").filter(|key| !key.is_empty()) else {
        return no("MissingAppKey", "AppKey is mandatory for this action.");
    };
    let made = visit.made(&key).map(|made| generated(made, visit.today));
    let Some(mut record) = made.or_else(|| record(&key, visit.today)) else {
        return no(
            "InvalidAppKey.NotFound",
            "The specified AppKey is not found.",
        );
    };
    // The only free text of this answer. There is no id in it that could be another one.
    let id = match visit.style {
        Style::Hostile => format!("{}{HOSTILE}", alibaba::request_id(visit)),
        Style::Plain | Style::OtherId => alibaba::request_id(visit),
    };
    if let Some(members) = record.as_object_mut() {
        members.insert("RequestId".to_owned(), json!(id));
    }
    Answer::good(JSON, record.to_string())
}

/// The apps; it has no pages.
fn list(visit: &mut Visit<'_>) -> Answer {
    let all = listing::certificates(visit);
    let visit = &*visit;
    let window = Window {
        offset: 0,
        limit: LISTED,
    };
    let mut item = |entry: &Entry| {
        let id = entry.id(Service::Mpush);
        let name = match (visit.style, entry) {
            (Style::Hostile, _) => HOSTILE.to_owned(),
            (_, Entry::Made(made)) => format!("app {}", made.0),
            (_, Entry::Sample(_)) => format!("app {id}"),
        };
        Some(json!({"AppKey": id.parse::<i64>().ok()?, "AppName": name}).to_string())
    };
    let apps = match visit.twist {
        Some(ListFault::NullAll) => "null".to_owned(),
        _ => {
            let names = ("SummaryAppInfo", None);
            listing::body(visit, &all, window, names, &json!({}), &mut item)
        }
    };
    let id = alibaba::request_id(visit);
    let body = format!("{{\"RequestId\":\"{id}\",\"SummaryAppInfos\":{apps}}}");
    Answer::good(JSON, body)
}

/// The production certificate is the generated one; that for development is long valid.
fn generated(made: Made, today: DateTime<Utc>) -> Value {
    let at = |count| dates::days(today, count).timestamp_millis();
    let end = made.span().map(|(_, until)| at(until));
    let status = match made.state() {
        State::Valid | State::Soon => "OK",
        State::Expired => "EXPIRED",
        State::Revoked => "REVOKED",
        State::Pending => "NOT_CONFIGURED",
    };
    let mut production = json!({"Status": status});
    if let Some(end) = end {
        amend(&mut production, json!({"ExipreTime": end}));
    }
    json!({
        "IOS": true, "Android": false,
        "ProductionCertInfo": production,
        "DevelopmentCertInfo": {"Status": "OK", "ExipreTime": at(300)},
    })
}

/// The key of the time is misspelt on the wire, in every SDK and document.
fn record(key: &str, today: DateTime<Utc>) -> Option<Value> {
    let at = |count| dates::days(today, count).timestamp_millis();
    let record = match key {
        "335799001" => json!({
            "IOS": true, "Android": false,
            "ProductionCertInfo": {"Status": "OK", "ExipreTime": at(200)},
            "DevelopmentCertInfo": {"Status": "EXPIRED", "ExipreTime": at(-400)},
        }),
        // Whether a time comes along is not documented: once absent, once zero.
        "335799002" => json!({
            "IOS": true, "Android": false,
            "ProductionCertInfo": {"Status": "NOT_CONFIGURED"},
            "DevelopmentCertInfo": {"Status": "NO_PASSWORD", "ExipreTime": 0},
        }),
        "335799003" => json!({"IOS": false, "Android": true}),
        "335799004" => json!({
            "IOS": true, "Android": false,
            "ProductionCertInfo": {"Status": "REVOKED", "ExipreTime": at(120)},
            "DevelopmentCertInfo": {"Status": "OK", "ExipreTime": at(250)},
        }),
        // The older edition: text everywhere, and ten digits (seconds) in one of the times.
        "335799005" => json!({
            "IOS": "true", "Android": "false",
            "ProductionCertInfo": {"Status": "OK", "ExipreTime": at(12).to_string()},
            "DevelopmentCertInfo": {
                "Status": "EXPIRED", "ExipreTime": (at(-40) / 1000).to_string(),
            },
        }),
        _ => return None,
    };
    Some(record)
}
