//! Mistakes that stop a run before anything is asked: a message on stderr, nothing on stdout (also with
//! `--json`), exit code 3, no request.

use certcheck::sandbox::{CANARY, Emulator};

use crate::error_record::silent;
use crate::support::binary::*;
use crate::support::commands::*;
use crate::support::sandbox::*;

/// The same arguments with each output format stop with that message.
fn stops(arguments: &[&str], message: &str) {
    for format in [&[][..], &["--json"], &["-o", "ndjson"], &["-q"]] {
        certcheck(arguments).with(format).go().stopped(message);
    }
}

/// Where each provider says where to ask.
fn at<'a>(service: &'static Emulator, endpoint: &'a str) -> Vec<&'a str> {
    let flag = if service == Emulator::PBX {
        "--base-url"
    } else {
        "--endpoint"
    };
    let mut arguments = vec![service.name, flag, endpoint, "--id", good(service)];
    if service == Emulator::ESA {
        arguments.extend(["--site-id", "1"]);
    }
    arguments
}

#[test]
fn plain_http_to_a_host_that_is_not_loopback() {
    for service in Emulator::all() {
        stops(&at(service, "http://192.0.2.1:8088"), "clear text");
    }
    for host in [
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://0.0.0.0",
        "http://[::ffff:192.0.2.1]",
        "HTTP://192.0.2.1",
        "http://169.254.169.254",
    ] {
        stops(&at(Emulator::HUAWEI, host), "clear text");
    }
}

#[test]
fn plain_http_in_the_variable_of_the_pbx() {
    let run = certcheck(["pbx", "--id", "1", "--json"]);
    let run = run.env("CERTCHECK_PBX_BASE_URL", "http://pbx.example.com");
    run.go().stopped("clear text");
}

#[test]
fn no_variable_allows_plain_http() {
    let run = certcheck(at(Emulator::TENCENT, "http://192.0.2.1"));
    let run = run
        .env("CERTCHECK_ALLOW_HTTP", "1")
        .env("CERTCHECK_INSECURE", "1");
    run.go().stopped("clear text");
}

#[test]
fn an_endpoint_with_user_info_which_is_not_repeated() {
    let texts = [
        format!("https://user:{CANARY}@example.com"),
        format!("https://{CANARY}@example.com"),
        format!("http://user:{CANARY}@127.0.0.1:9"),
        format!("user:{CANARY}@example.com"),
    ];
    for service in Emulator::all() {
        for text in &texts {
            let output = certcheck(at(service, text)).with(&["--json"]).go();
            output.stopped("endpoint");
            assert!(!output.stderr.contains(CANARY), "{output:?}");
        }
    }
}

#[test]
fn an_endpoint_with_a_query_a_fragment_or_another_scheme() {
    for service in Emulator::all() {
        stops(&at(service, "https://example.com?access_token=x"), "query");
        stops(&at(service, "https://example.com#x"), "fragment");
        stops(&at(service, "ftp://example.com"), "https://");
        stops(&at(service, "https://"), "endpoint");
        // For a PBX an empty address is none at all.
        stops(
            &at(service, " "),
            if service == Emulator::PBX {
                "--base-url"
            } else {
                "endpoint"
            },
        );
    }
}

#[test]
fn a_path_before_a_signed_one_is_refused() {
    for service in [
        Emulator::MPUSH,
        Emulator::ESA,
        Emulator::HUAWEI,
        Emulator::TENCENT,
    ] {
        stops(&at(service, "https://example.com/gateway"), "path");
    }
}

#[test]
fn unknown_flags_and_commands() {
    for service in Emulator::all() {
        stops(
            &[service.name, "--id", good(service), "--frobnicate"],
            "--frobnicate",
        );
        stops(
            &[service.name, "--id", good(service), "--password", "x"],
            "--password",
        );
    }
    stops(&["gcp", "--id", "1"], "gcp");
    stops(&["tencent", "--id", "a", "--id"], "--id");
    stops(&["tencent", "--id", "a", "stray"], "stray");
}

#[test]
fn missing_flags() {
    for service in Emulator::all() {
        stops(&[service.name], "required");
    }
    stops(&["esa", "--id", "a"], "--site-id");
    stops(&["pbx", "--id", "1"], "--base-url");
    stops(&["huawei", "--legacy", "--id", "a"], "--project-id");
}

#[test]
fn an_id_in_a_flag_of_its_own_is_blamed_by_that_flag() {
    stops(
        &["esa", "--id", "a", "--site-id", "x"],
        "--site-id: `x`: invalid ID",
    );
    for flag in ["--project-id", "--domain-id"] {
        stops(
            &["huawei", "--id", "a", flag, "a/b"],
            &format!("{flag}: `a/b`: invalid ID"),
        );
    }
}

#[test]
fn a_list_of_ids_too_long_to_read_whole() {
    let mut list = b"BAbc1234\n".to_vec();
    list.resize(16 * 1024 * 1024 + 1, b'\n');
    let run = certcheck(["tencent", "--id", "-"]).stdin(list);
    run.go().stopped("larger than 16 MiB");
}

#[test]
fn values_that_cannot_be() {
    for (flag, value, message) in [
        ("--warn", "soon", "--warn"),
        ("--warn", "", "--warn"),
        ("--warn", "101%", "--warn"),
        ("--crit", "1x", "--crit"),
        ("--timeout", "0", "--timeout"),
        ("--timeout", "0s", "--timeout"),
        ("--deadline", "2d", "--deadline"),
        ("--concurrency", "0", "--concurrency"),
        ("--concurrency", "257", "--concurrency"),
        ("--severity", "PENDING", "--severity"),
        ("--severity", "PENDING=fine", "--severity"),
        ("--severity", "GREEN=ok", "--severity"),
        ("--at", "tomorrow", "--at"),
        ("--at", "9999-12-31T23:59:59-14:00", "--at"),
        ("--at", "-0001-01-01", "--at"),
        ("--at", "2026-02-30", "--at"),
        ("--at", "-30d", "--at"),
        ("--at", "2026-12-24 10:00", "--at"),
        ("--output", "yaml", "--output"),
        ("--color", "sometimes", "--color"),
    ] {
        let output = certcheck(["tencent", "--id", "a", flag, value]).go();
        output.stopped(message);
    }
    stops(&["tencent", "--id", "a", "--site", "eu"], "--site");
    stops(&["esa", "--id", "a", "--site-id", "1x"], "digits");
    stops(
        &["esa", "--id", "a", "--site-id", "1", "--region", "x/y"],
        "--region",
    );
    stops(
        &["huawei", "--id", "a", "--region", "evil.example.com#"],
        "--region",
    );
    stops(&["huawei", "--id", "a", "--assume-offset", "8"], "offset");
    stops(
        &[
            "pbx",
            "--base-url",
            "https://a",
            "--id",
            "1",
            "--timezone",
            "CET",
        ],
        "offset",
    );
    stops(
        &["mpush", "--app-key", "1", "--environment", "staging"],
        "--environment",
    );
}

#[test]
fn a_moment_beyond_the_calendar_is_not_read_as_now() {
    stops(&["tencent", "--id", "a", "--at", "+290000000y"], "--at");
    stops(&["tencent", "--id", "a", "--at", "+280000y"], "--at");
}

#[test]
fn a_threshold_beyond_the_calendar_is_not_the_same_as_none() {
    for far in ["99999999", "4294967295", "200000000w", "300000y"] {
        stops(&["tencent", "--id", "a", "--warn", far], "--warn");
        stops(
            &["tencent", "--id", "a", "--warn", "off", "--crit", far],
            "--crit",
        );
    }
}

#[test]
fn a_variable_that_cannot_be_is_blamed_by_its_name() {
    for (name, value) in [
        ("CERTCHECK_WARN", "soon"),
        ("CERTCHECK_CRIT", "soon"),
        ("CERTCHECK_OUTPUT", "yaml"),
        ("CERTCHECK_TIMEOUT", "never"),
        ("CERTCHECK_DEADLINE", "never"),
        ("CERTCHECK_CONCURRENCY", "many"),
        ("CERTCHECK_COLOR", "red"),
        ("CERTCHECK_TENCENT_SITE", "eu"),
    ] {
        let run = certcheck(["tencent", "--id", "a"]).env(name, value);
        run.go().stopped(name);
    }
}

#[test]
fn crit_above_warn() {
    stops(
        &["tencent", "--id", "a", "--warn", "10d", "--crit", "20d"],
        "--crit",
    );
    stops(
        &["tencent", "--id", "a", "--warn", "10%", "--crit", "20%"],
        "--crit",
    );
    stops(
        &["tencent", "--id", "a", "--warn", "72h", "--crit", "4"],
        "--crit",
    );
    stops(&["tencent", "--id", "a", "--crit", "31d"], "--crit");
}

#[test]
fn an_unreadable_file_of_answers() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let gone = folder.path().join("gone.json");
    for service in Emulator::all() {
        for path in [gone.as_path(), folder.path()] {
            let output = certcheck([service.name, "--json", "--from"])
                .with(&[path])
                .go();
            output.stopped("cannot be read");
        }
    }
}

#[test]
fn an_empty_file_of_answers_is_nothing_to_judge() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("empty.json");
    for content in ["", " \r\n\t", "[]", "\u{feff}"] {
        std::fs::write(&path, content).expect("it can be written");
        for service in Emulator::all() {
            let report = certcheck([service.name, "--from"]).with(&[&path]).json();
            let error = report.error();
            assert_eq!(error["kind"], "not_found", "{content:?}: {error}");
            assert!(error["hint"].as_str().is_some_and(|hint| !hint.is_empty()));
            assert!(report.certificates().is_empty());
            assert_eq!(report.json["verdict"], "unknown");
            assert_eq!(report.code(), 3);
        }
    }
}

#[test]
fn ids_that_cannot_be_right_cost_no_request_and_do_not_stop_the_others() {
    let long = "a".repeat(129);
    each_service(|service| {
        let bad: &[&str] = match service.name {
            "mpush" | "pbx" => &[
                "12a",
                "-1",
                "0x10",
                "99999999999999999999",
                "１",
                "1 2",
                "1/2",
            ],
            "huawei" | "tencent" => &["a/b", "../x", "a b", "a.b", "é", "a%2fb", "a?b", "a\u{7f}b"],
            "esa" => &["a b", "é", "a\u{1b}[31mb", &long],
            name => panic!("{name}: not known to this test"),
        };
        for id in bad {
            let sandbox = sandbox(&[]);
            let report = ask(&sandbox, service, &[])
                .with(&[&format!("--id={id}"), "--id", good(service)])
                .json();
            let error = report.error();
            assert_eq!(error["kind"], "usage", "{error}");
            assert_eq!(error["id"].as_str(), Some(*id), "{error}");
            assert_eq!(error["attempts"], 0, "{error}");
            assert_eq!(report.ids(), [good(service)]);
            assert_eq!(report.code(), 3);
            assert_eq!(about(&sandbox, service, good(service)), 1);
        }
    });
}

#[test]
fn an_id_that_cannot_be_right_needs_no_key() {
    each_service(|service| {
        let sandbox = sandbox(&[]);
        let report = ask_without_keys(&sandbox, service, &["\u{202e}"]).json();
        assert_eq!(report.error()["kind"], "usage");
        silent(&sandbox);
    });
}

#[cfg(unix)]
#[test]
fn arguments_that_are_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let run = certcheck(["tencent", "--id"]).with(&[OsStr::from_bytes(b"a\xffb")]);
    run.go().stopped("UTF-8");
}

/// With no more open files than that.
#[cfg(unix)]
fn limited(files: u32) -> Output {
    let shell = format!("ulimit -n {files}; exec \"$0\" \"$@\"");
    let sandbox = sandbox(&[]);
    ask(&sandbox, Emulator::TENCENT, &["sbxValid"])
        .with(&["--json"])
        .by_shell(&shell)
        .go()
}

#[cfg(unix)]
#[test]
fn a16_too_few_file_handles_are_told_and_no_panic() {
    each(&[4, 5, 6, 7, 8, 9], |files| {
        let output = limited(*files);
        output.stopped("the system lets nothing be sent: Too many open files");
        assert!(output.stderr.contains("ulimit -n"), "{output:?}");
    });
    assert_eq!(limited(20).code(), 0);
}
