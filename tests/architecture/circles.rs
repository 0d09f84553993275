//! No two files need each other: who reads one file need not read the other first.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Source;

/// Files that still need each other. Each line goes when its circle is cut.
const KNOWN: &[&[&str]] = &[
    &[
        "adapters/alibaba/credential_sources.rs",
        "adapters/alibaba/profiles.rs",
    ],
    &["adapters/list_limits.rs", "adapters/listing.rs"],
    &[
        "adapters/pbx/list.rs",
        "adapters/pbx/read.rs",
        "adapters/pbx/session.rs",
    ],
    &[
        "adapters/tencent/credential_sources.rs",
        "adapters/tencent/tccli.rs",
    ],
    &["exchange/effect.rs", "exchange/flow.rs"],
    &["model/facts.rs", "model/note.rs"],
    &[
        "sandbox/context.rs",
        "sandbox/faults.rs",
        "sandbox/services/mod.rs",
    ],
];

/// For each file the files that it names.
fn imports(sources: &[Source]) -> BTreeMap<String, BTreeSet<String>> {
    let modules: BTreeMap<Vec<String>, &str> = sources
        .iter()
        .map(|source| (source.module(), source.path.as_str()))
        .collect();
    let file = |path: &[String]| {
        let lengths = (1..=path.len()).rev();
        lengths
            .filter_map(|length| modules.get(&path[..length]))
            .next()
    };
    let named = |source: &Source| {
        let paths = source.paths();
        let files = paths.iter().filter_map(|path| file(path));
        let others = files.filter(|other| **other != source.path);
        others.map(|other| (*other).to_owned()).collect()
    };
    sources
        .iter()
        .map(|source| (source.path.clone(), named(source)))
        .collect()
}

/// Every file that a file needs, directly or not.
fn reach(imports: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
    let (mut found, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
    while let Some(next) = open.pop() {
        for other in imports.get(&next).into_iter().flatten() {
            if found.insert(other.clone()) {
                open.push(other.clone());
            }
        }
    }
    found
}

/// The files of each circle, in order.
pub fn circles(sources: &[Source]) -> BTreeSet<Vec<String>> {
    let imports = imports(sources);
    let reaches: BTreeMap<&str, BTreeSet<String>> = imports
        .keys()
        .map(|file| (file.as_str(), reach(&imports, file)))
        .collect();
    let circle = |file: &str| {
        let back = |other: &&String| reaches[other.as_str()].contains(file);
        reaches[file]
            .iter()
            .filter(back)
            .cloned()
            .collect::<Vec<_>>()
    };
    let all = reaches.keys().map(|file| circle(file));
    all.filter(|circle| !circle.is_empty()).collect()
}

/// Circles that are not known, and known ones that are gone.
pub fn surprises(sources: &[Source]) -> Vec<String> {
    let known: BTreeSet<Vec<String>> = KNOWN
        .iter()
        .map(|circle| circle.iter().map(|file| (*file).to_owned()).collect())
        .collect();
    let found = circles(sources);
    let new = found.difference(&known);
    let gone = known.difference(&found);
    let new = new.map(|circle| format!("need each other: {}", circle.join(", ")));
    let gone = gone.map(|circle| format!("no circle any more: {}", circle.join(", ")));
    new.chain(gone).collect()
}

#[test]
fn the_rule_can_fail() {
    let source = |path: &str, text: &str| Source::new(path, text);
    let apart = [
        source("model/a.rs", "use super::b::B; pub struct A;"),
        source("model/b.rs", "pub struct B;"),
    ];
    assert!(circles(&apart).is_empty());
    let round = [
        source("model/a.rs", "use super::b::B; pub struct A;"),
        source("model/b.rs", "use crate::model::c::C; pub struct B;"),
        source("model/c.rs", "use super::{a::A}; pub struct C;"),
        source("model/d.rs", "use super::a::A;"),
    ];
    let expected = ["model/a.rs", "model/b.rs", "model/c.rs"].map(str::to_owned);
    assert_eq!(circles(&round), BTreeSet::from([expected.to_vec()]));
}
