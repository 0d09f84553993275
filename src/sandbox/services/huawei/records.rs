//! What Huawei knows: v3 records, and v2 records in the shape of their page.
//!
//! Sources: "Obtaining Details of a Certificate" and "Querying Details of a Certificate". The v2
//! text is put together by hand, because the page has one key twice and one with a blank in it,
//! which no map of a JSON library would keep.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::super::Sample;
use super::{PROJECT_ID, at};
use crate::sandbox::context::{RecordStyle, RequestContext};
use crate::sandbox::delivery::HOSTILE;
use crate::sandbox::generated::{CertificateState, Generated};
use crate::sandbox::reply::{amend, fixed};
use crate::sandbox::{CANARY, dates};

/// A certificate that only the v2 call knows.
const fn legacy_sample(id: &'static str, what: &'static str) -> Sample {
    Sample {
        id,
        what,
        flags: &["--legacy", "--project-id", PROJECT_ID],
        listed: false,
    }
}

pub(super) const SAMPLES: &[Sample] = &[
    Sample::new("scs1700000000001", "issued, valid for 180 days"),
    Sample::new("scs1700000000002", "issued, ends in 20 days"),
    Sample::new("scs1700000000003", "under review, without dates"),
    Sample::new("scs1700000000004", "revoked before its date"),
    Sample::new("scs1700000000005", "expired"),
    Sample::new("scs1700000000006", "issued by its word, but past"),
    Sample::new("scs1700000000007", "uploaded, valid for 90 days"),
    Sample::new("scs1700000000008", "application rejected"),
    Sample::new(
        "scs1700000000009",
        "ended three hours ago if its time is Beijing's, else not yet",
    ),
    legacy_sample("scs1481110651012", "bought, nothing requested yet; v2"),
    legacy_sample("scs1481110651013", "issued, but v2 tells no date"),
];

/// Status and the days from which and until which a v3 certificate is valid.
pub(super) type ScmState = (&'static str, Option<(i64, i64)>);

pub(super) fn facts_of_generated(made: Generated) -> ScmState {
    let status = match made.state() {
        CertificateState::Valid | CertificateState::Soon => "ISSUED",
        CertificateState::Expired => "EXPIRED",
        CertificateState::Revoked => "REVOKED",
        CertificateState::Pending => "CHECKING_DOMAIN",
    };
    (status, made.span())
}

pub(super) fn facts(id: &str) -> Option<ScmState> {
    Some(match id {
        "scs1700000000001" => ("ISSUED", Some((-185, 180))),
        "scs1700000000002" => ("ISSUED", Some((-345, 20))),
        "scs1700000000003" => ("CHECKING_DOMAIN", None),
        "scs1700000000004" => ("REVOKED", Some((-100, 265))),
        "scs1700000000005" => ("EXPIRED", Some((-400, -35))),
        "scs1700000000006" => ("ISSUED", Some((-367, -2))),
        "scs1700000000007" => ("UPLOAD", Some((-90, 90))),
        "scs1700000000008" => ("UNPASSED", None),
        "scs1700000000009" => ("ISSUED", Some((-365, 0))),
        _ => return None,
    })
}

/// The body of v3 `ShowCertificate`.
pub(super) fn current(id: &str, context: &RequestContext<'_>) -> Option<Value> {
    let made = context.generated(id);
    let facts = made.map(facts_of_generated).or_else(|| facts(id))?;
    let samples = ["www.example.com", "example.com;*.shop.example.com;"];
    let names = made.map_or(samples.map(str::to_owned), Generated::names);
    let mut body = details(id, facts, &names, context.today);
    match context.style {
        RecordStyle::Plain => {}
        RecordStyle::OtherId => amend(&mut body, json!({"id": OTHER_ID})),
        RecordStyle::Hostile => {
            let changes = json!({
                "name": HOSTILE,
                "domain": HOSTILE,
                "sans": HOSTILE,
                "brand": HOSTILE,
                "description": HOSTILE,
                "status": "ISSUED",
                "not_before": at(context.today, -10),
                "not_after": at(context.today, 300),
            });
            amend(&mut body, changes);
        }
    }
    Some(body)
}

/// The record itself; the other names stand in one text.
fn details(
    id: &str,
    (status, span): ScmState,
    [domain, sans]: &[String; 2],
    today: DateTime<Utc>,
) -> Value {
    let from = span.map(|(from, _)| at(today, from));
    let until = match id {
        "scs1700000000009" => {
            let past = dates::shift(today, -3 * 3_600);
            Some(dates::beijing_with_fraction(past))
        }
        _ => span.map(|(_, until)| at(today, until)),
    };
    let mut record = fixed(FIXED);
    let changes = json!({
        "id": id,
        "status": status,
        "revoke_reason": (status == "REVOKED").then_some("key compromise"),
        "signature_algorithm": span.map(|_| "SHA256withRSA"),
        "issue_time": from,
        "not_before": from,
        "not_after": until,
        "domain": domain,
        "sans": sans,
    });
    amend(&mut record, changes);
    record
}

/// The members that are the same in all records. The fingerprint is present even where there is no certificate yet, as in
/// the vendor's example.
const FIXED: &str = r#"{
    "order_id": "CANARY-order", "name": "scm-sandbox", "type": "OV_SSL_CERT", "brand": "GEOTRUST",
    "push_support": "ON", "validity_period": 12, "validation_method": "DNS",
    "domain_type": "MULTI_DOMAIN", "multi_domain_type": "primary_single",
    "domain_count": 3, "wildcard_count": 1,
    "fingerprint": "185d687de3f44f2249d0e0f084efccb56b7c2cbe",
    "shared": false, "description": "", "enterprise_project_id": "0",
    "application_info": {
        "country": "CN", "company_name": "CANARY-company", "company_province": "CANARY-province",
        "company_city": "CANARY-city", "applicant_name": "CANARY-applicant",
        "applicant_phone": "CANARY-phone", "applicant_email": "CANARY-mail",
        "contact_name": "CANARY-contact", "contact_phone": "CANARY-phone",
        "contact_email": "CANARY-mail"
    },
    "authentification": [{
        "record_name": "_dnsauth.example.com", "record_type": "TXT",
        "record_value": "CANARY-validation", "domain": "example.com"
    }]
}"#;

const OTHER_ID: &str = "scs1999999999999";

/// The body of the v2 call: padded values, `domain_name` twice, `order_id ` with its blank.
pub(super) fn legacy(id: &str, context: &RequestContext<'_>) -> Option<String> {
    let status = match id {
        "scs1481110651012" => "PAID",
        "scs1481110651013" => "ISSUED",
        _ => return None,
    };
    let (id, name, domains) = match context.style {
        RecordStyle::Plain => (id, "test", " www.test.com;*.example1.com;*.example2.com"),
        RecordStyle::OtherId => (OTHER_ID, "test", " www.test.com"),
        RecordStyle::Hostile => (id, HOSTILE, HOSTILE),
    };
    let fill = |text: String, (name, value): (&str, &str)| {
        text.replace(name, &Value::from(value).to_string())
    };
    let members = [
        ("<id>", id),
        ("<name>", name),
        ("<domains>", domains),
        ("<status>", status),
    ];
    Some(
        members
            .into_iter()
            .fold(LEGACY.replace("CANARY", CANARY), fill),
    )
}

const LEGACY: &str = r#"{ "cert_id": <id>, "order_id ": "CANARY-order", "cert_name": <name>, "cert_type": "OV",
    "cert_brand": "GEOTRUST", "domain_type": "MUILT_DOMAIN", "domain_name": "funnyzx.com;abc.com",
    "domain_number": 3, "cert_describe": "as on the page", "push_support": "on", "revoke_reason": "",
    "domain_name": <domains>, "company_name": "CANARY-company", "company_province": "CANARY-province",
    "company_city": "CANARY-city", "applicant_name": "CANARY-applicant",
    "applicant_phone": "CANARY-phone", "applicant_email": "CANARY-mail",
    "contact_name": "CANARY-contact", "contact_phone": "CANARY-phone",
    "contact_email": "CANARY-mail", "status": <status>, "encrypt_type": "SHA256withRSA2048",
    "country": "CN", "organization_unit": "CANARY-unit", "DNS_push_status": "ON",
    "auth": [{"method":"DNS","status":" checking ","domain_name":"www.test.com",
        "host_record":"dnsauth","record_type":"TXT","record":"CANARY-validation"}] }"#;
