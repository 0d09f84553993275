//! Where Tencent's tools keep keys: variables, the SDK's file, tccli's profiles, a pod's token, the machine's role.
//!
//! Each tool has its own name for the session token (tccli, the Node SDK, Terraform), and its own for a role.

use super::{metadata, sts, tccli};
use crate::adapters::keys::{Found, Looked, Place, Remote, Role, Search, Wish, all_of, one_of};
use crate::adapters::metadata::Machine;
use crate::adapters::vendor_file::{Kept, workload_token};
use crate::credentials::{Credential, KeyVariables};
use crate::error::Error;

/// All places, in the order of the search.
pub const PLACES: &[Place] = &[
    Place::VariablesFor(
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
        for_the_role,
    ),
    Place::File(of_the_sdk),
    Place::Profile(tccli::profile),
    Place::Other(workload),
    Place::Instance(machine),
];

/// The key itself, or the role that variables name (tccli's, Terraform's) and that it is to take on.
fn for_the_role(key: Credential, search: &Search<'_>) -> Result<Found, Error> {
    let said = |names: [&str; 2]| one_of(search.sources, &names);
    let arn = said(["TENCENTCLOUD_ROLE_ARN", "TENCENTCLOUD_ASSUME_ROLE_ARN"])?;
    let Some(arn) = arn else {
        return Ok(Found::Key(key));
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
    remote(Wish::Role { key, role }, search).map(Found::Ask)
}

/// The user's own file before the machine's, as most of the SDKs read them. Its section is always the same one.
fn of_the_sdk(search: &Search<'_>) -> Result<Looked, Error> {
    const BELOW: &str = ".tencentcloud/credentials";
    const SHARED: &str = "/etc/tencentcloud/credentials";
    const VARIABLE: &str = "TENCENTCLOUD_CREDENTIALS_FILE";
    let own = Kept::find(search.sources, &[VARIABLE], BELOW);
    let shared = search
        .sources
        .word(VARIABLE)
        .is_none()
        .then(|| Kept::shared(SHARED));
    let files: Vec<Kept> = own.into_iter().chain(shared).collect();
    for kept in &files {
        let Some(entry) = kept.section(search.sources, "default", false)? else {
            continue;
        };
        if let Some(key) = entry.pair(["secret_id", "secret_key", "token"], None)? {
            return Ok(Looked::key(entry.at, Some(key)));
        }
    }
    let shown: Vec<&str> = files.iter().map(|kept| kept.shown.as_str()).collect();
    Ok(Looked::new(shown.join(" or "), Found::Nothing))
}

/// What a pod of Tencent's Kubernetes is given for its service account. A region alone says nothing.
fn workload(search: &Search<'_>) -> Result<Looked, Error> {
    let names = [
        "TKE_REGION",
        "TKE_PROVIDER_ID",
        "TKE_WEB_IDENTITY_TOKEN_FILE",
        "TKE_ROLE_ARN",
    ];
    let at = names[2];
    let Some([region, provider, path, arn]) = all_of(search.sources, names, &names[1..])? else {
        return Ok(Looked::new(at, Found::Nothing));
    };
    let wish = Wish::Identity {
        token: workload_token(search.sources, &path)?,
        provider,
        role: Role {
            arn,
            region: Some(region),
            ..Role::default()
        },
    };
    Ok(Looked::new(at, Found::Ask(remote(wish, search)?)))
}

/// Outside the cloud its name does not resolve, and the SDKs hang: it is asked on request only.
fn machine(search: &Search<'_>) -> Result<Looked, Error> {
    let Some(role) = search.typed.instance_role.clone() else {
        let at = "the role of this machine (only with --instance-role)";
        return Ok(Looked::new(at, Found::Nothing));
    };
    let role = Some(role).filter(|role| !role.is_empty());
    let found = remote(Wish::Instance { role }, search)?;
    Ok(Looked::new("the role of this machine", Found::Ask(found)))
}

/// The conversation that brings a temporary key.
pub(super) fn remote(wish: Wish, search: &Search<'_>) -> Result<Remote, Error> {
    let (key_is_for, known) = (search.endpoint, search.known);
    match wish {
        Wish::Role { key, role } => Ok(sts::assume_role(key_is_for, role, key, known)),
        Wish::Identity {
            token,
            provider,
            role,
        } => Ok(sts::assume_role_with_web_identity(
            key_is_for, role, provider, token, known,
        )),
        Wish::Instance { role } => {
            let machine = Machine {
                role,
                ..Machine::default()
            };
            metadata::instance_role(machine, key_is_for, known)
        }
    }
}
