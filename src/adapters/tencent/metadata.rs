//! The key of a CVM's role, from Tencent's metadata service.
//!
//! Source: the SDKs for Python and Go. There are no sessions here.

use crate::adapters::keys::Remote;
use crate::adapters::metadata::{Cloud, Machine, remote};
use crate::adapters::temporary::{key, moment};
use crate::credentials::Temporary;
use crate::error::Error;
use crate::exchange::Endpoint;
use crate::json::Object;
use crate::redact::KnownSecrets;

const CVM: Cloud = Cloud {
    host: "metadata.tencentyun.com",
    session: None,
    roles: Some("/latest/meta-data/cam/security-credentials/"),
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
    remote(&CVM, machine, key_is_for, known)
}

fn read(object: &Object, known: &KnownSecrets) -> Result<Temporary, Error> {
    let names = ["TmpSecretId", "TmpSecretKey", "Token"];
    let expires = moment(object, "ExpiredTime").or_else(|| moment(object, "Expiration"));
    key(object, names, expires, known)
}
