//! Panic hook: prints a fixed text and the source location. The payload of a panic can hold anything, even a secret.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

use crate::model::Verdict;

/// Returns the exit code of `run`. From now on a panic prints only its source location; here it exits as `unknown`.
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
