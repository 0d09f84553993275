//! From the record to a certificate.
//!
//! Traps: every field may be null; times are UTC+8 without saying so; `--`, `0000-00-00 00:00:00` and an empty
//! text mean "no date", `abc` (the page's own) does not; seconds may have one digit; a CA bundle has several
//! ends and the earliest decides; `SubjectAltName` may leave out the main domain; numbers come as text.

use crate::adapters::fields::{FieldReader, earliest_end};
use crate::json::{Field, Json, Object};
use crate::model::timestamp::{BEIJING, DateValue, Zone};
use crate::model::{Basis, CertKind, DateField, Facts, Note, ProviderState, Status};

const NO_DATE: &[&str] = &["-", "--", "0000-00-00 00:00:00"];

/// GMT+8, by the field texts of the Chinese SDK; the international host answers in the same. A published sample has
/// one digit for the seconds.
fn date(text: &str) -> DateField {
    let padded = match text.rsplit_once(':') {
        Some((rest, second)) if second.len() == 1 => format!("{rest}:0{second}"),
        _ => text.to_owned(),
    };
    DateField {
        raw: Some(text.to_owned()),
        ..Zone::certain(BEIJING, Basis::ProviderZone).read(&padded)
    }
}

/// The certificate of a record.
pub fn certificate(record: &Object, asked: Option<&str>) -> Facts {
    let reader = FieldReader::new(record);
    let status = reader.text("Status");
    let kind = kind_of(reader.text("CertificateType").as_deref());
    let mut facts = Facts {
        name: reader.text("Alias"),
        kind,
        // The starts of a bundle have no place in the record.
        start_due: kind != Some(CertKind::Ca),
        issuer: reader.text("ProductZhName"),
        product: reader.text("PackageTypeName"),
        not_before: reader.date("CertBeginTime", date, NO_DATE),
        not_after: reader.date("CertEndTime", date, NO_DATE),
        word: word(status.as_deref()),
        provider_status: status,
        request_id: record.text("RequestId"),
        ..Facts::default()
    };
    facts.add_domains(reader.text("Domain"));
    facts.add_domains(reader.list("SubjectAltName"));
    bundle(record, &reader, &mut facts);
    details(record, &reader, &mut facts);
    facts.identify(asked, record.text("CertificateId"));
    reader.finish(&mut facts);
    facts
}

fn kind_of(text: Option<&str>) -> Option<CertKind> {
    match text?.to_ascii_uppercase().as_str() {
        "SVR" => Some(CertKind::Server),
        "CA" => Some(CertKind::Ca),
        _ => None,
    }
}

fn word(text: Option<&str>) -> ProviderState {
    match text.unwrap_or_default() {
        "1" | "11" => ProviderState::ByDate,
        "0" | "4" | "5" | "8" | "13" => ProviderState::Is(Status::Pending),
        "2" => ProviderState::Is(Status::Failed),
        "3" => ProviderState::Is(Status::Expired),
        "6" | "7" | "14" => ProviderState::Is(Status::Cancelled),
        "9" | "12" => ProviderState::Is(Status::Revoking),
        "10" => ProviderState::Is(Status::Revoked),
        _ => ProviderState::Is(Status::Unknown),
    }
}

/// A CA entry holds several certificates; it ends when the first of them does, and an end that cannot be read
/// may be that first one. Nothing says that the three lists are of equal length: none is read by another's. Other
/// types have none of them; where one has, whatever ends first counts too.
fn bundle(record: &Object, reader: &FieldReader<'_>, facts: &mut Facts) {
    facts.add_domains(reader.list(NAMES));
    let algorithms = reader.list("CAEncryptAlgorithms");
    facts.key_algorithm = (!algorithms.is_empty()).then(|| algorithms.join(", "));
    let mut ends: Vec<DateField> = match record.field(ENDS) {
        Field::Value(Json::Array(members)) => members.iter().map(end).collect(),
        Field::Absent => Vec::new(),
        _ => vec![DateField::unreadable("CAEndTimes is not a list")],
    };
    let all: Vec<String> = ends.iter().filter_map(|end| end.raw.clone()).collect();
    facts.detail("ca_end_times", (!all.is_empty()).then(|| all.join(", ")));
    if lacks_ends(record) {
        // Of a certificate whose end is not told nobody knows whether it ends first.
        facts.not_after = DateField::absent(facts.not_after.raw.take());
        let (names, ends) = (members(record, NAMES), members(record, ENDS));
        facts.note(Note::BundleIncomplete { names, ends });
        return;
    }
    if facts.kind != Some(CertKind::Ca) {
        let ends: Vec<(&'static str, DateField)> =
            ends.into_iter().map(|end| (ENDS, end)).collect();
        let own = ("CertEndTime", facts.not_after.clone());
        earliest_end(facts, &[vec![own], ends].concat());
        return;
    }
    if facts.not_after.value != DateValue::Absent {
        ends.push(facts.not_after.clone());
    }
    let unreadable = ends.iter().find(|end| end.moment().is_none()).cloned();
    let earliest = ends
        .into_iter()
        .min_by_key(|end| end.moment().map(|moment| moment.at));
    if let Some(end) = unreadable.or(earliest) {
        facts.not_after = end;
    }
}

const NAMES: &str = "CACommonNames";
const ENDS: &str = "CAEndTimes";

/// Whether a bundle does not tell the end of each of its certificates.
pub fn lacks_ends(record: &Object) -> bool {
    let kind = record.text("CertificateType");
    let ends = members(record, ENDS);
    kind_of(kind.as_deref()) == Some(CertKind::Ca) && (ends == 0 || ends < members(record, NAMES))
}

fn members(record: &Object, key: &str) -> usize {
    match record.field(key) {
        Field::Absent => 0,
        Field::Value(Json::Array(members)) => members.len(),
        Field::Value(_) | Field::Contradictory => 1,
    }
}

fn end(value: &Json) -> DateField {
    match value.scalar() {
        Some(text) => date(&text),
        None if *value == Json::Null => DateField::unreadable("null"),
        None => DateField::unreadable("not a text"),
    }
}

fn details(record: &Object, reader: &FieldReader<'_>, facts: &mut Facts) {
    facts.detail("source", reader.text("From"));
    facts.detail("status_message", reader.text("StatusMsg"));
    facts.detail("validation_method", reader.text("VerifyType"));
    if let Some(extra) = reader.object("CertificateExtra") {
        let keys = [
            ("replaced_by", "ReplacedBy"),
            ("replaced_for", "ReplacedFor"),
            ("renew_order", "RenewOrder"),
        ];
        for (name, key) in keys {
            facts.detail(name, extra.text(key));
        }
    }
    if let Field::Value(Json::Array(tags)) = record.field("Tags") {
        let pair = |tag: &Json| {
            let tag = tag.as_object()?;
            Some(format!(
                "{}={}",
                tag.text("TagKey")?,
                tag.text("TagValue").unwrap_or_default()
            ))
        };
        let tags: Vec<String> = tags.iter().filter_map(pair).collect();
        facts.detail("tags", (!tags.is_empty()).then(|| tags.join(", ")));
    }
}
