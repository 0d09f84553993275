//! What has gone wrong once, and every saved answer there is, through the target it belongs to.

use crate::input::{files, fixtures};
use crate::targets::{READERS, TARGETS, run};

/// `fixtures/crash/<target>/`: inputs that fuzzers have found.
#[test]
fn what_was_found_once_stays_mended() {
    let mut replayed = 0;
    for (name, target) in TARGETS {
        for path in files(&fixtures().join("crash").join(name)) {
            let input = std::fs::read(&path).expect("a file");
            eprintln!("{}", path.display());
            target(&input);
            replayed += 1;
        }
    }
    let all = files(&fixtures().join("crash")).len();
    assert!(
        replayed == all && all > 0,
        "{replayed} of {all} belong to a target"
    );
}

#[test]
fn saved_answers_keep_every_promise_of_their_reader() {
    let mut replayed = 0;
    for reader in &READERS {
        for path in files(&fixtures().join(reader.provider)) {
            let input = std::fs::read(&path).expect("a file");
            eprintln!("{}", path.display());
            run(reader.provider, &input);
            run("lenient", &input);
            replayed += 1;
        }
    }
    assert!(replayed > 400, "only {replayed} fixtures were found");
}
