//! Lists of what accounts hold: the arithmetic of pages, each provider's list read by its adapter, and whole commands
//! against the sandbox's estates.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "in a test a panic is a report"
)]

mod answers;
mod chosen;
mod clocks;
mod estate;
mod formats;
#[allow(dead_code, reason = "other tests use more of it")]
#[path = "../cli/harness.rs"]
mod harness;
mod hostile;
mod limits;
#[allow(dead_code, reason = "other tests use more of it")]
#[path = "../cli/listener.rs"]
mod listener;
mod pages;
mod plans;
mod rows;
mod scene;
mod server;
mod services;
mod sites;
mod turns;
