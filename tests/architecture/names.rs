//! The names of types: one name stands for one thing, so that a search for it leads to one place.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, sources};

/// Names that several modules may use, each for a reason.
const SHARED: [&str; 1] = [
    // One definition per operating system; only one of them is compiled.
    "Incoming",
];

/// Every struct, enum, trait and type alias of a file, by name; associated types are indented and left out.
fn declared(source: &Source) -> Vec<&str> {
    let declaration = |line: &'_ str| -> Option<usize> {
        let visible = match line.strip_prefix("pub") {
            Some(rest) => rest.trim_start_matches(|c| c != ' ').trim_start(),
            None => line,
        };
        let keywords = ["struct ", "enum ", "trait ", "type "];
        let name = keywords
            .iter()
            .find_map(|word| visible.strip_prefix(word))?;
        Some(line.len() - name.len())
    };
    let lines = source.code.lines();
    let names = lines.filter_map(|line| line.get(declaration(line)?..));
    names
        .map(|name| {
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_');
            &name[..end.unwrap_or(name.len())]
        })
        .collect()
}

/// The names that are declared more than once, with their files.
fn repeated(sources: &[Source]) -> BTreeMap<&str, Vec<&str>> {
    let mut files: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for source in sources {
        for name in declared(source) {
            files.entry(name).or_default().push(&source.path);
        }
    }
    files.retain(|_, files| files.len() > 1);
    files
}

/// Names that stand for several things and are not on a list.
pub fn ambiguous(sources: &[Source]) -> Vec<String> {
    let repeated = repeated(sources).into_iter();
    repeated
        .filter(|(name, _)| !SHARED.contains(name))
        .map(|(name, files)| format!("{name} stands for several things: {}", files.join(", ")))
        .collect()
}

/// Names on a list that stand for one thing by now, or for none.
pub fn unused_exceptions(sources: &[Source]) -> Vec<String> {
    let repeated: BTreeSet<&str> = repeated(sources).into_keys().collect();
    SHARED
        .iter()
        .filter(|name| !repeated.contains(*name))
        .map(|name| format!("{name} stands for one thing: remove it from the list"))
        .collect()
}

#[test]
fn the_rule_can_fail() {
    let found = |first, second| {
        let sources = [
            Source::new("model/facts.rs", first),
            Source::new("render/json.rs", second),
        ];
        ambiguous(&sources).len()
    };
    assert_eq!(found("pub struct Lamp;", "pub(super) enum Lamp {}"), 1);
    assert_eq!(found("struct Lamp<T>(T);", "type Lamp = u8;"), 1);
    assert_eq!(found("pub trait Lamp {}", "struct Lamps;"), 0);
    assert_eq!(found("struct Lamp;", "impl X {\n    type Lamp = u8;\n}"), 0);
    assert_eq!(found("struct Lamp;", "// struct Lamp;"), 0);
    assert_eq!(unused_exceptions(&[]).len(), SHARED.len());
}

/// Every exception has a reason still, and there are sources to look at.
#[test]
fn every_exception_is_used() {
    let sources = sources();
    assert!(sources.iter().any(|source| !declared(source).is_empty()));
    assert_eq!(unused_exceptions(&sources), Vec::<String>::new());
}
