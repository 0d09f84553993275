//! Who may know whom: imports point one way, and providers stand alone.

use certcheck::adapters::REGISTRY;

use crate::source::Source;

/// A room and what it may name, beside itself.
const EDGES: &[(&str, &[&str])] = &[
    ("main", &["guarded", "run", "world"]),
    ("lib", &["cli", "panic", "world"]),
    ("panic", &["model"]),
    (
        "cli",
        &[
            "adapters", "commands", "error", "flags", "model", "plan", "render", "run", "world",
        ],
    ),
    (
        "commands",
        &[
            "adapters", "checks", "config", "error", "exchange", "flags", "messages", "model",
            "plan", "redact", "render", "run", "sandbox", "world",
        ],
    ),
    (
        "checks",
        &[
            "adapters",
            "config",
            "credentials",
            "error",
            "exchange",
            "flags",
            "messages",
            "model",
            "plan",
            "redact",
            "render",
            "world",
        ],
    ),
    (
        "run",
        &[
            "adapters",
            "credentials",
            "error",
            "exchange",
            "flags",
            "json",
            "model",
            "plan",
            "redact",
            "render",
            "unicode",
            "world",
        ],
    ),
    (
        "plan",
        &[
            "adapters", "error", "exchange", "flags", "messages", "model", "render", "unicode",
            "world",
        ],
    ),
    ("flags", &["config", "error", "model", "render"]),
    ("config", &["error", "unicode"]),
    ("world", &["credentials", "error"]),
    (
        "adapters",
        &[
            "credentials",
            "error",
            "exchange",
            "flags",
            "json",
            "model",
            "redact",
            "sign",
            "unicode",
            "x509",
        ],
    ),
    ("json", &["error", "unicode"]),
    ("credentials", &["error", "redact", "sign", "unicode"]),
    ("redact", &["error"]),
    ("exchange", &["error", "model"]),
    ("render", &["error", "messages", "model"]),
    ("messages", &["model"]),
    ("model", &["error"]),
    ("sign", &["error"]),
    ("x509", &["sign"]),
    ("error", &[]),
    ("unicode", &[]),
    ("sandbox", &[]),
];

/// What an adapter may name of `exchange`: the words of a conversation, nothing that holds one.
const CONVERSATION: &[&str] = &[
    "Effect",
    "Endpoint",
    "Flow",
    "HandshakeOptions",
    "KeySignature",
    "Once",
    "EffectResult",
    "RateLimit",
    "FlowProgress",
    "Request",
    "Response",
    "Stamp",
    "Step",
    "TlsPeer",
];

/// Rooms that this file names though its room must not know them.
pub fn wrong_edges(source: &Source) -> Vec<String> {
    let room = source.room();
    let Some((_, allowed)) = EDGES.iter().find(|(name, _)| *name == room) else {
        return vec![format!("{}: a room that is not on the map", source.path)];
    };
    let outside = |named: &&String| **named != room && !allowed.contains(&named.as_str());
    let paths = source.paths();
    let named = paths.iter().filter_map(|path| path.first());
    named
        .filter(outside)
        .map(|named| format!("{}: {room} must not know {named}", source.path))
        .collect()
}

/// Other providers that a provider's folder names, and providers that a shared module names.
pub fn neighbours(source: &Source) -> Vec<String> {
    if source.room() != "adapters" || source.path == "adapters/mod.rs" {
        return Vec::new();
    }
    let own = source.path.split('/').nth(1).unwrap_or_default();
    let is_provider = |name: &str| REGISTRY.iter().any(|provider| provider.name == name);
    let paths = source.paths();
    let named = paths.iter().filter_map(|path| match path.as_slice() {
        [room, name, ..] if room == "adapters" => Some(name),
        _ => None,
    });
    named
        .filter(|name| is_provider(name) && *name != own)
        .map(|name| format!("{}: names the provider {name}", source.path))
        .collect()
}

/// What an adapter names of `exchange` beyond a conversation's words.
pub fn beyond_a_conversation(source: &Source) -> Vec<String> {
    if source.room() != "adapters" {
        return Vec::new();
    }
    let paths = source.paths();
    let named = paths.iter().filter_map(|path| match path.as_slice() {
        [room, name, ..] if room == "exchange" => Some(name.as_str()),
        [room] if room == "exchange" => Some("the whole of it"),
        _ => None,
    });
    named
        .filter(|name| !CONVERSATION.contains(name))
        .map(|name| format!("{}: knows {name} of exchange", source.path))
        .collect()
}

#[test]
fn each_rule_can_fail() {
    let wrong = |path, text| wrong_edges(&Source::new(path, text)).len();
    assert_eq!(wrong("model/evaluate.rs", "use crate::error::Error;"), 0);
    assert_eq!(
        wrong("model/evaluate.rs", "use crate::{error, render::json};"),
        1
    );
    assert_eq!(wrong("render/mod.rs", "use super::adapters::REGISTRY;"), 1);
    assert_eq!(wrong("attic/mod.rs", ""), 1);

    let near = |path, text| neighbours(&Source::new(path, text)).len();
    assert_eq!(
        near("adapters/esa/read.rs", "use super::super::mpush::X;"),
        1
    );
    assert_eq!(near("adapters/alibaba.rs", "use super::mpush::X;"), 1);
    assert_eq!(
        near("adapters/esa/read.rs", "use crate::adapters::esa::X;"),
        0
    );

    let beyond = |text| beyond_a_conversation(&Source::new("adapters/esa/mod.rs", text)).len();
    assert_eq!(
        beyond("use crate::exchange::{Flow, http::Client, Driver};"),
        2
    );
    assert_eq!(beyond("use crate::exchange;"), 1);
}
