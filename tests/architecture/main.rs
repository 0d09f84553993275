//! The shape of the house, read from `src`: which room may know which, who owns the outside world, and how large a
//! file may be. `src/lib.rs` draws the same map in words.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is a report"
)]

mod circles;
mod edges;
mod names;
mod owners;
mod source;
mod workflows;

use std::fs;

use source::{Source, sources};

const LONGEST: usize = 400;
/// A test file holds whole scenes.
const LONGEST_TEST: usize = 600;

/// Every complaint of a rule about the real sources.
fn complaints(rule: impl Fn(&Source) -> Vec<String>) -> Vec<String> {
    sources().iter().flat_map(rule).collect()
}

fn none(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn imports_point_one_way() {
    none(complaints(edges::wrong_edges));
}

#[test]
fn no_files_need_each_other() {
    none(circles::surprises(&sources()));
}

#[test]
fn providers_do_not_know_each_other() {
    none(complaints(edges::neighbours));
}

#[test]
fn adapters_know_of_an_exchange_only_what_a_conversation_is() {
    none(complaints(edges::beyond_a_conversation));
}

#[test]
fn the_outside_world_has_owners() {
    none(complaints(owners::trespasses));
}

#[test]
fn only_the_adapters_and_the_sandbox_know_a_provider_by_name() {
    none(complaints(owners::providers_named));
}

#[test]
fn the_sandbox_names_a_service_only_in_its_folder_and_the_registry() {
    none(complaints(owners::services_named));
}

#[test]
fn adapters_make_read_calls_only() {
    none(complaints(owners::calls_that_change));
    none(complaints(owners::methods_that_change));
}

/// An owner that lost its reason to be one is taken off the list.
#[test]
fn every_owner_owns_something() {
    none(owners::idle(&sources()));
}

#[test]
fn type_names_are_unique_in_the_crate() {
    none(names::ambiguous(&sources()));
}

#[test]
fn actions_are_pinned_by_commit() {
    none(workflows::unpinned_actions());
}

#[test]
fn a_file_says_its_purpose_first_and_stays_short() {
    let mut found = Vec::new();
    for place in ["src", "tests", "benches", "fuzz/fuzz_targets"] {
        for path in source::files(place) {
            let text = fs::read_to_string(source::root().join(&path)).expect("a text");
            if !text.starts_with("//!") {
                found.push(format!(
                    "{path}: its first line says nothing of its purpose"
                ));
            }
            let lines = text.lines().count();
            let most = if place == "tests" {
                LONGEST_TEST
            } else {
                LONGEST
            };
            if lines > most {
                found.push(format!("{path}: {lines} lines, more than {most}"));
            }
        }
    }
    none(found);
}
