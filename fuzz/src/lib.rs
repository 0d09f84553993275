//! The targets of the fuzzers are those of the test suite, so that what one finds the other keeps.

#[path = "../../tests/crash/targets/mod.rs"]
pub mod targets;
