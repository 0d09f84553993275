//! Every mistake on a command line that stops a run, and what is said about it.

use crate::scene::Scene;
use crate::support::snapshot::same;

/// By flag or command; the same mistake in the same words once. A sandbox that takes a mistake finds no port either: it
/// would serve for ever.
const LINES: &[&str] = &[
    "tencnt --id a",
    "check",
    "--id a",
    "tencent",
    "tencent --id",
    "tencent --ids a",
    "tencent --id a --frobnicate",
    "tencent --id a stray",
    "tencent --id a --json -o table",
    "tencent --id a --warn soon",
    "tencent --id a --crit 101%",
    "tencent --id a --warn 10d --crit 20d",
    "tencent --id a --crit 31d",
    "tencent --id a --severity PENDING",
    "tencent --id a --severity GREEN=ok",
    "tencent --id a --severity PENDING=fine",
    "tencent --id a --at tomorrow",
    "tencent --id a --output yaml",
    "tencent --id a --color sometimes",
    "tencent --id a --timeout 0",
    "tencent --id a --deadline 2d",
    "tencent --id a --concurrency 257",
    "tencent --id a --retries 11",
    "tencent --id a --rate fast",
    "tencent --id a --site eu",
    "tencent --id a --region x/y",
    "esa --id a",
    "esa --id a --site-id 1x",
    "esa --id a --site-id 1 --region x/y",
    "huawei --id a --region x/y",
    "huawei --id a --legacy",
    "huawei --id a --project-id a/b",
    "huawei --id a --domain-id a/b",
    "huawei --id a --assume-offset 8",
    "mpush --app-key 1 --environment staging",
    "pbx --id 1",
    "pbx --id 1 --base-url http://192.0.2.1:8088",
    "pbx --id 1 --base-url https://a --timezone CET",
    "tencent --id a --endpoint http://192.0.2.1",
    "tencent --id a --endpoint https://user:hush@example.com",
    "tencent --id a --endpoint https://example.com?a=b",
    "tencent --id a --endpoint https://example.com/gateway",
    "tencent --id a --endpoint ftp://example.com",
    "tencent --id a --endpoint https:/example.com",
    "tencent --id a --endpoint https://",
    "tencent --id a --endpoint \t",
    "pbx --id 1 --base-url https://a --ca-file gone.pem",
    "pbx --id 1 --base-url https://a --ca-file /blank",
    "pbx --id 1 --base-url https://a --pin-sha256 abc",
    "pbx --id 1 --base-url https://a --ca-file /key --insecure",
    "pbx --id 1 --base-url http://127.0.0.1:1 --insecure",
    "pbx --id 1 --base-url https://a --proxy http://me:hush@proxy.example:3128",
    "pbx --id 1 --base-url https://127.0.0.1:1 --proxy http://proxy.example:3128",
    "tencent --from gone.json",
    "tencent --from /broken.json --id a,b",
    "tencent --from /broken.json --id a/b",
    "tencent --id a --profile corp --instance-role",
    "tencent --id a --instance-role reader",
    "pbx --id 1 --profile corp",
    "providers aws",
    "demo --id a",
    "sandbox --port 65535 --fault slow",
    "sandbox --port 65535 --fault aws=hang",
    "sandbox --port 65535 --fault pbx/=hang",
    "sandbox --port 65535 --fault status:99",
    "sandbox --port 65535 --fault skew:soon",
    "sandbox --port 65535 --fault throttle*x",
    "sandbox --port 65535 --fault total:all",
    "sandbox --port 65535 --latency soon",
    "sandbox --port 65535 --rate off",
    "sandbox --port x",
    "sandbox --port 65535",
    "sandbox --port 65535 --warn 3d",
    "sandbox --port 65535 -q",
    "providers --warn 3d",
    "--at +30d doctor",
    "doctor -v",
    "config",
    "config shwo",
    "--warn 3d config check --quiet",
    "--quiet config init",
    "config show --config /no/such/file",
    "check --config /no/such/file shop",
    "check --provider aws",
];

/// The variables that stand in for flags.
const VARIABLES: &[(&str, &str)] = &[
    ("CERTCHECK_WARN", "soon"),
    ("CERTCHECK_OUTPUT", "yaml"),
    ("CERTCHECK_COLOR", "red"),
    ("CERTCHECK_TIMEOUT", "never"),
    ("CERTCHECK_CONCURRENCY", "many"),
    ("CERTCHECK_TENCENT_SITE", "eu"),
    ("CERTCHECK_TENCENT_CA_FILE", "gone.pem"),
    ("CERTCHECK_TENCENT_PIN_SHA256", "abc"),
];

/// What was typed, and what was said.
fn told(typed: &str, scene: Scene) -> String {
    let outcome = scene.run();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (3, ""), "{typed}");
    format!("$ {typed}\n{}\n", outcome.stderr)
}

#[test]
fn every_mistake() {
    let mut text = String::new();
    for line in LINES {
        text.push_str(&told(
            &format!("certcheck {}", line.escape_debug()),
            Scene::of(line),
        ));
    }
    for (name, value) in VARIABLES {
        let typed = format!("{name}={value} certcheck tencent --id a");
        text.push_str(&told(
            &typed,
            Scene::of("tencent --id a").with(&[(name, value)]),
        ));
    }
    same("mistakes.txt", &text);
}

#[test]
fn a_mistake_is_told_in_lines_that_fit_the_terminal() {
    let outcome = Scene::of("tencent --id a --severity GREEN=ok")
        .columns(60)
        .run();
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert!(lines.len() > 3, "{lines:?}");
    assert!(lines.iter().all(|line| line.len() <= 60), "{lines:?}");
    assert!(
        lines[2].starts_with("        "),
        "under the hint: {lines:?}"
    );
}
