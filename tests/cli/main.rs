//! The whole binary against the sandbox: what a user types, what comes out, and with which exit code.
#![cfg(feature = "sandbox")]

mod bad_input;
mod bad_keys;
mod bad_transport;
mod expected;
mod harness;
mod lifecycle;
mod listener;
mod output;
mod questions;
mod record;
mod saved;
mod stops;
mod verbs;
mod verdicts;
