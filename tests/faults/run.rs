//! One run in this process against services on loopback, in a world that knows nothing of this machine.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use certcheck::sandbox::{Service, credentials};
use certcheck::world::World;
use chrono::Utc;
use serde_json::Value;

use crate::harness::{good, other};

/// A stream that keeps what is written.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Two ids that the sandbox knows, both valid; the first one meets the fault.
pub fn ids(service: Service) -> [&'static str; 2] {
    [other(service), good(service)]
}

/// The variables that hold the sandbox's keys for a service; perhaps with another secret.
pub fn keys(service: Service, secret: Option<&str>) -> HashMap<String, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let mut variables: HashMap<String, String> = credentials(service).iter().map(owned).collect();
    if let Some(wrong) = secret {
        let secrets = ["SECRET_KEY", "KEY_SECRET", "CLIENT_SECRET", "_SK"];
        let is_secret = |name: &&String| secrets.iter().any(|end| name.ends_with(end));
        let name = variables.keys().find(is_secret).expect("a secret").clone();
        variables.insert(name, wrong.to_owned());
    }
    variables
}

/// Runs a command line; its exit code and what it prints.
pub fn certcheck(words: &[&str], variables: HashMap<String, String>) -> (u8, String) {
    let out = Kept::default();
    let mut world = World {
        variables,
        clock: Box::new(Utc::now),
        entropy: Box::new(entropy()),
        stdout: Box::new(out.clone()),
        ..World::nowhere()
    };
    let words = ["certcheck"].iter().chain(words).map(OsString::from);
    let code = certcheck::run(words.collect::<Vec<_>>(), &mut world);
    drop(world);
    let bytes = out.0.lock().expect("no panic").clone();
    (code, String::from_utf8(bytes).expect("text"))
}

/// Asks for both ids and returns the report.
pub fn report(service: Service, endpoint: &str, secret: Option<&str>, more: &[&str]) -> Value {
    let (flag, place): (&str, &[&str]) = match service {
        Service::Pbx => ("--base-url", &[]),
        Service::Esa => ("--endpoint", &["--site-id", "1234567890123"]),
        _ => ("--endpoint", &[]),
    };
    let [hit, fine] = ids(service);
    let name = service.name();
    let typed = [
        name,
        "--json",
        "--no-listing",
        "--retries",
        "1",
        flag,
        endpoint,
        "--id",
        hit,
        "--id",
        fine,
    ];
    let words = [&typed, place, more].concat();
    let (_, text) = certcheck(&words, keys(service, secret));
    serde_json::from_str(&text).expect("a report")
}

/// Never the same twice, as services want it of a nonce.
fn entropy() -> impl Fn() -> Result<[u8; 16], certcheck::error::Error> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    || Ok(u128::from(COUNT.fetch_add(1, Ordering::Relaxed)).to_be_bytes())
}
