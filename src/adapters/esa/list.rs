//! The client certificates of an account: `ListSites`, then `ListClientCertificates` for one site after the other
//! (2024-09-10).
//!
//! ```text
//! Sites ──all pages──▶ Certificates of a site ──all pages──▶ the next site … ──▶ done
//! ```
//!
//! Traps: the largest page of the second list is not documented (100 is tried, then the 20 of the samples); `Result` is
//! an object in the call for one certificate and a list here; a site that refuses does not stop the others.

use std::collections::VecDeque;

use http::Method;

use super::digit_id;
use super::read;
use crate::adapters::alibaba::{self, Operation};
use crate::adapters::listing::{
    self, ListBatch, Page, broken_off, incomplete, smaller_may_do, taken,
};
use crate::adapters::pagination::{Cursor, PageStyle};
use crate::adapters::saved::{Saved, no_certificates};
use crate::credentials::CurrentKey;
use crate::error::{Error, Kind};
use crate::exchange::{Endpoint, Flow, Outcome, Progress, Response, Stamp, Step};
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

/// What tells an answer from a refusal: its list may be null.
const SITES_TOLD: &[&str] = &["Sites", "TotalCount", "PageNumber"];
const CERTIFICATES_TOLD: &[&str] = &["Result", "TotalCount", "PageNumber", "SiteId"];

const SITE_PAGES: &[usize] = &[500, 100, 20];
const CERTIFICATE_PAGES: &[usize] = &[100, 20, 5, 1];

/// A site of the account.
struct Site {
    id: String,
    name: Option<String>,
}

/// The lists of all sites, one after the other.
pub struct Sites {
    endpoint: Endpoint,
    key: CurrentKey,
    /// The list of sites, until it was read.
    sites: Option<Cursor>,
    /// Those whose certificates are still to be listed; the first is under way.
    open: VecDeque<Site>,
    pages: Cursor,
}

fn certificates() -> Cursor {
    Cursor::new(PageStyle::Number, CERTIFICATE_PAGES)
}

impl Sites {
    /// The lists of that site, or of all sites.
    pub fn new(endpoint: Endpoint, site: Option<String>, key: CurrentKey) -> Sites {
        let sites = match site {
            Some(_) => None,
            None => Some(Cursor::new(PageStyle::Number, SITE_PAGES)),
        };
        let site = site.map(|id| Site { id, name: None });
        Sites {
            endpoint,
            key,
            sites,
            open: site.into_iter().collect(),
            pages: certificates(),
        }
    }

    fn sites_told(
        &mut self,
        answer: Result<Response, Error>,
    ) -> Result<Progress<ListBatch>, Error> {
        let Some(pages) = &mut self.sites else {
            return self.certificates_told(answer);
        };
        let progress = match answer {
            Err(error) => broken_off(pages, error)?,
            Ok(response) => taken(pages, sites(&response)?),
        };
        let (mut listed, more) = match progress {
            Progress::Done(listed) => (listed, false),
            Progress::Part(listed) => (listed, true),
            Progress::More => (ListBatch::default(), true),
        };
        if !more {
            self.sites = None;
        }
        let found = std::mem::take(&mut listed.certificates);
        for facts in found {
            match facts.id.as_deref().and_then(|id| digit_id(id).ok()) {
                Some(id) => self.open.push_back(Site {
                    id,
                    name: facts.name,
                }),
                None => listed.missing = Some(incomplete("it has a site without an id")),
            }
        }
        listed.total = None;
        Ok(if more || !self.open.is_empty() {
            Progress::Part(listed)
        } else {
            Progress::Done(listed)
        })
    }

    fn certificates_told(
        &mut self,
        answer: Result<Response, Error>,
    ) -> Result<Progress<ListBatch>, Error> {
        let progress = match answer {
            Err(error) => self.broken_off(error)?,
            Ok(response) => {
                let list = alibaba::answer(&CERTIFICATES, &response, CERTIFICATES_TOLD)?;
                let page = self.page(&list)?;
                taken(&mut self.pages, page)
            }
        };
        let mut listed = match progress {
            Progress::Done(listed) => listed,
            more => return Ok(more),
        };
        if let (Some(error), Some(site)) = (&mut listed.missing, self.open.front()) {
            error.message = format!("site {}: {}", site.id, error.message);
            *error = error.clone().quoting(&site.id);
        }
        listed.total = None;
        self.open.pop_front();
        self.pages = certificates();
        Ok(if self.open.is_empty() {
            Progress::Done(listed)
        } else {
            Progress::Part(listed)
        })
    }

    fn page(&self, list: &Object) -> Result<Page, Error> {
        let Some(site) = self.open.front() else {
            return Err(Error::new(Kind::Protocol, "an answer about no site"));
        };
        page(list, Some(&site.id), site.name.clone())
    }

    /// A site that stays closed is told, and the others are read.
    fn broken_off(&mut self, error: Error) -> Result<Progress<ListBatch>, Error> {
        if error.kind == Kind::Credentials || error.kind == Kind::Clock {
            return Err(error);
        }
        if smaller_may_do(&mut self.pages, &error) {
            return Ok(Progress::Part(ListBatch::default()));
        }
        broken_off(&mut self.pages, error).or_else(|error| {
            Ok(Progress::Done(ListBatch {
                missing: Some(error),
                ..ListBatch::default()
            }))
        })
    }
}

/// A saved page of a site's list, and what makes the ids in it unique; nothing where the answer is no list. The site may
/// be expected to be a certain one.
pub fn saved(answer: &Json, site: Option<&str>) -> Result<Option<Saved>, Error> {
    let inner = alibaba::inner(answer);
    let is_list = |list: &Object| list.object("Result").is_none() && list.names("TotalCount");
    let has_rows = |list: &Object| matches!(list.field("Result"), Field::Value(Json::Array(_)));
    let Some(inner) = inner.filter(|inner| is_list(inner) || has_rows(inner)) else {
        return Ok(None);
    };
    if inner.names("Sites") {
        alibaba::saved(&SITES, answer, SITES_TOLD)?;
        return Err(no_certificates(
            "a list of sites (ListSites), which has no certificates",
            "save the answer of ListClientCertificates for each SiteId in it",
        ));
    }
    let list = alibaba::saved(&CERTIFICATES, answer, CERTIFICATES_TOLD)?;
    let scope = site.map(str::to_owned).or_else(|| list.text("SiteId"));
    let page = page(list, site, None)?;
    Ok(Some(Saved::Page(
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

/// A page of sites; a site stands where a certificate does elsewhere. Two spellings of a number are one site.
fn sites(response: &Response) -> Result<Page, Error> {
    let list = alibaba::answer(&SITES, response, SITES_TOLD)?;
    listing::page(&list, ["Sites", "TotalCount"], |site| Facts {
        id: site.text("SiteId").map(|id| digit_id(&id).unwrap_or(id)),
        name: site.text("SiteName"),
        ..Facts::default()
    })
}

impl Flow for Sites {
    type Output = ListBatch;

    fn step(&self, stamp: Stamp) -> Result<Step, Error> {
        let at = self.sites.as_ref().unwrap_or(&self.pages).at();
        let (number, size) = (at.position.to_string(), at.size.to_string());
        let mut parameters = vec![("PageNumber", number.as_str()), ("PageSize", &size)];
        let site = match (&self.sites, self.open.front()) {
            (None, Some(site)) => Some(site.id.as_str()),
            _ => None,
        };
        parameters.extend(site.map(|site| ("SiteId", site)));
        let operation = if site.is_some() {
            &CERTIFICATES
        } else {
            &SITES
        };
        let (endpoint, key) = (&self.endpoint, self.key.get());
        alibaba::request(operation, Method::GET, endpoint, &parameters, &key, stamp).map(Step::read)
    }

    fn answer(&mut self, answer: Result<Outcome, Error>) -> Result<Progress<ListBatch>, Error> {
        self.sites_told(answer.and_then(Outcome::http))
    }
}
