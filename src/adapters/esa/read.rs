//! From the answer's object to a certificate.
//!
//! Traps: values are padded (`"example.com\n"`, `"www.example.com "`); `active` says nothing about dates, and no
//! word for "expired" is known; times without a zone are UTC; `SAN` is one comma-separated text; the page's own
//! `Certificate` is a header line without a certificate.

use super::pem::{self, Identity};
use crate::adapters::alibaba::request_id;
use crate::adapters::fields::{FieldReader, fingerprint, split_list};
use crate::adapters::response_body;
use crate::error::Error;
use crate::json::Object;
use crate::model::timestamp::Zone;
use crate::model::{CertKind, DateField, Facts, Note, ProviderState, Status};
use crate::x509::hex_of_text;

const NO_DATE: &[&str] = &["-", "--"];

fn utc(text: &str) -> DateField {
    Zone::utc().read(text)
}

/// The certificate of a `GetClientCertificate` answer.
pub fn certificate(
    object: &Object,
    asked: Option<&str>,
    site: Option<&str>,
) -> Result<Facts, Error> {
    let outer = FieldReader::new(object);
    let Some(result) = outer.object("Result") else {
        return Err(response_body::wrong_shape("Result is not an object")
            .with_request_id(request_id(object)));
    };
    let inner = FieldReader::new(result);
    let words = (outer.text("Status"), inner.text("Status"));
    let mut facts = fields(&inner);
    facts.request_id = request_id(object);
    status(&mut facts, words);
    // A certificate text that may be any of several could name another end than the other fields do.
    if outer.unclear("Certificate") {
        facts.word = facts.word.worse(ProviderState::default());
    }
    facts.detail("site_name", outer.text("SiteName"));
    facts.identify(asked, inner.text("Id"));
    facts.mismatch |= inner.unclear("Id") || outer.unclear("SiteId");
    same_site(&mut facts, site, outer.text("SiteId"));
    if let Some(text) = outer.text("Certificate") {
        let identity = Identity {
            sha256: result.text("FingerprintSha256"),
            serial: result.text("SerialNumber"),
        };
        pem::apply(&mut facts, &identity, &text);
    }
    outer.finish(&mut facts);
    inner.finish(&mut facts);
    Ok(facts)
}

/// A record of a site's list: the same fields, the status once, and no certificate text.
pub fn listed(record: &Object, asked: Option<&str>, site_name: Option<String>) -> Facts {
    let reader = FieldReader::new(record);
    let mut facts = fields(&reader);
    facts.provider_status = reader.text("Status");
    facts.word = meaning(facts.provider_status.as_deref());
    facts.detail("site_name", site_name);
    facts.identify(asked, reader.text("Id"));
    facts.mismatch |= reader.unclear("Id");
    reader.finish(&mut facts);
    facts
}

/// What a certificate's own record says, whichever call brought it.
fn fields(reader: &FieldReader<'_>) -> Facts {
    let mut facts = Facts {
        kind: Some(CertKind::Client),
        name: reader.text("Name"),
        issuer: reader.text("Issuer"),
        serial: reader
            .text("SerialNumber")
            .and_then(|text| hex_of_text(&text)),
        fingerprint_sha256: reader
            .text("FingerprintSha256")
            .and_then(|text| fingerprint(&text, 32)),
        signature_algorithm: reader.text("SignatureAlgorithm"),
        key_algorithm: reader.text("PubkeyAlgorithm"),
        not_before: reader.date("NotBefore", utc, NO_DATE),
        start_due: true,
        not_after: reader.date("NotAfter", utc, NO_DATE),
        ..Facts::default()
    };
    facts.add_domains(reader.text("CommonName"));
    // One text by the samples; models of neighbours have a list.
    let alternatives = reader.list("SAN");
    let alternatives = alternatives.iter();
    facts.add_domains(alternatives.flat_map(|text| split_list(text, &[',', ';'])));
    facts.detail("source", reader.text("Type"));
    facts.detail("ca_certificate_id", reader.text("CACertificateId"));
    facts
}

fn meaning(word: Option<&str>) -> ProviderState {
    match word.map(str::to_ascii_lowercase).as_deref() {
        Some("active") => ProviderState::ByDate,
        Some("revoked") => ProviderState::Is(Status::Revoked),
        _ => ProviderState::Is(Status::Unknown),
    }
}

/// Every answer has the status in two places; the worse of them counts.
fn status(facts: &mut Facts, words: (Option<String>, Option<String>)) {
    let plain = |text: &Option<String>| text.as_deref().map(str::to_ascii_lowercase);
    let meaning = |text: &Option<String>| meaning(text.as_deref());
    let (above, below) = words;
    facts.word = meaning(&above).worse(meaning(&below));
    if plain(&above) != plain(&below) {
        facts.note(Note::StatusConflict {
            outer: above.clone(),
            inner: below.clone(),
        });
    }
    facts.provider_status = if meaning(&above) == facts.word {
        above.or(below)
    } else {
        below.or(above)
    };
}

/// A certificate id is unique within a site only, and every answer names the site.
pub fn same_site(facts: &mut Facts, asked: Option<&str>, own: Option<String>) {
    if let Some(asked) = asked
        && own.as_deref() != Some(asked)
    {
        let reported = own.clone();
        facts.note(Note::SiteMismatch { reported });
        facts.mismatch = true;
    }
    let site = asked.map(str::to_owned).or(own);
    facts.scope = site.map(|site| format!("site {site}"));
}
