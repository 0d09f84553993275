//! certcheck asks very different services for the state of a certificate and answers in one form.

#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod sign;
