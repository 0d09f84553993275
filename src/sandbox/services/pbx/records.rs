//! What the PBX knows: its server certificates and one it trusts.
//!
//! Source: "Query Information of a Certificate". The form of a date is not documented; here it is
//! that of the box's own time, in its own zone (UTC+8), without saying so.

use serde_json::{Value, json};

use crate::sandbox::delivery::HOSTILE;
use crate::sandbox::dispatch::{Style, Visit};
use crate::sandbox::generated::{Made, State};
use crate::sandbox::listing::Entry;
use crate::sandbox::wire::{amend, fixed};
use crate::sandbox::{Sample, Service, dates};

const fn sample(id: &'static str, what: &'static str) -> Sample {
    Sample {
        id,
        what,
        legacy: false,
    }
}

pub(in crate::sandbox) const SAMPLES: [Sample; 6] = [
    sample("1", "server certificate, valid for 100 days"),
    sample("2", "server certificate, expired"),
    sample("3", "issued, but the box tells no date"),
    sample("4", "being issued, no date yet"),
    sample("5", "valid for 15 days, its last renewal failed"),
    sample("6", "trusted CA certificate, valid for 900 days"),
];

/// The record with an id, as in `certificate`.
pub(in crate::sandbox) fn record(id: &str, visit: &Visit<'_>) -> Option<Value> {
    let at = |count| dates::beijing_with_slashes(dates::days(visit.today, count));
    let mut record = match id {
        "1" => server(1, "pbx.example.com", &at(100), "upload", None),
        "2" => server(2, "old.example.com", &at(-12), "upload", None),
        // As in the published example: issued, and still no date.
        "3" => server(
            3,
            "docs.example.com",
            "-",
            "apply",
            Some("issuance_success"),
        ),
        "4" => server(4, "new.example.com", "-", "apply", Some("issuing")),
        "5" => {
            let mut record = server(
                5,
                "voice.example.com",
                &at(15),
                "apply",
                Some("issuance_fail"),
            );
            amend(&mut record, json!({"apply_tip_code": 40_307}));
            record
        }
        "6" => json!({
            "id": 6,
            "name": "sandbox-root.crt",
            "type": "trusted",
            "issue_to": "Sandbox Root CA",
            "expiration": at(900),
        }),
        _ => made(visit.made(id)?, visit),
    };
    match visit.style {
        Style::Plain => {}
        // The published example asks for 4 and is told about 3.
        Style::OtherId => amend(&mut record, json!({"id": if id == "3" { 4 } else { 3 }})),
        Style::Hostile => {
            let changes = json!({
                "name": HOSTILE,
                "issue_to": HOSTILE,
                "dns_provider": HOSTILE,
                "expiration": at(300),
            });
            amend(&mut record, changes);
        }
    }
    Some(record)
}

/// A box takes nothing back: what is so elsewhere has failed here.
fn made(made: Made, visit: &Visit<'_>) -> Value {
    let at = |(_, until)| dates::beijing_with_slashes(dates::days(visit.today, until));
    let (apply_status, expiration) = match made.state() {
        State::Pending => ("issuing", None),
        State::Revoked => ("issuance_fail", None),
        _ => ("issuance_success", made.span().map(at)),
    };
    let [name, _] = made.names();
    let id = made.id(Service::Pbx).parse().unwrap_or_default();
    let expiration = expiration.as_deref().unwrap_or("-");
    server(id, &name, expiration, "apply", Some(apply_status))
}

/// A member by which a list is sorted or filtered. The text of a date of this box sorts as the date.
pub(in crate::sandbox) fn text(entry: Entry, member: &str, visit: &Visit<'_>) -> Option<String> {
    let record = record(&entry.id(Service::Pbx), visit)?;
    Some(record.get(member)?.as_str()?.to_owned())
}

fn server(
    id: u64,
    name: &str,
    expiration: &str,
    ca_type: &str,
    apply_status: Option<&str>,
) -> Value {
    let mut record = json!({
        "id": id,
        "name": format!("{name}.pem"),
        "type": "server",
        "issue_to": name,
        "expiration": expiration,
        "ca_type": ca_type,
        "auto_renewal": u8::from(apply_status.is_some()),
        "dns_provider": "",
    });
    if let Some(status) = apply_status {
        amend(&mut record, fixed(ORDER));
        amend(&mut record, json!({"apply_status": status}));
    }
    record
}

/// Credentials of the DNS provider, in clear, in every answer.
const ORDER: &str = r#"{
    "dns_provider": "alidns",
    "auth_info_list": [
        {"k": "TTL", "iv": 600},
        {"k": "AccessKeyId", "sv": "CANARY-dns-id"},
        {"k": "AccessKeySecret", "sv": "CANARY-dns-secret"},
        {"k": "PropagationTimeout", "iv": 300},
        {"k": "PollingInterval", "iv": 5},
        {"k": "SequenceInterval", "bv": true}
    ]
}"#;
