//! Where a command asks: what its flags say, or the variable for the endpoint, which never beats a flag.

use crate::adapters::Provider;
use crate::error::{Error, Kind};
use crate::exchange::Endpoint;
use crate::flags::connection::ENDPOINT;
use crate::flags::{FlagRef, Source, Values};
use crate::model::FlagId;

/// What the variable for a provider's endpoint means for a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndpointOrigin {
    /// Nothing: it is not set, or says what a flag says too.
    Default,
    /// The endpoint.
    Variable(String),
    /// Nothing: a flag names another host.
    Overridden {
        /// The variable.
        variable: String,
        /// The flag, with its dashes.
        flag: String,
    },
}

/// The flags and the variable that choose the host.
pub struct HostFlags {
    flag: Option<FlagId>,
    typed: Option<String>,
    /// The variable for the endpoint, by name and value.
    variable: Option<(String, String)>,
}

impl HostFlags {
    pub fn read(provider: &Provider, values: &Values<'_>) -> HostFlags {
        let (mut typed, mut variable) = (None, None);
        for endpoint in values.entries(ENDPOINT.id()) {
            let text = endpoint.texts.first().cloned();
            match &endpoint.source {
                Source::Variable(name) => variable = text.map(|text| (name.clone(), text)),
                Source::CommandLine | Source::Config(..) | Source::BuiltIn => typed = text,
            }
        }
        let endpoint: FlagRef = &ENDPOINT;
        let flags = [&endpoint].into_iter().chain(provider.flags);
        let mut hosts = flags.filter(|flag| flag.spec().chooses_host);
        HostFlags {
            flag: hosts
                .find(|flag| values.is_typed(flag.spec().id()))
                .map(|flag| flag.spec().id()),
            typed,
            variable,
        }
    }

    /// The endpoint that was given instead of the provider's own host.
    pub fn endpoint(&self) -> Option<&str> {
        let variable = self.variable.as_ref().filter(|_| self.flag.is_none());
        let variable = variable.map(|(_, text)| text.as_str());
        self.typed.as_deref().or(variable)
    }

    /// What the variable means, once it is known where the command asks. Who rehearses a job with a flag in it would
    /// ask the real service.
    pub fn endpoint_origin(self, asked: &Endpoint) -> Result<EndpointOrigin, Error> {
        let Some((variable, text)) = self.variable else {
            return Ok(EndpointOrigin::Default);
        };
        let Some(FlagId(flag)) = self.flag else {
            return Ok(EndpointOrigin::Variable(variable));
        };
        // What the flag says was allowed; this is only compared with it.
        let other = Endpoint::parse(&text, true).ok();
        if other
            .as_ref()
            .is_some_and(|other| other.to_string() == asked.to_string())
        {
            return Ok(EndpointOrigin::Default);
        }
        let flag = format!("--{flag}");
        if other.is_some_and(|other| other.is_loopback()) && !asked.is_loopback() {
            let text = format!(
                "{variable} names this machine, as for a rehearsal, and {flag} asks {asked}: nothing was sent"
            );
            let hint = format!("unset the variable, or leave out {flag}");
            return Err(Error::new(Kind::Usage, text).with_hint(hint));
        }
        Ok(EndpointOrigin::Overridden { variable, flag })
    }
}

impl EndpointOrigin {
    /// The warning about a variable that has no effect.
    pub fn warning(&self) -> Option<String> {
        match self {
            EndpointOrigin::Overridden { variable, flag } => Some(format!(
                "{variable} has no effect: {flag} says where to ask"
            )),
            EndpointOrigin::Default | EndpointOrigin::Variable(_) => None,
        }
    }

    /// The line of the log that says where the endpoint comes from.
    pub fn remark(&self, provider: &Provider, endpoint: &Endpoint) -> Option<String> {
        let variable = self.variable()?;
        let name = provider.name;
        Some(format!("{name} is asked at {endpoint}, as {variable} says"))
    }

    /// The scope of a certificate, which says where the endpoint comes from.
    pub fn scope(&self, scope: Option<String>, endpoint: &Endpoint) -> Option<String> {
        let Some(variable) = self.variable() else {
            return scope;
        };
        let authority = endpoint.authority();
        let here = format!("{authority} ({variable})");
        match scope.filter(|scope| *scope != authority) {
            Some(scope) => Some(format!("{scope} at {here}")),
            None => Some(here),
        }
    }

    fn variable(&self) -> Option<&str> {
        match self {
            EndpointOrigin::Variable(name) => Some(name),
            EndpointOrigin::Default | EndpointOrigin::Overridden { .. } => None,
        }
    }
}
