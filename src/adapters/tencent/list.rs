//! A page of `DescribeCertificates`.
//!
//! Trap: a record of type CA may come without the ends of its certificates, or with fewer of them than names, while the
//! answer about it has them all.

use super::read;
use crate::adapters::listing::{self, Page};
use crate::error::Error;
use crate::json::{Field, Json, Object};

const LIST: &str = "Certificates";

/// The certificates of a page.
pub fn page(list: &Object) -> Result<Page, Error> {
    let request_id = list.text("RequestId");
    let mut page = listing::page(list, [LIST, "TotalCount"], |record| {
        let mut facts = read::certificate(record, None);
        facts.request_id = request_id.clone();
        facts
    })?;
    if let Field::Value(Json::Array(records)) = list.field(LIST) {
        let records = records.iter().filter_map(Json::as_object);
        let lacking = records.filter(|record| read::lacks_ends(record));
        page.lacking = lacking
            .filter_map(|record| record.text("CertificateId"))
            .collect();
    }
    Ok(page)
}
