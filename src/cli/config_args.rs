//! The commands `check` and `config`, as they are typed.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, Command, ValueHint};

use crate::adapters::REGISTRY;
use crate::flags::Spec;
use crate::flags::clap_args::with_common;
use crate::flags::common::DEADLINE;

const CHECK: &str = "\
The file is the one that --config or CERTCHECK_CONFIG names, else $XDG_CONFIG_HOME/certcheck/config.toml (or \
~/.config/certcheck/config.toml), else /etc/certcheck/config.toml. Different accounts are asked at the same time; results \
stand in the order of the file.

Examples:
  certcheck check
  certcheck check shop phones --json
  certcheck check --account corp --deadline 10m";

const CONFIG: &str = "\
Examples:
  certcheck config init
  certcheck config check --config /etc/certcheck/config.toml
  certcheck config show --json";

/// Both, without what they take: that is added when one of them was typed.
pub fn both() -> [Command; 2] {
    [
        Command::new("check")
            .about("Run the checks in the config file (all, or the named ones)")
            .defer(check),
        Command::new("config")
            .about("Create, find, check or show the config file")
            .defer(config),
    ]
}

fn check(command: Command) -> Command {
    let names = Arg::new("name")
        .value_name("NAME")
        .action(ArgAction::Append)
        .help("Only these checks [default: all]");
    let providers = REGISTRY
        .iter()
        .map(|provider| PossibleValue::new(provider.name).alias(provider.alias));
    let provider = Arg::new("provider")
        .long("provider")
        .value_name("PROVIDER")
        .value_parser(PossibleValuesParser::new(providers))
        .help("Only checks of this provider");
    let account = Arg::new("account")
        .long("account")
        .value_name("NAME")
        .help("Only checks of this account");
    with_common(
        command
            .args([names, provider, account, file()])
            .after_help(CHECK),
    )
    .mut_arg(DEADLINE.spec.name, |flag| {
        let spec = Spec {
            default: "5m",
            ..DEADLINE.spec
        };
        flag.help(spec.help_text())
    })
}

fn config(command: Command) -> Command {
    let verb =
        |name: &'static str, about: &'static str| Command::new(name).about(about).arg(file());
    command
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help(CONFIG)
        .subcommand(verb(
            "init",
            "Writes a file to begin with, full of comments; never over another",
        ))
        .subcommand(verb(
            "path",
            "Prints which file is read; exits 3 if it is not there",
        ))
        .subcommand(verb(
            "check",
            "Lists every mistake in the file; sends nothing and reads no key",
        ))
        .subcommand(with_common(verb(
            "show",
            "Shows what each check means, and where each value comes from; no secrets",
        )))
}

fn file() -> Arg {
    Arg::new("config")
        .long("config")
        .value_name("FILE")
        .value_hint(ValueHint::FilePath)
        .help("Read this config file (or CERTCHECK_CONFIG)")
}
