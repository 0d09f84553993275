//! Providers that exist only here, each with something that those of the registry do not have: one reads a file, one
//! makes a TLS handshake, one has pages by token in two regions. They run through the library's own front door.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is a report"
)]

mod file;
mod handshake;
mod regions;
mod run;
#[path = "../support/mod.rs"]
mod support;
