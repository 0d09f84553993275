//! What one run learns about one account: whether its key is good, and how far its provider's clock is from ours.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Mutex, MutexGuard, Semaphore};
use tokio::time::Instant;

use super::lane::{Lane, Pace, Turn};
use crate::error::{Error, Kind};

/// A `Date` this far off shows that the local clock is wrong.
const CLOCK_IS_WRONG: TimeDelta = TimeDelta::hours(1);

/// Clocks this close agree, given whole seconds and the time an answer takes; services refuse for minutes.
const CLOCKS_AGREE: TimeDelta = TimeDelta::seconds(30);

/// One key at one provider. The first signed request goes alone; the others follow once it was answered with
/// anything but a refused key (Huawei locks a key after five bad signatures).
pub struct Account {
    lane: Lane,
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

/// Leave to send, held until the answer is there.
pub(super) struct Leave<'a> {
    /// While the key is unproven only one request holds it.
    _first: Option<MutexGuard<'a, ()>>,
    /// A place among those under way.
    _turn: Turn<'a>,
}

impl Account {
    /// An account that nothing is known of yet, to be asked at that pace.
    pub fn new(pace: Pace) -> Account {
        Account {
            lane: Lane::new(pace),
            first: Mutex::default(),
            proven: Cell::default(),
            refused: RefCell::default(),
            offset: Cell::default(),
            skew: Cell::default(),
        }
    }

    /// The same, with no more requests under way than there are slots, which others have too.
    pub fn within(mut self, slots: Rc<Semaphore>) -> Account {
        self.lane.within(slots);
        self
    }

    /// Waits for leave to send.
    pub(super) async fn admit(&self) -> Result<Leave<'_>, Error> {
        self.standing()?;
        let first = match self.proven.get() {
            true => None,
            false => Some(self.first.lock().await).filter(|_| !self.proven.get()),
        };
        self.standing()?;
        let turn = self.lane.enter().await;
        // The wait may have been long.
        self.standing()?;
        Ok(Leave {
            _first: first,
            _turn: turn,
        })
    }

    /// The provider wants to be left alone until then.
    pub(super) fn rest_until(&self, moment: Instant) {
        self.lane.close_until(moment);
    }

    fn standing(&self) -> Result<(), Error> {
        let Some(mut error) = self.refused.borrow().clone() else {
            return Ok(());
        };
        error.message = format!(
            "not asked, since {} earlier in this run: {}",
            match error.kind {
                Kind::Throttled => "the service asked to wait",
                _ => "this key was refused",
            },
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
