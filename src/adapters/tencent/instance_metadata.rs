//! The key of a CVM's role, from Tencent's metadata service.
//!
//! Source: the SDKs for Python and Go. There are no sessions here.

use crate::adapters::credential_chain::KeyIssuer;
use crate::adapters::instance_metadata::{InstanceRole, MetadataService, issuer};
use crate::adapters::temporary_key::{key, moment};
use crate::credentials::Temporary;
use crate::error::Error;
use crate::exchange::Endpoint;
use crate::json::Object;
use crate::redact::KnownSecrets;

const CVM: MetadataService = MetadataService {
    host: "metadata.tencentyun.com",
    session: None,
    roles: Some("/latest/meta-data/cam/security-credentials/"),
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
    issuer(&CVM, instance, key_is_for, known)
}

fn read(object: &Object, known: &KnownSecrets) -> Result<Temporary, Error> {
    let names = ["TmpSecretId", "TmpSecretKey", "Token"];
    let expires = moment(object, "ExpiredTime").or_else(|| moment(object, "Expiration"));
    key(object, names, expires, known)
}
