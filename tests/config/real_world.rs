//! The real world's part: programs that run, files that are written, and who can change them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use certcheck::world::{Helper, HelperOutput, World};

/// A script in a folder of its own, and what comes of running it.
struct Script {
    folder: tempfile::TempDir,
    limit: Duration,
}

impl Script {
    fn new() -> Script {
        Script {
            folder: tempfile::tempdir().expect("a folder"),
            limit: Duration::from_secs(60),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, text: &str, more: &[&str]) -> HelperOutput {
        let path = self.path("helper");
        fs::write(&path, text).expect("a script");
        // Read by the shell, not started: a file that another thread's child still has open cannot be.
        let words = ["/bin/sh", path.to_str().expect("a text")];
        let words = words.iter().chain(more);
        self.start(words.map(|word| (*word).to_owned()))
    }

    fn start(&self, words: impl IntoIterator<Item = String>) -> HelperOutput {
        let helper = Helper {
            words: words.into_iter().collect(),
            variables: vec![
                ("PATH".to_owned(), "/usr/bin:/bin".to_owned()),
                ("ONLY".to_owned(), "this".to_owned()),
            ],
            limit: self.limit,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on((World::real().context.run_helper)(helper))
    }
}

fn text(printed: HelperOutput) -> String {
    String::from_utf8(printed.expect("it worked")).expect("text")
}

#[test]
fn what_it_prints_is_taken_and_what_it_complains_of_is_not() {
    let script = Script::new();
    let printed = script.run("echo noise >&2; echo \"<$1> $#\"", &["a b;$(c) *", "d"]);
    assert_eq!(text(printed), "<a b;$(c) *> 2\n");
}

#[test]
fn it_sees_the_variables_that_are_meant_for_it_and_nothing_to_read() {
    let script = Script::new();
    let printed = text(script.run("env; cat; echo end", &[]));
    let mut names: Vec<&str> = printed
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name)
        // What the shell adds by itself.
        .filter(|name| !["PWD", "SHLVL", "_", "OLDPWD"].contains(name))
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["ONLY", "PATH"]);
    assert!(printed.ends_with("end\n"), "{printed}");
}

#[test]
fn how_it_ends_is_told() {
    let script = Script::new();
    for (code, expected) in [
        ("exit 7", "it exited with 7"),
        ("echo '{}'; exit 1", "it exited with 1"),
        ("kill -9 $$", "a signal ended it"),
        (
            "while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done",
            "it printed more than 64 KiB",
        ),
        // Not before all of it has come.
        ("exec >&-; exit 4", "it exited with 4"),
    ] {
        assert_eq!(script.run(code, &[]), Err(expected.to_owned()), "{code}");
    }
    let missing = script.path("missing").to_str().expect("a text").to_owned();
    let expected = "it does not start: No such file or directory";
    assert_eq!(script.start([missing]), Err(expected.to_owned()));
    let printed = script.run("head -c 65536 /dev/zero", &[]);
    assert_eq!(printed.map(|bytes| bytes.len()), Ok(65536));
}

#[test]
fn one_that_takes_too_long_is_ended_with_all_that_it_has_started() {
    let script = Script {
        limit: Duration::from_millis(300),
        ..Script::new()
    };
    let pids = script.path("pids");
    let code = format!("sleep 1000 & echo $$ $! > {}; wait", pids.display());
    let started = Instant::now();
    assert_eq!(
        script.run(&code, &[]),
        Err("it was ended after 0 s".to_owned())
    );
    assert!(started.elapsed() < Duration::from_secs(30));
    all_end(&fs::read_to_string(&pids).expect("it began"));
}

/// One that has ended, but was not waited for, does not run.
fn is_running(number: &str) -> bool {
    let shown = std::process::Command::new("ps")
        .args(["-o", "stat=", "-p", number])
        .output()
        .expect("ps");
    let state = String::from_utf8_lossy(&shown.stdout).trim().to_owned();
    !state.is_empty() && !state.starts_with('Z')
}

#[test]
fn a_new_file_is_the_users_alone_and_never_takes_the_place_of_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a/b/config.toml");
    let world = World::real();
    (world.context.create_file)(&path, b"first").expect("written");
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&folder.path().join("a")), 0o700);
    assert_eq!(mode(&folder.path().join("a/b")), 0o700);
    let second = (world.context.create_file)(&path, b"second").expect_err("it is there");
    assert_eq!(second.kind(), std::io::ErrorKind::AlreadyExists);
    assert_eq!(fs::read(&path).expect("there"), b"first");
    // A link to nowhere is somebody's wish too.
    let link = folder.path().join("link.toml");
    std::os::unix::fs::symlink(folder.path().join("nowhere"), &link).expect("a link");
    assert!((world.context.create_file)(&link, b"third").is_err());
    assert!(!folder.path().join("nowhere").exists());
    let names: Vec<_> = fs::read_dir(path.parent().expect("a folder"))
        .expect("there")
        .collect();
    assert_eq!(names.len(), 1, "no draft is left behind");
}

#[test]
fn who_can_change_a_file_is_seen_behind_links_and_in_its_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let inner = folder.path().join("inner");
    let path = inner.join("config.toml");
    fs::create_dir(&inner).expect("a folder");
    fs::write(&path, "").expect("a file");
    let link = folder.path().join("link.toml");
    std::os::unix::fs::symlink(&path, &link).expect("a link");
    let mode = |path: &Path, mode: u32| {
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("a mode");
    };
    let open = || {
        let custody = (World::real().context.custody)(&link).expect("there");
        let own = &custody[..2];
        assert_eq!(
            [&own[0].path, &own[1].path],
            [&path, &inner]
                .map(|path| path.canonicalize().expect("there"))
                .each_ref()
        );
        assert!(own.iter().all(|kept| kept.trusted), "{custody:?}");
        own.iter()
            .map(|kept| kept.open && !kept.sticky)
            .collect::<Vec<_>>()
    };
    for (file, own, expected) in [
        (0o600, 0o700, [false, false]),
        (0o644, 0o755, [false, false]),
        (0o620, 0o700, [true, false]),
        (0o602, 0o700, [true, false]),
        (0o600, 0o770, [false, true]),
        (0o600, 0o707, [false, true]),
        (0o600, 0o1777, [false, false]),
    ] {
        mode(&path, file);
        mode(&inner, own);
        assert_eq!(open(), expected, "{file:o} {own:o}");
    }
    assert!((World::real().context.custody)(&folder.path().join("missing")).is_err());
}

/// Waits until none of these processes runs any more.
fn all_end(numbers: &str) {
    let until = Instant::now() + Duration::from_secs(60);
    for number in numbers.split_whitespace() {
        while is_running(number) {
            assert!(Instant::now() < until, "{number} still runs");
            std::thread::yield_now();
        }
    }
}

/// A script that starts three processes: one in its group, one in a session of its own, and one that is a child of such a
/// one. It goes on once all of them have written their numbers.
#[cfg(target_os = "linux")]
fn leaving(pids: &Path, then: &str) -> String {
    let pids = pids.display();
    format!(
        "sleep 1000 >/dev/null & echo $! >> {pids}\n\
         setsid sh -c 'echo $$ >> {pids}; sleep 1000 & echo $! >> {pids}; wait' >/dev/null 2>&1 &\n\
         while [ \"$(wc -l < {pids})\" -lt 3 ]; do :; done\n{then}\n"
    )
}

#[cfg(target_os = "linux")]
#[test]
fn a13_what_a_program_has_started_ends_with_it() {
    let quick = Script::new();
    let pids = quick.path("pids");
    assert_eq!(text(quick.run(&leaving(&pids, "echo key"), &[])), "key\n");
    all_end(&fs::read_to_string(&pids).expect("it began"));

    let failed = Script::new();
    let pids = failed.path("pids");
    let printed = failed.run(&leaving(&pids, "exit 3"), &[]);
    assert_eq!(printed, Err("it exited with 3".to_owned()));
    all_end(&fs::read_to_string(&pids).expect("it began"));

    let slow = Script {
        limit: Duration::from_secs(2),
        ..Script::new()
    };
    let pids = slow.path("pids");
    let printed = slow.run(&leaving(&pids, "wait"), &[]);
    assert_eq!(printed, Err("it was ended after 2 s".to_owned()));
    all_end(&fs::read_to_string(&pids).expect("it began"));
}

#[test]
fn a13_a_group_ends_with_a_program_that_was_successful() {
    let script = Script::new();
    let pids = script.path("pids");
    let code = format!(
        "sleep 1000 >/dev/null & echo $! > {}; echo key",
        pids.display()
    );
    assert_eq!(text(script.run(&code, &[])), "key\n");
    all_end(&fs::read_to_string(&pids).expect("it began"));
}
