//! Huawei SCM, v3 `ListCertificates`: a list of which only the front can be read.
//!
//! Sources: the operation's page (a limit of 10, 20 or 50; an offset of at most 100) and the models of the SDK. The end of
//! validity has another name in an item than in a record. Of the documented parameters only those that certcheck uses are
//! served; others are refused, since a list that ignores a filter would be another list.

use serde_json::{Value, json};

use super::records::{current, facts, facts_of_generated};
use crate::sandbox::CANARY;
use crate::sandbox::context::RequestContext;
use crate::sandbox::listing::{self, ListEntry, PageWindow};
use crate::sandbox::reply::amend;
use crate::sandbox::request::{IncomingRequest, pairs};

const MAX_OFFSET: usize = 100;

/// The parameters of a list request.
struct ScmListQuery {
    window: PageWindow,
    /// Sorted by the end of validity; without it the latest entry comes first.
    by_expiration: bool,
    ascending: bool,
}

/// The body of the reply, or the message of the refusal.
pub(super) fn list(
    request: &IncomingRequest,
    context: &mut RequestContext<'_>,
) -> Result<String, String> {
    let query = read(request)?;
    let mut all = listing::certificates(context);
    if query.by_expiration {
        listing::sort(&mut all, &|entry| expiration(*entry));
    }
    // Sorted, the first to end comes first; otherwise the latest.
    if query.by_expiration != query.ascending {
        all.reverse();
    }
    let context = &*context;
    let names = ("certificates", Some("total_count"));
    let mut item = |entry: &ListEntry| {
        let item = item(&entry.id(context.emulator), context)?;
        Some(item.to_string())
    };
    let window = query.window;
    Ok(listing::body(
        context,
        &all,
        window,
        names,
        &json!({}),
        &mut item,
    ))
}

/// Days until its end.
fn expiration(entry: ListEntry) -> Option<i64> {
    let (_, span) = match entry {
        ListEntry::Sample(id) => facts(id)?,
        ListEntry::Generated(made) => facts_of_generated(made),
    };
    span.map(|(_, until)| until)
}

fn read(request: &IncomingRequest) -> Result<ScmListQuery, String> {
    let mut query = ScmListQuery {
        window: PageWindow {
            offset: 0,
            limit: 10,
        },
        by_expiration: false,
        ascending: false,
    };
    for (name, value) in pairs(&request.query, false) {
        let wrong = || format!("The parameter {name} is invalid.");
        match (name.as_str(), value.as_str()) {
            ("limit", "10") => query.window.limit = 10,
            ("limit", "20") => query.window.limit = 20,
            ("limit", "50") => query.window.limit = 50,
            ("offset", text) => {
                let offset = text.parse().ok().filter(|offset| *offset <= MAX_OFFSET);
                query.window.offset = offset.ok_or_else(wrong)?;
            }
            ("sort_key", "certExpiredTime") => query.by_expiration = true,
            ("sort_dir", "ASC") => query.ascending = true,
            ("sort_dir", "DESC") => query.ascending = false,
            _ => return Err(wrong()),
        }
    }
    Ok(query)
}

fn item(id: &str, context: &RequestContext<'_>) -> Option<Value> {
    let mut record = current(id, context)?;
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
