//! The certificates of the PBX: its server certificates and one trusted CA.
//!
//! Source: "Query Information of a Certificate". The form of a date is not documented; here it is
//! that of the box's own time, in its own zone (UTC+8), without saying so.

use serde_json::{Value, json};

use super::super::Sample;
use crate::sandbox::context::{RecordStyle, RequestContext};
use crate::sandbox::dates;
use crate::sandbox::delivery::HOSTILE;
use crate::sandbox::generated::CertificateState;
use crate::sandbox::reply::{amend, fixed};

pub(super) const SAMPLES: &[Sample] = &[
    Sample::new("1", "server certificate, valid for 100 days"),
    Sample::new("2", "server certificate, expired"),
    Sample::new("3", "issued, but the box tells no date"),
    Sample::new("4", "being issued, no date yet"),
    Sample::new("5", "valid for 15 days, its last renewal failed"),
    Sample::new("6", "trusted CA certificate, valid for 900 days"),
];

/// The record with an id, as in `certificate`.
pub(super) fn record(id: &str, context: &RequestContext<'_>) -> Option<Value> {
    let at = |count| dates::beijing_with_slashes(dates::days(context.today, count));
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
        _ => generated(id, context)?,
    };
    match context.style {
        RecordStyle::Plain => {}
        // The published example asks for 4 and is told about 3.
        RecordStyle::OtherId => amend(&mut record, json!({"id": if id == "3" { 4 } else { 3 }})),
        RecordStyle::Hostile => {
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

/// A PBX revokes nothing: a revoked one has failed here.
fn generated(id: &str, context: &RequestContext<'_>) -> Option<Value> {
    let made = context.generated(id)?;
    let at = |(_, until)| dates::beijing_with_slashes(dates::days(context.today, until));
    let (apply_status, expiration) = match made.state() {
        CertificateState::Pending => ("issuing", None),
        CertificateState::Revoked => ("issuance_fail", None),
        _ => ("issuance_success", made.span().map(at)),
    };
    let [name, _] = made.names();
    let expiration = expiration.as_deref().unwrap_or("-");
    let id = id.parse().ok()?;
    Some(server(id, &name, expiration, "apply", Some(apply_status)))
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
