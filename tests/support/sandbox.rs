//! The services of the sandbox, by a clock and with faults; which certificates they hold, and what they were asked.

use std::sync::Arc;

use certcheck::sandbox::{Emulator, Fault, Options, RequestRecord, Sandbox};
use chrono::{DateTime, TimeDelta, Utc};

use super::world::now;

/// The services that check the time of a signature; a PBX has none.
pub const CLOUDS: [&Emulator; 4] = [
    Emulator::MPUSH,
    Emulator::ESA,
    Emulator::HUAWEI,
    Emulator::TENCENT,
];

/// Services that live now, with these faults.
pub fn sandbox(faults: &[&str]) -> Sandbox {
    shifted(TimeDelta::zero(), faults)
}

/// Services whose clock is that far ahead of this machine's.
pub fn shifted(by: TimeDelta, faults: &[&str]) -> Sandbox {
    start(options(move || Utc::now() + by, faults))
}

/// Services whose clock stands still at [`now`].
pub fn frozen(faults: &[&str]) -> Sandbox {
    start(options(now, faults))
}

pub fn options(
    clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
    faults: &[&str],
) -> Options {
    Options {
        faults: faults.iter().map(|text| fault(text)).collect(),
        ..Options::new(Arc::new(clock))
    }
}

pub fn start(options: Options) -> Sandbox {
    Sandbox::start(options).expect("loopback has free ports")
}

/// A fault as it is typed.
pub fn fault(text: &str) -> Fault {
    text.parse().expect(text)
}
/// An id that is `ok` in the sandbox (for mobile push: its production certificate).
pub fn good(service: &'static Emulator) -> &'static str {
    match service.name {
        "mpush" => "335799001",
        "esa" => "baba39055622c008b90285a8838ed09a",
        "huawei" => "scs1700000000001",
        "tencent" => "sbxValid",
        "pbx" => "1",
        name => panic!("{name}: not known to this test"),
    }
}

/// Another id that the sandbox knows.
pub fn other(service: &'static Emulator) -> &'static str {
    match service.name {
        "mpush" => "335799005",
        "esa" => "baba39055622c008b90285a8838ed0a6",
        "huawei" => "scs1700000000002",
        "tencent" => "sbxSoon1",
        "pbx" => "2",
        name => panic!("{name}: not known to this test"),
    }
}

/// An id of the right form that the sandbox does not know.
pub fn stranger(service: &'static Emulator) -> &'static str {
    match service.name {
        "mpush" => "999999999",
        "esa" => "00000000000000000000000000000000",
        "huawei" => "scs1799999999999",
        "tencent" => "sbxNobod",
        "pbx" => "77",
        name => panic!("{name}: not known to this test"),
    }
}

/// The requests that were about an id.
pub fn about(sandbox: &Sandbox, service: &'static Emulator, id: &str) -> usize {
    let needle = match service.name {
        "mpush" => format!("AppKey={id}"),
        "esa" => format!("Id={id}"),
        "huawei" | "tencent" => id.to_owned(),
        "pbx" => format!("id={id}"),
        name => panic!("{name}: not known to this test"),
    };
    let is_about = |seen: &RequestRecord| {
        seen.service == service
            && (seen.target.ends_with(&needle)
                || seen.target.contains(&format!("{needle}&"))
                || String::from_utf8_lossy(&seen.body).contains(&needle))
    };
    sandbox.seen().iter().filter(|seen| is_about(seen)).count()
}

/// The same for all services at once: most of such a test is waiting for pauses between tries.
pub fn each_service(test: impl Fn(&'static Emulator) + Sync) {
    let services: Vec<_> = Emulator::all().collect();
    each(&services, |service| test(service));
}

/// The same for all of a list at once.
pub fn each<T: Sync>(list: &[T], test: impl Fn(&T) + Sync) {
    std::thread::scope(|scope| {
        let running: Vec<_> = list.iter().map(|item| scope.spawn(|| test(item))).collect();
        let ended: Vec<_> = running.into_iter().map(|thread| thread.join()).collect();
        for result in ended {
            if let Err(panic) = result {
                std::panic::resume_unwind(panic);
            }
        }
    });
}
