//! Saved answers: judged without keys, without a network, from a file or from standard input.

use std::cell::RefCell;
use std::io::{self, Read};
use std::path::PathBuf;
use std::rc::Rc;

use certcheck::world::World;
use serde_json::{Value, json};

use crate::support::binary::*;
use crate::support::world::{Captured, FakeWorld};

/// The moment for which the fixtures say what comes out.
const AT: &str = "2026-11-22T00:00:00Z";

/// Provider, folder of its fixtures, the key that holds the id.
const CALLS: [(&str, &str, &str); 6] = [
    ("mpush", "mpush/check-certificate", ""),
    ("esa", "esa/get-client-certificate", "Id"),
    ("pbx", "pbx/certificate-get", "id"),
    ("huawei", "huawei/show-certificate", "id"),
    ("huawei", "huawei/legacy-detail", "cert_id"),
    ("tencent", "tencent/describe-certificate", "CertificateId"),
];

fn path(folder: &str, file: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.join("fixtures").join(folder).join(file)
}

fn bytes(folder: &str, file: &str) -> Vec<u8> {
    let path = path(folder, file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What the fixture's index says comes out of it.
fn expected(folder: &str, file: &str) -> Vec<Value> {
    let index: Value = serde_json::from_slice(&bytes(folder, "index.json")).expect("an index");
    let expected = &index[file]["expect"]["certificates"];
    expected
        .as_array()
        .unwrap_or_else(|| panic!("{folder}/{file}"))
        .clone()
}

/// Judges what comes in on standard input. A proxy that nobody runs would catch whatever is sent.
fn judge(provider: &str, input: impl Into<Vec<u8>>) -> Run {
    let run = certcheck([provider, "--from", "-", "--at", AT]).stdin(input);
    run.env("HTTPS_PROXY", "http://127.0.0.1:1")
        .env("http_proxy", "http://127.0.0.1:1")
}

/// Status and verdict of each certificate.
fn verdicts(certificates: &[Value]) -> Vec<(String, String)> {
    let pair = |c: &Value| (c["status"].to_string(), c["verdict"].to_string());
    certificates.iter().map(pair).collect()
}

#[test]
fn every_call_from_a_file_and_from_stdin() {
    for (provider, folder, _) in CALLS {
        for file in ["valid.json", "hostile-text.json", "seed.json"] {
            let from_stdin = judge(provider, bytes(folder, file)).json();
            assert!(
                from_stdin.errors().is_empty(),
                "{folder}/{file}: {from_stdin:?}"
            );
            let wanted = verdicts(&expected(folder, file));
            assert_eq!(
                verdicts(from_stdin.certificates()),
                wanted,
                "{folder}/{file}"
            );
            let from_file = certcheck([provider, "--at", AT, "--from"]);
            let from_file = from_file.with(&[path(folder, file)]).json();
            assert_eq!(from_file.certificates(), from_stdin.certificates());
            assert_eq!(from_file.code(), from_stdin.code());
        }
    }
}

#[test]
fn several_answers_after_each_other_or_in_an_array() {
    for (provider, folder, _) in CALLS {
        let one = bytes(folder, "valid.json");
        let wanted = verdicts(&expected(folder, "valid.json"));
        let twice = [wanted.clone(), wanted].concat();
        let forms = [
            [&one[..], &one].concat(),
            [&one[..], b"\n\n", &one, b"\n"].concat(),
            [b"[", &one[..], b",", &one, b"]"].concat(),
            [b"[", &one[..], b"] ", &one].concat(),
            [b"\xef\xbb\xbf", &one[..], b"\r\n", &one].concat(),
        ];
        for form in forms {
            let report = judge(provider, form).json();
            assert_eq!(
                verdicts(report.certificates()),
                twice,
                "{folder}: {report:?}"
            );
            assert!(report.errors().is_empty(), "{report:?}");
        }
    }
}

#[test]
fn one_bad_value_does_not_stop_the_rest() {
    for (provider, folder, _) in CALLS {
        let one = bytes(folder, "valid.json");
        let count = expected(folder, "valid.json").len();
        for bad in [
            &b"7"[..],
            b"\"text\"",
            b"{}",
            b"null",
            b"{\"a\":}",
            b"{\"Code\":\"Forbidden\"}",
            b"{\"Name\":\"caf\xe9\"}",
            b"\xff\xfe",
        ] {
            let input = [&one[..], b"\n", bad, b"\n", &one].concat();
            let report = judge(provider, input).json();
            let name = String::from_utf8_lossy(bad);
            assert_eq!(
                report.certificates().len(),
                2 * count,
                "{folder} {name}: {report:?}"
            );
            assert_eq!(report.errors().len(), 1, "{folder} {name}: {report:?}");
            assert_eq!(report.errors()[0]["attempts"], 0);
            let hint = report.errors()[0]["hint"].to_string();
            assert!(!hint.contains("endpoint"), "nothing was asked: {hint}");
            assert!(matches!(report.code(), 2 | 3), "{report:?}");
        }
    }
}

#[test]
fn a_cut_stream_keeps_what_came_before() {
    for (provider, folder, _) in CALLS {
        let one = bytes(folder, "valid.json");
        let input = [&one[..], b"\n", &one[..one.len() / 2]].concat();
        let report = judge(provider, input).json();
        assert_eq!(
            report.certificates().len(),
            expected(folder, "valid.json").len()
        );
        assert_eq!(report.error()["kind"], "protocol", "{folder}: {report:?}");
        assert!(matches!(report.code(), 2 | 3));
    }
}

#[test]
fn an_error_tells_which_of_several_answers_it_is_about() {
    let one = bytes(CALLS[5].1, "valid.json");
    let message =
        |input: &[&[u8]]| judge("tencent", input.concat()).json().error()["message"].to_string();
    assert!(message(&[b"{}", &one]).starts_with("\"answer 1: "));
    assert!(message(&[&one, b"{\"a\":}"]).starts_with("\"answer 2: "));
    assert!(message(&[b"[", &one, b",", &one, b",", &one]).starts_with("\"answer 4: "));
    assert!(!message(&[b"{}"]).contains("answer 1"));
}

#[test]
fn an_input_that_never_ends_is_not_read_for_ever() {
    let endless = vec![b' '; 64 * 1024 * 1024 + 1];
    judge("tencent", endless).go().stopped("larger than 64 MiB");
}

#[test]
fn the_body_of_alibabas_sdks() {
    for (provider, folder, _) in &CALLS[..2] {
        let inner: Value = serde_json::from_slice(&bytes(folder, "valid.json")).expect("JSON");
        let wrapped =
            json!({"headers": {"x-acs-request-id": "x"}, "statusCode": 200, "body": inner});
        let report = judge(provider, wrapped.to_string()).json();
        let wanted = verdicts(&expected(folder, "valid.json"));
        assert_eq!(verdicts(report.certificates()), wanted, "{report:?}");
    }
}

#[test]
fn what_tccli_prints_has_no_envelope() {
    let report = judge("tencent", bytes(CALLS[5].1, "tccli-form.json")).json();
    let wanted = verdicts(&expected(CALLS[5].1, "tccli-form.json"));
    assert_eq!(verdicts(report.certificates()), wanted, "{report:?}");
    let inner: Value = serde_json::from_slice(&bytes(CALLS[5].1, "valid.json")).expect("JSON");
    let bare = judge("tencent", inner["Response"].to_string()).json();
    assert_eq!(bare.certificate()["status"], "OK");
}

#[test]
fn a_saved_refusal_is_an_error() {
    for (provider, folder, file) in [
        ("mpush", CALLS[0].1, "denied.json"),
        ("esa", CALLS[1].1, "denied.json"),
        ("pbx", CALLS[2].1, "denied.json"),
        ("huawei", CALLS[3].1, "denied.json"),
        ("huawei", CALLS[4].1, "denied.json"),
        ("tencent", CALLS[5].1, "denied.json"),
    ] {
        let report = judge(provider, bytes(folder, file)).json();
        assert_eq!(report.error()["kind"], "permission", "{folder}: {report:?}");
        assert!(report.error()["code"].is_string());
        assert_eq!(report.error()["http_status"], Value::Null);
        assert_eq!(report.code(), 3);
    }
}

#[test]
fn a_single_id_says_what_is_expected() {
    for (provider, folder, key) in CALLS {
        let answer = bytes(folder, "valid.json");
        let plain = judge(provider, answer.clone()).json();
        let own = plain.certificates()[0]["id"].clone();
        assert_eq!(own.is_null(), key.is_empty(), "{folder}: {plain:?}");
        let other = judge(provider, answer.clone())
            .with(&["--id", "424242"])
            .json();
        for certificate in other.certificates() {
            assert_eq!(certificate["id"], "424242", "{folder}");
            assert_eq!(certificate["reported_id"], own, "{folder}");
            let unsure = matches!(
                certificate["verdict"].as_str(),
                Some("unknown" | "critical")
            );
            assert!(unsure || own.is_null(), "{certificate}");
        }
        if let Some(own) = own.as_str() {
            let same = judge(provider, answer).with(&["--id", own]).json();
            assert_eq!(same.certificates()[0]["reported_id"], Value::Null);
            assert_eq!(same.code(), plain.code());
        }
    }
}

#[test]
fn the_expected_id_is_read_as_one_that_is_asked_for() {
    let run = |id: &str| {
        certcheck(["pbx", "--at", AT, "--id", id, "--from"])
            .with(&[path("pbx/certificate-get", "valid.json")])
    };
    let report = run("04").json();
    assert_eq!(report.ids(), ["4"]);
    assert_eq!(report.json["certificates"][0]["reported_id"], Value::Null);
    run("four").go().stopped("--id: `four`");
}

#[test]
fn several_ids_with_saved_answers_are_a_usage_error() {
    for (provider, folder, _) in CALLS {
        for ids in [
            &["--id", "1,2"][..],
            &["--id", "1", "--id", "2"],
            &["--id", "-"],
        ] {
            let output = judge(provider, bytes(folder, "valid.json")).with(ids).go();
            output.stopped("--from");
        }
    }
}

#[test]
fn variables_that_say_where_say_nothing_about_a_saved_answer() {
    for (provider, folder, variable) in [
        (
            "huawei",
            "huawei/show-certificate",
            "CERTCHECK_HUAWEI_REGION",
        ),
        (
            "tencent",
            "tencent/describe-certificate",
            "CERTCHECK_TENCENT_SITE",
        ),
        (
            "tencent",
            "tencent/describe-certificate",
            "TENCENTCLOUD_REGION",
        ),
        (
            "huawei",
            "huawei/show-certificate",
            "HUAWEICLOUD_SDK_PROJECT_ID",
        ),
        ("esa", "esa/get-client-certificate", "CERTCHECK_ESA_REGION"),
        ("esa", "esa/get-client-certificate", "CERTCHECK_ESA_SITE_ID"),
        ("pbx", "pbx/certificate-get", "CERTCHECK_PBX_BASE_URL"),
    ] {
        let judged = |run: Run| run.with(&["--at", AT]).json().json;
        let run = || certcheck([provider, "--from"]).with(&[path(folder, "valid.json")]);
        let (plain, misled) = (judged(run()), judged(run().env(variable, "?!")));
        assert_eq!(misled["certificates"], plain["certificates"], "{variable}");
    }
}

#[test]
fn broken_keys_in_the_environment_do_not_matter() {
    for (provider, folder, _) in CALLS {
        let mut run = judge(provider, bytes(folder, "valid.json"));
        for name in [
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "HUAWEICLOUD_SDK_AK",
            "TENCENTCLOUD_SECRET_ID",
            "CERTCHECK_PBX_CLIENT_ID",
        ] {
            run = run.env(name, "half a pair");
        }
        let report = run.json();
        assert!(report.errors().is_empty(), "{folder}: {report:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_an_error_and_nothing_of_them_is_shown() {
    for (provider, folder, _) in CALLS {
        for file in [
            "not-utf8.json",
            "too-deep.json",
            "malformed.json",
            "gateway-html.json",
        ] {
            let report = judge(provider, bytes(folder, file)).json();
            assert!(report.certificates().is_empty(), "{folder}/{file}");
            assert!(!report.errors().is_empty(), "{folder}/{file}");
            for error in report.errors() {
                assert_eq!(error["kind"], "protocol", "{folder}/{file}: {error}");
            }
            assert!(!report.output.stdout.contains("CANARY"), "{folder}/{file}");
            assert_eq!(report.code(), 3);
        }
    }
}

/// Gives its pieces one at a time, the last first, and remembers how many lines were printed before each.
struct Pieces {
    pieces: Vec<&'static [u8]>,
    stdout: Captured,
    printed: Rc<RefCell<Vec<usize>>>,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.printed.borrow_mut().push(self.stdout.lines());
        let piece = self.pieces.pop().unwrap_or_default();
        into[..piece.len()].copy_from_slice(piece);
        Ok(piece.len())
    }
}

#[test]
fn a_stream_prints_each_answer_before_it_reads_the_next() {
    let (stdout, printed) = (Captured::default(), Rc::default());
    let stdin = Pieces {
        pieces: vec![
            b"{\"CertificateId\":\"c\"}]",
            b"{\"CertificateId\":\"b\"},",
            b"[{\"CertificateId\":\"a\"},",
        ],
        stdout: stdout.clone(),
        printed: Rc::clone(&printed),
    };
    let line = ["tencent", "--from", "-", "-o", "ndjson"];
    FakeWorld::default().run_changed(line, |world| World {
        stdin: Box::new(stdin),
        stdout: Box::new(stdout),
        ..world
    });
    assert_eq!(*printed.borrow(), [0, 1, 2, 3]);
}
