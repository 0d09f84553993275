//! The key of an ECS instance's role, from Alibaba's metadata service.
//!
//! Sources: the credentials packages for Go and Python. Sessions (v2) are tried first; a machine on which they cannot
//! be opened is asked without (v1), unless the user forbids that.

use crate::adapters::credential_chain::KeyIssuer;
use crate::adapters::instance_metadata::{InstanceRole, MetadataService, MetadataSession, issuer};
use crate::adapters::temporary_key::{key, moment};
use crate::credentials::Temporary;
use crate::error::Error;
use crate::exchange::Endpoint;
use crate::json::Object;
use crate::redact::KnownSecrets;

const ECS: MetadataService = MetadataService {
    host: "100.100.100.200",
    session: Some(MetadataSession {
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
    instance: InstanceRole,
    key_is_for: &Endpoint,
    known: &KnownSecrets,
) -> Result<KeyIssuer, Error> {
    issuer(&ECS, instance, key_is_for, known)
}

fn read(object: &Object, known: &KnownSecrets) -> Result<Temporary, Error> {
    let names = ["AccessKeyId", "AccessKeySecret", "SecurityToken"];
    key(object, names, moment(object, "Expiration"), known)
}
