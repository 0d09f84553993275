//! Alibaba ESA: `ListSites`, and `ListClientCertificates` of one site.
//!
//! Sources: the models of the SDK and their comments. How large a page of client certificates may be is not
//! documented; here it is as with the sites. A parameter that is documented but not served is refused, since a list
//! that ignores a filter would be another list.

use serde_json::{Value, json};

use crate::sandbox::delivery::HOSTILE;
use crate::sandbox::dispatch::{Style, Visit};
use crate::sandbox::listing::{self, Entry, Window};
use crate::sandbox::services::alibaba::{self, JSON, Operation};
use crate::sandbox::services::esa::{self, OPERATION, SITES, Site};
use crate::sandbox::wire::{Answer, Call, amend, fixed, pairs};
use crate::sandbox::{Service, dates};

static LIST_SITES: Operation = Operation {
    action: "ListSites",
    permission: "esa:ListSites",
    ..OPERATION
};

static LIST_CERTIFICATES: Operation = Operation {
    action: "ListClientCertificates",
    permission: "esa:ListClientCertificates",
    ..OPERATION
};

/// The list operation with a name.
pub(in crate::sandbox) fn operation(action: &str) -> Option<&'static Operation> {
    [&LIST_SITES, &LIST_CERTIFICATES]
        .into_iter()
        .find(|operation| operation.action == action)
}

/// Answers a call that the gateway has let in.
pub(in crate::sandbox) fn answer(
    call: &Call,
    visit: &mut Visit<'_>,
    operation: &Operation,
) -> Answer {
    let served = if operation.action == LIST_SITES.action {
        sites(call, visit)
    } else {
        certificates(call, visit)
    };
    match served {
        Ok(body) => Answer::good(JSON, body),
        Err((code, message)) => alibaba::refusal(visit, operation, 400, &code, &message),
    }
}

type Refused = (String, String);

/// Number and size of the page that is asked for.
fn page(call: &Call, others: &[&str], size: usize) -> Result<(usize, usize), Refused> {
    let invalid = |name: &str| {
        let code = format!("InvalidParameter.{name}");
        (code, format!("The specified parameter {name} is invalid."))
    };
    let sent = pairs(&call.query, true);
    let known = |name: &str| ["PageNumber", "PageSize"].contains(&name) || others.contains(&name);
    if let Some((name, _)) = sent.iter().find(|(name, _)| !known(name)) {
        return Err(invalid(name));
    }
    let number = |name: &str, default: usize, most: usize| match call.parameter(name) {
        None => Ok(default),
        Some(text) => match text.parse() {
            Ok(number) if (1..=most).contains(&number) => Ok(number),
            _ => Err(invalid(name)),
        },
    };
    Ok((
        number("PageNumber", 1, usize::MAX)?,
        number("PageSize", size, 500)?,
    ))
}

fn sites(call: &Call, visit: &Visit<'_>) -> Result<String, Refused> {
    let (number, size) = page(call, &[], 500)?;
    let window = Window::page(number, size);
    let names = ("Sites", Some("TotalCount"));
    let rest = json!({
        "RequestId": alibaba::request_id(visit),
        "PageNumber": number,
        "PageSize": size,
    });
    let mut item = |site: &Site| Some(item(site, visit).to_string());
    Ok(listing::body(
        visit, &SITES, window, names, &rest, &mut item,
    ))
}

fn item(site: &Site, visit: &Visit<'_>) -> Value {
    let at = |count| {
        let moment = dates::days(visit.today, count);
        moment.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    };
    let mut site = json!({
        "SiteId": site.number,
        "SiteName": if visit.style == Style::Hostile { HOSTILE } else { site.name },
        "CreateTime": at(-500),
        "UpdateTime": at(-100),
        "VisitTime": at(-1),
    });
    amend(&mut site, fixed(FIXED));
    site
}

/// The members that all sites have alike.
const FIXED: &str = r#"{
    "Status": "active", "OfflineReason": "", "AccessType": "CNAME", "Coverage": "overseas",
    "InstanceId": "esa-site-sandbox", "PlanName": "basic", "PlanSpecName": "basic",
    "ResourceGroupId": "rg-sandbox", "NameServerList": "", "CnameZone": "example.cname.example.net",
    "VerifyCode": "CANARY-verify", "Tags": {}
}"#;

fn certificates(call: &Call, visit: &mut Visit<'_>) -> Result<String, Refused> {
    let site = esa::site(call).map_err(|(code, text)| (code.to_owned(), text.to_owned()))?;
    let (number, size) = page(call, &["SiteId"], 20)?;
    let mut all = listing::certificates(visit);
    all.retain(|entry| match entry {
        Entry::Sample(_) => site.id == esa::SITE_ID,
        Entry::Made(made) => esa::is_at(*made, site, visit),
    });
    let visit = &*visit;
    let mut item = |entry: &Entry| {
        let (_, result) = esa::result(&entry.id(Service::Esa), site, visit)?;
        Some(result.to_string())
    };
    let window = Window::page(number, size);
    let names = ("Result", Some("TotalCount"));
    let rest = json!({
        "RequestId": alibaba::request_id(visit),
        "SiteId": site.number,
        "SiteName": site.name,
        "PageNumber": number,
        "PageSize": size,
    });
    Ok(listing::body(visit, &all, window, names, &rest, &mut item))
}
