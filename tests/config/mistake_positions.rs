//! Which key a refusal blames, in whose words, and that no other mistake hides behind it.

use crate::support::world::FakeWorld;

fn mistakes(text: &str) -> Vec<String> {
    FakeWorld::with_config(text).run("config check").mistakes()
}

#[test]
fn the_key_that_is_wrong_is_blamed_and_not_the_ids() {
    let check = "[[checks]]\nname = \"c\"\naccount = \"a\"\nids = [\"good1\", \"good2\"]\n";
    for (account, line, expected) in [
        (
            "provider = \"esa\"",
            "site_id = \"zz\"",
            "7:1: `site_id`: invalid ID: digits only",
        ),
        (
            "provider = \"huawei\"",
            "legacy = true",
            "7:1: `legacy` needs `project_id`",
        ),
    ] {
        let text = format!("[accounts.a]\n{account}\n{check}{line}\n");
        assert_eq!(mistakes(&text), [expected], "{text}");
    }
}

const TWO: &str = r#"[accounts.a]
provider = "tencent"
warn = "10d"
[[checks]]
name = "c"
account = "a"
ids = ["a"]
crit = "20d"
"#;

#[test]
fn two_values_that_do_not_go_together_are_named_as_they_were_said() {
    let higher = |crit: &str, warn: &str| {
        format!("{crit} lies above {warn}: a certificate would be critical before it is a warning")
    };
    let outcome = FakeWorld::with_config(TWO).run("config check");
    let expected = format!("8:1: {}", higher("`crit`", "`warn`"));
    assert_eq!(outcome.mistakes(), [expected]);
    let hint = "  hint: lower `crit` or raise `warn` (auto: ";
    assert!(outcome.stderr.contains(hint), "{outcome:?}");

    let alone = TWO.replace("warn = \"10d\"", "timeout = 1");
    let variable = FakeWorld::with_config(&alone).variables([("CERTCHECK_WARN", "10d")]);
    let outcome = variable.run("check");
    let expected = format!("8:1: {}", higher("`crit`", "CERTCHECK_WARN"));
    assert_eq!(outcome.mistakes(), [expected]);
    let hint = "  hint: lower `crit` or raise CERTCHECK_WARN (auto: ";
    assert!(outcome.stderr.contains(hint), "{outcome:?}");

    let outcome = FakeWorld::with_config(TWO).run("check --crit 15d");
    let expected = format!("3:1: {}", higher("--crit", "`warn`"));
    assert_eq!(outcome.mistakes(), [expected]);
    let hint = "  hint: lower --crit or raise `warn` (auto: ";
    assert!(outcome.stderr.contains(hint), "{outcome:?}");
}

#[test]
fn only_an_order_that_was_typed_is_refused_for_a_stream() {
    let file = "[defaults]\nsort = \"name\"\n";
    let streams = format!("{file}output = \"ndjson\"\n");
    for (text, variables, line) in [
        (file, &[][..], "config show -o ndjson"),
        (file, &[("CERTCHECK_OUTPUT", "ndjson")], "config show"),
        (&streams, &[], "config show"),
        (&streams, &[], "config check"),
    ] {
        let world = FakeWorld::with_config(text).variables(variables.iter().copied());
        assert_eq!(world.run(line).code, 0, "{line} {text}");
        let typed = world.run("check --sort name -o ndjson");
        assert!(typed.stderr.starts_with("error: --sort: "), "{typed:?}");
    }
    // What it says is looked at all the same.
    let wrong = streams.replace("name", "size");
    assert_eq!(mistakes(&wrong), ["2:1: `sort`: it is not a valid value"]);
}

#[test]
fn a_value_that_is_a_common_word_leaves_message_and_hint_whole() {
    let text = r#"[accounts.a]
provider = "tencent"
region = "lower certificate warning critical before raise lifetime"
[[checks]]
name = "c"
account = "a"
ids = ["critical"]
crit = "40d"
domain = ["certificate", "critical", "raise", "lower", "lifetime"]
"#;
    let outcome =
        FakeWorld::with_config(text.replace("region = ", "ca_file = ")).run("config check");
    assert_eq!(
        outcome.mistakes()[0],
        "3:1: `ca_file`: the file cannot be used: No such file or directory"
    );
    let outcome = FakeWorld::with_config(text.replace("region = ", "#")).run("config check");
    let expected =
        "8:1: `crit` lies above `warn`: a certificate would be critical before it is a warning";
    assert_eq!(outcome.mistakes(), [expected]);
    let hint = "hint: lower `crit` or raise `warn` (auto: 30 days, at most 25% of the lifetime)";
    assert!(outcome.stderr.contains(hint), "{outcome:?}");
}

#[test]
fn every_wrong_value_of_a_table_is_told_at_once() {
    let wrong = "timeout = \"soon\"\nretries = \"many\"\nrate = \"fast\"\n";
    assert_eq!(
        mistakes(&format!("[defaults]\n{wrong}")),
        [
            "2:1: `timeout`: it is not a time limit",
            "3:1: `retries`: it is not a whole number from 0 to 10",
            "4:1: `rate`: it is not a rate",
        ]
    );
    let more = "site = \"moon\"\nregion = \"Moon Base\"\n";
    let text = format!("[accounts.a]\nprovider = \"tencent\"\n{wrong}{more}");
    assert_eq!(
        mistakes(&text),
        [
            "3:1: `timeout`: it is not a time limit",
            "4:1: `retries`: it is not a whole number from 0 to 10",
            "5:1: `rate`: it is not a rate",
            "6:1: `site`: it is not a valid value",
            "7:1: `region`: it is not the name of a region",
        ]
    );
    let text = "[accounts.a]\nprovider = \"esa\"\n[[checks]]\nname = \"c\"\naccount = \"a\"\n\
                ids = [\"a\"]\nwarn = \"x\"\nat = \"y\"\nsite_id = \"zz\"\n";
    // Without it the number of the site is missing, which is no mistake more.
    assert_eq!(
        mistakes(text),
        [
            "7:1: `warn`: it is not a threshold",
            "8:1: `at`: it is not a valid time",
            "9:1: `site_id`: invalid ID: digits only",
        ]
    );
}
