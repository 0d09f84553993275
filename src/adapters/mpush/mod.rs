//! Alibaba Mobile Push `CheckCertificate` (2016-08-01): the two APNs certificates of an iOS app.
//!
//! | field of the page | where it goes |
//! | --- | --- |
//! | `RequestId` | `request_id` |
//! | `Android`, `IOS` | `details.platform` |
//! | `ProductionCertInfo`, `DevelopmentCertInfo` | a certificate each, with `environment` |
//! | `….Status` | `provider_status`, `status` |
//! | `….ExipreTime` (sic; also `ExpireTime`) | `not_after`, `not_after_raw` |
//!
//! Nothing is left out: the answer has no secret and no personal data. It has no identity of a certificate
//! either; the key of a row is app key and environment. The app keys of an account are told by `ListSummaryApps`, ten of
//! them at most.

mod list;
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
use crate::json::Json;
use crate::model::{Facts, FlagProblem};
pub use read::EnvironmentFilter;

/// The registry's entry.
pub const PROVIDER: Provider = Provider {
    name: "mpush",
    alias: "alibaba-mpush",
    about: "Alibaba Mobile Push: the iOS push certificates of an app (production and development)",
    guide: GUIDE,
    id_flag: &APP_KEY,
    id: digit_id,
    proxied: true,
    flags: FLAGS,
    build_targets,
    access: Access::Keyed {
        sources: alibaba::credential_sources::SOURCES,
        permission: Permission {
            text: "the RAM action mpush:CheckCertificate, for --all mpush:ListSummaryApps too",
            policy: Some(
                r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["mpush:CheckCertificate","mpush:ListSummaryApps"],"Resource":"*"}]}"#,
            ),
        },
        probe: Probe {
            id: "1",
            flags: &[],
        },
    },
    rate_limit: alibaba::RATE_LIMIT,
    codes: &[CODES, alibaba::CODES],
};

const GUIDE: &str = "\
Key, the first that is there: ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, for a temporary key \
also ALIBABA_CLOUD_SECURITY_TOKEN (each also as NAME_FILE, naming a file that holds the value); their older names; \
a profile of the aliyun CLI; ~/.alibabacloud/credentials. `certcheck providers` shows which one it is.

Permission: the RAM action mpush:CheckCertificate, for --all mpush:ListSummaryApps too. That list never has more than \
ten apps; with ten the result is incomplete.

Examples:
  certcheck mpush --app-key 335799001
  certcheck mpush --app-key 335799001,335799002 --environment production --json
  certcheck mpush --all --environment production";

/// Its own codes; the page writes the first as a template, `Invalid%s.NotFound`.
const CODES: CodeTable = &[
    ("InvalidAppKey.NotFound", Kind::NotFound),
    ("AccountDisabled", Kind::Refused),
    ("PermissionDenied", Kind::Permission),
];

const OPERATION: Operation = Operation {
    action: "CheckCertificate",
    version: "2016-08-01",
    codes: CODES,
    permission: "mpush:CheckCertificate",
};

const MARKS: &[&str] = &[
    "IOS",
    "Android",
    "ProductionCertInfo",
    "DevelopmentCertInfo",
];

const APP_KEY: Flag<String> = Flag {
    spec: Spec {
        alias: Some("id"),
        ..id_flag(
            "app-key",
            "KEY",
            "App key (repeatable, comma-separated; `-` reads one per line from stdin)",
        )
        .spec
    },
    read: readers::text,
};

const ENVIRONMENT: Flag<EnvironmentFilter> = Flag {
    spec: Spec {
        sections: &[ConfigTable::Check],
        default: "all",
        choices: EnvironmentFilter::NAMES,
        ..Spec::one(
            "environment",
            "ENVIRONMENT",
            "Which of the app's two certificates to judge and show",
        )
    },
    read: EnvironmentFilter::named,
};

const FLAGS: &[FlagRef] = &[&ENVIRONMENT];

struct Push {
    endpoint: Endpoint,
    wanted: EnvironmentFilter,
    /// The apps are those of a list, which has Android's too.
    all: bool,
}

fn build_targets(values: &Values<'_>, settings: &Settings<'_>) -> Result<Targets, FlagProblem> {
    // One host for every region: the vendor's own maps all point here.
    let endpoint = settings.endpoint_or(|| Endpoint::https("cloudpush.aliyuncs.com"))?;
    let push = Push {
        endpoint: endpoint.clone(),
        wanted: values.get(&ENVIRONMENT).unwrap_or(EnvironmentFilter::All),
        all: settings.all,
    };
    Ok(Target {
        scope: None,
        endpoint,
        service: per_id(push),
    }
    .into())
}

/// A question on a connection of its own: answers carry no id, so that a surplus one on a kept connection would be taken
/// for the next app's.
fn question(
    operation: &Operation,
    endpoint: &Endpoint,
    parameters: &[(&str, &str)],
    credential: &Credential,
    stamp: Stamp,
) -> Result<Request, Error> {
    // The SDK asks with POST, an empty body and the parameters in the query.
    let method = Method::POST;
    let mut request = alibaba::request(operation, method, endpoint, parameters, credential, stamp)?;
    request.header("connection", "close")?;
    Ok(request)
}

impl OneRequest for Push {
    fn list(self: Rc<Self>, key: CurrentKey) -> ListFlow {
        list::apps(self.endpoint.clone(), key)
    }

    fn request(&self, id: &str, credential: &Credential, stamp: Stamp) -> Result<Request, Error> {
        let parameters = [("AppKey", id)];
        question(&OPERATION, &self.endpoint, &parameters, credential, stamp)
    }

    fn answer(&self, id: &str, response: &Response) -> Result<Vec<Facts>, Error> {
        let object = alibaba::answer(&OPERATION, response, MARKS)?;
        if self.all && read::is_of_android(&object) {
            return Ok(Vec::new());
        }
        read::certificates(&object, Some(id), self.wanted)
            .map_err(|error| error.with_status(response.status))
    }

    fn saved(&self, answer: &Json, expected: Option<&str>) -> Result<SavedContent, Error> {
        list::no_list(answer)?;
        let answer = alibaba::saved(&OPERATION, answer, MARKS)?;
        read::certificates(answer, expected, self.wanted).map(SavedContent::Answer)
    }
}
