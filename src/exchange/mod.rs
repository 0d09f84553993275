//! Flows and the driver that runs them: `flow` defines a flow and its steps, `effect` what a step may want, `driver` runs it,
//! `attempt` is the outcome of one try, `account_state` what is known of a key and of the service's clock, `rate_limit`
//! the rate limit. Effects: `perform` performs them and reads files, `http` is the only user of the HTTP client,
//! `handshake` makes a TLS handshake. `tls_verifier` is the trust of HTTPS, `tls_error` explains TLS errors, `endpoint` is where a request goes,
//! `connectivity` name and route of a host, `trace` what the log may show.

pub mod account_state;
mod attempt;
pub mod connectivity;
pub mod driver;
pub mod effect;
pub mod endpoint;
pub mod flow;
mod handshake;
pub mod http;
mod perform;
mod rate_limit;
mod tls_error;
pub mod tls_verifier;
pub mod trace;

pub use account_state::{AccountState, AnswerClock, ClockOffsets, KeyProof, KeyStanding};
pub use driver::{Driver, Limits, Stop};
pub use effect::{Effect, EffectResult, HandshakeOptions, KeySignature, TlsPeer};
pub use endpoint::Endpoint;
pub use flow::{Flow, FlowProgress, Once, Request, Response, Stamp, Step, Transport};
pub use perform::OpenFile;
pub use rate_limit::RateLimit;
pub use tls_error::PeerCertificate;
pub use trace::Trace;
