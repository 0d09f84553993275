//! Problems with flags.

use crate::model::flag::{EndpointProblem, Expected, FlagProblem, Spelling};
use crate::model::{Status, Verdict};

/// Message and hint.
pub struct Message {
    pub text: String,
    pub hint: Option<String>,
}

fn message(text: impl Into<String>, hint: impl Into<String>) -> Message {
    Message {
        text: text.into(),
        hint: Some(hint.into()),
    }
}

/// The sentences about a problem, without the name of the flag in front.
#[allow(
    clippy::too_many_lines,
    reason = "one arm per problem: a translator reads it from top to bottom"
)]
pub fn problem(problem: &FlagProblem, spelling: &dyn Spelling) -> Message {
    let name = |flag| spelling.name(flag);
    let or_variable = |flag| {
        let variable = spelling.variable(flag);
        variable.map_or(String::new(), |variable| format!(", or set {variable}"))
    };
    match problem {
        FlagProblem::Value { flag, expected } => {
            let value = spelling.value(*flag).map(|value| format!("`{value}`"));
            let subject = value.as_deref().unwrap_or("it");
            let text = match expected {
                Expected::Id(rule) => match &value {
                    Some(value) => format!("{value}: invalid ID: {rule}"),
                    None => format!("invalid ID: {rule}"),
                },
                // Its value may hold a password.
                Expected::Proxy(why) => (*why).to_owned(),
                Expected::Fault(why) => format!("{subject}: {why}"),
                expected => format!("{subject} is not {}", noun(expected)),
            };
            let (example, others) = examples(expected, spelling);
            let hint = match (example, others) {
                (None, others) => others,
                (Some(example), others) => {
                    let others = if others.is_empty() {
                        others
                    } else {
                        format!("; also possible: {others}")
                    };
                    format!("write {}{others}", spelling.set(*flag, &example))
                }
            };
            message(text, hint)
        }
        FlagProblem::Endpoint {
            problem: EndpointProblem::PlainHttp,
            allow_http,
            ..
        } => message(
            EndpointProblem::PlainHttp.reason(),
            format!(
                "use https://, or write {} if the network is yours",
                spelling.set(*allow_http, "")
            ),
        ),
        FlagProblem::Endpoint { problem, .. } => message(
            format!("the endpoint cannot be used: {}", problem.reason()),
            "give it as https://HOST or https://HOST:PORT",
        ),
        FlagProblem::File { flag, reason } => {
            let file = match spelling.value(*flag) {
                Some(path) => format!("`{path}`"),
                None => "the file".to_owned(),
            };
            message(
                format!("{file} cannot be used: {reason}"),
                "name a file with certificates in PEM form (-----BEGIN CERTIFICATE-----)",
            )
        }
        FlagProblem::Missing { flag, example } => message(
            format!("{} is missing", name(*flag)),
            format!(
                "write {}{}",
                spelling.set(*flag, example),
                or_variable(*flag)
            ),
        ),
        FlagProblem::Conflict { flag, other } => Message {
            text: format!("use either {} or {}", name(*flag), name(*other)),
            hint: None,
        },
        FlagProblem::Requires {
            flag,
            needed,
            example,
        } => message(
            format!("{} needs {}", name(*flag), name(*needed)),
            format!(
                "write {}{}",
                spelling.set(*needed, example),
                or_variable(*needed)
            ),
        ),
        FlagProblem::CritAboveWarn { crit, warn } => message(
            format!(
                "{} lies above {}: a certificate would be critical before it is a warning",
                name(*crit),
                name(*warn)
            ),
            format!(
                "lower {} or raise {} (auto: 30 days, at most 25% of the lifetime)",
                name(*crit),
                name(*warn)
            ),
        ),
        FlagProblem::SortOfStream { flag, format } => message(
            format!("{format} is printed as results arrive"),
            format!("leave out {}, or choose another format", name(*flag)),
        ),
        FlagProblem::NoList { flag, all } => message(
            format!("{} has no list with dates", name(*flag)),
            format!("leave out {}, or {}", name(*flag), name(*all)),
        ),
        FlagProblem::NoTls { flag, endpoint } => message(
            format!(
                "there is no TLS to {endpoint} that {} could change",
                name(*flag)
            ),
            format!("use https://, or leave out {}", name(*flag)),
        ),
        FlagProblem::TwoTrusts { file, pin } => message(
            format!("{} and {} are both set", name(*file), name(*pin)),
            "unset one of them: a pin takes the place of every CA certificate",
        ),
        FlagProblem::Several { flag } => message(
            format!("{} names several files", name(*flag)),
            "put all CA certificates into one file",
        ),
        FlagProblem::ProxyToLoopback { flag } => message(
            "requests to this machine do not go through a proxy",
            format!("leave out {}", name(*flag)),
        ),
        FlagProblem::Password { flag } => message(
            "everybody on this machine can read a password in a flag",
            match spelling.variable(*flag) {
                Some(variable) => format!("set {variable} to the URL instead"),
                None => "leave out the password".to_owned(),
            },
        ),
    }
}

/// The sentence about an ID that stands beside it.
pub fn invalid_id(expected: &Expected) -> Message {
    let text = match expected {
        Expected::Id(rule) => format!("invalid ID: {rule}"),
        expected => format!("invalid ID: it is not {}", noun(expected)),
    };
    message(text, "correct the ID; nothing was sent for it")
}

/// Expected form of a value.
fn noun(expected: &Expected) -> String {
    let noun = match expected {
        Expected::Threshold => "a threshold",
        Expected::TimeLimit => "a time limit",
        Expected::Severity => "a status with its verdict",
        Expected::Status => "a status",
        Expected::Verdict => "a verdict",
        Expected::Time => "a valid time",
        Expected::OneOf(_) => "a valid value",
        Expected::Number { least, most } if *most == u64::MAX => {
            return format!("a whole number of {least} or more");
        }
        Expected::Number { least, most } => {
            return format!("a whole number from {least} to {most}");
        }
        Expected::Rate { .. } => "a rate",
        Expected::TimeSpan => "a length of time",
        Expected::Latency => "a length of time of at most an hour",
        Expected::UtcOffset => "an offset from UTC",
        Expected::RegionName => "the name of a region",
        Expected::Region { .. } => "a known region",
        Expected::Fingerprint => "the SHA-256 of a certificate",
        Expected::Id(_) => "a valid ID",
        Expected::Proxy(_) => "a proxy",
        Expected::Fault(_) => "a fault",
    };
    noun.to_owned()
}

/// A value that can be pasted, if there is one, and what else is possible.
fn examples(expected: &Expected, spelling: &dyn Spelling) -> (Option<String>, String) {
    let list = |words: &[&str]| words.join(", ");
    let (example, others) = match expected {
        Expected::Threshold => (
            "30d",
            "72h, 20% (of the lifetime), a number of days, off, auto".to_owned(),
        ),
        Expected::TimeLimit => ("10s", "2m, at most a day".to_owned()),
        Expected::Severity => ("PENDING=ok", String::new()),
        Expected::Status => return (None, format!("use one of {}", statuses())),
        Expected::Verdict => return (None, format!("use one of {}", verdicts())),
        Expected::Time => (
            "2026-12-24",
            "an RFC 3339 time, or +30d; a day begins at 00:00 UTC".to_owned(),
        ),
        Expected::OneOf(words) => match words.as_slice() {
            [first, others @ ..] => return (Some((*first).to_owned()), list(others)),
            [] => return (None, "leave it out".to_owned()),
        },
        Expected::Number { least, most } => {
            let example = if *most <= 256 { *most } else { 20.max(*least) };
            return (Some(example.to_string()), String::new());
        }
        Expected::Rate { most, or_off } => (
            "5",
            format!("0.5, at most {most}{}", if *or_off { ", off" } else { "" }),
        ),
        Expected::TimeSpan => ("45d", "72h, a number of days".to_owned()),
        Expected::Latency => ("20ms", "1s".to_owned()),
        Expected::UtcOffset => ("+08:00", "Z".to_owned()),
        Expected::RegionName => {
            let text = "only lower-case letters, digits and - are possible, at most 40 characters";
            return (None, text.to_owned());
        }
        Expected::Region {
            similar,
            other_host,
        } => {
            let example = similar.first().map(|region| (*region).to_owned());
            let others = list(similar.get(1..).unwrap_or_default());
            let host = spelling.set(*other_host, "URL");
            return (example, format!("{others}; for another host {host}"));
        }
        Expected::Id(_) => return (None, "correct the ID; nothing was sent for it".to_owned()),
        Expected::Fingerprint => {
            let text = "write its 64 hex digits, as `openssl x509 -noout -fingerprint -sha256` prints them";
            return (None, text.to_owned());
        }
        Expected::Proxy(_) => ("http://host:3128", String::new()),
        Expected::Fault(_) => {
            let text = "write FAULT, SERVICE=FAULT or SERVICE/ID=FAULT; *N behind it affects the first N requests";
            return (None, text.to_owned());
        }
    };
    (Some(example.to_owned()), others)
}

fn statuses() -> String {
    Status::ALL.map(Status::as_str).join(", ")
}

fn verdicts() -> String {
    Verdict::ALL.map(Verdict::as_str).join(", ")
}
