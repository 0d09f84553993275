//! certcheck checks certificate expiry and status at several services, in one format.
//!
//! # Modules
//!
//! | room | what it does |
//! | --- | --- |
//! | `main.rs` | outside world in, exit code out |
//! | [`world`] | environment, clock, randomness, files, streams, terminal: a real one, and one for tests |
//! | [`cli`] | what was typed, what it means, and the verbs that do it |
//! | [`config`] | the configuration file: found, read, checked, with the place of everything |
//! | [`credentials`] | keys: where they are found |
//! | [`redact`] | redaction: text from outside freed of every known secret |
//! | [`adapters`] | one folder a provider, and the registry |
//! | [`exchange`] | a flow ([`exchange::Flow`]) and the driver that runs it |
//! | [`sign`] | the clouds' signatures: values in, values out |
//! | [`json`] | the tolerant JSON reader, the stream of saved answers, errors in XML |
//! | [`x509`] | the one reader of certificates: text in, certificates out |
//! | [`model`] | facts, moments, status, verdict, report |
//! | [`messages`] | the sentences for people, one file per language |
//! | [`render`] | table, JSON, stream |
//! | [`sandbox`] | emulators of the services on loopback, one folder each; knows nothing of the rest |
//! | [`unicode`] | text out of the bytes of a file |
//! | [`error`] | the one error type |
//! | [`guarded`] | what a panic may say |
//!
//! Imports point one way: `main → lib → cli → {config, credentials, adapters, exchange, render} → {sign, messages} → model → error`.
//! `world` and `sandbox` stand beside `cli`, and nothing below `cli` knows them.
//!
//! A flow ([`exchange::Flow`]) names its next effect ([`exchange::Effect`]: a request, a file, a TLS handshake), and the
//! driver performs it. [`exchange::Flow::answer`] takes a `Result`: an error without a further try is handed to the flow
//! once, so that one about several ids (the PBX) reports it and goes on. An outcome may bring a part of the result
//! ([`exchange::Progress::Part`]), so that a stop loses nothing. An adapter with one request per id implements
//! [`adapters::OneRequest`]; flows are made of it in one place. A list of an account ([`adapters::listing`]) is a flow too;
//! the rule by which it was read to its end stands in [`adapters::pagination`] for all providers. Several lists one after
//! another are one list ([`adapters::list_sequence`]).
//!
//! A command has one target or several ([`adapters::Targets`]), such as regions: one account, one key, which is proved at
//! the first of them.
//!
//! A run is a list of plans, one for a command, one for each check of the config file. `cli::session` groups them by account;
//! `cli::check` finds the account's key and does its `cli::task`s side by side; `cli::collector` takes the rows of all.
//! `cli::estate` makes plans of the config file: it turns accounts and checks into the words of their providers' commands, so
//! that a flag means the same wherever it is said.

pub mod adapters;
mod checks;
pub mod cli;
mod commands;
pub mod config;
pub mod credentials;
pub mod error;
pub mod exchange;
pub mod flags;
mod guard;
pub mod json;
pub mod messages;
pub mod model;
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

pub use guard::guarded;

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
