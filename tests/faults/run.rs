//! One run in this process against services on loopback, in a world that knows nothing of this machine.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use certcheck::credentials::Exposure;
use certcheck::sandbox::{Sandbox, Seen, Service, credentials};
use certcheck::world::{Terminal, World};
use chrono::Utc;
use serde_json::Value;

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
    match service {
        Service::Mpush => ["335799005", "335799001"],
        Service::Esa => [
            "baba39055622c008b90285a8838ed0a6",
            "baba39055622c008b90285a8838ed09a",
        ],
        Service::Huawei => ["scs1700000000002", "scs1700000000001"],
        Service::Tencent => ["sbxSoon1", "sbxValid"],
        Service::Pbx => ["2", "1"],
    }
}

/// How many requests were about an id.
pub fn about(sandbox: &Sandbox, service: Service, id: &str) -> usize {
    let needle = match service {
        Service::Mpush => format!("AppKey={id}"),
        Service::Esa => format!("Id={id}"),
        Service::Huawei | Service::Tencent => id.to_owned(),
        Service::Pbx => format!("id={id}"),
    };
    let is_about = |seen: &&Seen| {
        seen.service == service
            && (seen.target.ends_with(&needle)
                || seen.target.contains(&format!("{needle}&"))
                || String::from_utf8_lossy(&seen.body).contains(&needle))
    };
    sandbox.seen().iter().filter(is_about).count()
}

/// Asks for both ids and returns the report.
pub fn report(service: Service, endpoint: &str, secret: Option<&str>, more: &[&str]) -> Value {
    let out = Kept::default();
    let mut variables: HashMap<String, String> = credentials(service)
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    if let Some(wrong) = secret {
        let is_secret = |name: &&String| {
            name.contains("SECRET") && !name.ends_with("_ID") || name.ends_with("_SK")
        };
        let name = variables.keys().find(is_secret).expect("a secret").clone();
        variables.insert(name, wrong.to_owned());
    }
    let mut world = World {
        variables,
        clock: Box::new(Utc::now),
        entropy: Box::new(entropy()),
        read_file: Box::new(|_, _| Err(io::ErrorKind::NotFound.into())),
        exposure: Box::new(|_| Exposure::None),
        stdin: Box::new(io::empty()),
        stdout: Box::new(out.clone()),
        stderr: Box::new(io::sink()),
        terminal: Terminal::default(),
        signals: false,
    };
    let (flag, place): (&str, &[&str]) = match service {
        Service::Pbx => ("--base-url", &[]),
        Service::Esa => ("--endpoint", &["--site-id", "1234567890123"]),
        _ => ("--endpoint", &[]),
    };
    let [hit, fine] = ids(service);
    let typed = [
        "certcheck",
        service.name(),
        "--json",
        "--retries",
        "1",
        flag,
        endpoint,
        "--id",
        hit,
        "--id",
        fine,
    ];
    let typed = typed.iter().chain(place).chain(more);
    let typed: Vec<OsString> = typed.map(OsString::from).collect();
    certcheck::run(typed, &mut world);
    drop(world);
    let bytes = out.0.lock().expect("no panic").clone();
    serde_json::from_slice(&bytes).expect("a report")
}

/// Never the same twice, as services want it of a nonce.
fn entropy() -> impl Fn() -> Result<[u8; 16], certcheck::error::Error> {
    let count = std::cell::Cell::new(u128::from(std::process::id()));
    move || {
        count.set(count.get() + 1);
        Ok(count.get().to_be_bytes())
    }
}
