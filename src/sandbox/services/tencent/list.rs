//! Tencent SSL, `DescribeCertificates`: the list, by offset and limit.
//!
//! Sources: the operation's page and the models of the SDKs. A limit above 1000 is cut, not refused. An item is the
//! record of the single call without order and validation data, and with members of its own.

use std::collections::{BTreeMap, btree_map};

use serde_json::{Map, Value, json};

use super::gateway::TencentRefusal;
use super::records::{facts, facts_of_generated, record};
use super::{JSON, refusal, request_id};
use crate::sandbox::context::RequestContext;
use crate::sandbox::generated::Generated;
use crate::sandbox::listing::{self, ListEntry, PageWindow};
use crate::sandbox::reply::{Reply, amend, fixed};
use crate::sandbox::request::IncomingRequest;

pub(super) const ACTION: &str = "DescribeCertificates";
const MAX_LIMIT: usize = 1_000;

/// The parameters of a list request. Of the documented filters none is served.
#[derive(Default)]
struct SslListQuery {
    offset: usize,
    limit: usize,
    sort: Option<ExpirationSort>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ExpirationSort {
    Ascending,
    Descending,
}

/// Answers a request that the gateway has admitted.
pub(super) fn handle(request: &IncomingRequest, context: &mut RequestContext<'_>) -> Reply {
    let body = match serde_json::from_slice(&request.body) {
        Ok(Value::Object(body)) => body,
        _ => {
            return refusal(
                context,
                "InvalidParameter",
                "The body is not a JSON object.",
            );
        }
    };
    let query = match read(&body) {
        Ok(query) => query,
        Err((code, message)) => return refusal(context, code, &message),
    };
    let mut all = listing::certificates(context);
    let context = &*context;
    if let Some(sort) = query.sort {
        listing::sort(&mut all, &|entry| end(*entry));
        if sort == ExpirationSort::Descending {
            all.reverse();
        }
    }
    let window = PageWindow {
        offset: query.offset,
        limit: query.limit.min(MAX_LIMIT),
    };
    let names = ("Certificates", Some("TotalCount"));
    let rest = json!({"RequestId": request_id(context)});
    let mut templates = PageTemplates::new();
    let mut item = |entry: &ListEntry| match entry {
        ListEntry::Generated(made) => from_template(*made, &mut templates, context),
        ListEntry::Sample(_) => Some(item(*entry, context)?.to_string()),
    };
    let response = listing::body(context, &all, window, names, &rest, &mut item);
    Reply::good(JSON, format!("{{\"Response\":{response}}}"))
}

/// One item as text for each status and end that occurs on a page.
type PageTemplates = BTreeMap<(u8, Option<i64>), (Generated, String)>;

/// An item as text. On a page of a thousand most differ by their ID and names alone, and building a record takes ten times
/// as long as replacing these in its text.
fn from_template(
    made: Generated,
    templates: &mut PageTemplates,
    context: &RequestContext<'_>,
) -> Option<String> {
    let (status, _, _) = facts_of_generated(made);
    match templates.entry((status, end(ListEntry::Generated(made)))) {
        btree_map::Entry::Vacant(place) => {
            let text = item(ListEntry::Generated(made), context)?.to_string();
            place.insert((made, text.clone()));
            Some(text)
        }
        btree_map::Entry::Occupied(template) => {
            let (other, text) = template.get();
            let [from, to] =
                [other, &made].map(|made| (context.emulator.generated_id(*made), made.host()));
            Some(text.replace(&from.0, &to.0).replace(&from.1, &to.1))
        }
    }
}

fn read(body: &Map<String, Value>) -> Result<SslListQuery, TencentRefusal> {
    let mut query = SslListQuery {
        limit: 10,
        ..SslListQuery::default()
    };
    for (name, value) in body {
        let kind = || {
            let message = format!("The value type of parameter `{name}` is not valid.");
            ("InvalidParameter", message)
        };
        let number = || {
            let number = value.as_i64().ok_or_else(kind)?;
            usize::try_from(number).map_err(|_| wrong(name))
        };
        match name.as_str() {
            "Offset" => query.offset = number()?,
            "Limit" => query.limit = number()?,
            "ExpirationSort" => query.sort = Some(sort(name, value.as_str().ok_or_else(kind)?)?),
            _ => {
                let message = format!("The parameter `{name}` is not recognized.");
                return Err(("UnknownParameter", message));
            }
        }
    }
    Ok(query)
}

fn wrong(name: &str) -> TencentRefusal {
    let message = format!("The value of parameter `{name}` is not valid.");
    ("InvalidParameterValue", message)
}

fn sort(name: &str, text: &str) -> Result<ExpirationSort, TencentRefusal> {
    match text {
        "ASC" => Ok(ExpirationSort::Ascending),
        "DESC" => Ok(ExpirationSort::Descending),
        _ => Err(wrong(name)),
    }
}

/// Days until its end.
fn end(entry: ListEntry) -> Option<i64> {
    let (_, _, span) = match entry {
        ListEntry::Sample(id) => facts(id)?,
        ListEntry::Generated(made) => facts_of_generated(made),
    };
    span.map(|(_, until)| until)
}

fn item(entry: ListEntry, context: &RequestContext<'_>) -> Option<Value> {
    let mut item = record(&entry.id(context.emulator), context)?;
    let members = item.as_object_mut()?;
    for single in [
        "OrderId",
        "DvAuthDetail",
        "DvRevokeAuthDetail",
        "VulnerabilityReport",
        "SubmittedData",
    ] {
        members.remove(single);
    }
    let mut names: Vec<Value> = members.get("Domain").cloned().into_iter().collect();
    if let Some(Value::Array(others)) = members.get("SubjectAltName") {
        names.extend(others.iter().cloned());
    }
    let more = json!({
        "IsExpiring": end(entry).is_some_and(|days| (0..=30).contains(&days)),
        "CertSANs": names,
        "HasRenewOrder": members.get("CertificateExtra").and_then(|extra| extra.get("RenewOrder")),
    });
    amend(&mut item, fixed(FIXED));
    amend(&mut item, more);
    Some(item)
}

/// The members that only list items have, the same in all of them.
const FIXED: &str = r#"{
    "EncryptAlgorithm": "RSA 2048", "CertRevokedTime": null, "DVAuthDeadline": null,
    "ValidationPassedTime": "--", "HostingStatus": -1, "AutoRenewFlag": 0,
    "KeyPasswordCustomFlag": false, "IsSM": false, "BoundResource": [],
    "ProjectInfo": {
        "ProjectId": "0", "ProjectName": "default", "ProjectCreatorUin": 0, "OwnerUin": 100000000001
    }
}"#;
