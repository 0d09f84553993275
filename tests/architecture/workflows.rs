//! The workflow files: an action is pinned by its commit, since a tag can be moved to other code.

use std::fs;

use super::source;

/// Every `uses:` of a workflow that names no commit.
pub fn unpinned_actions() -> Vec<String> {
    let folder = source::root().join(".github/workflows");
    let files = fs::read_dir(folder).expect("the workflows");
    let mut found = Vec::new();
    for file in files {
        let path = file.expect("a file").path();
        let text = fs::read_to_string(&path).expect("a text");
        let lines = text.lines().filter(|line| !pinned(line));
        found.extend(lines.map(|line| format!("{}: {}", path.display(), line.trim())));
    }
    found
}

fn pinned(line: &str) -> bool {
    let Some((_, action)) = line.split_once("uses:") else {
        return true;
    };
    let version = action.split_once('@').map_or("", |(_, version)| version);
    let commit = version.split_whitespace().next().unwrap_or_default();
    commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[test]
fn a_tag_is_no_pin() {
    let commit = "3d3c42e5aac5ba805825da76410c181273ba90b1";
    assert!(pinned("run: cargo test"));
    assert!(pinned(&format!("- uses: actions/checkout@{commit} # v7")));
    for line in [
        "- uses: actions/checkout@v4",
        "- uses: ./local",
        "uses: a/b@3d3c42e5",
    ] {
        assert!(!pinned(line), "{line}");
    }
}
