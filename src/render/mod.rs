//! What a run prints: one file a format. `text` makes foreign text safe for people.

mod escaping;
pub mod json;
pub mod table;
pub mod text;
