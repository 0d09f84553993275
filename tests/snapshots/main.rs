//! What a person reads, whole: help pages, mistakes, errors, tables. Each text is a file beside this one, so that a
//! review sees every change of a word. `SNAPSHOTS=overwrite cargo test` writes them anew.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is a report"
)]
#![cfg(feature = "sandbox")]

mod help;
mod key_problems;
mod mistakes;
mod providers;
mod reference;
mod sandbox_runs;
mod scene;
#[path = "../support/mod.rs"]
mod support;

#[test]
fn a_difference_shows_the_lines_that_changed_and_the_one_before() {
    use support::snapshot::changes;

    let (old, new) = (["a", "b", "c", "d"], ["a", "x", "c", "d", "e"]);
    assert_eq!(changes(&old, &new), ["  a", "- b", "+ x", "  d", "+ e"]);
    assert!(changes(&old, &old).is_empty());
}
