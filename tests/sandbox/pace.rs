//! A sandbox that is slow, and one that takes no more than so many requests a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use certcheck::sandbox::{Emulator, Options, Sandbox};
use chrono::DateTime;

use crate::client::Request;
use crate::listed::{ask, list, page};
use crate::signed::{acs3, alibaba, esa, huawei, mpush, tencent};
use crate::{NOW, now, pbx};

/// A sandbox that takes so many requests a second, and its clock in milliseconds after [`NOW`].
fn limited(rate: f64) -> (Sandbox, Arc<AtomicI64>) {
    let millis = Arc::new(AtomicI64::new(0));
    let hand = Arc::clone(&millis);
    let clock = move || {
        let moment = NOW * 1_000 + hand.load(Ordering::Relaxed);
        DateTime::from_timestamp_millis(moment).unwrap_or_default()
    };
    let sandbox = Sandbox::start(Options {
        rate: Some(rate),
        ..Options::new(Arc::new(clock))
    });
    (sandbox.expect("loopback has free ports"), millis)
}

fn outcome(sandbox: &Sandbox, service: &'static Emulator, request: &Request) -> String {
    request.send(&sandbox.endpoint(service));
    sandbox.seen().pop().expect("a request").outcome
}

fn good(sandbox: &Sandbox, service: &'static Emulator) -> Request {
    let nonce = sandbox.seen().len().to_string();
    match service.name {
        "mpush" => mpush(sandbox, "335799001", &nonce),
        "esa" => esa(sandbox, "baba39055622c008b90285a8838ed09a", &nonce),
        "huawei" => huawei(sandbox, "scs1700000000001"),
        "tencent" => tencent(sandbox, "sbxValid"),
        "pbx" => pbx::get(sandbox, "certificate/get", "none", "&id=1"),
        name => panic!("{name}: not known to this test"),
    }
}

#[test]
fn what_is_above_the_rate_is_throttled_service_by_service() {
    let (sandbox, millis) = limited(2.0);
    for service in Emulator::all() {
        let ask = |at: i64| {
            millis.store(at, Ordering::Relaxed);
            outcome(&sandbox, service, &good(&sandbox, service)) == "throttle"
        };
        // Those that were throttled do not count, or the last one would be too early.
        let throttled = [0, 600, 601, 999, 1_000, 1_001, 1_600].map(ask);
        let expected = [false, false, true, true, false, true, false];
        assert_eq!(throttled, expected, "{service:?}");
    }
    let reply = good(&sandbox, Emulator::TENCENT).send(&sandbox.endpoint(Emulator::TENCENT));
    assert_eq!(
        reply.json()["Response"]["Error"]["Code"],
        "RequestLimitExceeded"
    );
}

#[test]
fn lists_count_and_refused_keys_and_key_services_do_not() {
    let (sandbox, _) = limited(2.0);
    let service = Emulator::ESA;
    let mut keys = service.credentials();
    keys[1].1 = "wrong";
    let draft = alibaba(&sandbox, service, "GET", "SiteId=1", "n");
    let wrong = acs3(draft, &keys, "");
    assert_eq!(outcome(&sandbox, service, &wrong), "SignatureDoesNotMatch");
    let role = |nonce: &str| {
        let draft = alibaba(&sandbox, service, "POST", "RoleArn=x", nonce);
        let draft = draft
            .set("x-acs-action", "AssumeRole")
            .set("x-acs-version", "2015-04-01");
        acs3(draft, &service.credentials(), "")
    };
    for nonce in ["1", "2"] {
        let outcome = outcome(&sandbox, service, &role(nonce));
        assert_eq!(outcome, "EntityNotExist.Role");
    }
    let first = list(&sandbox, service, &page(service, 1, 10));
    assert_eq!(outcome(&sandbox, service, &first), "ok");
    assert_eq!(outcome(&sandbox, service, &good(&sandbox, service)), "ok");
    assert_eq!(
        outcome(&sandbox, service, &good(&sandbox, service)),
        "throttle"
    );
    assert_eq!(outcome(&sandbox, service, &wrong), "SignatureNonceUsed");
    let outcome = outcome(&sandbox, service, &role("3"));
    assert_eq!(outcome, "EntityNotExist.Role");
}

#[test]
fn a_box_that_is_too_busy_mints_no_token() {
    let (sandbox, _) = limited(1.0);
    pbx::token(&sandbox);
    let login = pbx::login(&sandbox, Emulator::PBX.credentials()[1].1);
    assert_eq!(pbx::ask(&sandbox, &login)["errcode"], 70_082);
    assert_eq!(sandbox.live_tokens(), 1);
}

#[test]
fn answers_are_late_side_by_side() {
    const LATENCY: Duration = Duration::from_millis(40);
    const MANY: u32 = 50;
    let sandbox = Sandbox::start(Options {
        latency: LATENCY,
        ..Options::new(Arc::new(now))
    })
    .expect("loopback has free ports");
    let endpoint = sandbox.endpoint(Emulator::TENCENT);
    let request = tencent(&sandbox, "sbxValid");
    let begin = Instant::now();
    let streams: Vec<_> = (0..MANY).map(|_| request.start(&endpoint)).collect();
    for mut stream in streams {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut stream, &mut bytes).expect("an answer");
        assert!(bytes.starts_with(b"HTTP/1.1 200"));
        assert!(begin.elapsed() >= LATENCY);
    }
    assert!(begin.elapsed() < LATENCY * MANY, "one after the other");
    assert_eq!(ask(&sandbox, Emulator::MPUSH, "").ids().len(), 5);
}
