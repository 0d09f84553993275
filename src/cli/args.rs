//! What can be typed. The tree of commands is folded from the registry; nothing here says what a flag means.

use std::ffi::OsString;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, Args as _, Command};

use super::common::Common;
use super::{estate, route};
use crate::adapters::keys::Place;
use crate::adapters::{Provider, REGISTRY};

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
                .defer(with_flags),
        );
    }
    command = command.subcommands(estate::commands::both()).subcommand(
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

/// Adds the flags of every command, as the last ones: those behind them would stand under the same heading.
pub fn with_common(command: Command) -> Command {
    // The documentation of the struct would stand in for it.
    let about = command.get_about().cloned().unwrap_or_default();
    Common::augment_args(command).about(about)
}

/// Adds the flags of a provider. clap hands over nothing but the command: its name tells whose flags they are.
fn with_flags(command: Command) -> Command {
    let named = |provider: &&Provider| provider.name == command.get_name();
    match REGISTRY.iter().copied().find(named) {
        Some(provider) => flags(command, provider),
        None => command,
    }
}

/// All flags of a provider's command.
pub fn flags(command: Command, provider: &Provider) -> Command {
    let flag = &provider.id_flag;
    let id = Arg::new("id")
        .long(flag.name)
        .value_name(flag.value)
        .help(flag.help)
        .action(ArgAction::Append)
        .value_delimiter(',')
        .required_unless_present_any(["from", "all"]);
    let id = if flag.name == "id" {
        id
    } else {
        id.visible_alias("id")
    };
    let all = Arg::new("all")
        .long("all")
        .action(ArgAction::SetTrue)
        .conflicts_with_all(["id", "from"])
        .help("Check every certificate in the account");
    let from = Arg::new("from")
        .long("from")
        .value_name("FILE|-")
        .help("Evaluate saved answers; sends nothing and needs no key");
    let endpoint = Arg::new("endpoint")
        .long("endpoint")
        .value_name("URL")
        .help("Use this endpoint instead of the provider's host: a gateway, the sandbox (or CERTCHECK_<PROVIDER>_ENDPOINT)");
    let http = Arg::new("allow_http")
        .long("allow-http")
        .action(ArgAction::SetTrue)
        .help("Allow plain HTTP to a host other than localhost");
    let command = (provider.arguments)(command.arg(id).arg(all));
    let command = with_keys(command, provider)
        .arg(from)
        .arg(endpoint)
        .arg(http)
        .after_help(provider.guide);
    let command = route::arguments(command)
        // Once more: the documentation of the provider's struct of flags would stand in for it.
        .about(provider.about);
    with_common(command)
}

/// Adds the flags that say whose key is used, where a provider has such places.
fn with_keys(command: Command, provider: &Provider) -> Command {
    let has = |is: fn(&Place) -> bool| provider.sources().iter().any(is);
    let [profile, role] = whose();
    let command = if has(|place| matches!(place, Place::Profile(_))) {
        command.arg(profile)
    } else {
        command
    };
    if has(|place| matches!(place, Place::Instance(_))) {
        command.arg(role.conflicts_with("profile"))
    } else {
        command
    }
}

/// The flags that say whose key is used.
fn whose() -> [Arg; 2] {
    let profile = Arg::new("profile")
        .long("profile")
        .value_name("NAME")
        .help("Use the key of this profile in the vendor's files; no other source is tried");
    let role = Arg::new("instance_role")
        .long("instance-role")
        .value_name("NAME")
        .num_args(0..=1)
        .require_equals(true)
        .default_missing_value("")
        .help(
            "Use this machine's instance role, from the metadata service; no other source is tried",
        );
    [profile, role]
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
    let [profile, role] = whose();
    let flags = [name, profile, role.conflicts_with("profile")];
    with_common(command.args(flags).after_help(DOCTOR))
}

fn providers(command: Command) -> Command {
    let name = name().help("Only this provider");
    let [profile, role] = whose();
    let flags = [name, profile, role.conflicts_with("profile")];
    with_common(command.args(flags).after_help(PROVIDERS))
}

#[cfg(feature = "sandbox")]
fn sandbox(command: Command) -> Command {
    let fault = Arg::new("fault")
        .long("fault")
        .value_name("FAULT")
        .action(ArgAction::Append)
        .help("Inject a fault: throttle, status:503, hang, cut, reset, redirect, skew:3600 and more (an unknown one lists all); tencent=throttle*2 or tencent/ID=hang narrows it; may be repeated");
    let port = Arg::new("port")
        .long("port")
        .value_name("N")
        .value_parser(clap::value_parser!(u16))
        .help("First of its ports [default: chosen by the system]");
    let certificates = Arg::new("certificates")
        .long("certificates")
        .value_name("N")
        .value_parser(clap::value_parser!(u32).range(..=1_000_000))
        .help("Generate this many certificates per service; lists then show these instead of the samples");
    let latency = Arg::new("latency")
        .long("latency")
        .value_name("TIME")
        .help("Delay each answer: 20ms");
    let flags = [fault, port, certificates, latency];
    // The flag of every command has this name too, so it is the same one with another meaning.
    with_common(command.after_help(SANDBOX).args(flags)).mut_arg("rate", |rate| {
        rate.help("Throttle above this many requests per second and service")
            .help_heading(None::<&str>)
    })
}
