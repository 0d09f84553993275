//! Profiles in Alibaba's files: `~/.aliyun/config.json`, which its CLI writes, and the INI file of the credentials
//! packages. Names, modes and keys are those of the CLI's README and the packages' source.
//!
//! Of CloudSSO and OAuth the key that the CLI has cached is taken while it is valid. To renew it is the CLI's business:
//! that takes the user's browser, and its file would have to be written.

use super::keys::{TEMPORARY, remote};
use crate::adapters::keys::{Found, Looked, Role, Search, Wish};
use crate::adapters::vendor_file::{Entry, Kept, workload_token};
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
fn named(search: &Search<'_>) -> Option<String> {
    let variable = || PROFILE.iter().find_map(|name| search.sources.word(name));
    search.typed.profile.clone().or_else(variable)
}

/// `~/.aliyun/config.json`.
pub(super) fn of_the_cli(search: &Search<'_>) -> Result<Looked, Error> {
    const BELOW: &str = ".aliyun/config.json";
    let nothing = |at: String| Ok(Looked::new(at, Found::Nothing));
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
        .filter(|_| search.typed.profile.is_none())
    {
        return nothing(format!("~/{BELOW} (switched off by {name})"));
    }
    let Some(kept) = Kept::find(search.sources, &["ALIBABA_CLOUD_CONFIG_FILE"], BELOW) else {
        return nothing(format!("~/{BELOW} (HOME is not set)"));
    };
    let Some(file) = kept.object(search.sources)? else {
        return nothing(kept.shown);
    };
    let current = file.text("current").unwrap_or_else(|| "default".to_owned());
    let name = named(search).unwrap_or(current);
    let entry = match kept.profile(search.sources, &file, &name) {
        Ok(entry) => entry,
        Err(at) => return nothing(at),
    };
    let found = in_mode(&entry, search)?;
    Ok(Looked::new(entry.at, found))
}

fn in_mode(entry: &Entry<'_>, search: &Search<'_>) -> Result<Found, Error> {
    let pair = || entry.pair(PAIR, Some(TEMPORARY));
    let key = |key: Option<Credential>| key.map_or(Found::Nothing, Found::Key);
    // Without a mode the CLI goes by what is there.
    let inferred = || match entry.word("ram_role_arn") {
        Some(_) if entry.word("sts_token").is_none() => "RamRoleArn",
        _ => "AK",
    };
    let mode = entry.word("mode").unwrap_or_else(|| inferred().to_owned());
    match mode.as_str() {
        "AK" => pair().map(key),
        "StsToken" => match pair()? {
            Some(key) if key.token().is_none() => Err(entry.broken("sts_token is missing")),
            found => Ok(key(found)),
        },
        "CloudSSO" | "OAuth" => {
            let renew = "run any command of the aliyun CLI with this profile: it renews the key";
            entry.ends("sts_expiration", renew)?;
            match pair()? {
                Some(key) if key.token().is_some() => Ok(Found::Key(key)),
                _ => Err(entry.broken("it has no key yet").with_hint(renew)),
            }
        }
        "RamRoleArn" => match pair()? {
            Some(key) => ask(
                Wish::Role {
                    key,
                    role: role(entry, "ram_role_arn", "ram_session_name")?,
                },
                search,
            ),
            None => Err(entry.broken("the key that takes on its role is missing")),
        },
        "EcsRamRole" => {
            let role = entry.word("ram_role_name");
            ask(Wish::Instance { role }, search)
        }
        "OIDC" => {
            let mut role = role(entry, "ram_role_arn", "ram_session_name")?;
            // The name that the Python package has for it.
            role.session = role.session.or_else(|| entry.word("role_session_name"));
            identity(entry, "oidc_token_file", role, search)
        }
        other => Err(unknown(entry, "mode", other)),
    }
}

/// `~/.alibabacloud/credentials`, which the Go package reads, or `credentials.ini`, which those for Python and Java do.
pub(super) fn of_the_packages(search: &Search<'_>) -> Result<Looked, Error> {
    const VARIABLE: [&str; 1] = ["ALIBABA_CLOUD_CREDENTIALS_FILE"];
    const BELOW: [&str; 2] = [".alibabacloud/credentials", ".alibabacloud/credentials.ini"];
    let name = named(search).unwrap_or_else(|| "default".to_owned());
    let mut files: Vec<Kept> = BELOW
        .iter()
        .filter_map(|below| Kept::find(search.sources, &VARIABLE, below))
        .collect();
    files.dedup_by(|one, other| one.path == other.path);
    for kept in &files {
        // The vendor's samples have comments behind values, and no key of its has a `#`.
        let Some(entry) = kept.section(search.sources, &name, true)? else {
            continue;
        };
        let found = of_type(&entry, search)?;
        if !matches!(found, Found::Nothing) {
            return Ok(Looked::new(entry.at, found));
        }
    }
    let shown: Vec<&str> = files.iter().map(|kept| kept.shown.as_str()).collect();
    let at = if shown.is_empty() {
        "~/.alibabacloud/credentials (HOME is not set)".to_owned()
    } else {
        format!("the section [{name}] in {}", shown.join(" or "))
    };
    Ok(Looked::new(at, Found::Nothing))
}

fn of_type(entry: &Entry<'_>, search: &Search<'_>) -> Result<Found, Error> {
    let pair = || entry.pair(PAIR, Some(TEMPORARY));
    let kind = entry
        .word("type")
        .unwrap_or_else(|| "access_key".to_owned());
    match kind.as_str() {
        "access_key" => Ok(pair()?.map_or(Found::Nothing, Found::Key)),
        "ecs_ram_role" => {
            let role = entry.word("role_name");
            ask(Wish::Instance { role }, search)
        }
        "ram_role_arn" => match pair()? {
            Some(key) => ask(
                Wish::Role {
                    key,
                    role: role(entry, "role_arn", "role_session_name")?,
                },
                search,
            ),
            None => Err(entry.broken("the key that takes on its role is missing")),
        },
        "oidc_role_arn" => {
            let role = role(entry, "role_arn", "role_session_name")?;
            identity(entry, "oidc_token_file_path", role, search)
        }
        other => Err(unknown(entry, "type", other)),
    }
}

fn role(entry: &Entry<'_>, arn: &str, session: &str) -> Result<Role, Error> {
    let seconds = entry.word("expired_seconds");
    Ok(Role {
        arn: entry.needed(arn)?,
        session: entry.word(session),
        seconds: seconds
            .and_then(|text| text.parse().ok())
            .filter(|seconds| *seconds > 0),
        external_id: entry.word("external_id"),
        policy: entry.word("policy"),
        region: entry
            .word("sts_endpoint")
            .or_else(|| entry.word("sts_region")),
    })
}

fn identity(
    entry: &Entry<'_>,
    file: &str,
    role: Role,
    search: &Search<'_>,
) -> Result<Found, Error> {
    let wish = Wish::Identity {
        token: workload_token(search.sources, &entry.needed(file)?)?,
        provider: entry.needed("oidc_provider_arn")?,
        role,
    };
    ask(wish, search)
}

fn ask(wish: Wish, search: &Search<'_>) -> Result<Found, Error> {
    remote(wish, search).map(Found::Ask)
}

/// To go on to another key would be to sign as somebody else.
fn unknown(entry: &Entry<'_>, what: &str, word: &str) -> Error {
    entry
        .broken(&format!("its {what} is {word}, which certcheck cannot use"))
        .quoting(word)
        .with_hint("choose another profile with --profile, or set the variables that hold a key")
}
