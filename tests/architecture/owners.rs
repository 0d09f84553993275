//! Who owns what: clock, environment, files, sockets, printing, secrets; and words that code must not know.

use certcheck::adapters::REGISTRY;

use crate::source::Source;

/// Something of the outside world, the words that reach for it, and the only files that may.
struct Owned {
    what: &'static str,
    words: &'static [&'static str],
    owners: &'static [&'static str],
}

const fn owned(
    what: &'static str,
    words: &'static [&'static str],
    owners: &'static [&'static str],
) -> Owned {
    Owned {
        what,
        words,
        owners,
    }
}

const OWNED: &[Owned] = &[
    owned(
        "the clock",
        &["Utc::now", "Local::now", "SystemTime"],
        &["world.rs"],
    ),
    // How long something took, and when it must end; never what day it is.
    owned(
        "the stopwatch",
        &["Instant::now"],
        &[
            "exchange/driver.rs",
            "exchange/rate_limit.rs",
            "exchange/connectivity.rs",
            "run/flows.rs",
            "run/run_context.rs",
            "commands/demo.rs",
            "run/renewal.rs",
        ],
    ),
    owned(
        "the environment",
        &["std::env", "env::var"],
        &["world.rs", "main.rs"],
    ),
    owned(
        "randomness",
        &["getrandom", "rand::"],
        &["world.rs", "world/files.rs"],
    ),
    owned(
        "writing a report in a format",
        &[
            "write_report",
            "summary_line",
            "certificate_line",
            "error_line",
            "table::report",
        ],
        &["render/format.rs", "render/json.rs"],
    ),
    owned(
        "files",
        &["std::fs", "fs::", "File::", "OpenOptions"],
        &[
            "world/files.rs",
            "world/orphans.rs",
            "world/fifo.rs",
            "world/process.rs",
        ],
    ),
    owned("the HTTP client", &["reqwest"], &["exchange/http.rs"]),
    owned(
        "TLS",
        &["rustls"],
        &[
            "exchange/handshake.rs",
            "exchange/tls_error.rs",
            "exchange/tls_verifier.rs",
        ],
    ),
    owned(
        "sockets",
        &[
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "UnixStream",
            "ToSocketAddrs",
            "hyper",
        ],
        &["sandbox/server.rs", "exchange/connectivity.rs"],
    ),
    owned(
        "printing",
        &["print!", "println!", "dbg!", "stdout()", "stderr()"],
        &["world.rs", "panic.rs"],
    ),
    owned("standard input", &["stdin()"], &["world.rs"]),
    owned(
        "the terminal",
        &["terminal_size", "is_terminal()"],
        &["world.rs"],
    ),
    owned("signals", &["tokio::signal"], &["run/signals.rs"]),
    owned(
        "threads",
        &["thread::spawn", "spawn_blocking", "thread::Builder"],
        &["sandbox/server.rs", "world/fifo.rs"],
    ),
    owned(
        "other programs",
        &[
            "process::Command",
            "process::{Child",
            "process::exit",
            "abort()",
        ],
        &["world/subprocess.rs"],
    ),
    owned(
        "panics",
        &["panic!", "unreachable!", "todo!", "unimplemented!"],
        &["model/timestamp.rs"],
    ),
    owned(
        "exceptions from the lints",
        &["clippy::"],
        &[
            "sign/canonical.rs",
            "messages/en.rs",
            "messages/en/flags.rs",
        ],
    ),
    owned(
        "bare secrets",
        &["expose_secret"],
        &[
            "credentials/mod.rs",
            "adapters/instance_metadata.rs",
            "adapters/pbx/session.rs",
        ],
    ),
];

/// Rooms that serve every provider alike.
const IMPARTIAL: &[&str] = &[
    "config",
    "messages",
    "model",
    "redact",
    "render",
    "exchange",
    "credentials",
    "error",
    "world",
    "sign",
];

/// Verbs and nouns of calls that change something or hand out private keys.
const FORBIDDEN: &[&str] = &[
    "Delete",
    "Upload",
    "Create",
    "Modify",
    "Update",
    "Deploy",
    "Revoke",
    "CertificateDetail",
    "Download",
    "Export",
    "/export",
    "privatekey",
];

/// Where a file reaches for what another one owns.
pub fn trespasses(source: &Source) -> Vec<String> {
    let foreign = OWNED
        .iter()
        .filter(|owned| !owned.owners.contains(&source.path.as_str()));
    let words = foreign.flat_map(|owned| owned.words.iter().map(move |word| (owned.what, word)));
    words
        .filter(|(_, word)| reaches(&source.code, word))
        .map(|(what, word)| format!("{}: {what} is not its own (`{word}`)", source.path))
        .collect()
}

/// Whether a word stands in code as a word of its own.
fn reaches(code: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(place, _)| {
        let before = code[..place].chars().next_back();
        let after = code[place + word.len()..].chars().next();
        let open = word.ends_with(part);
        !(before.is_some_and(part) || open && after.is_some_and(part))
    })
}

/// Owners that reach for nothing of what they own.
pub fn idle(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for owned in OWNED {
        for owner in owned.owners {
            let code = sources.iter().find(|source| source.path == *owner);
            let uses = code
                .is_some_and(|source| owned.words.iter().any(|word| reaches(&source.code, word)));
            if !uses {
                found.push(format!("{owner} no longer needs {}", owned.what));
            }
        }
    }
    found
}

/// Providers that a room for all of them names in its code or its texts.
pub fn providers_named(source: &Source) -> Vec<String> {
    if !IMPARTIAL.contains(&source.room()) {
        return Vec::new();
    }
    let words = REGISTRY
        .iter()
        .flat_map(|provider| [provider.name, provider.alias]);
    words
        .filter(|word| {
            let quoted = source.texts.iter().any(|text| reaches(text, word));
            quoted || reaches(&source.code.to_lowercase(), word)
        })
        .map(|word| format!("{}: names the provider {word}", source.path))
        .collect()
}

/// Services that the sandbox, or a verb that runs it, names outside of their folders and the registry.
pub fn services_named(source: &Source) -> Vec<String> {
    let walks_the_registry =
        ["commands/demo.rs", "commands/sandbox.rs"].contains(&source.path.as_str());
    let is_registry = source.path == "sandbox/services/mod.rs";
    if is_registry || !(walks_the_registry || source.room() == "sandbox") {
        return Vec::new();
    }
    let own = source.path.strip_prefix("sandbox/services/");
    let own = own.and_then(|path| path.split('/').next());
    let names = REGISTRY.iter().map(|provider| provider.name);
    names
        .filter(|name| Some(*name) != own)
        .filter(|name| {
            let quoted = source.texts.iter().any(|text| reaches(text, name));
            quoted || reaches(&source.code.to_lowercase(), name)
        })
        .map(|name| format!("{}: names the service {name}", source.path))
        .collect()
}

/// Methods of HTTP that change something. `PUT` opens a session of a metadata service, which changes nothing there.
pub fn methods_that_change(source: &Source) -> Vec<String> {
    let read = |name: &str| match name {
        "GET" | "POST" => true,
        "PUT" => {
            ["adapters/instance_metadata.rs", "exchange/http.rs"].contains(&source.path.as_str())
        }
        _ => false,
    };
    let paths = source.code.match_indices("Method::");
    let names = paths.map(|(place, mark)| {
        let rest = &source.code[place + mark.len()..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
        &rest[..end.unwrap_or(rest.len())]
    });
    names
        .filter(|name| !read(name))
        .map(|name| format!("{}: {name} is no method to read with", source.path))
        .collect()
}

/// Texts of adapters that are the name of a call, and not one that only reads.
pub fn calls_that_change(source: &Source) -> Vec<String> {
    if source.room() != "adapters" {
        return Vec::new();
    }
    let call =
        |text: &&String| !text.contains(' ') && FORBIDDEN.iter().any(|word| text.contains(word));
    source
        .texts
        .iter()
        .filter(call)
        .map(|text| format!("{}: `{text}` is no read call", source.path))
        .collect()
}

#[test]
fn each_rule_can_fail() {
    let reached = |path, text| trespasses(&Source::new(path, text)).len();
    assert_eq!(reached("model/evaluate.rs", "let now = Utc::now();"), 1);
    assert_eq!(reached("world.rs", "let now = Utc::now();"), 0);
    assert_eq!(
        reached("plan/mod.rs", "eprintln!(\"{x}\"); std::env::var(\"A\")"),
        2
    );
    assert_eq!(
        reached("plan/mod.rs", "let refs = offs::x; let randomly = 1;"),
        0
    );

    let named = |path, text| providers_named(&Source::new(path, text)).len();
    assert_eq!(named("render/table/mod.rs", "if name == \"tencent\" {}"), 1);
    assert_eq!(named("render/table/mod.rs", "resample"), 0);

    let named = |path, text| services_named(&Source::new(path, text)).len();
    assert_eq!(named("sandbox/faults.rs", "service == Emulator::PBX"), 1);
    assert_eq!(named("commands/demo.rs", "[\"esa\", \"mpush\"]"), 2);
    assert_eq!(
        named("sandbox/services/esa/lists.rs", "\"esa:ListSites\""),
        0
    );
    assert_eq!(named("sandbox/services/esa/lists.rs", "super::mpush::X"), 1);
    assert_eq!(named("sandbox/services/mod.rs", "Emulator::PBX"), 0);

    let method = |path, text| methods_that_change(&Source::new(path, text)).len();
    assert_eq!(
        method("adapters/esa/mod.rs", "f(Method::GET, Method::PUT)"),
        1
    );
    assert_eq!(method("adapters/instance_metadata.rs", "f(Method::PUT)"), 0);
    assert_eq!(
        method("adapters/instance_metadata.rs", "Method::from_bytes(b)"),
        1
    );

    let call = |text| calls_that_change(&Source::new("adapters/esa/mod.rs", text)).len();
    assert_eq!(call("action: \"DeleteClientCertificate\""), 1);
    assert_eq!(call("hint: \"Create a key in the console\""), 0);
}
