//! The five services on loopback.
