//! Profiles in Alibaba's files: `~/.aliyun/config.json`, which its CLI writes, and the INI file of the credentials
//! packages. Names, modes and keys are those of the CLI's README and the packages' source.
//!
//! Of CloudSSO and OAuth the key that the CLI has cached is taken while it is valid. To renew it is the CLI's business:
//! that takes the user's browser, and its file would have to be written.

use super::credential_sources::{TEMPORARY, issuer};
use crate::adapters::credential_chain::{
    KeySearch, Lookup, LookupResult, Role, TemporaryKeyRequest,
};
use crate::adapters::vendor_file::{Profile, VendorFile, workload_token};
use crate::credentials::Credential;
use crate::error::Error;

/// In both files the keys have the same names; an INI file has no token.
const PAIR: [&str; 3] = ["access_key_id", "access_key_secret", "sts_token"];
/// The variables that name a profile, the CLI's own first.
const PROFILE: [&str; 3] = [
    "ALIBABA_CLOUD_PROFILE",
    "ALIBABACLOUD_PROFILE",
    "ALICLOUD_PROFILE",
];

/// The profile that was typed or that a variable names.
fn named(search: &KeySearch<'_>) -> Option<String> {
    let variable = || PROFILE.iter().find_map(|name| search.sources.word(name));
    search.sign_in.profile.clone().or_else(variable)
}

/// `~/.aliyun/config.json`.
pub(super) fn cli_profile(search: &KeySearch<'_>) -> Result<Lookup, Error> {
    const BELOW: &str = ".aliyun/config.json";
    let nothing = |at: String| Ok(Lookup::new(at, LookupResult::Nothing));
    let off = [
        "ALIBABA_CLOUD_CLI_PROFILE_DISABLED",
        "ALIBABA_CLOUD_IGNORE_PROFILE",
    ];
    let is_on = |name: &&&str| {
        let word = search.sources.word(name);
        word.is_some_and(|word| word.eq_ignore_ascii_case("true"))
    };
    if let Some(name) = off
        .iter()
        .find(is_on)
        .filter(|_| search.sign_in.profile.is_none())
    {
        return nothing(format!("~/{BELOW} (switched off by {name})"));
    }
    let Some(file) = VendorFile::find(search.sources, &["ALIBABA_CLOUD_CONFIG_FILE"], BELOW) else {
        return nothing(format!("~/{BELOW} (HOME is not set)"));
    };
    let Some(content) = file.object(search.sources)? else {
        return nothing(file.shown);
    };
    let current = content
        .text("current")
        .unwrap_or_else(|| "default".to_owned());
    let name = named(search).unwrap_or(current);
    let profile = match file.profile(search.sources, &content, &name) {
        Ok(profile) => profile,
        Err(at) => return nothing(at),
    };
    let found = in_mode(&profile, search)?;
    Ok(Lookup::new(profile.at, found))
}

fn in_mode(profile: &Profile<'_>, search: &KeySearch<'_>) -> Result<LookupResult, Error> {
    let pair = || profile.pair(PAIR, Some(TEMPORARY));
    let key = |key: Option<Credential>| key.map_or(LookupResult::Nothing, LookupResult::Key);
    // Without a mode the CLI goes by what is there.
    let inferred = || match profile.get("ram_role_arn") {
        Some(_) if profile.get("sts_token").is_none() => "RamRoleArn",
        _ => "AK",
    };
    let mode = profile.get("mode").unwrap_or_else(|| inferred().to_owned());
    match mode.as_str() {
        "AK" => pair().map(key),
        "StsToken" => match pair()? {
            Some(key) if key.token().is_none() => Err(profile.broken("sts_token is missing")),
            found => Ok(key(found)),
        },
        "CloudSSO" | "OAuth" => {
            let renew = "run any command of the aliyun CLI with this profile: it renews the key";
            profile.expiry("sts_expiration", renew)?;
            match pair()? {
                Some(key) if key.token().is_some() => Ok(LookupResult::Key(key)),
                _ => Err(profile.broken("it has no key yet").with_hint(renew)),
            }
        }
        "RamRoleArn" => match pair()? {
            Some(key) => issued(
                TemporaryKeyRequest::Role {
                    key,
                    role: role(profile, "ram_role_arn", "ram_session_name")?,
                },
                search,
            ),
            None => Err(profile.broken("the key that takes on its role is missing")),
        },
        "EcsRamRole" => {
            let role = profile.get("ram_role_name");
            issued(TemporaryKeyRequest::Instance { role }, search)
        }
        "OIDC" => {
            let mut role = role(profile, "ram_role_arn", "ram_session_name")?;
            // The name that the Python package has for it.
            role.session = role.session.or_else(|| profile.get("role_session_name"));
            identity(profile, "oidc_token_file", role, search)
        }
        other => Err(unknown(profile, "mode", other)),
    }
}

/// `~/.alibabacloud/credentials`, which the Go package reads, or `credentials.ini`, which those for Python and Java do.
pub(super) fn sdk_profile(search: &KeySearch<'_>) -> Result<Lookup, Error> {
    const VARIABLE: [&str; 1] = ["ALIBABA_CLOUD_CREDENTIALS_FILE"];
    const BELOW: [&str; 2] = [".alibabacloud/credentials", ".alibabacloud/credentials.ini"];
    let name = named(search).unwrap_or_else(|| "default".to_owned());
    let mut files: Vec<VendorFile> = BELOW
        .iter()
        .filter_map(|nested| VendorFile::find(search.sources, &VARIABLE, nested))
        .collect();
    files.dedup_by(|one, other| one.path == other.path);
    for file in &files {
        // The vendor's samples have comments behind values, and no key of its has a `#`.
        let Some(profile) = file.section(search.sources, &name, true)? else {
            continue;
        };
        let found = of_type(&profile, search)?;
        if !matches!(found, LookupResult::Nothing) {
            return Ok(Lookup::new(profile.at, found));
        }
    }
    let shown: Vec<&str> = files.iter().map(|file| file.shown.as_str()).collect();
    let at = if shown.is_empty() {
        "~/.alibabacloud/credentials (HOME is not set)".to_owned()
    } else {
        format!("the section [{name}] in {}", shown.join(" or "))
    };
    Ok(Lookup::new(at, LookupResult::Nothing))
}

fn of_type(profile: &Profile<'_>, search: &KeySearch<'_>) -> Result<LookupResult, Error> {
    let pair = || profile.pair(PAIR, Some(TEMPORARY));
    let kind = profile
        .get("type")
        .unwrap_or_else(|| "access_key".to_owned());
    match kind.as_str() {
        "access_key" => Ok(pair()?.map_or(LookupResult::Nothing, LookupResult::Key)),
        "ecs_ram_role" => {
            let role = profile.get("role_name");
            issued(TemporaryKeyRequest::Instance { role }, search)
        }
        "ram_role_arn" => match pair()? {
            Some(key) => issued(
                TemporaryKeyRequest::Role {
                    key,
                    role: role(profile, "role_arn", "role_session_name")?,
                },
                search,
            ),
            None => Err(profile.broken("the key that takes on its role is missing")),
        },
        "oidc_role_arn" => {
            let role = role(profile, "role_arn", "role_session_name")?;
            identity(profile, "oidc_token_file_path", role, search)
        }
        other => Err(unknown(profile, "type", other)),
    }
}

fn role(profile: &Profile<'_>, arn: &str, session: &str) -> Result<Role, Error> {
    let seconds = profile.get("expired_seconds");
    Ok(Role {
        arn: profile.require(arn)?,
        session: profile.get(session),
        seconds: seconds
            .and_then(|text| text.parse().ok())
            .filter(|seconds| *seconds > 0),
        external_id: profile.get("external_id"),
        policy: profile.get("policy"),
        region: profile
            .get("sts_endpoint")
            .or_else(|| profile.get("sts_region")),
    })
}

fn identity(
    profile: &Profile<'_>,
    token_key: &str,
    role: Role,
    search: &KeySearch<'_>,
) -> Result<LookupResult, Error> {
    let request = TemporaryKeyRequest::Identity {
        token: workload_token(search.sources, &profile.require(token_key)?)?,
        provider: profile.require("oidc_provider_arn")?,
        role,
    };
    issued(request, search)
}

fn issued(request: TemporaryKeyRequest, search: &KeySearch<'_>) -> Result<LookupResult, Error> {
    issuer(request, search).map(LookupResult::Issuer)
}

/// To go on to another key would be to sign as somebody else.
fn unknown(profile: &Profile<'_>, what: &str, word: &str) -> Error {
    profile
        .broken(&format!("its {what} is {word}, which certcheck cannot use"))
        .quoting(word)
        .with_hint("choose another profile with --profile, or set the variables that hold a key")
}
