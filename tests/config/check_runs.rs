//! Whole runs over a file: several accounts at once, each with its own key, in the order of the file.

use certcheck::sandbox::{Emulator, Sandbox};
use serde_json::{Value, json};

use crate::support::sandbox::frozen;
use crate::support::world::{FakeWorld, Output};

/// Two accounts of one provider, one of another, and checks of them in mixed order.
pub fn text(sandbox: &Sandbox) -> String {
    let [tencent, huawei] =
        [Emulator::TENCENT, Emulator::HUAWEI].map(|service| sandbox.endpoint(service));
    format!(
        r#"
[accounts.first]
provider = "tencent"
endpoint = "{tencent}"
credentials = {{ env_prefix = "FIRST_" }}
[accounts.second]
provider = "tencent-ssl"
endpoint = "{tencent}"
credentials = {{ env_prefix = "" }}
[accounts.cloud]
provider = "huawei"
endpoint = "{huawei}"
credentials = {{ env_prefix = "" }}
[[checks]]
name = "one"
account = "second"
ids = ["sbxValid"]
[[checks]]
name = "two"
account = "cloud"
ids = ["scs1700000000001", "scs1700000000002"]
warn = "off"
crit = "off"
[[checks]]
name = "three"
account = "first"
ids = ["sbxSoon1", "sbxValid", "no/id"]
warn = 1
crit = "off"
[[checks]]
name = "four"
account = "second"
ids = ["sbxSoon1", "sbxValid"]
severity = {{ OK = "critical" }}
"#
    )
}

/// The first account has a temporary key, the others long-lived ones.
fn keys() -> Vec<(String, String)> {
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let first = Emulator::TENCENT.temporary_credentials().into_iter();
    let first = first.map(|(name, value)| (format!("FIRST_{name}"), value.to_owned()));
    let others = [Emulator::TENCENT, Emulator::HUAWEI];
    let others = others.into_iter().flat_map(Emulator::credentials).map(own);
    first.chain(others).collect()
}

fn world(sandbox: &Sandbox) -> FakeWorld {
    let keys = keys();
    let keys = keys
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    FakeWorld::with_config(text(sandbox)).variables(keys)
}

/// Check, account and id of each row.
fn rows(outcome: &Output, list: &str) -> Vec<[String; 3]> {
    let json = outcome.json();
    let rows = json[list].as_array().expect("a list").iter();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or("-").to_owned();
    rows.map(|row| ["check", "account", "id"].map(|key| text(row, key)))
        .collect()
}

fn owned<const N: usize>(rows: [[&str; 3]; N]) -> Vec<[String; 3]> {
    rows.into_iter().map(|row| row.map(str::to_owned)).collect()
}

#[test]
fn every_account_is_asked_with_its_own_key_and_results_stand_in_the_order_of_the_file() {
    let sandbox = frozen(&[]);
    let outcome = world(&sandbox).run("check --json");
    let expected = owned([
        ["one", "second", "sbxValid"],
        ["two", "cloud", "scs1700000000001"],
        ["two", "cloud", "scs1700000000002"],
        ["three", "first", "sbxSoon1"],
        ["three", "first", "sbxValid"],
        ["four", "second", "sbxSoon1"],
        ["four", "second", "sbxValid"],
    ]);
    assert_eq!(rows(&outcome, "certificates"), expected);
    assert_eq!(rows(&outcome, "errors"), owned([["three", "first", "-"]]));
    let seen = sandbox.seen();
    assert!(seen.iter().all(|seen| seen.outcome == "ok"), "{seen:?}");
    assert_eq!(
        seen.len(),
        4,
        "one list for each Tencent account, whichever checks its ids are in; one call for each id at Huawei"
    );
    let with_token = seen
        .iter()
        .filter(|seen| seen.headers.iter().any(|(name, _)| name == "x-tc-token"));
    assert_eq!(with_token.count(), 1, "the list of the first account");
}

#[test]
fn every_check_is_judged_by_its_own_thresholds() {
    let sandbox = frozen(&[]);
    let verdicts = |line: &str| {
        let json = world(&sandbox).run(line).json();
        let rows = json["certificates"].as_array().expect("a list").clone();
        let of = |row: &Value| row["verdict"].as_str().expect("a text").to_owned();
        rows.iter().map(of).collect::<Vec<_>>()
    };
    let expected = ["ok", "ok", "ok", "ok", "ok", "critical", "critical"];
    assert_eq!(verdicts("check --json"), expected);
    // What is typed counts for all.
    assert_eq!(
        verdicts("check three --json --warn 300"),
        ["warning", "warning"]
    );
    assert_eq!(verdicts("check four --json --severity OK=ok"), ["ok", "ok"]);
    assert_eq!(verdicts("check one --json --at 2100-01-01"), ["critical"]);
}

#[test]
fn names_choose_and_the_order_stays_that_of_the_file() {
    let sandbox = frozen(&[]);
    let names = |line: &str| {
        let rows = rows(&world(&sandbox).run(line), "certificates");
        let mut names: Vec<String> = rows.into_iter().map(|[check, ..]| check).collect();
        names.dedup();
        names
    };
    assert_eq!(names("check three one --json"), ["one", "three"]);
    assert_eq!(names("check --provider huawei-scm --json"), ["two"]);
    assert_eq!(names("check --account second --json"), ["one", "four"]);
    assert_eq!(names("--json check --account second four"), ["four"]);
}

#[test]
fn a_broken_account_leaves_the_others_as_they_are() {
    let sandbox = frozen(&[]);
    let whole = world(&sandbox).run("check two four --json").json();
    for (name, value) in [
        ("FIRST_TENCENTCLOUD_SECRET_KEY", "wrong-secret-of-the-first"),
        ("FIRST_TENCENTCLOUD_SECRET_KEY", ""),
    ] {
        let outcome = world(&sandbox)
            .variables([(name, value)])
            .run("check --json");
        let expected = owned([
            ["three", "first", "sbxSoon1"],
            ["three", "first", "sbxValid"],
            ["three", "first", "-"],
        ]);
        let json = outcome.json();
        let ids = rows(&outcome, "errors");
        assert_eq!(ids.len(), 3, "{outcome:?}");
        assert!(expected.iter().all(|row| ids.contains(row)), "{ids:?}");
        assert_eq!(json["errors"][0]["kind"], "credentials");
        assert_eq!(json["certificates"].as_array().map(Vec::len), Some(5));
        assert!(!outcome.all().contains("wrong-secret"), "{outcome:?}");
    }
    assert_eq!(whole["errors"], json!([]));
}

#[test]
fn everything_that_an_account_holds_is_a_check_too() {
    let sandbox = frozen(&[]);
    let text = format!(
        "[accounts.a]\nprovider = \"tencent\"\nendpoint = \"{}\"\ncredentials = {{ env_prefix = \"\" }}\n\
         [[checks]]\nname = \"all\"\naccount = \"a\"\nall = true\ndomain = \"*.nowhere.example\"\n",
        sandbox.endpoint(Emulator::TENCENT)
    );
    let keys = Emulator::TENCENT.credentials();
    let outcome = FakeWorld::with_config(&text)
        .variables(keys.clone())
        .run("check --json");
    assert_eq!(
        rows(&outcome, "errors"),
        owned([["all", "a", "-"]]),
        "{outcome:?}"
    );
    let outcome = FakeWorld::with_config(text.replace("*.nowhere.example", "*.example.com"))
        .variables(keys)
        .run("check --json");
    assert!(rows(&outcome, "certificates").len() > 3, "{outcome:?}");
}

#[test]
fn a_pipe_gets_its_lines_with_the_names() {
    let sandbox = frozen(&[]);
    let outcome = world(&sandbox).run("check one -o ndjson");
    let first: Value =
        serde_json::from_str(outcome.stdout.lines().next().expect("a line")).expect("JSON");
    assert_eq!(
        (&first["check"], &first["account"]),
        (&json!("one"), &json!("second"))
    );
}

#[test]
fn defaults_hold_for_the_run() {
    let sandbox = frozen(&[]);
    let with = |defaults: &str| {
        let mut world = world(&sandbox);
        let text = format!("[defaults]\n{defaults}\n{}", text(&sandbox));
        world
            .files
            .insert(crate::config_file::FILE.into(), text.into_bytes());
        world
    };
    let outcome = with("output = \"json\"").run("check one");
    assert_eq!(outcome.json()["summary"]["certificates"], 1);
    let outcome = with("quiet = true").run("check one");
    assert_eq!((outcome.code, outcome.all().as_str()), (0, ""));
    let outcome = with("exit_zero = true").run("check four");
    assert_eq!(outcome.code, 0);
    let outcome = with("json = true").run("check one -o table");
    assert!(outcome.stdout.starts_with("PROVIDER"), "{outcome:?}");
    // The nearest place counts.
    let verdict = |line: &str| {
        let json = with("warn = 3000\ncrit = \"off\"\noutput = \"json\"")
            .run(line)
            .json();
        json["verdict"].as_str().map(str::to_owned)
    };
    assert_eq!(verdict("check one").as_deref(), Some("warning"));
    assert_eq!(verdict("check two").as_deref(), Some("ok"));
    // What a file says of nothing is not to be passed for well.
    let outcome = with("").run("check nothing");
    assert_eq!(outcome.code, 3);
}
