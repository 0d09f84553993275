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
mod hostile;
mod limits;
mod pages;
mod plans;
mod rows;
mod scene;
mod services;
mod sites;
#[path = "../support/mod.rs"]
mod support;
mod turns;
