//! What a certificate's state is, and what follows from it. Pure: one moment comes in as a value.
//!
//! `facts` is what an adapter read, `instant` turns provider texts into moments (`moment`), `judge` decides status and
//! verdict (`explain` and `note` say why), `threshold` says when a verdict turns, `span` puts lengths of time into words,
//! `successors` finds the certificate that took another's place (`names` says when two names are one, `suffixes` where no
//! wildcard may stand), `report` is the whole answer with its exit code, `view` what of it is shown.

mod explain;
pub mod facts;
pub mod instant;
pub mod judge;
mod moment;
pub mod names;
pub mod note;
pub mod origin;
pub mod report;
pub mod span;
pub mod status;
pub mod successors;
mod suffix_hashes;
pub mod suffixes;
pub mod threshold;
pub mod view;

pub use facts::{CertKind, Environment, Facts, Scalar, Unused};
pub use instant::{Basis, Moment, Reading};
pub use judge::{CertStatus, Policy, judge};
pub use note::Note;
pub use origin::Origin;
pub use report::{Failure, Report};
pub use status::{Status, Verdict, Word};
pub use successors::Successors;
pub use view::{Sort, View};
