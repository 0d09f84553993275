//! A page of `DescribeCertificates`.
//!
//! Trap: a record of type CA may come without the ends of its certificates, or with fewer of them than names, while the
//! answer about it has them all.

use super::read;
use crate::adapters::lenient::{Field, Json, Object};
use crate::adapters::listing::{self, Page};
use crate::error::Error;

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
        let lacking = records.filter(|record| lacks_ends(record));
        page.lacking = lacking
            .filter_map(|record| record.text("CertificateId"))
            .collect();
    }
    Ok(page)
}

/// Whether a bundle does not tell the end of each of its certificates.
fn lacks_ends(record: &Object) -> bool {
    let kind = record.text("CertificateType").unwrap_or_default();
    let ends = members(record, "CAEndTimes");
    kind.eq_ignore_ascii_case("CA") && (ends == 0 || ends < members(record, "CACommonNames"))
}

fn members(record: &Object, key: &str) -> usize {
    match record.field(key) {
        Field::Value(Json::Array(members)) => members.len(),
        _ => 0,
    }
}
