//! What 10,000 certificates cost in the pure core: signing the questions, reading and judging the answers, writing
//! the report. `cargo bench --bench work` measures it; `benches/compare.sh` measures the whole program.

#![allow(clippy::expect_used, reason = "in a benchmark a panic is a report")]

use std::io;
use std::path::Path;

use certcheck::adapters::{Conversation, REGISTRY, Settings, Target};
use certcheck::credentials::Credential;
use certcheck::exchange::Stamp;
use certcheck::flags::Values;
use certcheck::json::Answers;
use certcheck::model::report::ReportEntry;
use certcheck::model::{CertStatus, Policy, Report, judge};
use certcheck::redact::KnownSecrets;
use certcheck::render::json;
use certcheck::render::style::TextStyle;
use certcheck::render::table;
use chrono::{DateTime, Utc};
use divan::Bencher;

const MANY: usize = 10_000;

fn main() {
    divan::main();
}

/// While the certificates of the fixtures are valid.
fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_305_600, 0).expect("a moment")
}

fn target(provider: &str, saved: bool) -> Target {
    let mut known = REGISTRY.iter().copied();
    let provider = known.find(|known| known.name == provider);
    let provider = provider.expect("a provider");
    let settings = Settings {
        endpoint: None,
        allow_http: false,
        saved,
        shown: false,
        all: false,
    };
    (provider.build_targets)(&Values::default(), &settings)
        .map(certcheck::adapters::Targets::into_first)
        .expect("a target")
}

/// The three signatures: ACS3, TC3, SDK-HMAC.
#[divan::bench(sample_count = 20, sample_size = 1, args = ["mpush", "tencent", "huawei"])]
fn sign(bencher: Bencher<'_, '_>, provider: &str) {
    let ids: Vec<String> = (0..MANY).map(|id| id.to_string()).collect();
    let credential = Credential::new("AKIDexample", "made up", None);
    let target = target(provider, false);
    let asked = target
        .service
        .converse(&ids, credential.into(), &KnownSecrets::default());
    let stamp = Stamp {
        time: now(),
        nonce: [7; 16],
    };
    let signed = |one: &Conversation| one.flow.step(stamp).expect("a request");
    bencher.bench_local(|| asked.iter().map(signed).for_each(divan::black_box_drop));
}

/// An answer of each call, saved ten thousand times.
const CALLS: [(&str, &str); 6] = [
    ("mpush", "check-certificate"),
    ("esa", "get-client-certificate"),
    ("pbx", "certificate-get"),
    ("huawei", "show-certificate"),
    ("huawei", "legacy-detail"),
    ("tencent", "describe-certificate"),
];

fn saved((provider, call): (&str, &str)) -> Vec<u8> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let path = fixtures.join(provider).join(call).join("valid.json");
    std::fs::read(path).expect("a fixture").repeat(MANY)
}

fn judged(provider: &'static str, target: &Target, answers: &[u8]) -> Vec<CertStatus> {
    let policy = Policy::at(now());
    let answers = Answers::new(answers).flatten().flatten();
    let facts = answers.flat_map(|answer| {
        let saved = target.service.saved(&answer, None).expect("facts");
        saved.certificates()
    });
    facts.map(|facts| judge(provider, facts, &policy)).collect()
}

#[divan::bench(sample_count = 20, sample_size = 1, args = CALLS)]
fn read_and_judge(bencher: Bencher<'_, '_>, call: (&'static str, &str)) {
    let (target, answers) = (target(call.0, true), saved(call));
    assert!(judged(call.0, &target, &answers).len() >= MANY);
    bencher.bench_local(|| judged(call.0, &target, &answers));
}

fn report() -> Report {
    let answers = saved(CALLS[5]);
    let mut report = Report::new(now(), now());
    for certificate in judged("tencent", &target("tencent", true), &answers) {
        report.add(
            ReportEntry::Certificate(Box::new(certificate)),
            &Default::default(),
        );
    }
    assert_eq!(report.summary.ok, MANY);
    report
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn write_json(bencher: Bencher<'_, '_>) {
    let report = report();
    bencher.bench_local(|| json::write_report(&report, &mut io::sink()));
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn write_ndjson(bencher: Bencher<'_, '_>) {
    let report = report();
    let length = |one: &CertStatus| json::certificate_line(one).len();
    bencher.bench_local(|| {
        report
            .certificates
            .iter()
            .map(|one| length(one))
            .sum::<usize>()
    });
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn write_table(bencher: Bencher<'_, '_>) {
    let report = report();
    let look = TextStyle {
        width: 120,
        piped: true,
        colour: false,
        utf8: true,
        now: now(),
        chosen: false,
    };
    bencher.bench_local(|| table::report(&report, look));
}
