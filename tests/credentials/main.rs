//! Where keys are found: every place of every provider, with files of the shape that the vendors' tools write. No
//! binary is started, and nothing of this machine is seen.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "in a test a panic is a report"
)]

mod alibaba;
mod huawei;
mod machine;
mod order;
mod pbx;
#[path = "../support/mod.rs"]
mod support;
mod tencent;
mod variables;
