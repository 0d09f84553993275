//! Tencent SSL, `DescribeCertificates`: the list, by offset and limit.
//!
//! Sources: the operation's page and the models of the SDKs. A limit above 1000 is cut, not refused. An item is the
//! record of the single call without order and validation data, and with members of its own.

use std::collections::{BTreeMap, btree_map};

use serde_json::{Map, Value, json};

use crate::sandbox::Service;
use crate::sandbox::dispatch::Visit;
use crate::sandbox::generated::Made;
use crate::sandbox::listing::{self, Entry, Window};
use crate::sandbox::services::tencent::records::{facts, facts_made, record};
use crate::sandbox::services::tencent::{JSON, Refused, refusal, request_id};
use crate::sandbox::wire::{Answer, Call, amend, fixed};

pub(in crate::sandbox) const ACTION: &str = "DescribeCertificates";
const MOST: usize = 1_000;

/// What may be asked. Of the documented filters only these are served.
#[derive(Default)]
struct Question {
    offset: usize,
    limit: usize,
    sort: Option<Sort>,
    kind: Option<String>,
    search: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Rising,
    Falling,
}

/// Answers a call that the gateway has let in.
pub(in crate::sandbox) fn answer(call: &Call, visit: &mut Visit<'_>) -> Answer {
    let body = match serde_json::from_slice(&call.body) {
        Ok(Value::Object(body)) => body,
        _ => return refusal(visit, "InvalidParameter", "The body is not a JSON object."),
    };
    let question = match read(&body) {
        Ok(question) => question,
        Err((code, message)) => return refusal(visit, code, &message),
    };
    let mut all = listing::certificates(visit);
    let visit = &*visit;
    if let Some(sort) = question.sort {
        listing::sort(&mut all, &|entry| end(*entry));
        if sort == Sort::Falling {
            all.reverse();
        }
    }
    if question.kind.is_some() || question.search.is_some() {
        all.retain(|entry| question.fits(*entry, visit));
    }
    let window = Window {
        offset: question.offset,
        limit: question.limit.min(MOST),
    };
    let names = ("Certificates", Some("TotalCount"));
    let rest = json!({"RequestId": request_id(visit)});
    let mut models = Models::new();
    let mut item = |entry: &Entry| match entry {
        Entry::Made(made) => copied(*made, &mut models, visit),
        Entry::Sample(_) => Some(item(*entry, visit)?.to_string()),
    };
    let response = listing::body(visit, &all, window, names, &rest, &mut item);
    Answer::good(JSON, format!("{{\"Response\":{response}}}"))
}

/// The generated certificates of a page that no other resembles, as texts, by status and end.
type Models = BTreeMap<(u8, Option<i64>), (Made, String)>;

/// An item as text. On a page of a thousand most differ by their id and names alone, and putting a record together takes
/// ten times as long as changing these in its text.
fn copied(made: Made, models: &mut Models, visit: &Visit<'_>) -> Option<String> {
    let (status, _, _) = facts_made(made);
    match models.entry((status, end(Entry::Made(made)))) {
        btree_map::Entry::Vacant(place) => {
            let text = item(Entry::Made(made), visit)?.to_string();
            place.insert((made, text.clone()));
            Some(text)
        }
        btree_map::Entry::Occupied(model) => {
            let (other, text) = model.get();
            let [from, to] = [other, &made].map(|made| (made.id(Service::Tencent), made.host()));
            Some(text.replace(&from.0, &to.0).replace(&from.1, &to.1))
        }
    }
}

fn read(body: &Map<String, Value>) -> Result<Question, Refused> {
    let mut question = Question {
        limit: 10,
        ..Question::default()
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
        let text = || value.as_str().ok_or_else(kind);
        match name.as_str() {
            "Offset" => question.offset = number()?,
            "Limit" => question.limit = number()?,
            "ExpirationSort" => question.sort = Some(sort(name, text()?)?),
            "CertificateType" => match text()? {
                "SVR" | "CA" => question.kind = Some(text()?.to_owned()),
                _ => return Err(wrong(name)),
            },
            "SearchKey" => question.search = Some(text()?.to_owned()),
            _ => {
                let message = format!("The parameter `{name}` is not recognized.");
                return Err(("UnknownParameter", message));
            }
        }
    }
    Ok(question)
}

fn wrong(name: &str) -> Refused {
    let message = format!("The value of parameter `{name}` is not valid.");
    ("InvalidParameterValue", message)
}

fn sort(name: &str, text: &str) -> Result<Sort, Refused> {
    match text {
        "ASC" => Ok(Sort::Rising),
        "DESC" => Ok(Sort::Falling),
        _ => Err(wrong(name)),
    }
}

/// Days until its end.
fn end(entry: Entry) -> Option<i64> {
    let (_, _, span) = match entry {
        Entry::Sample(id) => facts(id)?,
        Entry::Made(made) => facts_made(made),
    };
    span.map(|(_, until)| until)
}

impl Question {
    fn fits(&self, entry: Entry, visit: &Visit<'_>) -> bool {
        let Some(record) = record(&entry.id(Service::Tencent), visit) else {
            return false;
        };
        let member = |name| record.get(name).and_then(Value::as_str).unwrap_or_default();
        let kind = self.kind.as_deref();
        let search = self.search.as_deref().unwrap_or_default();
        let searched = ["CertificateId", "Alias", "Domain"];
        kind.is_none_or(|kind| kind == member("CertificateType"))
            && searched.iter().any(|name| member(name).contains(search))
    }
}

fn item(entry: Entry, visit: &Visit<'_>) -> Option<Value> {
    let mut item = record(&entry.id(Service::Tencent), visit)?;
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

/// The members that only lists have and that all items have alike.
const FIXED: &str = r#"{
    "EncryptAlgorithm": "RSA 2048", "CertRevokedTime": null, "DVAuthDeadline": null,
    "ValidationPassedTime": "--", "HostingStatus": -1, "AutoRenewFlag": 0,
    "KeyPasswordCustomFlag": false, "IsSM": false, "BoundResource": [],
    "ProjectInfo": {
        "ProjectId": "0", "ProjectName": "default", "ProjectCreatorUin": 0, "OwnerUin": 100000000001
    }
}"#;
