//! Output formats: one file per format (`table/` is a folder with its `columns` and `notes`), all listed in `format`.
//! `text` escapes text from outside for a terminal, `escaping` does so for JSON.

pub mod doctor;
mod escaping;
pub mod format;
pub mod json;
pub mod providers;
pub mod style;
pub mod table;
pub mod text;
