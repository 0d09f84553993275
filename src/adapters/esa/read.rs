//! From the answer's object to a certificate.
//!
//! Traps: values are padded (`"example.com\n"`, `"www.example.com "`); `active` says nothing about dates, and no
//! word for "expired" is known; times without a zone are UTC; `SAN` is one comma-separated text; the page's own
//! `Certificate` is a header line without a certificate.

use std::collections::HashSet;

use crate::adapters::alibaba::request_id;
use crate::adapters::body;
use crate::adapters::lenient::Object;
use crate::adapters::pem::{self, Certificate};
use crate::adapters::reader::{Reader, fingerprint, hex_id, split_list};
use crate::error::Error;
use crate::model::instant::{Zone, rfc3339};
use crate::model::{Basis, CertKind, Facts, Moment, Reading, Status, Word};

/// The certificate of a `GetClientCertificate` answer.
pub fn certificate(
    object: &Object,
    asked: Option<&str>,
    site: Option<&str>,
) -> Result<Facts, Error> {
    let outer = Reader::new(object);
    let Some(result) = outer.object("Result") else {
        return Err(
            body::wrong_shape("Result is not an object").with_request_id(request_id(object))
        );
    };
    let inner = Reader::new(result);
    let (above, below) = (outer.text("Status"), inner.text("Status"));
    let mut facts = Facts {
        kind: Some(CertKind::Client),
        name: inner.text("Name"),
        issuer: inner.text("Issuer"),
        serial: inner.text("SerialNumber").and_then(|text| hex_id(&text)),
        fingerprint_sha256: inner
            .text("FingerprintSha256")
            .and_then(|text| fingerprint(&text, 32)),
        signature_algorithm: inner.text("SignatureAlgorithm"),
        key_algorithm: inner.text("PubkeyAlgorithm"),
        not_before: inner.date("NotBefore", &Zone::utc(), &["-", "--"]),
        not_after: inner.date("NotAfter", &Zone::utc(), &["-", "--"]),
        request_id: request_id(object),
        ..Facts::default()
    };
    // A certificate text that may be any of several could name another end than the other fields do.
    let unclear = [
        (&outer, "Status"),
        (&inner, "Status"),
        (&outer, "Certificate"),
    ];
    let unclear = unclear.iter().any(|(reader, key)| reader.unclear(key));
    status(&mut facts, above, below, unclear);
    facts.add_domains(inner.text("CommonName"));
    let alternatives = inner.text("SAN").unwrap_or_default();
    facts.add_domains(split_list(&alternatives, &[',', ';']));
    facts.detail("site_name", outer.text("SiteName"));
    facts.detail("source", inner.text("Type"));
    facts.detail("ca_certificate_id", inner.text("CACertificateId"));
    facts.identify(asked, inner.text("Id"));
    facts.mismatch |= inner.unclear("Id") || outer.unclear("SiteId");
    same_site(&mut facts, site, outer.text("SiteId"));
    match outer.text("Certificate") {
        None => {}
        Some(text) => match pem::read(&text) {
            Some(parsed) => overrule(&mut facts, parsed),
            None => facts.note(
                "pem_unreadable",
                "the certificate text in the answer is not a complete certificate; the other fields are used",
            ),
        },
    }
    outer.finish(&mut facts);
    inner.finish(&mut facts);
    Ok(facts)
}

/// The status stands in two places; the worse of them counts.
fn status(facts: &mut Facts, above: Option<String>, below: Option<String>, unclear: bool) {
    let meaning = |text: &String| match text.to_ascii_lowercase().as_str() {
        "active" => Word::ByDate,
        "revoked" => Word::Is(Status::Revoked),
        _ => Word::Is(Status::Unknown),
    };
    let words: Vec<Word> = above.iter().chain(below.iter()).map(meaning).collect();
    facts.word = words.into_iter().reduce(Word::worse).unwrap_or_default();
    if unclear {
        facts.word = facts.word.worse(Word::Is(Status::Unknown));
    }
    facts.provider_status = match (above, below) {
        (Some(above), Some(below)) if !above.eq_ignore_ascii_case(&below) => {
            facts.note(
                "status_conflict",
                format!(
                    "the answer says {above} in one place and {below} in another; the worse counts"
                ),
            );
            Some(if meaning(&above) == facts.word {
                above
            } else {
                below
            })
        }
        (above, below) => below.or(above),
    };
}

/// A certificate id is unique within a site only.
fn same_site(facts: &mut Facts, asked: Option<&str>, own: Option<String>) {
    if let (Some(asked), Some(own)) = (asked, &own)
        && asked != own
    {
        facts.note(
            "site_mismatch",
            format!("asked for site {asked}, the answer is about site {own}"),
        );
        facts.mismatch = true;
    }
    let site = asked.map(str::to_owned).or(own);
    facts.scope = site.map(|site| format!("site {site}"));
}

/// The certificate itself beats what the service writes about it; where they disagree both are named.
fn overrule(facts: &mut Facts, certificate: Certificate) {
    let dates = [
        ("start", &facts.not_before, certificate.not_before),
        ("end", &facts.not_after, certificate.not_after),
    ];
    let mut notes = Vec::new();
    for (which, text, own) in dates {
        if let Some(moment) = text.moment()
            && moment.at != own
        {
            let minutes = (moment.at - own).num_minutes();
            let zone = if minutes.abs() == 480 {
                " (8 hours apart: the text seems to be in UTC+8)"
            } else {
                ""
            };
            notes.push(format!("the {which} of validity is {} in the text and {} in the certificate, which counts{zone}", rfc3339(moment.at), rfc3339(own)));
        }
    }
    for text in notes {
        facts.note("pem_date_conflict", text);
    }
    let mut own = Facts::default();
    own.add_domains(&certificate.names);
    if !same_set(&facts.domains, &own.domains)
        && !facts.domains.is_empty()
        && !own.domains.is_empty()
    {
        let text = format!(
            "the names are {} in the text and {} in the certificate, which count",
            facts.domains.join(", "),
            own.domains.join(", ")
        );
        facts.note("pem_name_conflict", text);
    }
    if !own.domains.is_empty() {
        facts.domains = own.domains;
    }
    let raw = facts
        .not_after
        .raw
        .take()
        .unwrap_or_else(|| rfc3339(certificate.not_after));
    facts.not_before = Reading::known(
        rfc3339(certificate.not_before),
        Moment::certain(certificate.not_before, Basis::Utc),
    );
    facts.not_after = Reading::known(raw, Moment::certain(certificate.not_after, Basis::Utc));
    facts.serial = certificate.serial.or(facts.serial.take());
    facts.fingerprint_sha256 = Some(certificate.fingerprint_sha256);
    facts.issuer = facts.issuer.take().or(Some(certificate.issuer));
}

fn same_set(left: &[String], right: &[String]) -> bool {
    let names = |list: &[String]| -> HashSet<String> {
        list.iter().map(|name| name.to_ascii_lowercase()).collect()
    };
    names(left) == names(right)
}
