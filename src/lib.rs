//! certcheck asks very different services for the state of a certificate and answers in one form.

pub mod adapters;
pub mod credentials;
pub mod error;
pub mod exchange;
pub mod model;
pub mod render;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod sign;
pub mod world;
