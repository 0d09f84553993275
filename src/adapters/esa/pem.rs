//! The certificate text of an answer beside the record: whether it is the record's certificate, and what counts.
//!
//! A text that is another certificate's must not vouch for the record: the service, a proxy or a copy may have mixed
//! them up, put the chain in front, or cut the leaf off.

use std::collections::HashSet;

use crate::adapters::fields::fingerprint;
use crate::model::names::canonical;
use crate::model::note::{self, Bound, Mark};
use crate::model::timestamp::rfc3339;
use crate::model::{Basis, DateField, Facts, Moment, Note};
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
enum MatchedBy {
    /// The record's SHA-256 or serial.
    Mark,
    /// Its place in the chain alone.
    Position,
}

/// Takes the certificate text into account.
pub fn apply(facts: &mut Facts, identity: &Identity, text: &str) {
    let bundle = Bundle::read(text);
    let Some((leaf, by)) = find(&bundle, identity) else {
        // An example of the vendor has a first line alone, which holds nothing.
        facts.mismatch |= bundle.broken > 0;
        facts.note(Note::PemUnreadable);
        return;
    };
    if bundle.broken > 0 {
        facts.note(Note::PemBlocksUnreadable(bundle.broken));
        facts.mismatch |= by == MatchedBy::Position;
    }
    if let Some(doubt) = leaf.doubt {
        facts.note(Note::PemSeveral {
            certificates: bundle.certificates().len(),
            leaf: match doubt {
                Doubt::NotFirst => note::LeafChoice::NotFirst,
                Doubt::OneOf(candidates) => note::LeafChoice::FirstToEnd(candidates),
            },
        });
    }
    let certificate = leaf.certificate;
    remarks(facts, certificate);
    match difference(facts, identity, certificate, by) {
        None => overrule(facts, certificate),
        Some(mismatch) => distrust(facts, certificate, mismatch),
    }
}

/// The block that has the record's SHA-256, else its serial; where the record has neither, and where no block has it, the
/// leaf.
fn find<'a>(bundle: &'a Bundle, identity: &Identity) -> Option<(Leaf<'a>, MatchedBy)> {
    let found = match (identity.sha256(), identity.serial()) {
        (Some(own), _) => bundle.leaf_of(|one| one.fingerprint_sha256 == own),
        (None, Some(own)) => bundle.leaf_of(|one| one.serial.is(own)),
        (None, None) => None,
    };
    match found {
        Some(leaf) => Some((leaf, MatchedBy::Mark)),
        None => Some((bundle.leaf()?, MatchedBy::Position)),
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

/// What a person should know of the certificate itself.
fn remarks(facts: &mut Facts, certificate: &Certificate) {
    if certificate.trailing_bytes > 0 {
        facts.note(Note::PemTrailingBytes(certificate.trailing_bytes));
    }
    if certificate.names.are_lossy {
        facts.note(Note::PemNameLossy);
    }
    if certificate.names.are_incomplete {
        facts.note(Note::PemNamesUnreadable);
    }
}

/// Why it is not the record's certificate; nothing if it is.
fn difference(
    facts: &Facts,
    identity: &Identity,
    certificate: &Certificate,
    by: MatchedBy,
) -> Option<Note> {
    if by == MatchedBy::Mark {
        return None;
    }
    let mismatch = |mark, record: String, certificate: String| {
        Some(Note::PemMismatch {
            mark,
            record: vec![record],
            certificate: vec![certificate],
        })
    };
    if let Some(own) = identity.sha256() {
        return mismatch(Mark::Sha256, own, certificate.fingerprint_sha256.clone());
    }
    if let Some(own) = identity.serial() {
        return mismatch(Mark::Serial, own.to_owned(), certificate.serial.hex());
    }
    let names = comparable(&certificate.names.all);
    let same = names == comparable(&facts.domains) && !certificate.names.are_incomplete;
    if same && !names.is_empty() {
        return None;
    }
    let mut own = Facts::default();
    own.add_domains(&certificate.names.all);
    Some(Note::PemMismatch {
        mark: Mark::Names,
        record: facts.domains.clone(),
        certificate: own.domains,
    })
}

fn comparable(names: &[String]) -> HashSet<String> {
    let names = names.iter().map(|name| canonical(name));
    names.filter(|name| !name.is_empty()).collect()
}

/// The record's own certificate beats what the service writes about it; where they disagree both are named.
fn overrule(facts: &mut Facts, certificate: &Certificate) {
    note_dates(facts, certificate, true);
    let mut own = Facts::default();
    own.add_domains(&certificate.names.all);
    if comparable(&facts.domains) != comparable(&own.domains)
        && !facts.domains.is_empty()
        && !own.domains.is_empty()
    {
        facts.note(Note::PemNameConflict {
            record: facts.domains.clone(),
            certificate: own.domains.clone(),
        });
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
fn distrust(facts: &mut Facts, certificate: &Certificate, mismatch: Note) {
    facts.note(mismatch);
    facts.mismatch = true;
    note_dates(facts, certificate, false);
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

fn reading(raw: Option<String>, at: chrono::DateTime<chrono::Utc>) -> DateField {
    let raw = raw.unwrap_or_else(|| rfc3339(at));
    DateField::known(raw, Moment::certain(at, Basis::Utc))
}

fn note_dates(facts: &mut Facts, certificate: &Certificate, certificate_counts: bool) {
    let dates = [
        (Bound::Start, &facts.not_before, certificate.not_before),
        (Bound::End, &facts.not_after, certificate.not_after),
    ];
    let differing = dates.into_iter().filter_map(|(bound, record, own)| {
        let record = record.moment()?.at;
        (record != own).then_some(Note::PemDateConflict {
            bound,
            record,
            certificate: own,
            certificate_counts,
        })
    });
    let mut notes: Vec<Note> = differing.collect();
    facts.notes.append(&mut notes);
}
