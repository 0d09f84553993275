//! How the target is reached: whom TLS trusts there, and through which proxy. Each holds for one target only.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;

use crate::adapters::{Provider, Target};
use crate::error::reason;
use crate::exchange::Endpoint;
use crate::exchange::http::{ProxyChoice, proxy_url};
use crate::exchange::tls_verifier::{self, Trust};
use crate::flags::connection::{CA_FILE, INSECURE, PIN_SHA256, PROXY};
use crate::flags::{Source, Values};
use crate::model::{Expected, FlagProblem};
use crate::plan::no_proxy;
use crate::unicode::Utf8;
use crate::world::ReadFile;

/// How a target is reached.
#[derive(Clone, Default)]
pub struct Connection {
    /// Whom TLS trusts there.
    pub trust: Trust,
    /// The proxy that was asked for; without one the usual variables count for the clouds.
    pub proxy: Option<String>,
}

impl Connection {
    /// Reads the flags and variables of a provider's command. A file of CA certificates is read now: a mistake in it
    /// stops before anything is sent.
    pub fn read(
        target: &Target,
        values: &Values<'_>,
        read_file: &ReadFile,
    ) -> Result<Connection, FlagProblem> {
        Ok(Connection {
            trust: trust(values, &target.endpoint, read_file)?,
            proxy: proxy(values, &target.endpoint)?,
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

fn trust(
    values: &Values<'_>,
    endpoint: &Endpoint,
    read_file: &ReadFile,
) -> Result<Trust, FlagProblem> {
    let (file, pin, insecure) = (CA_FILE.id(), PIN_SHA256.id(), INSECURE.id());
    let files = values.all(&CA_FILE);
    let pins = values.all(&PIN_SHA256);
    // A flag wins over every variable, of whichever of the three.
    let is_set = |flag| !matches!(values.source(flag), None | Some(Source::Variable(_)));
    let is_insecure = values.is_on(&INSECURE);
    if !endpoint.is_secure() {
        let set = [file, pin].into_iter().find(|flag| is_set(*flag));
        return match set.or(is_insecure.then_some(insecure)) {
            Some(flag) => Err(FlagProblem::NoTls {
                flag,
                endpoint: endpoint.to_string(),
            }),
            None => Ok(Trust::System),
        };
    }
    match (files.as_slice(), pins.as_slice()) {
        _ if is_insecure => Ok(Trust::Anybody),
        ([_, ..], [_, ..]) if !is_set(file) && !is_set(pin) => {
            Err(FlagProblem::TwoTrusts { file, pin })
        }
        (_, [_, ..]) if !is_set(file) => Ok(Trust::Pinned(pins)),
        ([path], _) => match authorities(path, read_file) {
            Ok(authorities) => Ok(Trust::With(authorities)),
            Err(reason) => Err(FlagProblem::File { flag: file, reason }),
        },
        ([_, ..], _) => Err(FlagProblem::Several { flag: file }),
        ([], _) => Ok(Trust::System),
    }
}

/// No file of CA certificates is larger: all of the public ones weigh a quarter of it.
const LARGEST: u64 = 1024 * 1024;

fn authorities(path: &str, read_file: &ReadFile) -> Result<Vec<tls_verifier::Authority>, String> {
    let read = || {
        let mut text = Vec::new();
        Utf8::new(read_file(Path::new(path), LARGEST)?).read_to_end(&mut text)?;
        Ok::<_, std::io::Error>(text)
    };
    let text = read().map_err(|why| reason(&why))?;
    tls_verifier::authorities(&text).map_err(|error| error.message)
}

fn proxy(values: &Values<'_>, endpoint: &Endpoint) -> Result<Option<String>, FlagProblem> {
    let (flag, is_typed) = (PROXY.id(), values.is_typed(PROXY.id()));
    let Some(url) = values.get(&PROXY) else {
        return Ok(None);
    };
    if endpoint.is_loopback() {
        // A variable and an account are for other targets too.
        return if is_typed {
            Err(FlagProblem::ProxyToLoopback { flag })
        } else {
            Ok(None)
        };
    }
    if is_typed && url.contains('@') {
        return Err(FlagProblem::Password { flag });
    }
    let read = proxy_url(&url).map_err(|why| FlagProblem::Value {
        flag,
        expected: Expected::Proxy(why),
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
