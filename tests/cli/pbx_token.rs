//! The token of a PBX is given back on every way out, and a login is repeated only where it surely did nothing.

use certcheck::sandbox::{Emulator, Sandbox};

use crate::support::binary::*;
use crate::support::commands::*;
use crate::support::sandbox::*;

/// How often the PBX was asked for that.
fn count(sandbox: &Sandbox, action: &str) -> usize {
    let seen = sandbox.seen();
    seen.iter().filter(|seen| seen.action == action).count()
}

fn pbx(sandbox: &Sandbox, ids: &[&str]) -> Run {
    ask(sandbox, Emulator::PBX, ids)
}

/// One login, and nothing is left behind.
fn one_token_given_back(sandbox: &Sandbox) {
    assert_eq!(count(sandbox, "get_token"), 1, "{:?}", sandbox.seen());
    assert_eq!(count(sandbox, "del_token"), 1, "{:?}", sandbox.seen());
    assert_eq!(sandbox.live_tokens(), 0);
}

#[test]
fn after_success() {
    let sandbox = sandbox(&[]);
    let report = pbx(&sandbox, &["1"]).json();
    assert_eq!(report.code(), 0, "{report:?}");
    one_token_given_back(&sandbox);
}

#[test]
fn several_ids_use_one_token() {
    let sandbox = sandbox(&[]);
    let report = pbx(&sandbox, &["1", "2", "77", "6", "x"]).json();
    assert_eq!(report.ids(), ["1", "2", "6"]);
    assert_eq!(report.errors().len(), 2);
    one_token_given_back(&sandbox);
    assert_eq!(count(&sandbox, "certificate/get"), 4);
}

#[test]
fn more_ids_than_the_cap_on_steps_use_one_token_too() {
    let sandbox = sandbox(&[]);
    let ids: String = (1000..1250).map(|id| format!("{id}\n")).collect();
    let report = pbx(&sandbox, &["-"]).stdin(ids).json();
    assert_eq!(report.errors().len(), 250);
    for error in report.errors() {
        assert_eq!(error["kind"], "not_found", "{error}");
    }
    one_token_given_back(&sandbox);
}

#[test]
fn after_an_error_of_the_api() {
    for fault in [
        "denied",
        "throttle",
        "status:500",
        "reset",
        "cut",
        "redirect",
    ] {
        let sandbox = sandbox(&[&format!("pbx/certificate/get={fault}")]);
        let report = pbx(&sandbox, &["1"]).json();
        assert_eq!(report.code(), 3, "{fault}: {report:?}");
        one_token_given_back(&sandbox);
    }
}

#[test]
fn after_an_answer_that_is_garbage() {
    for fault in [
        "html",
        "truncated",
        "wrong-shape",
        "empty",
        "huge",
        "deep",
        "bad-utf8",
    ] {
        let sandbox = sandbox(&[&format!("pbx/certificate/get={fault}")]);
        let report = pbx(&sandbox, &["1"]).json();
        assert_eq!(report.error()["kind"], "protocol", "{fault}: {report:?}");
        one_token_given_back(&sandbox);
    }
}

#[test]
fn after_the_deadline() {
    let sandbox = sandbox(&["pbx/certificate/get=hang"]);
    let report = pbx(&sandbox, &["1", "2"])
        .with(&["--deadline", "500ms"])
        .json();
    assert_eq!(report.code(), 3);
    assert_eq!(report.errors().len(), 2, "{report:?}");
    one_token_given_back(&sandbox);
}

#[test]
fn after_a_time_out_of_every_try() {
    let sandbox = sandbox(&["pbx/certificate/get=hang"]);
    let report = pbx(&sandbox, &["1"]).with(&["--timeout", "400ms"]).json();
    assert_eq!(report.error()["kind"], "network");
    assert_eq!(count(&sandbox, "certificate/get"), 3);
    one_token_given_back(&sandbox);
}

#[test]
fn when_nobody_reads_the_result() {
    let sandbox = sandbox(&[]);
    let output = pbx(&sandbox, &["1", "2"])
        .with(&["-o", "ndjson"])
        .unread()
        .go();
    assert!(!output.stderr.contains("internal error"), "{output:?}");
    one_token_given_back(&sandbox);
}

#[test]
fn a_farewell_that_fails_changes_nothing() {
    for fault in ["status:500", "reset", "html", "denied"] {
        let sandbox = sandbox(&[&format!("pbx/del_token={fault}")]);
        let report = pbx(&sandbox, &["1"]).json();
        assert_eq!(report.code(), 0, "{fault}: {report:?}");
        assert_eq!(count(&sandbox, "del_token"), 1);
    }
}

/// Whether what the tests start hears these signals: `nohup` and a shell's background jobs make a process ignore some, for
/// all that it starts.
#[cfg(unix)]
pub fn hears_signals() -> bool {
    #[cfg(target_os = "linux")]
    if signals_of(std::process::id(), "SigIgn:") & 0b111 != 0 {
        eprintln!("SKIPPED: SIGHUP, SIGINT or SIGQUIT is ignored here");
        return false;
    }
    true
}

#[cfg(unix)]
fn stopped_while_hanging(signal: &str, code: i32) {
    if !hears_signals() {
        return;
    }
    let sandbox = sandbox(&["pbx/certificate/get=hang"]);
    let mut running = pbx(&sandbox, &["1", "2"])
        .with(&["--json", "--timeout", "1h", "--deadline", "1h"])
        .start();
    running.until("the question", || count(&sandbox, "certificate/get") == 1);
    running.signal(signal);
    let output = running.end();
    assert_eq!(output.code(), code, "{output:?}");
    one_token_given_back(&sandbox);
    let report = output.json();
    assert_eq!(report["complete"], false, "{report}");
    assert_eq!(
        report["errors"].as_array().map(Vec::len),
        Some(2),
        "{report}"
    );
}

#[cfg(unix)]
#[test]
fn after_ctrl_c() {
    stopped_while_hanging("INT", 130);
}

#[cfg(unix)]
#[test]
fn after_sigterm() {
    stopped_while_hanging("TERM", 143);
}

#[cfg(unix)]
#[test]
fn a10_a_terminal_that_goes_away_and_sigquit_end_a_run_like_sigterm() {
    each(&[("HUP", 129), ("QUIT", 131)], |(signal, code)| {
        stopped_while_hanging(signal, *code);
    });
}

/// What Linux says of the signals of a process, as the bits of their numbers.
#[cfg(target_os = "linux")]
fn signals_of(process: u32, which: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let mask = status.lines().find_map(|line| line.strip_prefix(which));
    u64::from_str_radix(mask.expect(which).trim(), 16).expect("hexadecimal digits")
}

#[cfg(target_os = "linux")]
#[test]
fn a10_a_signal_that_was_ignored_at_the_start_stays_ignored() {
    if !hears_signals() {
        return;
    }
    each(
        &[("HUP", 1), ("INT", 2), ("QUIT", 3)],
        |(ignored, number)| {
            let sandbox = sandbox(&["pbx/certificate/get=hang"]);
            let run =
                pbx(&sandbox, &["1", "2"]).with(&["--json", "--timeout", "1h", "--deadline", "1h"]);
            let mut running = run.ignoring(ignored).start();
            running.until("the question", || count(&sandbox, "certificate/get") == 1);
            let ignores = signals_of(running.id(), "SigIgn:");
            assert_eq!(ignores >> (number - 1) & 1, 1, "{ignores:x}");
            let hears = signals_of(running.id(), "SigCgt:");
            assert_eq!(
                hears & 0b100_0000_0000_0111,
                0b100_0000_0000_0111 & !(1 << (number - 1)),
                "{hears:x}"
            );
            running.signal(ignored);
            running.signal("TERM");
            let output = running.end();
            assert_eq!(output.code(), 143, "{output:?}");
            one_token_given_back(&sandbox);
        },
    );
}

#[cfg(unix)]
#[test]
fn a10_two_signals_end_it_at_once_with_the_code_of_the_first() {
    if !hears_signals() {
        return;
    }
    let sandbox = sandbox(&["pbx/certificate/get=hang", "pbx/del_token=hang"]);
    let mut running = pbx(&sandbox, &["1"])
        .with(&["--json", "--timeout", "1h", "--deadline", "1h"])
        .start();
    running.until("the question", || count(&sandbox, "certificate/get") == 1);
    running.signal("HUP");
    running.until("the farewell", || count(&sandbox, "del_token") == 1);
    running.signal("QUIT");
    let output = running.end();
    assert_eq!(output.code(), 129, "{output:?}");
    assert_eq!(output.json()["complete"], false);
}

#[cfg(unix)]
#[test]
fn what_was_answered_before_ctrl_c_is_reported() {
    if !hears_signals() {
        return;
    }
    let sandbox = sandbox(&["pbx/2=hang"]);
    let mut running = pbx(&sandbox, &["1", "2"])
        .with(&["--json", "--timeout", "1h"])
        .start();
    running.until("the second question", || {
        count(&sandbox, "certificate/get") == 2
    });
    running.signal("INT");
    let output = running.end();
    assert_eq!(output.code(), 130, "{output:?}");
    let report = output.json();
    assert_eq!(report["certificates"][0]["id"], "1", "{report}");
    assert_eq!(report["errors"][0]["id"], "2", "{report}");
    one_token_given_back(&sandbox);
}

#[cfg(unix)]
#[test]
fn a_second_ctrl_c_does_not_wait_for_the_farewell() {
    if !hears_signals() {
        return;
    }
    let sandbox = sandbox(&["pbx/certificate/get=hang", "pbx/del_token=hang"]);
    let mut running = pbx(&sandbox, &["1"])
        .with(&["--timeout", "1h", "--deadline", "1h"])
        .start();
    running.until("the question", || count(&sandbox, "certificate/get") == 1);
    running.signal("INT");
    running.until("the farewell", || count(&sandbox, "del_token") == 1);
    running.signal("TERM");
    let output = running.end();
    assert_eq!(output.code(), 130, "the first signal counts: {output:?}");
}

#[cfg(unix)]
#[test]
fn every_service_ends_on_a_signal() {
    if !hears_signals() {
        return;
    }
    each_service(|service| {
        let sandbox = sandbox(&["hang"]);
        let run = ask(&sandbox, service, &[good(service), other(service)]);
        let mut running = run
            .with(&["--json", "--timeout", "1h", "--deadline", "1h"])
            .start();
        running.until("a request", || !sandbox.seen().is_empty());
        running.signal("TERM");
        // A login is not abandoned half-way: what it created would be lost. The second signal insists.
        if service == Emulator::PBX {
            running.signal("INT");
        }
        let output = running.end();
        assert!(matches!(output.code(), 143 | 130), "{output:?}");
        assert_eq!(output.json()["errors"].as_array().map(Vec::len), Some(2));
    });
}

#[test]
fn u10_a_login_is_repeated_after_an_outage_and_after_too_many_requests() {
    each(
        &[
            "status:500*1",
            "status:503*2",
            "status:429*1",
            "status:503*1",
        ],
        |fault| {
            let sandbox = sandbox(&[&format!("pbx/get_token={fault}")]);
            let report = pbx(&sandbox, &["1", "2"]).json();
            assert_eq!(report.ids(), ["1", "2"], "{fault}");
            let times = if fault.ends_with('2') { 3 } else { 2 };
            assert_eq!(count(&sandbox, "get_token"), times, "{fault}");
            assert_eq!(count(&sandbox, "del_token"), 1);
            assert_eq!(sandbox.live_tokens(), 0);
        },
    );
}

#[test]
fn u10_a_login_is_never_repeated_after_a_lost_answer_or_a_refusal() {
    let refused = [
        ("wrong secret", "-1", "credentials"),
        ("pbx/get_token=cut", "", "network"),
        ("pbx/get_token=reset", "", "network"),
        ("pbx/get_token=html", "", "protocol"),
        ("pbx/get_token=throttle", "70082", "unavailable"),
    ];
    each(&refused, |(fault, code, kind)| {
        let wrong = *fault == "wrong secret";
        let sandbox = if wrong {
            sandbox(&[])
        } else {
            sandbox(&[fault])
        };
        let mut run = pbx(&sandbox, &["1", "2"]);
        if wrong {
            run = run.env(Emulator::PBX.credentials()[1].0, "not-the-secret");
        }
        let report = run.json();
        assert_eq!(report.errors().len(), 2, "{report:?}");
        for error in report.errors() {
            assert_eq!(error["kind"], *kind, "{fault}: {error}");
            assert_eq!(error["code"].as_str().unwrap_or_default(), *code, "{error}");
        }
        assert_eq!(count(&sandbox, "get_token"), 1, "{:?}", sandbox.seen());
        assert_eq!(report.code(), 3);
    });
}

#[test]
fn a_blocked_address_is_not_tried_again() {
    let sandbox = sandbox(&[]);
    for _ in 0..5 {
        let run = pbx(&sandbox, &["1"]).env("CERTCHECK_PBX_CLIENT_SECRET", "not-the-secret");
        assert_eq!(run.json().error()["code"], "-1");
    }
    let report = pbx(&sandbox, &["1", "2"]).json();
    for error in report.errors() {
        assert_eq!(error["code"], "70004", "{error}");
        assert_eq!(error["kind"], "refused");
    }
    assert_eq!(count(&sandbox, "get_token"), 6);
    assert_eq!(count(&sandbox, "certificate/get"), 0);
}

#[test]
fn an_expired_token_is_renewed_once() {
    let sandbox = sandbox(&["pbx=expired-token*1"]);
    let report = pbx(&sandbox, &["1", "2"]).json();
    assert_eq!(report.ids(), ["1", "2"]);
    assert!(report.errors().is_empty(), "{report:?}");
    assert_eq!(count(&sandbox, "get_token"), 2);
    assert_eq!(count(&sandbox, "del_token"), 1);
    assert_eq!(sandbox.live_tokens(), 0);
}

#[test]
fn a_token_that_is_refused_twice_is_not_renewed_again() {
    let sandbox = sandbox(&["pbx=expired-token*9"]);
    let report = pbx(&sandbox, &["1", "2"]).json();
    for error in report.errors() {
        assert_eq!(error["code"], "10004", "{error}");
        assert_eq!(error["kind"], "credentials");
    }
    assert_eq!(report.errors().len(), 2);
    assert_eq!(count(&sandbox, "get_token"), 2);
    assert_eq!(count(&sandbox, "certificate/get"), 2);
    assert_eq!(sandbox.live_tokens(), 0);
}

#[test]
fn every_call_says_the_mandatory_user_agent() {
    let sandbox = sandbox(&[]);
    pbx(&sandbox, &["1"]).json();
    for seen in sandbox.seen() {
        let agent = seen.headers.iter().find(|(name, _)| name == "user-agent");
        assert_eq!(agent.map(|(_, value)| value.as_str()), Some("OpenAPI"));
    }
}
