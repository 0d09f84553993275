//! The services: one folder each, and the registry that is all the rest of the sandbox knows of them.
//!
//! Beside the folders stands what several services share: `alibaba` (gateway, error envelope and STS of two of them) and
//! `instance_metadata`.

mod alibaba;
pub mod esa;
pub mod huawei;
mod instance_metadata;
mod mpush;
mod pbx;
mod tencent;

use std::fmt;
use std::hash::{Hash, Hasher};

use chrono::{DateTime, Utc};

use super::context::RequestContext;
use super::faults::FaultKind;
use super::generated::{Generated, IdFormat};
use super::reply::Reply;
use super::request::{IncomingRequest, RequestInfo};

/// All services, in the order of their consecutive ports. A new service is its folder and a line here.
const REGISTRY: &[&Emulator] = &[
    Emulator::MPUSH,
    Emulator::ESA,
    Emulator::HUAWEI,
    Emulator::TENCENT,
    Emulator::PBX,
];

/// A service of the sandbox: what is constant about it. Each folder holds its own as a constant of this type.
pub struct Emulator {
    /// The name of the provider on the command line.
    pub name: &'static str,
    /// The certificates it knows, in a good order for a table.
    pub samples: &'static [Sample],
    /// The IDs of the samples that `certcheck demo` checks.
    pub demo: &'static [&'static str],
    /// The role of the service's account, if it has one with a name.
    pub role: Option<SandboxRole>,
    /// The environment variables of a key: ID, secret, and session token where there are temporary keys.
    variables: &'static [&'static str],
    /// A long-lived key, then a temporary one where the service has such.
    keys: &'static [AccessKey],
    id_format: IdFormat,
    /// A gateway verifies each request even where a fault replaces the reply: the nonce is used up, a wrong signature is
    /// counted. Without one a service that fails has not looked at the request.
    pub(super) has_gateway: bool,
    /// It closes the connection after each response.
    pub(super) closes_connections: bool,
    /// Faults that not every service can have.
    pub(super) own_faults: &'static [FaultKind],
    /// Makes the part that has state, for one run.
    pub(super) handler: fn() -> Box<dyn Handler>,
}

/// The part of a service that has state: it reads requests and writes replies.
pub(super) trait Handler: Send {
    /// What a request is about. Nothing is verified yet.
    fn classify(&self, request: &IncomingRequest) -> RequestInfo;

    /// Verifies a request and answers it.
    fn handle(
        &mut self,
        request: &IncomingRequest,
        info: &RequestInfo,
        context: &mut RequestContext<'_>,
    ) -> Reply;

    /// The reply with a fault that has a form of its own at this service; `None` for the other faults.
    fn fault_reply(
        &mut self,
        fault: &FaultKind,
        request: &IncomingRequest,
        context: &mut RequestContext<'_>,
    ) -> Option<Reply>;

    /// How many access tokens are alive: issued, not expired, not given back.
    fn live_tokens(&self, _now: DateTime<Utc>) -> usize {
        0
    }
}

/// A certificate that a service knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sample {
    /// Its ID.
    pub id: &'static str,
    /// Its state, in a few words.
    pub what: &'static str,
    /// The flags that a command for it needs beside the ID.
    pub flags: &'static [&'static str],
    /// Lists hold it.
    pub listed: bool,
}

impl Sample {
    const fn new(id: &'static str, what: &'static str) -> Sample {
        Sample {
            id,
            what,
            flags: &[],
            listed: true,
        }
    }
}

/// A key that a service accepts. All keys are fictitious; secrets and tokens hold [`super::CANARY`], so that a test can
/// search the output of a run for it.
pub(super) struct AccessKey {
    pub id: &'static str,
    pub secret: &'static str,
    /// The session token that a temporary key needs.
    pub token: Option<&'static str>,
}

/// A role that a cloud account has, and the identity provider that it trusts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SandboxRole {
    /// Its name in the vendor's long form.
    pub arn: &'static str,
    /// Its short name, as in instance metadata.
    pub name: &'static str,
    /// The identity provider that it trusts.
    pub provider: &'static str,
    /// A token of that provider.
    pub token: &'static str,
}

impl Emulator {
    /// All services, in the order of their ports.
    pub fn all() -> impl ExactSizeIterator<Item = &'static Emulator> + Clone {
        REGISTRY.iter().copied()
    }

    /// The service of the provider with this name.
    pub fn named(name: &str) -> Option<&'static Emulator> {
        Emulator::all().find(|emulator| emulator.name == name)
    }

    /// The environment variables of a long-lived key.
    pub fn credentials(&self) -> Vec<(&'static str, &'static str)> {
        let key = self.keys.iter().find(|key| key.token.is_none());
        self.variables_of(key)
    }

    /// The environment variables of a temporary key with its session token; those of a long-lived key where the service
    /// has no temporary ones.
    pub fn temporary_credentials(&self) -> Vec<(&'static str, &'static str)> {
        let key = self.temporary_key().or(self.keys.first());
        self.variables_of(key)
    }

    fn variables_of(&self, key: Option<&AccessKey>) -> Vec<(&'static str, &'static str)> {
        let values = key.map_or([None; 3], |key| [Some(key.id), Some(key.secret), key.token]);
        let pairs = self.variables.iter().zip(values);
        pairs
            .filter_map(|(name, value)| Some((*name, value?)))
            .collect()
    }

    /// The key with this ID, if the service knows it.
    pub(super) fn key(&self, id: &str) -> Option<&'static AccessKey> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// The key that STS and instance metadata issue.
    pub(super) fn temporary_key(&self) -> Option<&'static AccessKey> {
        self.keys.iter().find(|key| key.token.is_some())
    }

    /// The IDs of that many generated certificates, in the order of a list.
    pub fn generated_ids(&self, count: u32) -> Vec<String> {
        let all = (1..=count).map(Generated);
        all.map(|made| self.generated_id(made)).collect()
    }

    pub(super) fn generated_id(&self, made: Generated) -> String {
        self.id_format.id(made)
    }

    /// The generated certificate with this ID, if it is one of these IDs.
    pub(super) fn generated(&self, id: &str) -> Option<Generated> {
        self.id_format.generated(id)
    }
}

/// Services are told apart by their names.
impl PartialEq for Emulator {
    fn eq(&self, other: &Emulator) -> bool {
        self.name == other.name
    }
}

impl Eq for Emulator {}

impl Hash for Emulator {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::super::CANARY;
    use super::*;

    #[test]
    fn every_service_has_variables_and_every_secret_the_canary() {
        for service in Emulator::all() {
            assert_eq!(service.credentials().len(), 2, "{service:?}");
            let temporary = service.temporary_credentials();
            assert_eq!(temporary.len(), service.variables.len(), "{service:?}");
            for (_, secret) in service.credentials().iter().chain(&temporary) {
                let is_id = service.keys.iter().any(|key| key.id == *secret);
                assert!(is_id || secret.contains(CANARY), "{service:?}");
            }
        }
    }

    #[test]
    fn names_differ_and_the_demo_checks_samples() {
        for service in Emulator::all() {
            let same = Emulator::all().filter(|other| *other == service);
            assert_eq!(same.count(), 1, "{service:?}");
            assert_eq!(Emulator::named(service.name), Some(service));
            assert!(!service.demo.is_empty(), "{service:?}");
            for id in service.demo {
                let known = service.samples.iter().any(|sample| sample.id == *id);
                assert!(known, "{service:?} {id}");
            }
        }
    }
}
