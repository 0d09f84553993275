//! The services of the sandbox, by a clock and with faults; which certificates they hold, and what they were asked.

use std::sync::Arc;

use certcheck::sandbox::{Fault, Options, Sandbox, Seen, Service};
use chrono::{DateTime, TimeDelta, Utc};

use super::world::now;

/// The services that check the time of a signature; a PBX has none.
pub const CLOUDS: [Service; 4] = [
    Service::Mpush,
    Service::Esa,
    Service::Huawei,
    Service::Tencent,
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
pub fn good(service: Service) -> &'static str {
    match service {
        Service::Mpush => "335799001",
        Service::Esa => "baba39055622c008b90285a8838ed09a",
        Service::Huawei => "scs1700000000001",
        Service::Tencent => "sbxValid",
        Service::Pbx => "1",
    }
}

/// Another id that the sandbox knows.
pub fn other(service: Service) -> &'static str {
    match service {
        Service::Mpush => "335799005",
        Service::Esa => "baba39055622c008b90285a8838ed0a6",
        Service::Huawei => "scs1700000000002",
        Service::Tencent => "sbxSoon1",
        Service::Pbx => "2",
    }
}

/// An id of the right form that the sandbox does not know.
pub fn stranger(service: Service) -> &'static str {
    match service {
        Service::Mpush => "999999999",
        Service::Esa => "00000000000000000000000000000000",
        Service::Huawei => "scs1799999999999",
        Service::Tencent => "sbxNobod",
        Service::Pbx => "77",
    }
}

/// The requests that were about an id.
pub fn about(sandbox: &Sandbox, service: Service, id: &str) -> usize {
    let needle = match service {
        Service::Mpush => format!("AppKey={id}"),
        Service::Esa => format!("Id={id}"),
        Service::Huawei | Service::Tencent => id.to_owned(),
        Service::Pbx => format!("id={id}"),
    };
    let is_about = |seen: &Seen| {
        seen.service == service
            && (seen.target.ends_with(&needle)
                || seen.target.contains(&format!("{needle}&"))
                || String::from_utf8_lossy(&seen.body).contains(&needle))
    };
    sandbox.seen().iter().filter(|seen| is_about(seen)).count()
}

/// The same for all five at once: most of such a test is waiting for pauses between tries.
pub fn each_service(test: impl Fn(Service) + Sync) {
    each(&Service::ALL, |service| test(*service));
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
