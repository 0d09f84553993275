//! Files beyond reading: who can read or change one, and how a new one is written.

use std::io;
use std::path::{Path, PathBuf};

use crate::credentials::Exposure;

/// Who can change a file, or what lies in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Custody {
    /// Its path, without symbolic links.
    pub path: PathBuf,
    /// Whether it belongs to the user or to the system's administrator.
    pub trusted: bool,
    /// Whether its group or others may write to it. In a folder with the sticky bit they change nothing of others.
    pub open: bool,
}

/// Tells who can change a file, and its folder.
pub type ReadCustody = dyn Fn(&Path) -> io::Result<Vec<Custody>>;

/// Writes a new file.
pub type CreateFile = dyn Fn(&Path, &[u8]) -> io::Result<()>;

/// A file and its folder.
#[cfg(unix)]
pub(super) fn custody(path: &Path) -> io::Result<Vec<Custody>> {
    use std::os::unix::fs::MetadataExt as _;

    let user = rustix::process::geteuid().as_raw();
    let real = std::fs::canonicalize(path)?;
    let of = |path: &Path| {
        let facts = std::fs::metadata(path)?;
        let sticky = facts.is_dir() && facts.mode() & 0o1000 != 0;
        Ok(Custody {
            path: path.to_owned(),
            trusted: [user, 0].contains(&facts.uid()),
            open: facts.mode() & 0o022 != 0 && !sticky,
        })
    };
    [Some(real.as_path()), real.parent()]
        .into_iter()
        .flatten()
        .map(of)
        .collect()
}

/// Nothing here tells who can change a file.
#[cfg(not(unix))]
pub(super) fn custody(_: &Path) -> io::Result<Vec<Custody>> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A file that cannot be looked at will say so when it is read.
#[cfg(unix)]
pub(super) fn exposure(path: &Path) -> Exposure {
    use std::os::unix::fs::MetadataExt as _;

    use rustix::fs::{StatVfsMountFlags, statvfs};

    let Ok(facts) = std::fs::metadata(path) else {
        return Exposure::None;
    };
    let own = facts.uid() == rustix::process::geteuid().as_raw();
    // Into a folder goes who may search it.
    let open = if facts.is_dir() { 0o011 } else { 0o044 };
    let of_use = facts.is_file() || facts.is_dir();
    if !own || !of_use || facts.mode() & open == 0 {
        return Exposure::None;
    }
    let read_only =
        statvfs(path).is_ok_and(|mount| mount.f_flag.contains(StatVfsMountFlags::RDONLY));
    if read_only {
        Exposure::OwnReadOnly
    } else {
        Exposure::Own
    }
}

#[cfg(not(unix))]
pub(super) fn exposure(_: &Path) -> Exposure {
    Exposure::None
}

/// Writes a new file for the user alone, with the folders that it needs: whole or not at all, and never over another.
pub(super) fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    folders(folder)?;
    let draft = folder.join(format!(".certcheck-{}", std::process::id()));
    let written = write_new(&draft, bytes).and_then(|()| {
        // Unlike a new name, a second one never takes the place of a file.
        std::fs::hard_link(&draft, path)
    });
    let cleaned = std::fs::remove_file(&draft);
    written.and(cleaned)
}

fn folders(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write as _;

    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
