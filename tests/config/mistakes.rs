//! What each mistake is called, and where it is.

use crate::support::world::FakeWorld;

/// A file that is right, to be damaged by one line.
const RIGHT: &str = r#"[defaults]
warn = 30
[accounts.corp]
provider = "tencent"
[accounts.office]
provider = "pbx"
base_url = "https://pbx.example.com:8088"
credentials = { env_prefix = "OFFICE_" }
[[checks]]
name = "shop"
account = "corp"
ids = ["BAbc1234"]
"#;

fn mistakes(text: &str) -> Vec<String> {
    let outcome = FakeWorld::with_config(text).run("config check");
    let mistakes = outcome.mistakes();
    assert_eq!(outcome.code == 3, !mistakes.is_empty(), "{outcome:?}");
    assert_eq!(
        outcome.stdout.is_empty(),
        !mistakes.is_empty(),
        "{outcome:?}"
    );
    mistakes
}

/// The mistakes of the file with another line in the place of one.
fn instead(line: usize, text: &str) -> Vec<String> {
    let lines = RIGHT.lines().enumerate();
    let lines = lines.map(|(place, own)| if place + 1 == line { text } else { own });
    mistakes(&lines.collect::<Vec<_>>().join("\n"))
}

#[test]
fn a_file_that_is_right_has_none() {
    assert_eq!(mistakes(RIGHT), Vec::<String>::new());
    let marked = format!("\u{feff}{}", RIGHT.replace('\n', "\r\n"));
    assert_eq!(mistakes(&marked), Vec::<String>::new());
    let outcome = FakeWorld::with_config(RIGHT).run("config check");
    assert!(
        outcome
            .stdout
            .ends_with(": 1 check of 2 accounts, no mistake\n"),
        "{outcome:?}"
    );
}

#[test]
fn a_key_that_is_not_known_is_named_with_its_place_and_the_one_that_was_probably_meant() {
    for (line, text, expected) in [
        (
            2,
            "wran = 30",
            "2:1: unknown key in [defaults]; did you mean `warn`?",
        ),
        (2, "  \"é\" = 1", "2:3: unknown key in [defaults]"),
        (
            4,
            "provider = \"tencent\"\nregoin = \"a\"",
            "5:1: unknown key in an account; did you mean `region`?",
        ),
        (
            12,
            "ids = [\"a\"]\nwarm = 1",
            "13:1: unknown key in a check; did you mean `warn`?",
        ),
        (
            1,
            "[default]",
            "1:2: unknown key outside of [defaults], [accounts.NAME] and [[checks]]; did you mean `defaults`?",
        ),
        (
            8,
            "credentials = { env_perfix = \"\" }",
            "8:17: unknown key in `credentials` here; did you mean `env_prefix`?",
        ),
        // A secret that was put where a key belongs.
        (
            2,
            "\"hunter2 is my password\" = 1",
            "2:1: unknown key in [defaults]",
        ),
        (2, "hunter2 = 1", "2:1: unknown key in [defaults]"),
        (2, "HunterTwo = 1", "2:1: unknown key in [defaults]"),
        (
            2,
            "aaaa-bbbb_cccc-dddd_eeee-f = 1",
            "2:1: unknown key in [defaults]",
        ),
        (2, "zzz-yyy_zzz = 1", "2:1: unknown key in [defaults]"),
        (
            2,
            "Warn2 = 1",
            "2:1: unknown key in [defaults]; did you mean `warn`?",
        ),
    ] {
        assert_eq!(instead(line, text), [expected], "{text}");
    }
}

#[test]
fn a_key_that_is_known_elsewhere_says_where_it_belongs() {
    for (line, text, expected) in [
        (
            2,
            "region = \"a\"",
            "2:1: `region` is not allowed in [defaults]; move it to an account",
        ),
        (
            2,
            "ids = [\"a\"]",
            "2:1: `ids` is not allowed in [defaults]; move it to a check",
        ),
        (
            12,
            "ids = [\"a\"]\nsite = \"cn\"",
            "13:1: `site` is not allowed in a check; move it to an account",
        ),
        (
            12,
            "ids = [\"a\"]\ntimeout = 1",
            "13:1: `timeout` is not allowed in a check; move it to an account",
        ),
        (
            12,
            "ids = [\"a\"]\noutput = \"json\"",
            "13:1: `output` is not allowed in a check; move it to [defaults]",
        ),
        (
            4,
            "provider = \"tencent\"\nsite_id = 1",
            "5:1: `site_id` is not allowed in an account; move it to a check",
        ),
        (
            4,
            "provider = \"tencent\"\nbase_url = \"a\"",
            "5:1: `base_url` is not known in an account of this provider",
        ),
        (
            1,
            "warn = 1\n[defaults]",
            "1:1: `warn` is not allowed outside of [defaults], [accounts.NAME] and [[checks]]; move it to an account",
        ),
    ] {
        assert_eq!(instead(line, text), [expected], "{text}");
    }
}

/// A line that takes the place of another one, and what is said of it.
const FORMS: &[(usize, &str, &str)] = &[
    (2, "warn = [1]", "2:8: `warn` is not one text or number"),
    (2, "quiet = \"yes\"", "2:9: `quiet` is not true or false"),
    (
        2,
        "severity = \"PENDING=ok\"",
        "2:12: `severity` is not a table of texts, such as { PENDING = \"ok\" }",
    ),
    (
        2,
        "severity = { PENDING = 1 }",
        "2:24: `severity` is not a table of texts, such as { PENDING = \"ok\" }",
    ),
    (
        4,
        "provider = \"tencent\"\nca_file = 1",
        "5:11: `ca_file` is not a path in quotes",
    ),
    (
        12,
        "ids = [\"a\", [1]]",
        "12:13: `ids` is not a list of texts, or one",
    ),
    (12, "ids = []", "12:1: `ids` is empty"),
    (12, "", "9:1: `ids` is missing"),
    (12, "all = false", "9:1: `ids` is missing"),
    (10, "", "9:1: `name` is missing"),
    (10, "name = 1", "10:8: `name` is not a name in quotes"),
    (4, "", "3:11: `provider` is missing"),
    (
        4,
        "provider = \"tencnet\"",
        "4:12: no such provider; did you mean `tencent`?",
    ),
    (
        11,
        "account = \"crop\"",
        "11:11: no such account; did you mean `corp`?",
    ),
    (
        8,
        "credentials = \"env\"",
        "8:15: `credentials` is not a table",
    ),
    (8, "credentials = {}", "8:15: `credentials` names no way"),
    (
        8,
        "credentials = { env_prefix = \"A\", file = \"b\" }",
        "8:35: `credentials` names more than one way",
    ),
    (
        8,
        "credentials = { env_prefix = \"A-\" }",
        "8:30: `env_prefix` is not a prefix of letters, digits and _ (or \"\" for the variables as they are)",
    ),
    (
        8,
        "credentials = { command = [\"get-key\"] }",
        "8:27: `command` must be a list of strings starting with an absolute path",
    ),
    (
        8,
        "credentials = { command = \"/bin/get-key\" }",
        "8:27: `command` must be a list of strings starting with an absolute path",
    ),
    (
        8,
        "",
        "5:11: `credentials` is missing: no other tool keeps a key for this provider",
    ),
];

#[test]
fn a_value_of_the_wrong_form_is_told_where_it_begins() {
    for (line, text, expected) in FORMS {
        assert_eq!(instead(*line, text), [*expected], "{text}");
    }
}

/// The same for values that only their flags can judge.
const REFUSED: &[(usize, &str, &str)] = &[
    (
        2,
        "warn = \"soonish\"",
        "2:1: `warn`: it is not a threshold",
    ),
    (2, "timeout = 0", "2:1: `timeout`: it is not a time limit"),
    (
        2,
        "severity = { PENDING = \"fine\" }",
        "2:14: `severity`: it is not a verdict",
    ),
    (
        2,
        "crit = \"60d\"\nwarn = 30",
        "2:1: `crit` lies above `warn`: a certificate would be critical before it is a warning",
    ),
    (
        4,
        "provider = \"tencent\"\nsite = \"moon\"",
        "5:1: `site`: it is not a valid value",
    ),
    (
        4,
        "provider = \"tencent\"\nregion = \"Moon Base\"",
        "5:1: `region`: it is not the name of a region",
    ),
    (
        4,
        "provider = \"tencent\"\nendpoint = \"http://moonbase.example\"",
        "5:1: `endpoint`: plain http would send keys in clear text",
    ),
    (
        4,
        "provider = \"tencent\"\ninsecure = true\npin_sha256 = \"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"",
        "5:1: use either `insecure` or `pin_sha256`",
    ),
    (
        4,
        "provider = \"tencent\"\nca_file = \"~/ca.pem\"",
        "5:1: `ca_file`: the file cannot be used: No such file or directory",
    ),
    (7, "", "5:11: `base_url` is missing"),
    (
        12,
        "ids = [\"BAbc1234\", \"-\"]",
        "12:20: standard input is not for a file",
    ),
    (
        12,
        "ids = [\"BAbc1234\", \"a/b\"]",
        "12:20: invalid ID: only letters, digits, - and _, at most 64 characters",
    ),
    (
        12,
        "ids = [\"a\"]\nall = true",
        "13:1: use either `all` or `ids`",
    ),
];

#[test]
fn a_value_that_its_flag_refuses_is_told_under_its_key_without_the_value() {
    for (line, text, expected) in REFUSED {
        assert_eq!(instead(*line, text), [*expected], "{text}");
    }
}

#[test]
fn u04_every_mistake_is_listed_in_one_run() {
    let text = r#"[defaults]
warn = "soon"
severity = { PENDING = "fine", GREEN = "ok", FAILED = "ok" }
[accounts.a]
provider = "esa"
region = "Moon Base"
endpoint = "http://gateway.example.com"
[accounts.b]
provider = "pbx"
timezone = "CET"
credentials = { env_prefix = "B_" }
[[checks]]
name = "one"
account = "a"
ids = ["good", "b a d", "", "w o r s e"]
crit = "x"
[[checks]]
name = "two"
account = "zzz"
ids = ["a"]
at = "yesterday"
[[checks]]
name = "three"
account = "b"
ids = ["1", "x1"]
"#;
    let id = "invalid ID: only printable ASCII without spaces, at most 128 characters";
    let expected = [
        "2:1: `warn`: it is not a threshold".to_owned(),
        "3:14: `severity`: it is not a verdict".to_owned(),
        "3:32: `severity`: it is not a status".to_owned(),
        "6:1: `region`: it is not the name of a region".to_owned(),
        "7:1: `endpoint`: plain http would send keys in clear text".to_owned(),
        "8:11: `base_url` is missing".to_owned(),
        "10:1: `timezone`: it is not an offset from UTC".to_owned(),
        format!("15:16: {id}"),
        format!("15:25: {id}"),
        format!("15:29: {id}"),
        "16:1: `crit`: it is not a threshold".to_owned(),
        "19:11: no such account".to_owned(),
        "21:1: `at`: it is not a valid time".to_owned(),
        "25:13: invalid ID: digits only".to_owned(),
    ];
    assert_eq!(mistakes(text), expected);
    // A hint stands where there is something to write, spelled as the file spells it.
    let said = FakeWorld::with_config(text).run("config check").stderr;
    for hint in [
        "write warn = \"30d\"; also possible: 72h",
        "write allow_http = true",
        "write base_url = \"https://ADDRESS:8088\"\n",
        "write timezone = \"+08:00\"",
    ] {
        let allow = hint.replace("write allow_http", "or write allow_http");
        assert!(said.contains(&allow), "{hint}: {said}");
    }
    assert!(!said.contains("config check"), "{said}");
    assert!(!said.contains("--"), "{said}");
}

#[test]
fn u04_values_that_do_not_go_together_hide_no_other_mistake() {
    let file = "[defaults]\nwarn = \"10d\"\n[accounts.a]\nprovider = \"pbx\"\ncrit = \"20d\"\n\
                credentials = { env_prefix = \"\" }\n[[checks]]\nname = \"c\"\naccount = \"a\"\n\
                ids = [\"1\"]\ncrit = \"15d\"\n[[checks]]\nname = \"d\"\naccount = \"a\"\nids = [\"1\"]\n";
    let above = "`crit` lies above `warn`: a certificate would be critical before it is a warning";
    assert_eq!(
        mistakes(file),
        [
            "3:11: `base_url` is missing".to_owned(),
            format!("5:1: {above}"),
            format!("11:1: {above}"),
        ]
    );
}

#[test]
fn u04_a_key_that_names_a_secret_is_told_where_secrets_go() {
    for key in [
        "secret",
        "access_key_secret",
        "SecretKey",
        "password",
        "api-token",
        "sk",
    ] {
        for line in [2, 4, 12] {
            let own = RIGHT.lines().nth(line - 1).unwrap_or_default();
            let text = format!("{own}\n{key} = \"hunter2hunter2\"");
            let lines = RIGHT.lines().enumerate();
            let lines = lines.map(|(place, was)| if place + 1 == line { &text } else { was });
            let outcome =
                FakeWorld::with_config(lines.collect::<Vec<_>>().join("\n")).run("config check");
            let expected = format!("{}:1: secrets do not go into this file", line + 1);
            assert_eq!(outcome.mistakes(), [expected], "{key}");
            let hint =
                "use credentials = { profile | env_prefix | file | command | instance_role }";
            assert!(outcome.stderr.contains(hint), "{outcome:?}");
            assert!(!outcome.all().contains("hunter2"), "{outcome:?}");
        }
    }
}

#[test]
fn names_are_given_once() {
    let twice = format!("{RIGHT}[[checks]]\nname = \"shop\"\naccount = \"corp\"\nids = [\"a\"]\n");
    assert_eq!(
        mistakes(&twice),
        ["14:8: the check in line 10 has the same name"]
    );
    let twice = format!("{RIGHT}[accounts.corp]\nprovider = \"esa\"\n");
    assert_eq!(mistakes(&twice), ["13:11: this is not TOML: duplicate key"]);
}

#[test]
fn all_mistakes_are_listed_in_the_order_of_the_file_and_a_run_stops_with_the_first() {
    let text =
        "[[checks]]\nnmae = 1\naccount = 2\n[accounts.a]\nsite = [1]\n[defaults]\nwarn = \"x\"\n";
    let expected = [
        "1:1: `name` is missing",
        "1:1: `ids` is missing",
        "2:1: unknown key in a check; did you mean `name`?",
        "3:11: `account` is not a name in quotes",
        "4:11: `provider` is missing",
        "5:8: `site` is not one text or number",
        "7:1: `warn`: it is not a threshold",
    ];
    assert_eq!(mistakes(text), expected);
    let outcome = FakeWorld::with_config(text).run("check");
    assert_eq!(
        (outcome.code, outcome.mistakes()),
        (3, vec![expected[0].to_owned()])
    );
    assert_eq!(outcome.stdout, "");
}

#[test]
fn what_is_no_toml_is_told_with_its_place() {
    for (text, expected) in [
        (
            "warn = \n",
            "1:8: this is not TOML: string values must be quoted, expected literal string",
        ),
        (
            "[accounts.a]\nprovider = tencent\n",
            "2:12: this is not TOML: invalid boolean, expected `true`",
        ),
        ("a = 1\na = 2\n", "2:1: this is not TOML: duplicate key"),
        (
            "[[checks]\n",
            "1:10: this is not TOML: unclosed array table, expected `]`",
        ),
    ] {
        assert_eq!(mistakes(text), [expected], "{text}");
    }
    let outcome = FakeWorld::with_config(b"a = \"\xff\"\n").run("config check");
    assert_eq!(
        outcome.mistakes(),
        ["1:6: this is not text: not UTF-8 from byte 5 on"]
    );
    let outcome = FakeWorld::with_config(vec![b'#'; 1024 * 1024 + 1]).run("config check");
    assert_eq!(
        outcome.mistakes(),
        ["it is larger than 1 MiB, which no configuration is"]
    );
    let outcome = FakeWorld::with_config(vec![b'#'; 1024 * 1024]).run("config check");
    assert_eq!(outcome.code, 0, "{outcome:?}");
}
