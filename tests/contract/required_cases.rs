//! The cases that no adapter may be without. The registry is walked: a new adapter fails here until it has them, or
//! until its index says in words why its service cannot be in that state.

use certcheck::adapters::REGISTRY;
use certcheck::sign::sha256_hex;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::support::fixtures::{OPERATIONS, Operation, body, cannot_be, fixtures, index, now};

/// What a case must come to: its expectation in the index, and its body.
struct Case {
    expect: Value,
    body: Vec<u8>,
}

impl Case {
    fn certificate(&self, fits: impl Fn(&Value) -> bool) -> bool {
        let certificates = self.expect["certificates"].as_array();
        certificates.is_some_and(|all| all.iter().any(fits))
    }

    fn is(&self, status: &str) -> bool {
        self.certificate(|one| one["status"] == status)
    }

    fn ends(&self, status: &str, fits: fn(Option<DateTime<Utc>>) -> bool) -> bool {
        let end = |one: &Value| one["not_after"].as_str().and_then(|text| text.parse().ok());
        self.certificate(|one| one["status"] == status && fits(end(one)))
    }

    fn fails(&self, kind: &str) -> bool {
        self.expect["error"]["kind"] == kind
    }

    fn says(&self, text: &str) -> bool {
        String::from_utf8_lossy(&self.body).contains(text)
    }
}

type Fits = fn(&Case) -> bool;

/// By the beginning of their files' names.
const REQUIRED: [(&str, Fits); 18] = [
    ("valid", |case| {
        case.certificate(|one| one["verdict"] == "ok")
    }),
    ("expiring", |case| {
        case.certificate(|one| one["status"] == "OK" && one["verdict"] == "warning")
    }),
    ("expired-by-date", |case| {
        case.ends("EXPIRED", |end| end.is_some_and(|end| end < now()))
    }),
    ("expired-by-word", |case| {
        case.ends("EXPIRED", |end| end.is_none_or(|end| end > now()))
    }),
    ("revoked", |case| case.is("REVOKED")),
    ("pending", |case| case.is("PENDING")),
    ("unknown-word", |case| case.is("UNKNOWN")),
    ("no-date", |case| case.ends("UNKNOWN", |end| end.is_none())),
    ("unreadable-date", |case| {
        case.ends("UNKNOWN", |end| end.is_none())
    }),
    ("date-near-now", |case| {
        case.certificate(|one| one["status"] == "UNKNOWN" && one["time_basis"] == "assumed")
    }),
    ("not-found", |case| case.fails("not_found")),
    ("denied", |case| case.fails("permission")),
    ("throttled", |case| case.fails("throttled")),
    ("malformed", |case| case.fails("protocol")),
    ("truncated", |case| case.fails("protocol")),
    ("empty-object", |case| {
        case.fails("protocol") && case.body == b"{}"
    }),
    ("hostile-text", |case| case.says("\\u001b")),
    ("id-mismatch", |case| {
        case.certificate(|one| one["reported_id"].is_string() && one["verdict"] == "unknown")
    }),
];

/// What is wrong with the required cases of an operation.
fn wrong(operation: &Operation) -> Vec<String> {
    let folder = operation.folder;
    let (cases, reasons) = (index(folder), cannot_be(folder));
    let has = |name: &str, fits: Fits| {
        let mut named = cases.iter().filter(|(file, _)| file.starts_with(name));
        named.any(|(file, case)| {
            fits(&Case {
                expect: case["expect"].clone(),
                body: body(folder, file),
            })
        })
    };
    let mut wrong = Vec::new();
    for (name, fits) in REQUIRED {
        let reason = reasons.get(name).and_then(Value::as_str);
        match (has(name, fits), reason) {
            (true, None) => {}
            (false, Some(words)) if words.split(' ').count() > 3 => {}
            (false, _) => wrong.push(format!("{folder} has no {name}, and does not say why")),
            (true, Some(_)) => wrong.push(format!("{folder} has {name}, which cannot be")),
        }
    }
    let known = |name: &String| REQUIRED.iter().any(|(required, _)| required == name);
    let unknown = reasons.keys().filter(|name| !known(name));
    wrong.extend(unknown.map(|name| format!("{folder}: {name} is not required")));
    wrong
}

#[test]
fn no_operation_is_without_the_required_cases() {
    let mut found = Vec::new();
    for provider in REGISTRY {
        let name = provider.name;
        let own = |operation: &&Operation| operation.provider == name;
        let operations: Vec<&Operation> = OPERATIONS.iter().filter(own).collect();
        if operations.is_empty() {
            found.push(format!("{name} has no fixtures"));
        }
        found.extend(operations.into_iter().flat_map(wrong));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The examples of the providers' own pages, with their SHA-256. They are kept byte for byte.
const PAGES: [(&str, &str); 5] = [
    (
        "mpush/check-certificate/seed.json",
        "323cb45172cae3662655365ed1f8d6a6a168a279bd77aa1752028c8c11fa4ff7",
    ),
    (
        "esa/get-client-certificate/seed.json",
        "ea365823bd361e38d4022ab7bb3ca4354ac2ab63f4f5cf8b8d0a62dac8e01b43",
    ),
    (
        "huawei/legacy-detail/seed.json",
        "0267206bb06f1501f75086a4f3dc0943d22dcd1768d6625010bf13d76ef9a6c0",
    ),
    (
        "tencent/describe-certificate/seed.json",
        "74b47d1fcbea51b9e0475ab11cffb58e1531628dfe531c1bd4f313ccb2885470",
    ),
    (
        "pbx/certificate-get/seed-malformed.json",
        "4a2e3bd3cbb2814e066b6209487d9fcd5e228d11b1236ca874bf0db8f43d83b4",
    ),
];

#[test]
fn the_pages_own_examples_are_kept_as_they_are() {
    for provider in REGISTRY {
        let start = format!("{}/", provider.name);
        let there = PAGES.iter().any(|(path, _)| path.starts_with(&start));
        assert!(there, "{}", provider.name);
    }
    for (path, digest) in PAGES {
        let bytes = std::fs::read(fixtures().join(path)).expect(path);
        assert_eq!(sha256_hex(&bytes), digest, "{path}");
    }
}

#[test]
fn the_malformed_example_is_mended_by_one_bracket() {
    let text = |name: &str| String::from_utf8(body("pbx/certificate-get", name)).expect("UTF-8");
    let mended = text("seed-malformed.json").replace("\n    ]\n}", "\n}");
    assert_eq!(mended, text("seed.json"));
    assert!(serde_json::from_str::<Value>(&mended).is_ok());
}
