//! The whole command on saved answers, without a process: any input, and any value of a flag.

use certcheck::unicode;
use serde_json::Value;

use super::now;
use super::output::{acts, line};
use super::readers::READERS;
use super::world::FakeWorld;

/// Any bytes as saved answers of every provider, in every format.
pub fn from_stream(input: &[u8]) {
    for reader in &READERS {
        let run = |format| certcheck(&[reader.provider, "--from", "-", "-o", format], input);
        let (code, text) = run("json");
        if text.is_empty() {
            // An input that cannot be decoded from its beginning is like a file that cannot be read.
            assert!(code == 3 && unicode::text(input).is_err(), "{code}");
            continue;
        }
        let whole: Value = serde_json::from_str(&text).expect("one document");
        let count = |of: &str| whole["summary"][of].as_u64().expect("a count");
        let judged = whole["certificates"].as_array().map(Vec::len);
        assert_eq!(judged, Some(count("certificates") as usize));
        let all_well =
            count("ok") > 0 && count("ok") == count("certificates") && count("errors") == 0;
        assert_eq!(code == 0, all_well, "{code}: {whole}");
        assert!(code <= 3, "{code}");
        assert!(count("certificates") + count("errors") > 0, "said nothing");
        if reader.provider == READERS[input.len() % READERS.len()].provider {
            let (again, text) = run("ndjson");
            let last = text.split_inclusive('\n').next_back().unwrap_or_default();
            assert_eq!(again, code);
            assert_eq!(line("summary", last)["summary"], whole["summary"]);
            assert_eq!(
                text.lines().count() as u64,
                count("certificates") + count("errors") + 1
            );
            let (again, text) = run("table");
            assert_eq!(again, code);
            assert!(!text.contains(acts), "{text:?}");
        }
    }
}

/// Flags that take a value, with a provider that has them.
const FLAGS: [(&str, &str); 16] = [
    ("tencent", "--at"),
    ("tencent", "--warn"),
    ("tencent", "--crit"),
    ("tencent", "--severity"),
    ("tencent", "--timeout"),
    ("tencent", "--deadline"),
    ("tencent", "--concurrency"),
    ("tencent", "--endpoint"),
    ("tencent", "--region"),
    ("tencent", "--id"),
    ("esa", "--site-id"),
    ("esa", "--id"),
    ("huawei", "--assume-offset"),
    ("huawei", "--project-id"),
    ("pbx", "--timezone"),
    ("pbx", "--base-url"),
];

/// One certificate of every provider, with each of them about to end.
const ANSWERS: &[u8] = br#"{"Response":{"CertificateId":"a","Status":1,"CertificateType":"SVR","CertBeginTime":"2026-01-01 00:00:00","CertEndTime":"2026-12-12 00:00:00"}}
{"Status":"active","Result":{"Id":"a","Status":"active","NotAfter":"2026-12-12T00:00:00Z"}}
{"id":"a","status":"ISSUED","not_before":"2026-01-01 00:00:00.0","not_after":"2026-11-22 03:00:00.0"}
{"errcode":0,"certificate":{"id":1,"expiration":"2026/11/22 03:00:00"}}
"#;

/// The first byte chooses a flag, the rest is its value. Nothing is sent: answers are read from the input.
pub fn flags(input: &[u8]) {
    let Some((first, value)) = input.split_first() else {
        return;
    };
    let (provider, flag) = FLAGS[usize::from(*first) % FLAGS.len()];
    let flag = format!("{flag}={}", String::from_utf8_lossy(value));
    let (code, text) = certcheck(&[provider, "--from", "-", &flag, "-o", "json"], ANSWERS);
    assert!(code <= 3, "{code}");
    if text.is_empty() {
        assert_eq!(code, 3);
    } else {
        serde_json::from_str::<Value>(&text).expect("one document");
    }
}

/// Exit code and standard output.
pub fn certcheck(arguments: &[&str], stdin: &[u8]) -> (u8, String) {
    let world = FakeWorld {
        clock: now,
        ..FakeWorld::default()
    };
    let output = world.stdin(stdin).run_args(arguments);
    let (code, said) = (output.code, output.stderr);
    assert!(!said.contains(acts), "{said:?}");
    assert!(said.is_empty() || code == 3, "{code}: {said}");
    (code, output.stdout)
}
