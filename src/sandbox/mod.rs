//! The sandbox: emulators of the services on loopback, for `certcheck demo`, for rehearsing an alert, and for tests.
//!
//! Owns: small HTTP servers that verify requests as the real services do (signatures, tokens, clock windows, methods) and
//! that can be made to fail. Leaves to others: everything else. It imports nothing from the rest of the crate. In
//! particular it verifies signatures with code of its own: an error in `sign/` shows, because it is not made twice.
//!
//! Every key, token and person in here is fictitious; whatever a caller must never print holds the word [`CANARY`].
//!
//! ```text
//! mod.rs         start, inspect, stop                    services/      one folder per service, and their registry
//! server.rs      sockets, hyper, sending a reply         signature.rs   hashes, canonical forms
//! dispatch.rs    one request: service, fault, record     context.rs     what a service knows of a request
//! request.rs     a request as a value                    reply.rs       a reply as a value
//! faults.rs      faults and their grammar                delivery.rs    broken replies
//! list_faults.rs faults of lists                         listing.rs     lists and their pages
//! generated.rs   generated certificates and their IDs    dates.rs       dates relative to the clock
//! rate_limit.rs  requests per second                     echo.rs        a request's secrets, in every encoding
//! ```
//!
//! A new service is a folder below `services/` and a line in the registry there.

mod context;
mod dates;
mod delivery;
mod dispatch;
mod echo;
mod faults;
mod generated;
mod list_faults;
mod listing;
mod rate_limit;
mod reply;
mod request;
mod server;
pub mod services;
mod signature;

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{DateTime, Utc};

pub use faults::{Fault, FaultError, FaultKind};
pub use list_faults::ListFault;
pub use services::{Emulator, Sample, SandboxRole};

/// Part of every value in the sandbox that a caller must never print: secret keys, session and
/// access tokens, passwords, persons, order numbers, validation values.
pub const CANARY: &str = "sandboxcanary";

/// How a sandbox is to run.
pub struct Options {
    /// The clock of the services. Dates of certificates are relative to it.
    pub clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// The faults from the start.
    pub faults: Vec<Fault>,
    /// The first of consecutive ports, in the order of [`Emulator::all`]; `None` (or 0) lets the system choose.
    pub first_port: Option<u16>,
    /// So many generated certificates at each service, beside the samples; lists then hold these and not the samples.
    /// Of each hundred about one has expired, one ends within ten days, and one is revoked or pending; a fifth of
    /// those that have expired or soon will is superseded by another of the same names. See
    /// [`Emulator::generated_ids`].
    pub certificates: Option<u32>,
    /// How much later than its request each reply goes out.
    pub latency: Duration,
    /// The rate limit of each service, in requests per second of its clock; requests above it get the service's own
    /// throttling error.
    pub rate: Option<f64>,
}

impl Options {
    /// No faults, no latency, on ports that the system chooses.
    pub fn new(clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>) -> Options {
        Options {
            clock,
            faults: Vec::new(),
            first_port: None,
            certificates: None,
            latency: Duration::ZERO,
            rate: None,
        }
    }
}

/// One request that arrived.
#[derive(Clone, Debug)]
pub struct RequestRecord {
    /// The service that received it.
    pub service: &'static Emulator,
    /// The method, such as `GET`.
    pub method: String,
    /// The request target as on the wire, query included.
    pub target: String,
    /// The headers, names in lower case, in the order of arrival.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The operation, such as `CheckCertificate`, `ShowCertificate` or `get_token`.
    pub action: String,
    /// `ok`, the error code of the reply, or the fault that replaced the reply.
    pub outcome: String,
}

/// Running services. Dropping it stops them and waits until their thread has ended.
pub struct Sandbox {
    shared: Arc<dispatch::SharedState>,
    services: Vec<(SocketAddr, Arc<dispatch::Instance>)>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Binds a listener on 127.0.0.1 for each service and serves all of them from a thread of its own.
    pub fn start(options: Options) -> std::io::Result<Sandbox> {
        let listeners = server::bind(Emulator::all().len(), options.first_port)?;
        let shared = Arc::new(dispatch::SharedState::new(options));
        let (mut served, mut services) = (Vec::new(), Vec::new());
        for (listener, emulator) in listeners.into_iter().zip(Emulator::all()) {
            let instance = Arc::new(dispatch::Instance::new(emulator, Arc::clone(&shared)));
            services.push((listener.local_addr()?, Arc::clone(&instance)));
            served.push((listener, instance));
        }
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let thread = server::spawn(served, stopped)?;
        Ok(Sandbox {
            shared,
            services,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The URL of a service: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self, service: &Emulator) -> String {
        let mut services = self.services.iter();
        let found = services.find(|(_, instance)| instance.emulator == service);
        // All services are in the registry, and all of the registry is served.
        found.map_or_else(String::new, |(address, _)| format!("http://{address}"))
    }

    /// Every request that arrived, in order (of very many, the latest ten thousand).
    pub fn seen(&self) -> Vec<RequestRecord> {
        self.shared.log().requests.iter().cloned().collect()
    }

    /// Adds a fault; earlier faults come first.
    pub fn add_fault(&self, fault: Fault) {
        self.shared.log().faults.push(fault);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.shared.log().faults.clear();
    }

    /// How many access tokens are alive at all services: issued, not expired, not given back.
    pub fn live_tokens(&self) -> usize {
        let instances = self.services.iter();
        instances.map(|(_, instance)| instance.live_tokens()).sum()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // The receiver is gone when the thread has ended by itself; both are fine.
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
