//! The app keys of an account, from `ListSummaryApps` (2016-08-01).
//!
//! Traps: the call takes no page and tells no count, and an older edition of its page speaks of ten apps a page: with
//! ten or more nobody knows whether that is all. Older samples have a bare list where the model has one in an object, and
//! keys as texts.

use std::collections::HashSet;

use super::{digit_id, question};
use crate::adapters::alibaba::{self, Operation};
use crate::adapters::listing::{ListBatch, ListFlow, incomplete};
use crate::adapters::response_body;
use crate::adapters::saved::no_certificates;
use crate::credentials::CurrentKey;
use crate::error::Error;
use crate::exchange::{Endpoint, Once, Response, Stamp};
use crate::json::{Field, Json, Object};

const OPERATION: Operation = Operation {
    action: "ListSummaryApps",
    version: "2016-08-01",
    codes: super::CODES,
    permission: "mpush:ListSummaryApps",
};

const LIST: &str = "SummaryAppInfos";

/// As many as one answer has, by that page.
const MOST: usize = 10;

/// The list of the account's apps.
pub fn apps(endpoint: Endpoint, key: CurrentKey) -> ListFlow {
    let build = move |stamp: Stamp| {
        let key = key.get();
        question(&OPERATION, &endpoint, &[], &key, stamp)
    };
    ListFlow::new(false, Once::new(build, |response| read(&response)))
}

/// Says so where a saved answer is a list of apps, or a record of one: nothing in it tells a certificate.
pub fn no_list(answer: &Json) -> Result<(), Error> {
    let names = |key: &str| alibaba::inner(answer).is_some_and(|object| object.names(key));
    let is_one = alibaba::inner(answer).is_some_and(|object| object.has_any(super::MARKS));
    let what = match () {
        () if names("Code") || is_one => return Ok(()),
        () if names(LIST) => "a list of apps (ListSummaryApps), which has no certificates",
        () if names("AppInfos") => "a list of apps (ListApps), which has no certificates",
        () if names("AppKey") => "an app of a list, which has no certificates",
        () => return Ok(()),
    };
    let instead = "save the answer of CheckCertificate for each AppKey in it, or ask with --all";
    Err(no_certificates(what, instead))
}

fn read(response: &Response) -> Result<ListBatch, Error> {
    // An account without apps may be told by null.
    let object = alibaba::answer(&OPERATION, response, &["RequestId"])?;
    let apps =
        members(&object).ok_or_else(|| response_body::wrong_shape("no list SummaryAppInfos"))?;
    let key = |app: &Json| digit_id(&app.as_object()?.text("AppKey")?).ok();
    let mut ids: Vec<String> = apps.iter().filter_map(key).collect();
    let keys = ids.len();
    let mut seen = HashSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    let missing = if keys < apps.len() {
        Some(incomplete("it has an app without a key"))
    } else if ids.len() < keys {
        Some(incomplete("it repeats itself"))
    } else if apps.len() >= MOST {
        let text = format!(
            "the service tells {MOST} apps at most, and has told {}",
            apps.len()
        );
        let error = incomplete(&text);
        Some(
            error
                .with_hint("name the apps by --app-key, one by one: the console lists all of them"),
        )
    } else {
        None
    };
    let total = u64::try_from(ids.len()).ok();
    Ok(ListBatch {
        ids,
        total,
        missing,
        ..ListBatch::default()
    })
}

fn members(object: &Object) -> Option<&[Json]> {
    let list = match object.field(LIST) {
        Field::Value(Json::Object(inner)) => inner.field("SummaryAppInfo"),
        other => other,
    };
    match list {
        Field::Value(Json::Array(apps)) => Some(apps),
        Field::Absent if object.names(LIST) => Some(&[]),
        _ => None,
    }
}
