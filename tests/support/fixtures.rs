//! Feeds fixtures to adapters without any driver and judges what comes out at one fixed moment.

use std::path::{Path, PathBuf};

use certcheck::adapters::saved::SavedContent;
use certcheck::adapters::{Answer, Conversation, Provider, REGISTRY, Settings, Target};
use certcheck::credentials::{Credential, CurrentKey};
use certcheck::error::{Error, Kind};
use certcheck::exchange::{Flow, FlowProgress, Request, Response, Stamp};
use certcheck::flags::Values;
use certcheck::flags::clap_args::layer_of_words;
use certcheck::json;
use certcheck::model::{Facts, Failure, Policy, judge};
use certcheck::redact::KnownSecrets;
use certcheck::render::json as rendered;
use chrono::{DateTime, TimeZone as _, Utc};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;

/// The moment all fixtures are judged for.
pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 0, 0, 0)
        .single()
        .expect("a moment")
}

/// An operation: its folder, its provider, and the flags that ask for it.
#[derive(Debug)]
pub struct Operation {
    pub folder: &'static str,
    pub provider: &'static str,
    pub flags: &'static [&'static str],
}

/// Every folder with answers about a certificate.
pub const OPERATIONS: [Operation; 6] = [
    Operation {
        folder: "mpush/check-certificate",
        provider: "mpush",
        flags: &[],
    },
    Operation {
        folder: "esa/get-client-certificate",
        provider: "esa",
        flags: &["--site-id", "1234567890123"],
    },
    Operation {
        folder: "huawei/show-certificate",
        provider: "huawei",
        flags: &[],
    },
    Operation {
        folder: "huawei/legacy-detail",
        provider: "huawei",
        flags: &[
            "--legacy",
            "--project-id",
            "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        ],
    },
    Operation {
        folder: "tencent/describe-certificate",
        provider: "tencent",
        flags: &[],
    },
    Operation {
        folder: "pbx/certificate-get",
        provider: "pbx",
        flags: &["--base-url", "https://192.168.5.150:8088"],
    },
];

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The cases of an operation, by their files.
pub fn index(folder: &str) -> serde_json::Map<String, Value> {
    let mut whole = whole_index(folder);
    whole.remove("cannot be");
    whole
}

/// Why an operation cannot have a case that all others have.
pub fn cannot_be(folder: &str) -> serde_json::Map<String, Value> {
    let reasons = whole_index(folder).remove("cannot be");
    reasons
        .and_then(|reasons| reasons.as_object().cloned())
        .unwrap_or_default()
}

fn whole_index(folder: &str) -> serde_json::Map<String, Value> {
    let path = fixtures().join(folder).join("index.json");
    let text = std::fs::read_to_string(&path).expect("an index");
    serde_json::from_str(&text).expect("an index of cases")
}

pub fn body(folder: &str, case: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(folder).join(case)).expect("a fixture")
}

pub fn provider(name: &str) -> &'static Provider {
    REGISTRY
        .iter()
        .find(|provider| provider.name == name)
        .expect("a provider of the registry")
}

/// The provider's side of `certcheck PROVIDER FLAGS`.
pub fn target(name: &str, flags: &[&str], saved: bool) -> Result<Target, Error> {
    let provider = provider(name);
    let layer = layer_of_words(provider.flags, flags).expect("known flags");
    let settings = Settings {
        endpoint: None,
        allow_http: false,
        saved,
        shown: false,
        all: false,
    };
    (provider.build_targets)(&Values::new([&layer]), &settings)
        .map(certcheck::adapters::Targets::into_first)
        .map_err(|problem| Error::new(Kind::Usage, format!("{problem:?}")))
}

pub fn credential() -> CurrentKey {
    Credential::new("AKIDtest00000001", "test-secret-key-00001", None).into()
}

pub fn stamp() -> Stamp {
    Stamp {
        time: now(),
        nonce: [7; 16],
    }
}

pub fn conversation(target: &Target, ids: &[&str]) -> Conversation {
    let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    let mut all = target
        .service
        .converse(&ids, credential(), &KnownSecrets::default());
    assert_eq!(all.len(), 1, "one conversation about {ids:?}");
    all.remove(0)
}

pub fn response(status: u16, body: &[u8]) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    Response {
        status,
        headers,
        body: body.to_vec(),
    }
}

pub const TOKEN: &[u8] =
    br#"{"errcode":0,"errmsg":"SUCCESS","access_token_expire_time":1800,"access_token":"tokentokentoken","refresh_token_expire_time":86400,"refresh_token":"refreshrefresh"}"#;

const NO_CLOCK: &[u8] = br#"{"errcode":10005,"errmsg":"ACCESS DENIED"}"#;

/// What comes of one answer, over the conversation. A PBX is logged in first, and tells its clock as given.
pub fn asked(
    operation: &Operation,
    id: &str,
    status: u16,
    body: &[u8],
    clock: Option<&[u8]>,
) -> Result<Vec<Facts>, Error> {
    let target = target(operation.provider, operation.flags, false).expect("a target");
    asked_by(&target, id, status, body, clock)
}

/// The same by a target that is there already.
pub fn asked_by(
    target: &Target,
    id: &str,
    status: u16,
    body: &[u8],
    clock: Option<&[u8]>,
) -> Result<Vec<Facts>, Error> {
    let mut flow = conversation(target, &[id]).flow;
    for _ in 0..6 {
        let action = flow
            .step(stamp())
            .expect("a request")
            .http()
            .expect("HTTP")
            .action;
        let answer = match action {
            "get_token" => response(200, TOKEN),
            "system/information" => response(200, clock.unwrap_or(NO_CLOCK)),
            _ => response(status, body),
        };
        match offered(flow.as_mut(), answer) {
            Ok(None) => {}
            Ok(Some(answer)) => return answer.result,
            Err(error) => return Err(error),
        }
    }
    panic!("the conversation does not end");
}

/// What a cloud's target makes of one answer; nothing is signed for it.
pub fn read_by(target: &Target, id: &str, status: u16, body: &[u8]) -> Result<Vec<Facts>, Error> {
    let mut flow = conversation(target, &[id]).flow;
    let answer = offered(flow.as_mut(), response(status, body))?;
    answer.expect("one call is all there is").result
}

fn offered(
    flow: &mut dyn Flow<Output = Answer>,
    answer: Response,
) -> Result<Option<Answer>, Error> {
    match flow.answer(Ok(answer.into()))? {
        FlowProgress::More => Ok(None),
        FlowProgress::Part(answer) | FlowProgress::Done(answer) => Ok(Some(answer)),
    }
}

/// What comes of a saved answer.
pub fn saved(operation: &Operation, id: Option<&str>, body: &[u8]) -> Result<Vec<Facts>, Error> {
    let target = target(operation.provider, operation.flags, true).expect("a target");
    saved_by(&target, id, body)
}

/// The same by a target that is there already.
pub fn saved_by(target: &Target, id: Option<&str>, body: &[u8]) -> Result<Vec<Facts>, Error> {
    let mut answers = json::stream(body);
    assert!(answers.len() <= 1, "one answer");
    let answer = answers
        .pop()
        .unwrap_or_else(|| Err(Error::new(Kind::NotFound, "nothing")));
    target
        .service
        .saved(&answer?, id)
        .map(SavedContent::certificates)
}

/// The published record of judged facts.
pub fn record(provider: &'static str, facts: Facts) -> Value {
    let policy = Policy::at(now());
    let line = rendered::certificate_line(&judge(provider, facts, &policy));
    serde_json::from_str(&line).expect("JSON")
}

/// The published record of an error.
pub fn error_record(provider: &'static str, error: Error) -> Value {
    let failure = Failure {
        provider,
        origin: Default::default(),
        scope: None,
        id: None,
        environment: None,
        error,
    };
    serde_json::from_str(&rendered::error_line(&failure)).expect("JSON")
}

/// The note codes of a record.
pub fn notes(record: &Value) -> Vec<&str> {
    let notes = record["notes"].as_array().expect("notes");
    notes
        .iter()
        .filter_map(|note| note["code"].as_str())
        .collect()
}

/// The records of an answer to the question of one id, or the error's record.
pub fn answered(folder: &str, id: &str, body: &str) -> Vec<Value> {
    with_status(folder, id, 200, body)
}

/// The same for an answer with another HTTP status.
pub fn with_status(folder: &str, id: &str, status: u16, body: &str) -> Vec<Value> {
    let operation = OPERATIONS
        .iter()
        .find(|operation| operation.folder == folder)
        .expect("an operation");
    let provider = provider(operation.provider).name;
    match asked(operation, id, status, body.as_bytes(), None) {
        Ok(facts) => facts
            .into_iter()
            .map(|facts| record(provider, facts))
            .collect(),
        Err(error) => vec![error_record(provider, error)],
    }
}

/// The only record of an answer.
pub fn only(folder: &str, id: &str, body: &str) -> Value {
    let mut records = answered(folder, id, body);
    assert_eq!(records.len(), 1, "{records:?}");
    records.remove(0)
}

/// The first request of a conversation with a cloud.
pub fn first_request(provider: &str, flags: &[&str], id: &str) -> Request {
    let target = target(provider, flags, false).expect("a target");
    conversation(&target, &[id])
        .flow
        .step(stamp())
        .expect("a request")
        .http()
        .expect("HTTP")
}

/// A header of a request as text.
pub fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request
        .headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
