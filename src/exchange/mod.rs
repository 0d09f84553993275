//! Conversations over HTTP: `flow` says what a conversation is, `driver` holds it, `attempt` is the outcome of one try,
//! `account_state` remembers what a provider thinks of a key and of our clock, `rate_limit` how fast it may be asked, `http` alone
//! names the HTTP client, `tls_verifier` says whom TLS trusts, `tls_error` what is wrong with a host's certificate, `endpoint` where it
//! goes, `connectivity` whether it can be reached at all, `trace` what the log may show.

pub mod account_state;
mod attempt;
pub mod connectivity;
pub mod driver;
pub mod endpoint;
pub mod flow;
pub mod http;
mod rate_limit;
mod tls_error;
pub mod tls_verifier;
pub mod trace;

pub use account_state::{Account, AnswerClock, KeyStanding, Offsets};
pub use driver::{Driver, Limits, Stop};
pub use endpoint::Endpoint;
pub use flow::{Flow, Once, Progress, Request, Response, Stamp, Step, Transport};
pub use rate_limit::Pace;
pub use tls_error::PeerCertificate;
pub use trace::Trace;
