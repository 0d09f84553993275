//! Huawei Cloud SCM: v3 `ShowCertificate`, and behind `--legacy` the v2 detail call of the seed page.
//!
//! v3 fields:
//!
//! | field | where it goes |
//! | --- | --- |
//! | `id`, `name`, `status` | `id`, `name`, `provider_status` |
//! | `type`, `brand` | `product` |
//! | `domain`, `sans` | `domains` |
//! | `not_before`, `not_after` | the dates |
//! | `signature_algorithm` (once `signature_algrithm`) | `signature_algorithm` |
//! | `fingerprint` | `fingerprint_sha1` |
//! | `revoke_reason`, `validation_method`, `enterprise_project_id` | `details` |
//! | `issue_time`, `validity_period`, `push_support`, `domain_type`, `multi_domain_type`, `domain_count`, `wildcard_count`, `shared`, `description` | left out: of no use for validity (months bought, capacities, free text) |
//! | `order_id`, `application_info`, `authentification` | left out: order number, personal data, validation values |
//!
//! v2 fields (the seed page):
//!
//! | field | where it goes |
//! | --- | --- |
//! | `cert_id`, `cert_name`, `status` | `id`, `name`, `provider_status` |
//! | `cert_type`, `cert_brand` | `product` |
//! | `domain_name` (twice) | `domains`, both united |
//! | `encrypt_type` | `signature_algorithm` |
//! | `revoke_reason` | `details.revoke_reason` |
//! | `auth[].method`, `auth[].status` | `details.validation_method`, `details.apply_status` |
//! | `cert_describe`, `domain_type`, `domain_number`, `push_support`, `DNS_push_status` | left out: free text, capacities, of no use for validity |
//! | `order_id`, `company_*`, `country`, `organization_unit`, `applicant_*`, `contact_*`, the rest of `auth[]` | left out: order number, personal data, validation values |
//!
//! A record of the v3 list (`ListCertificates`) has the end as `expire_time`, and neither a start nor a fingerprint.
//!
//! Only three GET paths are known here. Neighbours that differ by a verb or a segment delete certificates or hand
//! out private keys.

mod credential_sources;
mod envelope;
pub mod instance_metadata;
mod read;
mod regions;

use std::rc::Rc;

use chrono::{FixedOffset, TimeDelta};
use http::Method;

use super::listing::{self, ListApi, ListFlow, Page, PagedFlow, RecordDetail};
use super::pagination::{PageRequest, PageStyle};
use super::saved::SavedContent;
use super::{
    Access, OneRequest, Permission, Probe, Provider, Settings, Target, Targets, per_id, plain_id,
};
use crate::credentials::{Credential, CurrentKey};
use crate::error::Error;
use crate::exchange::{Endpoint, RateLimit, Request, Response, Stamp};
use crate::flags::connection::{ALL, id_flag};
use crate::flags::{ConfigTable, Flag, FlagRef, Spec, Values, readers};
use crate::json::{Json, Object};
use crate::model::timestamp::{BEIJING, Zone};
use crate::model::{Basis, Facts, FlagProblem};
use crate::sign::{self, encode, sdk_hmac};

/// No limit of SCM's own is published, the gateway's is 200 a second.
const RATE_LIMIT: RateLimit = RateLimit {
    per_second: None,
    in_flight: Some(5),
};

/// The registry's entry.
pub const PROVIDER: Provider = Provider {
    name: "huawei",
    alias: "huawei-scm",
    about: "Huawei Cloud SCM: SSL certificates",
    guide: GUIDE,
    id_flag: &ID,
    id: plain_id,
    proxied: true,
    flags: FLAGS,
    build_targets,
    access: Access::Keyed {
        sources: credential_sources::SOURCES,
        permission: Permission {
            text: "the IAM action scm:cert:get, for --all scm:cert:list too, as a custom policy for global services",
            policy: Some(
                r#"{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["scm:cert:get","scm:cert:list"]}]}"#,
            ),
        },
        probe: Probe {
            id: "scs0000000000000",
            flags: &[],
        },
    },
    rate_limit: RATE_LIMIT,
    codes: &[envelope::CODES],
};

const LIST: &str = "/v3/scm/certificates";

const GUIDE: &str = "\
Key, the first that is there: HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, for a temporary key also \
HUAWEICLOUD_SDK_SECURITY_TOKEN; HW_ACCESS_KEY, HW_SECRET_KEY and HW_SECURITY_TOKEN (each also as NAME_FILE, naming a \
file that holds the value); ~/.huaweicloud/credentials; a profile of KooCLI whose key is not encrypted; an IAM token \
in CERTCHECK_HUAWEI_TOKEN. `certcheck providers` shows which one it is.

Permission: the IAM action scm:cert:get, and scm:cert:list for --all. Huawei's list may end after about 150 \
certificates; then the result is incomplete.

Huawei names no time zone; its times are read as +08:00, and in the 8 hours after such an end the status is \
UNKNOWN. --assume-offset says for sure. The --legacy call has no dates at all.

Examples:
  certcheck huawei --id scs1600000000001
  certcheck huawei --all --domain '*.example.com'
  certcheck huawei --legacy --project-id 0a1b2c3d4e5f60718293a4b5c6d7e8f9 \\
    --id scs1481110651012";

const ID: Flag<String> = id_flag(
    "id",
    "ID",
    "Certificate ID, scs and 13 digits (repeatable, comma-separated; `-` reads one per line from stdin)",
);

const LEGACY: Flag<bool> = Flag {
    spec: Spec {
        sections: &[ConfigTable::Check],
        ..Spec::switch(
            "legacy",
            "The v2 call, which Huawei is about to discard and which has no dates",
        )
    },
    read: readers::switch,
};

const PROJECT_ID: Flag<String> = Flag {
    spec: Spec {
        variables: &["HUAWEICLOUD_SDK_PROJECT_ID", "HW_PROJECT_ID"],
        sections: &[ConfigTable::Account],
        for_requests: true,
        ..Spec::one("project-id", "ID", "Project ID; needed by --legacy")
    },
    read: plain_id,
};

const DOMAIN_ID: Flag<String> = Flag {
    spec: Spec {
        variables: &["HUAWEICLOUD_SDK_DOMAIN_ID", "HW_DOMAIN_ID"],
        sections: &[ConfigTable::Account],
        for_requests: true,
        ..Spec::one(
            "domain-id",
            "ID",
            "Account (domain) ID, sent along when given",
        )
    },
    read: plain_id,
};

const REGION: Flag<String> = Flag {
    spec: Spec {
        variables: &["CERTCHECK_HUAWEI_REGION"],
        sections: &[ConfigTable::Account],
        for_requests: true,
        chooses_host: true,
        default: regions::CHINA,
        ..Spec::one("region", "REGION", "Region; it chooses the site")
    },
    read: readers::region,
};

const ASSUME_OFFSET: Flag<FixedOffset> = Flag {
    spec: Spec {
        hyphen: true,
        sections: &[ConfigTable::Account],
        ..Spec::one(
            "assume-offset",
            "OFFSET",
            "UTC offset of Huawei's times, if you know it",
        )
    },
    read: readers::utc_offset,
};

const FLAGS: &[FlagRef] = &[&LEGACY, &PROJECT_ID, &DOMAIN_ID, &REGION, &ASSUME_OFFSET];

/// Where a question goes and what goes with it.
struct Scm {
    endpoint: Endpoint,
    /// Whether its keys are those of the European cloud.
    european: bool,
    legacy: bool,
    project_id: Option<String>,
    domain_id: Option<String>,
    zone: Zone,
}

fn build_targets(values: &Values<'_>, settings: &Settings<'_>) -> Result<Targets, FlagProblem> {
    let named = values.get(&REGION);
    let region = named.as_deref().unwrap_or(regions::CHINA);
    let region = regions::site_region(region, settings.endpoint.is_some()).map_err(|expected| {
        FlagProblem::Value {
            flag: REGION.id(),
            expected,
        }
    })?;
    let endpoint = settings.endpoint_or(|| Endpoint::https(regions::host(&region)))?;
    let scope = match (settings.saved, settings.endpoint.is_some()) {
        (true, _) => named.map(|_| region.clone()),
        (false, true) => Some(endpoint.authority()),
        (false, false) => Some(region.clone()),
    };
    let project_id = values.get(&PROJECT_ID);
    let legacy = values.is_on(&LEGACY);
    if legacy && settings.all {
        return Err(FlagProblem::NoList {
            flag: LEGACY.id(),
            all: ALL.id(),
        });
    }
    if legacy && project_id.is_none() && !settings.saved {
        return Err(FlagProblem::Requires {
            flag: LEGACY.id(),
            needed: PROJECT_ID.id(),
            example: "ID",
        });
    }
    let scm = Scm {
        european: regions::is_european(&region, &endpoint),
        endpoint: endpoint.clone(),
        legacy,
        project_id,
        domain_id: values.get(&DOMAIN_ID),
        zone: zone(values.get(&ASSUME_OFFSET)),
    };
    Ok(Target {
        scope,
        endpoint,
        service: per_id(scm),
    }
    .into())
}

/// +08:00 is the earliest of all that Huawei's texts can mean; UTC is the latest.
fn zone(configured: Option<FixedOffset>) -> Zone {
    match configured {
        Some(offset) => Zone::certain(offset, Basis::Configured),
        None => Zone {
            offset: BEIJING,
            earlier: TimeDelta::zero(),
            later: TimeDelta::hours(8),
            basis: Basis::Assumed,
        },
    }
}

impl OneRequest for Scm {
    fn list(self: Rc<Self>, key: CurrentKey) -> ListFlow {
        ListFlow::new(false, PagedFlow::new(self, key))
    }

    fn records(&self) -> RecordDetail {
        RecordDetail::WithoutStart
    }

    fn realm(&self) -> String {
        let name = if self.european { "eu" } else { "com" };
        name.to_owned()
    }

    fn request(&self, id: &str, credential: &Credential, stamp: Stamp) -> Result<Request, Error> {
        let project = self.project_id.as_deref();
        let (target, action) = match (self.legacy, project) {
            (true, Some(project)) => (format!("/v2/{project}/scm/cert/{id}"), "legacy detail"),
            _ => (format!("/v3/scm/certificates/{id}"), "ShowCertificate"),
        };
        self.get(&target, "", action, credential, stamp)
    }

    fn answer(&self, id: &str, response: &Response) -> Result<Vec<Facts>, Error> {
        let (object, request_id) = envelope::object(response, self.legacy)?;
        Ok(vec![read::certificate(
            &object,
            Some(id),
            &self.zone,
            request_id,
        )])
    }

    fn saved(&self, answer: &Json, expected: Option<&str>) -> Result<SavedContent, Error> {
        let object = envelope::saved(answer)?;
        if envelope::is_list(object) {
            return self
                .listed(object, None)
                .map(|page| SavedContent::Page(None, page));
        }
        let read = if envelope::is_listed(object) {
            read::listed(object, expected, &self.zone, None)
        } else {
            read::certificate(object, expected, &self.zone, None)
        };
        Ok(SavedContent::Answer(vec![read]))
    }
}

impl Scm {
    fn listed(&self, list: &Object, request_id: Option<String>) -> Result<Page, Error> {
        listing::page(list, ["certificates", "total_count"], |record| {
            read::listed(record, None, &self.zone, request_id.clone())
        })
    }

    /// A read call, signed for one try, or with a token that carries its scope.
    fn get(
        &self,
        path: &str,
        query: &str,
        action: &'static str,
        credential: &Credential,
        stamp: Stamp,
    ) -> Result<Request, Error> {
        let mark = if query.is_empty() { "" } else { "?" };
        let whole = format!("{path}{mark}{query}");
        if let Some(token) = credential.ready_token() {
            // It carries its scope.
            let mut request = Request::new(Method::GET, &self.endpoint, whole, action);
            request.header("accept", "application/json")?;
            request.secret_header("x-auth-token", token)?;
            return Ok(request);
        }
        let (authority, date) = (
            self.endpoint.authority(),
            stamp.time.format("%Y%m%dT%H%M%SZ").to_string(),
        );
        let mut headers = vec![("host", authority.as_str()), ("x-sdk-date", date.as_str())];
        let project = self.project_id.as_deref();
        match (self.legacy, self.domain_id.as_deref(), project) {
            (false, Some(domain), _) => headers.push(("x-domain-id", domain)),
            (_, _, Some(project)) => headers.push(("x-project-id", project)),
            _ => {}
        }
        headers.extend(credential.token().map(|token| ("x-security-token", token)));
        let signable = sign::SignableRequest {
            method: "GET",
            path,
            query,
            headers: &headers,
            body: b"",
        };
        let signed = sdk_hmac::sign(&signable, &date, &credential.key());
        let mut request = Request::new(Method::GET, &self.endpoint, whole, action);
        request.header("accept", "application/json")?;
        for (name, value) in headers.into_iter().filter(|(name, _)| *name != "host") {
            match name {
                "x-sdk-date" => request.header(name, value)?,
                _ => request.secret_header(name, value)?,
            }
        }
        request.secret_header("authorization", &signed.authorization)?;
        Ok(request)
    }
}

impl ListApi for Scm {
    const STYLE: PageStyle = PageStyle::Offset;
    /// The documented ones, and no other.
    const SIZES: &'static [usize] = &[50, 20, 10];

    /// What ends first comes first: the list may be cut.
    fn page(&self, page: &PageRequest, key: &CurrentKey, stamp: Stamp) -> Result<Request, Error> {
        let (limit, offset) = (page.size.to_string(), page.position.to_string());
        let query = encode::query(&[
            ("limit", &limit),
            ("offset", &offset),
            ("sort_dir", "ASC"),
            ("sort_key", "certExpiredTime"),
        ]);
        self.get(LIST, &query, "ListCertificates", &key.get(), stamp)
    }

    fn read_page(&self, response: &Response) -> Result<Page, Error> {
        let (list, request_id) = envelope::list(response)?;
        self.listed(&list, request_id)
    }
}
