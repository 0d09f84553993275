//! No answer gets better by being damaged: where a fixture is not known to be valid, taking away, emptying, retyping,
//! doubling or shortening any one of its values does not make it so. And none is valid past its end.
//!
//! Everything that decides is damaged in every way each time; of all the rest proptest picks. A failure names the
//! fixture, the value and the damage.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use certcheck::adapters::Target;
use certcheck::model::threshold::{Threshold, Thresholds};
use certcheck::model::{CertStatus, Facts, Failure, Policy, Verdict, judge};
use certcheck::render::json;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use crate::damage::{Damage, Place, places};
use crate::damage_exceptions::MEANT;
use crate::support::fixtures::{
    OPERATIONS, Operation, asked_by, body, index, now, provider, read_by, saved_by, target,
};

/// The last part of the path of everything that decides about validity.
const DECIDES: &str = " Android CAEndTimes CAEndTimes[0] CAEndTimes[1] CertBeginTime CertEndTime Certificate \
    CertificateId CertificateType Code DevelopmentCertInfo Error ExipreTime ExpireTime Extra IOS Id NotAfter \
    NotBefore ProductionCertInfo Response Result SiteId Status apply_status cert_id certificate errcode error \
    error_code expiration id not_after not_before status ";

fn decides(place: &Place) -> bool {
    let key = place.path.rsplit('.').next().unwrap_or_default();
    DECIDES.contains(&format!(" {key} "))
}

/// A fixture that is JSON.
#[derive(Debug)]
struct Fixture {
    operation: &'static Operation,
    file: String,
    id: String,
    status: Option<u16>,
    /// PBX: what it says of its clock.
    clock: Option<String>,
    expected: Vec<Expected>,
    text: String,
    places: Vec<Place>,
}

/// What the index says of one certificate.
#[derive(Debug)]
struct Expected {
    environment: Value,
    good: bool,
    end: Option<DateTime<Utc>>,
}

static FIXTURES: LazyLock<Vec<Fixture>> =
    LazyLock::new(|| OPERATIONS.iter().flat_map(of_operation).collect());

fn of_operation(operation: &'static Operation) -> Vec<Fixture> {
    let cases = index(operation.folder).into_iter();
    cases
        .flat_map(|(file, case)| of_case(operation, &file, &case))
        .collect()
}

/// A case by itself, and once more with each clock that its index has for it.
fn of_case(operation: &'static Operation, file: &str, case: &Value) -> Vec<Fixture> {
    let Ok(text) = String::from_utf8(body(operation.folder, file)) else {
        return Vec::new();
    };
    if serde_json::from_str::<Value>(&text).is_err() {
        return Vec::new();
    }
    let status = case["http_status"].as_u64();
    let fixture = |clock: Option<&String>, expect: &Value| Fixture {
        operation,
        file: file.to_owned(),
        id: case["asked"].as_str().expect("an id").to_owned(),
        status: status.and_then(|status| u16::try_from(status).ok()),
        clock: clock.map(|clock| String::from_utf8(body("pbx", clock)).expect("UTF-8")),
        expected: expected(expect),
        places: places(&text),
        text: text.clone(),
    };
    let told = case["expect_with"].as_object().into_iter().flatten();
    let told = told.map(|(clock, expect)| fixture(Some(clock), expect));
    std::iter::once(fixture(None, &case["expect"]))
        .chain(told)
        .collect()
}

fn expected(expect: &Value) -> Vec<Expected> {
    let certificates = expect["certificates"].as_array();
    let one = |certificate: &Value| Expected {
        environment: certificate["environment"].clone(),
        // One about another certificate is OK itself, and not what was asked for.
        good: certificate["status"] == "OK" && certificate["verdict"] != "unknown",
        end: certificate["not_after"]
            .as_str()
            .and_then(|text| text.parse().ok()),
    };
    certificates.into_iter().flatten().map(one).collect()
}

/// An operation as it is asked, and as its saved answers are read.
struct Readers {
    folder: &'static str,
    asking: Target,
    saved: Target,
}

thread_local! {
    static READERS: RefCell<Vec<Readers>> = RefCell::default();
}

/// What comes of a text in the place of a fixture's own, and of a clock.
fn read(
    fixture: &Fixture,
    text: &str,
    clock: Option<&str>,
) -> Result<Vec<Facts>, certcheck::error::Error> {
    let Operation {
        folder,
        provider,
        flags,
    } = fixture.operation;
    READERS.with_borrow_mut(|readers| {
        if !readers.iter().any(|one| one.folder == *folder) {
            readers.push(Readers {
                folder,
                asking: target(provider, flags, false).expect("a target"),
                saved: target(provider, &[], true).expect("a target"),
            });
        }
        let found = readers.iter().find(|one| one.folder == *folder);
        let Readers { asking, saved, .. } = found.expect("it was put there");
        let bytes = text.as_bytes();
        match (fixture.status, *provider) {
            (Some(status), "pbx") => {
                asked_by(asking, &fixture.id, status, bytes, clock.map(str::as_bytes))
            }
            (Some(status), _) => read_by(asking, &fixture.id, status, bytes),
            (None, _) => saved_by(saved, Some(&fixture.id), bytes),
        }
    })
}

/// Without thresholds: they would hide what is valid for a day by mistake.
fn at(moment: DateTime<Utc>) -> Policy {
    Policy {
        thresholds: Thresholds {
            warn: Threshold::Off,
            crit: Threshold::Off,
        },
        ..Policy::at(moment)
    }
}

/// Why what came of a damaged answer is wrong. What was good is judged for a second after its end.
fn wrong(
    name: &'static str,
    facts: Vec<Facts>,
    expected: &[Expected],
    may_show: bool,
) -> Option<String> {
    for facts in facts {
        let environment = facts.environment.map(|environment| environment.as_str());
        let same = |one: &&Expected| one.environment.as_str() == environment;
        let before = expected.iter().find(same);
        let moment = match before {
            Some(Expected {
                good: true, end, ..
            }) => {
                let own = facts.not_after.moment().map(|moment| moment.at);
                end.or(own).unwrap_or_else(now) + TimeDelta::seconds(1)
            }
            _ => now(),
        };
        if facts.not_after.moment().is_some_and(|own| {
            judge(name, facts.clone(), &at(own.at + TimeDelta::seconds(1))).verdict == Verdict::Ok
        }) {
            return Some("ok a second after its own end".to_owned());
        }
        let judged: CertStatus = judge(name, facts, &at(moment));
        if judged.verdict == Verdict::Ok {
            return Some(format!("ok as of {moment}"));
        }
        if may_show && json::certificate_line(&judged).contains("CANARY") {
            return Some("shows a secret".to_owned());
        }
    }
    None
}

/// Whether it is a provider's code: its text is shown unless the code says that the text is about a key.
fn is_code(place: &Place) -> bool {
    let key = place.path.rsplit('.').next().unwrap_or_default();
    [
        "Code",
        "error_code",
        "errorCode",
        "code",
        "errcode",
        "codeDesc",
    ]
    .contains(&key)
}

/// Why a damage is one that must not be, in a line that names it; and the entry of [`MEANT`] that lets it be.
fn outcome(fixture: &Fixture, place: &Place, damage: &Damage) -> Option<(String, Option<usize>)> {
    let clock = fixture.clock.as_deref();
    judged(fixture, place, damage, (&damage.text, clock))
}

/// The same for an answer and a clock, one of which is damaged.
fn judged(
    fixture: &Fixture,
    place: &Place,
    damage: &Damage,
    (text, clock): (&str, Option<&str>),
) -> Option<(String, Option<usize>)> {
    let name = provider(fixture.operation.provider).name;
    let may_show = damage.text.contains("CANARY") && !is_code(place);
    let why = match catch_unwind(AssertUnwindSafe(|| read(fixture, text, clock))) {
        Err(_) => Some("a panic".to_owned()),
        Ok(Ok(facts)) => wrong(name, facts, &fixture.expected, may_show),
        Ok(Err(error)) => {
            let failure = Failure {
                provider: name,
                origin: Default::default(),
                scope: None,
                id: None,
                environment: None,
                error,
            };
            let shown = may_show && json::error_line(&failure).contains("CANARY");
            shown.then(|| "shows a secret".to_owned())
        }
    }?;
    let (folder, file) = (fixture.operation.folder, &fixture.file);
    let (path, how) = (&place.path, &damage.how);
    let line = format!("{folder}/{file}: {path} {how}: {why}");
    let meant = MEANT
        .iter()
        .position(|meant| why.starts_with("ok as of") && meant.covers(folder, file, path, how));
    Some((line, meant))
}

/// Damages all that decides in these operations.
fn none_of(folders: &[&str]) {
    let chosen = FIXTURES
        .iter()
        .filter(|fixture| folders.contains(&fixture.operation.folder));
    let (mut found, mut used) = (Vec::new(), Vec::new());
    for fixture in chosen {
        for place in fixture.places.iter().filter(|place| decides(place)) {
            for damage in place.damages(&fixture.text) {
                match outcome(fixture, place, &damage) {
                    Some((_, Some(meant))) => used.push(meant),
                    Some((line, None)) => found.push(line),
                    None => {}
                }
            }
        }
    }
    assert!(
        found.is_empty(),
        "{} got better:\n{}",
        found.len(),
        found.join("\n")
    );
    let here = |folder: &str| folder.is_empty() || folders.contains(&folder);
    for (place, meant) in MEANT.iter().enumerate().filter(|(_, one)| here(one.folder)) {
        assert!(used.contains(&place), "it no longer happens: {meant:?}");
    }
}

#[test]
fn no_damage_makes_an_alibaba_answer_better() {
    none_of(&["mpush/check-certificate", "esa/get-client-certificate"]);
}

#[test]
fn no_damage_makes_a_huawei_answer_better() {
    none_of(&["huawei/show-certificate", "huawei/legacy-detail"]);
}

#[test]
fn no_damage_makes_a_tencent_answer_better() {
    none_of(&["tencent/describe-certificate"]);
}

#[test]
fn no_damage_makes_a_pbx_answer_better() {
    none_of(&["pbx/certificate-get"]);
}

#[test]
fn no_damage_to_its_clock_makes_a_pbx_answer_better() {
    let mut found = Vec::new();
    for fixture in FIXTURES.iter() {
        let Some(clock) = &fixture.clock else {
            continue;
        };
        for place in places(clock) {
            for damage in [place.damages(clock), place.cuts(clock)].concat() {
                let both = (fixture.text.as_str(), Some(damage.text.as_str()));
                found.extend(judged(fixture, &place, &damage, both).map(|(line, _)| line));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Those that have a certificate which is `ok`.
fn good() -> Vec<&'static Fixture> {
    let has_one = |fixture: &&Fixture| fixture.expected.iter().any(|one| one.good);
    FIXTURES.iter().filter(has_one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn no_damage_to_any_value_makes_an_answer_better(fixture: Index, place: Index, damage: Index) {
        let fixture = fixture.get(&FIXTURES);
        let place = place.get(&fixture.places);
        let all = [place.damages(&fixture.text), place.cuts(&fixture.text)].concat();
        if let Some((line, meant)) = outcome(fixture, place, damage.get(&all)) {
            prop_assert!(meant.is_some(), "{}", line);
        }
    }

    #[test]
    fn nothing_is_ok_past_its_end(fixture: Index, seconds in 1_i64..4_000_000_000) {
        let good = good();
        let fixture = fixture.get(&good);
        let name = provider(fixture.operation.provider).name;
        for facts in read(fixture, &fixture.text, fixture.clock.as_deref()).expect("certificates") {
            let end = facts.not_after.moment().map_or_else(now, |end| end.at);
            let judged = judge(name, facts, &at(end + TimeDelta::seconds(seconds)));
            prop_assert!(judged.verdict != Verdict::Ok, "{} {seconds} s past its end", fixture.file);
        }
    }
}
