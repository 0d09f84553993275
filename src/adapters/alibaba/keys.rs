//! Where Alibaba's tools keep keys: the places that both of its providers search.
//!
//! The order is that of the vendor's credentials packages: variables, a workload's token, the CLI's profiles, the
//! INI file, the machine's role. Unlike them this stops at half a pair, and asks the machine only when told to.

use super::profiles;
use crate::adapters::entry::workload_token;
use crate::adapters::keys::{Found, Looked, Place, Remote, Role, Search, Wish, all_of};
use crate::credentials::{KeyVariables, broken};
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
pub const PLACES: &[Place] = &[
    Place::Variables(VARIABLES),
    Place::Other(workload),
    Place::Profile(profiles::of_the_cli),
    Place::Profile(profiles::of_the_packages),
    Place::Instance(machine),
];

/// What a pod is given for its service account. A role alone is set for other tools too.
fn workload(search: &Search<'_>) -> Result<Looked, Error> {
    const PROVIDER: &str = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN";
    const TOKEN: &str = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";
    let names = ["ALIBABA_CLOUD_ROLE_ARN", PROVIDER, TOKEN];
    let at = TOKEN;
    let said = all_of(search.sources, names, &[PROVIDER, TOKEN])?;
    let Some([arn, provider, path]) = said else {
        return Ok(Looked::new(at, Found::Nothing));
    };
    let wish = Wish::Identity {
        token: workload_token(search.sources, &path)?,
        provider,
        role: Role {
            arn,
            session: search.sources.word("ALIBABA_CLOUD_ROLE_SESSION_NAME"),
            region: search.sources.word("ALIBABA_CLOUD_STS_REGION"),
            ..Role::default()
        },
    };
    Ok(Looked::new(at, Found::Ask(remote(wish, search)?)))
}

/// Outside the cloud its address does not answer: it is asked on request only.
fn machine(search: &Search<'_>) -> Result<Looked, Error> {
    const VARIABLE: &str = "ALIBABA_CLOUD_ECS_METADATA";
    let asked = match &search.typed.instance_role {
        Some(role) => Some(role.clone()),
        None => search.sources.word(VARIABLE),
    };
    let Some(role) = asked else {
        let at = format!("the role of this machine (only with --instance-role or {VARIABLE})");
        return Ok(Looked::new(at, Found::Nothing));
    };
    let role = Some(role).filter(|role| !role.is_empty());
    let found = remote(Wish::Instance { role }, search)?;
    Ok(Looked::new("the role of this machine", Found::Ask(found)))
}

/// The conversation that brings a temporary key.
pub(super) fn remote(wish: Wish, _: &Search<'_>) -> Result<Remote, Error> {
    let what = match wish {
        Wish::Role { role, .. } => format!("the role {}", role.arn),
        Wish::Identity { role, .. } => format!("the token for the role {}", role.arn),
        Wish::Instance { .. } => "the role of this machine".to_owned(),
    };
    Err(broken(format!("{what} cannot be used yet"))
        .with_hint("set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET"))
}
