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
mod certificates;
mod clock;
mod driver;
mod effects;
mod ending;
mod endpoints;
mod fake;
mod hosts;
mod listener;
mod methods;
mod order;
mod pace;
mod tls;
mod wire;
