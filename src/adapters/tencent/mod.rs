//! Tencent Cloud SSL `DescribeCertificate` and `DescribeCertificates` (2019-12-05). A record of the list has every
//! field that is read of a single answer.
//!
//! | field of the page | where it goes |
//! | --- | --- |
//! | `CertificateId`, `Alias`, `RequestId` | `id`, `name`, `request_id` |
//! | `CertificateType` | `kind` |
//! | `Domain`, `SubjectAltName`, `CACommonNames` | `domains` |
//! | `PackageTypeName` | `product` |
//! | `ProductZhName` | `issuer` |
//! | `Status` | `provider_status`, `status` |
//! | `CertBeginTime`, `CertEndTime`, `CAEndTimes` | the dates; for a CA bundle the earliest end, all of them in `details.ca_end_times` |
//! | `CAEncryptAlgorithms` | `key_algorithm` |
//! | `From`, `StatusMsg`, `VerifyType`, `Tags` | `details` |
//! | `CertificateExtra.ReplacedBy`, `.ReplacedFor`, `.RenewOrder` | `details`: they point to successors |
//! | `StatusName`, `PackageType`, `ValidityPeriod`, `InsertTime` | left out: localised or numbered twins, months bought, of no use for validity |
//! | the rest of `CertificateExtra`, `IsVip`, `IsWildcard`, `IsDv`, `IsVulnerability`, `Vulnerability*`, `RenewAble`, `Deployable` | left out: of no use for validity |
//! | `OwnerUin`, `ProjectId`, `OrderId` | left out: account and order numbers |
//! | `SubmittedData` | left out: the private key's password and personal data |
//! | `DvAuthDetail`, `DvRevokeAuthDetail` | left out: validation values |

mod credential_sources;
mod envelope;
pub mod instance_metadata;
mod list;
mod read;
mod request;
pub mod sts;
mod tccli;

use std::rc::Rc;

use envelope::ResponseShape;
use request::{ApiAction, RegionalEndpoint};

use super::credential_chain::KeySearch;
use super::listing::{ListApi, ListFlow, Page, PagedFlow, RecordDetail};
use super::pagination::{PageRequest, PageStyle};
use super::saved::SavedContent;
use super::{
    Access, OneRequest, Permission, Probe, Provider, Settings, Target, Targets, per_id, plain_id,
};
use crate::credentials::{Credential, CurrentKey};
use crate::error::{Error, Kind};
use crate::exchange::{Endpoint, RateLimit, Request, Response, Stamp};
use crate::flags::connection::id_flag;
use crate::flags::{ConfigTable, Flag, FlagRef, Spec, Values, readers};
use crate::json::Json;
use crate::model::{Expected, Facts, FlagProblem};

/// Published: 10 a second and account. Other tools share them.
const RATE_LIMIT: RateLimit = RateLimit {
    per_second: Some(8.0),
    in_flight: None,
};

/// The registry's entry.
pub const PROVIDER: Provider = Provider {
    name: "tencent",
    alias: "tencent-ssl",
    about: "Tencent Cloud SSL: server certificates and CA bundles",
    guide: GUIDE,
    id_flag: &ID,
    id: plain_id,
    proxied: true,
    flags: FLAGS,
    build_targets,
    access: Access::Keyed {
        sources: credential_sources::SOURCES,
        permission: Permission {
            text: "the CAM action ssl:DescribeCertificate, for --all and many ids ssl:DescribeCertificates too; Tencent's ready-made read-only policy also lets private keys be read",
            policy: Some(
                r#"{"version":"2.0","statement":[{"effect":"allow","action":["ssl:DescribeCertificate","ssl:DescribeCertificates"],"resource":"*"}]}"#,
            ),
        },
        probe: Probe {
            id: "certchck",
            flags: &[],
        },
    },
    rate_limit: RATE_LIMIT,
    codes: &[envelope::CODES],
};

const GUIDE: &str = "\
Key, the first that is there: TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, for a temporary key also \
TENCENTCLOUD_TOKEN (or TENCENTCLOUD_SESSION_TOKEN, TENCENTCLOUD_SECURITY_TOKEN), each also as NAME_FILE, naming a \
file that holds the value; ~/.tencentcloud/credentials; a profile of tccli. `certcheck providers` shows which one it is.

Permission: the CAM action ssl:DescribeCertificate, and ssl:DescribeCertificates for --all; with it several ids take fewer \
requests. No more than these: Tencent's ready-made read-only policy also lets private keys be read.

Examples:
  certcheck tencent --id BAbc1234
  certcheck tencent --site cn --id BAbc1234,CDef5678 --warn 20d
  certcheck tencent --all --only critical,warning --sort expiry
  tccli ssl DescribeCertificate --CertificateId BAbc1234 |
    certcheck tencent --from -";

const ID: Flag<String> = id_flag(
    "id",
    "ID",
    "Certificate ID (repeatable, comma-separated; `-` reads one per line from stdin)",
);

const SITE: Flag<Site> = Flag {
    spec: Spec {
        variables: &["CERTCHECK_TENCENT_SITE"],
        sections: &[ConfigTable::Account],
        for_requests: true,
        chooses_host: true,
        default: "intl",
        choices: &["intl", "cn"],
        ..Spec::one(
            "site",
            "SITE",
            "The international or the Chinese site: keys and certificates belong to one of them",
        )
    },
    read: Site::named,
};

const REGION: Flag<String> = Flag {
    spec: Spec {
        variables: &["TENCENTCLOUD_REGION"],
        sections: &[ConfigTable::Account],
        for_requests: true,
        ..Spec::one(
            "region",
            "REGION",
            "Region, sent along when given; this call needs none",
        )
    },
    read: readers::region,
};

const FLAGS: &[FlagRef] = &[&SITE, &REGION];

/// Tencent runs two clouds under one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    Intl,
    Cn,
}

impl Site {
    fn named(text: &str) -> Result<Site, Expected> {
        match text.to_ascii_lowercase().as_str() {
            "intl" => Ok(Site::Intl),
            "cn" => Ok(Site::Cn),
            _ => Err(Expected::OneOf(SITE.spec.choices.to_vec())),
        }
    }

    fn host(self) -> &'static str {
        match self {
            Site::Intl => "ssl.intl.tencentcloudapi.com",
            Site::Cn => "ssl.tencentcloudapi.com",
        }
    }

    /// The site of one of Tencent's own hosts.
    fn of_host(host: &str) -> Option<Site> {
        let own = host.strip_suffix(".tencentcloudapi.com")?;
        match own.rsplit('.').next() {
            Some("intl") => Some(Site::Intl),
            _ => Some(Site::Cn),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Site::Intl => "intl",
            Site::Cn => "cn",
        }
    }

    /// The one to try with a key that this one does not know.
    fn other(self) -> &'static str {
        match self {
            Site::Intl => "cn",
            Site::Cn => "intl",
        }
    }
}

struct Ssl {
    endpoint: Endpoint,
    site: Site,
    region: Option<String>,
    /// Whether the user said where.
    chosen: bool,
}

fn build_targets(values: &Values<'_>, settings: &Settings<'_>) -> Result<Targets, FlagProblem> {
    let named = values.get(&SITE);
    let site = named.unwrap_or(Site::Intl);
    let endpoint = settings.endpoint_or(|| Endpoint::https(site.host()))?;
    let scope = match (settings.saved, settings.endpoint.is_some()) {
        (true, _) => named.map(|site| site.name().to_owned()),
        (false, true) => Some(endpoint.authority()),
        (false, false) => Some(site.name().to_owned()),
    };
    let ssl = Ssl {
        endpoint: endpoint.clone(),
        site,
        region: values.get(&REGION),
        chosen: named.is_some() || settings.endpoint.is_some() || settings.saved,
    };
    Ok(Target {
        scope,
        endpoint,
        service: per_id(ssl),
    }
    .into())
}

const DESCRIBE: ApiAction = ApiAction {
    service: "ssl",
    action: "DescribeCertificate",
    version: "2019-12-05",
};

const CERTIFICATE_SHAPE: ResponseShape = ResponseShape {
    action: DESCRIBE.action,
    mark: "CertificateId",
    is_there: |record, mark| record.text(mark).is_some(),
    codes: &[],
};

const LIST: ApiAction = ApiAction {
    service: "ssl",
    action: "DescribeCertificates",
    version: "2019-12-05",
};

/// Older texts call both members of it nullable.
const LIST_SHAPE: ResponseShape = ResponseShape {
    action: LIST.action,
    mark: "Certificates",
    is_there: |record, mark| record.names(mark),
    codes: &[],
};

impl Site {
    /// What to do about a refusal.
    fn advised(self, error: Error) -> Error {
        let other = self.other();
        let address = ["IpInBlacklist", "IpNotInWhitelist"];
        match (error.kind, error.code.as_deref()) {
            (_, None) => error,
            (Kind::Credentials, _) => error.with_hint(format!(
                "check both halves of the key; if it belongs to the other site, give --site {other}"
            )),
            (Kind::NotFound, _) => error.with_hint(format!(
                "check the id; if the certificate belongs to the other site, give --site {other}"
            )),
            (Kind::Refused, Some(code)) if address.contains(&code) => {
                error.with_hint("allow this machine's address for this key in Tencent's console")
            }
            (Kind::Permission, _) => {
                error.with_hint("grant the CAM actions ssl:DescribeCertificate and ssl:DescribeCertificates to this key")
            }
            _ => error,
        }
    }
}

/// A host of a site, or another one.
fn at_host(endpoint: Endpoint, region: Option<String>) -> Target {
    let sites = [Site::Intl, Site::Cn];
    let own = sites
        .into_iter()
        .find(|site| site.host() == endpoint.authority());
    let scope = own.map_or(endpoint.authority(), |site| site.name().to_owned());
    let ssl = Ssl {
        endpoint: endpoint.clone(),
        site: own.unwrap_or(Site::Intl),
        region,
        chosen: true,
    };
    Target {
        scope: Some(scope),
        endpoint,
        service: per_id(ssl),
    }
}

impl OneRequest for Ssl {
    /// tccli writes the host of every service into each profile, that of the Chinese site unless told otherwise: its key
    /// works there.
    fn profile_target(&self, search: &KeySearch<'_>) -> Option<Target> {
        let settings = (!self.chosen).then(|| tccli::settings_of_the_key(search))??;
        let region = self.region.clone().or(settings.region);
        Some(at_host(settings.endpoint?, region))
    }

    fn list(self: Rc<Self>, key: CurrentKey) -> ListFlow {
        ListFlow::new(true, PagedFlow::new(self, key))
    }

    fn records(&self) -> RecordDetail {
        RecordDetail::Whole
    }

    fn realm(&self) -> String {
        Site::of_host(self.endpoint.host())
            .unwrap_or(self.site)
            .name()
            .to_owned()
    }

    fn request(&self, id: &str, credential: &Credential, stamp: Stamp) -> Result<Request, Error> {
        let body = serde_json::json!({ "CertificateId": id })
            .to_string()
            .into_bytes();
        DESCRIBE.request(&self.server(), body, Some(credential), stamp)
    }

    fn answer(&self, id: &str, response: &Response) -> Result<Vec<Facts>, Error> {
        let record = envelope::record(response, &CERTIFICATE_SHAPE)
            .map_err(|error| self.site.advised(error))?;
        Ok(vec![read::certificate(&record, Some(id))])
    }

    fn saved(&self, answer: &Json, expected: Option<&str>) -> Result<SavedContent, Error> {
        let is_list = envelope::is_list(answer);
        let shape = if is_list {
            &LIST_SHAPE
        } else {
            &CERTIFICATE_SHAPE
        };
        let record = envelope::saved(answer, shape).map_err(|error| self.site.advised(error))?;
        Ok(if is_list {
            SavedContent::Page(None, list::page(record)?)
        } else {
            SavedContent::Answer(vec![read::certificate(record, expected)])
        })
    }
}

impl Ssl {
    fn server(&self) -> RegionalEndpoint<'_> {
        RegionalEndpoint {
            endpoint: &self.endpoint,
            region: self.region.as_deref(),
        }
    }
}

impl ListApi for Ssl {
    const STYLE: PageStyle = PageStyle::Offset;
    /// Larger than the first is cut to it by the service.
    const SIZES: &'static [usize] = &[1000, 500, 250, 125, 50, 10];

    /// What ends last comes first, so that a certificate is known before those it replaced.
    fn page(&self, page: &PageRequest, key: &CurrentKey, stamp: Stamp) -> Result<Request, Error> {
        let question = serde_json::json!({
            "Offset": page.position,
            "Limit": page.size,
            "ExpirationSort": "DESC",
        });
        let body = question.to_string().into_bytes();
        LIST.request(&self.server(), body, Some(&key.get()), stamp)
    }

    fn read_page(&self, response: &Response) -> Result<Page, Error> {
        let list =
            envelope::record(response, &LIST_SHAPE).map_err(|error| self.site.advised(error))?;
        list::page(&list)
    }
}
