//! One provider's side of one command: its targets, and the service that answers there.

use std::rc::Rc;

use super::credential_chain::KeySearch;
use super::listing::{ListFlow, RecordDetail};
use super::saved::SavedContent;
use crate::credentials::{Credential, CurrentKey};
use crate::error::Error;
use crate::exchange::{Endpoint, Flow, Once, Request, Response, Stamp};
use crate::json::Json;
use crate::model::Facts;
use crate::redact::KnownSecrets;

/// The answer about one id.
pub struct Answer {
    /// The requested id.
    pub id: String,
    /// Certificates (one answer can hold several), or why there are none.
    pub result: Result<Vec<Facts>, Error>,
}

/// A flow about one or several ids.
pub struct Conversation {
    /// The ids; those without an answer at its end get its error.
    pub ids: Vec<String>,
    /// The flow.
    pub flow: Box<dyn Flow<Output = Answer>>,
}

/// One place where a provider is asked: a region, a host, a site.
pub struct Target {
    /// What makes an id unique.
    pub scope: Option<String>,
    /// Where requests go.
    pub endpoint: Endpoint,
    /// Makes requests and reads responses.
    pub service: Box<dyn Service>,
}

impl Target {
    /// A target without a host of its own: its service reads files, or its ids are the hosts.
    pub fn without_host(scope: Option<String>, service: Box<dyn Service>) -> Target {
        Target {
            scope,
            endpoint: Endpoint::https("no-host.invalid"),
            service,
        }
    }
}

/// The targets of one command: one account, one key.
pub struct Targets {
    first: Target,
    others: Vec<Target>,
}

impl Targets {
    /// Several, such as regions. The key is proved at the first one.
    pub fn new(first: Target, others: Vec<Target>) -> Targets {
        Targets { first, others }
    }

    /// The first, which also stands for the account's place.
    pub fn first(&self) -> &Target {
        &self.first
    }

    /// The first alone, for what concerns no other.
    pub fn into_first(self) -> Target {
        self.first
    }

    /// All of them, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Target> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// All of them, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Target> {
        std::iter::once(&mut self.first).chain(&mut self.others)
    }

    /// More than one.
    pub fn are_several(&self) -> bool {
        !self.others.is_empty()
    }
}

impl From<Target> for Targets {
    fn from(target: Target) -> Targets {
        Targets::new(target, Vec::new())
    }
}

/// Makes requests and reads responses.
pub trait Service {
    /// The flows about these ids.
    fn converse(&self, ids: &[String], key: CurrentKey, known: &KnownSecrets) -> Vec<Conversation>;
    /// The list of everything that the account holds.
    fn list(&self, key: CurrentKey, known: &KnownSecrets) -> ListFlow;
    /// What the records of that list hold.
    fn records(&self) -> RecordDetail {
        RecordDetail::Other
    }
    /// The part of the service that its keys belong to: a key that one of its addresses has refused is not tried at the
    /// others.
    fn realm(&self) -> String {
        String::new()
    }
    /// The target that the vendor tool's profile names, where the user gave none.
    fn profile_target(&self, _: &KeySearch<'_>) -> Option<Target> {
        None
    }
    /// Reads a saved answer, with or without the provider's envelope.
    fn saved(&self, answer: &Json, expected: Option<&str>) -> Result<SavedContent, Error>;
}

/// A service with one request per certificate.
pub trait OneRequest {
    /// The request about an id, signed for one try.
    fn request(&self, id: &str, credential: &Credential, stamp: Stamp) -> Result<Request, Error>;
    /// The target that the vendor tool's profile names, where the user gave none.
    fn profile_target(&self, _: &KeySearch<'_>) -> Option<Target> {
        None
    }
    /// The list of everything that the account holds.
    fn list(self: Rc<Self>, key: CurrentKey) -> ListFlow;
    /// What the records of that list hold.
    fn records(&self) -> RecordDetail {
        RecordDetail::Other
    }
    /// The part of the service that its keys belong to: a key that one of its addresses has refused is not tried at the
    /// others.
    fn realm(&self) -> String {
        String::new()
    }
    /// Reads the response.
    fn answer(&self, id: &str, response: &Response) -> Result<Vec<Facts>, Error>;
    /// Reads a saved answer.
    fn saved(&self, answer: &Json, expected: Option<&str>) -> Result<SavedContent, Error>;
}

/// A service with a flow for each id.
pub fn per_id<S: OneRequest + 'static>(service: S) -> Box<dyn Service> {
    Box::new(PerId(Rc::new(service)))
}

struct PerId<S>(Rc<S>);

impl<S: OneRequest + 'static> Service for PerId<S> {
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

    fn profile_target(&self, search: &KeySearch<'_>) -> Option<Target> {
        self.0.profile_target(search)
    }

    fn saved(&self, answer: &Json, expected: Option<&str>) -> Result<SavedContent, Error> {
        self.0.saved(answer, expected)
    }
}
