//! Alibaba ESA, `GetClientCertificate`: one client certificate of one site.
//!
//! Source: the operation's page, whose example has a line feed after the site's name, a blank
//! after the common name, and of the certificate the first line only.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::alibaba::{self, JSON, Operation};
use super::desk::{Style, Visit};
use super::misbehave::HOSTILE;
use super::wire::{About, Answer, Call, amend};
use super::{Sample, dates};

pub(super) const OPERATION: Operation = Operation {
    action: "GetClientCertificate",
    version: "2024-09-10",
    methods: &["GET"],
    host: "esa.cn-hangzhou.aliyuncs.com",
    permission: "esa:GetClientCertificate",
};

/// The one site of the sandbox's ESA account.
pub const SITE_ID: &str = "1234567890123";

const fn sample(id: &'static str, what: &'static str) -> Sample {
    Sample {
        id,
        what,
        legacy: false,
    }
}

pub(super) const SAMPLES: [Sample; 6] = [
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

pub(super) fn describe(call: &Call) -> About {
    About {
        action: call.header("x-acs-action").unwrap_or_default().to_owned(),
        id: call.parameter("Id"),
        certificate: true,
    }
}

pub(super) fn answer(call: &Call, visit: &mut Visit<'_>) -> Answer {
    if let Err(refusal) = alibaba::admit(call, visit, &OPERATION) {
        return refusal;
    }
    let no = |status, code, message| alibaba::refusal(visit, &OPERATION, status, code, message);
    match call.parameter("SiteId").as_deref() {
        None | Some("") => {
            return no(
                400,
                "MissingSiteId",
                "Required parameter SiteId missing. Specify SiteId and try again.",
            );
        }
        Some(SITE_ID) => {}
        Some(_) => {
            return no(
                400,
                "InvalidParameter.SiteId",
                "Failed to query the website based on the SiteID you specified.",
            );
        }
    }
    let Some(id) = call.parameter("Id").filter(|id| !id.is_empty()) else {
        return no(400, "Id.MissingParameter", "The parameter Id is required.");
    };
    match record(&id, visit) {
        Some(body) => Answer::good(JSON, body),
        None => no(
            404,
            "Certificate.NotFound",
            "The specified certificate does not exist.",
        ),
    }
}

/// Both status words, and the days from which and until which the certificate is valid.
fn facts(id: &str) -> Option<(&'static str, &'static str, i64, i64)> {
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

fn record(id: &str, visit: &Visit<'_>) -> Option<String> {
    let (outer, inner, from, until) = facts(id)?;
    let at = |count| -> String { dates::utc(dates::days(visit.today, count)) };
    let serial = serial(id, visit.today);
    let mut body = json!({
        "RequestId": alibaba::request_id(visit),
        "SiteId": 1_234_567_890_123_u64,
        "SiteName": "example.com\n",
        "Status": outer,
        "Certificate": "-----BEGIN CERTIFICATE-----",
        "Result": {
            "Id": id,
            "Name": "sandbox-client",
            "Status": inner,
            "Type": "dcdn",
            "CommonName": "www.example.com ",
            "NotBefore": at(from),
            "NotAfter": at(until),
            "Issuer": "GlobalSign nv-sa",
            "SAN": "www.example.com,*.example.com",
            "SignatureAlgorithm": "SHA256-RSA",
            "PubkeyAlgorithm": "RSA",
            "SerialNumber": serial,
            "FingerprintSha256": super::verify::sha256_hex(id.as_bytes()),
            "CACertificateId": "babab9db65ee5efcca9f3d41d4b50d66",
            "CreateTime": at(from),
            "UpdateTime": at(from),
        },
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
    if let Some(result) = body.get_mut("Result") {
        amend(result, changes);
    }
    if visit.style == Style::Hostile {
        amend(&mut body, json!({"Status": "active", "SiteName": HOSTILE}));
    }
    Some(body.to_string())
}

/// A number that differs from one certificate to the next; its form is not documented.
fn serial(id: &str, today: DateTime<Utc>) -> String {
    let seed = format!("{id}{}", today.format("%Y"));
    super::verify::sha256_hex(seed.as_bytes())
        .chars()
        .take(32)
        .collect()
}
