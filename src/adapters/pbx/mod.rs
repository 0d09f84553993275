//! Yeastar P-Series PBX `certificate/get` (OpenAPI v1.0).
//!
//! | field of the page | where it goes |
//! | --- | --- |
//! | `errcode`, `errmsg` | the error, when it is one |
//! | `certificate.id`, `.name` | `id`, `name` |
//! | `.type` | `kind` (`trusted` is a CA) |
//! | `.issue_to` | `domains` |
//! | `.expiration` | `not_after` |
//! | `.ca_type`, `.dns_provider`, `.apply_status`, `.apply_tip_code` | `details` |
//! | `.auto_renewal` | `auto_renew` |
//! | `.auth_info_list` | left out: the DNS provider's credentials, in clear |
//!
//! The calls here are `get_token`, `certificate/get`, `certificate/list`, `system/information`, `del_token`, by name: on
//! this API a GET can delete a certificate.

mod credential_sources;
mod expiration;
mod get;
mod list;
mod read;
mod session;

use chrono::FixedOffset;
use session::{PbxSession, Query};

use super::error_codes::CodeTable;
use super::listing::ListFlow;
use super::saved::SavedContent;
use super::{
    Access, Conversation, Permission, Probe, Provider, Service, Settings, Target, Targets,
    digit_id, endpoint_problem,
};
use crate::credentials::CurrentKey;
use crate::error::{Error, Kind};
use crate::exchange::{Endpoint, RateLimit};
use crate::flags::connection::{ENDPOINT, id_flag};
use crate::flags::{ConfigTable, Flag, FlagRef, Spec, Values, readers};
use crate::json::Json;
use crate::model::FlagProblem;
use crate::redact::KnownSecrets;

/// A box answers one question after the other.
const RATE_LIMIT: RateLimit = RateLimit {
    per_second: None,
    in_flight: Some(1),
};

/// The registry's entry.
pub const PROVIDER: Provider = Provider {
    name: "pbx",
    alias: "yeastar",
    about: "Yeastar P-Series PBX: certificates in the box",
    guide: GUIDE,
    id_flag: &ID,
    id: digit_id,
    // A box on the local network: its secrets would pass the proxy.
    proxied: false,
    flags: FLAGS,
    build_targets,
    access: Access::Keyed {
        sources: credential_sources::SOURCES,
        permission: Permission {
            text: "the API switched on under Integrations > API in the PBX's portal, and this machine's address in its IP restriction",
            policy: None,
        },
        probe: Probe {
            id: "2147483646",
            flags: &[],
        },
    },
    rate_limit: RATE_LIMIT,
    codes: &[CODES],
};

const GUIDE: &str = "\
Key: CERTCHECK_PBX_CLIENT_ID and CERTCHECK_PBX_CLIENT_SECRET (in the PBX's portal under Integrations > API). \
Each also as NAME_FILE, naming a file that holds the value. At a terminal you are asked for them.

Permission: the API is switched on there, and this machine's address is allowed in its IP restriction.

Each run uses one of the PBX's eight tokens and gives it back. Five wrong logins block this address.

Examples:
  certcheck pbx --base-url https://192.168.5.150:8088 --id 4
  certcheck pbx --base-url https://pbx.example.com --id 1,2,3 --timezone +08:00";

/// By number; `errmsg` is not contractual (its own table has a typo in it).
const CODES: CodeTable = &[
    ("-2", Kind::Unavailable),
    ("-1", Kind::Refused),
    ("1", Kind::Refused),
    ("2", Kind::Unavailable),
    ("10001", Kind::Refused),
    ("10002", Kind::Config),
    ("10003", Kind::Config),
    ("10004", Kind::Credentials),
    ("10005", Kind::Permission),
    ("10009", Kind::Permission),
    ("40001", Kind::Usage),
    ("40002", Kind::Usage),
    ("60001", Kind::NotFound),
    ("60002", Kind::Refused),
    ("60101", Kind::Refused),
    ("70004", Kind::Refused),
    ("70082", Kind::Unavailable),
    ("70084", Kind::Permission),
    ("70087", Kind::Refused),
    ("70123", Kind::Config),
];

const ID: Flag<String> = id_flag(
    "id",
    "ID",
    "Certificate ID (repeatable, comma-separated; `-` reads one per line from stdin)",
);

const BASE_URL: Flag<String> = Flag {
    spec: Spec {
        variables: &["CERTCHECK_PBX_BASE_URL"],
        sections: &[ConfigTable::Account],
        for_requests: true,
        chooses_host: true,
        ..Spec::one("base-url", "URL", "The PBX's web address")
    },
    read: readers::text,
};

const TIMEZONE: Flag<FixedOffset> = Flag {
    spec: Spec {
        hyphen: true,
        variables: &["CERTCHECK_PBX_TIMEZONE"],
        sections: &[ConfigTable::Account],
        default: "by the clock of the PBX",
        ..Spec::one("timezone", "OFFSET", "UTC offset of the PBX's dates")
    },
    read: readers::utc_offset,
};

const FLAGS: &[FlagRef] = &[&BASE_URL, &TIMEZONE];

struct Pbx {
    endpoint: Endpoint,
    zone: Option<FixedOffset>,
}

fn build_targets(values: &Values<'_>, settings: &Settings<'_>) -> Result<Targets, FlagProblem> {
    let endpoint = settings
        .endpoint
        .map(|text| (ENDPOINT.id(), text.to_owned()));
    let base = endpoint.or_else(|| Some((BASE_URL.id(), values.get(&BASE_URL)?)));
    let known_place = base.is_some();
    let endpoint = match base {
        // Users paste every variant of it.
        Some((flag, text)) => Endpoint::parse(&text, settings.allow_http)
            .map_err(endpoint_problem(flag))?
            .without_prefix(&["/v1.0", "/openapi"]),
        None if settings.saved => Endpoint::https("pbx.invalid"),
        None => {
            return Err(FlagProblem::Missing {
                flag: BASE_URL.id(),
                example: "https://ADDRESS:8088",
            });
        }
    };
    let zone = values.get(&TIMEZONE);
    let scope = known_place.then(|| endpoint.authority());
    let service = Box::new(Pbx {
        endpoint: endpoint.clone(),
        zone,
    });
    Ok(Target {
        scope,
        endpoint,
        service,
    }
    .into())
}

impl Pbx {
    fn session<T: Query>(&self, query: T, key: CurrentKey, known: &KnownSecrets) -> PbxSession<T> {
        PbxSession::new(query, self.endpoint.clone(), self.zone, key, known.clone())
    }
}

impl Service for Pbx {
    /// Each box has keys of its own.
    fn realm(&self) -> String {
        self.endpoint.to_string()
    }

    /// One conversation for all: several ids use one of the eight tokens.
    fn converse(&self, ids: &[String], key: CurrentKey, known: &KnownSecrets) -> Vec<Conversation> {
        if ids.is_empty() {
            // A login for nothing.
            return Vec::new();
        }
        vec![Conversation {
            ids: ids.to_vec(),
            flow: Box::new(self.session(get::GetQuery::new(ids), key, known)),
        }]
    }

    fn list(&self, key: CurrentKey, known: &KnownSecrets) -> ListFlow {
        ListFlow::new(false, self.session(list::ListQuery::new(), key, known))
    }

    fn saved(&self, answer: &Json, expected: Option<&str>) -> Result<SavedContent, Error> {
        let clock = expiration::BoxClock {
            configured: self.zone,
            ..Default::default()
        };
        let record = read::saved(answer)?;
        Ok(if list::is_page(record) {
            SavedContent::Page(None, list::page(record, &clock)?)
        } else {
            SavedContent::Answer(vec![read::certificate(record, expected, &clock)])
        })
    }
}
