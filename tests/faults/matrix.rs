//! The faults, what is expected of each, and the table.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use certcheck::sandbox::Emulator;
use chrono::TimeDelta;
use serde_json::Value;

use crate::provider_run::{ids, report};
use crate::support::certificates::{Authority, LONG, Own, self_signed};
use crate::support::listener::{ClosedPort, bind};
use crate::support::sandbox::{about, sandbox, shifted};

/// What goes wrong.
#[derive(Clone, Copy)]
enum Fault {
    /// With one of two ids, by the sandbox.
    Of(&'static str),
    /// The service's clock is that many seconds ahead.
    Clock(i64),
    /// Nobody listens.
    NobodyThere,
    /// The system takes no more connections for it.
    FullQueue,
    /// The secret is another one.
    WrongSecret,
    /// The host's own certificate.
    Tls(Tls),
}

#[derive(Clone, Copy)]
enum Tls {
    Expired,
    SelfSigned,
    WrongName,
    UnknownAuthority,
}

/// The name in the table, what happens, the kind of the error (none is a certificate that was judged after all), and
/// how many requests about the id the service sees with one repeat.
type Row = (&'static str, Fault, Option<&'static str>, usize);

const ROWS: &[Row] = &[
    ("connection refused", Fault::NobodyThere, Some("network"), 0),
    ("time-out at connect", Fault::FullQueue, Some("network"), 0),
    (
        "time-out before the headers",
        Fault::Of("hang"),
        Some("network"),
        2,
    ),
    (
        "time-out in the body",
        Fault::Of("stall"),
        Some("network"),
        2,
    ),
    (
        "reset before an answer",
        Fault::Of("reset"),
        Some("network"),
        2,
    ),
    (
        "broken off within the body",
        Fault::Of("cut"),
        Some("network"),
        2,
    ),
    ("429", Fault::Of("status:429"), Some("throttled"), 2),
    ("429, Retry-After 1 s, once", Fault::Of("busy:1*1"), None, 2),
    (
        "429, Retry-After an hour",
        Fault::Of("busy:3600"),
        Some("throttled"),
        1,
    ),
    (
        "throttled in its own words",
        Fault::Of("throttle"),
        Some("throttled"),
        2,
    ),
    ("throttled in XML", Fault::Of("xml"), Some("throttled"), 2),
    ("500", Fault::Of("status:500"), Some("unavailable"), 2),
    (
        "502 with a page",
        Fault::Of("status:502"),
        Some("unavailable"),
        2,
    ),
    ("503, once", Fault::Of("status:503*1"), None, 2),
    ("503", Fault::Of("status:503"), Some("unavailable"), 2),
    ("clock an hour off", Fault::Clock(3660), None, 2),
    ("clock ten years off", Fault::Clock(-315_360_000), None, 2),
    ("token expired", Fault::Of("expired-token*1"), None, 2),
    ("wrong secret", Fault::WrongSecret, Some("credentials"), 1),
    (
        "permission missing",
        Fault::Of("denied"),
        Some("permission"),
        1,
    ),
    ("redirect", Fault::Of("redirect"), Some("protocol"), 1),
    ("body of 200 MiB", Fault::Of("huge"), Some("protocol"), 1),
    (
        "JSON cut short",
        Fault::Of("truncated"),
        Some("protocol"),
        1,
    ),
    ("a page with 200", Fault::Of("html"), Some("protocol"), 1),
    ("not UTF-8", Fault::Of("bad-utf8"), Some("protocol"), 1),
    ("nested too deeply", Fault::Of("deep"), Some("protocol"), 1),
    ("TLS: expired", Fault::Tls(Tls::Expired), Some("network"), 0),
    (
        "TLS: self-signed",
        Fault::Tls(Tls::SelfSigned),
        Some("network"),
        0,
    ),
    (
        "TLS: another name",
        Fault::Tls(Tls::WrongName),
        Some("network"),
        0,
    ),
    (
        "TLS: unknown authority",
        Fault::Tls(Tls::UnknownAuthority),
        Some("network"),
        0,
    ),
];

/// What came of one provider and one fault.
struct Outcome {
    /// The error's kind, or the verdict.
    word: String,
    requests: usize,
}

/// What a provider does otherwise than the others. A PBX signs nothing, so no clock is refused and each login is
/// a request of its own; only its tokens expire.
fn expected(service: &'static Emulator, row: &Row) -> Option<(Option<&'static str>, usize)> {
    let (_, fault, kind, requests) = *row;
    match (service.name, fault) {
        ("pbx", Fault::Clock(_)) => Some((None, 1)),
        ("pbx", Fault::WrongSecret) => Some((kind, 0)),
        // It has no word for too many requests, only one for being busy.
        ("pbx", Fault::Of("throttle")) => Some((Some("unavailable"), requests)),
        (_, Fault::Of("expired-token*1")) if service != Emulator::PBX => None,
        ("huawei" | "tencent" | "pbx", Fault::Of("xml")) => None,
        _ => Some((kind, requests)),
    }
}

fn run(service: &'static Emulator, fault: Fault) -> Outcome {
    let [hit, fine] = ids(service);
    let (report, requests) = match fault {
        Fault::Of(text) => {
            let waits = ["hang", "stall"].contains(&text);
            let limit: &[&str] = if waits { &["--timeout", "3s"] } else { &[] };
            let sandbox = sandbox(&[&format!("{}/{hit}={text}", service.name)]);
            let report = report(service, &sandbox.endpoint(service), None, limit);
            (report, about(&sandbox, service, hit))
        }
        Fault::Clock(ahead) => {
            let sandbox = shifted(TimeDelta::seconds(ahead), &[]);
            let report = report(service, &sandbox.endpoint(service), None, &[]);
            (report, about(&sandbox, service, hit))
        }
        Fault::WrongSecret => {
            let sandbox = sandbox(&[]);
            let report = report(service, &sandbox.endpoint(service), Some("another"), &[]);
            (report, about(&sandbox, service, hit))
        }
        Fault::NobodyThere => {
            let closed = ClosedPort::new();
            (report(service, &closed.url(), None, &[]), 0)
        }
        Fault::FullQueue => {
            let (address, _held) = full_queue();
            let url = format!("http://{address}");
            (report(service, &url, None, &["--timeout", "3s"]), 0)
        }
        Fault::Tls(wrong) => {
            let listener = certificate(wrong).serves();
            let url = format!("https://127.0.0.1:{}", listener.port);
            let report = report(service, &url, None, &[]);
            assert!(
                listener.is_silent(),
                "a request went to a host that nobody trusts"
            );
            (report, 0)
        }
    };
    Outcome {
        word: judged(&report, hit, fine, fault),
        requests,
    }
}

/// What came of the id that met the fault; and every id has an outcome, whatever it is.
fn judged(report: &Value, hit: &str, fine: &str, fault: Fault) -> String {
    let of = |list: &str, id: &str| {
        let list = report[list].as_array().expect("a list");
        list.iter().find(|one| one["id"] == id).cloned()
    };
    for id in [hit, fine] {
        let outcomes = [of("certificates", id), of("errors", id)];
        assert_eq!(outcomes.iter().flatten().count(), 1, "{id}: {report}");
    }
    // An hour of waiting is the account's, and longer than the run.
    let all = matches!(fault, Fault::Of("busy:3600"));
    if matches!(fault, Fault::Of(_) | Fault::Clock(_)) && !all {
        let other =
            of("certificates", fine).unwrap_or_else(|| panic!("the other id is lost: {report}"));
        assert!(other["status"] != "UNKNOWN", "{report}");
    }
    match of("errors", hit) {
        Some(error) => {
            assert!(
                error["hint"].as_str().is_some_and(|hint| !hint.is_empty()),
                "{error}"
            );
            error["kind"].as_str().expect("a kind").to_owned()
        }
        None => "judged".to_owned(),
    }
}

/// A port whose connections nobody takes, so many of them that the system takes no more either.
fn full_queue() -> (SocketAddr, (TcpListener, Vec<TcpStream>)) {
    let listener = bind();
    let address = listener.local_addr().expect("it is bound");
    let mut held = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
        held.push(stream);
        assert!(held.len() < 10_000, "the queue has no end");
    }
    (address, (listener, held))
}

fn certificate(wrong: Tls) -> Own {
    match wrong {
        Tls::Expired => Authority::new().signs("127.0.0.1", (2001, 2002)),
        Tls::SelfSigned => self_signed("127.0.0.1"),
        Tls::WrongName => Authority::new().signs("pbx.example", LONG),
        Tls::UnknownAuthority => Authority::new().signs("127.0.0.1", LONG),
    }
}

#[test]
fn every_provider_meets_every_fault() {
    let cases: Vec<(usize, &'static Emulator)> = (0..ROWS.len())
        .flat_map(|row| Emulator::all().map(move |service| (row, service)))
        .filter(|(row, service)| expected(service, &ROWS[*row]).is_some())
        .collect();
    let (next, found) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    // Many at a time: they wait more than they work.
    std::thread::scope(|scope| {
        for _ in 0..10 {
            scope.spawn(|| {
                while let Some((row, service)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = run(service, ROWS[*row].1);
                    found
                        .lock()
                        .expect("no panic")
                        .insert((*row, service.name), outcome);
                }
            });
        }
    });
    let found = found.into_inner().expect("no panic");
    let table = table(&found);
    println!("{table}");
    for (row, service) in cases {
        let (kind, requests) = expected(service, &ROWS[row]).expect("it was run");
        let outcome = &found[&(row, service.name)];
        let is = (outcome.word.as_str(), outcome.requests);
        let should = (kind.unwrap_or("judged"), requests);
        assert_eq!(is, should, "{}: {}", service.name, ROWS[row].0);
    }
    kept(&table);
}

fn table(found: &BTreeMap<(usize, &str), Outcome>) -> String {
    let mut text = String::from("| fault |");
    for service in Emulator::all() {
        write!(text, " {} |", service.name).expect("room for a text");
    }
    text.push_str("\n| --- |");
    text.push_str(&" --- |".repeat(Emulator::all().len()));
    for (row, (name, ..)) in ROWS.iter().enumerate() {
        write!(text, "\n| {name} |").expect("room for a text");
        for service in Emulator::all() {
            let cell = match found.get(&(row, service.name)) {
                Some(Outcome { word, requests }) => format!("{word}, {requests}"),
                None => "-".to_owned(),
            };
            write!(text, " {cell} |").expect("room for a text");
        }
    }
    text + "\n"
}

/// The table in `docs/faults.md`, below the line that ends what was written by hand.
fn kept(table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/faults.md");
    let text = std::fs::read_to_string(&path).expect("docs/faults.md");
    let (head, old) = text.split_at(text.find("| fault |").expect("a table"));
    if std::env::var("SNAPSHOTS").is_ok_and(|word| word == "overwrite") {
        std::fs::write(&path, format!("{head}{table}")).expect("it can be written");
        return;
    }
    assert_eq!(
        old, table,
        "docs/faults.md: SNAPSHOTS=overwrite cargo test, then review with git diff"
    );
}
