//! What a service knows while it answers one request.

use chrono::{DateTime, Utc};

use super::generated::Generated;
use super::list_faults::ListFault;
use super::services::Emulator;

/// How a record is changed by a fault.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RecordStyle {
    Plain,
    Hostile,
    OtherId,
}

/// By how many certificates lists have become shorter or longer, where a fault makes them so.
#[derive(Default)]
pub(super) struct ListChanges {
    pub removed: Option<u32>,
    pub added: Option<u32>,
}

/// What a service knows while it answers one request.
pub(super) struct RequestContext<'a> {
    pub emulator: &'static Emulator,
    /// The service's own clock, which a fault may have shifted.
    pub now: DateTime<Utc>,
    /// What the dates of certificates are relative to.
    pub today: DateTime<Utc>,
    pub style: RecordStyle,
    pub list_fault: Option<ListFault>,
    /// How many generated certificates there are; without them lists hold the samples.
    pub certificates: Option<u32>,
    /// Counts all requests of the sandbox; request IDs and tokens are made of it.
    pub number: u64,
    pub list_changes: &'a mut ListChanges,
}

impl RequestContext<'_> {
    /// The generated certificate with an ID, if there is one; also one by which a fault made a list longer.
    pub fn generated(&self, id: &str) -> Option<Generated> {
        let added = self.list_changes.added.unwrap_or(0);
        let last = self.certificates.unwrap_or(0).saturating_add(added);
        self.emulator.generated(id).filter(|made| made.0 <= last)
    }
}
