//! Secrets where a user can put them, rightly or not: in the environment, in files, in flags, in URLs, in saved
//! answers. What is typed may be repeated; what is known to be a secret, or stands where one does, is not.

use std::collections::BTreeSet;

use certcheck::adapters::{Provider, REGISTRY};
use certcheck::sandbox::{CANARY, Emulator};

use crate::canary::appears_in;
use crate::sandbox_faults::clean;
use crate::support::binary::*;
use crate::support::commands::*;
use crate::support::sandbox::*;

/// Of everything that is not a key's own variable; harmless where it may be shown.
const SECRET: &str = "sandboxcanary-Mine0001";

/// Every command with all its help.
fn commands() -> Vec<Vec<&'static str>> {
    let providers = REGISTRY
        .iter()
        .flat_map(|provider| [provider.name, provider.alias]);
    let all = providers
        .chain(["providers", "demo", "sandbox"])
        .map(|name| vec![name]);
    all.chain([vec![]]).collect()
}

/// The names of a provider's key, with those of the files.
fn keys_of(provider: &Provider) -> Vec<String> {
    let places = provider.sources().iter();
    let names = places.flat_map(|place| place.secrets().chain(place.ids()));
    names
        .flat_map(|name| [name.to_owned(), format!("{name}_FILE")])
        .collect()
}

/// Every variable the program knows: those of its keys, those that its help names, those that its flags make, and
/// those that every program knows.
fn variables() -> Vec<String> {
    let mut names: BTreeSet<String> = REGISTRY
        .iter()
        .flat_map(|provider| keys_of(provider))
        .collect();
    let usual = [
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "RUST_LOG",
        "HOME",
        "COLUMNS",
        "TERM",
    ];
    names.extend(
        usual
            .iter()
            .flat_map(|name| [(*name).to_owned(), name.to_lowercase()]),
    );
    for command in commands() {
        let help = certcheck(command).with(&["--help"]).go().stdout;
        let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-');
        for text in help.split(word).filter(|text| text.len() > 3) {
            if let Some(flag) = text.strip_prefix("--") {
                let flag = flag.replace('-', "_").to_uppercase();
                let own = REGISTRY
                    .iter()
                    .map(|provider| provider.name.to_uppercase() + "_");
                names.extend(
                    own.chain([String::new()])
                        .map(|own| format!("CERTCHECK_{own}{flag}")),
                );
            } else if text.contains('_') && text == text.to_uppercase() {
                names.insert(text.to_owned());
            }
        }
    }
    names.into_iter().collect()
}

#[test]
fn help_shows_no_value_of_any_variable() {
    let variables = variables();
    for name in [
        "TENCENTCLOUD_REGION",
        "CERTCHECK_PBX_BASE_URL",
        "CERTCHECK_DEADLINE",
        "HW_SECRET_KEY_FILE",
    ] {
        assert!(
            variables.iter().any(|known| known == name),
            "{name} is not in {variables:?}"
        );
    }
    let all: Vec<(&str, &str)> = variables
        .iter()
        .map(|name| (name.as_str(), SECRET))
        .collect();
    each(&commands(), |command| {
        for help in ["--help", "-h", "--version", "--frobnicate"] {
            let output = certcheck(command).with(&[help]).keys(&all).go();
            let there = output.stdout.len() + output.stderr.len();
            assert!(there > 10, "{command:?} {help}: {output:?}");
            clean(&output, &all[..1], help);
        }
    });
}

#[test]
fn a_secret_typed_in_a_wrong_place_is_not_repeated() {
    each_service(|service| {
        let mut keys = service.credentials();
        // No id of any service can look like it.
        let secret = format!("{CANARY}+mine/0001");
        keys[1].1 = &secret;
        let sandbox = sandbox(&[]);
        let good = good(service);
        for flags in [
            vec![secret.as_str()],
            vec!["--severity", &secret],
            vec!["--color", &secret],
            vec!["--at", &secret],
            vec!["--warn", &secret],
            vec!["--from", &secret],
            vec!["--endpoint", &secret],
            vec!["--id", &secret, "-o", "ndjson"],
            vec!["--id", &secret, "-o", "json"],
            vec!["--region", &secret],
            vec!["--site", &secret],
            vec!["--site-id", &secret],
            vec!["--timezone", &secret],
            vec!["--base-url", &secret],
            vec!["--project-id", &secret, "--legacy"],
            vec!["--from", "-", "--id", &secret],
        ] {
            let alone = ["--from", "--id"].iter().any(|flag| flags.contains(flag));
            let ids = if alone { &[][..] } else { &[good] };
            let run = ask_without_keys(&sandbox, service, ids).keys(&keys);
            let output = run.with(&flags).with(&["-vv"]).go();
            assert_eq!(output.code(), 3, "{flags:?}: {output:?}");
            clean(&output, &keys, &format!("{} {flags:?}", service.name));
        }
    });
}

#[test]
fn an_id_that_is_the_key_of_a_file_is_not_repeated() {
    let sandbox = sandbox(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    let secret = format!("{CANARY}+mine/0001");
    std::fs::write(&path, &secret).expect("a file");
    private(&path);
    for format in ["table", "json", "ndjson"] {
        let ids = [good(Emulator::TENCENT), &secret];
        let run = ask_without_keys(&sandbox, Emulator::TENCENT, &ids);
        let keys = Emulator::TENCENT.credentials();
        let run = run
            .keys(&keys[..1])
            .env(&format!("{}_FILE", keys[1].0), &path);
        let output = run.with(&["-vv", "-o", format]).go();
        assert!(output.stdout.contains("[secret]"), "{output:?}");
        clean(&output, &keys, format);
    }
}

#[test]
fn half_a_key_pair_is_told_without_the_half() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    for text in [
        format!("{SECRET}\n"),
        format!("{SECRET} {SECRET}"),
        format!("\n\n{SECRET}\u{7f}"),
    ] {
        std::fs::write(&path, &text).expect("a file");
        private(&path);
        each(REGISTRY, |provider| {
            let service = Emulator::all().find(|service| service.name == provider.name);
            for name in keys_of(provider) {
                let run = ask_at("http://127.0.0.1:1", service.expect("a service"), &["1"]);
                let run = if name.ends_with("_FILE") {
                    run.env(&name, &path)
                } else {
                    run.env(&name, text.trim_end())
                };
                let output = run.with(&["-vv"]).go();
                assert_eq!(output.code(), 3, "{name}: {output:?}");
                clean(&output, &[("", SECRET)], &name);
            }
        });
    }
}

#[cfg(unix)]
fn private(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;

    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("a mode");
}

#[cfg(not(unix))]
fn private(_: &std::path::Path) {}

#[test]
fn a_password_or_a_token_in_a_url_is_not_repeated() {
    let urls = [
        format!("https://user:{SECRET}@192.168.5.150:8088"),
        format!("https://{SECRET}@192.168.5.150/x"),
        format!("https://192.168.5.150/openapi/v1.0/certificate/get?access_token={SECRET}&id=1"),
        format!("user:{SECRET}@192.168.5.150"),
        format!("https://192.168.5.150/#{SECRET}"),
    ];
    // Typed after a flag that is not theirs, or after none, the last two are texts like any other.
    let urls_anywhere = &urls[..3];
    each_service(|service| {
        let places = [
            vec!["--endpoint"],
            vec!["--base-url"],
            vec!["--id", "1", "--endpoint"],
        ];
        let right = places
            .iter()
            .flat_map(|flags| urls.iter().map(move |url| (flags.clone(), url)));
        let places = [
            vec![],
            vec!["--id"],
            vec!["--from"],
            vec!["--at"],
            vec!["--endpont"],
        ];
        let wrong = places
            .iter()
            .flat_map(|flags| urls_anywhere.iter().map(move |url| (flags.clone(), url)));
        for (flags, url) in right.chain(wrong) {
            let run = certcheck([service.name]).with(&flags).with(&[url.as_str()]);
            let output = run.keys(&service.credentials()).with(&["-vv"]).go();
            assert_eq!(output.code(), 3, "{flags:?}: {output:?}");
            clean(
                &output,
                &[("", SECRET)],
                &format!("{} {flags:?} {url}", service.name),
            );
        }
    });
}

#[test]
fn a_proxy_with_a_password_is_not_repeated() {
    for proxy in [
        format!("http://user:{SECRET}@127.0.0.1:1"),
        format!("socks5://user:{SECRET}@127.0.0.1:1"),
        format!("http://user:{SECRET}@"),
        format!("user:{SECRET}@127.0.0.1:1"),
        format!("http://user:{SECRET}@127.0.0.1:1:1"),
    ] {
        let keys = Emulator::TENCENT.credentials();
        let run = ask_at("https://ssl.example.invalid", Emulator::TENCENT, &["a"]);
        let run = run.keys(&keys).env("HTTPS_PROXY", &proxy);
        let output = run.with(&["-vv", "--timeout", "2s"]).go();
        assert_eq!(output.code(), 3, "{output:?}");
        clean(&output, &[("", SECRET)], &proxy);
        clean(&output, &keys, &proxy);
    }
}

#[test]
fn a_saved_answer_that_repeats_a_key_of_the_environment_is_freed_of_it() {
    let said = format!("SignedHeaders=host, Signature=0123456789abcdef0123 token {SECRET}");
    let answers = [
        (
            Emulator::MPUSH,
            format!(r#"{{"Code":"Odd","Message":"{said}","RequestId":"{SECRET}"}}"#),
        ),
        (
            Emulator::HUAWEI,
            format!(r#"{{"error_code":"{SECRET}","error_msg":"{said}"}}"#),
        ),
        (
            Emulator::TENCENT,
            format!(r#"{{"CertificateId":"{SECRET}","Alias":"{said}"}}"#),
        ),
        (
            Emulator::ESA,
            format!(r#"{{"Result":{{"Name":"{said}","Issuer":"{SECRET}"}}}}"#),
        ),
        (
            Emulator::PBX,
            format!(
                r#"{{"errcode":0,"certificate":{{"id":"1","name":"{said}","apply_tip_code":1}}}}"#
            ),
        ),
    ];
    each(&answers, |(service, answer)| {
        let mut keys = service.credentials();
        keys[1].1 = SECRET;
        for format in ["table", "json", "ndjson"] {
            let run = certcheck([service.name, "--from", "-", "-vv", "-o", format]);
            let output = run.keys(&keys).stdin(answer.as_str()).go();
            let what = format!("{}: {output:?}", service.name);
            assert!(output.stdout.contains("[secret]"), "{what}");
            assert_eq!(appears_in(&output.stdout, SECRET), None, "{what}");
            assert_eq!(
                appears_in(&output.stdout, "0123456789abcdef0123"),
                None,
                "{what}"
            );
        }
    });
}

/// The user's own, of which neither of them has any need.
const MINE: &str = "users-own-0123456789+/";

#[test]
fn the_demo_shows_no_key_of_anybody() {
    let names: Vec<String> = REGISTRY
        .iter()
        .flat_map(|provider| keys_of(provider))
        .collect();
    let keys: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), MINE)).collect();
    for format in ["table", "json", "ndjson"] {
        let output = certcheck(["demo", "-vv", "-o", format]).keys(&keys).go();
        assert_eq!(output.code(), 0, "{output:?}");
        clean(&output, &keys[..1], "demo");
    }
}

#[cfg(unix)]
#[test]
fn the_sandbox_shows_no_key_of_the_user() {
    let names: Vec<String> = REGISTRY
        .iter()
        .flat_map(|provider| keys_of(provider))
        .collect();
    let keys: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), MINE)).collect();
    let printed = tempfile::NamedTempFile::new().expect("a file");
    let text = || std::fs::read_to_string(printed.path()).expect("text");
    let run = certcheck(["sandbox"]).keys(&keys);
    let mut running = run.stdout(printed.reopen().expect("a file").into()).start();
    running.until("what to type", || text().contains("certcheck tencent"));
    running.signal("TERM");
    for text in [text(), running.end().stderr] {
        assert_eq!(appears_in(&text, MINE), None, "{text}");
    }
}
