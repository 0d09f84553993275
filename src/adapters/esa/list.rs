//! The client certificates of an account: `ListSites`, then `ListClientCertificates` for one site after the other
//! (2024-09-10).
//!
//! Traps: the largest page of the second list is not documented (100 is tried, then the 20 of the samples); `Result` is
//! an object in the call for one certificate and a list here; a site that refuses does not stop the others.

use std::rc::Rc;

use http::Method;

use super::digit_id;
use super::read;
use crate::adapters::alibaba::{self, Operation};
use crate::adapters::list_sequence::{ListPart, ListSequence};
use crate::adapters::listing::{self, ListApi, Page, PagedFlow, incomplete};
use crate::adapters::pagination::{PageRequest, PageStyle};
use crate::adapters::saved::{SavedContent, no_certificates};
use crate::credentials::CurrentKey;
use crate::error::Error;
use crate::exchange::{Endpoint, Request, Response, Stamp};
use crate::json::{Field, Json, Object};
use crate::model::Facts;

const SITES: Operation = Operation {
    action: "ListSites",
    version: "2024-09-10",
    codes: super::CODES,
    permission: "esa:ListSites",
};

const CERTIFICATES: Operation = Operation {
    action: "ListClientCertificates",
    version: "2024-09-10",
    codes: super::CODES,
    permission: "esa:ListClientCertificates",
};

/// Keys that tell a list from a refusal: the list itself may be null.
const SITES_MARKS: &[&str] = &["Sites", "TotalCount", "PageNumber"];
const CERTIFICATES_MARKS: &[&str] = &["Result", "TotalCount", "PageNumber", "SiteId"];

/// The certificates of that site, or of all sites.
pub fn all(endpoint: Endpoint, site: Option<String>, key: CurrentKey) -> ListSequence {
    let sites = Rc::new(Sites(endpoint.clone()));
    let (to, by) = (endpoint, key.clone());
    let certificates = move |id: String, name: Option<String>| {
        let api = Certificates {
            endpoint: to.clone(),
            site: id.clone(),
            site_name: name,
        };
        ListPart {
            label: Some(("site", id)),
            flow: Box::new(PagedFlow::new(Rc::new(api), by.clone())),
        }
    };
    match site {
        Some(site) => ListSequence::of([certificates(site, None)]),
        None => ListSequence::of_each(PagedFlow::new(sites, key), move |site: Facts| {
            let id = site.id.as_deref().and_then(|id| digit_id(id).ok());
            let id = id.ok_or_else(|| incomplete("it has a site without an id"))?;
            Ok(certificates(id, site.name))
        }),
    }
}

/// The list of sites.
struct Sites(Endpoint);

/// The list of the certificates of a site.
struct Certificates {
    endpoint: Endpoint,
    site: String,
    site_name: Option<String>,
}

fn request(
    operation: &Operation,
    endpoint: &Endpoint,
    page: &PageRequest,
    site: Option<&str>,
    key: &CurrentKey,
    stamp: Stamp,
) -> Result<Request, Error> {
    let (number, size) = (page.position.to_string(), page.size.to_string());
    let mut parameters = vec![("PageNumber", number.as_str()), ("PageSize", &size)];
    parameters.extend(site.map(|site| ("SiteId", site)));
    alibaba::request(
        operation,
        Method::GET,
        endpoint,
        &parameters,
        &key.get(),
        stamp,
    )
}

impl ListApi for Sites {
    const STYLE: PageStyle = PageStyle::Number;
    const SIZES: &'static [usize] = &[500, 100, 20];
    const ASKS_FOR_LACKING: bool = false;

    fn page(&self, page: &PageRequest, key: &CurrentKey, stamp: Stamp) -> Result<Request, Error> {
        request(&SITES, &self.0, page, None, key, stamp)
    }

    /// A site stands where a certificate does elsewhere. Two spellings of a number are one site.
    fn read_page(&self, response: &Response) -> Result<Page, Error> {
        let list = alibaba::answer(&SITES, response, SITES_MARKS)?;
        listing::page(&list, ["Sites", "TotalCount"], |site| Facts {
            id: site.text("SiteId").map(|id| digit_id(&id).unwrap_or(id)),
            name: site.text("SiteName"),
            ..Facts::default()
        })
    }
}

impl ListApi for Certificates {
    const STYLE: PageStyle = PageStyle::Number;
    const SIZES: &'static [usize] = &[100, 20, 5, 1];
    const SIZE_IS_GUESS: bool = true;
    /// Without its site an id is not enough to ask.
    const ASKS_FOR_LACKING: bool = false;

    fn page(&self, page: &PageRequest, key: &CurrentKey, stamp: Stamp) -> Result<Request, Error> {
        let site = Some(self.site.as_str());
        request(&CERTIFICATES, &self.endpoint, page, site, key, stamp)
    }

    fn read_page(&self, response: &Response) -> Result<Page, Error> {
        let list = alibaba::answer(&CERTIFICATES, response, CERTIFICATES_MARKS)?;
        page(&list, Some(&self.site), self.site_name.clone())
    }
}

/// A saved page of a site's list, and what makes the ids in it unique; nothing where the answer is no list. The site may
/// be expected to be a certain one.
pub fn saved(answer: &Json, site: Option<&str>) -> Result<Option<SavedContent>, Error> {
    let inner = alibaba::inner(answer);
    let is_list = |list: &Object| list.object("Result").is_none() && list.names("TotalCount");
    let has_rows = |list: &Object| matches!(list.field("Result"), Field::Value(Json::Array(_)));
    let Some(inner) = inner.filter(|inner| is_list(inner) || has_rows(inner)) else {
        return Ok(None);
    };
    if inner.names("Sites") {
        alibaba::saved(&SITES, answer, SITES_MARKS)?;
        return Err(no_certificates(
            "a list of sites (ListSites), which has no certificates",
            "save the answer of ListClientCertificates for each SiteId in it",
        ));
    }
    let list = alibaba::saved(&CERTIFICATES, answer, CERTIFICATES_MARKS)?;
    let scope = site.map(str::to_owned).or_else(|| list.text("SiteId"));
    let page = page(list, site, None)?;
    Ok(Some(SavedContent::Page(
        scope.map(|site| format!("site {site}")),
        page,
    )))
}

fn page(list: &Object, site: Option<&str>, site_name: Option<String>) -> Result<Page, Error> {
    let request_id = alibaba::request_id(list);
    let own = list.text("SiteId");
    let site_name = site_name.or_else(|| list.text("SiteName"));
    listing::page(list, ["Result", "TotalCount"], |record| {
        let mut facts = read::listed(record, None, site_name.clone());
        facts.request_id = request_id.clone();
        read::same_site(&mut facts, site, own.clone());
        facts
    })
}
