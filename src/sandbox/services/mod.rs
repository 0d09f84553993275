//! The services of the sandbox: one folder each, and what several of them share.

pub(super) mod alibaba;
pub(super) mod esa;
pub(super) mod huawei;
pub(super) mod instance_metadata;
pub(super) mod mpush;
pub(super) mod pbx;
pub(super) mod tencent;
