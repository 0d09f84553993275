//! What the accounts of one run share.

use std::rc::Rc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use super::key_finder::KeyFinder;
use super::known_accounts::Accounts;
use super::progress::Progress;
use crate::exchange::tls_verifier::PeerChain;
use crate::exchange::{Stop, Trace};
use crate::world::Context;

pub struct RunContext<'a> {
    pub context: &'a Context,
    /// Takes warnings.
    pub warn: &'a dyn Fn(String),
    /// Takes what is worth a line under `-v`.
    pub say: &'a dyn Fn(String),
    /// Shows how far the run is.
    pub progress: &'a Progress,
    /// The state of each account and its key.
    pub accounts: &'a Accounts,
    /// Permits for requests under way, for all accounts together.
    pub slots: Rc<Semaphore>,
    /// Keeps the certificates that the target presents.
    pub shown: &'a PeerChain,
    /// Takes each attempt.
    pub trace: &'a dyn Fn(&Trace<'_>),
    /// The signal to stop.
    pub stop: watch::Receiver<Stop>,
    /// The end of the run.
    pub deadline: Instant,
}

impl RunContext<'_> {
    pub fn finder(&self) -> KeyFinder<'_> {
        KeyFinder {
            context: self.context,
            warn: self.warn,
        }
    }
}

/// The deadline of a run that may take that long.
pub fn deadline(after: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(after).unwrap_or(now)
}
