//! From the answer's object to one or two certificates.
//!
//! Traps: the expiry is spelt `ExipreTime`; it comes in milliseconds or seconds, as a number or a text; where
//! nothing is configured it is absent, null, 0 or -1, which is not 1970; a future time beside another word than
//! `OK` is not healthy, and `OK` beside a past time is not either.

use crate::adapters::alibaba::request_id;
use crate::adapters::fields::{FieldReader, earliest_end};
use crate::error::{Error, Kind};
use crate::json::{Field, Json, Object};
use crate::model::note::UnusedAdvice;
use crate::model::timestamp::epoch;
use crate::model::{
    Basis, CertKind, DateField, Environment, Expected, Facts, Moment, Note, ProviderState, Status,
    Unused,
};

/// Which environments to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnvironmentFilter {
    Production,
    Development,
    All,
}

/// Longer than any renewal takes: a certificate dead for that long is probably not in use.
fn unused(environment: Environment) -> Unused {
    Unused {
        after_days: 90,
        advice: UnusedAdvice::CheckOnly(match environment {
            Environment::Production => Environment::Development,
            Environment::Development => Environment::Production,
        }),
    }
}

impl EnvironmentFilter {
    pub const NAMES: &[&str] = &["production", "development", "all"];

    pub fn named(text: &str) -> Result<EnvironmentFilter, Expected> {
        match text {
            "production" => Ok(EnvironmentFilter::Production),
            "development" => Ok(EnvironmentFilter::Development),
            "all" => Ok(EnvironmentFilter::All),
            _ => Err(Expected::OneOf(EnvironmentFilter::NAMES.to_vec())),
        }
    }

    fn includes(self, environment: Environment) -> bool {
        match self {
            EnvironmentFilter::All => true,
            EnvironmentFilter::Production => environment == Environment::Production,
            EnvironmentFilter::Development => environment == Environment::Development,
        }
    }
}

const SIDES: [(&str, Environment); 2] = [
    ("ProductionCertInfo", Environment::Production),
    ("DevelopmentCertInfo", Environment::Development),
];

/// Whether an answer is about an app for Android, which has no push certificate.
pub fn is_of_android(object: &Object) -> bool {
    FieldReader::new(object).flag("Android") == Some(true) && is_not_of_ios(object)
}

/// What the service sends for an Android app is not documented: nothing, or two empty places.
fn is_not_of_ios(object: &Object) -> bool {
    let reader = FieldReader::new(object);
    let (ios, android) = (reader.flag("IOS"), reader.flag("Android"));
    let empty = SIDES.iter().all(|(key, _)| match object.field(key) {
        Field::Absent => true,
        Field::Value(Json::Object(info)) => {
            info.text("Status").as_deref() == Some("NOT_CONFIGURED")
        }
        _ => false,
    });
    // A flag that cannot be read may say that it is one.
    let silent = object.field("IOS") == Field::Absent;
    empty && (ios == Some(false) || (silent && android == Some(true)))
}

/// The app's certificates, production first.
pub fn certificates(
    object: &Object,
    asked: Option<&str>,
    wanted: EnvironmentFilter,
) -> Result<Vec<Facts>, Error> {
    let reader = FieldReader::new(object);
    let (ios, android) = (reader.flag("IOS"), reader.flag("Android"));
    let given = SIDES
        .iter()
        .any(|(key, _)| object.field(key) != Field::Absent);
    if !given || is_not_of_ios(object) {
        let alone = android == Some(true) && ios != Some(true);
        return Err(nothing_to_judge(object, alone));
    }
    let mut found = Vec::new();
    for (key, environment) in SIDES
        .into_iter()
        .filter(|(_, environment)| wanted.includes(*environment))
    {
        let mut facts = certificate(object, key, environment);
        // The answer names no app.
        facts.id = asked.map(str::to_owned);
        let platform = match (ios, android) {
            (Some(true), Some(true)) => Some("ios, android"),
            (Some(true), _) => Some("ios"),
            (_, Some(true)) => Some("android"),
            _ => None,
        };
        facts.detail("platform", platform.map(str::to_owned));
        found.push(facts);
    }
    let mut notes = Facts::default();
    reader.finish(&mut notes);
    for facts in &mut found {
        facts.notes.extend(notes.notes.iter().cloned());
    }
    Ok(found)
}

fn nothing_to_judge(object: &Object, android: bool) -> Error {
    let text = if android {
        "this app key belongs to an Android app, which has no push certificate: nothing to judge"
    } else {
        "the answer has no certificate for this app: nothing to judge"
    };
    Error::new(Kind::NotFound, text)
        .with_request_id(request_id(object))
        .with_hint("ask for the app key of an iOS app")
}

fn certificate(object: &Object, key: &'static str, environment: Environment) -> Facts {
    let mut facts = Facts {
        environment: Some(environment),
        kind: Some(CertKind::Push),
        request_id: request_id(object),
        unused: Some(unused(environment)),
        ..Facts::default()
    };
    let outer = FieldReader::new(object);
    match outer.object(key) {
        None => facts.note(Note::NoInfo(environment)),
        Some(info) => {
            let reader = FieldReader::new(info);
            facts.provider_status = reader.text("Status");
            facts.word = word(facts.provider_status.as_deref());
            // As every SDK spells it, and as the prose of the page does.
            let ends = ["ExipreTime", "ExpireTime"].map(|key| (key, reader.date(key, moment, &[])));
            earliest_end(&mut facts, &ends);
            reader.finish(&mut facts);
        }
    }
    outer.finish(&mut facts);
    facts
}

fn word(text: Option<&str>) -> ProviderState {
    match text.unwrap_or_default().to_ascii_uppercase().as_str() {
        "OK" => ProviderState::ByDate,
        "EXPIRED" => ProviderState::Is(Status::Expired),
        "REVOKED" => ProviderState::Is(Status::Revoked),
        "NOT_CONFIGURED" => ProviderState::Is(Status::NotConfigured),
        "NO_PASSWORD" => ProviderState::Is(Status::NoPassword),
        _ => ProviderState::Is(Status::Unknown),
    }
}

/// Milliseconds or seconds; what is not above 0 stands for no end.
fn moment(text: &str) -> DateField {
    match text.parse::<i64>() {
        Ok(..=0) => DateField::absent(Some(text.to_owned())),
        Ok(number) => match epoch(number) {
            Some(at) => DateField::known(text, Moment::certain(at, Basis::Utc)),
            None => DateField::unreadable(text),
        },
        Err(_) => DateField::unreadable(text),
    }
}
