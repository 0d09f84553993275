//! State of a certificate, verdict, report and exit code. Pure: the time of evaluation is a parameter.
//!
//! `facts` is what an adapter read, `timestamp` turns provider texts into moments (`moment`), `evaluate` decides status and
//! verdict (`explain` and `note` say why), `threshold` says when a verdict turns, `duration_text` puts lengths of time into words,
//! `supersede` finds the certificate that took another's place (`names` says when two names are one, `suffixes` where no
//! wildcard may stand), `report` is the whole answer with its exit code, `row_filter` selects the rows.
//! `flag` holds the problems with flags.

pub mod config_origin;
pub mod duration_text;
pub mod evaluate;
mod explain;
pub mod facts;
pub mod flag;
mod moment;
pub mod names;
pub mod note;
pub mod report;
pub mod row_filter;
pub mod status;
mod suffix_hashes;
pub mod suffixes;
pub mod supersede;
pub mod threshold;
pub mod timestamp;

pub use config_origin::Origin;
pub use evaluate::{CertStatus, Policy, judge};
pub use facts::{CertKind, Details, Environment, Facts, Scalar, Unused};
pub use flag::{EndpointProblem, Expected, FlagId, FlagProblem, Spelling};
pub use note::Note;
pub use report::{Failure, Report};
pub use row_filter::{RowFilter, SortOrder};
pub use status::{ProviderState, Status, Verdict};
pub use supersede::Successors;
pub use timestamp::{Basis, DateField, Moment};
