//! The readers of the providers' answers: whatever came, over the conversation and as a saved answer.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use certcheck::adapters::saved::SavedContent;
use certcheck::adapters::{Answer, Provider, REGISTRY, Settings, Target};
use certcheck::credentials::Credential;
use certcheck::error::Error;
use certcheck::exchange::{Flow, FlowProgress, Response, Stamp};
use certcheck::flags::Values;
use certcheck::flags::clap_args::layer_of_words;
use certcheck::json;
use certcheck::model::report::ReportEntry;
use certcheck::model::{CertStatus, Facts, Failure, ProviderState, Verdict, judge};
use certcheck::redact::KnownSecrets;
use chrono::TimeDelta;
use http::{HeaderMap, HeaderValue};

use super::output::{Shape, printed};
use super::{now, policy, report};

/// How one provider is asked.
pub struct Reader {
    /// Its name in the registry.
    pub provider: &'static str,
    /// Flags that ask for each of its calls.
    pub flags: &'static [Flags],
    /// An id that it takes.
    pub id: &'static str,
    /// The only words beside which a certificate may be well; none where the provider has no word for it.
    pub good: &'static [&'static str],
}

/// All providers.
pub const READERS: [Reader; 5] = [
    Reader {
        provider: "mpush",
        flags: &[&[]],
        id: "335799001",
        good: &["OK"],
    },
    Reader {
        provider: "esa",
        flags: &[&["--site-id", "1234567890123"]],
        id: "baba39055622c008b90285a8838ed09a",
        good: &["ACTIVE"],
    },
    Reader {
        provider: "pbx",
        flags: &[&["--base-url", "https://192.168.5.150:8088"]],
        id: "4",
        good: &[],
    },
    Reader {
        provider: "huawei",
        flags: &[
            &[],
            &[
                "--legacy",
                "--project-id",
                "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
            ],
        ],
        id: "scs1600000000001",
        good: &[
            "ISSUED",
            "UPLOAD",
            "SUPPLEMENTCHECKING",
            "CANCELSUPPLEMENTING",
        ],
    },
    Reader {
        provider: "tencent",
        flags: &[&[]],
        id: "BAbc1234",
        good: &["1", "11"],
    },
];

pub fn mpush(body: &[u8]) {
    answered("mpush", body);
}

pub fn esa(body: &[u8]) {
    answered("esa", body);
}

pub fn pbx(body: &[u8]) {
    answered("pbx", body);
}

pub fn huawei(body: &[u8]) {
    answered("huawei", body);
}

pub fn tencent(body: &[u8]) {
    answered("tencent", body);
}

const STATUSES: [u16; 8] = [200, 201, 302, 400, 401, 404, 429, 503];

/// What comes of a body in every place where that provider's answers are read.
fn answered(name: &str, body: &[u8]) {
    let reader = READERS.iter().find(|reader| reader.provider == name);
    let reader = reader.expect("a reader of this name");
    let other = STATUSES[body.len() % STATUSES.len()];
    for flags in reader.flags {
        let target = target(reader.provider, flags, false);
        asked(reader, &target, 200, Some(TOKEN), body);
        asked(reader, &target, other, Some(TOKEN), body);
        listed(reader, &target, 200, body);
        listed(reader, &target, 200, &as_page(reader, body));
        if reader.provider == "pbx" {
            asked(reader, &target, 200, None, body);
        }
    }
    let saved = target(reader.provider, &[], true);
    for answer in json::stream(body).into_iter().take(20).flatten() {
        for expected in [None, Some(reader.id)] {
            match saved.service.saved(&answer, expected) {
                Ok(SavedContent::Answer(facts)) => check(reader, Ok(facts)),
                Ok(SavedContent::Page(_, page)) if page.certificates.is_empty() => {}
                Ok(SavedContent::Page(_, page)) => check(reader, Ok(page.certificates)),
                Err(error) => check(reader, Err(error)),
            }
        }
    }
}

fn provider(name: &str) -> &'static Provider {
    let found = REGISTRY
        .iter()
        .copied()
        .find(|provider| provider.name == name);
    found.expect("a provider of the registry")
}

type Flags = &'static [&'static str];
type Key = (&'static str, Flags, bool);

thread_local! {
    /// Flags are understood once: a fuzzer asks thousands of times a second.
    static TARGETS: RefCell<HashMap<Key, Rc<Target>>> = RefCell::default();
}

/// The provider's side of `certcheck PROVIDER FLAGS`.
pub fn target(name: &'static str, flags: Flags, saved: bool) -> Rc<Target> {
    TARGETS.with_borrow_mut(|made| {
        let target = made.entry((name, flags, saved));
        target
            .or_insert_with(|| Rc::new(understood(name, flags, saved)))
            .clone()
    })
}

fn understood(name: &str, flags: Flags, saved: bool) -> Target {
    let layer = layer_of_words(provider(name).flags, flags).expect("known flags");
    let settings = Settings {
        endpoint: None,
        allow_http: false,
        saved,
        shown: false,
        all: false,
    };
    (provider(name).build_targets)(&Values::new([&layer]), &settings)
        .map(certcheck::adapters::Targets::into_first)
        .unwrap_or_else(|_| panic!("{name} has no target"))
}

pub const TOKEN: &[u8] =
    br#"{"errcode":0,"access_token":"tokentokentoken","refresh_token":"refreshrefresh"}"#;

/// A box is asked for two ids, so that one of several parts can fail. Without a token the body is what a login is
/// answered with too.
fn asked(reader: &Reader, target: &Target, status: u16, token: Option<&[u8]>, body: &[u8]) {
    let credential = || Credential::new("AKIDtest0001", "test-secret-0001", None).into();
    let ids = match reader.provider {
        "pbx" => vec![reader.id.to_owned(), "7".to_owned()],
        _ => vec![reader.id.to_owned()],
    };
    let known = KnownSecrets::default();
    for conversation in target.service.converse(&ids, credential(), &known) {
        let answer = |action: &str| match (action, token) {
            ("get_token", Some(token)) => response(200, token),
            _ => response(status, body),
        };
        hold(conversation.flow, answer, |result| check(reader, result));
    }
}

/// The body as the one record of a page, whatever it is.
fn as_page(reader: &Reader, body: &[u8]) -> Vec<u8> {
    let (before, after) = match reader.provider {
        "mpush" => (r#"{"RequestId":"r","SummaryAppInfos":["#, "]}"),
        "esa" => (r#"{"TotalCount":1,"Sites":[{"SiteId":7}],"Result":["#, "]}"),
        "pbx" => (
            r#"{"errcode":0,"total_number":1,"certificate_list":["#,
            "]}",
        ),
        "huawei" => (r#"{"total_count":1,"certificates":["#, "]}"),
        _ => (r#"{"Response":{"TotalCount":1,"Certificates":["#, "]}}"),
    };
    [before.as_bytes(), body, after.as_bytes()].concat()
}

/// The list of an account, every page of which is this one: it ends, and what it brings is judged like any other.
fn listed(reader: &Reader, target: &Target, status: u16, body: &[u8]) {
    let key = || Credential::new("AKIDtest0001", "test-secret-0001", None).into();
    let mut listing = target.service.list(key(), &KnownSecrets::default());
    let stamp = Stamp {
        time: now(),
        nonce: [7; 16],
    };
    for _ in 0..60 {
        let Ok(step) = listing.flow.step(stamp) else {
            return;
        };
        let answer = match step.http().expect("HTTP").action {
            "get_token" => response(200, TOKEN),
            _ => response(status, body),
        };
        let told = listing.flow.answer(Ok(answer.into()));
        let progress = told.or_else(|error| listing.flow.answer(Err(error)));
        let (part, done) = match progress {
            Ok(FlowProgress::More) => continue,
            Ok(FlowProgress::Part(part)) => (part, false),
            Ok(FlowProgress::Done(part)) => (part, true),
            Err(error) => return check(reader, Err(error)),
        };
        if !part.certificates.is_empty() {
            check(reader, Ok(part.certificates));
        }
        part.missing
            .into_iter()
            .for_each(|error| check(reader, Err(error)));
        if done {
            return;
        }
    }
    panic!("the list does not end");
}

/// Holds a conversation to its end.
pub fn hold(
    mut flow: Box<dyn Flow<Output = Answer>>,
    answer: impl Fn(&str) -> Response,
    mut take: impl FnMut(Result<Vec<Facts>, Error>),
) {
    let stamp = Stamp {
        time: now(),
        nonce: [7; 16],
    };
    for _ in 0..12 {
        let Ok(step) = flow.step(stamp) else { return };
        // As the driver does: a failure that is final is offered once.
        let told = flow.answer(Ok(answer(step.http().expect("HTTP").action).into()));
        match told.or_else(|error| flow.answer(Err(error))) {
            Ok(FlowProgress::More) => {}
            Ok(FlowProgress::Part(answer)) => take(answer.result),
            Ok(FlowProgress::Done(answer)) => return take(answer.result),
            Err(error) => return take(Err(error)),
        }
    }
    panic!("the conversation does not end");
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

fn check(reader: &Reader, result: Result<Vec<Facts>, Error>) {
    let provider = provider(reader.provider).name;
    let outcomes = match result {
        Ok(facts) => {
            assert!(!facts.is_empty(), "neither a certificate nor an error");
            let judged = facts.into_iter().map(|facts| well(reader, provider, facts));
            judged
                .map(|certificate| ReportEntry::Certificate(Box::new(certificate)))
                .collect()
        }
        Err(error) => vec![ReportEntry::Failure(Box::new(Failure {
            provider,
            origin: Default::default(),
            scope: None,
            id: Some(reader.id.to_owned()),
            environment: None,
            error,
        }))],
    };
    printed(&report(outcomes), Shape::USUAL);
}

/// Judges; what is well has a good word and an end that lies ahead, and is not well once that is past.
fn well(reader: &Reader, provider: &'static str, facts: Facts) -> CertStatus {
    let certificate = judge(provider, facts, &policy());
    if certificate.verdict != Verdict::Ok {
        return certificate;
    }
    let facts = &certificate.facts;
    let end = facts.not_after.moment().expect("ok without an end");
    assert!(end.earliest > now(), "ok after its end");
    assert!(facts.word == ProviderState::ByDate && !facts.mismatch);
    let word = facts.provider_status.as_deref().unwrap_or_default();
    let good = reader
        .good
        .iter()
        .any(|good| good.eq_ignore_ascii_case(word));
    assert!(good || reader.good.is_empty(), "ok beside {word:?}");
    let mut later = policy();
    later.now = end.latest + TimeDelta::seconds(1);
    assert_ne!(
        judge(provider, facts.clone(), &later).verdict,
        Verdict::Ok,
        "ok for ever"
    );
    certificate
}
