//! Whatever bytes a value, a key or a broken line has: what is refused is not repeated, and neither is a password or an
//! argument that is accepted.

use certcheck::adapters::REGISTRY;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::redaction::{keys, with_line};
use crate::support::world::FakeWorld;

/// Characters of a value in a row that may not be repeated.
const RUN: usize = 6;

/// What a key or a password can look like, and whatever else: quotes of every kind, escapes, letters of other scripts.
const VALUE: &str = "[ -~`é证\u{202e}\u{7f}]{6,24}";

/// As TOML writes a text.
fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04X}", c as u32),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// The runs of a text, as a terminal shows them.
fn runs(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let runs = letters
        .windows(RUN)
        .map(|run| run.iter().collect::<String>());
    runs.filter(|run| !run.trim().is_empty()).collect()
}

/// What both commands say of a file that is refused; nothing of one that is not.
fn said(text: &str) -> Option<String> {
    let world = FakeWorld::with_config(text);
    let checked = world.run("config check");
    if checked.code == 0 {
        return None;
    }
    let others = ["check --json", "config show"].map(|line| world.run(line).all());
    Some(checked.all() + &others.concat())
}

/// That nothing of the text is said which is not said of every other one.
fn is_not_repeated(text: &str, file: impl Fn(&str) -> String) {
    let Some(said) = said(&file(text)) else {
        return;
    };
    let usual = self::said(&file("0")).unwrap_or_default();
    for run in runs(text) {
        let is_ours = usual.contains(&run);
        assert!(
            is_ours || !said.contains(&run),
            "{run:?} of {text:?} in {}\n{said}",
            file(text)
        );
    }
}

fn every_key() -> Vec<(&'static str, String)> {
    let of = |provider: &'static str| {
        let page = FakeWorld::of_user()
            .run(&format!("{provider} --help"))
            .stdout;
        let all = keys(&page).into_iter();
        all.map(move |key| (provider, key)).collect::<Vec<_>>()
    };
    REGISTRY
        .iter()
        .flat_map(|provider| of(provider.name))
        .collect()
}

#[test]
fn config_file_no_value_with_a_backtick_is_repeated() {
    for (provider, key) in every_key() {
        for value in ["EU`hush-hush", "--x: `hush-hush"] {
            for place in 0..3 {
                is_not_repeated(value, |value| {
                    with_line(provider, &key, &format!("{key} = {}\n", quoted(value)))[place]
                        .clone()
                });
            }
        }
    }
}

/// The values that 2255421 printed.
#[test]
fn config_file_the_values_that_were_printed_are_not() {
    let values = [
        "region",
        "warn",
        "crit",
        "at",
        "timeout",
        "retries",
        "rate",
        "assume_offset",
        "project_id",
    ];
    let mut told = 0;
    for key in values {
        for place in 0..3 {
            let line = format!("{key} = \"EU`hush\"\n");
            let text = &with_line("huawei", key, &line)[place];
            let said = said(text).expect("it is refused");
            assert!(!said.contains("hush"), "{said}");
            told += usize::from(said.contains(&format!("`{key}`: it ")));
        }
    }
    let severity = &with_line(
        "huawei",
        "severity",
        "severity = { PENDING = \"EU`hush\" }\n",
    )[1];
    let said = said(severity).expect("it is refused");
    assert!(
        !said.contains("hush") && said.contains("`severity`: it is not a verdict"),
        "{said}"
    );
    // Each of them where it belongs, and still by what is wrong with it.
    assert!(told >= values.len(), "{told}");
}

proptest! {
    // The same cases in every run, as in `tests/secrets/spellings.rs`.
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(20_261_128),
        ..ProptestConfig::with_cases(100)
    })]

    #[test]
    fn config_file_no_value_is_repeated(
        value in VALUE,
        (provider, key) in prop::sample::select(every_key()),
        form in 0..5,
        place in 0..3_usize,
    ) {
        is_not_repeated(&value, |value| {
            let text = quoted(value);
            let said = match form {
                0 => text,
                1 => format!("[{text}, 1]"),
                2 => format!("{{ PENDING = {text} }}"),
                3 => format!("{{ {text} = \"ok\" }}"),
                _ => format!("{{ command = [{text}] }}"),
            };
            with_line(provider, &key, &format!("{key} = {said}\n"))[place].clone()
        });
    }

    #[test]
    fn config_file_no_key_and_no_broken_line_is_repeated(
        value in VALUE,
        provider in prop::sample::select(REGISTRY.iter().map(|provider| provider.name).collect::<Vec<_>>()),
        form in 0..6,
        place in 0..3_usize,
    ) {
        is_not_repeated(&value, |value| {
            let text = quoted(value);
            let line = match form {
                0 => format!("{text} = 1\n"),
                1 => format!("a.{text}.b = 1\n"),
                2 => format!("{value}\n"),
                3 => format!("warn = {value}\n"),
                4 => format!("warn = \"{value}\n"),
                _ => format!("[{value}\n"),
            };
            with_line(provider, "", &line)[place].clone()
        });
    }

    #[test]
    fn config_file_no_password_and_no_argument_is_repeated(
        secret in "[!-~]{8,24}",
        line in prop::sample::select(vec!["config check", "config show", "config show --json", "check"]),
        printed in prop::sample::select(vec![Err("it exited with 1".to_owned()), Ok(b"no key".to_vec())]),
    ) {
        let escaped: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let file = format!(
            "[accounts.a]\nprovider = \"tencent\"\nendpoint = \"http://127.0.0.1:1\"\n\
             proxy = \"http://me:{escaped}@proxy.example:3128\"\n\
             credentials = {{ command = [\"/bin/get-key\", {}] }}\n\
             [[checks]]\nname = \"c\"\naccount = \"a\"\nids = [\"BAbc1234\"]\n",
            quoted(&secret)
        );
        let world = FakeWorld { helper_output: Some(printed), ..FakeWorld::with_config(&file) };
        let said = world.run(line).all();
        for text in [&secret, &escaped] {
            for run in runs(text) {
                prop_assert!(!said.contains(&run), "{run} of {file}\n{said}");
            }
        }
    }
}
