//! `demo`, `sandbox`, `--help`, `--version`, and streams that nobody reads or that take nothing.

use std::collections::{BTreeMap, BTreeSet};

use certcheck::sandbox::Emulator;

use crate::support::binary::*;
use crate::support::commands::*;
use crate::support::sandbox::*;

/// An environment that would break every real run.
fn misled(run: Run) -> Run {
    let mut run = run;
    for name in [
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "http_proxy",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        run = run.env(name, "http://127.0.0.1:1");
    }
    for service in Emulator::all() {
        for (name, _) in service.credentials() {
            run = run.env(name, "not the sandbox's");
        }
    }
    for name in [
        "CERTCHECK_WARN",
        "CERTCHECK_CRIT",
        "CERTCHECK_OUTPUT",
        "CERTCHECK_COLOR",
        "CERTCHECK_TIMEOUT",
        "CERTCHECK_DEADLINE",
        "CERTCHECK_CONCURRENCY",
        "CERTCHECK_PBX_BASE_URL",
        "CERTCHECK_PBX_TIMEZONE",
        "CERTCHECK_ESA_SITE_ID",
        "CERTCHECK_ESA_REGION",
        "CERTCHECK_HUAWEI_REGION",
        "CERTCHECK_TENCENT_SITE",
        "HUAWEICLOUD_SDK_PROJECT_ID",
        "HUAWEICLOUD_SDK_DOMAIN_ID",
        "TENCENTCLOUD_REGION",
        "CERTCHECK_CONFIG",
        "ALIBABA_CLOUD_SECURITY_TOKEN",
        "HW_ACCESS_KEY",
    ] {
        run = run.env(name, "?!");
    }
    run
}

#[test]
fn demo_shows_a_mix_of_states_and_the_code_of_a_real_run() {
    let output = certcheck(["demo"]).go();
    assert_eq!(output.code(), 0, "{output:?}");
    assert_eq!(output.stderr, "");
    for state in [
        "OK",
        "EXPIRED",
        "REVOKED",
        "NOT_CONFIGURED",
        "PENDING",
        "UNKNOWN",
    ] {
        assert!(
            output.stdout.contains(&format!(" {state} ")),
            "{state}: {}",
            output.stdout
        );
    }
    for service in Emulator::all() {
        assert!(
            output
                .stdout
                .split_whitespace()
                .any(|word| word == service.name),
            "{}",
            output.stdout
        );
    }
    for word in [
        "warning",
        "critical",
        "unknown",
        "verified",
        "exit with code 2",
    ] {
        assert!(output.stdout.contains(word), "{word}: {}", output.stdout);
    }
    assert!(!output.stdout.contains("error:"), "{}", output.stdout);
}

#[test]
fn demo_ignores_keys_proxies_and_variables() {
    let (plain, misled) = (
        certcheck(["demo"]).json(),
        misled(certcheck(["demo"])).json(),
    );
    assert_eq!(plain.code(), 0);
    assert_eq!(misled.code(), 0, "{misled:?}");
    assert!(misled.errors().is_empty(), "{misled:?}");
    assert_eq!(misled.output.stderr, "");
    assert_eq!(plain.ids(), misled.ids());
    let states = |report: &Report| -> Vec<String> {
        report
            .certificates()
            .iter()
            .map(|c| c["status"].to_string())
            .collect()
    };
    assert_eq!(states(&plain), states(&misled));
    let distinct: BTreeSet<String> = states(&plain).into_iter().collect();
    assert!(distinct.len() >= 6, "{distinct:?}");
    assert_eq!(plain.json["summary"]["errors"], 0);
}

#[test]
fn demo_takes_the_common_flags() {
    let report = certcheck(["demo", "--at", "+3000d", "-q"]).json();
    assert_eq!(report.code(), 0);
    assert!(
        report.certificates().iter().all(|c| c["verdict"] != "ok"),
        "{report:?}"
    );
    let stream = certcheck(["demo", "-o", "ndjson"]).go();
    assert!(
        stream
            .stdout
            .lines()
            .last()
            .is_some_and(|line| line.contains("\"type\":\"summary\""))
    );
    certcheck(["demo", "--warn", "soon"]).go().stopped("--warn");
    certcheck(["demo", "--id", "1"]).go().stopped("--id");
}

#[test]
fn help_and_version_exit_0_and_say_it_on_stdout() {
    let commands = [
        "mpush",
        "esa",
        "pbx",
        "huawei",
        "tencent",
        "providers",
        "demo",
        "sandbox",
    ];
    let aliases = [
        "alibaba-mpush",
        "alibaba-esa",
        "yeastar",
        "huawei-scm",
        "tencent-ssl",
    ];
    for flag in ["--help", "-h"] {
        let output = certcheck([flag]).go();
        assert_eq!(
            (output.code(), output.stderr.as_str()),
            (0, ""),
            "{output:?}"
        );
        for command in commands {
            assert!(output.stdout.contains(command), "{command}: {output:?}");
        }
        assert!(output.stdout.contains("Exit codes"), "{output:?}");
        for command in commands.into_iter().chain(aliases) {
            let output = certcheck([command, flag]).go();
            assert_eq!(
                (output.code(), output.stderr.as_str()),
                (0, ""),
                "{output:?}"
            );
            assert!(output.stdout.contains("Usage:"), "{output:?}");
        }
    }
    let version = certcheck(["--version"]).go();
    assert_eq!(version.code(), 0);
    assert_eq!(
        version.stdout.trim(),
        concat!("certcheck ", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn help_names_each_providers_variables_and_permission() {
    for (service, permission) in [
        (Emulator::MPUSH, "mpush:CheckCertificate"),
        (Emulator::ESA, "esa:GetClientCertificate"),
        (Emulator::HUAWEI, "scm:cert:get"),
        (Emulator::TENCENT, "ssl:DescribeCertificate"),
        (Emulator::PBX, "Permission"),
    ] {
        let output = certcheck([service.name, "--help"]).go();
        assert!(output.stdout.contains(permission), "{output:?}");
        for (name, _) in service.credentials() {
            assert!(output.stdout.contains(name), "{name}: {output:?}");
        }
    }
}

#[test]
fn no_arguments_is_wrong_usage() {
    let output = certcheck::<&str>([]).go();
    assert_eq!(output.code(), 3, "{output:?}");
    assert_eq!(output.stdout, "");
    assert!(output.stderr.contains("Usage:"), "{output:?}");
}

#[test]
fn a_reader_that_went_away_is_no_panic_and_changes_no_exit_code() {
    let sandbox = sandbox(&[]);
    for format in ["table", "json", "ndjson"] {
        for (id, code) in [("sbxValid", 0), ("sbxEnded", 2)] {
            let run = ask(&sandbox, Emulator::TENCENT, &[id]).with(&["-o", format]);
            let output = run.unread().go();
            assert_eq!(
                (output.code(), output.stderr.as_str()),
                (code, ""),
                "{output:?}"
            );
        }
    }
    for arguments in [&["--help"][..], &["--version"], &["demo"], &["sandbox"]] {
        let output = certcheck(arguments).unread().go();
        assert_eq!(
            (output.code(), output.stderr.as_str()),
            (0, ""),
            "{arguments:?}: {output:?}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_exits_3() {
    let sandbox = sandbox(&[]);
    let full = || {
        let file = std::fs::OpenOptions::new().write(true).open("/dev/full");
        std::process::Stdio::from(file.expect("Linux has it"))
    };
    for format in ["table", "json", "ndjson"] {
        let run = ask(&sandbox, Emulator::TENCENT, &["sbxValid"]).with(&["-o", format]);
        let output = run.stdout(full()).go();
        assert_eq!(output.code(), 3, "{output:?}");
        assert!(output.stderr.contains("cannot be written"), "{output:?}");
    }
    for arguments in [&["--help"][..], &["--version"], &["demo"], &["sandbox"]] {
        let output = certcheck(arguments).stdout(full()).go();
        assert_eq!(output.code(), 3, "{arguments:?}: {output:?}");
    }
    let quiet = ask(&sandbox, Emulator::TENCENT, &["sbxValid"]).with(&["-q"]);
    assert_eq!(
        quiet.stdout(full()).go().code(),
        0,
        "nothing had to be written"
    );
}

/// What `sandbox` prints: variables to set, and command lines.
#[cfg(unix)]
fn pasted(text: &str) -> (BTreeMap<String, String>, Vec<Vec<String>>) {
    let exports = text
        .lines()
        .filter_map(|line| line.strip_prefix("export ")?.split_once('='));
    let exports = exports
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let commands = text
        .lines()
        .filter_map(|line| line.strip_prefix("certcheck "));
    let words = |line: &str| {
        let line = line.split("  #").next().unwrap_or_default();
        line.split_whitespace().map(str::to_owned).collect()
    };
    (exports, commands.map(words).collect())
}

#[cfg(unix)]
fn served(
    signal: &str,
    code: i32,
    faults: &[&str],
    test: impl Fn(&BTreeMap<String, String>, &[Vec<String>]),
) {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let writer = file.reopen().expect("it can be opened again");
    let mut run = misled(certcheck(["sandbox"])).stdout(writer.into());
    for fault in faults {
        run = run.with(&["--fault", fault]);
    }
    let mut running = run.start();
    let text = || std::fs::read_to_string(file.path()).unwrap_or_default();
    running.until("all services", || text().ends_with("# Ready.\n"));
    let text = text();
    let without =
        "A job that names --site, --region or --base-url is rehearsed without these flags";
    assert!(text.contains(without), "{text}");
    let (exports, commands) = pasted(&text);
    test(&exports, &commands);
    running.signal(signal);
    assert_eq!(running.end().code(), code);
}

#[cfg(unix)]
#[test]
fn what_sandbox_prints_works_as_pasted_until_sigterm() {
    served("TERM", 143, &[], |exports, commands| {
        let all: usize = Emulator::all().map(|service| service.samples.len()).sum();
        assert_eq!(commands.len(), all);
        for command in commands {
            let mut run = certcheck(command);
            for (name, value) in exports {
                run = run.env(name, value.as_str());
            }
            let report = run.json();
            let android = command.iter().any(|word| word == "335799003");
            assert_eq!(
                report.errors().is_empty(),
                !android,
                "{command:?}: {report:?}"
            );
        }
    });
}

#[test]
fn u03_the_base_url_beats_a_variable_and_an_endpoint_beats_both() {
    let sandbox = sandbox(&[]);
    let place = sandbox.endpoint(Emulator::PBX);
    let job = |base: &str| {
        certcheck(["pbx", "--base-url", base, "--id", "1"]).keys(&Emulator::PBX.credentials())
    };
    let told = job(&place)
        .env("CERTCHECK_PBX_ENDPOINT", "http://127.0.0.1:1")
        .json();
    assert_eq!(told.ids(), ["1"]);
    let both = job("http://127.0.0.1:1").with(&["--endpoint", &place]);
    assert_eq!(both.json().ids(), ["1"]);
}

#[cfg(unix)]
#[test]
fn sandbox_misbehaves_on_demand_until_sigint() {
    if !crate::pbx_token::hears_signals() {
        return;
    }
    served(
        "INT",
        130,
        &[
            "tencent=denied",
            "esa/baba39055622c008b90285a8838ed0a6=html",
        ],
        |exports, commands| {
            for command in commands
                .iter()
                .filter(|command| command[0] == "tencent" || command[0] == "esa")
            {
                let mut run = certcheck(command);
                for (name, value) in exports {
                    run = run.env(name, value.as_str());
                }
                let report = run.json();
                let hit =
                    command[0] == "tencent" || command.iter().any(|word| word.ends_with("ed0a6"));
                assert_eq!(
                    report.errors().len(),
                    usize::from(hit),
                    "{command:?}: {report:?}"
                );
            }
        },
    );
}

#[test]
fn sandbox_says_what_is_wrong_with_a_fault_or_a_port() {
    certcheck(["sandbox", "--fault", "slow"])
        .go()
        .stopped("--fault: `slow`: no fault");
    certcheck(["sandbox", "--fault", "aws=hang"])
        .go()
        .stopped("mpush, esa");
    certcheck(["sandbox", "--port", "65535"])
        .go()
        .stopped("listen");
    certcheck(["sandbox", "--port", "x"]).go().stopped("--port");
}
