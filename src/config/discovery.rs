//! Discovery: the search for the config file.

use std::path::{Path, PathBuf};

/// The variable that names a file.
pub const VARIABLE: &str = "CERTCHECK_CONFIG";

/// Last candidate.
const SYSTEM: &str = "/etc/certcheck/config.toml";

/// A path that may have the config file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its path.
    pub path: PathBuf,
    /// Named by a flag or a variable: then it must exist.
    pub named: bool,
}

/// The places in the order of the search; one that was named is the only one. The current folder is never among them:
/// who unpacks an archive there would let a stranger say which program is run.
pub fn candidates(flag: Option<&str>, variable: impl Fn(&str) -> Option<String>) -> Vec<Candidate> {
    let said = |name: &str| variable(name).filter(|text| !text.trim().is_empty());
    if let Some(path) = flag.map(str::to_owned).or_else(|| said(VARIABLE)) {
        return vec![Candidate {
            path: PathBuf::from(path),
            named: true,
        }];
    }
    // XDG Base Directory Specification 0.8: a relative path there is to be ignored. So is a relative home, which would be
    // the current folder's.
    let folder = |name: &str| {
        let path = said(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let home = || folder("HOME").or_else(|| folder("USERPROFILE"));
    let own = folder("XDG_CONFIG_HOME").or_else(|| Some(home()?.join(".config")));
    let own = own.map(|folder| folder.join("certcheck").join("config.toml"));
    let shared = PathBuf::from(SYSTEM);
    own.into_iter()
        .chain([shared])
        .map(|path| Candidate { path, named: false })
        .collect()
}

/// A path as the file at `file` writes it: `~/` is the user's own folder, and a relative one begins at the file's.
pub fn resolved(text: &str, file: &Path, home: Option<&str>) -> PathBuf {
    match (text.strip_prefix("~/"), home) {
        (Some(below), Some(home)) if Path::new(home).is_absolute() => Path::new(home).join(below),
        _ => file.parent().unwrap_or(Path::new("")).join(text),
    }
}
