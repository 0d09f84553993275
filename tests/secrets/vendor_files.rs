//! Keys in the files of the vendors' tools: none of their secrets, and none of the secrets that stand beside them, is in
//! any output; of a key's id no more than its first letters are.

use std::path::Path;

use certcheck::sandbox::Emulator;

use crate::canary::appears_in;
use crate::support::binary::*;
use crate::support::commands::*;
use crate::support::sandbox::*;

/// What every secret of the fixtures has in it.
const KEPT: &str = "CANARY";

struct Case {
    service: &'static Emulator,
    /// Below the user's own folder, and below `fixtures/credentials`.
    file: (&'static str, &'static str),
    profile: Option<&'static str>,
    /// The id of the key that is found, if one is.
    id: Option<&'static str>,
}

const ALIBABA: (&str, &str) = (".aliyun/config.json", "alibaba/config.json");
const INI: (&str, &str) = (".alibabacloud/credentials", "alibaba/credentials.ini");
const KOOCLI: (&str, &str) = (".hcloud/config.json", "huawei/config.json");
const ENCRYPTED: (&str, &str) = (".hcloud/config.json", "huawei/encrypted.json");

/// None that ends: the binary goes by the real clock.
fn cases() -> Vec<Case> {
    let case = |service, file, profile: &'static str, id: &'static str| Case {
        service,
        file,
        profile: Some(profile).filter(|profile| !profile.is_empty()),
        id: Some(id).filter(|id| !id.is_empty()),
    };
    let mut cases = vec![
        case(Emulator::ESA, ALIBABA, "", "LTAI5tFixtureDefault"),
        case(Emulator::MPUSH, ALIBABA, "sts", "STS.NFixtureSts"),
        case(Emulator::ESA, INI, "", "LTAI5tFixtureIni"),
        case(
            Emulator::TENCENT,
            (".tencentcloud/credentials", "tencent/credentials"),
            "",
            "AKIDfixtureSdk000000000000000000001",
        ),
        case(
            Emulator::TENCENT,
            (".tccli/corp.credential", "tencent/corp.credential"),
            "corp",
            "AKIDfixtureCorp00000000000000000003",
        ),
        case(
            Emulator::TENCENT,
            (".tccli/default.credential", "tencent/vault.credential"),
            "",
            "",
        ),
        case(
            Emulator::HUAWEI,
            (".huaweicloud/credentials", "huawei/credentials"),
            "",
            "HPUAFIXTURESDK000001",
        ),
        case(Emulator::HUAWEI, KOOCLI, "corp", "HPUAFIXTURECORP00004"),
        case(Emulator::HUAWEI, ENCRYPTED, "", ""),
    ];
    for broken in [
        "half",
        "twice",
        "sso-ended",
        "rsa",
        "external",
        "uri",
        "bearer",
        "gone",
    ] {
        cases.push(case(Emulator::ESA, ALIBABA, broken, ""));
    }
    for broken in ["half", "rsa"] {
        cases.push(case(Emulator::ESA, INI, broken, ""));
    }
    for broken in ["half", "sso", "token"] {
        cases.push(case(Emulator::HUAWEI, KOOCLI, broken, ""));
    }
    cases
}

/// A home with this one file in it.
fn home(file: (&str, &str)) -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join(file.0);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/credentials");
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::copy(fixtures.join(file.1), path).expect("a copy");
    home
}

fn clean(output: &Output, case: &Case, what: &str) {
    for text in [&output.stdout, &output.stderr] {
        for secret in [KEPT].into_iter().chain(case.id) {
            let form = appears_in(text, secret);
            assert_eq!(form, None, "{what}: {secret} in {output:?}");
        }
    }
}

#[test]
fn a_question_with_such_a_key_tells_nothing_of_it() {
    each(&cases(), |case| {
        // It knows none of these keys, and says so.
        let sandbox = sandbox(&[]);
        let home = home(case.file);
        for format in ["table", "json"] {
            let flags: Vec<&str> = case
                .profile
                .iter()
                .flat_map(|name| ["--profile", *name])
                .collect();
            let run = ask_without_keys(&sandbox, case.service, &[good(case.service)]);
            let output = run.env("HOME", home.path()).with(&flags);
            let output = output.with(&["-vv", "-o", format]).go();
            assert_eq!(output.code(), 3, "{output:?}");
            clean(&output, case, "ask");
            assert_eq!(sandbox.seen().is_empty(), case.id.is_none(), "{output:?}");
        }
    });
}

#[test]
fn providers_show_the_first_letters_of_an_id_and_no_secret() {
    each(&cases(), |case| {
        let home = home(case.file);
        for format in ["table", "json", "ndjson"] {
            let flags: Vec<&str> = case
                .profile
                .iter()
                .flat_map(|name| ["--profile", *name])
                .collect();
            let run = certcheck(["providers", case.service.name, "-o", format]).with(&flags);
            let output = run.env("HOME", home.path()).go();
            assert_eq!(output.code(), 0, "{output:?}");
            clean(&output, case, "providers");
            let start = case.id.map(|id| format!("{}…", &id[..4]));
            let shown = start.is_none_or(|start| output.stdout.contains(&start));
            assert!(shown, "{output:?}");
        }
    });
}

#[test]
fn a_broken_file_is_told_of_without_a_word_of_it() {
    for (service, file) in [
        (Emulator::ESA, ALIBABA.0),
        (Emulator::TENCENT, ".tccli/default.credential"),
        (Emulator::TENCENT, ".tencentcloud/credentials"),
        (Emulator::HUAWEI, KOOCLI.0),
        (Emulator::HUAWEI, ".huaweicloud/credentials"),
    ] {
        for text in [
            format!("{{\"{KEPT}key\": {KEPT}00000001}}"),
            format!("[{KEPT}section\n= {KEPT}00000001"),
            format!("\"{KEPT}\u{1b}[31m"),
        ] {
            let home = home((file, "README.md"));
            std::fs::write(home.path().join(file), &text).expect("a file");
            let run = ask_at("http://127.0.0.1:1", service, &[good(service)]);
            let output = run.env("HOME", home.path()).with(&["-vv"]).go();
            assert_eq!(output.code(), 3, "{output:?}");
            for text in [&output.stdout, &output.stderr] {
                assert_eq!(appears_in(text, KEPT), None, "{output:?}");
            }
        }
    }
}
