//! The sandbox as a caller sees it: plain sockets, requests written and signed by hand.
//!
//! Nothing of the crate but `certcheck::sandbox` is used here, so that the services are held to
//! the providers' documents and not to our own signers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is a report"
)]
#![cfg(feature = "sandbox")]

mod alibaba;
mod client;
mod clouds;
mod echoes;
mod estate;
mod faults;
mod keys;
mod list_faults;
mod listed;
mod lists;
mod pace;
mod pbx;
mod signed;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use certcheck::sandbox::{Emulator, Options, Sandbox};
use chrono::DateTime;
use support::sandbox::{options, start};

/// Its clock stands still.
pub use support::sandbox::frozen as sandbox;
pub use support::world::{NOW, now};

/// A sandbox whose clock the test moves; it begins at [`NOW`].
pub fn moving() -> (Sandbox, Arc<AtomicI64>) {
    let seconds = Arc::new(AtomicI64::new(NOW));
    let hand = Arc::clone(&seconds);
    let clock =
        move || DateTime::from_timestamp(hand.load(Ordering::Relaxed), 0).unwrap_or_default();
    (start(options(clock, &[])), seconds)
}

#[test]
fn consecutive_ports_are_consecutive_or_an_error() {
    let start = |first_port| {
        Sandbox::start(Options {
            first_port: Some(first_port),
            ..Options::new(Arc::new(now))
        })
    };
    assert!(start(65_533).is_err(), "there is no port 65536");
    // Others may hold a port; some run of that many will be free.
    let (first, sandbox) = (20_000..60_000)
        .step_by(7)
        .find_map(|first| start(first).ok().map(|sandbox| (first, sandbox)))
        .expect("free ports in a row");
    for (port, service) in (first..).zip(Emulator::all()) {
        assert_eq!(
            sandbox.endpoint(service),
            format!("http://127.0.0.1:{port}")
        );
    }
    drop(sandbox);
}

#[test]
fn every_service_has_samples_with_ids_of_its_own_form() {
    for service in Emulator::all() {
        let samples = service.samples;
        assert!(samples.len() >= 5, "{service:?}");
        for sample in samples {
            let fits = match service.name {
                "mpush" => sample.id.parse::<i64>().is_ok(),
                "esa" => {
                    sample.id.len() == 32 && !sample.id.contains(|c: char| !c.is_ascii_hexdigit())
                }
                "huawei" => sample.id.len() == 16 && sample.id.starts_with("scs"),
                "tencent" => sample.id.len() == 8 && sample.id.is_ascii(),
                "pbx" => sample.id.parse::<u32>().is_ok(),
                name => panic!("{name}: not known to this test"),
            };
            assert!(fits, "{sample:?}");
            assert!(sample.listed || service == Emulator::HUAWEI);
        }
    }
}
