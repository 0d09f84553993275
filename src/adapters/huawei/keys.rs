//! Where Huawei's tools keep keys: the SDK's variables, Terraform's, the SDK's file, KooCLI's profiles, the machine's
//! agency; last a ready IAM token, which no tool keeps anywhere.

use super::metadata::agency;
use crate::adapters::keys::{Found, Looked, Place, Search};
use crate::adapters::vendor_file::{Entry, Kept};
use crate::credentials::{KeyVariables, broken};
use crate::error::Error;

/// All places, in the order of the search.
pub const PLACES: &[Place] = &[
    Place::Variables(&[KeyVariables {
        id: "HUAWEICLOUD_SDK_AK",
        secret: "HUAWEICLOUD_SDK_SK",
        tokens: &["HUAWEICLOUD_SDK_SECURITY_TOKEN"],
        temporary_prefix: None,
    }]),
    Place::Variables(&[KeyVariables {
        id: "HW_ACCESS_KEY",
        secret: "HW_SECRET_KEY",
        tokens: &["HW_SECURITY_TOKEN"],
        temporary_prefix: None,
    }]),
    Place::File(of_the_sdk),
    Place::Profile(of_koocli),
    Place::Instance(machine),
    Place::Token("CERTCHECK_HUAWEI_TOKEN"),
];

/// Its sections are the SDK's classes of credentials, not profiles: for services of a region, and for global ones.
fn of_the_sdk(search: &Search<'_>) -> Result<Looked, Error> {
    const BELOW: &str = ".huaweicloud/credentials";
    const VARIABLE: [&str; 1] = ["HUAWEICLOUD_SDK_CREDENTIALS_FILE"];
    let Some(kept) = Kept::find(search.sources, &VARIABLE, BELOW) else {
        let at = format!("~/{BELOW} (HOME is not set)");
        return Ok(Looked::new(at, Found::Nothing));
    };
    for class in ["basic", "global"] {
        let Some(entry) = kept.section(search.sources, class, false)? else {
            continue;
        };
        if let Some(key) = entry.pair(["ak", "sk", "security_token"], None)? {
            return Ok(Looked::key(entry.at, Some(key)));
        }
    }
    let at = format!("the sections [basic] and [global] in {}", kept.shown);
    Ok(Looked::new(at, Found::Nothing))
}

/// `~/.hcloud/config.json`, which Terraform reads too.
fn of_koocli(search: &Search<'_>) -> Result<Looked, Error> {
    const BELOW: &str = ".hcloud/config.json";
    let Some(kept) = Kept::find(search.sources, &["HW_SHARED_CONFIG_FILE"], BELOW) else {
        let at = format!("~/{BELOW} (HOME is not set)");
        return Ok(Looked::new(at, Found::Nothing));
    };
    let Some(file) = kept.object(search.sources)? else {
        return Ok(Looked::new(kept.shown, Found::Nothing));
    };
    let typed = search.typed.profile.clone();
    let named = typed.or_else(|| search.sources.word("HW_PROFILE"));
    let current = || file.text("current").unwrap_or_else(|| "default".to_owned());
    let name = named.unwrap_or_else(current);
    let entry = match kept.profile(search.sources, &file, &name) {
        Ok(entry) => entry,
        Err(at) => return Ok(Looked::new(at, Found::Nothing)),
    };
    let found = in_mode(&entry, file.text("authEncrypt").as_deref(), search)?;
    Ok(Looked::new(entry.at, found))
}

fn in_mode(
    entry: &Entry<'_>,
    encrypted: Option<&str>,
    search: &Search<'_>,
) -> Result<Found, Error> {
    let mode = entry.word("mode").unwrap_or_else(|| "AKSK".to_owned());
    match mode.as_str() {
        "AKSK" => {
            let pair = entry.pair(["accessKeyId", "secretAccessKey", "securityToken"], None)?;
            let Some(key) = pair else {
                return Ok(Found::Nothing);
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
                return Err(entry.broken("KooCLI has encrypted its key").with_hint(
                    "run: hcloud configure set --cli-auth-encrypt=false; or set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK",
                ));
            }
            Ok(Found::Key(key))
        }
        "ecsAgency" => agency(search.endpoint, search.known).map(Found::Ask),
        other => Err(entry
            .broken(&format!("its mode is {other}, which certcheck cannot use"))
            .quoting(other)
            .with_hint(
                "choose another profile with --profile, or set the variables that hold a key",
            )),
    }
}

/// Outside the cloud its address does not answer: it is asked on request only.
fn machine(search: &Search<'_>) -> Result<Looked, Error> {
    match search.typed.instance_role.as_deref() {
        None => {
            let at = "the agency of this machine (only with --instance-role)";
            Ok(Looked::new(at, Found::Nothing))
        }
        Some("") => {
            let found = agency(search.endpoint, search.known)?;
            Ok(Looked::new("the agency of this machine", Found::Ask(found)))
        }
        Some(_) => Err(
            broken("a machine has one agency here, and no name for it".to_owned())
                .with_hint("give --instance-role without a name"),
        ),
    }
}
