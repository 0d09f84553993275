//! JSON as providers really send it: doubled keys, padded keys and values, numbers as strings, nulls everywhere.
//!
//! Strict on structure, tolerant on scalars. Absent, null, empty and contradictory stay apart. No error text
//! carries a piece of the body: a malformed body holds secrets too.

mod deserialize;
mod parse;
mod stream;
mod value;
pub mod xml;

pub use parse::parse;
pub use stream::{Answers, stream};
pub use value::{Field, Json, Object};
