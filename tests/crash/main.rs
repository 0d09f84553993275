//! Never a crash: no bytes whatever make a reader, a renderer or the whole command panic, overflow or run on.
//!
//! `targets` is what is fed, by these tests and by the fuzzers under `fuzz/`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is a report"
)]

mod input;
mod large;
mod properties;
mod regressions;
mod targets;
