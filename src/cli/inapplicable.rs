//! Global flags that would change nothing for a command: who types one expects something of it.

use clap::ArgMatches;

use crate::error::{Error, Kind};
use crate::flags::common::{
    COLOR, COMMON, CRIT, DEADLINE, JSON, OUTPUT, RATE, RETRIES, SEVERITY, TIMEOUT, WARN,
};
use crate::flags::{FlagRef, clap_args};

/// A command that has no use for most common flags.
struct Special {
    command: &'static str,
    is: &'static str,
    of_use: &'static [FlagRef],
}

const SPECIAL: [Special; 4] = [
    Special {
        command: "sandbox",
        is: "the sandbox, which judges nothing",
        // With another meaning.
        of_use: &[&RATE],
    },
    Special {
        command: "providers",
        is: "providers, which sends and judges nothing",
        of_use: &[&OUTPUT, &JSON],
    },
    Special {
        command: "doctor",
        is: "doctor, which judges no certificate of yours",
        of_use: &[&OUTPUT, &JSON, &COLOR, &TIMEOUT, &DEADLINE, &RETRIES],
    },
    Special {
        command: "config",
        is: "config, which sends and judges nothing",
        of_use: &[
            &OUTPUT, &JSON, &WARN, &CRIT, &SEVERITY, &TIMEOUT, &RETRIES, &RATE,
        ],
    },
];

/// Refuses the first of them that was typed in front of such a command or behind it.
pub fn refuse(command: &str, matches: [&ArgMatches; 2]) -> Result<(), Error> {
    let Some(special) = SPECIAL.iter().find(|special| special.command == command) else {
        return Ok(());
    };
    let is_typed = |flag: &&FlagRef| {
        let mut places = matches.iter();
        places.any(|matches| clap_args::typed(flag.spec(), matches).is_some())
    };
    let is_of_use = |flag: &FlagRef| {
        let mut known = special.of_use.iter();
        known.any(|known| known.spec().name == flag.spec().name)
    };
    let mut typed = COMMON.iter().filter(is_typed);
    match typed.find(|flag| !is_of_use(flag)) {
        None => Ok(()),
        Some(flag) => {
            let name = flag.spec().name;
            let text = format!("--{name} is not for {}", special.is);
            let hint = format!("give --{name} to the commands that ask");
            Err(Error::new(Kind::Usage, text).with_hint(hint))
        }
    }
}
