//! Which of several places counts: flag, environment, check, account, defaults.

use certcheck::sandbox::Emulator;
use serde_json::Value;

use crate::credentials::text;
use crate::support::sandbox::frozen;
use crate::support::world::{FakeWorld, Output};

const TEXT: &str = r#"
[defaults]
warn = "5d"
crit = "5h"
timeout = "5s"
retries = 5
severity = { PENDING = "critical" }
[accounts.plain]
provider = "tencent"
[accounts.full]
provider = "esa"
warn = 4
timeout = "4s"
retries = 4
rate = 0.4
credentials = { profile = "corp" }
[[checks]]
name = "of defaults"
account = "plain"
ids = ["a"]
[[checks]]
name = "of the account"
account = "full"
site_id = 1234567890123
ids = ["a"]
[[checks]]
name = "of the check"
account = "full"
site_id = "1"
ids = ["a", 2]
warn = "3d"
crit = "off"
severity = { FAILED = "ok" }
"#;

/// What a check says of a value, and where that comes from.
fn said(outcome: &Output, check: &str, name: &str) -> (String, String) {
    let json = outcome.json();
    let checks = json["checks"].as_array().expect("checks");
    let check = checks.iter().find(|own| own["name"] == check).expect(check);
    let values = check["values"].as_array().expect("values");
    let value = values.iter().find(|own| own["name"] == name).expect(name);
    let text = |key: &str| value[key].as_str().expect("a text").to_owned();
    (text("value"), text("source"))
}

#[test]
fn the_nearest_place_counts() {
    let world = FakeWorld::with_config(TEXT);
    let outcome = world.run("config show --json");
    for (check, name, value, source) in [
        ("of defaults", "warn", "5d", "[defaults]"),
        ("of defaults", "severity", "PENDING=critical", "[defaults]"),
        (
            "of defaults",
            "rate",
            "below the provider's limit",
            "built in",
        ),
        ("of the account", "warn", "4", "the account"),
        ("of the account", "crit", "5h", "[defaults]"),
        ("of the account", "timeout", "4s", "the account"),
        ("of the account", "rate", "0.4", "the account"),
        ("of the check", "warn", "3d", "the check"),
        ("of the check", "crit", "off", "the check"),
        ("of the check", "severity", "FAILED=ok", "the check"),
    ] {
        let expected = (value.to_owned(), source.to_owned());
        assert_eq!(said(&outcome, check, name), expected, "{check}, {name}");
    }
    let typed = world
        .clone()
        .variables([("CERTCHECK_WARN", "2d"), ("CERTCHECK_CRIT", "2h")]);
    let outcome = typed.run("config show --json --crit 1h");
    for check in ["of defaults", "of the account", "of the check"] {
        let variable = ("2d".to_owned(), "CERTCHECK_WARN".to_owned());
        assert_eq!(said(&outcome, check, "warn"), variable);
        let flag = ("1h".to_owned(), "--crit".to_owned());
        assert_eq!(said(&outcome, check, "crit"), flag);
    }
}

#[test]
fn off_and_nothing_beat_what_stands_below_them_too() {
    let sandbox = frozen(&[]);
    let keys = Emulator::TENCENT.credentials();
    let defaults = "[defaults]\ndomain = [\"zzz*\"]\nseverity = { OK = \"critical\" }\n";
    let plain = text(&sandbox, Emulator::TENCENT, "{ env_prefix = \"\" }");
    let verdicts = |above: &str| {
        let text = format!("{defaults}{plain}{above}");
        let json = FakeWorld::with_config(text)
            .variables(keys.clone())
            .run("check --json")
            .json();
        let rows = json["certificates"].as_array().expect("rows").iter();
        rows.map(|row| row["verdict"].clone())
            .collect::<Vec<Value>>()
    };
    assert_eq!(verdicts(""), [""; 0]);
    assert_eq!(verdicts("domain = []\n"), ["critical"]);
    assert_eq!(verdicts("domain = []\nseverity = {}\n"), ["ok"]);

    let switches = ["ignore_superseded", "allow_empty", "no_listing"];
    let all = |value: bool| switches.map(|name| format!("{name} = {value}\n")).concat();
    let world = FakeWorld::with_config(format!("[defaults]\n{}{plain}{}", all(true), all(false)));
    let outcome = world.run("config show --json");
    for name in switches {
        let expected = ("false".to_owned(), "the check".to_owned());
        assert_eq!(said(&outcome, "c", name), expected);
    }
}

const WHOLE: &str = r#"
[defaults]
at = "+30d"
no_listing = true
exit_zero = true
concurrency = 3
quiet = true
[accounts.a]
provider = "huawei"
region = "cn-east-3"
project_id = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
proxy = "http://me:hunter2hunter2@proxy.example:3128"
pin_sha256 = "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff"
[accounts.b]
provider = "mpush"
insecure = true
[[checks]]
name = "one"
account = "a"
ids = ["scs1"]
legacy = true
ignore_superseded = true
domain = ["*.a.example", "b.example"]
[[checks]]
name = "two"
account = "b"
ids = ["1"]
environment = "production"
allow_empty = true
"#;

#[test]
fn whatever_decides_a_result_is_shown_with_its_source() {
    let world = FakeWorld::with_config(WHOLE).variables([("CERTCHECK_DEADLINE", "2m")]);
    let outcome = world.run("config show --json");
    for (check, name, value, source) in [
        ("one", "at", "+30d", "[defaults]"),
        ("one", "no_listing", "true", "[defaults]"),
        ("one", "exit_zero", "true", "[defaults]"),
        ("one", "concurrency", "3", "[defaults]"),
        ("one", "deadline", "2m", "CERTCHECK_DEADLINE"),
        ("one", "region", "cn-east-3", "the account"),
        ("one", "proxy", "proxy.example:3128", "the account"),
        ("one", "legacy", "true", "the check"),
        ("one", "ignore_superseded", "true", "the check"),
        ("one", "domain", "*.a.example, b.example", "the check"),
        ("two", "insecure", "true", "the account"),
        ("two", "environment", "production", "the check"),
        ("two", "allow_empty", "true", "the check"),
    ] {
        let expected = (value.to_owned(), source.to_owned());
        assert_eq!(said(&outcome, check, name), expected, "{check}, {name}");
    }
    let (pin, _) = said(&outcome, "one", "pin_sha256");
    assert!(pin.starts_with("00:11:"), "{pin}");
    let shown = world.run("config show").stdout;
    for line in [
        "  proxy              proxy.example:3128 (the account)\n",
        "  exit_zero          true ([defaults])\n",
        "  at                 +30d ([defaults])\n",
        "  deadline           2m (CERTCHECK_DEADLINE)\n",
        "  insecure           true (the account)\n",
    ] {
        assert!(shown.contains(line), "{line}{shown}");
    }
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_shown_file_acts_on_no_terminal() {
    let name = r"a\u202e\u007f\u0085\u001b";
    let text = TEXT.replace("of the check", name);
    for line in ["config show --json", "config show"] {
        let outcome = FakeWorld::with_config(&text).run(line);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let acts = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!outcome.stdout.contains(acts), "{outcome:?}");
    }
    let json = FakeWorld::with_config(&text)
        .run("config show --json")
        .json();
    assert_eq!(json["checks"][2]["name"], "a\u{202e}\u{7f}\u{85}\u{1b}");
}

#[test]
fn a_file_is_shown_for_people_too() {
    let outcome = FakeWorld::with_config(TEXT).run("config show");
    let expected = "
of the check
  account            full (esa)
  endpoint           https://esa.cn-hangzhou.aliyuncs.com
  credentials        the profile corp in the vendor's own files
  ids                a, 2
  scope              site 1
  warn               3d (the check)
  crit               off (the check)
  severity           FAILED=ok (the check)
  timeout            4s (the account)
  retries            0 (CERTCHECK_RETRIES)
  rate               0.4 (the account)
  site_id            1 (the check)
";
    assert!(outcome.stdout.ends_with(expected), "{}", outcome.stdout);
}

#[test]
fn where_and_as_whom_is_no_business_of_the_environment() {
    let variables = [
        ("CERTCHECK_TENCENT_ENDPOINT", "https://evil.example"),
        ("CERTCHECK_TENCENT_SITE", "cn"),
        ("CERTCHECK_TENCENT_CA_FILE", "/no/such/file"),
        ("CERTCHECK_TENCENT_PROXY", "http://evil.example"),
        ("CERTCHECK_ESA_REGION", "ap-southeast-1"),
        ("CERTCHECK_ESA_SITE_ID", "666"),
        ("TENCENTCLOUD_REGION", "BROKEN REGION"),
    ];
    let with = FakeWorld::with_config(TEXT)
        .variables(variables)
        .run("config show --json");
    let without = FakeWorld::with_config(TEXT).run("config show --json");
    assert_eq!(with.stdout, without.stdout);
    assert_eq!(with.code, 0, "{with:?}");
}

#[test]
fn what_is_typed_wrong_is_no_mistake_of_the_file() {
    for line in ["check --warn soonish", "config show --warn soonish"] {
        let outcome = FakeWorld::with_config(TEXT).run(line);
        assert_eq!(outcome.code, 3);
        assert!(outcome.stderr.starts_with("error: --warn: "), "{outcome:?}");
    }
    // Each is right alone, both together are not.
    let outcome = FakeWorld::with_config(TEXT).run("check --crit 40d");
    assert_eq!(outcome.mistakes().len(), 1, "{outcome:?}");
    assert!(
        outcome.stderr.contains("critical before it is a warning"),
        "{outcome:?}"
    );
}

#[test]
fn a_check_is_chosen_by_name_provider_and_account() {
    for (line, expected) in [
        ("check nobody", "no check is called `nobody`"),
        (
            "check --account corp",
            "no account with a check is called `corp`",
        ),
        (
            "check --account full --provider tencent",
            "no check is left: nothing to judge",
        ),
        (
            "check --provider huawei-scm",
            "no check is left: nothing to judge",
        ),
    ] {
        let outcome = FakeWorld::with_config(TEXT).run(line);
        assert_eq!(
            (outcome.code, outcome.mistakes()),
            (3, vec![expected.to_owned()])
        );
        assert_eq!(outcome.stdout, "");
    }
    let near = FakeWorld::with_config(TEXT.replace("of the check", "shop")).run("check shpo");
    assert!(near.stderr.contains("did you mean `shop`?"), "{near:?}");
}
