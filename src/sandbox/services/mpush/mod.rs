//! Alibaba Mobile Push: `CheckCertificate`, two certificates for each app key, and `ListSummaryApps`.
//!
//! Sources: the operations' pages; of the first the current edition and 434809 (whose scalars are all strings). The
//! list has no pages and no length; an older page says that it ends after ten apps.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::alibaba::{self, ApiOperation, Gateway, JSON};
use super::{Emulator, Handler, IdFormat, Sample};
use crate::sandbox::context::{RecordStyle, RequestContext};
use crate::sandbox::dates;
use crate::sandbox::delivery::HOSTILE;
use crate::sandbox::faults::FaultKind;
use crate::sandbox::generated::{CertificateState, Generated};
use crate::sandbox::list_faults::ListFault;
use crate::sandbox::listing::{self, ListEntry, PageWindow};
use crate::sandbox::reply::{Reply, amend};
use crate::sandbox::request::{IncomingRequest, RequestInfo, RequestKind};

const OPERATION: ApiOperation = ApiOperation {
    action: "CheckCertificate",
    version: "2016-08-01",
    methods: &["POST", "GET"],
    host: "cloudpush.aliyuncs.com",
    permission: "mpush:CheckCertificate",
};

const LIST: ApiOperation = ApiOperation {
    action: "ListSummaryApps",
    permission: "mpush:ListSummaryApps",
    ..OPERATION
};

/// The most apps that the list ever holds.
const LISTED: usize = 10;

/// The operation that a request names, or the one for a certificate, which the gateway will refuse.
fn operation(request: &IncomingRequest) -> &'static ApiOperation {
    match request.header("x-acs-action") {
        Some(action) if action == LIST.action => &LIST,
        _ => &OPERATION,
    }
}

impl Emulator {
    /// Alibaba Mobile Push.
    pub const MPUSH: &'static Emulator = &Emulator {
        name: "mpush",
        samples: SAMPLES,
        demo: &["335799001", "335799002"],
        role: Some(alibaba::ROLE),
        variables: alibaba::VARIABLES,
        keys: alibaba::KEYS,
        id_format: IdFormat::decimal("", 400_000_000),
        has_gateway: true,
        closes_connections: false,
        own_faults: &[FaultKind::Xml],
        handler: || Box::new(MobilePush(Gateway::new())),
    };
}

const SAMPLES: &[Sample] = &[
    Sample::new(
        "335799001",
        "production valid for 200 days, development long expired",
    ),
    Sample::new(
        "335799005",
        "production ends in 12 days, every value written as text",
    ),
    Sample::new(
        "335799004",
        "production revoked before its date, development valid",
    ),
    Sample::new(
        "335799002",
        "production not configured, development without password",
    ),
    Sample::new("335799003", "an Android app, which has no certificates"),
];

struct MobilePush(Gateway);

impl Handler for MobilePush {
    fn classify(&self, request: &IncomingRequest) -> RequestInfo {
        self.0.classify(request).unwrap_or_else(|| RequestInfo {
            action: request
                .header("x-acs-action")
                .unwrap_or_default()
                .to_owned(),
            id: request.parameter("AppKey"),
            kind: if operation(request).action == LIST.action {
                RequestKind::List
            } else {
                RequestKind::Certificate
            },
        })
    }

    fn handle(
        &mut self,
        request: &IncomingRequest,
        _: &RequestInfo,
        context: &mut RequestContext<'_>,
    ) -> Reply {
        if let Some(reply) = self.0.handle(request, context) {
            return reply;
        }
        let operation = operation(request);
        if let Err(refusal) = self.0.admit(request, context, operation) {
            return refusal;
        }
        if operation.action == LIST.action {
            return list(context);
        }
        certificates(request, context)
    }

    fn fault_reply(
        &mut self,
        fault: &FaultKind,
        request: &IncomingRequest,
        context: &mut RequestContext<'_>,
    ) -> Option<Reply> {
        alibaba::fault_reply(fault, request, context, operation(request))
    }
}

/// The two certificates of an app.
fn certificates(request: &IncomingRequest, context: &RequestContext<'_>) -> Reply {
    let no = |code, message| alibaba::refusal(context, &OPERATION, 400, code, message);
    let Some(key) = request.parameter("AppKey").filter(|key| !key.is_empty()) else {
        return no("MissingAppKey", "AppKey is mandatory for this action.");
    };
    let made = context.generated(&key);
    let made = made.map(|made| generated(made, context.today));
    let Some(mut record) = made.or_else(|| record(&key, context.today)) else {
        return no(
            "InvalidAppKey.NotFound",
            "The specified AppKey is not found.",
        );
    };
    // The only free text of this answer. It holds no ID that could be another one.
    let id = match context.style {
        RecordStyle::Hostile => format!("{}{HOSTILE}", alibaba::request_id(context)),
        RecordStyle::Plain | RecordStyle::OtherId => alibaba::request_id(context),
    };
    amend(&mut record, json!({"RequestId": id}));
    Reply::good(JSON, record.to_string())
}

/// The list of apps, without pages.
fn list(context: &mut RequestContext<'_>) -> Reply {
    let all = listing::certificates(context);
    let context = &*context;
    let window = PageWindow {
        offset: 0,
        limit: LISTED,
    };
    let mut item = |entry: &ListEntry| {
        let id = entry.id(context.emulator);
        let name = match (context.style, entry) {
            (RecordStyle::Hostile, _) => HOSTILE.to_owned(),
            (_, ListEntry::Generated(made)) => format!("app {}", made.0),
            (_, ListEntry::Sample(_)) => format!("app {id}"),
        };
        Some(json!({"AppKey": id.parse::<i64>().ok()?, "AppName": name}).to_string())
    };
    let apps = match context.list_fault {
        Some(ListFault::NullAll) => "null".to_owned(),
        _ => {
            let names = ("SummaryAppInfo", None);
            listing::body(context, &all, window, names, &json!({}), &mut item)
        }
    };
    let id = alibaba::request_id(context);
    let body = format!("{{\"RequestId\":\"{id}\",\"SummaryAppInfos\":{apps}}}");
    Reply::good(JSON, body)
}

/// The production certificate is the generated one; that for development is long valid.
fn generated(made: Generated, today: DateTime<Utc>) -> Value {
    let at = |count| dates::days(today, count).timestamp_millis();
    let end = made.span().map(|(_, until)| at(until));
    let status = match made.state() {
        CertificateState::Valid | CertificateState::Soon => "OK",
        CertificateState::Expired => "EXPIRED",
        CertificateState::Revoked => "REVOKED",
        CertificateState::Pending => "NOT_CONFIGURED",
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
