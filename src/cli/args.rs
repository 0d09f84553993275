//! What can be typed. The tree of commands is folded from the registry; nothing here says what a flag means.

use clap::{Arg, ArgAction, Args, Command};

use crate::adapters::{Provider, REGISTRY};

const EXIT_CODES: &str = "\
Exit codes: 0 ok, 1 warning, 2 critical, 3 unknown (every error and wrong usage too).
The worst of all counts: critical, then unknown, then warning. 130 after SIGINT, 143 after SIGTERM.

`certcheck PROVIDER --help` names each provider's variables and the permission it needs.";

/// Flags of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Judging and output")]
pub struct Common {
    /// Time left that makes a warning: 30d, 72h, 20% (of the lifetime), a number of days, off, auto
    /// (or CERTCHECK_WARN) [default: auto: 30 days, at most 25% of the lifetime]
    #[arg(short, long, global = true, value_name = "LEFT")]
    pub warn: Option<String>,
    /// Time left that is critical (or CERTCHECK_CRIT) [default: auto: 14 days, at most 10% of the lifetime]
    #[arg(short, long, global = true, value_name = "LEFT")]
    pub crit: Option<String>,
    /// Your own verdict for a status, such as PENDING=ok; repeat it
    #[arg(long, global = true, value_name = "STATUS=VERDICT")]
    pub severity: Vec<String>,
    /// Judge as of that moment: 2026-12-24, RFC 3339, or +30d
    #[arg(long, global = true, value_name = "TIME", allow_hyphen_values = true)]
    pub at: Option<String>,
    /// table, json or ndjson (or CERTCHECK_OUTPUT) [default: table]
    #[arg(short, long, global = true, value_name = "FORMAT")]
    pub output: Option<String>,
    /// The same as -o json
    #[arg(long, global = true, conflicts_with = "output")]
    pub json: bool,
    /// Show only what is not ok, and nothing at all when all is well
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Show each request on stderr; twice: with headers
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// auto, always or never (or CERTCHECK_COLOR) [default: auto]
    #[arg(long, global = true, value_name = "WHEN")]
    pub color: Option<String>,
    /// Exit 0 whatever the certificates are; errors still exit 3
    #[arg(long, global = true)]
    pub exit_zero: bool,
    /// Bound of one request (or CERTCHECK_TIMEOUT) [default: 10s]
    #[arg(long, global = true, value_name = "TIME")]
    pub timeout: Option<String>,
    /// Bound of the whole run (or CERTCHECK_DEADLINE) [default: 50s]
    #[arg(long, global = true, value_name = "TIME")]
    pub deadline: Option<String>,
    /// Requests under way at once (or CERTCHECK_CONCURRENCY) [default: 16]
    #[arg(long, global = true, value_name = "N")]
    pub concurrency: Option<String>,
    /// Repeats of a request that failed for a passing reason (or CERTCHECK_RETRIES) [default: 3]
    #[arg(long, global = true, value_name = "N")]
    pub retries: Option<String>,
    /// Requests a second to one account, or off (or CERTCHECK_RATE) [default: below the provider's limit]
    #[arg(long, global = true, value_name = "N")]
    pub rate: Option<String>,
}

/// The whole tree.
pub fn command() -> Command {
    let mut command = Common::augment_args(Command::new("certcheck"))
        .version(env!("CARGO_PKG_VERSION"))
        .about("Asks Alibaba, Huawei, Tencent and Yeastar for the state of a certificate and answers in one form")
        .after_help(EXIT_CODES)
        .subcommand_required(true)
        .arg_required_else_help(true);
    for provider in REGISTRY {
        command = command.subcommand(subcommand(provider));
    }
    #[cfg(feature = "sandbox")]
    {
        command = command.subcommand(
            Command::new("demo")
                .about("All five against an embedded sandbox on loopback; no account needed"),
        );
        command = command.subcommand(sandbox());
    }
    command
}

fn subcommand(provider: &'static Provider) -> Command {
    let flag = &provider.id_flag;
    let id = Arg::new("id")
        .long(flag.name)
        .value_name(flag.value)
        .help(flag.help)
        .action(ArgAction::Append)
        .value_delimiter(',')
        .required_unless_present("from");
    let id = if flag.name == "id" {
        id
    } else {
        id.visible_alias("id")
    };
    let from = Arg::new("from")
        .long("from")
        .value_name("FILE|-")
        .help("Judge answers that were saved earlier; sends nothing, needs no credentials");
    let endpoint = Arg::new("endpoint")
        .long("endpoint")
        .value_name("URL")
        .help("Ask there instead of the provider's own host: a gateway, the sandbox (or CERTCHECK_<PROVIDER>_ENDPOINT)");
    let http = Arg::new("allow_http")
        .long("allow-http")
        .action(ArgAction::SetTrue)
        .help("Let plain http:// go to a host that is not this machine");
    let command = (provider.arguments)(Command::new(provider.name).arg(id))
        .arg(from)
        .arg(endpoint)
        .arg(http);
    // After the provider's own flags: their struct's documentation would stand in for it.
    command
        .visible_alias(provider.alias)
        .about(provider.about)
        .after_help(provider.guide)
}

#[cfg(feature = "sandbox")]
fn sandbox() -> Command {
    let fault = Arg::new("fault")
        .long("fault")
        .value_name("FAULT")
        .action(ArgAction::Append)
        .help("Misbehave: throttle, status:503, hang, cut, reset, redirect, skew:3600, hostile, …; tencent=throttle*2 or tencent/ID=hang narrows it");
    let port = Arg::new("port")
        .long("port")
        .value_name("N")
        .value_parser(clap::value_parser!(u16))
        .help("First of five ports [default: chosen by the system]");
    Command::new("sandbox")
        .about("Serves that sandbox until Ctrl-C, for rehearsing jobs and alerts")
        .arg(fault)
        .arg(port)
}
