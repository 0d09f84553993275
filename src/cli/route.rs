//! How the target is reached: whom TLS trusts there, and through which proxy. Each holds for one target only.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;

use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint};

use super::no_proxy;
use crate::adapters::{Provider, Target};
use crate::error::{Error, Kind, reason};
use crate::exchange::Endpoint;
use crate::exchange::http::{ProxyChoice, proxy_url};
use crate::exchange::tls_verifier::{self, Trust};
use crate::unicode::Utf8;
use crate::world::ReadFile;

/// How a target is reached.
#[derive(Clone, Default)]
pub struct Route {
    /// Whom TLS trusts there.
    pub trust: Trust,
    /// The proxy that was asked for; without one the usual variables count for the clouds.
    pub proxy: Option<String>,
}

/// Adds the flags.
pub fn arguments(command: Command) -> Command {
    let flag = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    command
        .arg(
            flag(
                "ca-file",
                "FILE",
                "Also trust the CA certificates in this PEM file (or CERTCHECK_<PROVIDER>_CA_FILE)",
            )
            .value_hint(ValueHint::FilePath),
        )
        .arg(
            flag(
                "pin-sha256",
                "HEX",
                "Accept only the certificate with this SHA-256 fingerprint of its DER; repeatable (or CERTCHECK_<PROVIDER>_PIN_SHA256)",
            )
            .action(ArgAction::Append)
            .value_delimiter(',')
            .conflicts_with("ca-file"),
        )
        .arg(
            Arg::new("insecure")
                .long("insecure")
                .action(ArgAction::SetTrue)
                .conflicts_with_all(["ca-file", "pin-sha256"])
                .help("Turn TLS verification off, with a warning"),
        )
        .arg(flag(
            "proxy",
            "URL",
            "Use this HTTP proxy; if the URL has a password, set CERTCHECK_<PROVIDER>_PROXY instead",
        ))
}

/// The variable that stands in for such a flag of a provider's command.
fn variable(provider: &Provider, flag: &str) -> String {
    format!("CERTCHECK_{}_{flag}", provider.name)
        .replace('-', "_")
        .to_ascii_uppercase()
}

/// Reads a flag, or the variable that stands in for it where the flag was not given.
struct Given<'a> {
    provider: &'a Provider,
    matches: &'a ArgMatches,
    variables: &'a HashMap<String, String>,
}

impl Given<'_> {
    /// What was given, with the name to blame.
    fn texts(&self, flag: &str) -> Vec<(String, String)> {
        if let Some(texts) = self.matches.get_many::<String>(flag) {
            return texts
                .map(|text| (format!("--{flag}"), text.clone()))
                .collect();
        }
        let name = variable(self.provider, flag);
        let text = self.variables.get(&name).map(String::as_str).unwrap_or("");
        let texts = text
            .split(',')
            .map(str::trim)
            .filter(|text| !text.is_empty());
        texts.map(|text| (name.clone(), text.to_owned())).collect()
    }
}

impl Route {
    /// Reads the flags and variables of a provider's command. A file of authorities is read now: a mistake in it
    /// stops before anything is sent.
    pub fn read(
        provider: &Provider,
        target: &Target,
        matches: &ArgMatches,
        variables: &HashMap<String, String>,
        read_file: &ReadFile,
    ) -> Result<Route, Error> {
        let given = Given {
            provider,
            matches,
            variables,
        };
        Ok(Route {
            trust: trusted(&given, &target.endpoint, read_file)?,
            proxy: proxied(&given, &target.endpoint)?,
        })
    }

    /// The proxy to use on the way to the target, or to the service that gives it a key. Without one that was asked
    /// for: the usual variables, for the clouds only. A proxy has no business between this machine and itself, or a
    /// box on the local network.
    pub fn proxy(
        &self,
        provider: &Provider,
        endpoint: &Endpoint,
        variables: &HashMap<String, String>,
    ) -> ProxyChoice {
        match &self.proxy {
            _ if endpoint.is_loopback() || endpoint.is_metadata() => ProxyChoice::default(),
            Some(url) => ProxyChoice {
                url: Some(url.clone()),
            },
            None if provider.proxied => of_environment(endpoint, variables),
            None => ProxyChoice::default(),
        }
    }
}

fn usage(text: String, hint: &str) -> Error {
    Error::new(Kind::Usage, text).with_hint(hint)
}

fn trusted(given: &Given<'_>, endpoint: &Endpoint, read_file: &ReadFile) -> Result<Trust, Error> {
    let (files, pins) = (given.texts("ca-file"), given.texts("pin-sha256"));
    let insecure = given.matches.get_flag("insecure");
    let typed = |flag: &str| given.matches.contains_id(flag);
    if !endpoint.is_secure() {
        return if insecure || typed("ca-file") || typed("pin-sha256") {
            Err(usage(
                format!(
                    "there is no TLS to {endpoint} that --ca-file, --pin-sha256 or --insecure could change"
                ),
                "ask under https://, or leave it out",
            ))
        } else {
            Ok(Trust::System)
        };
    }
    // A flag beats every variable, of whichever of the three.
    match (files.as_slice(), pins.as_slice()) {
        _ if insecure => Ok(Trust::Anybody),
        ([file, ..], [pin, ..]) if !typed("ca-file") && !typed("pin-sha256") => Err(usage(
            format!("{} and {} are both set", file.0, pin.0),
            "unset one of them: a pin takes the place of every authority",
        )),
        (_, [_, ..]) if !typed("ca-file") => {
            let pins = pins.iter().map(|(name, text)| pinned(name, text));
            Ok(Trust::Pinned(pins.collect::<Result<_, _>>()?))
        }
        ([(name, path)], _) => Ok(Trust::With(authorities(name, path, read_file)?)),
        ([(name, _), ..], _) => Err(usage(
            format!("{name} names several files"),
            "put all authorities into one file",
        )),
        ([], _) => Ok(Trust::System),
    }
}

fn pinned(name: &str, text: &str) -> Result<tls_verifier::Fingerprint, Error> {
    tls_verifier::fingerprint(text.trim()).ok_or_else(|| {
        usage(
            format!("{name}: this is not the SHA-256 of a certificate"),
            "give its 64 hex digits, as `openssl x509 -noout -fingerprint -sha256` prints them",
        )
    })
}

/// No file of authorities is larger: all of the public ones weigh a quarter of it.
const LARGEST: u64 = 1024 * 1024;

fn authorities(
    name: &str,
    path: &str,
    read_file: &ReadFile,
) -> Result<Vec<tls_verifier::Authority>, Error> {
    let stop = |error: Error| {
        let message = format!("{name} {path} cannot be used: {}", error.message);
        Error { message, ..error }.quoting(path)
    };
    let read = || {
        let mut text = Vec::new();
        Utf8::new(read_file(Path::new(path), LARGEST)?).read_to_end(&mut text)?;
        Ok::<_, std::io::Error>(text)
    };
    let text = read().map_err(|why| {
        let error = Error::new(Kind::Config, reason(&why));
        stop(error.with_hint("name a file with certificates in PEM form"))
    })?;
    tls_verifier::authorities(&text).map_err(stop)
}

fn proxied(given: &Given<'_>, endpoint: &Endpoint) -> Result<Option<String>, Error> {
    let Some((name, url)) = given.texts("proxy").into_iter().next() else {
        return Ok(None);
    };
    if endpoint.is_loopback() {
        return if given.matches.contains_id("proxy") {
            Err(usage(
                "--proxy: this machine is never asked through a proxy".to_owned(),
                "leave it out",
            ))
        } else {
            Ok(None)
        };
    }
    let typed = name.starts_with("--");
    if typed && url.contains('@') {
        let text = "--proxy: a password in a flag can be read by everybody on this machine";
        let hint = "put the URL into CERTCHECK_<PROVIDER>_PROXY instead";
        return Err(usage(text.to_owned(), hint));
    }
    let read = proxy_url(&url).map_err(|why| {
        let such = "one such as http://host:3128";
        let hint = if typed {
            format!("give {such}")
        } else {
            format!("set {name} to {such}")
        };
        usage(format!("{name}: {why}"), &hint)
    });
    read.map(Some)
}

fn of_environment(endpoint: &Endpoint, variables: &HashMap<String, String>) -> ProxyChoice {
    let first = |names: &[&str]| {
        let set = |name: &&str| {
            variables
                .get(*name)
                .filter(|value| !value.trim().is_empty())
        };
        names.iter().find_map(|name| set(name).cloned())
    };
    let own: &[&str] = if endpoint.is_secure() {
        &["HTTPS_PROXY", "https_proxy"]
    } else {
        &["http_proxy"]
    };
    let except = first(&["NO_PROXY", "no_proxy"]).unwrap_or_default();
    if no_proxy::names(&except, endpoint) {
        return ProxyChoice::default();
    }
    ProxyChoice {
        url: first(own).or_else(|| first(&["ALL_PROXY", "all_proxy"])),
    }
}
