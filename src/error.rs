//! The one error type: what failed, how it is classed, and what to do next.
//!
//! It says nothing about *which* certificate was asked for: the report puts the target beside it
//! (`model::report::Failure`). Text from a provider may stand in it unscrubbed and unshortened; the report
//! scrubs and shortens, in that order, so that no secret is cut in half and missed.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// Kind of a failure. Published as `errors[].kind`; retries depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Flags, ids that cannot be right, parameters the provider calls missing or contradictory.
    Usage,
    /// Endpoint, host or API version wrong by the provider's word, unreadable input file.
    Config,
    /// No key found, half a pair, or a key the provider refused.
    Credentials,
    /// The key is good, but may not do this.
    Permission,
    /// No such certificate, site or app; nothing to judge.
    NotFound,
    /// The provider says no for another reason: account, quota, address, interface.
    Refused,
    /// The signature was refused for its time.
    Clock,
    /// Too many requests.
    Throttled,
    /// The provider is out of order for the moment.
    Unavailable,
    /// The conversation broke: name, connection, TLS, proxy, time-out.
    Network,
    /// An answer came, but not one that can be read.
    Protocol,
}

impl Kind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Kind; 11] = [
        Kind::Usage,
        Kind::Config,
        Kind::Credentials,
        Kind::Permission,
        Kind::NotFound,
        Kind::Refused,
        Kind::Clock,
        Kind::Throttled,
        Kind::Unavailable,
        Kind::Network,
        Kind::Protocol,
    ];

    /// The published word.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Usage => "usage",
            Kind::Config => "config",
            Kind::Credentials => "credentials",
            Kind::Permission => "permission",
            Kind::NotFound => "not_found",
            Kind::Refused => "refused",
            Kind::Clock => "clock",
            Kind::Throttled => "throttled",
            Kind::Unavailable => "unavailable",
            Kind::Network => "network",
            Kind::Protocol => "protocol",
        }
    }

    /// True if the request may succeed when it is retried.
    pub fn retryable(self) -> bool {
        matches!(self, Kind::Throttled | Kind::Unavailable | Kind::Network)
    }

    fn hint(self) -> &'static str {
        match self {
            Kind::Usage => "check the ids and flags; `certcheck help COMMAND` lists them",
            Kind::Config => "check the endpoint, the region and the flags that choose them",
            Kind::Credentials => {
                "check the variables that hold the key, and that it belongs to this service"
            }
            Kind::Permission => "grant the permission that `certcheck help COMMAND` names",
            Kind::NotFound => "check the id, and that this account and site hold it",
            Kind::Refused => {
                "look at the account in the provider's console; its support finds the reason by the request id"
            }
            Kind::Clock => "set this machine's clock (NTP) and try again",
            Kind::Throttled => {
                "ask less often, or lower --concurrency; other tools share the account's limit"
            }
            Kind::Unavailable => "try again later; if it lasts, ask the provider's support",
            Kind::Network => "check name, route, firewall and proxy; -v shows each try",
            Kind::Protocol => {
                "check that the endpoint is the provider's API and not a portal or a proxy page"
            }
        }
    }
}

/// An error of the system in its own words, without the number behind them that nobody knows.
pub fn reason(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    let words = text.split(" (os error ").next();
    words.map(str::to_owned).unwrap_or_default()
}

/// One failure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// Its class.
    pub kind: Kind,
    /// A lower-case fragment that reads well after `error: `.
    pub message: String,
    /// The provider's own code.
    pub code: Option<String>,
    /// The provider's id of the request.
    pub request_id: Option<String>,
    /// HTTP status of the answer, when there was one.
    pub http_status: Option<u16>,
    /// How many requests were sent for it.
    pub attempts: u32,
    /// Time of the provider's clock, from the response.
    pub server_time: Option<DateTime<Utc>>,
    /// How long the service asks to wait before the next request.
    pub retry_after: Option<Duration>,
    /// True when surely no byte of the request left: even a login may be repeated then.
    pub unsent: bool,
    /// True when another try would end the same way, such as over the certificate of the host.
    pub lasting: bool,
    /// True when the response was larger than the limit: a smaller page may succeed.
    pub too_large: bool,
    pub(crate) hint: Option<String>,
    /// Texts from outside that the message and the hint quote.
    pub(crate) quotes: Box<[String]>,
}

impl Error {
    /// An error of that kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> Error {
        Error {
            kind,
            message: message.into(),
            code: None,
            request_id: None,
            http_status: None,
            attempts: 0,
            server_time: None,
            retry_after: None,
            unsent: false,
            lasting: false,
            too_large: false,
            hint: None,
            quotes: Box::default(),
        }
    }

    /// Says that the message or the hint repeats this text, which a provider or the user gave: only what is quoted is
    /// freed of secrets, and an error about the config file leaves it out.
    pub fn quoting(mut self, text: impl Into<String>) -> Error {
        let mut quotes = self.quotes.into_vec();
        quotes.push(text.into());
        self.quotes = quotes.into_boxed_slice();
        self
    }

    /// Texts from outside that the message and the hint quote, the provider's code included.
    pub fn quotes(&self) -> impl Iterator<Item = &str> {
        let quotes = self.quotes.iter().chain(&self.code);
        quotes.map(String::as_str).filter(|text| !text.is_empty())
    }

    /// Better advice than the kind's own.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Error {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the provider's code.
    pub fn with_code(mut self, code: impl Into<String>) -> Error {
        self.code = Some(code.into());
        self
    }

    /// Adds the HTTP status.
    pub fn with_status(mut self, status: u16) -> Error {
        self.http_status = Some(status);
        self
    }

    /// Adds the provider's request id, if there is one.
    pub fn with_request_id(mut self, id: Option<String>) -> Error {
        self.request_id = id;
        self
    }

    /// True if the request may succeed when it is retried.
    pub fn retryable(&self) -> bool {
        self.kind.retryable() && !self.lasting
    }

    pub fn hint(&self) -> &str {
        self.hint.as_deref().unwrap_or_else(|| self.kind.hint())
    }
}
