//! Never a leaked secret: nothing that is secret, personal or of no business to the reader is in any output of any
//! command, in whatever form, whatever a service answers and whatever goes wrong.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `appears.rs` | whether a text holds a canary, in any form |
//! | `fields.rs`, `leaves.rs`, `published.rs` | each field of each answer, without the binary |
//! | `faults.rs` | every command against everything that the sandbox can do wrong |
//! | `echo.rs` | services that send back what they heard, in any place of an answer |
//! | `hostile.rs` | services that hide a secret where no service would put it |
//! | `remote.rs` | keys that a service hands out, and what they are handed out for |
//! | `kept.rs` | keys in the files of the vendors' tools; `providers` |
//! | `lists.rs` | whole accounts, listed |
//! | `misplaced.rs` | secrets in flags, URLs, files, saved answers; help |
//! | `spelled.rs` | the spellings of a secret, and what stays as it is |
//! | `told.rs` | what is known to be secret, and what stays of our words |
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

mod appears;
mod echo;
mod faults;
mod fields;
mod hostile;
mod kept;
mod leaves;
mod lists;
mod misplaced;
mod panics;
mod published;
mod remote;
mod spelled;
#[path = "../support/mod.rs"]
mod support;
mod told;
