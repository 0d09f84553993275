//! The key of an ECS instance's role, from Alibaba's metadata service.
//!
//! Sources: the credentials packages for Go and Python. Sessions (v2) are tried first; a machine on which they cannot
//! be opened is asked without (v1), unless the user forbids that.

use crate::adapters::keys::Remote;
use crate::adapters::metadata::{Cloud, Machine, Session, remote};
use crate::adapters::temporary::{key, moment};
use crate::credentials::Temporary;
use crate::error::Error;
use crate::exchange::Endpoint;
use crate::json::Object;
use crate::redact::KnownSecrets;

const ECS: Cloud = Cloud {
    host: "100.100.100.200",
    session: Some(Session {
        path: "/latest/api/token",
        lifetime: "x-aliyun-ecs-metadata-token-ttl-seconds",
        header: "x-aliyun-ecs-metadata-token",
        optional: |_| true,
    }),
    roles: Some("/latest/meta-data/ram/security-credentials/"),
    key: "",
    no_role: |status, _| status == 404,
    read,
};

/// The key of this machine's role.
pub fn instance_role(
    machine: Machine,
    key_is_for: &Endpoint,
    known: &KnownSecrets,
) -> Result<Remote, Error> {
    remote(&ECS, machine, key_is_for, known)
}

fn read(object: &Object, known: &KnownSecrets) -> Result<Temporary, Error> {
    let names = ["AccessKeyId", "AccessKeySecret", "SecurityToken"];
    key(object, names, moment(object, "Expiration"), known)
}
