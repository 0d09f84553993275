//! The config file: whatever stands in it is taken or refused, and what is said of it steers no terminal.

use super::output::acts;
use super::world::FakeWorld;

const FILE: &str = "/config.toml";

/// `config check` reads every line of it, and `config show` tells what it means; both agree whether it is right.
pub fn config(input: &[u8]) {
    let (checked, said) = certcheck("check", input);
    let (shown, _) = certcheck("show", input);
    match checked {
        0 => assert_eq!(said, ""),
        _ => assert!(said.starts_with(&format!("error: {FILE}")), "{said:?}"),
    }
    // An id that cannot be right is a mistake that the other checks go on with.
    assert!(
        shown == checked || shown == 0 && said.contains("invalid ID"),
        "{said}"
    );
}

/// Exit code, and what was said beside the result.
fn certcheck(verb: &str, input: &[u8]) -> (u8, String) {
    let output = FakeWorld::default()
        .file(FILE, input)
        .run_args(["config", verb, "--config", FILE]);
    let (code, shown, said) = (output.code, output.stdout, output.stderr);
    let steers = |text: &str| text.split('\n').any(|line| line.contains(acts));
    assert!(!steers(&shown) && !steers(&said), "{shown:?} {said:?}");
    assert_eq!(shown.is_empty(), code != 0, "{shown:?} {said:?}");
    (code, said)
}
