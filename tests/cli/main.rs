//! The whole binary against the sandbox: what a user types, what comes out, and with which exit code.
#![cfg(feature = "sandbox")]

mod bad_input;
mod bad_keys;
mod expected;
mod harness;
