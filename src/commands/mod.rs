//! One file per verb. Each returns its exit code, or the error that `cli` reports.

pub mod check;
pub mod config;
#[cfg(feature = "sandbox")]
pub mod demo;
pub mod doctor;
pub mod provider;
pub mod providers;
#[cfg(feature = "sandbox")]
pub mod sandbox;
