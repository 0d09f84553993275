//! The providers: one folder each, and the registry that is all the rest of the house knows of them.
//!
//! An adapter builds requests and reads answers. It holds no clock, no nonce source, no socket, no retry. What
//! two adapters share lies beside the folders, in modules that know neither: `alibaba` (its gateway, its keys and the
//! services that hand some out), `credential_chain`, `vendor_file`, `key_json`, `instance_metadata`, `temporary_key`,
//! `response_body`, `error_codes`, `listing`, `list_limits`, `list_sequence`, `pagination`, `cursor`, `page_items`, `saved`, `fields`; `service` is what an adapter implements.

pub mod alibaba;
pub mod credential_chain;
pub mod cursor;
pub mod error_codes;
pub mod esa;
pub mod fields;
pub mod huawei;
pub mod instance_metadata;
pub mod key_json;
pub mod list_limits;
pub mod list_sequence;
pub mod listing;
pub mod mpush;
pub mod page_items;
pub mod pagination;
pub mod pbx;
pub mod response_body;
pub mod saved;
mod service;
pub mod temporary_key;
pub mod tencent;
pub mod vendor_file;

use crate::error::{Error, Kind};
use crate::exchange::{Endpoint, RateLimit};
use crate::flags::connection::{ALL, ALLOW_HTTP, CONNECTION, ENDPOINT, PLACE, SIGN_IN};
use crate::flags::{Flag, FlagRef, Values, readers};
use crate::model::{EndpointProblem, Expected, FlagId, FlagProblem};
use credential_chain::CredentialSource;
pub use service::{Answer, Conversation, OneRequest, Service, Target, Targets, per_id};

/// All providers, in the order of the help. A new one is one line here.
pub const REGISTRY: &[&Provider] = &[
    &mpush::PROVIDER,
    &esa::PROVIDER,
    &pbx::PROVIDER,
    &huawei::PROVIDER,
    &tencent::PROVIDER,
];

/// Everything the house needs to know of a provider.
pub struct Provider {
    /// The subcommand and the `provider` of the output.
    pub name: &'static str,
    /// Its long name.
    pub alias: &'static str,
    /// One line of help.
    pub about: &'static str,
    /// What `--help` says below the flags: variables, permission, example.
    pub guide: &'static str,
    /// The flag that names a certificate.
    pub id_flag: &'static Flag<String>,
    /// Reads an ID as it will be sent.
    pub id: fn(&str) -> Result<String, Expected>,
    /// Whether the proxies of the environment are for it (not for a box on the local network).
    pub proxied: bool,
    /// Its own flags.
    pub flags: &'static [FlagRef],
    /// Where requests go and how responses are read, by its flags.
    pub build_targets: BuildTargets,
    /// Whether requests need a key, and which.
    pub access: Access,
    /// The rate limit of one of its accounts.
    pub rate_limit: RateLimit,
    /// Its codes.
    pub codes: &'static [error_codes::CodeTable],
}

/// Whether requests need a key.
pub enum Access {
    /// Requests are signed, or carry a token.
    Keyed {
        /// The credential sources, in the order of the search.
        sources: &'static [CredentialSource],
        /// What the key has to be allowed.
        permission: Permission,
        /// The request that proves the key.
        probe: Probe,
    },
    /// No key, no permission, no rate limit per key: files, TLS endpoints.
    Open,
}

impl Provider {
    /// The credential sources, in the order of the search; none without a key.
    pub fn sources(&self) -> &'static [CredentialSource] {
        match &self.access {
            Access::Keyed { sources, .. } => sources,
            Access::Open => &[],
        }
    }

    /// What the key has to be allowed.
    pub fn permission(&self) -> Option<&Permission> {
        match &self.access {
            Access::Keyed { permission, .. } => Some(permission),
            Access::Open => None,
        }
    }

    /// The request that proves the key.
    pub fn probe(&self) -> Option<&Probe> {
        match &self.access {
            Access::Keyed { probe, .. } => Some(probe),
            Access::Open => None,
        }
    }

    /// Whether requests need a key.
    pub fn needs_key(&self) -> bool {
        matches!(self.access, Access::Keyed { .. })
    }

    /// All flags of its command but the common ones, in the order of the help.
    pub fn all_flags(&self) -> Vec<FlagRef> {
        let has = |is: fn(&CredentialSource) -> bool| self.sources().iter().any(is);
        let profile =
            has(|source| matches!(source, CredentialSource::Profile(_))).then_some(SIGN_IN[0]);
        let role =
            has(|source| matches!(source, CredentialSource::Instance(_))).then_some(SIGN_IN[1]);
        let mut flags: Vec<FlagRef> = vec![self.id_flag, &ALL];
        flags.extend(self.flags);
        flags.extend(profile.into_iter().chain(role));
        flags.extend(PLACE.iter().chain(CONNECTION));
        flags
    }
}

/// The least that a key has to be allowed.
pub struct Permission {
    /// In words.
    pub text: &'static str,
    /// As the vendor's policy document, where it has one.
    pub policy: Option<&'static str>,
}

/// The cheapest request that proves a key, for `certcheck doctor`: it names a certificate that nobody has, and the answer
/// "not found" comes only after the service has accepted the key.
pub struct Probe {
    /// An id of the right form.
    pub id: &'static str,
    /// Values of flags that the request needs, where nothing sets them.
    pub flags: &'static [(FlagRef, &'static str)],
}

/// Makes targets of a provider's flags.
pub type BuildTargets = fn(&Values<'_>, &Settings<'_>) -> Result<Targets, FlagProblem>;

/// What a provider's flags are read with.
pub struct Settings<'a> {
    /// The endpoint that takes the place of the provider's own host.
    pub endpoint: Option<&'a str>,
    /// `--allow-http`.
    pub allow_http: bool,
    /// Saved answers are read, nothing is sent.
    pub saved: bool,
    /// Only the place is wanted: what a question needs beside it may be missing.
    pub shown: bool,
    /// Everything that the account holds is asked for, not one certificate.
    pub all: bool,
}

impl Settings<'_> {
    /// The endpoint that was given, or the provider's own host.
    pub fn endpoint_or(&self, own: impl FnOnce() -> Endpoint) -> Result<Endpoint, FlagProblem> {
        match self.endpoint {
            Some(text) => Endpoint::parse(text, self.allow_http)
                .and_then(Endpoint::bare)
                .map_err(endpoint_problem(ENDPOINT.id())),
            None => Ok(own()),
        }
    }
}

/// A problem with the endpoint that a flag gives.
pub(crate) fn endpoint_problem(flag: FlagId) -> impl Fn(EndpointProblem) -> FlagProblem {
    move |problem| FlagProblem::Endpoint {
        flag,
        problem,
        allow_http: ALLOW_HTTP.id(),
    }
}

/// `[A-Za-z0-9_-]{1,64}`: nothing that a URL parser would rewrite after signing.
pub(crate) fn plain_id(text: &str) -> Result<String, Expected> {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if plain && (1..=64).contains(&text.len()) {
        return Ok(text.to_owned());
    }
    Err(Expected::Id(
        "only letters, digits, - and _, at most 64 characters",
    ))
}

/// Decimal digits that fit a signed 64-bit number.
pub(crate) fn digit_id(text: &str) -> Result<String, Expected> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse::<i64>() {
        Ok(number) if digits => Ok(number.to_string()),
        _ => Err(Expected::Id("digits only")),
    }
}

/// A region of a vendor's own file, which becomes part of a host name.
pub(crate) fn host_part(text: &str, what: &str) -> Result<String, Error> {
    readers::region(text).map_err(|_| {
        let message = format!("{what}: `{text}` is not the name of a region");
        let error = Error::new(Kind::Usage, message).quoting(text);
        error.with_hint("give it in lower-case letters, digits and -")
    })
}
