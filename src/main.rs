//! The binary: outside world in, exit code out.

use std::process::ExitCode;

use certcheck::world::{World, leave_no_core_file};

fn main() -> ExitCode {
    ExitCode::from(certcheck::guarded(|| {
        leave_no_core_file();
        certcheck::run(std::env::args_os(), &mut World::real())
    }))
}
