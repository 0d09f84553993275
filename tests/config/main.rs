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

mod blame;
mod config_file;
mod discovery;
mod files;
mod helpers;
mod keys;
mod layers;
mod leaks;
mod mistakes;
mod places;
mod programs;
mod proxies;
mod real;
mod refused;
mod runs;
mod silence;
#[path = "../support/mod.rs"]
mod support;
