//! The binary: outside world in, exit code out.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::process::ExitCode;

use certcheck::world::World;

fn main() -> ExitCode {
    set_hook(Box::new(|panic| {
        // The payload can hold anything, a secret included: only the place is told.
        let place = panic
            .location()
            .map(|at| format!("{}:{}", at.file(), at.line()))
            .unwrap_or_default();
        let _ = writeln!(
            std::io::stderr(),
            "certcheck: internal error at {place}; please report this place"
        );
    }));
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        certcheck::run(std::env::args_os(), &mut World::real())
    }));
    ExitCode::from(outcome.unwrap_or(3))
}
