//! The certificates of an account while they are listed: which of them may have replaced others, and when that can be told.

use std::cell::{Cell, RefCell};

use chrono::{DateTime, Utc};

use crate::model::supersede::may_be_replaced;
use crate::model::{CertStatus, Successors};

/// The certificates of one account that its lists brought so far.
#[derive(Default)]
pub struct Inventory {
    successors: RefCell<Successors>,
    /// The list begins with what ends last, and has kept to that: a successor comes before what it replaced.
    descending: Cell<bool>,
    earliest_end: Cell<Option<DateTime<Utc>>>,
}

impl Inventory {
    /// A list begins, with what ends last or in another order.
    pub fn begins(&self, latest_first: bool) {
        self.descending
            .set(latest_first && self.earliest_end.get().is_none());
    }

    /// Takes a certificate into account.
    pub fn learn(&self, certificate: &CertStatus) {
        self.successors.borrow_mut().learn(certificate);
        let Some(end) = certificate.facts.not_after.moment() else {
            return;
        };
        match self.earliest_end.get() {
            Some(earliest) if end.at > earliest => self.descending.set(false),
            _ => self.earliest_end.set(Some(end.at)),
        }
    }

    /// A certificate comes later than its place in the list, so that order tells nothing any more.
    pub fn is_late(&self) {
        self.descending.set(false);
    }

    /// The id of the one that took the place of a certificate.
    pub fn successor(&self, certificate: &CertStatus) -> Option<String> {
        self.successors.borrow().of(certificate).map(str::to_owned)
    }

    /// Whether a certificate to come can change what is told of this one. Where a successor changes the verdict, the
    /// order of the list alone does not exclude one.
    pub fn is_open(&self, certificate: &CertStatus, ignore_superseded: bool) -> bool {
        may_be_replaced(certificate)
            && !(self.descending.get()
                && (!ignore_superseded || self.successor(certificate).is_some()))
    }
}
