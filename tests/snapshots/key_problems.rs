//! What is said about keys that are missing, half there or broken, and about ids and saved answers that are nothing to
//! judge: all of it before anything is sent.

use crate::scene::Scene;
use crate::support::snapshot::same;

const ID: (&str, &str) = ("TENCENTCLOUD_SECRET_ID", "AKIDexample01");
const KEY: (&str, &str) = ("TENCENTCLOUD_SECRET_KEY", "hush-hush-hush");
const ALIBABA: [(&str, &str); 2] = [
    ("ALIBABA_CLOUD_ACCESS_KEY_ID", "STS.example01"),
    ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "hush-hush-hush"),
];

/// What was typed, and what was said on both streams.
fn told(line: &str, variables: &[(&str, &str)]) -> String {
    let assignments: String = variables
        .iter()
        .map(|(name, value)| format!("{name}={} ", value.escape_debug()))
        .collect();
    let outcome = Scene::of(line).with(variables).run();
    assert_eq!(outcome.code, 3, "{line} {variables:?}");
    for secret in ["hush", "CANARY"] {
        assert!(!outcome.stdout.contains(secret) && !outcome.stderr.contains(secret));
    }
    format!(
        "$ {assignments}certcheck {line}\n{}{}\n",
        outcome.stderr, outcome.stdout
    )
}

#[test]
fn every_trouble_with_keys() {
    let tencent = "tencent --endpoint http://127.0.0.1:1 --id BAbc1234,CDef5678";
    let file = |path| [ID, ("TENCENTCLOUD_SECRET_KEY_FILE", path)];
    let mut text = String::new();
    for line in [
        "mpush --app-key 335799001",
        "esa --site-id 1 --id a",
        "pbx --base-url https://192.0.2.1:8088 --id 1,2,3",
        "huawei --id scs1600000000001",
        tencent,
    ] {
        text.push_str(&told(line, &[]));
    }
    for variables in [
        &[ID][..],
        &[KEY],
        &[ID, KEY, ("TENCENTCLOUD_SECRET_KEY_FILE", "/key")],
        &[
            ID,
            KEY,
            ("TENCENTCLOUD_TOKEN", "hush1"),
            ("TENCENTCLOUD_SESSION_TOKEN", "hush2"),
        ],
        &[ID, ("TENCENTCLOUD_SECRET_KEY", "hush hush")],
        &file("/gone"),
        &file("/blank"),
        &file("/binary"),
        &file("/large"),
        &file("/open"),
    ] {
        text.push_str(&told(tencent, variables));
    }
    text.push_str(&told("mpush --app-key 335799001", &ALIBABA));
    for (line, name) in [
        ("esa --site-id 1 --id a", "ALIBABA_CLOUD_PROFILE=sso-ended"),
        ("esa --site-id 1 --id a --profile external", ""),
        ("esa --site-id 1 --id a --profile half", ""),
        ("esa --site-id 1 --id a --profile gone", ""),
        ("tencent --id a --profile sso-ended", ""),
        ("huawei --id a", ""),
    ] {
        let named = name.split_once('=').into_iter();
        let variables: Vec<_> = [("HOME", "/home/me")].into_iter().chain(named).collect();
        text.push_str(&told(line, &variables));
    }
    same("keys.txt", &text);
}

#[test]
fn nothing_to_judge() {
    let mut text = String::new();
    for line in [
        "tencent --id -",
        "tencent --id a/b,c/d",
        "mpush --app-key 12a",
        "esa --site-id 1 --id é",
        "tencent --from -",
        "tencent --from /broken.json",
    ] {
        text.push_str(&told(line, &[]));
    }
    same("nothing.txt", &text);
}
