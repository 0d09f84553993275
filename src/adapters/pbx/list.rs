//! All certificates of a box: `certificate/list`.
//!
//! Traps: its records carry the DNS provider's credentials as those of `certificate/get` do; the page base and the
//! largest page are not documented, and a box holds about two dozen certificates.

use super::expiration::BoxClock;
use super::read;
use super::session::Query;
use crate::adapters::cursor::Cursor;
use crate::adapters::digit_id;
use crate::adapters::listing::{self, ListBatch, Page, broken_off, take_page};
use crate::adapters::pagination::PageStyle;
use crate::adapters::response_body;
use crate::error::Error;
use crate::exchange::FlowProgress;
use crate::json::{Field, Json, Object};

const LIST: &str = "certificate_list";
const PAGE_SIZES: &[usize] = &[100, 20, 5];

/// Whether it is an answer of `certificate/list`, or of `certificate/query`, which is alike.
pub fn is_page(answer: &Object) -> bool {
    answer.names(LIST) || answer.names("total_number")
}

/// The records of such an answer.
pub fn page(answer: &Object, clock: &BoxClock) -> Result<Page, Error> {
    let read = |record: &Object| {
        let mut facts = read::certificate(record, None, clock);
        // Two spellings of a number are one certificate.
        facts.id = facts.id.map(|id| digit_id(&id).unwrap_or(id));
        facts
    };
    listing::page(answer, [LIST, "total_number"], read)
}

/// The list of the box.
pub struct ListQuery(Cursor);

impl ListQuery {
    /// From its beginning.
    pub fn new() -> ListQuery {
        ListQuery(Cursor::new(PageStyle::Number, PAGE_SIZES).with_guessed_size())
    }
}

impl Query for ListQuery {
    type Output = ListBatch;

    fn call(&self) -> (&'static str, Vec<(&'static str, String)>) {
        let at = self.0.request();
        let parameters = vec![
            ("page", at.position.to_string()),
            ("page_size", at.size.to_string()),
        ];
        ("certificate/list", parameters)
    }

    fn check(&self, answer: &Object) -> Result<(), Error> {
        if is_page(answer) {
            Ok(())
        } else {
            Err(response_body::wrong_shape("no certificate_list"))
        }
    }

    fn wants_clock(&self, answer: &Object, clock: &BoxClock) -> bool {
        let Field::Value(Json::Array(records)) = answer.field(LIST) else {
            return false;
        };
        let mut records = records.iter().filter_map(Json::as_object);
        records.any(|record| read::wants_clock(record, clock))
    }

    fn read(&mut self, answer: &Object, clock: &BoxClock) -> FlowProgress<ListBatch> {
        match page(answer, clock) {
            Ok(page) => take_page(&mut self.0, page),
            Err(error) => FlowProgress::Done(ListBatch::missing(error)),
        }
    }

    fn failed(&mut self, error: Error) -> Result<FlowProgress<ListBatch>, Error> {
        broken_off(&mut self.0, error)
    }
}
