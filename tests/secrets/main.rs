//! Never a leaked secret: nothing that is secret, personal or of no business to the reader is in any output of any
//! command, in whatever form, whatever a service answers and whatever goes wrong.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `canary.rs` | whether a text holds a canary, in any form |
//! | `fields.rs`, `json_values.rs`, `published.rs` | each field of each answer, without the binary |
//! | `sandbox_faults.rs` | every command against everything that the sandbox can do wrong |
//! | `echoed_requests.rs` | services that send back what they heard, in any place of an answer |
//! | `hostile_services.rs` | services that hide a secret where no service would put it |
//! | `temporary_keys.rs` | keys that a service hands out, and what they are handed out for |
//! | `vendor_files.rs` | keys in the files of the vendors' tools; `providers` |
//! | `listed_accounts.rs` | whole accounts, listed |
//! | `misplaced.rs` | secrets in flags, URLs, files, saved answers; help |
//! | `spellings.rs` | the spellings of a secret, and what stays as it is |
//! | `known_secrets.rs` | what is known to be secret, and what stays of our words |
//! | `panics.rs` | a panic whose payload is a secret |

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::exit,
    clippy::print_stderr,
    reason = "in a test a panic is a report"
)]
#![cfg(feature = "sandbox")]

mod canary;
mod echoed_requests;
mod fields;
mod hostile_services;
mod json_values;
mod known_secrets;
mod listed_accounts;
mod misplaced;
mod panics;
mod published;
mod sandbox_faults;
mod spellings;
#[path = "../support/mod.rs"]
mod support;
mod temporary_keys;
mod vendor_files;
