//! Compares texts with files under `tests/snapshots`, or writes these anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Fails with the differences unless the file of that name holds exactly that text.
pub fn same(name: &str, text: &str) {
    let wrong = difference(name, text);
    assert!(wrong.is_none(), "{}", wrong.unwrap_or_default());
}

/// The same for a folder that holds these files and no other.
pub fn same_folder(folder: &str, texts: &[(String, String)]) {
    let file = |name: &str| format!("{name}.txt");
    let wrong = texts
        .iter()
        .filter_map(|(name, text)| difference(&format!("{folder}/{}", file(name)), text));
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let entries = std::fs::read_dir(place(folder))
        .expect("a folder")
        .flatten();
    let found: BTreeSet<_> = entries
        .map(|entry| entry.file_name().into_string())
        .collect();
    let wanted: BTreeSet<_> = texts.iter().map(|(name, _)| Ok(file(name))).collect();
    assert_eq!(found, wanted, "in tests/snapshots/{folder}");
}

fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/snapshots")
        .join(name)
}

fn difference(name: &str, text: &str) -> Option<String> {
    let path = place(name);
    if std::env::var("SNAPSHOTS").is_ok_and(|word| word == "overwrite") {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        std::fs::write(&path, text).expect("it can be written");
        return None;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    (kept != text).then(|| {
        let (kept, text) = (kept.lines().collect::<Vec<_>>(), text.lines().collect::<Vec<_>>());
        format!(
            "tests/snapshots/{name} differs (- as kept, + as it is now):\n{}\n\
             If that is what a person should read: SNAPSHOTS=overwrite cargo test, then review with git diff.",
            changes(&kept, &text).join("\n")
        )
    })
}

/// The lines that only one side has, each stretch with the line before it. By the longest common subsequence.
pub fn changes(old: &[&str], new: &[&str]) -> Vec<String> {
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut last, mut lines) = (0, 0, None, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            last = Some(format!("  {}", old[i]));
            (i, j) = (i + 1, j + 1);
            continue;
        }
        lines.extend(last.take());
        if j == new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            lines.push(format!("- {}", old[i]));
            i += 1;
        } else {
            lines.push(format!("+ {}", new[j]));
            j += 1;
        }
    }
    lines
}
