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

use crate::credentials::{Credential, CurrentKey};
use crate::error::{Error, Kind};
use crate::exchange::{Endpoint, Flow, Once, Pace, Request, Response, Stamp};
use crate::flags::connection::{ALL, ALLOW_HTTP, CONNECTION, ENDPOINT, PLACE, SIGN_IN};
use crate::flags::{Flag, FlagRef, Values, readers};
use crate::json::Json;
use crate::model::{EndpointProblem, Expected, Facts, FlagId, FlagProblem};
use crate::redact::KnownSecrets;
use keys::{Place, Search};
use listing::{ListFlow, RecordDetail};
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
    pub id_flag: &'static Flag<String>,
    /// Reads an ID as it will be sent.
    pub id: fn(&str) -> Result<String, Expected>,
    /// Whether the proxies of the environment are for it (not for a box on the local network).
    pub proxied: bool,
    /// Its own flags.
    pub flags: &'static [FlagRef],
    /// Where requests go and how the answers are read, by its flags.
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

    /// All flags of its command but the common ones, in the order of the help.
    pub fn all_flags(&self) -> Vec<FlagRef> {
        let has = |is: fn(&Place) -> bool| self.sources().iter().any(is);
        let profile = has(|place| matches!(place, Place::Profile(_))).then_some(SIGN_IN[0]);
        let role = has(|place| matches!(place, Place::Instance(_))).then_some(SIGN_IN[1]);
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

/// From a provider's flags to its side of the command.
pub type ReadFlags = fn(&Values<'_>, &Settings<'_>) -> Result<Target, FlagProblem>;

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
    fn list(&self, key: CurrentKey, known: &KnownSecrets) -> ListFlow;
    /// What the records of that list tell.
    fn records(&self) -> RecordDetail {
        RecordDetail::Other
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
    fn list(self: Rc<Self>, key: CurrentKey) -> ListFlow;
    /// What the records of that list tell.
    fn records(&self) -> RecordDetail {
        RecordDetail::Other
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

    fn list(&self, key: CurrentKey, _: &KnownSecrets) -> ListFlow {
        self.0.clone().list(key)
    }

    fn records(&self) -> RecordDetail {
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
