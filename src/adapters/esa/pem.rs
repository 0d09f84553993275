//! The certificate text of an answer beside the record: whether it is the record's certificate, and what counts.
//!
//! A text that is another certificate's must not vouch for the record: the service, a proxy or a copy may have mixed
//! them up, put the chain in front, or cut the leaf off.

use std::collections::HashSet;

use crate::adapters::reader::fingerprint;
use crate::model::instant::rfc3339;
use crate::model::names::canonical;
use crate::model::{Basis, Facts, Moment, Note, Reading};
use crate::x509::{Bundle, Certificate, Doubt, Leaf, is_serial};

/// What a record says to tell its certificate from others.
pub struct Identity {
    /// The SHA-256, as it was written.
    pub sha256: Option<String>,
    /// The serial, as it was written.
    pub serial: Option<String>,
}

/// How a certificate was found in the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// The record's SHA-256 or serial.
    Mark,
    /// Its place in the chain alone.
    Place,
}

/// Takes the certificate text into account.
pub fn apply(facts: &mut Facts, identity: &Identity, text: &str) {
    let bundle = Bundle::read(text);
    let Some((leaf, by)) = find(&bundle, identity) else {
        // An example of the vendor has a first line alone, which holds nothing.
        facts.mismatch |= bundle.broken > 0;
        facts.note(
            "pem_unreadable",
            "the certificate text in the answer is not a complete certificate; the other fields are used",
        );
        return;
    };
    if bundle.broken > 0 {
        facts.note("pem_unreadable", unreadable(bundle.broken));
        facts.mismatch |= by == By::Place;
    }
    if let Some(doubt) = leaf.doubt {
        facts.note("pem_several", several(doubt, bundle.certificates().len()));
    }
    let certificate = leaf.certificate;
    remarks(facts, certificate);
    match difference(facts, identity, certificate, by) {
        None => overrule(facts, certificate),
        Some(difference) => distrust(facts, certificate, &difference),
    }
}

/// The block that has the record's SHA-256, else its serial; where the record has neither, and where no block has it, the
/// leaf.
fn find<'a>(bundle: &'a Bundle, identity: &Identity) -> Option<(Leaf<'a>, By)> {
    let found = match (identity.sha256(), identity.serial()) {
        (Some(own), _) => bundle.leaf_of(|one| one.fingerprint_sha256 == own),
        (None, Some(own)) => bundle.leaf_of(|one| one.serial.is(own)),
        (None, None) => None,
    };
    match found {
        Some(leaf) => Some((leaf, By::Mark)),
        None => Some((bundle.leaf()?, By::Place)),
    }
}

impl Identity {
    /// A value that cannot be read as such counts as absent.
    fn sha256(&self) -> Option<String> {
        fingerprint(self.sha256.as_deref()?, 32)
    }

    fn serial(&self) -> Option<&str> {
        self.serial.as_deref().filter(|text| is_serial(text))
    }
}

fn unreadable(blocks: usize) -> String {
    match blocks {
        1 => "1 block of the certificate text cannot be read".to_owned(),
        more => format!("{more} blocks of the certificate text cannot be read"),
    }
}

fn several(doubt: Doubt, all: usize) -> String {
    match doubt {
        Doubt::NotFirst => format!(
            "the certificate text holds {all} certificates, and the first of them issued another; the one that issued none counts"
        ),
        Doubt::OneOf(several) => format!(
            "the certificate text holds {all} certificates, and {several} of them may be the one that is meant; the one that ends first counts"
        ),
    }
}

/// What a person should know of the certificate itself.
fn remarks(facts: &mut Facts, certificate: &Certificate) {
    if certificate.trailing_bytes > 0 {
        let text = format!(
            "{} bytes follow the certificate within its block; they are no part of it",
            certificate.trailing_bytes
        );
        facts.note("pem_trailing_bytes", text);
    }
    if certificate.names.are_lossy {
        facts.note(
            "pem_name_lossy",
            "a name in the certificate has letters that its encoding does not tell for sure",
        );
    }
    if certificate.names.are_incomplete {
        facts.note(
            "field_unreadable",
            "some alternative names of the certificate cannot be read and were not used",
        );
    }
}

/// Why it is not the record's certificate.
struct Difference {
    what: String,
    /// The rest of the sentence: the record's value, and that of the certificate text.
    values: String,
}

/// Why it is not the record's certificate; nothing if it is.
fn difference(
    facts: &Facts,
    identity: &Identity,
    certificate: &Certificate,
    by: By,
) -> Option<Difference> {
    if by == By::Mark {
        return None;
    }
    let of_record = |what: &str, own: &str, other: &str| {
        Some(Difference {
            what: format!("the record's {what} is"),
            values: format!("{own}, that of the certificate text {other}"),
        })
    };
    if let Some(own) = identity.sha256() {
        return of_record("SHA-256", &own, &certificate.fingerprint_sha256);
    }
    if let Some(own) = identity.serial() {
        return of_record("serial", own, &certificate.serial.hex());
    }
    let names = comparable(&certificate.names.all);
    let same = names == comparable(&facts.domains) && !certificate.names.are_incomplete;
    if same && !names.is_empty() {
        return None;
    }
    let list = |names: &[String]| match names {
        [] => "not there".to_owned(),
        names => names.join(", "),
    };
    let mut own = Facts::default();
    own.add_domains(&certificate.names.all);
    let values = format!(
        "{}, those of the certificate text {}",
        list(&facts.domains),
        list(&own.domains)
    );
    Some(Difference {
        what: "the record has neither SHA-256 nor serial; its names are".to_owned(),
        values,
    })
}

fn comparable(names: &[String]) -> HashSet<String> {
    let names = names.iter().map(|name| canonical(name));
    names.filter(|name| !name.is_empty()).collect()
}

/// The record's own certificate beats what the service writes about it; where they disagree both are named.
fn overrule(facts: &mut Facts, certificate: &Certificate) {
    note_dates(facts, certificate, "in the certificate, which counts");
    let mut own = Facts::default();
    own.add_domains(&certificate.names.all);
    if comparable(&facts.domains) != comparable(&own.domains)
        && !facts.domains.is_empty()
        && !own.domains.is_empty()
    {
        let said = format!(
            "{} in the text and {}",
            facts.domains.join(", "),
            own.domains.join(", ")
        );
        let text = format!("the names are {said} in the certificate, which count");
        let note = Note::new("pem_name_conflict", text).quoting(&said);
        facts.notes.push(note);
    }
    if !own.domains.is_empty() {
        facts.domains = own.domains;
    }
    let end = facts.not_after.raw.take();
    facts.not_before = reading(None, certificate.not_before);
    facts.not_after = reading(end, certificate.not_after);
    facts.serial = Some(certificate.serial.hex()).filter(|serial| !serial.is_empty());
    facts.fingerprint_sha256 = Some(certificate.fingerprint_sha256.clone());
    facts.issuer = facts.issuer.take().or(issuer(certificate));
}

/// Another certificate, perhaps: the later start and the earlier end count, and the verdict is never good. What the
/// record does not say is taken from the text.
fn distrust(facts: &mut Facts, certificate: &Certificate, difference: &Difference) {
    let Difference { what, values } = difference;
    let text = format!(
        "{what} {values}: the certificate text may be that of another certificate; the worse of both counts"
    );
    facts
        .notes
        .push(Note::new("pem_mismatch", text).quoting(values));
    facts.mismatch = true;
    note_dates(
        facts,
        certificate,
        "in the certificate text; the worse counts",
    );
    let (start, end) = (certificate.not_before, certificate.not_after);
    if facts.not_before.moment().is_none_or(|own| own.at < start) {
        facts.not_before = reading(None, start);
    }
    if facts.not_after.moment().is_none_or(|own| own.at > end) {
        let raw = facts.not_after.raw.take();
        facts.not_after = reading(raw, end);
    }
    if facts.domains.is_empty() {
        facts.add_domains(&certificate.names.all);
    }
    let serial = Some(certificate.serial.hex()).filter(|serial| !serial.is_empty());
    facts.serial = facts.serial.take().or(serial);
    let sha256 = || Some(certificate.fingerprint_sha256.clone());
    facts.fingerprint_sha256 = facts.fingerprint_sha256.take().or_else(sha256);
    facts.issuer = facts.issuer.take().or(issuer(certificate));
}

fn issuer(certificate: &Certificate) -> Option<String> {
    Some(certificate.issuer.clone()).filter(|issuer| !issuer.is_empty())
}

fn reading(raw: Option<String>, at: chrono::DateTime<chrono::Utc>) -> Reading {
    let raw = raw.unwrap_or_else(|| rfc3339(at));
    Reading::known(raw, Moment::certain(at, Basis::Utc))
}

fn note_dates(facts: &mut Facts, certificate: &Certificate, counts: &str) {
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
            let text = format!(
                "the {which} of validity is {} in the text and {} {counts}{zone}",
                rfc3339(moment.at),
                rfc3339(own)
            );
            notes.push(Note::new("pem_date_conflict", text));
        }
    }
    facts.notes.append(&mut notes);
}
