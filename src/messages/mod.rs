//! The sentences for people, one file per language. Everywhere else a note is data.

pub mod en;
