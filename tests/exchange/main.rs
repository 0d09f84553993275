//! The exchange layer: the driver against a scripted transport in paused time, and the HTTP client against
//! loopback sockets read by hand.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is a report"
)]

mod account_order;
mod answers;
mod client;
mod clock_correction;
mod driver;
mod driver_end;
mod effects;
mod endpoints;
mod fake_transport;
mod host_header;
mod http_errors;
mod methods;
mod rate_limit;
#[path = "../support/mod.rs"]
mod support;
mod tls;
mod wire;
