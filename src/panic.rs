//! What a panic may say: a fixed text and a place. Its payload can hold anything, a secret included.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

use crate::model::Verdict;

/// Runs something to its exit code; a panic in it, from now on, is told by its place alone and is `unknown`.
pub fn guarded(run: impl FnOnce() -> u8) -> u8 {
    set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(|at| format!("{}:{}", at.file(), at.line()))
            .unwrap_or_default();
        // Nobody is left to tell when stderr is gone.
        let _ = writeln!(
            std::io::stderr(),
            "certcheck: internal error at {place}; please report this place"
        );
    }));
    catch_unwind(AssertUnwindSafe(run)).unwrap_or(Verdict::Unknown.exit_code())
}
