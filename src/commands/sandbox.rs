//! `certcheck sandbox`: the services on loopback until Ctrl-C, with the commands to try.

use chrono::{DateTime, Utc};
use clap::ArgMatches;
use std::io::Write as _;
use tokio::sync::watch;

use crate::adapters::{Provider, REGISTRY};
use crate::commands::demo::clock_from;
use crate::error::{Error, Kind, reason};
use crate::exchange::Stop;
use crate::flags::connection::ENDPOINT;
use crate::flags::layer::InvalidValue;
use crate::flags::sandbox::{CERTIFICATES, FAULT, LATENCY, PORT, RATE_LIMIT, SANDBOX_FLAGS};
use crate::flags::{FlagRef, Layer, Source, Values};
use crate::model::Expected;
use crate::plan::usage_error::invalid_value;
use crate::run::output::{Exit, delivered};
use crate::run::signals;
use crate::sandbox::{Emulator, Fault, Options, Sandbox};
use crate::world::World;

/// Serves until a signal comes, whose exit code it returns. Flags stand in front of the command or behind it.
pub fn run(front: &ArgMatches, behind: &ArgMatches, world: &mut World) -> Result<Exit, Error> {
    let options = options(front, behind, (world.context.clock)())?;
    let certificates = options.certificates;
    let services = start(options)?;
    let text = usage(&services, certificates);
    let written = world
        .stdout
        .write_all(text.as_bytes())
        .and_then(|()| world.stdout.flush());
    if written.is_err() {
        return delivered(written, 0, world);
    }
    let (wish, mut stopped) = watch::channel(Stop::No);
    let signal = signals::run(world.signals.as_deref(), &wish, async {
        // Fails only when the sender is gone, and it outlives this.
        let _ = stopped.wait_for(|stop| *stop != Stop::No).await;
    })?;
    Ok(Exit(signal.unwrap_or(0)))
}

/// The flags as the sandbox takes them, for a clock that goes on from now.
fn options(front: &ArgMatches, behind: &ArgMatches, now: DateTime<Utc>) -> Result<Options, Error> {
    let typed = |flags: &[FlagRef], matches| {
        Layer::typed(flags, matches).map_err(|invalid| invalid_value(&invalid, flags, ""))
    };
    let own = typed(SANDBOX_FLAGS, behind)?;
    let rates = [typed(RATE_FLAG, behind)?, typed(RATE_FLAG, front)?];
    let values = Values::new([&own].into_iter().chain(&rates));
    let mut faults = Vec::new();
    for (index, text) in values.all(&FAULT).into_iter().enumerate() {
        match text.parse::<Fault>() {
            Ok(fault) => faults.push(fault),
            Err(why) => {
                let invalid = InvalidValue {
                    flag: FAULT.id(),
                    index,
                    text,
                    source: Source::CommandLine,
                    expected: Expected::Fault(why.to_string()),
                };
                return Err(invalid_value(&invalid, SANDBOX_FLAGS, ""));
            }
        }
    }
    Ok(Options {
        faults,
        first_port: values.get(&PORT),
        certificates: values.get(&CERTIFICATES),
        latency: values.get(&LATENCY).unwrap_or_default(),
        rate: values.get(&RATE_LIMIT),
        ..Options::new(clock_from(now))
    })
}

const RATE_FLAG: &[FlagRef] = &[&RATE_LIMIT];

fn start(options: Options) -> Result<Sandbox, Error> {
    Sandbox::start(options).map_err(|error| {
        let text = format!("the sandbox cannot listen: {}", reason(&error));
        Error::new(Kind::Network, text).with_hint("give another --port, or none")
    })
}

/// Endpoints, keys and ids, ready to paste into a shell.
fn usage(services: &Sandbox, certificates: Option<u32>) -> String {
    let mut text = String::from(
        "# The sandbox runs until Ctrl-C. Keys and certificates in it are made up. Paste into another shell.\n\
         # A job that names --site, --region or --base-url is rehearsed without these flags: they beat the variables.\n",
    );
    for provider in REGISTRY.iter().copied() {
        let Some(service) = Emulator::named(provider.name) else {
            continue;
        };
        text.push_str(&format!("\n# {}\n", provider.about));
        for (name, value) in service.credentials() {
            text.push_str(&format!("export {name}={value}\n"));
        }
        let endpoint = services.endpoint(service);
        let variable = endpoint_variable(provider);
        text.push_str(&format!(
            "export {variable}={endpoint}\n# or: --endpoint {endpoint}\n"
        ));
        for sample in service.samples {
            let mut words = vec!["certcheck", provider.name];
            words.extend(sample.flags);
            let (command, flag) = (words.join(" "), provider.id_flag.spec.name);
            text.push_str(&format!(
                "{command} --{flag} {}  # {}\n",
                sample.id, sample.what
            ));
        }
        if let Some(count) = certificates {
            let first = service.generated_ids(1).concat();
            text.push_str(&format!(
                "# {count} generated certificates, from {first} on\n"
            ));
        }
    }
    text.push_str("\n# Ready.\n");
    text
}

/// The variable for the endpoint of a provider.
fn endpoint_variable(provider: &Provider) -> String {
    let mut names = ENDPOINT.spec.variables_of(provider.name);
    names.next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::Command;

    use crate::flags::clap_args::with_flags;

    use super::*;

    fn read(words: &str) -> Result<Options, String> {
        let words = ["certcheck"].into_iter().chain(words.split(' '));
        let sandbox = with_flags(Command::new("sandbox"), SANDBOX_FLAGS);
        let sandbox = with_flags(sandbox, RATE_FLAG);
        let matches = with_flags(Command::new("certcheck"), RATE_FLAG)
            .subcommand(sandbox)
            .try_get_matches_from(words)
            .expect("well typed");
        let (_, behind) = matches.subcommand().expect("a command");
        options(&matches, behind, DateTime::UNIX_EPOCH).map_err(|error| error.to_string())
    }

    #[test]
    fn every_flag_reaches_the_sandbox() {
        let typed = read("sandbox --certificates 7 --latency 20ms --rate 0.5 --fault grow");
        let typed = typed.expect("an estate");
        assert_eq!(typed.certificates, Some(7));
        assert_eq!(typed.latency, Duration::from_millis(20));
        assert_eq!((typed.rate, typed.faults.len()), (Some(0.5), 1));
        let front = read("--rate 2 sandbox --port 8700").expect("a rate in front");
        assert_eq!((front.rate, front.first_port), (Some(2.0), Some(8_700)));
        assert_eq!((front.certificates, front.latency), (None, Duration::ZERO));
        for wrong in [
            "--rate 0",
            "--rate NaN",
            "--rate 1e9",
            "--latency 2h",
            "--latency 5",
        ] {
            assert!(read(&format!("sandbox {wrong}")).is_err(), "{wrong}");
        }
    }
}
