//! The providers: one folder each, and the registry that is all the rest of the house knows of them.
//!
//! An adapter builds requests and reads answers. It holds no clock, no nonce source, no socket, no retry. What
//! two adapters share lies beside the folders, in modules that know neither: `alibaba` (its gateway, its keys and the
//! services that hand some out), `keys`, `vendor_file`, `key_json`, `metadata`, `temporary`, `body`, `error_codes`,
//! `listing`, `list_limits`, `page_items`, `pagination`, `saved`, `fields`.

pub mod alibaba;
pub mod body;
pub mod error_codes;
pub mod esa;
pub mod fields;
pub mod huawei;
pub mod key_json;
pub mod keys;
pub mod list_limits;
pub mod listing;
pub mod metadata;
pub mod mpush;
pub mod page_items;
pub mod pagination;
pub mod pbx;
pub mod saved;
pub mod temporary;
pub mod tencent;
pub mod vendor_file;

use std::rc::Rc;

use chrono::FixedOffset;
use clap::{ArgMatches, Command, FromArgMatches};

use crate::credentials::{Credential, CurrentKey};
use crate::error::{Error, Kind};
use crate::exchange::{Endpoint, Flow, Once, Pace, Request, Response, Stamp};
use crate::json::Json;
use crate::model::Facts;
use crate::model::timestamp::offset;
use crate::redact::KnownSecrets;
use keys::{Place, Search};
use listing::{Listing, Records};
use saved::Saved;

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
    pub id_flag: IdFlag,
    /// An id as it will be sent, or why it cannot be right.
    pub id: fn(&str) -> Result<String, Error>,
    /// Whether the proxies of the environment are for it (not for a box on the local network).
    pub proxied: bool,
    /// Adds the provider's own flags.
    pub arguments: fn(Command) -> Command,
    /// Those of them that select certificates; the others choose the account or its host.
    pub selector_flags: &'static [&'static str],
    /// Those of them that choose the host.
    pub places: &'static [&'static str],
    /// Reads them: where the questions go and how the answers are read.
    pub target: ReadFlags,
    /// Whether requests need a key, and which.
    pub access: Access,
    /// The rate limit of one of its accounts.
    pub pace: Pace,
    /// Its codes.
    pub codes: &'static [error_codes::Table],
}

/// Whether requests need a key.
pub enum Access {
    /// Requests are signed, or carry a token.
    Keyed {
        /// The credential sources, in the order of the search.
        sources: &'static [Place],
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
    pub fn sources(&self) -> &'static [Place] {
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
    /// A variable, and the flag to add where it is not set.
    pub unless_set: Option<(&'static str, &'static str)>,
}

/// From a provider's flags to its side of the command.
pub type ReadFlags = fn(&ArgMatches, &Settings<'_>) -> Result<Target, Error>;

/// The flag that names what is asked for; `--id` is accepted everywhere.
pub struct IdFlag {
    /// `id` or the provider's own word.
    pub name: &'static str,
    /// Placeholder in the help.
    pub value: &'static str,
    /// One line of help.
    pub help: &'static str,
}

/// What a provider's flags are read with.
pub struct Settings<'a> {
    /// An environment variable that says where.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// `--endpoint`.
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
    /// `--endpoint`, or the provider's own host.
    pub fn endpoint_or(&self, own: impl FnOnce() -> Endpoint) -> Result<Endpoint, Error> {
        match self.endpoint {
            Some(text) => Endpoint::parse(text, self.allow_http)?.bare(),
            None => Ok(own()),
        }
    }

    /// A flag, or the variable that stands in for it.
    pub fn flag_or(&self, flag: Option<String>, variable: &str) -> Option<String> {
        let text = flag.or_else(|| (self.variable)(variable))?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// The same for what says where a question goes. Saved answers come from nowhere: a variable meant for asking
    /// says nothing about them.
    pub fn place_or(&self, flag: Option<String>, variable: &str) -> Option<String> {
        match flag {
            None if self.saved => None,
            flag => self.flag_or(flag, variable),
        }
    }
}

/// What came of one id.
pub struct Answer {
    /// The id that was asked for.
    pub id: String,
    /// Certificates (one answer can hold several), or why there are none.
    pub result: Result<Vec<Facts>, Error>,
}

/// A conversation about one or several ids.
pub struct Conversation {
    /// The ids it is about; those without an answer when it ends get its error.
    pub ids: Vec<String>,
    /// The conversation.
    pub flow: Box<dyn Flow<Output = Answer>>,
}

/// One provider's side of one command: where the questions go, and how they are put and answered.
pub struct Target {
    /// What makes an id unique.
    pub scope: Option<String>,
    /// Where the questions go.
    pub endpoint: Endpoint,
    /// Puts the questions and reads the answers.
    pub service: Box<dyn Service>,
}

/// Puts questions and reads answers.
pub trait Service {
    /// The conversations about these ids.
    fn converse(&self, ids: &[String], key: CurrentKey, known: &KnownSecrets) -> Vec<Conversation>;
    /// The list of everything that the account holds.
    fn list(&self, key: CurrentKey, known: &KnownSecrets) -> Listing;
    /// What the records of that list tell.
    fn records(&self) -> Records {
        Records::Other
    }
    /// The part of the service that its keys belong to: one that an address has refused is tried at no other of it.
    fn realm(&self) -> String {
        String::new()
    }
    /// Where the questions go instead, if the user did not say and the tool that keeps the key does.
    fn elsewhere(&self, _: &Search<'_>) -> Option<Target> {
        None
    }
    /// Reads an answer that was saved earlier, with or without the provider's envelope.
    fn saved(&self, answer: &Json, expected: Option<&str>) -> Result<Saved, Error>;
}

/// A service that is asked about one certificate with one request.
pub trait OneRequest {
    /// The question about an id, signed for one try.
    fn request(&self, id: &str, credential: &Credential, stamp: Stamp) -> Result<Request, Error>;
    /// Where the questions go instead, if the user did not say and the tool that keeps the key does.
    fn elsewhere(&self, _: &Search<'_>) -> Option<Target> {
        None
    }
    /// The list of everything that the account holds.
    fn list(self: Rc<Self>, key: CurrentKey) -> Listing;
    /// What the records of that list tell.
    fn records(&self) -> Records {
        Records::Other
    }
    /// The part of the service that its keys belong to; one for all of its addresses unless it says otherwise.
    fn realm(&self) -> String {
        String::new()
    }
    /// Reads its answer.
    fn answer(&self, id: &str, response: &Response) -> Result<Vec<Facts>, Error>;
    /// Reads an answer that was saved earlier.
    fn saved(&self, answer: &Json, expected: Option<&str>) -> Result<Saved, Error>;
}

/// Makes a service of one that takes one request: a conversation for each id.
pub(crate) fn one_each<S: OneRequest + 'static>(service: S) -> Box<dyn Service> {
    Box::new(Each(Rc::new(service)))
}

struct Each<S>(Rc<S>);

impl<S: OneRequest + 'static> Service for Each<S> {
    fn converse(&self, ids: &[String], key: CurrentKey, _: &KnownSecrets) -> Vec<Conversation> {
        let about = |id: &String| {
            let (asking, reading, key) = (self.0.clone(), self.0.clone(), key.clone());
            let (asked, id) = (id.clone(), id.clone());
            let ids = vec![id.clone()];
            let flow = Once::new(
                move |stamp| asking.request(&asked, &key.get(), stamp),
                move |response| {
                    let result = Ok(reading.answer(&id, &response)?);
                    Ok(Answer {
                        id: id.clone(),
                        result,
                    })
                },
            );
            Conversation {
                ids,
                flow: Box::new(flow),
            }
        };
        ids.iter().map(about).collect()
    }

    fn list(&self, key: CurrentKey, _: &KnownSecrets) -> Listing {
        self.0.clone().list(key)
    }

    fn records(&self) -> Records {
        self.0.records()
    }

    fn realm(&self) -> String {
        self.0.realm()
    }

    fn elsewhere(&self, search: &Search<'_>) -> Option<Target> {
        self.0.elsewhere(search)
    }

    fn saved(&self, answer: &Json, expected: Option<&str>) -> Result<Saved, Error> {
        self.0.saved(answer, expected)
    }
}

/// A provider's own flags.
pub(crate) fn flags<F: FromArgMatches>(matches: &ArgMatches) -> Result<F, Error> {
    F::from_arg_matches(matches).map_err(|error| Error::new(Kind::Usage, error.to_string()))
}

/// An id of the wrong alphabet or length; it stands beside the error.
pub(crate) fn bad_id(rule: &str) -> Error {
    Error::new(Kind::Usage, format!("invalid ID: {rule}"))
        .with_hint("correct it; nothing was sent for it")
}

/// An id that a flag or a variable gave beside those asked for. It is shown: it comes from the user, not from a key.
pub(crate) fn in_flag(
    flag: &str,
    text: &str,
    id: fn(&str) -> Result<String, Error>,
) -> Result<String, Error> {
    id(text).map_err(|error| {
        let message = format!("{flag}: `{text}`: {}", error.message);
        let error = Error::new(Kind::Usage, message).quoting(text);
        error.with_hint("correct it; nothing was sent")
    })
}

/// What a flag or a variable cannot mean, with what to give instead.
pub(crate) fn wrong_value(flag: &str, text: &str, what: &str, instead: &str) -> Error {
    let message = format!("{flag}: `{text}` is not {what}");
    let error = Error::new(Kind::Usage, message).quoting(text);
    error.with_hint(format!("give {instead}"))
}

/// The offset from UTC that a flag or a variable gave.
pub(crate) fn offset_in(flag: &str, text: &str) -> Result<FixedOffset, Error> {
    offset(text).ok_or_else(|| wrong_value(flag, text, "an offset from UTC", "one such as +08:00"))
}

/// `[A-Za-z0-9_-]{1,64}`: nothing that a URL parser would rewrite after signing.
pub(crate) fn plain_id(text: &str) -> Result<String, Error> {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if plain && (1..=64).contains(&text.len()) {
        return Ok(text.to_owned());
    }
    Err(bad_id(
        "only letters, digits, - and _, at most 64 characters",
    ))
}

/// Decimal digits that fit a signed 64-bit number.
pub(crate) fn digit_id(text: &str) -> Result<String, Error> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse::<i64>() {
        Ok(number) if digits => Ok(number.to_string()),
        _ => Err(bad_id("digits only")),
    }
}

/// A region or the like that becomes part of a host name: it may not smuggle in another host.
pub(crate) fn host_part(text: &str, flag: &str) -> Result<String, Error> {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if plain && (1..=40).contains(&text.len()) {
        return Ok(text.to_owned());
    }
    Err(wrong_value(
        flag,
        text,
        "the name of a region",
        "it in lower-case letters, digits and -",
    ))
}
