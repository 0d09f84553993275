//! From either call's object to a certificate.
//!
//! Traps: the v2 key `domain_name` stands there twice with different lists; values are padded; domain lists are
//! one `;`-separated text in both versions; times have no zone and a `.0` at their end; v2 has no date at all;
//! `PAID` (the page's own example) is no certificate yet; misspelt names are wire names.

use crate::adapters::fields::{FieldReader, earliest_end, fingerprint, split_list};
use crate::json::{Json, Object};
use crate::model::note::{Note, UnusedAdvice};
use crate::model::timestamp::Zone;
use crate::model::{CertKind, Facts, ProviderState, Status, Unused};

const REPLACED: Unused = Unused {
    after_days: 0,
    // A renewal is a new certificate here.
    advice: UnusedAdvice::NewId,
};

/// The certificate of a v3 or a v2 answer; the keys tell them apart.
pub fn certificate(
    object: &Object,
    asked: Option<&str>,
    zone: &Zone,
    request_id: Option<String>,
) -> Facts {
    let reader = FieldReader::new(object);
    let legacy = object.has_any(&["cert_id", "cert_name"]);
    let mut facts = either(&reader, request_id);
    facts.detail("revoke_reason", reader.text("revoke_reason"));
    if legacy {
        version_2(object, &reader, &mut facts)
    } else {
        version_3(&reader, &mut facts, zone)
    }
    let key = if legacy { "cert_id" } else { "id" };
    facts.identify(asked, reader.text(key));
    facts.mismatch |= reader.unclear(key);
    reader.finish(&mut facts);
    facts
}

/// A record of the v3 list, which tells no start of validity.
pub fn listed(
    object: &Object,
    asked: Option<&str>,
    zone: &Zone,
    request_id: Option<String>,
) -> Facts {
    let reader = FieldReader::new(object);
    let mut facts = either(&reader, request_id);
    named(&reader, &mut facts);
    ends(&reader, &mut facts, zone);
    // What Huawei has issued has begun; what a user has uploaded may begin later.
    facts.start_due = facts
        .provider_status
        .as_deref()
        .is_some_and(|word| word.eq_ignore_ascii_case("UPLOAD"));
    if facts.word == ProviderState::ByDate && !facts.start_due {
        facts.note(Note::StartAssumed);
    }
    facts.identify(asked, reader.text("id"));
    facts.mismatch |= reader.unclear("id");
    reader.finish(&mut facts);
    facts
}

/// What all answers have.
fn either(reader: &FieldReader<'_>, request_id: Option<String>) -> Facts {
    let status = reader.text("status");
    Facts {
        kind: Some(CertKind::Server),
        word: word(status.as_deref()),
        provider_status: status,
        request_id,
        unused: Some(REPLACED),
        zone_flag: Some("--assume-offset"),
        ..Facts::default()
    }
}

fn version_3(reader: &FieldReader<'_>, facts: &mut Facts, zone: &Zone) {
    named(reader, facts);
    facts.not_before = reader.date("not_before", |text| zone.read(text), &[]);
    facts.start_due = true;
    ends(reader, facts, zone);
    facts.fingerprint_sha1 = reader
        .text("fingerprint")
        .and_then(|text| fingerprint(&text, 20));
    facts.detail("validation_method", reader.text("validation_method"));
}

/// A single answer tells its end under the first key, a record of the list under the second; one may have both.
fn ends(reader: &FieldReader<'_>, facts: &mut Facts, zone: &Zone) {
    let end = |key| (key, reader.date(key, |text| zone.read(text), &[]));
    earliest_end(facts, &[end("not_after"), end("expire_time")]);
}

/// What a record of the list and a single answer of v3 call the same.
fn named(reader: &FieldReader<'_>, facts: &mut Facts) {
    facts.name = reader.text("name");
    facts.product = product(reader.text("brand"), reader.text("type"));
    facts.add_domains(reader.text("domain"));
    add_lists(facts, &reader.list("sans"));
    // Answers before 2022 spell it so.
    let old_spelling = || reader.text("signature_algrithm");
    facts.signature_algorithm = reader.text("signature_algorithm").or_else(old_spelling);
    facts.detail(
        "enterprise_project_id",
        reader.text("enterprise_project_id"),
    );
}

fn version_2(object: &Object, reader: &FieldReader<'_>, facts: &mut Facts) {
    facts.name = reader.text("cert_name");
    facts.product = product(reader.text("cert_brand"), reader.text("cert_type"));
    add_lists(facts, &reader.every("domain_name"));
    facts.signature_algorithm = reader.text("encrypt_type");
    if let Some(Json::Array(checks)) = object.values("auth").next() {
        let first = checks.first().and_then(Json::as_object);
        facts.detail(
            "validation_method",
            first.and_then(|check| check.text("method")),
        );
        facts.detail("apply_status", first.and_then(|check| check.text("status")));
    }
    facts.note(Note::LegacyNoDate { flag: "--legacy" });
}

fn add_lists(facts: &mut Facts, lists: &[String]) {
    let names = lists
        .iter()
        .flat_map(|list| split_list(list, &[';', ',', ' ']));
    facts.add_domains(names);
}

fn product(brand: Option<String>, kind: Option<String>) -> Option<String> {
    let parts: Vec<String> = [brand, kind].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn word(text: Option<&str>) -> ProviderState {
    match text.unwrap_or_default().to_ascii_uppercase().as_str() {
        "ISSUED" | "UPLOAD" | "SUPPLEMENTCHECKING" | "CANCELSUPPLEMENTING" => ProviderState::ByDate,
        "PAID" | "CHECKING" | "CHECKING_ORG" | "CHECKING_DOMAIN" | "ISSUING" | "CANCELCHECKING" => {
            ProviderState::Is(Status::Pending)
        }
        "UNPASSED" => ProviderState::Is(Status::Failed),
        "REVOKING" | "CANCLEREVOKING" => ProviderState::Is(Status::Revoking),
        "REVOKED" => ProviderState::Is(Status::Revoked),
        "EXPIRED" => ProviderState::Is(Status::Expired),
        _ => ProviderState::Is(Status::Unknown),
    }
}
