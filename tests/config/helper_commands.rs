//! Helper commands: what they are told, what is made of how they end, and which file may name one.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use certcheck::sandbox::{Emulator, Sandbox};
use certcheck::world::{Context, Custody, World};

use crate::config_file::FILE;
use crate::credentials::{came, object, text};
use crate::support::sandbox::frozen;
use crate::support::world::FakeWorld;

const SAID: &str = "{ command = [\"/bin/get-key\", \"--for\", \"a b;$(c)\"] }";

fn world(sandbox: &Sandbox, printed: Result<&str, &str>) -> FakeWorld {
    FakeWorld {
        helper_output: Some(match printed {
            Ok(text) => Ok(text.as_bytes().to_vec()),
            Err(why) => Err(why.to_owned()),
        }),
        ..FakeWorld::with_config(text(sandbox, Emulator::TENCENT, SAID))
    }
}

#[test]
fn it_is_told_its_arguments_and_little_else() {
    let sandbox = frozen(&[]);
    let world = world(&sandbox, Ok(&object(&Emulator::TENCENT.credentials())));
    let world = world.variables([
        ("PATH", "/bin"),
        ("USER", "me"),
        ("LANG", "C"),
        ("TMPDIR", "/tmp"),
        ("TENCENTCLOUD_SECRET_KEY", "canary"),
        ("HTTPS_PROXY", "http://me:canary@proxy"),
        ("LD_PRELOAD", "canary"),
        ("CERTCHECK_CONFIG", FILE),
    ]);
    assert_eq!(came(&world), "OK");
    let ran = world.helpers.take();
    assert_eq!(ran.len(), 1);
    assert_eq!(ran[0].words, ["/bin/get-key", "--for", "a b;$(c)"]);
    let mut names: Vec<&str> = ran[0]
        .variables
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "USER"]);
    assert_eq!(ran[0].limit.as_secs(), 10);
}

#[test]
fn it_runs_once_for_all_checks_of_its_account_and_not_at_all_for_the_file_alone() {
    let sandbox = frozen(&[]);
    let world = world(&sandbox, Ok(&object(&Emulator::TENCENT.credentials())));
    for line in ["config check", "config show"] {
        assert_eq!(world.run(line).code, 0);
    }
    assert_eq!(world.helpers.borrow().len(), 0);
    let mut world = world;
    let more = "[[checks]]\nname = \"d\"\naccount = \"a\"\nids = [\"sbxSoon1\"]\n";
    let text = format!("{}{more}", text(&sandbox, Emulator::TENCENT, SAID));
    world.files.insert(FILE.into(), text.into_bytes());
    let json = world.run("check --json").json();
    assert_eq!(json["certificates"].as_array().map(Vec::len), Some(2));
    assert_eq!(world.helpers.borrow().len(), 1);
}

#[test]
fn how_it_fails_is_told_with_its_path_and_nothing_that_it_printed() {
    let sandbox = frozen(&[]);
    for (printed, expected) in [
        (
            Err("it exited with 3"),
            "no key from /bin/get-key: it exited with 3",
        ),
        (
            Err("it was ended after 10 s"),
            "no key from /bin/get-key: it was ended after 10 s",
        ),
        (
            Ok("canary"),
            "the output of /bin/get-key cannot be used: it is not one JSON object",
        ),
        (
            Ok(""),
            "the output of /bin/get-key cannot be used: it is not one JSON object",
        ),
        (
            Ok("{\"id\":\"canary-id\",\"secret\":\"canary\",\"expiration\":1577836800}"),
            "the output of /bin/get-key cannot be used: its key ended at 2020-01-01T00:00:00Z",
        ),
    ] {
        let world = world(&sandbox, printed);
        assert_eq!(came(&world), expected);
        let outcome = world.run("check -vv");
        assert_eq!(outcome.code, 3);
        assert!(!outcome.all().contains("canary"), "{outcome:?}");
        assert!(outcome.all().contains("/bin/get-key"), "{outcome:?}");
    }
    assert!(sandbox.seen().is_empty());
}

#[test]
fn what_it_printed_is_a_secret_that_the_service_may_repeat() {
    let sandbox = frozen(&["repeat"]);
    let keys = Emulator::TENCENT.credentials();
    let outcome = world(&sandbox, Ok(&object(&keys))).run("check --json -vv");
    for (_, value) in keys {
        assert!(!outcome.all().contains(value), "{outcome:?}");
    }
    assert_eq!(outcome.json()["errors"].as_array().map(Vec::len), Some(1));
}

fn kept(path: &str, trusted: bool, open: bool) -> Custody {
    Custody {
        path: PathBuf::from(path),
        trusted,
        open,
        sticky: false,
    }
}

#[test]
fn only_a_file_that_nobody_else_can_change_may_name_one() {
    let sandbox = frozen(&[]);
    let folder = "/home/me/.config/certcheck";
    for (custody, why, hint) in [
        (
            vec![kept(FILE, false, false)],
            "/config.toml belongs to somebody else",
            "run: chown \"$USER\" /home",
        ),
        (
            vec![kept(FILE, true, true)],
            "others can write to /home/me/.config/certcheck/config.toml",
            "run: chmod go-w /home/me/.config/certcheck/config.toml",
        ),
        (
            vec![kept(FILE, true, false), kept(folder, true, true)],
            "others can write to /home/me/.config/certcheck",
            "run: chmod go-w /home/me/.config/certcheck\n",
        ),
        (
            vec![kept(FILE, true, false), kept(folder, false, false)],
            "/certcheck belongs to somebody else",
            "run: chown",
        ),
        (
            Vec::new(),
            "nobody can tell who may change it",
            "say `file` or `env_prefix` instead",
        ),
    ] {
        let world = world(&sandbox, Ok("{}")).custody(custody);
        for line in ["check --json", "config check", "config show"] {
            let outcome = world.run(line);
            assert_eq!((outcome.code, outcome.stdout.as_str()), (3, ""), "{line}");
            let place = format!("{FILE}:4:1: this file may not name a command: ");
            assert!(
                outcome.stderr.starts_with(&format!("error: {place}")),
                "{outcome:?}"
            );
            assert!(outcome.stderr.contains(why), "{outcome:?}");
            assert!(outcome.stderr.contains(hint), "{outcome:?}");
        }
        assert_eq!(world.helpers.borrow().len(), 0);
    }
    // A file without a command is anybody's business.
    let open = FakeWorld::with_config(text(&sandbox, Emulator::TENCENT, ""));
    let open = open.custody(vec![kept(FILE, false, true)]);
    assert_eq!(open.run("config check").code, 0);
}

#[test]
fn a13_a_program_runs_only_where_nobody_else_can_change_it_or_its_way() {
    let sandbox = frozen(&[]);
    let keys = object(&Emulator::TENCENT.credentials());
    let good = ["/bin/get-key", "/bin", "/", "/etc/alternatives"];
    let run = |way: Vec<Custody>| {
        let world = FakeWorld {
            other_custody: Some(way),
            ..world(&sandbox, Ok(&keys))
        };
        let outcome = world.run("check --json");
        (outcome, world.helpers.borrow().len())
    };
    let way = || good.map(|path| kept(path, true, false)).to_vec();
    let (outcome, ran) = run(way());
    assert_eq!((outcome.code, ran), (0, 1), "{outcome:?}");
    for place in 0..good.len() {
        let path = good[place];
        let wrong = |trusted, open, sticky| {
            let mut way = way();
            way[place] = Custody {
                sticky,
                ..kept(path, trusted, open)
            };
            // What comes after the first that does not pass is not named.
            way.push(kept("/later", false, true));
            way
        };
        for (way, why, hint) in [
            (
                wrong(true, true, false),
                format!("others can write to {path}"),
                format!("run: chmod go-w {path}"),
            ),
            (
                wrong(true, true, true),
                format!("everybody may put files into {path}"),
                "move the program to a folder that only you or root can change".to_owned(),
            ),
            (
                wrong(false, false, false),
                format!("{path} belongs to somebody else"),
                "move the program to a folder that only you or root can change".to_owned(),
            ),
        ] {
            let (outcome, ran) = run(way);
            assert_eq!((outcome.code, ran), (3, 0), "{outcome:?}");
            let json = outcome.json();
            let error = &json["errors"][0];
            let message = format!("no key from /bin/get-key: {why}, so it was not run");
            assert_eq!(error["message"], message.as_str());
            assert_eq!(error["kind"], "credentials");
            let said = error["hint"].as_str().unwrap_or_default();
            assert!(said.starts_with(&hint), "{error}");
        }
    }
    let (outcome, ran) = run(Vec::new());
    assert_eq!((outcome.code, ran), (3, 0));
    assert!(
        outcome.stdout.contains("nobody can tell who may change it"),
        "{outcome:?}"
    );
    assert_eq!(sandbox.seen().len(), 1, "{:?}", sandbox.seen());
}

#[test]
fn a_file_that_was_another_one_when_it_was_read_names_no_command() {
    use std::cell::Cell;
    use std::io::{Cursor, Read as _};

    let sandbox = frozen(&[]);
    let world = world(&sandbox, Ok("{}"));
    for line in ["check --json", "config check"] {
        let reads = Cell::new(0);
        let kept = world.files[Path::new(FILE)].clone();
        let outcome = world.run_changed(line.split(' '), |world| {
            let context = Context {
                read_file: Rc::new(move |_, limit| {
                    reads.set(reads.get() + 1);
                    let mut bytes = kept.clone();
                    // Behind a link that was changed meanwhile lies a file of the user's without that command.
                    bytes.extend((reads.get() > 1).then_some(b'#'));
                    Ok(Box::new(Cursor::new(bytes).take(limit)))
                }),
                ..world.context
            };
            World { context, ..world }
        });
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (3, ""),
            "{outcome:?}"
        );
        let why = "this file may not name a command: it changed while it was read";
        assert!(outcome.stderr.contains(why), "{outcome:?}");
        assert_eq!(world.helpers.borrow().len(), 0);
    }
}
