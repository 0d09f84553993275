//! What can be typed. The tree of commands is folded from the registry; nothing here says what a flag means.

use std::ffi::OsString;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, Command};

use super::config_args;
use crate::adapters::{Provider, REGISTRY};
#[cfg(feature = "sandbox")]
use crate::flags::clap_args::with_flags;
use crate::flags::clap_args::{arg, with_common};
use crate::flags::connection::{ALL, FROM, INSTANCE_ROLE, PROFILE, SIGN_IN};
#[cfg(feature = "sandbox")]
use crate::flags::sandbox::{RATE_LIMIT, SANDBOX_FLAGS};

const EXIT_CODES: &str = "\
Examples:
  certcheck demo
  certcheck tencent --id BAbc1234,CDef5678
  certcheck pbx --base-url https://192.168.5.150:8088 --id 1 --json

Exit codes: 0 ok, 1 warning, 2 critical, 3 unknown (every error and wrong usage too).
The worst of all counts: critical, then unknown, then warning. After SIGHUP, SIGINT, SIGQUIT
and SIGTERM: 129, 130, 131 and 143.

`certcheck help COMMAND` lists its flags, the variables that hold a provider's key, and the permission that it needs.";

const PROVIDERS: &str = "\
It exits 0 whatever it finds. Of a key it shows the first letters of the public half, never a secret. With --json the \
policy of each vendor is a document of its own.

Examples:
  certcheck providers
  certcheck providers tencent --profile corp
  certcheck providers huawei --json | jq '.providers[0].policy'";

const DOCTOR: &str = "\
The key is proven with the cheapest read call there is: it asks for a certificate that nobody has, and `not found` is \
the good answer. Where to ask is taken from the variables that stand in for a provider's flags.

It exits 0 when all is well, 1 with a warning (a clock that is off, a certificate of the host that ends soon), 3 when \
something does not work.

Examples:
  certcheck doctor
  certcheck doctor tencent pbx
  certcheck doctor huawei --profile corp --json | jq '.providers[].findings'";

#[cfg(feature = "sandbox")]
const SANDBOX: &str = "\
It prints what to paste into another shell: endpoints and made-up keys as variables, and ids for every state. \
Judging and output are for the commands that ask it; it takes none of their flags but --rate, which means its own.

Examples:
  certcheck sandbox
  certcheck sandbox --port 8700 --fault tencent=throttle*2 --fault pbx=hang
  certcheck sandbox --certificates 10000 --latency 20ms --rate 10";

/// Whether flags of every command stand in front of it: most start with the command, or ask for help.
pub fn flags_in_front(arguments: &[OsString]) -> bool {
    let first = arguments.get(1).and_then(|first| first.to_str());
    first.is_some_and(|first| {
        first.starts_with('-') && !["-h", "--help", "-V", "--version"].contains(&first)
    })
}

/// The whole tree, with the flags of every command in front of it or without. What a command takes is added when it
/// was typed.
pub fn command(flags_in_front: bool) -> Command {
    let command = Command::new("certcheck").about(
        "Checks certificate expiry and status at Alibaba, Huawei, Tencent and Yeastar, in one format",
    );
    let command = if flags_in_front {
        // Each command's page lists them; thirty more lines here would hide the commands.
        with_common(command).mut_args(|flag| flag.hide(true))
    } else {
        // They cost a third of the start.
        command.override_usage("certcheck [OPTIONS] <COMMAND>")
    };
    let mut command = command
        .version(env!("CARGO_PKG_VERSION"))
        .after_help(EXIT_CODES)
        .subcommand_required(true)
        .arg_required_else_help(true);
    for provider in REGISTRY.iter().copied() {
        command = command.subcommand(
            Command::new(provider.name)
                .visible_alias(provider.alias)
                .about(provider.about)
                .defer(provider_flags),
        );
    }
    command = command.subcommands(config_args::both()).subcommand(
        Command::new("providers")
            .about("Show where each provider's key is found and the permissions it needs; sends nothing")
            .defer(providers),
    );
    command = command.subcommand(
        Command::new("doctor")
            .about("Test the connection to each provider: DNS, TCP, TLS, clock, key; one line each")
            .defer(doctor),
    );
    #[cfg(feature = "sandbox")]
    {
        command = command.subcommand(
            Command::new("demo")
                .about("Check sample certificates in an embedded sandbox on loopback; no account needed")
                .defer(with_common),
        );
        command = command.subcommand(
            Command::new("sandbox")
                .about("Run a sandbox of all providers on loopback until Ctrl-C, to test jobs and alerts")
                .defer(sandbox),
        );
    }
    command
}

/// Adds the flags of a provider. clap hands over nothing but the command: its name tells whose flags they are.
fn provider_flags(command: Command) -> Command {
    let named = |provider: &&Provider| provider.name == command.get_name();
    match REGISTRY.iter().copied().find(named) {
        Some(provider) => flags(command, provider),
        None => command,
    }
}

/// All flags of a provider's command.
pub fn flags(command: Command, provider: &Provider) -> Command {
    let id = provider.id_flag.spec.name;
    let [profile, role] = SIGN_IN.map(|flag| flag.spec().name);
    let args = provider.all_flags().into_iter().map(|flag| {
        let (name, arg) = (flag.spec().name, arg(flag.spec()));
        if name == id {
            arg.required_unless_present_any([FROM.spec.name, ALL.spec.name])
        } else if name == ALL.spec.name {
            arg.conflicts_with(id)
        } else if name == role {
            arg.conflicts_with(profile)
        } else {
            arg
        }
    });
    with_common(command.args(args).after_help(provider.guide))
}

/// The flags that say whose key is used.
fn sign_in() -> [Arg; 2] {
    let role = arg(&INSTANCE_ROLE.spec).conflicts_with(PROFILE.spec.name);
    [arg(&PROFILE.spec), role]
}

/// The name of a provider, without dashes in front.
fn name() -> Arg {
    let names = REGISTRY
        .iter()
        .map(|provider| PossibleValue::new(provider.name).alias(provider.alias));
    Arg::new("provider")
        .value_name("NAME")
        .value_parser(PossibleValuesParser::new(names))
}

fn doctor(command: Command) -> Command {
    let name = name()
        .action(ArgAction::Append)
        .help("Only these providers [default: those with a key]");
    with_common(command.arg(name).args(sign_in()).after_help(DOCTOR))
}

fn providers(command: Command) -> Command {
    let name = name().help("Only this provider");
    with_common(command.arg(name).args(sign_in()).after_help(PROVIDERS))
}

#[cfg(feature = "sandbox")]
fn sandbox(command: Command) -> Command {
    let command = with_flags(command.after_help(SANDBOX), SANDBOX_FLAGS);
    // The common flag has this name too, so it is the same one with another meaning.
    with_common(command).mut_arg(RATE_LIMIT.spec.name, |rate| {
        rate.help(RATE_LIMIT.spec.help).help_heading(None::<&str>)
    })
}
