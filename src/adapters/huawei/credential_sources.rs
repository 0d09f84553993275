//! Where Huawei's tools keep keys: the SDK's variables, Terraform's, the SDK's file, KooCLI's profiles, the machine's
//! agency; last a ready IAM token, which no tool keeps anywhere.

use super::instance_metadata::agency;
use crate::adapters::credential_chain::{CredentialSource, KeySearch, Lookup, LookupResult};
use crate::adapters::vendor_file::{Profile, VendorFile};
use crate::credentials::{KeyVariables, broken};
use crate::error::Error;

/// All places, in the order of the search.
pub const SOURCES: &[CredentialSource] = &[
    CredentialSource::Variables(&[KeyVariables {
        id: "HUAWEICLOUD_SDK_AK",
        secret: "HUAWEICLOUD_SDK_SK",
        tokens: &["HUAWEICLOUD_SDK_SECURITY_TOKEN"],
        temporary_prefix: None,
    }]),
    CredentialSource::Variables(&[KeyVariables {
        id: "HW_ACCESS_KEY",
        secret: "HW_SECRET_KEY",
        tokens: &["HW_SECURITY_TOKEN"],
        temporary_prefix: None,
    }]),
    CredentialSource::File(sdk_file),
    CredentialSource::Profile(koocli_profile),
    CredentialSource::Instance(instance),
    CredentialSource::Token("CERTCHECK_HUAWEI_TOKEN"),
];

/// Its sections are the SDK's classes of credentials, not profiles: for services of a region, and for global ones.
fn sdk_file(search: &KeySearch<'_>) -> Result<Lookup, Error> {
    const BELOW: &str = ".huaweicloud/credentials";
    const VARIABLE: [&str; 1] = ["HUAWEICLOUD_SDK_CREDENTIALS_FILE"];
    let Some(file) = VendorFile::find(search.sources, &VARIABLE, BELOW) else {
        let at = format!("~/{BELOW} (HOME is not set)");
        return Ok(Lookup::new(at, LookupResult::Nothing));
    };
    for class in ["basic", "global"] {
        let Some(profile) = file.section(search.sources, class, false)? else {
            continue;
        };
        if let Some(key) = profile.pair(["ak", "sk", "security_token"], None)? {
            return Ok(Lookup::key(profile.at, Some(key)));
        }
    }
    let at = format!("the sections [basic] and [global] in {}", file.shown);
    Ok(Lookup::new(at, LookupResult::Nothing))
}

/// `~/.hcloud/config.json`, which Terraform reads too.
fn koocli_profile(search: &KeySearch<'_>) -> Result<Lookup, Error> {
    const BELOW: &str = ".hcloud/config.json";
    let Some(file) = VendorFile::find(search.sources, &["HW_SHARED_CONFIG_FILE"], BELOW) else {
        let at = format!("~/{BELOW} (HOME is not set)");
        return Ok(Lookup::new(at, LookupResult::Nothing));
    };
    let Some(content) = file.object(search.sources)? else {
        return Ok(Lookup::new(file.shown, LookupResult::Nothing));
    };
    let typed = search.sign_in.profile.clone();
    let named = typed.or_else(|| search.sources.word("HW_PROFILE"));
    let current = || {
        content
            .text("current")
            .unwrap_or_else(|| "default".to_owned())
    };
    let name = named.unwrap_or_else(current);
    let profile = match file.profile(search.sources, &content, &name) {
        Ok(profile) => profile,
        Err(at) => return Ok(Lookup::new(at, LookupResult::Nothing)),
    };
    let found = in_mode(&profile, content.text("authEncrypt").as_deref(), search)?;
    Ok(Lookup::new(profile.at, found))
}

fn in_mode(
    profile: &Profile<'_>,
    encrypted: Option<&str>,
    search: &KeySearch<'_>,
) -> Result<LookupResult, Error> {
    let mode = profile.get("mode").unwrap_or_else(|| "AKSK".to_owned());
    match mode.as_str() {
        "AKSK" => {
            let pair = profile.pair(["accessKeyId", "secretAccessKey", "securityToken"], None)?;
            let Some(key) = pair else {
                return Ok(LookupResult::Nothing);
            };
            // What is encrypted would be refused like a wrong key, and a few of those lock the address out. Older
            // files do not say whether they are.
            let plain =
                |text: &str| text.len() <= 40 && text.bytes().all(|b| b.is_ascii_alphanumeric());
            let readable = match encrypted {
                Some(word) => word.eq_ignore_ascii_case("false"),
                None => plain(key.id()),
            };
            if !readable {
                return Err(profile.broken("KooCLI has encrypted its key").with_hint(
                    "run: hcloud configure set --cli-auth-encrypt=false; or set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK",
                ));
            }
            Ok(LookupResult::Key(key))
        }
        "ecsAgency" => agency(search.endpoint, search.known).map(LookupResult::Issuer),
        other => Err(profile
            .broken(&format!("its mode is {other}, which certcheck cannot use"))
            .quoting(other)
            .with_hint(
                "choose another profile with --profile, or set the variables that hold a key",
            )),
    }
}

/// Outside the cloud its address does not answer: it is asked on request only.
fn instance(search: &KeySearch<'_>) -> Result<Lookup, Error> {
    match search.sign_in.instance_role.as_deref() {
        None => {
            let at = "the agency of this machine (only with --instance-role)";
            Ok(Lookup::new(at, LookupResult::Nothing))
        }
        Some("") => {
            let found = agency(search.endpoint, search.known)?;
            Ok(Lookup::new(
                "the agency of this machine",
                LookupResult::Issuer(found),
            ))
        }
        Some(_) => Err(
            broken("a machine has one agency here, and no name for it".to_owned())
                .with_hint("give --instance-role without a name"),
        ),
    }
}
