//! What a person reads, whole: help pages, mistakes, errors, tables. Each text is a file beside this one, so that a
//! review sees every change of a word. `SNAPSHOTS=overwrite cargo test` writes them anew.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is a report"
)]
#![cfg(feature = "sandbox")]

mod compare;
mod help;
mod keys;
mod mistakes;
mod providers;
mod scenes;
mod stage;
mod stream;
