//! Every provider meets every fault: the kind of the error, how many requests came, and that no other id is lost.
//! What comes out is the table in `docs/faults.md`; `SNAPSHOTS=overwrite cargo test` writes it anew. And what
//! `certcheck doctor` says of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "in a test a panic is a report"
)]
#![cfg(all(target_os = "linux", feature = "sandbox"))]

#[allow(dead_code, reason = "its other half is for the exchange's tests")]
#[path = "../exchange/certificates.rs"]
mod certificates;
mod doctor;
#[allow(
    dead_code,
    reason = "its other half is for the tests that start the binary"
)]
#[path = "../cli/harness.rs"]
mod harness;
#[allow(dead_code, reason = "its other half is for the exchange's tests")]
#[path = "../exchange/listener.rs"]
mod listener;
mod matrix;
mod run;
