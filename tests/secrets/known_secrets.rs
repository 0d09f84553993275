//! What a run knows to be secret, and where it is not told: keys beside a refusal, keys of other providers, keys in files,
//! command lines with controls in them; and what of our own words stays.

use certcheck::sandbox::Emulator;
use serde_json::{Value, json};

use crate::support::binary::*;
use crate::support::commands::*;
use crate::support::listener::serve_with;
use crate::support::sandbox::*;

const FRESH: &str = "n3wlyH4nded0ut/Key+42";

/// Each cloud's key object, with more beside it.
fn handed_out(service: &'static Emulator) -> Value {
    let text = format!("no such role; the key is {FRESH}");
    match service.name {
        "tencent" => json!({"Response": {
            "Credentials": {"TmpSecretId": "AKIDhandedOut0001", "TmpSecretKey": FRESH, "Token": FRESH},
            "Error": {"Code": "InternalError.Odd", "Message": text}, "RequestId": FRESH}}),
        _ => json!({
            "Credentials": {"AccessKeyId": "STS.handedOut0001", "AccessKeySecret": FRESH, "SecurityToken": FRESH},
            "Code": "Odd.Code", "Message": text, "RequestId": FRESH}),
    }
}

#[test]
fn a11_a_key_beside_a_refusal_is_not_told() {
    each(
        &[Emulator::TENCENT, Emulator::ESA, Emulator::MPUSH],
        |service| {
            for format in ["table", "json", "ndjson"] {
                let service = *service;
                let endpoint = serve_with("", move |_| handed_out(service));
                let folder = tempfile::tempdir().expect("a folder");
                let path = folder.path().join("token");
                std::fs::write(&path, "identity-token-0001").expect("a file");
                let run = ask_at(&endpoint, service, &["1"]);
                let run = match service.name {
                    "tencent" => run
                        .keys(&service.credentials())
                        .env("TENCENTCLOUD_ROLE_ARN", service.role.expect("a role").arn),
                    _ => run
                        .env("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/checker")
                        .env(
                            "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
                            "acs:ram::1:oidc-provider/p",
                        )
                        .env("ALIBABA_CLOUD_OIDC_TOKEN_FILE", &path),
                };
                let output = run.with(&["-vv", "-o", format]).go();
                let all = format!("{}{}", output.stdout, output.stderr);
                assert_eq!(output.code(), 3, "{output:?}");
                assert!(all.contains("[secret]"), "{output:?}");
                assert!(
                    !all.contains(&FRESH[..8]) && !all.contains(&FRESH[10..]),
                    "{output:?}"
                );
            }
        },
    );
}

/// A refusal of that text, as the service makes it.
fn refusal(service: &'static Emulator, text: &str) -> Value {
    match service.name {
        "huawei" => json!({"error_code": "SCM.9999", "error_msg": text}),
        "tencent" => {
            json!({"Response": {"Error": {"Code": "FailedOperation.Odd", "Message": text}}})
        }
        "pbx" => json!({"errcode": 79999, "errmsg": text}),
        _ => json!({"Code": "Odd", "Message": text}),
    }
}

/// A service with that answer to every question; a PBX lets everybody log in.
fn serve(header: &'static str, answer: Value) -> String {
    serve_with(header, move |request| {
        if request.starts_with("POST /openapi/v1.0/get_token") {
            json!({"errcode": 0, "access_token": "a-token-of-this-run", "refresh_token": "another-of-it"})
        } else {
            answer.clone()
        }
    })
}

fn refusing(service: &'static Emulator, text: &str) -> String {
    serve("", refusal(service, text))
}

#[test]
fn a25_keys_of_other_providers_are_secret_in_every_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    std::fs::write(&path, "k3yInAFile+0001\n").expect("a file");
    each_service(|service| {
        let other = match service.name {
            "tencent" => Emulator::HUAWEI,
            _ => Emulator::TENCENT,
        };
        let own = service.credentials();
        let name = other.credentials()[1].0;
        let text = "the key is k3yOfAnother+01 or k3yInAFile+0001";
        let run = ask_at(&refusing(service, text), service, &["4"]).keys(&own);
        let run = run
            .env(&format!("MY_{name}_FILE"), &path)
            .env(name, "k3yOfAnother+01");
        let output = run.with(&["-o", "json"]).go();
        assert!(
            output.stdout.contains("the key is [secret] or [secret]"),
            "{output:?}"
        );
    });
}

#[test]
fn a25_a_saved_answer_is_read_without_the_files_of_keys() {
    let answer = refusal(Emulator::TENCENT, "k3yOfAnother+01 k3yInAFile+0001").to_string();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    std::fs::write(&path, "k3yInAFile+0001\n").expect("a file");
    let run = certcheck(["tencent", "--from", "-"]).stdin(answer.as_str());
    let run = run.env("HUAWEICLOUD_SDK_SK", "k3yOfAnother+01");
    let output = run.env("HUAWEICLOUD_SDK_SK_FILE", &path).go();
    assert!(
        output.stdout.contains("[secret] k3yInAFile+0001"),
        "{output:?}"
    );
}

#[test]
fn a25_u19_a_secret_that_is_a_word_leaves_our_sentences_whole() {
    each_service(|service| {
        for secret in ["wrong", "client", "refused", "abc"] {
            let text = format!("the {secret}, {secret}ly");
            let mut keys = service.credentials();
            keys[1].1 = secret;
            let run = ask_at(&refusing(service, &text), service, &["4"]).keys(&keys);
            let output = run.with(&["-o", "json"]).go();
            let document: Value = serde_json::from_str(&output.stdout).expect("a document");
            let message = document["errors"][0]["message"]
                .as_str()
                .expect("a message");
            assert!(
                message.contains(&format!("the [secret], {secret}ly")),
                "{message}"
            );
            assert!(message.contains(" refused "), "{message}");
        }
    });
}

#[test]
fn u19_what_a_pbx_refuses_is_told_in_whole_words() {
    let endpoint = serve_with("", |_| json!({"errcode": 40001, "errmsg": "wrong client"}));
    let answers = |secret: &str| {
        let keys = [
            ("CERTCHECK_PBX_CLIENT_ID", "client"),
            ("CERTCHECK_PBX_CLIENT_SECRET", secret),
        ];
        ask_at(&endpoint, Emulator::PBX, &["1"])
            .keys(&keys)
            .go()
            .stdout
    };
    let usual = answers("q7Rt2xYp9wLm4k");
    assert!(usual.contains("PBX refused"), "{usual}");
    for secret in ["PBX", "pbx", "the", "error", "hint"] {
        assert_eq!(answers(secret), usual, "{secret}");
    }
}

#[test]
fn u19_an_id_that_holds_a_part_of_a_secret_is_shown_and_one_that_is_it_is_not() {
    let sandbox = sandbox(&[]);
    let mut keys = Emulator::TENCENT.credentials();
    keys[1].1 = "sbxNobody01-and-more";
    let run = |id: &str| {
        let run = ask_without_keys(&sandbox, Emulator::TENCENT, &[id]).keys(&keys);
        run.with(&["-o", "json"]).go().stdout
    };
    assert!(
        run("sbxNobody01").contains("\"id\": \"sbxNobody01\""),
        "{}",
        run("sbxNobody01")
    );
    assert!(run("sbxNobody01-and-more").contains("\"id\": \"[secret]\""));
}

#[test]
fn a17_what_was_typed_wrong_is_shown_with_its_controls() {
    let typed = "a\u{9b}b\u{202e}c\u{200b}d\u{7}";
    let shown = "a\\u{9b}b\\u{202e}c\\u{200b}d\\u{7}";
    for line in [
        vec![typed],
        vec!["tencent", typed, typed],
        vec!["tencent", "--id", "1", "--environment", typed],
        vec!["tencent", "--colour", typed],
        vec!["providers", typed],
        vec!["check", "--provider", typed],
        vec!["config", typed],
        vec!["tencent", &format!("--{typed}")],
        vec!["tencent", "--id", "1", "--warn", typed],
        vec!["tencent", "--from", typed],
    ] {
        let output = certcheck(&line).go();
        assert_eq!(output.code(), 3, "{line:?}");
        let acts = |c: char| c != '\n' && (c.is_control() || "\u{202e}\u{200b}".contains(c));
        assert!(!output.stderr.contains(acts), "{:?}", output.stderr);
        let is_told = output.stderr.contains(shown)
            || line.contains(&"--colour")
            || line.contains(&"--environment");
        assert!(is_told, "{line:?}: {}", output.stderr);
    }
}

#[test]
fn a17_a_secret_that_was_typed_is_masked_and_the_words_around_it_stay() {
    for secret in ["unexpected", "argument", "k3y+0001/tencent"] {
        let run = certcheck(["providers", "tencent", secret]).env("HUAWEICLOUD_SDK_SK", secret);
        let usual = certcheck(["providers", "tencent", "0"]).go().stderr;
        let output = run.go().stderr;
        assert_eq!(output, usual.replace("'0'", "'[secret]'"), "{secret}");
    }
}

#[test]
fn a26_a_key_with_a_byte_order_mark_is_refused_and_not_sent() {
    each_service(|service| {
        let sandbox = sandbox(&[]);
        for place in 0..2 {
            for odd in [
                "\u{feff}AKIDexample0001",
                "AKIDexample0001\u{a0}x",
                "AKIDéxample0001",
                "“AKIDexample0001”",
            ] {
                let mut keys = service.credentials();
                keys[place].1 = odd;
                let run = ask_without_keys(&sandbox, service, &[good(service)]).keys(&keys);
                let output = run.with(&["-vv"]).go();
                assert_eq!(output.code(), 3, "{output:?}");
                let all = format!("{}{}", output.stdout, output.stderr);
                assert!(
                    all.contains("byte-order mark") || odd.contains('\u{a0}'),
                    "{all}"
                );
                assert!(
                    all.contains(keys[place].0) && !all.contains("xample0001"),
                    "{all}"
                );
            }
        }
        assert!(sandbox.seen().is_empty());
    });
}

/// `q7Rt2+xYp9/wLm4k==`, or a part of it, as services spell it.
const SPELT: [&str; 8] = [
    "q7Rt2+xYp9",
    "q7Rt2 xYp9/wLm4k",
    "q7Rt2&plus;xYp9&sol;wLm4k",
    "q7Rt2+x\r\n Yp9/wLm4k",
    "q7Rt2+xYp9/wLm4k=3D=3D",
    "71 37 52 74 32 2b 78 59 70 39",
    "cTdSdDIreFlwOS93TG00az09",
    "q7R\u{200b}t2+xYp9",
];

#[test]
fn a15_a_secret_is_masked_in_each_place_of_an_answer_and_in_the_trace() {
    let secret = "q7Rt2+xYp9/wLm4k==";
    let text = SPELT.join(" | ");
    each_service(|service| {
        let header = "\r\nx-request-id: q7Rt2+xYp9";
        let endpoint = serve(header, crate::echoed_requests::answer(service, &text, true));
        for format in ["table", "json", "ndjson"] {
            let mut keys = service.credentials();
            keys[1].1 = secret;
            let run = crate::echoed_requests::ask_logged(&endpoint, service, format);
            let output = run.keys(&keys).go();
            let all = format!("{}{}", output.stdout, output.stderr);
            assert!(all.contains("[secret]"), "{output:?}");
            // A list of names is parted at blanks: what is left of one then has fewer than eight characters.
            for run in secret.as_bytes().windows(8) {
                let run = String::from_utf8_lossy(run);
                assert!(!all.contains(&*run), "{run} {format}: {output:?}");
            }
            assert!(
                !all.contains("52 74") && !all.contains("cTdSdD"),
                "{output:?}"
            );
        }
    });
}
