//! The config file as plans: `schema` says which keys there are, `locate` finds the file, `tables` reads each value,
//! `resolve` makes the plans, `select` chooses among them, `explain` shows them, `file_safety` says what a file may hold
//! while others can read or change it.

pub mod config_file;
pub mod explain;
mod file_safety;
pub mod locate;
pub mod resolve;
mod schema;
pub mod select;
mod tables;
