//! Feeds the target `xml` of `tests/crash/targets`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| certcheck_fuzz::targets::run("xml", input));
