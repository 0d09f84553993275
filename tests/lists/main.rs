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

mod adapter_lists;
mod answers;
mod complete_lists;
mod formats;
mod judging_clock;
mod limits;
mod pagination;
mod pagination_turns;
mod rows;
mod sandbox_accounts;
mod selection;
mod sequences;
mod server_plans;
mod sites;
#[path = "../support/mod.rs"]
mod support;
mod tencent_service;
mod tokens;
