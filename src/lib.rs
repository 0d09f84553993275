//! certcheck checks certificate expiry and status at several services, in one format.
//!
//! # Modules
//!
//! | room | what it does |
//! | --- | --- |
//! | `main.rs` | outside world in, exit code out |
//! | [`world`] | environment, clock, randomness, files, streams, terminal: a real one, and one for tests |
//! | [`cli`] | the tree of commands and flags; the error that a command returns is reported here, once |
//! | `commands` | one file per verb; each returns its exit code or an error |
//! | [`flags`] | every flag once: names, variable, key of the config file, reader, default, help |
//! | [`config`] | TOML to sections, with the position of everything |
//! | `checks` | the config file as plans |
//! | `plan` | what one command or check means; every mistake of the user is found here |
//! | `run` | plans to a report: accounts side by side, lists, saved answers, signals, progress, collector |
//! | [`credentials`] | where one value of a key is read: a variable, a file, the service manager |
//! | [`redact`] | redaction: text from outside freed of every known secret |
//! | [`adapters`] | one folder per provider, the registry, the credential chain, pagination |
//! | [`exchange`] | a conversation ([`exchange::Flow`]), its effects, and the driver that alone performs them |
//! | [`sign`] | the clouds' signatures: values in, values out |
//! | [`json`] | the tolerant JSON reader, the stream of saved answers, errors in XML |
//! | [`x509`] | the one reader of certificates: text in, certificates out |
//! | [`model`] | facts, notes, timestamps, thresholds, status, verdict, report, problems with flags |
//! | [`messages`] | the sentences for people, one file per language |
//! | [`render`] | the registry of formats: table, JSON, stream |
//! | [`sandbox`] | emulators of the services on loopback, one folder each; knows nothing of the rest |
//! | [`unicode`] | text out of the bytes of a file |
//! | [`error`] | the one error type |
//! | [`guarded`] | what a panic may say |
//!
//! Imports point one way: `main → lib → cli → commands → {checks, run} → plan → {adapters, flags} → {credentials, exchange,
//! config, render} → {redact, x509, json, sign, messages} → model → error`. `world` stands beside `commands`, and `sandbox`
//! knows nothing of the rest. `tests/architecture` holds it.
//!
//! # A walk: `certcheck tencent --id X`
//!
//! `main` gathers the world. `cli` parses the words with a tree that is folded from the flag table and the registry. `flags`
//! reads each value with the flag's own reader and resolves the layers: command line, variables, defaults. `plan` knows what
//! that means; every mistake is found before a secret is read. `run` finds the key (the first source that has something; a
//! broken one stops) and drives the flow that the adapter gives. Facts come back, `model` judges them with one clock, the
//! collector orders and redacts, and a sink prints. The exit code is that of the worst. Nothing goes back up.
//!
//! # Where the code differs from the first plan
//!
//! [`exchange::Flow::answer`] takes a `Result`: a failure that is final is offered to the conversation once, so that one
//! about several IDs (the PBX) reports it and goes on. An answer may bring a part of the result
//! ([`exchange::FlowProgress::Part`]), so that a stop loses nothing. An adapter of one request per ID implements
//! [`adapters::OneRequest`]; conversations are made of it in one place. An emulator is constant data, and its state a
//! handler of its own: a name is needed before anything runs. A format is a constant of functions, and a sink what the
//! console is, and later a file.

pub mod adapters;
mod checks;
pub mod cli;
mod commands;
pub mod config;
pub mod credentials;
pub mod error;
pub mod exchange;
pub mod flags;
pub mod json;
pub mod messages;
pub mod model;
mod panic;
mod plan;
pub mod redact;
pub mod render;
mod run;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod sign;
pub mod unicode;
pub mod world;
pub mod x509;

use std::ffi::OsString;

pub use panic::guarded;

/// Runs the command of a provider that is not in the registry: a program of one's own can bring one.
pub fn run_provider(
    provider: &'static adapters::Provider,
    arguments: impl IntoIterator<Item = OsString>,
    world: &mut world::World,
) -> u8 {
    cli::run_provider(provider, arguments, world)
}

/// Runs one command line and returns its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>, world: &mut world::World) -> u8 {
    cli::run(arguments, world)
}
