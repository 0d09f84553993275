//! No message about a file holds a value of it, whatever is wrong and wherever; and what is shown of a file that is right
//! holds no secret.

use certcheck::adapters::REGISTRY;
use certcheck::config::{Config, KeySchema, ProviderSchema, Schema, ValueType};

use crate::config_file::FILE;
use crate::support::world::FakeWorld;
use certcheck::credentials::Exposure;

/// Whatever one damage leaves of it, a piece of it stays whole.
const CANARY: &str = "hunter2hunter2hunter2";
const PIECE: &str = "hunter2";

/// Every form that a value can have, with the canary in each.
fn forms() -> Vec<String> {
    [
        "\"C\"",
        "'C'",
        "\"\"\"C\"\"\"",
        "[\"C\"]",
        "[[\"C\"], 1]",
        "{ C = \"C\" }",
        "{ PENDING = \"C\" }",
        "{ a.b = [\"C\"] }",
        "{ file = \"C\", profile = \"C\" }",
        "{ command = [\"C\"] }",
        "{ env_prefix = \"C-C\" }",
        "C",
        "\"C",
        "'C\"",
        "[\"C\"",
        "{ a = \"C\"",
        "1979-05-27T07:32:00C",
        "12C",
        "0xC",
        "1.C",
        "+C",
        "true C",
        "tC",
        "fC",
        "\"C\" \"C\"",
        "\"\\C\"",
        "\"\\uC\"",
        "\"C\u{1}\"",
        "= C",
        "\"C\"]",
        "\"C\"\nC",
        "\"C\"\n\"C C\" = 1",
        "\"C\"\nC = ",
        "\"C\"\n[C",
        "\"C\"\n[[C]",
        "\"C\" # C\n= C",
        "\"C\"\nC.C.C = C",
    ]
    .iter()
    .map(|form| form.replace('C', CANARY))
    .collect()
}

/// The keys that a provider's command knows, as the file writes them.
pub fn keys(page: &str) -> Vec<String> {
    let flags = page
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("--"));
    let names = flags.map(|flag| {
        let end = flag.find(|c: char| !c.is_ascii_lowercase() && c != '-' && !c.is_ascii_digit());
        flag[..end.unwrap_or(flag.len())].replace('-', "_")
    });
    let own = ["ids", "name", "account", "provider", "credentials"];
    let mut keys: Vec<String> = names.chain(own.map(str::to_owned)).collect();
    keys.sort_unstable();
    keys.dedup();
    assert!(keys.len() > 12, "{keys:?}");
    keys
}

fn silent(outcome: &str, text: &str) {
    assert!(!outcome.to_lowercase().contains(PIECE), "{text}\n{outcome}");
}

/// A file of one account and one check of that provider, with a line more in one of its three tables.
pub fn with_line(provider: &str, key: &str, line: &str) -> [String; 3] {
    let own = |own: &str, value: &str| {
        if key == own {
            String::new()
        } else {
            format!("{own} = {value}\n")
        }
    };
    let account = format!(
        "[accounts.a]\n{}{}{}",
        own("provider", &format!("\"{provider}\"")),
        own("endpoint", "\"https://a.example\""),
        own("credentials", "{ env_prefix = \"\" }"),
    );
    let site = match provider {
        "esa" => own("site_id", "1"),
        _ => String::new(),
    };
    let check = format!(
        "[[checks]]\n{}{}{}{site}",
        own("name", "\"c\""),
        own("account", "\"a\""),
        own("ids", "[\"1\"]"),
    );
    [
        format!("[defaults]\n{line}{account}{check}"),
        format!("{account}{line}{check}"),
        format!("{account}{check}{line}"),
    ]
}

#[test]
fn no_flag_repeats_a_value_that_it_refuses() {
    for (place, provider) in REGISTRY.iter().enumerate() {
        let page = FakeWorld::of_user()
            .run(&format!("{} --help", provider.name))
            .stdout;
        let (own, _) = page.split_once("Judging and output").expect("two parts");
        // The flags of every command are the same for each of them.
        let keys = keys(if place == 0 { &page } else { own });
        let mut refused = 0;
        for key in &keys {
            for value in [
                CANARY.to_owned(),
                format!("http://{CANARY}:{CANARY}@{CANARY}.example/{CANARY}"),
            ] {
                let line = format!("{key} = \"{value}\"\n");
                for text in with_line(provider.name, key, &line) {
                    let outcome = FakeWorld::with_config(&text).run("config check");
                    refused += usize::from(outcome.code == 3);
                    silent(&outcome.all(), &text);
                }
            }
        }
        assert!(refused > 3 * keys.len(), "{}: {refused}", provider.name);
    }
}

/// Words of every form.
fn vocabulary() -> Schema {
    let key = |(name, form): (&str, ValueType)| KeySchema {
        name: name.to_owned(),
        form,
    };
    let keys = || {
        let keys = [
            ("one", ValueType::One),
            ("ids", ValueType::Several),
            ("switch", ValueType::Switch),
            ("path", ValueType::Path),
            ("pairs", ValueType::Pairs),
        ];
        keys.map(key).to_vec()
    };
    Schema {
        defaults: keys(),
        dialects: vec![ProviderSchema {
            names: vec!["cloud".to_owned()],
            account: keys(),
            check: keys(),
            credentials: ["profile", "file", "command", "env_prefix"]
                .map(str::to_owned)
                .to_vec(),
        }],
    }
}

const RIGHT: &str = "\
[defaults]
one = \"C\" # C
path = 'C'
[accounts.a]
provider = \"cloud\"
one = 1.5
pairs = { A = \"C\", B = \"C\" }
credentials = { command = [\"/C\", \"C\"] }
[[checks]]
name = \"C\"
account = \"a\"
ids = [
  \"C\", 12,
]
switch = true
";

fn read(text: &str) -> usize {
    let (_, mistakes) = Config::read(text.as_bytes(), &vocabulary());
    for mistake in &mistakes {
        silent(&mistake.in_file(FILE).message, text);
        silent(mistake.in_file(FILE).hint(), text);
    }
    mistakes.len()
}

#[test]
fn no_damage_to_a_file_makes_a_message_repeat_a_piece_of_it() {
    let right = RIGHT.replace('C', CANARY);
    assert_eq!(read(&right), 0);
    let mut damaged = 0;
    for (place, _) in right.char_indices() {
        let (before, after) = right.split_at(place);
        damaged += usize::from(read(before) > 0);
        damaged += usize::from(read(&format!("{before}{}", &after[1..])) > 0);
        for new in [
            "\"", "'", "[", "]", "{", "}", "=", ",", ".", "\n", "#", " ", "\\", "\u{1}", "é",
        ] {
            damaged += usize::from(read(&format!("{before}{new}{after}")) > 0);
        }
    }
    assert!(damaged > 3000, "{damaged}");
}

#[test]
fn no_form_of_a_value_makes_a_message_repeat_it() {
    let mut refused = 0;
    for form in forms() {
        for key in [
            "one",
            "ids",
            "switch",
            "path",
            "pairs",
            "name",
            "account",
            "provider",
            "credentials",
            "strange",
        ] {
            for text in [
                format!("[defaults]\n{key} = {form}\n"),
                format!("[accounts.a]\nprovider = \"cloud\"\n{key} = {form}\n"),
                format!("[[checks]]\nname = \"c\"\n{key} = {form}\n"),
                format!("{key} = {form}\n"),
                format!("defaults = {form}\naccounts = {form}\nchecks = {form}\n"),
            ] {
                refused += usize::from(read(&text) > 0);
            }
        }
    }
    assert!(refused > 1500, "{refused}");
}

const SECRETS: &str = r#"
[accounts.a]
provider = "tencent"
proxy = "http://me:hunter2hunter2@proxy.example:3128"
credentials = { command = ["/bin/get-key", "hunter2hunter2"] }
[[checks]]
name = "c"
account = "a"
# What was pasted into the wrong place is no less secret.
ids = ["BAbc1234", "hunter2hunter2"]
"#;

#[test]
fn what_is_shown_of_a_file_holds_no_secret() {
    for line in [
        "config show",
        "config show --json",
        "config check",
        "config path",
    ] {
        let outcome = FakeWorld::with_config(SECRETS).run(line);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert!(!outcome.all().contains(PIECE), "{outcome:?}");
    }
    let outcome = FakeWorld::with_config(SECRETS).run("config show");
    assert!(outcome.stdout.contains("proxy.example:3128"), "{outcome:?}");
    assert!(
        outcome.stdout.contains("printed by /bin/get-key"),
        "{outcome:?}"
    );
}

#[test]
fn a_password_is_refused_in_a_file_that_others_can_read() {
    let mut world = FakeWorld::with_config(SECRETS);
    world.exposure.insert(FILE.into(), Exposure::Own);
    let outcome = world.run("config check");
    let expected = "4:1: a password stands in `proxy`, and others can read this file";
    assert_eq!(outcome.mistakes(), [expected]);
    assert!(
        outcome.stderr.contains(&format!("run: chmod 600 {FILE}")),
        "{outcome:?}"
    );
    let plain = SECRETS.replace("me:hunter2hunter2@", "");
    let mut world = FakeWorld::with_config(plain);
    world.exposure.insert(FILE.into(), Exposure::Own);
    assert_eq!(world.run("config check").code, 0);
}

#[test]
fn a_run_repeats_no_secret_of_the_file() {
    // The proxy is not there; it would be told the password.
    let text = SECRETS
        .replace("proxy.example:3128", "127.0.0.1:1")
        .replace(
            "provider = \"tencent\"",
            "provider = \"tencent\"\nendpoint = \"https://a.invalid\"",
        );
    let world = FakeWorld {
        helper_output: Some(Ok(b"{\"id\":\"AKIDother\",\"secret\":\"another\"}".to_vec())),
        ..FakeWorld::with_config(text)
    };
    for line in ["check -vv", "check --json -vv", "check -o ndjson"] {
        let outcome = world.run(line);
        assert_eq!(outcome.code, 3);
        assert!(outcome.all().contains("127.0.0.1:1"), "{outcome:?}");
        assert!(!outcome.all().contains(PIECE), "{outcome:?}");
    }
    for line in ["providers", "doctor"] {
        assert!(!world.run(line).all().contains(PIECE), "{line}");
    }
}

#[test]
fn a_key_in_any_variable_of_an_account_is_a_secret_from_the_start() {
    let world = FakeWorld::with_config("[defaults]\n").variables([
        ("CORP_TENCENTCLOUD_SECRET_KEY", "hunter2-of-corp"),
        ("X_CERTCHECK_HUAWEI_TOKEN", "hunter2-of-x"),
        ("A_ALIBABA_CLOUD_SECURITY_TOKEN", "hunter2-of-a"),
    ]);
    for typed in ["hunter2-of-corp", "hunter2-of-x", "hunter2-of-a"] {
        let wrong = [
            format!("check --config /{typed}"),
            format!("check --warn {typed}"),
            format!("config show --severity {typed}"),
            format!("{typed} --help"),
        ];
        for line in wrong {
            let outcome = world.run(&line);
            assert_eq!(outcome.code, 3, "{line}");
            assert!(!outcome.all().contains("hunter2"), "{line}: {outcome:?}");
        }
    }
}
