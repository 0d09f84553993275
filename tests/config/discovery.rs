//! Which file is read, and how a new one comes to be.

use std::path::PathBuf;

use certcheck::config::STARTER;

use crate::config_file::FILE;
use crate::support::world::FakeWorld;

const CHECKED: &str = ": 0 checks of 0 accounts, no mistake\n";

/// A user without a config file, but with these.
fn world(files: &[&str], variables: &[(&str, &str)]) -> FakeWorld {
    let mut world = FakeWorld::with_config("").variables(variables.iter().copied());
    world.files.clear();
    files.iter().fold(world, |world, path| world.file(path, ""))
}

/// The file that is read.
fn read(world: &FakeWorld) -> String {
    let outcome = world.run("config check");
    match outcome.stdout.strip_suffix(CHECKED) {
        Some(path) => path.to_owned(),
        None => outcome.stderr,
    }
}

#[test]
fn the_first_place_that_has_one_counts() {
    const SYSTEM: &str = "/etc/certcheck/config.toml";
    const XDG: &str = "/xdg/certcheck/config.toml";
    let xdg = ("XDG_CONFIG_HOME", "/xdg");
    let all = [FILE, SYSTEM, XDG];
    assert_eq!(read(&world(&all, &[])), FILE);
    assert_eq!(read(&world(&all, &[xdg])), XDG);
    assert_eq!(read(&world(&[SYSTEM], &[])), SYSTEM);
    assert_eq!(
        read(&world(&[FILE, SYSTEM], &[xdg])),
        SYSTEM,
        "one place is the user's own"
    );
    assert_eq!(read(&world(&all, &[("HOME", "")])), SYSTEM);
    assert_eq!(
        read(&world(&all, &[("HOME", ""), ("USERPROFILE", "/home/me")])),
        FILE
    );
    assert_eq!(read(&world(&all, &[("XDG_CONFIG_HOME", " ")])), FILE);
}

#[test]
fn a_folder_that_depends_on_where_the_command_is_typed_is_never_read() {
    for relative in [".", "xdg", "./xdg"] {
        let own = format!("{relative}/certcheck/config.toml");
        let files = [
            own.as_str(),
            "config.toml",
            "certcheck.toml",
            "certcheck/config.toml",
        ];
        let outcome = world(&files, &[("XDG_CONFIG_HOME", relative)]).run("check");
        assert_eq!(outcome.code, 3, "{outcome:?}");
        assert!(
            outcome.stderr.starts_with("error: there is no config file"),
            "{outcome:?}"
        );
    }
    for relative in [".", "home", "~"] {
        let own = format!("{relative}/.config/certcheck/config.toml");
        for name in ["HOME", "USERPROFILE"] {
            let variables = [("HOME", ""), (name, relative)];
            let outcome = world(&[&own], &variables).run("check");
            let expected = "there is no config file: looked for /etc/certcheck/config.toml";
            assert_eq!(outcome.mistakes(), [expected], "{name}={relative}");
        }
    }
    // The next one that says a folder counts.
    let variables = [("HOME", "."), ("USERPROFILE", "/home/me")];
    assert_eq!(read(&world(&[FILE], &variables)), FILE);
}

#[test]
fn a_file_that_is_named_is_the_only_one_and_has_to_be_there() {
    let there = world(
        &[FILE, "/a.toml", "/b.toml"],
        &[("CERTCHECK_CONFIG", "/b.toml")],
    );
    assert_eq!(read(&there), "/b.toml");
    let outcome = there.run("config check --config /a.toml");
    assert_eq!(outcome.stdout, format!("/a.toml{CHECKED}"));
    for (variables, line) in [
        (&[("CERTCHECK_CONFIG", "/c.toml")][..], "check"),
        (&[], "check --config /c.toml"),
        (&[], "config show --config /c.toml"),
    ] {
        let outcome = world(&[FILE], variables).run(line);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (3, ""), "{line}");
        assert!(
            outcome.stderr.contains("/c.toml cannot be read"),
            "{outcome:?}"
        );
    }
}

#[test]
fn without_any_file_every_place_is_named_and_how_to_begin() {
    let outcome = world(&[], &[]).run("check");
    let expected = format!(
        "error: there is no config file: looked for {FILE}, then /etc/certcheck/config.toml\n  \
         hint: `certcheck config init` writes one to begin with\n"
    );
    assert_eq!((outcome.code, outcome.stderr), (3, expected));
}

#[test]
fn the_path_is_printed_whether_it_is_there_or_not() {
    let outcome = world(&[FILE], &[]).run("config path");
    assert_eq!((outcome.code, outcome.stdout), (0, format!("{FILE}\n")));
    let outcome = world(&[], &[]).run("config path");
    assert_eq!((outcome.code, outcome.stdout), (3, format!("{FILE}\n")));
    let outcome = world(&[], &[]).run("config path --config /c.toml");
    assert_eq!((outcome.code, outcome.stdout), (3, "/c.toml\n".to_owned()));
}

#[test]
fn a_path_that_would_steer_a_terminal_is_made_visible() {
    let (path, shown) = ("/a\u{1b}[2J\u{202e}\u{e9}", "/a\\u{1b}[2J\\u{202e}\u{e9}");
    let world = world(&[path], &[("CERTCHECK_CONFIG", path)]);
    for line in ["config path", "config show", "config check"] {
        let outcome = world.run(line);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert!(outcome.stdout.starts_with(shown), "{line}: {outcome:?}");
    }
    let outcome = FakeWorld::of_user()
        .variables([("CERTCHECK_CONFIG", path)])
        .run("config init");
    assert!(outcome.stdout.starts_with(r"/a\u{1b}[2J"), "{outcome:?}");
    // A pipe wants the path as it is, whatever the terminal could show.
    let piped = world.variables([("LC_ALL", "C")]).run("config path");
    assert_eq!(piped.stdout, format!("{shown}\n"));
}

#[test]
fn a_new_file_is_written_where_it_will_be_read_and_never_over_another() {
    for (line, variables, path) in [
        ("config init", &[][..], FILE),
        ("config init --config /new.toml", &[], "/new.toml"),
        ("config init", &[("CERTCHECK_CONFIG", "/b.toml")], "/b.toml"),
    ] {
        let world = world(&["/etc/certcheck/config.toml"], variables);
        assert_eq!(world.run(line).code, 0);
        let expected = (PathBuf::from(path), STARTER.as_bytes().to_vec());
        assert_eq!(world.created.take(), [expected]);
    }
    let outcome = world(&[FILE], &[]).run("config init");
    assert_eq!((outcome.code, outcome.stdout.as_str()), (3, ""));
    assert!(
        outcome.stderr.contains("nothing was changed"),
        "{outcome:?}"
    );
}

/// The example lines of the new file, without the marks before them.
fn uncommented() -> String {
    let example = |line: &str| {
        let bare = line.strip_prefix("# ")?;
        let key = bare
            .split_once(" = ")
            .is_some_and(|(key, _)| !key.contains(' '));
        (key || bare.starts_with('[')).then(|| bare.to_owned())
    };
    let lines = STARTER.lines();
    let lines = lines.map(|line| example(line).unwrap_or_else(|| line.to_owned()));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_new_file_is_right_and_so_are_the_examples_in_it() {
    let outcome = FakeWorld::with_config(STARTER).run("config check");
    assert_eq!(outcome.stdout, format!("{FILE}{CHECKED}"));
    let text = uncommented();
    let outcome = FakeWorld::with_config(&text).run("config check");
    let expected = format!("{FILE}: 2 checks of 2 accounts, no mistake\n");
    assert_eq!(outcome.stdout, expected, "{text}\n{outcome:?}");
    // Without a check nothing was judged.
    assert_eq!(FakeWorld::with_config(STARTER).run("check").code, 3);
}
