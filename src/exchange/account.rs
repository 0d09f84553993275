//! What one run learns about one account: whether its key is good, and how far its provider's clock is from ours.

use std::cell::{Cell, RefCell};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Mutex, MutexGuard};

use crate::error::{Error, Kind};

/// A `Date` this far off shows that the local clock is wrong.
const CLOCK_IS_WRONG: TimeDelta = TimeDelta::hours(1);

/// Clocks this close agree, given whole seconds and the time an answer takes; services refuse for minutes.
const CLOCKS_AGREE: TimeDelta = TimeDelta::seconds(30);

/// One key at one provider. The first signed request goes alone; the others follow once it was answered with
/// anything but a refused key (Huawei locks a key after five bad signatures).
#[derive(Default)]
pub struct Account {
    first: Mutex<()>,
    proven: Cell<bool>,
    refused: RefCell<Option<Error>>,
    offset: Cell<TimeDelta>,
    skew: Cell<Option<Skew>>,
}

/// How far apart two clocks are, and what showed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skew {
    /// How far the local clock is behind the provider's.
    pub behind: TimeDelta,
    /// A signature was refused for its time: the provider's clock is the one that counts. A `Date` alone is no more
    /// than another opinion.
    pub refused: bool,
}

/// Leave to send. While the key is unproven it is a guard that only one request holds.
pub(super) type Leave<'a> = Option<MutexGuard<'a, ()>>;

impl Account {
    /// Waits for leave to send.
    pub(super) async fn admit(&self) -> Result<Leave<'_>, Error> {
        self.standing()?;
        if self.proven.get() {
            return Ok(None);
        }
        let guard = self.first.lock().await;
        self.standing()?;
        Ok(if self.proven.get() { None } else { Some(guard) })
    }

    fn standing(&self) -> Result<(), Error> {
        let Some(mut error) = self.refused.borrow().clone() else {
            return Ok(());
        };
        error.message = format!(
            "not asked, since this key was refused before: {}",
            error.message
        );
        error.attempts = 0;
        Err(error)
    }

    /// Learns from an answer: any but a refused key (or a clock that stays wrong) proves the account.
    pub(super) fn answered(&self, error: Option<&Error>) {
        match error.map(|error| error.kind) {
            Some(Kind::Credentials) => self.refuse(error),
            Some(Kind::Clock | Kind::Network) => {}
            _ => self.proven.set(true),
        }
    }

    /// From now on nothing is sent for this account.
    pub(super) fn refuse(&self, error: Option<&Error>) {
        *self.refused.borrow_mut() = error.cloned();
    }

    /// What to add to the local clock before signing.
    pub(super) fn offset(&self) -> TimeDelta {
        self.offset.get()
    }

    /// Takes the provider's clock for signatures and for judging, after a try that was signed with `used` as the
    /// offset was refused. Says whether a new try would be signed with another time than that one.
    pub(super) fn correct(
        &self,
        local: DateTime<Utc>,
        server: DateTime<Utc>,
        used: TimeDelta,
    ) -> bool {
        let offset = server - local;
        let differs = (offset - used).abs() > CLOCKS_AGREE;
        if differs {
            self.offset.set(offset);
            self.skew.set(Some(Skew {
                behind: offset,
                refused: true,
            }));
        }
        differs
    }

    /// Notes the clock an answer shows.
    pub(super) fn saw_clock(&self, local: DateTime<Utc>, server: DateTime<Utc>) {
        let behind = server - local;
        if self.skew.get().is_none() && behind.abs() > CLOCK_IS_WRONG {
            self.skew.set(Some(Skew {
                behind,
                refused: false,
            }));
        }
    }

    /// How far the clocks are apart, where the provider showed that they are.
    pub fn skew(&self) -> Option<Skew> {
        self.skew.get()
    }
}
