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
mod config_commands;
mod demo_and_streams;
mod doctor;
mod environment;
mod error_record;
mod output;
mod pbx_token;
mod profiles;
mod prompt;
mod published_record;
mod saved_answers;
mod saved_lists;
mod saved_pages;
#[path = "../support/mod.rs"]
mod support;
mod temporary_keys;
mod usage_errors;
mod verdicts;
