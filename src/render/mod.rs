//! What a run prints: one file a format (the table has its `columns` and what stands `below` it in files of their
//! own). `text` makes foreign text safe for people, `escaping` JSON.

mod below;
mod columns;
pub mod doctor;
mod escaping;
pub mod json;
pub mod providers;
pub mod table;
pub mod text;
