//! Alibaba ESA, `GetClientCertificate`: one client certificate of one site. The lists stand in `lists.rs`.
//!
//! Source: the operation's page, whose example has a line feed after the site's name, a blank
//! after the common name, and of the certificate the first line only.

mod lists;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::alibaba::{self, ApiOperation, Gateway, JSON};
use super::{Emulator, Handler, IdFormat, Sample};
use crate::sandbox::context::{RecordStyle, RequestContext};
use crate::sandbox::dates;
use crate::sandbox::delivery::HOSTILE;
use crate::sandbox::faults::FaultKind;
use crate::sandbox::generated::{CertificateState, Generated};
use crate::sandbox::reply::{Reply, amend, fixed};
use crate::sandbox::request::{IncomingRequest, RequestInfo, RequestKind};
use crate::sandbox::signature::sha256_hex;

const OPERATION: ApiOperation = ApiOperation {
    action: "GetClientCertificate",
    version: "2024-09-10",
    methods: &["GET"],
    host: "esa.cn-hangzhou.aliyuncs.com",
    permission: "esa:GetClientCertificate",
};

/// The operation that a request names, or the one for a certificate, which the gateway will refuse.
fn operation(request: &IncomingRequest) -> &'static ApiOperation {
    let action = request.header("x-acs-action").unwrap_or_default();
    lists::operation(action).unwrap_or(&OPERATION)
}

/// The first site of the account, which has all the samples.
pub const SITE_ID: &str = "1234567890123";

/// A site: its id, as a number too, and its name.
struct EsaSite {
    pub id: &'static str,
    pub number: u64,
    pub name: &'static str,
}

/// The sites of the account. The line feed is in the name of the page's example.
const SITES: [EsaSite; 2] = [
    EsaSite {
        id: SITE_ID,
        number: 1_234_567_890_123,
        name: "example.com\n",
    },
    EsaSite {
        id: "1234567890124",
        number: 1_234_567_890_124,
        name: "shop.example",
    },
];

/// The site of a certificate, by its ID.
pub fn site_of(id: &str) -> Option<&'static str> {
    let made = Emulator::ESA.generated(id);
    let sample = SAMPLES.iter().any(|sample| sample.id == id);
    let place = made.map(Generated::half).or(sample.then_some(0))?;
    SITES.get(place).map(|site| site.id)
}

impl Emulator {
    /// Alibaba ESA, with one account and two sites.
    pub const ESA: &'static Emulator = &Emulator {
        name: "esa",
        samples: SAMPLES,
        demo: &[
            "baba39055622c008b90285a8838ed09a",
            "baba39055622c008b90285a8838ed0a6",
            "baba39055622c008b90285a8838ed0f2",
        ],
        role: Some(alibaba::ROLE),
        variables: alibaba::VARIABLES,
        keys: alibaba::KEYS,
        id_format: IdFormat {
            prefix: "e57a7e",
            offset: 0,
            width: 26,
            hexadecimal: true,
        },
        has_gateway: true,
        closes_connections: false,
        own_faults: &[FaultKind::Xml],
        handler: || Box::new(EdgeAcceleration(Gateway::new())),
    };
}

const fn sample(id: &'static str, what: &'static str) -> Sample {
    Sample {
        flags: &["--site-id", SITE_ID],
        ..Sample::new(id, what)
    }
}

const SAMPLES: &[Sample] = &[
    sample(
        "baba39055622c008b90285a8838ed09a",
        "active, valid for 240 days, values padded",
    ),
    sample("baba39055622c008b90285a8838ed0a6", "active, ends in 6 days"),
    sample(
        "baba39055622c008b90285a8838ed0e1",
        "active by its word, but past",
    ),
    sample(
        "baba39055622c008b90285a8838ed0f2",
        "revoked before its date",
    ),
    sample(
        "baba39055622c008b90285a8838ed0b3",
        "active outside, revoked inside: two words disagree",
    ),
    sample(
        "baba39055622c008b90285a8838ed0c4",
        "active, begins in 3 days",
    ),
];

struct EdgeAcceleration(Gateway);

impl Handler for EdgeAcceleration {
    fn classify(&self, request: &IncomingRequest) -> RequestInfo {
        self.0.classify(request).unwrap_or_else(|| {
            let action = request.header("x-acs-action").unwrap_or_default();
            RequestInfo {
                action: action.to_owned(),
                id: request.parameter("Id"),
                kind: match lists::operation(action) {
                    Some(_) => RequestKind::List,
                    None => RequestKind::Certificate,
                },
            }
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
        if operation.action != OPERATION.action {
            return lists::handle(request, context, operation);
        }
        certificate(request, context)
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

fn certificate(request: &IncomingRequest, context: &RequestContext<'_>) -> Reply {
    let no = |status, code, message| alibaba::refusal(context, &OPERATION, status, code, message);
    let site = match site(request) {
        Ok(site) => site,
        Err((code, message)) => return no(400, code, message),
    };
    let Some(id) = request.parameter("Id").filter(|id| !id.is_empty()) else {
        return no(400, "Id.MissingParameter", "The parameter Id is required.");
    };
    match record(&id, site, context) {
        Some(body) => Reply::good(JSON, body),
        None => no(
            404,
            "Certificate.NotFound",
            "The specified certificate does not exist.",
        ),
    }
}

/// The site that a request names, or the code and the message of the refusal.
fn site(request: &IncomingRequest) -> Result<&'static EsaSite, (&'static str, &'static str)> {
    let named = request.parameter("SiteId").filter(|id| !id.is_empty());
    let named = named.ok_or((
        "MissingSiteId",
        "Required parameter SiteId missing. Specify SiteId and try again.",
    ))?;
    let known = SITES.iter().find(|site| site.id == named);
    known.ok_or((
        "InvalidParameter.SiteId",
        "Failed to query the website based on the SiteID you specified.",
    ))
}

/// A certificate is one of a site. A certificate that a fault adds to a list is added to each site.
fn is_at(made: Generated, site: &EsaSite, context: &RequestContext<'_>) -> bool {
    let added = context.certificates.is_none_or(|count| made.0 > count);
    added || SITES.get(made.half()).is_some_and(|own| own.id == site.id)
}

/// Both status values, and the days from which and until which the certificate is valid.
type EsaState = (&'static str, &'static str, i64, i64);

/// A pending one begins in three days: this service has no status for it.
fn facts_of_generated(made: Generated) -> EsaState {
    let (from, until) = made.span().unwrap_or((3, 368));
    match made.state() {
        CertificateState::Revoked => ("revoked", "revoked", from, until),
        _ => ("active", "active", from, until),
    }
}

fn facts(id: &str) -> Option<EsaState> {
    Some(match id {
        "baba39055622c008b90285a8838ed09a" => ("active", "active", -125, 240),
        "baba39055622c008b90285a8838ed0a6" => ("active", "active", -84, 6),
        "baba39055622c008b90285a8838ed0e1" => ("active", "active", -370, -5),
        "baba39055622c008b90285a8838ed0f2" => ("revoked", "revoked", -200, 165),
        "baba39055622c008b90285a8838ed0b3" => ("active", "revoked", -100, 265),
        "baba39055622c008b90285a8838ed0c4" => ("active", "active", 3, 368),
        _ => return None,
    })
}

fn record(id: &str, site: &EsaSite, context: &RequestContext<'_>) -> Option<String> {
    let (outer, result) = result(id, site, context)?;
    let mut body = json!({
        "RequestId": alibaba::request_id(context),
        "SiteId": site.number,
        "SiteName": site.name,
        "Status": outer,
        "Certificate": "-----BEGIN CERTIFICATE-----",
        "Result": result,
    });
    if context.style == RecordStyle::Hostile {
        amend(&mut body, json!({"Status": "active", "SiteName": HOSTILE}));
    }
    Some(body.to_string())
}

/// The member `Result`, of which a list has one for each certificate, and the status beside it.
fn result(id: &str, site: &EsaSite, context: &RequestContext<'_>) -> Option<(&'static str, Value)> {
    let made = context.generated(id);
    let here = made.map_or(site.id == SITE_ID, |made| is_at(made, site, context));
    let (outer, inner, from, until) = made
        .map(facts_of_generated)
        .or_else(|| facts(id))
        .filter(|_| here)?;
    let names = made.map(Generated::names);
    let at = |count| -> String { dates::utc(dates::days(context.today, count)) };
    let serial = serial(id, context.today);
    let mut result = fixed(FIXED);
    let facts = json!({
        "Id": id,
        "Status": inner,
        "CommonName": names.as_ref().map_or("www.example.com ", |[main, _]| main),
        "NotBefore": at(from),
        "NotAfter": at(until),
        "SAN": names.as_ref().map_or("www.example.com,*.example.com".to_owned(), |names| names.join(",")),
        "SerialNumber": serial,
        "FingerprintSha256": sha256_hex(id.as_bytes()),
        "CreateTime": at(from),
        "UpdateTime": at(from),
    });
    let changes = match context.style {
        RecordStyle::Plain => json!({}),
        RecordStyle::OtherId => json!({"Id": "0123456789abcdef0123456789abcdef"}),
        RecordStyle::Hostile => json!({
            "Status": "active",
            "Name": HOSTILE,
            "CommonName": format!("{HOSTILE}.example.com"),
            "Issuer": HOSTILE,
            "SAN": format!("www.example.com,{HOSTILE}"),
            "NotBefore": at(-10),
            "NotAfter": at(300),
        }),
    };
    amend(&mut result, facts);
    amend(&mut result, changes);
    Some((outer, result))
}

/// The members that are the same in all records.
const FIXED: &str = r#"{
    "Name": "sandbox-client", "Type": "dcdn", "Issuer": "GlobalSign nv-sa",
    "SignatureAlgorithm": "SHA256-RSA", "PubkeyAlgorithm": "RSA",
    "CACertificateId": "babab9db65ee5efcca9f3d41d4b50d66"
}"#;

/// A number that differs from one certificate to the next; its form is not documented.
fn serial(id: &str, today: DateTime<Utc>) -> String {
    let seed = format!("{id}{}", today.format("%Y"));
    sha256_hex(seed.as_bytes()).chars().take(32).collect()
}
