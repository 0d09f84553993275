//! What the tests share: the world of a run in this process, the services of the sandbox, the binary as a process.
//!
//! A test binary takes it in once: `#[path = "../support/mod.rs"] mod support;`.

#![allow(dead_code, reason = "no test binary uses all of it")]
#![allow(clippy::string_slice, reason = "in a test a panic is a report")]

#[cfg(feature = "sandbox")]
pub mod binary;
pub mod certificates;
#[cfg(feature = "sandbox")]
pub mod commands;
pub mod fixtures;
pub mod list_server;
pub mod listener;
pub mod report;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod snapshot;
pub mod utf16;
pub mod world;
