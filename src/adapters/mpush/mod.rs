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
//! either; the key of a row is app key and environment.

mod read;

use std::rc::Rc;

use clap::{ArgMatches, Args, FromArgMatches as _};
use http::Method;

use super::alibaba::{self, Operation};
use super::codes::Table;
use super::lenient::Json;
use super::{Answer, Conversation, IdFlag, Provider, Settings, Target, body, digit_id, one_each};
use crate::credentials::{Credential, KnownSecrets};
use crate::error::{Error, Kind};
use crate::exchange::{Endpoint, Once};
use crate::model::Facts;
pub use read::Wanted;

/// The registry's entry.
pub const PROVIDER: Provider = Provider {
    name: "mpush",
    alias: "alibaba-mpush",
    about: "Alibaba Mobile Push: the iOS push certificates of an app (production and development)",
    guide: GUIDE,
    id_flag: IdFlag {
        name: "app-key",
        value: "N",
        help: "App key; repeat it, give a comma list, or `-` for one a line from stdin",
    },
    arguments: Flags::augment_args,
    target,
    keys: alibaba::KEYS,
    codes: &[CODES, alibaba::CODES],
};

const GUIDE: &str = "\
Variables: ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET, for a temporary key also \
ALIBABA_CLOUD_SECURITY_TOKEN; each also as …_FILE. Permission: mpush:CheckCertificate.

Examples:
  certcheck mpush --app-key 335799001
  certcheck mpush --app-key 335799001,335799002 --environment production --json";

/// Its own codes; the page writes the first as a template, `Invalid%s.NotFound`.
const CODES: Table = &[
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

#[derive(Args)]
struct Flags {
    /// Which of the app's two certificates to judge and show
    #[arg(long, value_enum, default_value_t = Wanted::All)]
    environment: Wanted,
}

struct Push {
    endpoint: Endpoint,
    wanted: Wanted,
}

fn target(matches: &ArgMatches, settings: &Settings<'_>) -> Result<Box<dyn Target>, Error> {
    let flags = Flags::from_arg_matches(matches)
        .map_err(|error| Error::new(Kind::Usage, error.to_string()))?;
    // One host for every region: the vendor's own maps all point here.
    let endpoint = settings.endpoint_or(|| Endpoint::https("cloudpush.aliyuncs.com"))?;
    Ok(Box::new(Push {
        endpoint,
        wanted: flags.environment,
    }))
}

impl Target for Push {
    fn scope(&self) -> Option<String> {
        None
    }

    fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    fn id(&self, text: &str) -> Result<String, Error> {
        digit_id(text)
    }

    fn converse(
        &self,
        ids: &[String],
        credential: Rc<Credential>,
        _: &KnownSecrets,
    ) -> Vec<Conversation> {
        one_each(ids, |id| {
            let (endpoint, credential, key) =
                (self.endpoint.clone(), credential.clone(), id.to_owned());
            let (id, wanted) = (id.to_owned(), self.wanted);
            Box::new(Once::new(
                // The SDK asks with POST, an empty body and the parameter in the query.
                move |stamp| {
                    alibaba::request(
                        &OPERATION,
                        Method::POST,
                        &endpoint,
                        &[("AppKey", &key)],
                        &credential,
                        stamp,
                    )
                },
                move |response| {
                    let object = alibaba::answer(&OPERATION, &response, MARKS)?;
                    let facts = read::certificates(&object, Some(&id), wanted)
                        .map_err(|error| error.with_status(response.status))?;
                    Ok(Answer {
                        id: id.clone(),
                        result: Ok(facts),
                    })
                },
            ))
        })
    }

    fn saved(&self, answer: &Json, expected: Option<&str>) -> Result<Vec<Facts>, Error> {
        let object = answer
            .as_object()
            .ok_or_else(|| body::wrong_shape("not an object"))?;
        read::certificates(
            alibaba::saved(&OPERATION, object, MARKS)?,
            expected,
            self.wanted,
        )
    }
}
