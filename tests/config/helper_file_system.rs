//! Helper programs on the real file system: which of them run.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use certcheck::sandbox::{Emulator, Sandbox};
use certcheck::world::{Context, World};

use crate::config_file::FILE;
use crate::credentials::{object, text};
use crate::support::sandbox::frozen;
use crate::support::world::FakeWorld;

/// A folder below the user's own, if nobody else can change what is on the way to it.
fn private_folder() -> Option<tempfile::TempDir> {
    let home = PathBuf::from(std::env::var_os("HOME")?);
    let folder = tempfile::Builder::new()
        .prefix(".certcheck-test-")
        .tempdir_in(home)
        .ok()?;
    let way = (World::real().context.custody)(folder.path()).ok()?;
    let passes = way.iter().all(|kept| kept.trusted && !kept.open);
    passes.then_some(folder)
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("a mode");
}

/// A program in `upper/lower`, and two links to it in `links`, one of which goes through a link in `shared`.
struct Tree {
    folder: tempfile::TempDir,
    sandbox: Sandbox,
}

impl Tree {
    fn grown_in(folder: tempfile::TempDir) -> Tree {
        let sandbox = frozen(&[]);
        let tree = Tree { folder, sandbox };
        for name in ["upper", "upper/lower", "links", "shared"] {
            fs::create_dir(tree.at(name)).expect("a folder");
            mode(&tree.at(name), 0o755);
        }
        let program = tree.at("upper/lower/get-key");
        fs::copy("/bin/sh", &program).expect("a program");
        mode(&program, 0o755);
        symlink(&program, tree.at("links/direct")).expect("a link");
        symlink("../links/../upper/lower", tree.at("shared/folder")).expect("a link");
        symlink(tree.at("shared/folder/get-key"), tree.at("links/far")).expect("a link");
        tree
    }

    fn at(&self, name: &str) -> PathBuf {
        let folder = self.folder.path().canonicalize().expect("there");
        folder.join(name)
    }

    /// Why it does not run by that path, with the hint; nothing where it does.
    fn refusal(&self, program: &str) -> Option<String> {
        let keys = object(&Emulator::TENCENT.credentials()).replace('"', "\\\"");
        let program = self.at(program).display().to_string();
        let said = format!("{{ command = [\"{program}\", \"-c\", \"echo '{keys}'\"] }}");
        let world = FakeWorld::with_config(text(&self.sandbox, Emulator::TENCENT, &said));
        let outcome = world.run_changed(["check", "--json"], |world| {
            let (real, given) = (World::real().context, world.context.custody.clone());
            let custody = real.custody;
            let context = Context {
                run_helper: real.run_helper,
                custody: Rc::new(move |path| {
                    if path == Path::new(FILE) {
                        given(path)
                    } else {
                        custody(path)
                    }
                }),
                ..world.context
            };
            World { context, ..world }
        });
        let json = outcome.json();
        let error = &json["errors"][0];
        match json["certificates"][0]["status"].as_str() {
            Some("OK") => None,
            _ => Some(format!("{}\n{}", error["message"], error["hint"])),
        }
    }
}

const PROGRAM: &str = "upper/lower/get-key";
const DIRECT: &str = "links/direct";
const FAR: &str = "links/far";
const BY_FOLDER: &str = "shared/folder/get-key";

#[test]
fn a13_a_program_on_the_real_file_system_runs_only_where_its_whole_way_passes() {
    let Some(folder) = private_folder() else {
        eprintln!("SKIPPED: others can write to the user's own folder, or to one above it");
        return;
    };
    let tree = Tree::grown_in(folder);
    for way in [PROGRAM, DIRECT, FAR, BY_FOLDER] {
        assert_eq!(tree.refusal(way), None, "{way}");
    }
    let everywhere = [PROGRAM, DIRECT, FAR, BY_FOLDER].as_slice();
    let (links, shared) = ([DIRECT, FAR].as_slice(), [FAR, BY_FOLDER].as_slice());
    for (changed, bits, refused) in [
        (PROGRAM, 0o775, everywhere),
        (PROGRAM, 0o757, everywhere),
        ("upper/lower", 0o777, everywhere),
        ("upper", 0o777, everywhere),
        ("upper", 0o1777, everywhere),
        ("upper", 0o775, everywhere),
        ("links", 0o777, links),
        ("links", 0o1777, links),
        ("shared", 0o777, shared),
    ] {
        let path = tree.at(changed);
        mode(&path, bits);
        let hint = match bits & 0o1000 {
            0 => format!("run: chmod go-w {}", path.display()),
            _ => "move the program to a folder".to_owned(),
        };
        for way in everywhere {
            let said = tree.refusal(way);
            assert_eq!(
                said.is_some(),
                refused.contains(way),
                "{changed} {bits:o} {way}: {said:?}"
            );
            let said = said.unwrap_or_else(|| format!("{} {hint}", path.display()));
            assert!(said.contains(&path.display().to_string()), "{said}");
            assert!(said.contains(&hint), "{said}");
        }
        mode(&path, 0o755);
    }
}
