//! What a run prints: one file a format (the table has its `columns` and what stands `below` it in files of their
//! own), all listed in `format`. `text` makes foreign text safe for people, `escaping` JSON.

mod below;
mod columns;
pub mod doctor;
mod escaping;
pub mod format;
pub mod json;
pub mod providers;
pub mod table;
pub mod text;
