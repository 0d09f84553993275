//! Alibaba ESA `GetClientCertificate` (2024-09-10): one client certificate of a site.
//!
//! | field of the page | where it goes |
//! | --- | --- |
//! | `RequestId` | `request_id` |
//! | `SiteId` | `scope` |
//! | `SiteName` | `details.site_name` |
//! | `Status`, `Result.Status` | `provider_status`, `status` (the worse of the two) |
//! | `Certificate` | parsed; the text itself is of no use to the reader |
//! | `Result.Id` | `id`, `reported_id` |
//! | `Result.Name` | `name` |
//! | `Result.Type` | `details.source` |
//! | `Result.CommonName`, `Result.SAN` | `domains` |
//! | `Result.NotBefore`, `Result.NotAfter` | `not_before`, `not_after` |
//! | `Result.Issuer` | `issuer` |
//! | `Result.SignatureAlgorithm`, `Result.PubkeyAlgorithm` | `signature_algorithm`, `key_algorithm` |
//! | `Result.SerialNumber`, `Result.FingerprintSha256` (newer than the page) | `serial`, `fingerprint_sha256` |
//! | `Result.CACertificateId` | `details.ca_certificate_id` |
//! | `Result.CreateTime`, `Result.UpdateTime` | left out: of no use for validity |
//!
//! Records of `ListClientCertificates` have the fields of `Result`, and no certificate text.

mod list;
mod pem;
mod read;

use std::rc::Rc;

use http::Method;

use super::alibaba::{self, Operation};
use super::error_codes::CodeTable;
use super::listing::ListFlow;
use super::saved::SavedContent;
use super::{
    Access, OneRequest, Permission, Probe, Provider, Settings, Target, Targets, digit_id, per_id,
};
use crate::credentials::{Credential, CurrentKey};
use crate::error::{Error, Kind};
use crate::exchange::{Endpoint, Request, Response, Stamp};
use crate::flags::connection::id_flag;
use crate::flags::{ConfigTable, Flag, FlagRef, Spec, Values, readers};
use crate::json::{Json, Object};
use crate::model::{Expected, Facts, FlagProblem};

/// The registry's entry.
pub const PROVIDER: Provider = Provider {
    name: "esa",
    alias: "alibaba-esa",
    about: "Alibaba ESA: client certificates of a site",
    guide: GUIDE,
    id_flag: &ID,
    id,
    proxied: true,
    flags: FLAGS,
    build_targets,
    access: Access::Keyed {
        sources: alibaba::credential_sources::SOURCES,
        permission: Permission {
            text: "the RAM action esa:GetClientCertificate, for --all esa:ListSites and esa:ListClientCertificates too",
            policy: Some(
                r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["esa:GetClientCertificate","esa:ListClientCertificates","esa:ListSites"],"Resource":"*"}]}"#,
            ),
        },
        probe: Probe {
            id: "00000000000000000000000000000000",
            flags: &[(&SITE_ID, "1")],
        },
    },
    rate_limit: alibaba::RATE_LIMIT,
    codes: &[CODES, alibaba::CODES],
};

const GUIDE: &str = "\
Key, the first that is there: ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, for a temporary key \
also ALIBABA_CLOUD_SECURITY_TOKEN (each also as NAME_FILE, naming a file that holds the value); their older names; \
a profile of the aliyun CLI; ~/.alibabacloud/credentials. `certcheck providers` shows which one it is.

Permission: the RAM action esa:GetClientCertificate, for --all esa:ListClientCertificates and, without --site-id, \
esa:ListSites too.

Examples:
  certcheck esa --site-id 1234567890123 --id baba39055622c008b90285a8838ed09a
  certcheck esa --all
  certcheck esa --from saved.json --json |
    jq '.certificates[] | select(.status==\"EXPIRED\")'";

/// Its own codes, from the operation's page.
const CODES: CodeTable = &[
    ("InvalidParameter.SiteId", Kind::NotFound),
    ("MissingSiteId", Kind::Usage),
    ("Id.MissingParameter", Kind::Usage),
    // Transient by its own words, though it comes with 400.
    ("InternalException", Kind::Unavailable),
    ("Certificate.NotFound", Kind::NotFound),
    // "The specified authentication time is invalid."
    ("Unauthorized.InvalidTime", Kind::Clock),
    ("Unauthorized.InvalidToken", Kind::Credentials),
];

const OPERATION: Operation = Operation {
    action: "GetClientCertificate",
    version: "2024-09-10",
    codes: CODES,
    permission: "esa:GetClientCertificate",
};

const MARKS: &[&str] = &["Result", "Certificate"];

/// What a record has that was split off a list, or off its answer.
const ROW: &[&str] = &["NotAfter", "NotBefore"];

const ID: Flag<String> = id_flag(
    "id",
    "ID",
    "Certificate ID (repeatable, comma-separated; `-` reads one per line from stdin)",
);

const SITE_ID: Flag<String> = Flag {
    spec: Spec {
        variables: &["CERTCHECK_ESA_SITE_ID"],
        sections: &[ConfigTable::Check],
        for_requests: true,
        ..Spec::one("site-id", "ID", "Site ID")
    },
    read: digit_id,
};

const REGION: Flag<String> = Flag {
    spec: Spec {
        variables: &["CERTCHECK_ESA_REGION"],
        sections: &[ConfigTable::Account],
        for_requests: true,
        chooses_host: true,
        default: "cn-hangzhou",
        ..Spec::one("region", "REGION", "Region of the endpoint")
    },
    read: readers::region,
};

const FLAGS: &[FlagRef] = &[&SITE_ID, &REGION];

struct Esa {
    endpoint: Endpoint,
    site: Option<String>,
}

fn build_targets(values: &Values<'_>, settings: &Settings<'_>) -> Result<Targets, FlagProblem> {
    let region = values
        .get(&REGION)
        .unwrap_or_else(|| REGION.spec.default.to_owned());
    let endpoint =
        settings.endpoint_or(|| Endpoint::https(format!("esa.{region}.aliyuncs.com")))?;
    // The site is part of the question; a saved answer brings its own.
    let site = values.get(&SITE_ID);
    if site.is_none() && !(settings.saved || settings.shown || settings.all) {
        return Err(FlagProblem::Missing {
            flag: SITE_ID.id(),
            example: "ID",
        });
    }
    let scope = site.as_ref().map(|site| format!("site {site}"));
    let service = per_id(Esa {
        endpoint: endpoint.clone(),
        site,
    });
    Ok(Target {
        scope,
        endpoint,
        service,
    }
    .into())
}

fn id(text: &str) -> Result<String, Expected> {
    let printable = text.bytes().all(|b| b.is_ascii_graphic());
    if printable && (1..=128).contains(&text.len()) {
        return Ok(text.to_owned());
    }
    Err(Expected::Id(
        "only printable ASCII without spaces, at most 128 characters",
    ))
}

impl OneRequest for Esa {
    fn list(self: Rc<Self>, key: CurrentKey) -> ListFlow {
        let sites = list::all(self.endpoint.clone(), self.site.clone(), key);
        ListFlow::new(false, sites)
    }

    fn request(&self, id: &str, credential: &Credential, stamp: Stamp) -> Result<Request, Error> {
        let parameters = [
            ("SiteId", self.site.as_deref().unwrap_or_default()),
            ("Id", id),
        ];
        alibaba::request(
            &OPERATION,
            Method::GET,
            &self.endpoint,
            &parameters,
            credential,
            stamp,
        )
    }

    fn answer(&self, id: &str, response: &Response) -> Result<Vec<Facts>, Error> {
        let object = alibaba::answer(&OPERATION, response, MARKS)?;
        read::certificate(&object, Some(id), self.site.as_deref())
            .map(|facts| vec![facts])
            .map_err(|error| error.with_status(response.status))
    }

    fn saved(&self, answer: &Json, expected: Option<&str>) -> Result<SavedContent, Error> {
        let site = self.site.as_deref();
        if let Some(page) = list::saved(answer, site)? {
            return Ok(page);
        }
        let is_row = |object: &Object| object.has_any(ROW) && !object.has_any(MARKS);
        let facts = if alibaba::inner(answer).is_some_and(is_row) {
            let row = alibaba::saved(&OPERATION, answer, ROW)?;
            let mut facts = read::listed(row, expected, None);
            // A row does not name its site.
            facts.scope = site.map(|site| format!("site {site}"));
            facts
        } else {
            let record = alibaba::saved(&OPERATION, answer, MARKS)?;
            read::certificate(record, expected, site)?
        };
        Ok(SavedContent::Answer(vec![facts]))
    }
}
