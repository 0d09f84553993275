//! Conversations over HTTP: `flow` says what a conversation is, `driver` holds it, `attempt` is the outcome of one try,
//! `account` remembers what a provider thinks of a key and of our clock, `lane` how fast it may be asked, `http` alone
//! names the HTTP client, `trust` says whom TLS trusts, `tls` what is wrong with a host's certificate, `endpoint` where it
//! goes, `reach` whether it can be reached at all, `trace` what the log may show.

pub mod account;
mod attempt;
pub mod driver;
pub mod endpoint;
pub mod flow;
pub mod http;
mod lane;
pub mod reach;
mod tls;
pub mod trace;
pub mod trust;

pub use account::{Account, AnswerClock, KeyStanding, Offsets};
pub use driver::{Driver, Limits, Stop};
pub use endpoint::Endpoint;
pub use flow::{Flow, Once, Progress, Request, Response, Stamp, Step, Transport};
pub use lane::Pace;
pub use tls::Presented;
pub use trace::Trace;
