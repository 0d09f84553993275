//! The key of an ECS's agency, from Huawei's metadata service.
//!
//! Source: the SDK core's metadata accessor. Where a session cannot be opened 404, 405 and 503 say that this machine
//! knows none; a machine without an agency answers 401 and says so in words.

use crate::adapters::credential_chain::KeyIssuer;
use crate::adapters::instance_metadata::{InstanceRole, MetadataService, MetadataSession, issuer};
use crate::adapters::response_body;
use crate::adapters::temporary_key::{key, moment};
use crate::credentials::Temporary;
use crate::error::Error;
use crate::exchange::Endpoint;
use crate::json::Object;
use crate::redact::KnownSecrets;

const ECS: MetadataService = MetadataService {
    host: "169.254.169.254",
    session: Some(MetadataSession {
        path: "/meta-data/latest/api/token",
        lifetime: "x-metadata-token-ttl-seconds",
        header: "x-metadata-token",
        optional: |status| matches!(status, Some(404 | 405 | 503)),
    }),
    roles: None,
    key: "/openstack/latest/securitykey",
    no_role: |status, text| {
        status == 401 && text.contains("Please configure Cloud Service Agency first")
    },
    read,
};

/// The key of this machine's agency.
pub fn agency(key_is_for: &Endpoint, known: &KnownSecrets) -> Result<KeyIssuer, Error> {
    issuer(&ECS, InstanceRole::default(), key_is_for, known)
}

fn read(object: &Object, known: &KnownSecrets) -> Result<Temporary, Error> {
    let inner = object
        .object("credential")
        .ok_or_else(|| response_body::wrong_shape("no credential"))?;
    let names = ["access", "secret", "securitytoken"];
    key(inner, names, moment(inner, "expires_at"), known)
}
