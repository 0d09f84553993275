//! The whole binary against the sandbox: what a user types, what comes out, and with which exit code.

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

mod accounts;
mod bad_input;
mod bad_keys;
mod bad_transport;
mod config;
mod doctor;
mod environment;
mod expected;
mod lifecycle;
mod output;
mod profiles;
mod prompt;
mod record;
mod remote;
mod saved;
mod saved_lists;
mod saved_pages;
mod stops;
#[path = "../support/mod.rs"]
mod support;
mod verbs;
mod verdicts;
