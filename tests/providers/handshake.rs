//! A provider whose ids are hosts: a handshake shows the certificate, and it needs no key.

use certcheck::adapters::listing::{ListBatch, ListFlow};
use certcheck::adapters::saved::SavedContent;
use certcheck::adapters::{
    Access, Answer, Conversation, Provider, Service, Settings, Target, Targets,
};
use certcheck::credentials::CurrentKey;
use certcheck::error::{Error, Kind};
use certcheck::exchange::{
    Effect, EffectResult, Endpoint, Flow, FlowProgress, HandshakeOptions, KeySignature, RateLimit,
    Stamp, Step,
};
use certcheck::flags::connection::id_flag;
use certcheck::flags::{Flag, Values};
use certcheck::json::Json;
use certcheck::model::timestamp::rfc3339;
use certcheck::model::{Facts, FlagProblem};
use certcheck::redact::KnownSecrets;
use certcheck::sign::sha256_hex;
use chrono::DateTime;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::run::{ends, errors, rows, run};
use crate::support::certificates::{Authority, LONG, self_signed};
use crate::support::listener::listen;
use crate::support::world::{FakeWorld, Output};

static ID: Flag<String> = id_flag("id", "HOST", "Host and port");

static PROVIDER: Provider = Provider {
    name: "hosts",
    alias: "test-hosts",
    about: "What a host presents",
    guide: "",
    id_flag: &ID,
    id: |text| Ok(text.to_owned()),
    proxied: false,
    access: Access::Open,
    flags: &[],
    build_targets,
    rate_limit: RateLimit {
        per_second: None,
        in_flight: None,
    },
    codes: &[],
};

fn build_targets(_: &Values<'_>, _: &Settings<'_>) -> Result<Targets, FlagProblem> {
    Ok(Target::without_host(None, Box::new(Hosts)).into())
}

struct Hosts;

impl Service for Hosts {
    fn converse(&self, ids: &[String], _: CurrentKey, _: &KnownSecrets) -> Vec<Conversation> {
        let ids = ids.iter();
        ids.map(|id| Conversation {
            ids: vec![id.clone()],
            flow: Box::new(Host(id.clone())),
        })
        .collect()
    }

    fn list(&self, _: CurrentKey, _: &KnownSecrets) -> ListFlow {
        ListFlow::new(false, NoList)
    }

    fn saved(&self, _: &Json, _: Option<&str>) -> Result<SavedContent, Error> {
        Err(Error::new(Kind::Usage, "nothing is saved of hosts"))
    }
}

struct NoList;

impl Flow for NoList {
    type Output = ListBatch;

    fn step(&self, _: Stamp) -> Result<Step, Error> {
        Err(Error::new(Kind::Usage, "there is no list of all hosts"))
    }

    fn answer(
        &mut self,
        answer: Result<EffectResult, Error>,
    ) -> Result<FlowProgress<ListBatch>, Error> {
        answer.map(|_| FlowProgress::Done(ListBatch::default()))
    }
}

struct Host(String);

impl Flow for Host {
    type Output = Answer;

    fn step(&self, _: Stamp) -> Result<Step, Error> {
        let no_host = |_| Error::new(Kind::Usage, "not a host");
        let to = Endpoint::parse(&self.0, false).map_err(no_host)?;
        Ok(Step::read(Effect::Handshake(
            to,
            HandshakeOptions::default(),
        )))
    }

    fn answer(
        &mut self,
        answer: Result<EffectResult, Error>,
    ) -> Result<FlowProgress<Answer>, Error> {
        let peer = answer?.peer()?;
        let own = peer.chain.first().expect("a certificate");
        let (_, parsed) = X509Certificate::from_der(own).expect("a certificate");
        let end = DateTime::from_timestamp(parsed.validity().not_after.timestamp(), 0);
        let facts = Facts {
            fingerprint_sha256: Some(sha256_hex(own)),
            mismatch: peer.key_signature == KeySignature::Wrong,
            ..ends(&self.0, &rfc3339(end.expect("a moment")))
        };
        let (id, result) = (self.0.clone(), Ok(vec![facts]));
        Ok(FlowProgress::Done(Answer { id, result }))
    }
}

fn hosts(ids: &[String], flags: &[&str]) -> Output {
    let ids = ids.join(",");
    run(
        &PROVIDER,
        &[&["--id", &ids], flags].concat(),
        &FakeWorld::default(),
    )
}

#[test]
fn a_provider_of_hosts_judges_what_they_present_whoever_trusts_it() {
    let valid = self_signed("127.0.0.1");
    let expired = Authority::new().signs("elsewhere.example", (2001, 2002));
    let other = Authority::new().signs("elsewhere.example", LONG);
    let served = [&valid, &expired, &other].map(|own| own.shakes_hands());
    let ids = served
        .each_ref()
        .map(|one| format!("127.0.0.1:{}", one.port));
    let output = hosts(&ids, &["--json"]);
    let expected = [0, 1, 2].map(|place| {
        let status = if place == 1 { "EXPIRED" } else { "OK" };
        format!("- {} {status}", ids[place])
    });
    assert_eq!(rows(&output), expected, "{output:?}");
    assert_eq!(output.code, 2);
    let json = output.json();
    let first = &json["certificates"][0]["fingerprint_sha256"];
    assert_eq!(*first, valid.fingerprint());
}

#[test]
fn a_host_that_answers_otherwise_is_an_error_of_its_own() {
    let own = self_signed("127.0.0.1");
    let (good, closes) = (own.shakes_hands(), listen(|_| None));
    let ids = [&closes, &good].map(|one| format!("127.0.0.1:{}", one.port));
    let output = hosts(&ids, &["--json", "--retries", "0", "-v"]);
    assert_eq!(rows(&output), [format!("- {} OK", ids[1])]);
    let errors = errors(&output);
    assert_eq!(errors.len(), 1);
    assert!(
        errors[0].starts_with(&format!("- {} network no TLS handshake", ids[0])),
        "{errors:?}"
    );
    assert_eq!(output.code, 3);
    assert!(output.stderr.contains("handshake: TLS 1.3 ("), "{output:?}");
}
