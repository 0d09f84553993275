//! Services that hide a secret where no service would put it: in the status line, in headers, in redirects, between
//! chunks, in keys, in what is no JSON at all.

use certcheck::sandbox::{CANARY, Emulator};

use crate::canary::appears_in;
use crate::support::binary::*;
use crate::support::commands::*;
use crate::support::listener::serve_raw;
use crate::support::sandbox::*;

const PASSWORD: &str = "sandboxcanary.Password0001";
const TOKEN: &str = "sandboxcanary.Token000002";

/// An answer as it goes over the wire.
fn http(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    )
}

fn json(body: &str) -> String {
    http("200 OK", "content-type: application/json\r\n", body)
}

/// A secret in every place of an answer that is none.
fn answers(secret: &str) -> Vec<String> {
    const HEADERS: [&str; 9] = [
        "content-type",
        "date",
        "location",
        "retry-after",
        "server",
        "set-cookie",
        "www-authenticate",
        "x-request-id",
        "content-encoding",
    ];
    let error = r#"{"errcode":79999,"errmsg":"no"}"#;
    let redirect = |place: &str| {
        http(
            "307 Temporary Redirect",
            &format!("location: {place}\r\n"),
            "",
        )
    };
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let mut all = vec![
        http(&format!("200 {secret}"), "", error),
        http(&format!("503 {secret}"), "", secret),
        http(secret, "", error),
        format!("{secret} 200 OK\r\n\r\n"),
        format!("{secret}\r\n\r\n"),
        redirect(&format!("https://{secret}.example/")),
        redirect(&format!("https://example/{secret}?token={secret}#{secret}")),
        redirect(&format!("https://user:{secret}@example/")),
        redirect(&format!("//{}/", secret.replace('.', "%2E").to_uppercase())),
        redirect(&format!("https://[{secret}]/")),
        redirect(secret),
        format!("{chunked}1f;x={secret}\r\n{error}\r\n0\r\nx-request-id: {secret}\r\n\r\n"),
        format!("{chunked}{secret}\r\n"),
        format!("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n{{\"errmsg\":\"{secret}"),
        http("200 OK", &format!("{secret}: {secret}\r\n"), error),
        json(secret),
        json(&format!("\"{secret}\"")),
        json(&format!("[\"{secret}\",{{}}]")),
        json(&format!("{{\"{secret}\":\"{secret}\"}}")),
        json(&format!(
            "{{\"errcode\":\"{secret}\",\"errmsg\":\"{secret}\"}}"
        )),
        json(&format!(
            "{{\"errcode\":{{\"{secret}\":1}},\"certificate\":\"{secret}\"}}"
        )),
        json(&format!(
            "{{\"errcode\":1,\"errmsg\":\"{}{secret}\"}}",
            "x".repeat(590)
        )),
        json(&format!("{{\"errcode\":1,\"errmsg\":\"{secret}\"")),
        json(&format!(
            "{{\"errcode\":1,\"errcode\":2,\"{secret}\":{secret}}}"
        )),
    ];
    let header = |name: &&str| http("200 OK", &format!("{name}: {secret}\r\n"), error);
    all.extend(HEADERS.iter().map(header));
    all
}

/// A PBX that answers one call with this, and the others as it should.
fn asked(call: &'static str, answer: String) -> Output {
    let endpoint = serve_raw(move |request| {
        let good = match request.split([' ', '?']).nth(1) {
            Some(path) if path.ends_with(call) => return answer.clone().into_bytes(),
            Some(path) if path.ends_with("get_token") => {
                format!("{{\"errcode\":0,\"access_token\":\"{TOKEN}\"}}")
            }
            _ => "{\"errcode\":0}".to_owned(),
        };
        json(&good).into_bytes()
    });
    let run = ask_at(&endpoint, Emulator::PBX, &["1"]);
    let run = run.env("CERTCHECK_PBX_CLIENT_ID", "application");
    let run = run.env("CERTCHECK_PBX_CLIENT_SECRET", PASSWORD);
    run.with(&["-vv", "--timeout", "1s", "--deadline", "2s"])
        .go()
}

#[test]
fn a_secret_in_no_place_of_an_answer_comes_through() {
    for (call, secret) in [
        ("get_token", PASSWORD),
        ("certificate/get", TOKEN),
        ("del_token", TOKEN),
    ] {
        each(&answers(secret), |answer| {
            let output = asked(call, answer.clone());
            assert_eq!(output.code(), 3, "{output:?}");
            for text in [&output.stdout, &output.stderr] {
                assert_eq!(
                    appears_in(text, CANARY),
                    None,
                    "{call} {answer}: {output:?}"
                );
                assert!(
                    !text.contains("internal error"),
                    "{call} {answer}: {output:?}"
                );
            }
        });
    }
}

#[test]
fn a_refused_login_that_brings_a_token_does_not_show_it() {
    let answer = json(&format!(
        "{{\"errcode\":79999,\"errmsg\":\"{TOKEN}\",\"access_token\":\"{TOKEN}\"}}"
    ));
    let output = asked("get_token", answer);
    assert!(output.stdout.contains("get_token: [secret]"), "{output:?}");
    assert_eq!(appears_in(&output.stdout, CANARY), None, "{output:?}");
}

#[test]
fn a_token_that_is_too_long_to_be_one_is_not_used() {
    let token = "x".repeat(5000);
    let output = asked(
        "get_token",
        json(&format!("{{\"errcode\":0,\"access_token\":\"{token}\"}}")),
    );
    assert!(output.stdout.contains("too long to be one"), "{output:?}");
    assert!(!output.stderr.contains("certificate/get"), "{output:?}");
}

#[test]
fn a_secret_of_digits_is_not_printed_as_a_number() {
    const NUMBER: &str = "771177117711";
    for key in ["apply_tip_code", "id", "name", "expiration", "auto_renewal"] {
        let endpoint = serve_raw(move |request| {
            let body = if request.contains("get_token") {
                "{\"errcode\":0,\"access_token\":\"abcdefgh\"}".to_owned()
            } else {
                format!(
                    "{{\"errcode\":0,\"certificate\":{{\"{key}\":{NUMBER},\"expiration\":\"-\"}}}}"
                )
            };
            json(&body).into_bytes()
        });
        for format in ["table", "json", "ndjson"] {
            let run = ask_at(&endpoint, Emulator::PBX, &["1"]);
            let run = run.env("CERTCHECK_PBX_CLIENT_ID", "application");
            let run = run.env("CERTCHECK_PBX_CLIENT_SECRET", NUMBER);
            let output = run.with(&["-vv", "-o", format]).go();
            let all = format!("{}{}", output.stdout, output.stderr);
            assert_eq!(appears_in(&all, NUMBER), None, "{key}: {output:?}");
        }
    }
}
