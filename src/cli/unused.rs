//! Flags of every command that would change nothing for one of them: who types one expects something of it.

use clap::parser::ValueSource::CommandLine;
use clap::{Arg, ArgMatches, Args as _, Command};

use super::common::Common;
use crate::error::{Error, Kind};

/// What such a command is, and the flags that it has a use for.
struct Special {
    command: &'static str,
    is: &'static str,
    of_use: &'static [&'static str],
}

const SPECIAL: [Special; 4] = [
    Special {
        command: "sandbox",
        is: "the sandbox, which judges nothing",
        // With another meaning.
        of_use: &["rate"],
    },
    Special {
        command: "providers",
        is: "providers, which sends and judges nothing",
        of_use: &["output", "json"],
    },
    Special {
        command: "doctor",
        is: "doctor, which judges no certificate of yours",
        of_use: &["output", "json", "color", "timeout", "deadline", "retries"],
    },
    Special {
        command: "config",
        is: "config, which sends and judges nothing",
        of_use: &[
            "output", "json", "warn", "crit", "severity", "timeout", "retries", "rate",
        ],
    },
];

/// Refuses the first of them that was typed in front of such a command or behind it.
pub fn refuse(command: &str, matches: [&ArgMatches; 2]) -> Result<(), Error> {
    let Some(special) = SPECIAL.iter().find(|special| special.command == command) else {
        return Ok(());
    };
    let flags = Common::augment_args(Command::new("certcheck"));
    let typed = |flag: &&Arg| {
        let name = flag.get_id().as_str();
        matches.iter().any(|matches| {
            let may_be = matches.try_contains_id(name).is_ok();
            may_be && matches.value_source(name) == Some(CommandLine)
        })
    };
    let names = flags
        .get_arguments()
        .filter(typed)
        .filter_map(Arg::get_long);
    let mut names = names.filter(|name| !special.of_use.contains(name));
    match names.next() {
        None => Ok(()),
        Some(name) => Err(
            Error::new(Kind::Usage, format!("--{name} is not for {}", special.is))
                .with_hint(format!("give --{name} to the commands that ask")),
        ),
    }
}
