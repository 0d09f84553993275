//! No answer gets better by being damaged: every value of every fixture is taken away, emptied, retyped, doubled
//! or cut off, and what was not known to be valid before is not reported as valid after.

use std::panic::{AssertUnwindSafe, catch_unwind};

use certcheck::model::{CertStatus, Facts, Failure, Policy, Verdict, judge};
use certcheck::render::json;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::damage::{Damage, damages};
use crate::harness::{
    OPERATIONS, Operation, asked_by, body, index, now, provider, read_by, saved_by, target,
};

/// Damage that changes what the answer says: less is known after it, and nothing in it says so.
struct Meant {
    /// The operation's folder; empty for all.
    folder: &'static str,
    /// Cases, by the beginning of their names.
    cases: &'static [&'static str],
    /// Path of the value.
    path: &'static str,
    /// What is done to it.
    how: &'static [&'static str],
    /// Why that may come out as `ok`.
    #[allow(dead_code, reason = "for the reader of this list")]
    why: &'static str,
}

/// What leaves nothing behind.
const GONE: &[&str] = &["null", "empty", "deleted"];
/// The same where an empty text is no way to say nothing.
const AWAY: &[&str] = &["null", "deleted"];

const UNSAID_ID: &str = "without an id of its own an answer is about what was asked for";
const BEGIN: &str = "without a start the end alone decides (section 3)";
const BEGIN_HOW: &[&str] = &["null", "empty", "deleted"];
const TWIN: &str = "one of two unequal values is taken away: the other one stands alone";
const ONE_PLACE: &str = "the status is said in two places; where one says nothing the other counts";

const fn meaning(
    folder: &'static str,
    cases: &'static [&'static str],
    path: &'static str,
    how: &'static [&'static str],
    why: &'static str,
) -> Meant {
    Meant {
        folder,
        cases,
        path,
        how,
        why,
    }
}

const MEANT: &[Meant] = &[
    meaning(
        "",
        &["too-deep"],
        "Extra*",
        GONE,
        "what was nested too deeply is gone",
    ),
    meaning(
        "pbx/certificate-get",
        &["id-mismatch"],
        "certificate.id",
        GONE,
        UNSAID_ID,
    ),
    meaning(
        "huawei/show-certificate",
        &["id-mismatch"],
        "id",
        GONE,
        UNSAID_ID,
    ),
    meaning(
        "esa/get-client-certificate",
        &["id-mismatch"],
        "Result.Id",
        GONE,
        UNSAID_ID,
    ),
    meaning(
        "huawei/show-certificate",
        &["begin-near-now", "not-yet-valid"],
        "not_before",
        BEGIN_HOW,
        BEGIN,
    ),
    meaning(
        "esa/get-client-certificate",
        &["not-yet-valid"],
        "Result.NotBefore",
        BEGIN_HOW,
        BEGIN,
    ),
    meaning(
        "tencent/describe-certificate",
        &["not-yet-valid"],
        "Response.CertBeginTime",
        BEGIN_HOW,
        BEGIN,
    ),
    meaning(
        "huawei/show-certificate",
        &["duplicate-key-date"],
        "not_after",
        AWAY,
        TWIN,
    ),
    meaning(
        "huawei/show-certificate",
        &["duplicate-key-status"],
        "status",
        AWAY,
        TWIN,
    ),
    meaning(
        "esa/get-client-certificate",
        &["revoked-only-in-result"],
        "Result.Status",
        GONE,
        ONE_PLACE,
    ),
    meaning(
        "esa/get-client-certificate",
        &["revoked-only-on-top", "unknown-only-on-top"],
        "Status",
        GONE,
        ONE_PLACE,
    ),
    meaning(
        "esa/get-client-certificate",
        &["pem-expired-text-valid", "pem-ca-first"],
        "Certificate",
        GONE,
        "without the certificate itself the text fields are all there is",
    ),
    meaning(
        "tencent/describe-certificate",
        &["ca-"],
        "Response.CAEndTimes[1]",
        &["deleted"],
        "the certificate of the bundle that ends first is no longer in it",
    ),
    meaning(
        "tencent/describe-certificate",
        &["ca-bundle-end-later"],
        "Response.CAEndTimes",
        AWAY,
        "without the ends of the bundle its CertEndTime is all there is (`ca-single-end`)",
    ),
    meaning(
        "tencent/describe-certificate",
        &["error-beside-fields"],
        "Response.Error",
        AWAY,
        "a null error is none (`error-null`), and a whole record stands beside it",
    ),
    meaning(
        "mpush/check-certificate",
        &["both-spellings"],
        "ProductionCertInfo.ExipreTime",
        AWAY,
        "the other spelling counts where this one is missing",
    ),
];

/// The last part of the path of everything that decides about validity.
const DECIDES: &str = " Android CAEndTimes CAEndTimes[0] CAEndTimes[1] CertBeginTime CertEndTime Certificate \
    CertificateId CertificateType Code DevelopmentCertInfo Error ExipreTime ExpireTime IOS Id NotAfter NotBefore \
    ProductionCertInfo Response Result SiteId Status apply_status cert_id certificate errcode error error_code \
    expiration id not_after not_before status ";

fn decides(damage: &Damage) -> bool {
    let key = damage.path.rsplit('.').next().unwrap_or_default();
    !damage.how.starts_with("cut") && DECIDES.contains(&format!(" {key} "))
}

fn meant(folder: &str, case: &str, damage: &Damage) -> bool {
    MEANT.iter().any(|meant| {
        (meant.folder.is_empty() || meant.folder == folder)
            && meant.cases.iter().any(|start| case.starts_with(start))
            && match meant.path.strip_suffix('*') {
                Some(start) => damage.path.starts_with(start),
                None => damage.path == meant.path,
            }
            && meant.how.contains(&damage.how)
    })
}

/// What the index says of one certificate.
struct Expected {
    environment: Value,
    good: bool,
    end: Option<DateTime<Utc>>,
}

fn expected(case: &Value) -> Vec<Expected> {
    let certificates = case["expect"]["certificates"].as_array();
    let one = |certificate: &Value| Expected {
        environment: certificate["environment"].clone(),
        good: certificate["verdict"] == "ok",
        end: certificate["not_after"]
            .as_str()
            .and_then(|text| text.parse().ok()),
    };
    certificates.into_iter().flatten().map(one).collect()
}

fn at(moment: DateTime<Utc>) -> Policy {
    Policy {
        now: moment,
        thresholds: Default::default(),
        severity: Vec::new(),
    }
}

/// Why what came of a damaged answer is wrong.
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

fn failures(operation: &Operation) -> Vec<String> {
    let name = provider(operation.provider).name;
    let asking = target(operation.provider, operation.flags, false).expect("a target");
    let reading = target(operation.provider, &[], true).expect("a target");
    let mut found = Vec::new();
    for (file, case) in index(operation.folder) {
        let bytes = body(operation.folder, &file);
        let Ok(text) = std::str::from_utf8(&bytes) else {
            continue;
        };
        if serde_json::from_str::<Value>(text).is_err() {
            continue;
        }
        let id = case["asked"].as_str().expect("an id");
        let status = case["http_status"]
            .as_u64()
            .and_then(|status| u16::try_from(status).ok());
        let damaged = damages(text).into_iter().enumerate();
        // Everything that decides in every answer; of the rest one in sixteen, others in each answer.
        let chosen =
            damaged.filter(|(place, damage)| decides(damage) || (place + text.len()) % 16 == 0);
        for (_, damage) in chosen {
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                let bytes = damage.text.as_bytes();
                match (status, operation.provider) {
                    (Some(status), "pbx") => asked_by(&asking, id, status, bytes, None),
                    (Some(status), _) => read_by(&asking, id, status, bytes),
                    (None, _) => saved_by(&reading, Some(id), bytes),
                }
            }));
            let may_show = damage.text.contains("CANARY");
            let wrong = match outcome {
                Err(_) => Some("a panic".to_owned()),
                Ok(Ok(facts)) => wrong(name, facts, &expected(&case), may_show),
                Ok(Err(error)) => {
                    let failure = Failure {
                        provider: name,
                        scope: None,
                        id: None,
                        environment: None,
                        error,
                    };
                    json::error_line(&failure)
                        .contains("CANARY")
                        .then(|| "shows a secret".to_owned())
                }
            };
            if let Some(why) = wrong
                && !meant(operation.folder, &file, &damage)
            {
                found.push(format!(
                    "{}/{file}: {} {}: {why}",
                    operation.folder, damage.how, damage.path
                ));
            }
        }
    }
    found
}

fn none_of(folders: &[&str]) {
    let chosen = OPERATIONS
        .iter()
        .filter(|operation| folders.contains(&operation.folder));
    let found: Vec<String> = chosen.flat_map(failures).collect();
    assert!(
        found.is_empty(),
        "{} got better:\n{}",
        found.len(),
        found.join("\n")
    );
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
