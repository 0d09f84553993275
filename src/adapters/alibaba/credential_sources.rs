//! Where Alibaba's tools keep keys: the places that both of its providers search.
//!
//! The order is that of the vendor's credentials packages: variables, a workload's token, the CLI's profiles, the
//! INI file, the machine's role. Unlike them this stops at half a pair, and asks the machine only when told to.

use super::{instance_metadata, profiles, sts};
use crate::adapters::credential_chain::{
    CredentialSource, KeyIssuer, KeySearch, Lookup, LookupResult, Role, TemporaryKeyRequest, all_of,
};
use crate::adapters::instance_metadata::InstanceRole;
use crate::adapters::vendor_file::workload_token;
use crate::credentials::KeyVariables;
use crate::error::Error;

/// Ids of temporary keys begin so.
pub(super) const TEMPORARY: &str = "STS.";

/// The variables of the credentials packages first; then those of the CLI, of Terraform, and the CLI's bare ones.
const VARIABLES: &[KeyVariables] = &[
    named(
        "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        &["ALIBABA_CLOUD_SECURITY_TOKEN"],
    ),
    named(
        "ALIBABACLOUD_ACCESS_KEY_ID",
        "ALIBABACLOUD_ACCESS_KEY_SECRET",
        &["ALIBABACLOUD_SECURITY_TOKEN"],
    ),
    named(
        "ALICLOUD_ACCESS_KEY_ID",
        "ALICLOUD_ACCESS_KEY_SECRET",
        &["ALICLOUD_SECURITY_TOKEN"],
    ),
    named(
        "ALICLOUD_ACCESS_KEY",
        "ALICLOUD_SECRET_KEY",
        &["ALICLOUD_SECURITY_TOKEN"],
    ),
    named("ACCESS_KEY_ID", "ACCESS_KEY_SECRET", &["SECURITY_TOKEN"]),
];

const fn named(
    id: &'static str,
    secret: &'static str,
    tokens: &'static [&'static str],
) -> KeyVariables {
    KeyVariables {
        id,
        secret,
        tokens,
        temporary_prefix: Some(TEMPORARY),
    }
}

/// All places, in the order of the search.
pub const SOURCES: &[CredentialSource] = &[
    CredentialSource::Variables(VARIABLES),
    CredentialSource::Other(workload),
    CredentialSource::Profile(profiles::cli_profile),
    CredentialSource::Profile(profiles::sdk_profile),
    CredentialSource::Instance(instance),
];

/// What a pod is given for its service account. A role alone is set for other tools too.
fn workload(search: &KeySearch<'_>) -> Result<Lookup, Error> {
    const PROVIDER: &str = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN";
    const TOKEN: &str = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";
    let names = ["ALIBABA_CLOUD_ROLE_ARN", PROVIDER, TOKEN];
    let at = TOKEN;
    let said = all_of(search.sources, names, &[PROVIDER, TOKEN])?;
    let Some([arn, provider, path]) = said else {
        return Ok(Lookup::new(at, LookupResult::Nothing));
    };
    let request = TemporaryKeyRequest::Identity {
        token: workload_token(search.sources, &path)?,
        provider,
        role: Role {
            arn,
            session: search.sources.word("ALIBABA_CLOUD_ROLE_SESSION_NAME"),
            ..Role::default()
        },
    };
    Ok(Lookup::new(
        at,
        LookupResult::Issuer(issuer(request, search)?),
    ))
}

/// Outside the cloud its address does not answer: it is asked on request only.
fn instance(search: &KeySearch<'_>) -> Result<Lookup, Error> {
    const VARIABLE: &str = "ALIBABA_CLOUD_ECS_METADATA";
    let asked = match &search.sign_in.instance_role {
        Some(role) => Some(role.clone()),
        None => search.sources.word(VARIABLE),
    };
    let Some(role) = asked else {
        let at = format!("the role of this machine (only with --instance-role or {VARIABLE})");
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
    let is_on = |name: &str| {
        let word = search.sources.word(name);
        word.is_some_and(|word| word.eq_ignore_ascii_case("true"))
    };
    let (key_is_for, known) = (search.endpoint, search.known);
    let sts_host = sts::StsHost {
        vpc: is_on("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED"),
        key_is_for,
    };
    let placed = |role: Role| Role {
        region: role
            .region
            .or_else(|| search.sources.word("ALIBABA_CLOUD_STS_REGION")),
        ..role
    };
    match request {
        TemporaryKeyRequest::Role { key, role } => {
            sts::assume_role(&sts_host, placed(role), key, known)
        }
        TemporaryKeyRequest::Identity {
            token,
            provider,
            role,
        } => sts::assume_role_with_oidc(&sts_host, placed(role), provider, token, known),
        TemporaryKeyRequest::Instance { role } => {
            let instance = InstanceRole {
                role,
                session_only: is_on("ALIBABA_CLOUD_IMDSV1_DISABLED"),
            };
            instance_metadata::instance_role(instance, key_is_for, known)
        }
    }
}
