//! The five services on loopback: for `certcheck demo`, for rehearsing an alert, and for tests.
//!
//! Owns: five small HTTP servers that check what arrives as the real services do (signatures,
//! tokens, clock windows, methods) and that can be told to misbehave. Leaves to others: everything
//! else. It imports nothing from the rest of the crate. In particular it verifies signatures with
//! code of its own, so that an error in `sign/` cannot hide by being made twice.
//!
//! Every key, token and person in here is fictitious; whatever must never be printed by a caller
//! holds the word [`CANARY`].
//!
//! ```text
//! mod.rs        the handle: start, look, stop          keys.rs   the key pairs it accepts
//! server.rs     sockets, hyper, delivering an answer   verify.rs     hashes, canonical forms
//! desk.rs       one request: service, fault, record    wire.rs       request and answer as values
//! faults.rs     what may go wrong, and its grammar     misbehave.rs  answers that no service should give
//! estate.rs     generated certificates and their ids   limiter.rs    requests a second
//! listing.rs    lists and their pages                  list_faults.rs  what is wrong with them
//! alibaba.rs    the gateway of mpush.rs and esa.rs     dates.rs      dates relative to the clock
//! huawei.rs     with huawei_records.rs, huawei_list.rs
//! tencent.rs    with tencent_records.rs, tencent_list.rs
//! esa.rs        with esa_lists.rs                      pbx.rs        with pbx_records.rs
//! repeat.rs     what a caller sent, in every form
//! alibaba_sts.rs, tencent_sts.rs, metadata.rs  temporary keys, at the same doors as the vendor's other calls
//! ```

mod dates;
mod delivery;
mod dispatch;
mod echo;
mod faults;
mod generated;
mod keys;
mod limiter;
mod list_faults;
mod listing;
mod server;
pub mod services;
mod signature;
mod wire;

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{DateTime, Utc};

pub use faults::{Fault, FaultError, FaultKind};
pub use keys::{Role, credentials, role, temporary_credentials};
pub use list_faults::ListFault;
pub use services::esa::{SITE_ID, site_of};
pub use services::huawei::PROJECT_ID;

/// Part of every value in the sandbox that a caller must never print: secret keys, session and
/// access tokens, passwords, persons, order numbers, validation values.
pub const CANARY: &str = "sandboxcanary";

/// One of the five services.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Service {
    /// Alibaba Mobile Push: `CheckCertificate`, `ListSummaryApps`.
    Mpush,
    /// Alibaba ESA: `GetClientCertificate`, `ListSites`, `ListClientCertificates`.
    Esa,
    /// Huawei SCM: certificate details in v3 and v2, and the list in v3.
    Huawei,
    /// Tencent SSL: `DescribeCertificate`, `DescribeCertificates`.
    Tencent,
    /// A Yeastar P-Series PBX: `certificate/get`, `certificate/list`.
    Pbx,
}

impl Service {
    /// All five, in the order in which consecutive ports are given out.
    pub const ALL: [Service; 5] = [
        Service::Mpush,
        Service::Esa,
        Service::Huawei,
        Service::Tencent,
        Service::Pbx,
    ];

    /// The name of the provider on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Service::Mpush => "mpush",
            Service::Esa => "esa",
            Service::Huawei => "huawei",
            Service::Tencent => "tencent",
            Service::Pbx => "pbx",
        }
    }
}

/// How a sandbox is to run.
pub struct Options {
    /// The moment the services believe it is, and the one that certificates' dates are relative to.
    pub clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// What goes wrong from the start.
    pub faults: Vec<Fault>,
    /// The first of five consecutive ports, in the order of [`Service::ALL`]; `None` (or 0) lets
    /// the system choose.
    pub first_port: Option<u16>,
    /// So many generated certificates at each service, beside the samples; lists then hold these and not the samples.
    /// Of each hundred about one has expired, one ends within ten days, and one is revoked or pending; a fifth of
    /// those that have expired or soon will is superseded by another of the same names. See [`estate_ids`].
    pub certificates: Option<u32>,
    /// How much later than its request each answer goes out.
    pub latency: Duration,
    /// How many requests a service takes in any second of its clock; what is above is throttled in its own words.
    pub rate: Option<f64>,
}

impl Options {
    /// Nothing goes wrong, at once, on ports that the system chooses.
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
pub struct Seen {
    /// The service it came to.
    pub service: Service,
    /// The method, such as `GET`.
    pub method: String,
    /// The request target as it stood on the wire, query included.
    pub target: String,
    /// The headers, names in lower case, in the order of arrival.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// What it asked for, such as `CheckCertificate`, `ShowCertificate` or `get_token`.
    pub action: String,
    /// `ok`, the error code of the answer, or the fault that stood in for an answer.
    pub outcome: String,
}

/// A certificate that the sandbox knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sample {
    /// The id to ask for.
    pub id: &'static str,
    /// What is told about it, in a few words.
    pub what: &'static str,
    /// Whether it is answered by Huawei's v2 call only.
    pub legacy: bool,
}

/// The certificates a service knows, in a good order for a table.
pub fn samples(service: Service) -> Vec<Sample> {
    match service {
        Service::Mpush => services::mpush::SAMPLES.to_vec(),
        Service::Esa => services::esa::SAMPLES.to_vec(),
        Service::Huawei => services::huawei::records::SAMPLES.to_vec(),
        Service::Tencent => services::tencent::records::SAMPLES.to_vec(),
        Service::Pbx => services::pbx::records::SAMPLES.to_vec(),
    }
}

/// The ids of that many generated certificates, in the order of a list. Mobile Push lists the first ten only.
pub fn estate_ids(service: Service, count: u32) -> Vec<String> {
    let all = (1..=count).map(generated::Made);
    all.map(|made| made.id(service)).collect()
}

/// Five running services. Dropping it stops them and waits until their thread has ended.
pub struct Sandbox {
    shared: Arc<dispatch::Shared>,
    addresses: [SocketAddr; 5],
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Binds five listeners on 127.0.0.1 and serves them from a thread of its own.
    pub fn start(options: Options) -> std::io::Result<Sandbox> {
        let (listeners, addresses) = server::bind(options.first_port)?;
        let shared = Arc::new(dispatch::Shared::new(options));
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let thread = server::spawn(listeners, Arc::clone(&shared), stopped)?;
        Ok(Sandbox {
            shared,
            addresses,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where a service listens: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self, service: Service) -> String {
        let [mpush, esa, huawei, tencent, pbx] = self.addresses;
        let address = match service {
            Service::Mpush => mpush,
            Service::Esa => esa,
            Service::Pbx => pbx,
            Service::Huawei => huawei,
            Service::Tencent => tencent,
        };
        format!("http://{address}")
    }

    /// Every request that arrived, in order (of very many, the latest ten thousand).
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.state().seen.iter().cloned().collect()
    }

    /// Makes one more thing go wrong from now on; earlier faults come first.
    pub fn add_fault(&self, fault: Fault) {
        self.shared.state().faults.push(fault);
    }

    /// From now on nothing goes wrong.
    pub fn clear_faults(&self) {
        self.shared.state().faults.clear();
    }

    /// How many access tokens of the PBX are alive: handed out, not expired, not given back.
    pub fn live_tokens(&self) -> usize {
        let now = self.shared.now();
        self.shared.state().pbx.live_tokens(now)
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
