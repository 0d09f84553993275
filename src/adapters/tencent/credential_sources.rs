//! Where Tencent's tools keep keys: variables, the SDK's file, tccli's profiles, a pod's token, the machine's role.
//!
//! Each tool has its own name for the session token (tccli, the Node SDK, Terraform), and its own for a role.

use super::{instance_metadata, sts, tccli};
use crate::adapters::credential_chain::{
    CredentialSource, KeyIssuer, KeySearch, Lookup, LookupResult, Role, TemporaryKeyRequest,
    all_of, one_of,
};
use crate::adapters::instance_metadata::InstanceRole;
use crate::adapters::vendor_file::{VendorFile, workload_token};
use crate::credentials::{Credential, KeyVariables};
use crate::error::Error;

/// All places, in the order of the search.
pub const SOURCES: &[CredentialSource] = &[
    CredentialSource::VariablesFor(
        &[KeyVariables {
            id: "TENCENTCLOUD_SECRET_ID",
            secret: "TENCENTCLOUD_SECRET_KEY",
            tokens: &[
                "TENCENTCLOUD_TOKEN",
                "TENCENTCLOUD_SESSION_TOKEN",
                "TENCENTCLOUD_SECURITY_TOKEN",
            ],
            temporary_prefix: None,
        }],
        with_role,
    ),
    CredentialSource::File(sdk_file),
    CredentialSource::Profile(tccli::profile),
    CredentialSource::Other(workload),
    CredentialSource::Instance(instance),
];

/// The key itself, or the role that variables name (tccli's, Terraform's) and that it is to take on.
fn with_role(key: Credential, search: &KeySearch<'_>) -> Result<LookupResult, Error> {
    let said = |names: [&str; 2]| one_of(search.sources, &names);
    let arn = said(["TENCENTCLOUD_ROLE_ARN", "TENCENTCLOUD_ASSUME_ROLE_ARN"])?;
    let Some(arn) = arn else {
        return Ok(LookupResult::Key(key));
    };
    let seconds = search
        .sources
        .word("TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION");
    let role = Role {
        arn,
        session: said([
            "TENCENTCLOUD_ROLE_SESSION_NAME",
            "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME",
        ])?,
        seconds: seconds.and_then(|text| text.parse().ok()),
        external_id: search.sources.word("TENCENTCLOUD_ASSUME_ROLE_EXTERNAL_ID"),
        ..Role::default()
    };
    issuer(TemporaryKeyRequest::Role { key, role }, search).map(LookupResult::Issuer)
}

/// The user's own file before the machine's, as most of the SDKs read them. Its section is always the same one.
fn sdk_file(search: &KeySearch<'_>) -> Result<Lookup, Error> {
    const BELOW: &str = ".tencentcloud/credentials";
    const SHARED: &str = "/etc/tencentcloud/credentials";
    const VARIABLE: &str = "TENCENTCLOUD_CREDENTIALS_FILE";
    let own = VendorFile::find(search.sources, &[VARIABLE], BELOW);
    let shared = search
        .sources
        .word(VARIABLE)
        .is_none()
        .then(|| VendorFile::shared(SHARED));
    let files: Vec<VendorFile> = own.into_iter().chain(shared).collect();
    for file in &files {
        let Some(profile) = file.section(search.sources, "default", false)? else {
            continue;
        };
        if let Some(key) = profile.pair(["secret_id", "secret_key", "token"], None)? {
            return Ok(Lookup::key(profile.at, Some(key)));
        }
    }
    let shown: Vec<&str> = files.iter().map(|file| file.shown.as_str()).collect();
    Ok(Lookup::new(shown.join(" or "), LookupResult::Nothing))
}

/// What a pod of Tencent's Kubernetes is given for its service account. A region alone says nothing.
fn workload(search: &KeySearch<'_>) -> Result<Lookup, Error> {
    let names = [
        "TKE_REGION",
        "TKE_PROVIDER_ID",
        "TKE_WEB_IDENTITY_TOKEN_FILE",
        "TKE_ROLE_ARN",
    ];
    let at = names[2];
    let Some([region, provider, path, arn]) = all_of(search.sources, names, &names[1..])? else {
        return Ok(Lookup::new(at, LookupResult::Nothing));
    };
    let request = TemporaryKeyRequest::Identity {
        token: workload_token(search.sources, &path)?,
        provider,
        role: Role {
            arn,
            region: Some(region),
            ..Role::default()
        },
    };
    Ok(Lookup::new(
        at,
        LookupResult::Issuer(issuer(request, search)?),
    ))
}

/// Outside the cloud its name does not resolve, and the SDKs hang: it is asked on request only.
fn instance(search: &KeySearch<'_>) -> Result<Lookup, Error> {
    let Some(role) = search.sign_in.instance_role.clone() else {
        let at = "the role of this machine (only with --instance-role)";
        return Ok(Lookup::new(at, LookupResult::Nothing));
    };
    let role = Some(role).filter(|role| !role.is_empty());
    let found = issuer(TemporaryKeyRequest::Instance { role }, search)?;
    Ok(Lookup::new(
        "the role of this machine",
        LookupResult::Issuer(found),
    ))
}

/// The conversation that brings a temporary key.
pub(super) fn issuer(
    request: TemporaryKeyRequest,
    search: &KeySearch<'_>,
) -> Result<KeyIssuer, Error> {
    let (key_is_for, known) = (search.endpoint, search.known);
    match request {
        TemporaryKeyRequest::Role { key, role } => {
            Ok(sts::assume_role(key_is_for, role, key, known))
        }
        TemporaryKeyRequest::Identity {
            token,
            provider,
            role,
        } => Ok(sts::assume_role_with_web_identity(
            key_is_for, role, provider, token, known,
        )),
        TemporaryKeyRequest::Instance { role } => {
            let instance = InstanceRole {
                role,
                ..InstanceRole::default()
            };
            instance_metadata::instance_role(instance, key_is_for, known)
        }
    }
}
