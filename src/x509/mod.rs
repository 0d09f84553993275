//! The one reader of X.509 certificates: out of the texts in which services, tools and people hand them on.
//!
//! Traps: the first certificate of a text need not be the leaf, and a leaf can call itself a CA; bytes may follow a
//! certificate within its block, and are no part of its fingerprint; serials may be negative; names come in encodings of
//! the eighties; an extension that occurs twice says more than either of the two.

mod bundle;
mod certificate;
mod issuance;
mod names;
mod serial;
mod text;

pub use bundle::{Bundle, Doubt, Leaf};
pub use certificate::Certificate;
pub use names::Names;
pub use serial::{Serial, hex_of_text, is_serial};
