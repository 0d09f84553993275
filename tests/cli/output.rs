//! What is printed where: formats, quiet, colour, characters, order, lists of ids.

use certcheck::sandbox::Emulator;
use serde_json::Value;

use crate::support::binary::*;
use crate::support::commands::*;
use crate::support::sandbox::*;

fn tencent(sandbox: &certcheck::sandbox::Sandbox, ids: &[&str]) -> Run {
    ask(sandbox, Emulator::TENCENT, ids)
}

#[test]
fn quiet_prints_nothing_at_all_when_all_is_well() {
    each_service(|service| {
        let sandbox = sandbox(&[]);
        for format in ["table", "json", "ndjson"] {
            let (name, value) = service.credentials()[1];
            let run = ask(&sandbox, service, &[good(service)]).env(name, format!(" {value} "));
            let output = run.with(&["-q", "-vv", "-o", format]).go();
            assert_eq!(output.code(), 0, "{output:?}");
            assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("", ""));
        }
    });
}

#[test]
fn quiet_shows_what_is_not_ok_and_counts_the_rest() {
    let sandbox = sandbox(&[]);
    let ids = ["sbxValid", "sbxEnded", "sbxFull1", "sbxNobod"];
    let report = tencent(&sandbox, &ids).with(&["-q"]).json();
    assert_eq!(report.ids(), ["sbxEnded"]);
    assert_eq!(report.error()["id"], "sbxNobod");
    let summary = &report.json["summary"];
    let counts =
        ["certificates", "ok", "critical", "errors", "not_shown"].map(|key| summary[key].as_u64());
    assert_eq!(counts, [Some(3), Some(2), Some(1), Some(1), Some(2)]);
    assert_eq!(report.code(), 2);

    let table = tencent(&sandbox, &ids).with(&["--quiet"]).go();
    assert!(
        table.stdout.contains("sbxEnded") && table.stdout.contains("sbxNobod"),
        "{table:?}"
    );
    assert!(
        !table.stdout.contains("sbxValid") && !table.stdout.contains("sbxFull1"),
        "{table:?}"
    );

    let logged = tencent(&sandbox, &ids).with(&["-q", "-v"]).go();
    assert_eq!(logged.stderr.lines().count(), ids.len(), "{logged:?}");

    let stream = tencent(&sandbox, &ids).with(&["-q", "-o", "ndjson"]).go();
    assert_eq!(stream.stdout.lines().count(), 3, "{stream:?}");
    assert!(!stream.stdout.contains("sbxValid"), "{stream:?}");
}

#[test]
fn json_is_the_same_as_output_json_and_both_together_are_a_mistake() {
    let sandbox = sandbox(&[]);
    let long = tencent(&sandbox, &["sbxRevok"])
        .with(&["--output", "json"])
        .go();
    assert_eq!(long.json()["certificates"][0]["status"], "REVOKED");
    let both = tencent(&sandbox, &["sbxRevok"])
        .with(&["--json", "-o", "table"])
        .go();
    both.stopped("--json");
}

#[test]
fn colour_is_for_terminals_unless_it_is_asked_for() {
    let sandbox = sandbox(&[]);
    let coloured = |run: Run| {
        let output = run.go();
        assert!(!output.stderr.contains('\u{1b}'), "{output:?}");
        output.stdout.contains('\u{1b}')
    };
    let run = || tencent(&sandbox, &["sbxEnded"]);
    assert!(!coloured(run()), "a pipe is no terminal");
    assert!(coloured(run().with(&["--color", "always"])));
    assert!(coloured(run().env("CERTCHECK_COLOR", "always")));
    assert!(coloured(
        run().with(&["--color", "always"]).env("NO_COLOR", "1")
    ));
    assert!(!coloured(
        run().with(&["--color", "never"]).env("CLICOLOR_FORCE", "1")
    ));
    assert!(!coloured(
        run().env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1")
    ));
    assert!(!coloured(run().env("TERM", "xterm-256color")));
    assert!(
        !coloured(run().with(&["--color", "always", "--json"])),
        "never in JSON"
    );
}

// Windows has no such locales.
#[cfg(not(windows))]
#[test]
fn without_a_utf8_locale_all_is_ascii() {
    each_service(|service| {
        for locale in ["C", "POSIX", "en_US.ISO-8859-1", ""] {
            let sandbox = sandbox(&["hostile"]);
            let run = ask(
                &sandbox,
                service,
                &[good(service), "\u{e9}\u{202e}\u{4e2d}"],
            );
            let output = run.env("LC_ALL", locale).with(&["-vv"]).go();
            assert!(
                output.stdout.is_ascii() && output.stderr.is_ascii(),
                "{locale}: {output:?}"
            );
        }
    });
    let sandbox = sandbox(&[]);
    let output = tencent(&sandbox, &["sbxValid", "\u{e9}"])
        .env("LC_ALL", "C")
        .env("LANG", "de_DE.UTF-8")
        .go();
    assert!(output.stdout.is_ascii(), "{output:?}");
    let output = tencent(&sandbox, &["sbxValid", "\u{e9}"])
        .without("LC_ALL")
        .env("LANG", "de_DE.utf8")
        .go();
    assert!(!output.stdout.is_ascii(), "{output:?}");
}

/// Acts on a terminal, or turns the direction of what follows.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[test]
fn hostile_text_is_made_visible_and_forges_no_line() {
    each_service(|service| {
        let nasty = "x\u{1b}[2K\r\n\u{202e}\u{9b}31m\u{7f}\u{2028}";
        for format in ["table", "json", "ndjson"] {
            let sandbox = sandbox(&["hostile"]);
            let run = ask(&sandbox, service, &[good(service)]).with(&["--id", nasty]);
            let output = run.with(&["-vv", "-o", format]).go();
            for text in [&output.stdout, &output.stderr] {
                let found = text.chars().find(|c| *c != '\n' && acts(*c));
                assert_eq!(found, None, "{} {format}: {output:?}", service.name);
                assert!(
                    !text.lines().any(|line| line.starts_with("forged")),
                    "{output:?}"
                );
            }
        }
        let sandbox = sandbox(&[]);
        let report = ask(&sandbox, service, &[]).with(&["--id", nasty]).json();
        assert_eq!(
            report.error()["id"].as_str(),
            Some(nasty.trim()),
            "JSON changes no text"
        );
    });
}

#[test]
fn rows_come_in_the_order_asked_however_late_an_answer_is() {
    each_service(|service| {
        let (late, soon, gone) = (other(service), good(service), stranger(service));
        let sandbox = sandbox(&[&format!("{}/{late}=status:503*1", service.name)]);
        let report = ask(&sandbox, service, &[late, gone, soon]).json();
        assert_eq!(report.ids(), [late, soon], "{report:?}");
        let swapped = ask(&sandbox, service, &[soon, late]).json();
        assert_eq!(swapped.ids(), [soon, late]);
        let errors = ask(&sandbox, service, &["?/", gone, "/?"]).json();
        let ids: Vec<_> = errors
            .errors()
            .iter()
            .map(|error| error["id"].as_str())
            .collect();
        let esa_takes_them = service == Emulator::ESA;
        assert!(
            esa_takes_them || ids == [Some("?/"), Some(gone), Some("/?")],
            "{ids:?}"
        );
    });
}

#[test]
fn duplicates_are_asked_once() {
    each_service(|service| {
        let (one, two) = (good(service), other(service));
        let sandbox = sandbox(&[]);
        let run = ask(&sandbox, service, &[one, two, one]).with(&["--id", one, "--id", two]);
        assert_eq!(run.json().ids(), [one, two]);
        assert_eq!(about(&sandbox, service, one), 1);
        assert_eq!(about(&sandbox, service, two), 1);
    });
}

#[test]
fn ids_from_lists_repeated_flags_and_stdin() {
    let sandbox = sandbox(&[]);
    let ids = |run: Run| run.json().ids().join(" ");
    let run = tencent(&sandbox, &[]).with(&["--id", " sbxValid , sbxSoon1 ", "--id", "sbxEnded"]);
    assert_eq!(ids(run), "sbxValid sbxSoon1 sbxEnded");
    let text = "\u{feff}# the shop\r\n\r\n  sbxValid \r\n\t# old\nsbxSoon1\nsbxValid";
    assert_eq!(
        ids(tencent(&sandbox, &["-"]).stdin(text)),
        "sbxValid sbxSoon1"
    );
    let mixed = tencent(&sandbox, &["sbxEnded", "-", "sbxFull1"]).stdin("sbxValid\n");
    assert_eq!(ids(mixed), "sbxEnded sbxValid sbxFull1");
    let odd = tencent(&sandbox, &["-"])
        .stdin(b"sbxValid\n\xff\xfe\n\x00\nsbxEnded".to_vec())
        .json();
    assert_eq!(odd.ids(), ["sbxValid", "sbxEnded"]);
    assert_eq!(odd.errors().len(), 2, "{odd:?}");
}

#[test]
fn an_empty_list_of_ids_is_not_a_quiet_zero() {
    each_service(|service| {
        for text in ["", "\n\n", "# nothing\n"] {
            let sandbox = sandbox(&[]);
            let report = ask(&sandbox, service, &["-"]).stdin(text).json();
            assert_eq!(report.error()["kind"], "not_found", "{report:?}");
            assert_eq!(report.error()["id"], Value::Null);
            assert_eq!(report.code(), 3);
            let zero = ask(&sandbox, service, &["-"])
                .stdin(text)
                .with(&["--exit-zero", "-q"])
                .json();
            assert_eq!(zero.code(), 3);
            assert!(sandbox.seen().is_empty());
        }
    });
}

#[test]
fn a_stream_prints_each_line_as_it_arrives() {
    let sandbox = sandbox(&["tencent/sbxEnded=hang"]);
    let run = tencent(&sandbox, &["sbxEnded", "sbxValid", "sbxSoon1"]);
    let output = run.with(&["-o", "ndjson", "--timeout", "500ms"]).go();
    let first: Value =
        serde_json::from_str(output.stdout.lines().next().unwrap_or_default()).expect("JSON");
    assert_eq!(
        first["type"], "certificate",
        "not the first asked: {output:?}"
    );
}

#[test]
fn the_log_names_method_host_action_status_and_try_but_no_query() {
    each_service(|service| {
        let sandbox = sandbox(&[&format!("{}/{}=status:503*1", service.name, good(service))]);
        let output = ask(&sandbox, service, &[good(service)]).with(&["-v"]).go();
        assert_eq!(output.code(), 0);
        let host = sandbox.endpoint(service).replace("http://", "");
        assert!(output.stderr.contains(&host), "{output:?}");
        for part in ["503", "200", "try 1", "try 2", " ms"] {
            assert!(output.stderr.contains(part), "{part}: {output:?}");
        }
        assert!(!output.stderr.contains('?'), "{output:?}");
        let plain = ask(&sandbox, service, &[good(service)]).go();
        assert_eq!(plain.stderr, "");
    });
}
