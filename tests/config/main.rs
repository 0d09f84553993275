//! The configuration file: what may stand in it, what a mistake in it is called and where it is, what it comes to, and
//! whose keys are used for it. Nothing of this machine is seen; what is asked for answers on loopback.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is a report"
)]
#![cfg(all(unix, feature = "sandbox"))]

mod check_runs;
mod config_file;
mod credentials;
mod discovery;
mod endpoint_precedence;
mod helper_commands;
mod helper_file_system;
mod key_files;
mod mistake_positions;
mod mistakes;
mod precedence;
mod proxies;
mod real_world;
mod redaction;
mod redaction_properties;
mod refused_keys;
#[path = "../support/mod.rs"]
mod support;
