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

mod answers;
mod broken;
mod client;
mod clock;
mod driver;
mod effects;
mod ending;
mod endpoints;
mod fake;
mod hosts;
mod methods;
mod order;
mod pace;
#[path = "../support/mod.rs"]
mod support;
mod tls;
mod wire;
