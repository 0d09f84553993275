//! The config file: whatever stands in it is taken or refused, and what is said of it steers no terminal.

#[path = "../../snapshots/stream.rs"]
mod kept;

use std::io::{self, Cursor};

use certcheck::world::World;

use super::output::acts;
use kept::Stream;

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
    let (input, stdout, stderr) = (input.to_vec(), Stream::default(), Stream::default());
    let mut world = World {
        variables: [("LC_ALL".to_owned(), "C.UTF-8".to_owned())].into(),
        read_file: Box::new(move |path, _| match path.to_str() {
            Some(FILE) => Ok(Box::new(Cursor::new(input.clone()))),
            _ => Err(io::ErrorKind::NotFound.into()),
        }),
        stdout: Box::new(stdout.clone()),
        stderr: Box::new(stderr.clone()),
        ..World::nowhere()
    };
    let words = ["certcheck", "config", verb, "--config", FILE];
    let code = certcheck::run(words.map(Into::into), &mut world);
    let (shown, said) = (stdout.text(), stderr.text());
    let steers = |text: &str| text.split('\n').any(|line| line.contains(acts));
    assert!(!steers(&shown) && !steers(&said), "{shown:?} {said:?}");
    assert_eq!(shown.is_empty(), code != 0, "{shown:?} {said:?}");
    (code, said)
}
