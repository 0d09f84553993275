//! The sources as the rules see them: without comments and tests, texts kept apart, paths written out in full.

use std::fs;
use std::path::{Path, PathBuf};

/// One file of `src`.
pub struct Source {
    /// From `src` on: `adapters/tencent/read.rs`.
    pub path: String,
    /// Its code, without comments, the contents of texts, and test modules.
    pub code: String,
    /// The texts in its code.
    pub texts: Vec<String>,
}

impl Source {
    /// Reads a text as the file at that path.
    pub fn new(path: &str, text: &str) -> Source {
        let (code, texts) = split(before_tests(text));
        Source {
            path: path.to_owned(),
            code,
            texts,
        }
    }

    /// The room: the first folder or file below `src`.
    pub fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// Where its module stands: `adapters`, `tencent`, `read`.
    pub fn module(&self) -> Vec<String> {
        let path = self.path.strip_suffix(".rs").unwrap_or(&self.path);
        let parts = path.split('/').map(str::to_owned);
        parts
            .filter(|part| !["mod", "lib", "main"].contains(&part.as_str()))
            .collect()
    }

    /// Every path of this crate that the code names, from the crate's root on.
    pub fn paths(&self) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        for start in ["crate::", "super::", "certcheck::"] {
            for (place, _) in self.code.match_indices(start) {
                let before = self.code[..place].chars().next_back();
                if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                    continue;
                }
                expand(&self.code[place..], Vec::new(), &mut found);
            }
        }
        found.iter().map(|path| self.absolute(path)).collect()
    }

    fn absolute(&self, path: &[String]) -> Vec<String> {
        let mut full = match path.first().map(String::as_str) {
            Some("super") => self.module(),
            _ => Vec::new(),
        };
        for part in path {
            match part.as_str() {
                "crate" | "certcheck" => full.clear(),
                "super" => drop(full.pop()),
                other => full.push(other.to_owned()),
            }
        }
        full
    }
}

/// Writes `a::{b, c::d}` as `a::b` and `a::c::d`; returns what follows.
fn expand<'a>(mut text: &'a str, mut path: Vec<String>, found: &mut Vec<Vec<String>>) -> &'a str {
    loop {
        let end = text
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(text.len());
        if end > 0 {
            path.push(text[..end].to_owned());
        }
        text = &text[end..];
        let Some(after) = text.strip_prefix("::") else {
            found.push(path);
            return text;
        };
        let Some(mut group) = after.strip_prefix('{') else {
            text = after;
            continue;
        };
        loop {
            group = expand(group.trim_start(), path.clone(), found);
            // Past `as other`, to the next name of the group.
            let stop = group.find([',', '}']).unwrap_or(group.len());
            match group[stop..].strip_prefix(',').map(str::trim_start) {
                Some(rest) if !rest.starts_with('}') => group = rest,
                Some(rest) => return &rest[1..],
                None => return group.get(stop + 1..).unwrap_or_default(),
            }
        }
    }
}

/// By the house's habit the tests of a file stand at its end.
fn before_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod ").next().unwrap_or(text)
}

/// Parts code from texts, and leaves comments out.
fn split(text: &str) -> (String, Vec<String>) {
    let mut code = String::new();
    let mut texts = Vec::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let taken = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(end) = rest.strip_prefix("r#\"").and_then(|raw| raw.find("\"#")) {
            texts.push(rest[3..3 + end].to_owned());
            code.push_str("\"\"");
            end + 5
        } else if next == '"' {
            let end = closing(rest);
            texts.push(rest[1..end].to_owned());
            code.push_str("\"\"");
            end + 1
        } else if let Some(length) = character(rest) {
            code.push_str("' '");
            length
        } else {
            code.push(next);
            next.len_utf8()
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    (code, texts)
}

/// Where the text that begins here ends.
fn closing(text: &str) -> usize {
    let mut escaped = false;
    for (place, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return place,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// The length of the character literal that begins here; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('\'')?;
    if let Some(escape) = inner.strip_prefix('\\') {
        let first = escape.chars().next()?.len_utf8();
        return escape.get(first..)?.find('\'').map(|end| 3 + first + end);
    }
    let first = inner.chars().next()?.len_utf8();
    inner.get(first..)?.starts_with('\'').then_some(2 + first)
}

/// The project's folder.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust files below a folder of the project, in order. A folder that is not there has none.
pub fn files(folder: &str) -> Vec<String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found.sort();
    let below = |path: PathBuf| {
        let path = path.strip_prefix(root()).expect("a path of the project");
        path.to_str().expect("a text").replace('\\', "/")
    };
    found.into_iter().map(below).collect()
}

/// All of `src`.
pub fn sources() -> Vec<Source> {
    let read = |path: String| {
        let text = fs::read_to_string(root().join(&path)).expect("a text");
        Source::new(path.trim_start_matches("src/"), &text)
    };
    let found: Vec<Source> = files("src").into_iter().map(read).collect();
    assert!(found.len() > 50, "only {} files", found.len());
    found
}

#[test]
fn groups_and_parents_are_written_out() {
    let source = Source::new(
        "adapters/tencent/read.rs",
        "use crate::{model::{Facts, timestamp as when,}, error::Error};\nuse super::super::fields;\n\
         // crate::cli::no\nlet a = \"crate::cli::neither\"; let b = '\"'; fn f<'a>(x: super::answer::X) {}\n\
         #[cfg(test)]\nmod tests { use crate::world::World; }",
    );
    let found: Vec<String> = source.paths().iter().map(|path| path.join(" ")).collect();
    let expected = [
        "model Facts",
        "model timestamp",
        "error Error",
        "adapters fields",
        "adapters tencent answer X",
    ];
    assert_eq!(found, expected);
    assert_eq!(source.texts, ["crate::cli::neither"]);
}
