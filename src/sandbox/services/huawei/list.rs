//! Huawei SCM, v3 `ListCertificates`: a list of which only the front can be reached.
//!
//! Sources: the operation's page (a limit of 10, 20 or 50; an offset of at most 100) and the models of the SDK. An item
//! names its end otherwise than the single call.

use serde_json::{Value, json};

use crate::sandbox::dispatch::Visit;
use crate::sandbox::listing::{self, Entry, Window};
use crate::sandbox::services::huawei::records::{Facts, current, facts, facts_made};
use crate::sandbox::wire::{Call, amend, pairs};
use crate::sandbox::{CANARY, Service};

const FARTHEST: usize = 100;

/// The words of the records here, sorted.
const RISING: [&str; 6] = [
    "CHECKING_DOMAIN",
    "EXPIRED",
    "ISSUED",
    "REVOKED",
    "UNPASSED",
    "UPLOAD",
];

/// What may be asked. Of the documented filters only these are served; others are refused, since a list that ignores
/// a filter would be another list.
struct Question {
    window: Window,
    sort: Sort,
    rising: bool,
    /// `None` is `ALL`.
    status: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Updated,
    Ends,
    Status,
}

/// The body of the answer, or what is wrong with the question.
pub(in crate::sandbox) fn list(call: &Call, visit: &mut Visit<'_>) -> Result<String, String> {
    let question = read(call)?;
    let mut all = listing::certificates(visit);
    match question.sort {
        // The latest stand first by themselves.
        Sort::Updated => all.reverse(),
        Sort::Ends => listing::sort(&mut all, &|entry| {
            let (_, span) = told(*entry)?;
            span.map(|(_, until)| until)
        }),
        Sort::Status => listing::sort(&mut all, &|entry| {
            let (status, _) = told(*entry)?;
            (0..)
                .zip(RISING)
                .find_map(|(place, word)| (word == status).then_some(place))
        }),
    }
    if !question.rising {
        all.reverse();
    }
    if let Some(status) = &question.status {
        all.retain(|entry| told(*entry).is_some_and(|(told, _)| told == status));
    }
    let visit = &*visit;
    let names = ("certificates", Some("total_count"));
    let mut item = |entry: &Entry| {
        let item = item(&entry.id(Service::Huawei), visit)?;
        Some(item.to_string())
    };
    let window = question.window;
    Ok(listing::body(
        visit,
        &all,
        window,
        names,
        &json!({}),
        &mut item,
    ))
}

fn told(entry: Entry) -> Option<Facts> {
    match entry {
        Entry::Sample(id) => facts(id),
        Entry::Made(made) => Some(facts_made(made)),
    }
}

fn read(call: &Call) -> Result<Question, String> {
    let mut question = Question {
        window: Window {
            offset: 0,
            limit: 10,
        },
        sort: Sort::Updated,
        rising: false,
        status: None,
    };
    for (name, value) in pairs(&call.query, false) {
        let wrong = || format!("The parameter {name} is invalid.");
        match (name.as_str(), value.as_str()) {
            ("limit", "10") => question.window.limit = 10,
            ("limit", "20") => question.window.limit = 20,
            ("limit", "50") => question.window.limit = 50,
            ("offset", text) => {
                let offset = text.parse().ok().filter(|offset| *offset <= FARTHEST);
                question.window.offset = offset.ok_or_else(wrong)?;
            }
            ("sort_key", "certUpdateTime") => question.sort = Sort::Updated,
            ("sort_key", "certExpiredTime") => question.sort = Sort::Ends,
            ("sort_key", "certStatus") => question.sort = Sort::Status,
            ("sort_dir", "ASC") => question.rising = true,
            ("sort_dir", "DESC") => question.rising = false,
            ("status", "ALL") => question.status = None,
            ("status", _) => question.status = Some(value),
            // All of them are in the default project.
            ("enterprise_project_id", "all" | "0") => {}
            _ => return Err(wrong()),
        }
    }
    Ok(question)
}

fn item(id: &str, visit: &Visit<'_>) -> Option<Value> {
    let mut record = current(id, visit)?;
    let record = record.as_object_mut()?;
    let kept = [
        "id",
        "name",
        "domain",
        "sans",
        "signature_algorithm",
        "type",
        "brand",
        "domain_type",
        "validity_period",
        "status",
        "domain_count",
        "wildcard_count",
        "description",
        "enterprise_project_id",
    ];
    let kept = kept
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), record.remove(name)?)));
    let mut item = Value::Object(kept.collect());
    let more = json!({
        "expire_time": record.get("not_after"),
        "deploy_support": true,
        "domain_id": format!("{CANARY}-account"),
    });
    amend(&mut item, more);
    Some(item)
}
