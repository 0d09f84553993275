//! Alibaba ESA: `ListSites`, and `ListClientCertificates` of one site.
//!
//! Sources: the models of the SDK and their comments. How large a page of client certificates may be is not
//! documented; here it is as with the sites. A parameter that is documented but not served is refused, since a list
//! that ignores a filter would be another list.

use serde_json::{Value, json};

use super::super::alibaba::{self, ApiOperation, JSON};
use super::{EsaSite, OPERATION, SITE_ID, SITES, is_at, result, site};
use crate::sandbox::context::{RecordStyle, RequestContext};
use crate::sandbox::dates;
use crate::sandbox::delivery::HOSTILE;
use crate::sandbox::listing::{self, ListEntry, PageWindow};
use crate::sandbox::reply::{Reply, amend, fixed};
use crate::sandbox::request::{IncomingRequest, pairs};

static LIST_SITES: ApiOperation = ApiOperation {
    action: "ListSites",
    permission: "esa:ListSites",
    ..OPERATION
};

static LIST_CERTIFICATES: ApiOperation = ApiOperation {
    action: "ListClientCertificates",
    permission: "esa:ListClientCertificates",
    ..OPERATION
};

/// The list operation with a name.
pub(super) fn operation(action: &str) -> Option<&'static ApiOperation> {
    [&LIST_SITES, &LIST_CERTIFICATES]
        .into_iter()
        .find(|operation| operation.action == action)
}

/// Answers a request that the gateway has admitted.
pub(super) fn handle(
    request: &IncomingRequest,
    context: &mut RequestContext<'_>,
    operation: &ApiOperation,
) -> Reply {
    let served = if operation.action == LIST_SITES.action {
        sites(request, context)
    } else {
        certificates(request, context)
    };
    match served {
        Ok(body) => Reply::good(JSON, body),
        Err((code, message)) => alibaba::refusal(context, operation, 400, &code, &message),
    }
}

/// Code and message.
type EsaListRefusal = (String, String);

/// Number and size of the requested page.
fn page(
    request: &IncomingRequest,
    others: &[&str],
    size: usize,
) -> Result<(usize, usize), EsaListRefusal> {
    let invalid = |name: &str| {
        let code = format!("InvalidParameter.{name}");
        (code, format!("The specified parameter {name} is invalid."))
    };
    let sent = pairs(&request.query, true);
    let known = |name: &str| ["PageNumber", "PageSize"].contains(&name) || others.contains(&name);
    if let Some((name, _)) = sent.iter().find(|(name, _)| !known(name)) {
        return Err(invalid(name));
    }
    let number = |name: &str, default: usize, most: usize| match request.parameter(name) {
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

fn sites(
    request: &IncomingRequest,
    context: &RequestContext<'_>,
) -> Result<String, EsaListRefusal> {
    let (number, size) = page(request, &[], 500)?;
    let window = PageWindow::page(number, size);
    let names = ("Sites", Some("TotalCount"));
    let rest = json!({
        "RequestId": alibaba::request_id(context),
        "PageNumber": number,
        "PageSize": size,
    });
    let mut item = |site: &EsaSite| Some(item(site, context).to_string());
    Ok(listing::body(
        context, &SITES, window, names, &rest, &mut item,
    ))
}

fn item(site: &EsaSite, context: &RequestContext<'_>) -> Value {
    let at = |count| {
        let moment = dates::days(context.today, count);
        moment.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    };
    let mut site = json!({
        "SiteId": site.number,
        "SiteName": if context.style == RecordStyle::Hostile { HOSTILE } else { site.name },
        "CreateTime": at(-500),
        "UpdateTime": at(-100),
        "VisitTime": at(-1),
    });
    amend(&mut site, fixed(FIXED));
    site
}

/// The members that are the same for all sites.
const FIXED: &str = r#"{
    "Status": "active", "OfflineReason": "", "AccessType": "CNAME", "Coverage": "overseas",
    "InstanceId": "esa-site-sandbox", "PlanName": "basic", "PlanSpecName": "basic",
    "ResourceGroupId": "rg-sandbox", "NameServerList": "", "CnameZone": "example.cname.example.net",
    "VerifyCode": "CANARY-verify", "Tags": {}
}"#;

fn certificates(
    request: &IncomingRequest,
    context: &mut RequestContext<'_>,
) -> Result<String, EsaListRefusal> {
    let site = site(request).map_err(|(code, text)| (code.to_owned(), text.to_owned()))?;
    let (number, size) = page(request, &["SiteId"], 20)?;
    let mut all = listing::certificates(context);
    all.retain(|entry| match entry {
        ListEntry::Sample(_) => site.id == SITE_ID,
        ListEntry::Generated(made) => is_at(*made, site, context),
    });
    let context = &*context;
    let mut item = |entry: &ListEntry| {
        let (_, result) = result(&entry.id(context.emulator), site, context)?;
        Some(result.to_string())
    };
    let window = PageWindow::page(number, size);
    let names = ("Result", Some("TotalCount"));
    let rest = json!({
        "RequestId": alibaba::request_id(context),
        "SiteId": site.number,
        "SiteName": site.name,
        "PageNumber": number,
        "PageSize": size,
    });
    Ok(listing::body(
        context, &all, window, names, &rest, &mut item,
    ))
}
