//! What the sandbox marks as never to be printed (keys, tokens, persons, order data) is nowhere in what a run
//! writes: every service, all its samples, every fault, every format, with all the logging there is.

use std::sync::atomic::{AtomicUsize, Ordering};

use certcheck::sandbox::{CANARY, Service, credentials, temporary_credentials};

use crate::harness::*;
use crate::questions::*;

const FAULTS: [&str; 25] = [
    "",
    "throttle",
    "status:401",
    "status:404",
    "status:500",
    "hang",
    "cut",
    "reset",
    "redirect",
    "skew:7200",
    "skew:-7200*1",
    "hostile",
    "html",
    "truncated",
    "wrong-shape",
    "empty",
    "huge*2",
    "deep",
    "bad-utf8",
    "denied",
    "echo",
    "expired-token",
    "mismatch",
    "echo*1",
    "hostile*2",
];

const FORMATS: [&str; 3] = ["table", "json", "ndjson"];

/// The canary in every spelling in which it could slip through.
fn spellings() -> Vec<String> {
    let each = |form: fn(u8) -> String| CANARY.bytes().map(form).collect::<String>();
    let mut all = vec![
        CANARY.to_owned(),
        each(|byte| format!("%{byte:02x}")),
        each(|byte| format!("%25{byte:02x}")),
        each(|byte| format!("\\u{byte:04x}")),
        each(|byte| format!("\\x{byte:02x}")),
        each(|byte| format!("{byte:02x}")),
        CANARY.chars().rev().collect(),
    ];
    // Three ways to lie in the groups of three; the ends mix with what stands beside.
    for skip in 0..3 {
        let whole = CANARY
            .as_bytes()
            .get(skip..)
            .unwrap_or_default()
            .chunks_exact(3);
        all.push(whole.flat_map(base64).collect());
    }
    all.into_iter().map(|text| text.to_lowercase()).collect()
}

fn base64(group: &[u8]) -> Vec<char> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let number = group
        .iter()
        .fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
    let letter = |shift: usize| char::from(LETTERS[number >> shift & 63]);
    [18, 12, 6, 0].map(letter).to_vec()
}

/// Neither a secret in any spelling nor a whole key id.
fn clean(output: &Output, spellings: &[String], keys: &[(&str, &str)], what: &str) {
    for text in [&output.stdout, &output.stderr] {
        let lower = text.to_lowercase();
        for spelling in spellings {
            assert!(
                !lower.contains(spelling),
                "{what}: {spelling} in {output:?}"
            );
        }
        for (name, value) in keys {
            assert!(!text.contains(value), "{what}: {name} in {output:?}");
        }
        assert!(!text.contains("internal error"), "{what}: {output:?}");
        assert!(!lower.contains("signature="), "{what}: {output:?}");
        assert!(!lower.contains("access_token="), "{what}: {output:?}");
    }
}

/// Twelve at a time: they wait more than they work.
fn everywhere(faults: &[&str], keys: fn(Service) -> Vec<(&'static str, &'static str)>) {
    let calls = Service::ALL.map(|service| (service, false));
    let calls = [&calls[..], &[(Service::Huawei, true)]].concat();
    let cases: Vec<_> = calls
        .iter()
        .flat_map(|call| faults.iter().map(move |fault| (*call, *fault)))
        .collect();
    let (next, spellings) = (AtomicUsize::new(0), spellings());
    each(&[(); 12], |()| {
        while let Some(((service, legacy), fault)) = cases.get(next.fetch_add(1, Ordering::Relaxed))
        {
            let keys = keys(*service);
            for format in FORMATS {
                let faults: &[&str] = if fault.is_empty() { &[] } else { &[*fault] };
                let sandbox = sandbox(faults);
                let run = every_sample(&sandbox, *service, *legacy).keys(&keys);
                let run = run.with(&[
                    "-vv",
                    "-o",
                    format,
                    "--timeout",
                    "300ms",
                    "--deadline",
                    "1500ms",
                ]);
                let what = format!("{} {fault} {format}", service.name());
                let output = run.go();
                assert!(
                    !output.stdout.is_empty() && !output.stderr.is_empty(),
                    "{what}: {output:?}"
                );
                clean(&output, &spellings, &keys, &what);
            }
        }
    });
}

#[test]
fn no_secret_of_a_long_lived_key_is_ever_printed() {
    everywhere(&FAULTS, credentials);
}

#[test]
fn no_secret_of_a_temporary_key_is_ever_printed() {
    everywhere(
        &["", "echo", "denied", "hostile", "truncated"],
        temporary_credentials,
    );
}

#[test]
fn an_echoed_secret_that_is_wrong_is_taken_out_too() {
    let spellings = spellings();
    each_service(|service| {
        let mut keys = credentials(service);
        let mine = format!("{CANARY}mine+/= \"%&\\end").replace(' ', "");
        keys[1].1 = &mine;
        for format in FORMATS {
            let sandbox = sandbox(&["echo"]);
            let run = every_sample(&sandbox, service, false).keys(&keys);
            let output = run.with(&["-vv", "-o", format]).go();
            assert_eq!(output.code(), 3, "{output:?}");
            clean(&output, &spellings, &keys, service.name());
        }
    });
}

#[test]
fn help_shows_no_value_of_a_variable() {
    let spellings = spellings();
    for service in Service::ALL {
        for help in ["--help", "-h", "--frobnicate"] {
            let keys = credentials(service);
            let run = certcheck([service.name(), help]).keys(&keys);
            let run = run.env(
                "CERTCHECK_PBX_BASE_URL",
                format!("https://{CANARY}.example.com"),
            );
            clean(&run.go(), &spellings, &keys, help);
        }
    }
}

#[test]
fn a_proxy_with_a_password_is_not_repeated() {
    let spellings = spellings();
    for proxy in [
        format!("http://user:{CANARY}@127.0.0.1:1"),
        format!("socks5://user:{CANARY}@127.0.0.1:1"),
        format!("http://user:{CANARY}@"),
        format!("user:{CANARY}@127.0.0.1:1"),
    ] {
        let keys = credentials(Service::Tencent);
        let run = certcheck([
            "tencent",
            "--id",
            "a",
            "-vv",
            "--endpoint",
            "https://ssl.example.invalid",
        ]);
        let run = run.keys(&keys).env("HTTPS_PROXY", &proxy);
        let output = run.with(&["--timeout", "2s"]).go();
        assert_eq!(output.code(), 3, "{output:?}");
        clean(&output, &spellings, &keys, &proxy);
    }
}

#[test]
fn a_secret_typed_in_a_wrong_place_is_not_repeated() {
    let secret = format!("{CANARY}mine");
    for service in Service::ALL {
        let mut keys = credentials(service);
        keys[1].1 = &secret;
        for flags in [
            vec![secret.as_str()],
            vec!["--id", "1", "--severity", &secret],
            vec!["--id", "1", "--color", &secret],
        ] {
            let output = certcheck([service.name()]).with(&flags).keys(&keys).go();
            assert_eq!(output.code(), 3, "{output:?}");
            assert!(!output.stderr.contains(CANARY), "{output:?}");
        }
    }
}
