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

mod doctor_steps;
mod matrix;
mod provider_run;
#[path = "../support/mod.rs"]
mod support;
