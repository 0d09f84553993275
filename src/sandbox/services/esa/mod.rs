//! Alibaba ESA, `GetClientCertificate`: one client certificate of one site. The lists stand in `lists.rs`.
//!
//! Source: the operation's page, whose example has a line feed after the site's name, a blank
//! after the common name, and of the certificate the first line only.

pub(in crate::sandbox) mod lists;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::sandbox::delivery::HOSTILE;
use crate::sandbox::dispatch::{Style, Visit};
use crate::sandbox::generated::{Made, State};
use crate::sandbox::services::alibaba::{self, JSON, Operation};
use crate::sandbox::wire::{About, Answer, Asks, Call, amend, fixed};
use crate::sandbox::{Sample, Service, dates};

pub(in crate::sandbox) const OPERATION: Operation = Operation {
    action: "GetClientCertificate",
    version: "2024-09-10",
    methods: &["GET"],
    host: "esa.cn-hangzhou.aliyuncs.com",
    permission: "esa:GetClientCertificate",
};

/// The operation that a call names, or the one for a certificate, whose gateway will say no.
pub(in crate::sandbox) fn operation(call: &Call) -> &'static Operation {
    let action = call.header("x-acs-action").unwrap_or_default();
    lists::operation(action).unwrap_or(&OPERATION)
}

/// The first site of the sandbox's ESA account, which has all the samples.
pub const SITE_ID: &str = "1234567890123";

/// A site: its id, as a number too, and its name.
pub(in crate::sandbox) struct Site {
    pub id: &'static str,
    pub number: u64,
    pub name: &'static str,
}

/// The sites of the account. The line feed is in the name of the page's example.
pub(in crate::sandbox) const SITES: [Site; 2] = [
    Site {
        id: SITE_ID,
        number: 1_234_567_890_123,
        name: "example.com\n",
    },
    Site {
        id: "1234567890124",
        number: 1_234_567_890_124,
        name: "shop.example",
    },
];

/// The site of a certificate, by its id.
pub fn site_of(id: &str) -> Option<&'static str> {
    let made = Made::with_id(Service::Esa, id);
    let sample = SAMPLES.iter().any(|sample| sample.id == id);
    let place = made.map(Made::half).or(sample.then_some(0))?;
    SITES.get(place).map(|site| site.id)
}

const fn sample(id: &'static str, what: &'static str) -> Sample {
    Sample {
        id,
        what,
        legacy: false,
    }
}

pub(in crate::sandbox) const SAMPLES: [Sample; 6] = [
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

pub(in crate::sandbox) fn describe(call: &Call) -> About {
    let action = call.header("x-acs-action").unwrap_or_default();
    About {
        action: action.to_owned(),
        id: call.parameter("Id"),
        asks: match lists::operation(action) {
            Some(_) => Asks::List,
            None => Asks::Certificate,
        },
    }
}

pub(in crate::sandbox) fn answer(call: &Call, visit: &mut Visit<'_>) -> Answer {
    let operation = operation(call);
    if let Err(refusal) = alibaba::admit(call, visit, operation) {
        return refusal;
    }
    if operation.action != OPERATION.action {
        return lists::answer(call, visit, operation);
    }
    let no = |status, code, message| alibaba::refusal(visit, &OPERATION, status, code, message);
    let site = match site(call) {
        Ok(site) => site,
        Err((code, message)) => return no(400, code, message),
    };
    let Some(id) = call.parameter("Id").filter(|id| !id.is_empty()) else {
        return no(400, "Id.MissingParameter", "The parameter Id is required.");
    };
    match record(&id, site, visit) {
        Some(body) => Answer::good(JSON, body),
        None => no(
            404,
            "Certificate.NotFound",
            "The specified certificate does not exist.",
        ),
    }
}

/// The site that a call names, or the code and the text that say why there is none.
pub(in crate::sandbox) fn site(call: &Call) -> Result<&'static Site, (&'static str, &'static str)> {
    let named = call.parameter("SiteId").filter(|id| !id.is_empty());
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

/// Whether a certificate is one of a site. What a fault adds to a list is added to each.
pub(in crate::sandbox) fn is_at(made: Made, site: &Site, visit: &Visit<'_>) -> bool {
    let added = visit.estate.is_none_or(|count| made.0 > count);
    added || SITES.get(made.half()).is_some_and(|own| own.id == site.id)
}

/// Both status words, and the days from which and until which the certificate is valid.
type Facts = (&'static str, &'static str, i64, i64);

/// A generated one that is not there yet begins in three days: this service has no word for it.
fn facts_made(made: Made) -> Facts {
    let (from, until) = made.span().unwrap_or((3, 368));
    match made.state() {
        State::Revoked => ("revoked", "revoked", from, until),
        _ => ("active", "active", from, until),
    }
}

fn facts(id: &str) -> Option<Facts> {
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

fn record(id: &str, site: &Site, visit: &Visit<'_>) -> Option<String> {
    let (outer, result) = result(id, site, visit)?;
    let mut body = json!({
        "RequestId": alibaba::request_id(visit),
        "SiteId": site.number,
        "SiteName": site.name,
        "Status": outer,
        "Certificate": "-----BEGIN CERTIFICATE-----",
        "Result": result,
    });
    if visit.style == Style::Hostile {
        amend(&mut body, json!({"Status": "active", "SiteName": HOSTILE}));
    }
    Some(body.to_string())
}

/// The member `Result`, of which a list has one for each certificate, and the status beside it.
pub(in crate::sandbox) fn result(
    id: &str,
    site: &Site,
    visit: &Visit<'_>,
) -> Option<(&'static str, Value)> {
    let made = visit.made(id);
    let here = made.map_or(site.id == SITE_ID, |made| is_at(made, site, visit));
    let (outer, inner, from, until) = made
        .map(facts_made)
        .or_else(|| facts(id))
        .filter(|_| here)?;
    let names = made.map(Made::names);
    let at = |count| -> String { dates::utc(dates::days(visit.today, count)) };
    let serial = serial(id, visit.today);
    let mut result = fixed(FIXED);
    let facts = json!({
        "Id": id,
        "Status": inner,
        "CommonName": names.as_ref().map_or("www.example.com ", |[main, _]| main),
        "NotBefore": at(from),
        "NotAfter": at(until),
        "SAN": names.as_ref().map_or("www.example.com,*.example.com".to_owned(), |names| names.join(",")),
        "SerialNumber": serial,
        "FingerprintSha256": crate::sandbox::signature::sha256_hex(id.as_bytes()),
        "CreateTime": at(from),
        "UpdateTime": at(from),
    });
    let changes = match visit.style {
        Style::Plain => json!({}),
        Style::OtherId => json!({"Id": "0123456789abcdef0123456789abcdef"}),
        Style::Hostile => json!({
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

/// The members that all of them have alike.
const FIXED: &str = r#"{
    "Name": "sandbox-client", "Type": "dcdn", "Issuer": "GlobalSign nv-sa",
    "SignatureAlgorithm": "SHA256-RSA", "PubkeyAlgorithm": "RSA",
    "CACertificateId": "babab9db65ee5efcca9f3d41d4b50d66"
}"#;

/// A number that differs from one certificate to the next; its form is not documented.
fn serial(id: &str, today: DateTime<Utc>) -> String {
    let seed = format!("{id}{}", today.format("%Y"));
    crate::sandbox::signature::sha256_hex(seed.as_bytes())
        .chars()
        .take(32)
        .collect()
}
