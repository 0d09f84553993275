//! Files beyond reading: who can read or change one, and how a new one is written.

use std::io;
use std::path::{Path, PathBuf};

use crate::credentials::Exposure;

/// Who can change a file, or what lies in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Custody {
    /// Its path, without symbolic links.
    pub path: PathBuf,
    /// Owned by the user or by root.
    pub trusted: bool,
    /// Group or others may write.
    pub open: bool,
    /// A folder with the sticky bit: only the owner of a file renames or removes it.
    pub sticky: bool,
}

/// Returns who can change the files and folders that a path depends on: the file behind it, its folder, every folder above, and then every
/// folder on the way of a symbolic link.
pub type ReadCustody = dyn Fn(&Path) -> io::Result<Vec<Custody>>;

/// Writes a new file.
pub type CreateFile = dyn Fn(&Path, &[u8]) -> io::Result<()>;

/// More symbolic links than the system follows (`MAXSYMLINKS` of Linux).
#[cfg(unix)]
const MOST_LINKS: usize = 40;

/// The file, its folder, every folder above, and the folders on the way of symbolic links.
#[cfg(unix)]
pub(super) fn custody(path: &Path) -> io::Result<Vec<Custody>> {
    use std::os::unix::fs::MetadataExt as _;

    let user = rustix::process::geteuid().as_raw();
    let real = std::fs::canonicalize(path)?;
    let mut way: Vec<PathBuf> = real.ancestors().map(Path::to_owned).collect();
    for folder in folders_passed(path)? {
        if !way.contains(&folder) {
            way.push(folder);
        }
    }
    let of = |path: PathBuf| {
        let facts = std::fs::metadata(&path)?;
        Ok(Custody {
            trusted: [user, 0].contains(&facts.uid()),
            open: facts.mode() & 0o022 != 0,
            sticky: facts.is_dir() && facts.mode() & 0o1000 != 0,
            path,
        })
    };
    way.into_iter().map(of).collect()
}

/// The folders that the system looks into on its way to a file, each by its path without symbolic links.
#[cfg(unix)]
fn folders_passed(path: &Path) -> io::Result<Vec<PathBuf>> {
    use std::path::Component;

    let absolute = std::path::absolute(path)?;
    let mut left: Vec<PathBuf> = parts_from_the_end(&absolute);
    let (mut here, mut passed, mut links) = (PathBuf::from("/"), Vec::new(), 0);
    while let Some(part) = left.pop() {
        match part.components().next() {
            None | Some(Component::CurDir) => continue,
            Some(Component::RootDir | Component::Prefix(_)) => here = PathBuf::from("/"),
            Some(Component::ParentDir) => {
                here.pop();
            }
            Some(Component::Normal(name)) => {
                passed.push(here.clone());
                let next = here.join(name);
                if !std::fs::symlink_metadata(&next)?.file_type().is_symlink() {
                    here = next;
                    continue;
                }
                links += 1;
                if links > MOST_LINKS {
                    return Err(io::Error::other("too many symbolic links"));
                }
                left.extend(parts_from_the_end(&std::fs::read_link(&next)?));
            }
        }
    }
    Ok(passed)
}

/// The parts of a path, the last one first.
#[cfg(unix)]
fn parts_from_the_end(path: &Path) -> Vec<PathBuf> {
    let parts = path.components().rev();
    parts.map(|part| PathBuf::from(part.as_os_str())).collect()
}

/// Not supported on this system.
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
    // Of a name that can be foreseen somebody could make a file first.
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
    let draft = folder.join(format!(".certcheck-{}", hex::encode(random)));
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
