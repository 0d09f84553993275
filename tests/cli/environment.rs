//! Where and in which language somebody sits changes no result: the same saved answers, byte for byte the same report.

use std::path::Path;

use certcheck::adapters::REGISTRY;
use serde_json::Value;

use crate::support::binary::certcheck;

/// Every saved answer of a provider that is JSON, one after the other.
fn answers(provider: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut files: Vec<_> = std::fs::read_dir(root.join(provider))
        .expect("a folder")
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .flat_map(|folder| {
            std::fs::read_dir(folder.path())
                .expect("a folder")
                .flatten()
        })
        .map(|file| file.path())
        .filter(|path| !path.ends_with("index.json"))
        .collect();
    files.sort();
    let bodies = files
        .iter()
        .map(|path| std::fs::read(path).expect("a file"));
    let json = bodies.filter(|body| serde_json::from_slice::<Value>(body).is_ok());
    json.flat_map(|body| [&body[..], b"\n"].concat()).collect()
}

/// The report as it was printed, but for the moment of the run.
fn report(provider: &str, input: &[u8], environment: &[(&str, &str)]) -> String {
    let run = certcheck([
        provider,
        "--from",
        "-",
        "--at",
        "2026-11-22T00:00:00Z",
        "--json",
    ]);
    let output = run.keys(environment).stdin(input).go();
    assert_eq!(output.stderr, "", "{provider} {environment:?}");
    let checked_at = output.json()["checked_at"].to_string();
    output.stdout.replacen(&checked_at, "null", 1)
}

#[test]
fn no_result_depends_on_zone_language_or_home() {
    let environments: [&[(&str, &str)]; 3] = [
        &[
            ("TZ", "Pacific/Kiritimati"),
            ("LC_ALL", "tr_TR.UTF-8"),
            ("HOME", "/nowhere/at all"),
        ],
        &[
            ("TZ", "America/Adak"),
            ("LC_ALL", "zh_CN.GB18030"),
            ("HOME", ""),
        ],
        &[("TZ", "X-13:59"), ("LC_ALL", "de_DE"), ("HOME", "~")],
    ];
    for provider in REGISTRY {
        let input = answers(provider.name);
        let plain = report(provider.name, &input, &[]);
        assert!(plain.matches("\"verdict\"").count() > 20, "{plain}");
        for environment in environments {
            let here = report(provider.name, &input, environment);
            assert!(here == plain, "{} {environment:?}", provider.name);
        }
    }
}
