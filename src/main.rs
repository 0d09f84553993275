//! The binary: outside world in, exit code out.
fn main() {}
