//! What every adapter owes: each saved answer under `fixtures/` is read as its `index.json` says, over the
//! conversation and as a saved answer. The registry is walked, so a new adapter cannot be left out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is a report"
)]

mod answers;
mod damage;
mod damage_exceptions;
mod envelopes;
mod error_codes;
mod error_with_record;
mod esa_certificates;
mod hints;
mod key_service;
mod leaf_certificate;
mod many_names;
mod messages;
mod metadata;
mod mutations;
mod pbx_calls;
mod pem;
mod push;
mod record_certificate;
mod required_cases;
mod sts;
#[path = "../support/mod.rs"]
mod support;
mod traps_alibaba;
mod traps_huawei;
mod traps_huawei_requests;
mod traps_pbx;
mod traps_tencent;
mod two_facts;
mod validity;
mod x509;
mod xml_errors;
