//! State of one account during a run: the acceptance of its key, and the clock offset of its provider.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Mutex, MutexGuard, Semaphore};
use tokio::time::Instant;

use super::rate_limit::{AccountLimiter, RateLimit, RateLimitPermit};
use crate::error::{Error, Kind};

/// A `Date` this far off shows that the local clock is wrong.
const CLOCK_IS_WRONG: TimeDelta = TimeDelta::hours(1);

/// Clocks this close agree, given whole seconds and the time an answer takes; services refuse for minutes.
const CLOCKS_AGREE: TimeDelta = TimeDelta::seconds(30);

/// One key, at all addresses that share its refusal. Until it is proved only one request is under way at all of them, so
/// that a bad key is tried once (Huawei locks a key after five bad signatures).
#[derive(Default)]
pub struct KeyStanding {
    first: Mutex<()>,
    refused: RefCell<Option<Refusal>>,
}

/// Whether one sign-in, at all targets of an account that share the refusal of its key, is proved: a target has done what
/// was requested, or refused it for a reason that only the owner of the key is told.
#[derive(Clone, Default)]
pub struct KeyProof(Rc<Cell<bool>>);

/// A key was refused.
struct Refusal {
    /// Host and port of the address that refused it; empty where there is only one.
    by: String,
    error: Error,
}

/// One key at one address of a provider. The first signed request goes alone; the others follow once it was answered with
/// anything but a refused key. Once the key is proved at another target, the first requests to several addresses go at the
/// same time.
pub struct AccountState {
    limiter: AccountLimiter,
    key: Rc<KeyStanding>,
    proof: KeyProof,
    address: String,
    /// Held by the first request to this address.
    first: Mutex<()>,
    /// This address has accepted the key.
    proven: Cell<bool>,
    /// Why nothing more is sent here, but for a refused key.
    closed: RefCell<Option<Error>>,
    offset: Cell<TimeDelta>,
    farthest: Cell<Option<TimeDelta>>,
}

/// The service's clock by one response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AnswerClock {
    /// How far the local clock is behind the answer's `Date`; none without one.
    pub date: Option<TimeDelta>,
    /// What was added to the local clock for the signature that the service accepted, after it had refused one for its
    /// time. That proves its clock; a `Date` alone is no more than another opinion.
    pub proven: Option<TimeDelta>,
}

/// Clock offsets for the evaluation: added to the local clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClockOffsets {
    /// For the end of validity.
    pub end: TimeDelta,
    /// For its start.
    pub start: TimeDelta,
    /// How far the local clock is behind the service's; none where the two agree.
    pub behind: Option<TimeDelta>,
    /// Whether the start is judged by a clock that is proven, and by no other.
    pub proven: bool,
}

impl AnswerClock {
    /// The clocks that judge the answer. `farthest` stands in for its `Date` where it has none.
    ///
    /// The end is judged by the latest of the clocks. The start is judged by a clock that is proven, else by the earlier
    /// one: nothing tells which of the two is right (a box without a battery is in 2000 after each power cut).
    pub fn offsets(self, farthest: Option<TimeDelta>) -> ClockOffsets {
        let date = match self.date {
            Some(own) => Some(own).filter(|own| is_wrong(*own)),
            None => farthest,
        };
        let ours = TimeDelta::zero();
        let service = [date, self.proven].into_iter().flatten();
        ClockOffsets {
            end: service.clone().fold(ours, TimeDelta::max),
            start: self
                .proven
                .or(date.map(|date| date.min(ours)))
                .unwrap_or(ours),
            behind: service.max_by_key(|behind| distance(*behind)),
            proven: self.proven.is_some(),
        }
    }
}

fn is_wrong(behind: TimeDelta) -> bool {
    behind.abs() > CLOCK_IS_WRONG
}

/// Of two that are equally far the later one counts as farther, so that the order of answers decides nothing.
fn distance(behind: TimeDelta) -> (TimeDelta, TimeDelta) {
    (behind.abs(), behind)
}

/// A permit to send, held until the answer is there.
pub(super) struct Permit<'a> {
    /// Until this address has accepted the key, only one request to it holds this.
    _first_here: Option<MutexGuard<'a, ()>>,
    /// Until the key is proved, only one request to any address holds this.
    _first: Option<MutexGuard<'a, ()>>,
    _rate_limit: RateLimitPermit<'a>,
}

impl AccountState {
    /// A new account with this rate limit.
    pub fn new(rate_limit: RateLimit) -> AccountState {
        AccountState {
            limiter: AccountLimiter::new(rate_limit),
            key: Rc::default(),
            proof: KeyProof::default(),
            address: String::new(),
            first: Mutex::default(),
            proven: Cell::default(),
            closed: RefCell::default(),
            offset: Cell::default(),
            farthest: Cell::default(),
        }
    }

    /// Without a key: the first request need not go alone.
    pub fn open(self) -> AccountState {
        self.proven.set(true);
        self
    }

    /// Also limits the requests in flight to these slots, which several accounts share.
    pub fn within(mut self, slots: Rc<Semaphore>) -> AccountState {
        self.limiter.within(slots);
        self
    }

    /// With a key that is used at other addresses too.
    pub fn with_key(mut self, key: Rc<KeyStanding>, address: String) -> AccountState {
        (self.key, self.address) = (key, address);
        self
    }

    /// With a sign-in that other targets of the account share.
    pub fn with_proof(mut self, proof: KeyProof) -> AccountState {
        self.proof = proof;
        self
    }

    /// Waits for a permit to send.
    pub(super) async fn admit(&self) -> Result<Permit<'_>, Error> {
        self.standing()?;
        let first_here = if self.proven.get() {
            None
        } else {
            Some(self.first.lock().await).filter(|_| !self.proven.get())
        };
        let first = if first_here.is_none() || self.proof.0.get() {
            None
        } else {
            Some(self.key.first.lock().await).filter(|_| !self.proof.0.get())
        };
        self.standing()?;
        let rate_limit = self.limiter.enter().await;
        // The wait may have been long.
        self.standing()?;
        Ok(Permit {
            _first_here: first_here,
            _first: first,
            _rate_limit: rate_limit,
        })
    }

    /// The provider wants to be left alone until then.
    pub(super) fn rest_until(&self, moment: Instant) {
        self.limiter.close_until(moment);
    }

    fn standing(&self) -> Result<(), Error> {
        if let Some(error) = &*self.closed.borrow() {
            let why = match error.kind {
                Kind::Throttled => "the service asked to wait",
                _ => "the service refused this machine's time",
            };
            return Err(unasked(error, why));
        }
        // An address that has accepted the key goes on, and so do the targets of a key that is proved.
        match &*self.key.refused.borrow() {
            Some(refusal) if refusal.by == self.address => {
                Err(unasked(&refusal.error, "this key was refused"))
            }
            Some(refusal) if !self.proven.get() && !self.proof.0.get() => {
                let why = format!("this key was refused at {}", refusal.by);
                Err(unasked(&refusal.error, &why))
            }
            _ => Ok(()),
        }
    }

    /// Learns from a response: any but a refused key (or a clock that stays wrong) shows that this address accepts the key.
    /// An outage or an answer that cannot be read may come from a gateway in front of it, and proves nothing elsewhere.
    pub(super) fn answered(&self, error: Option<&Error>) {
        let kind = error.map(|error| error.kind);
        if matches!(kind, None | Some(Kind::NotFound | Kind::Permission)) {
            self.proof.0.set(true);
        }
        match error {
            Some(error) if error.kind == Kind::Credentials => self.refuse(error),
            Some(error) if matches!(error.kind, Kind::Clock | Kind::Network) => {}
            _ => self.proven.set(true),
        }
    }

    /// From now on nothing is sent for this account; with a key that was refused, to no other address either.
    pub(super) fn refuse(&self, error: &Error) {
        match error.kind {
            Kind::Credentials => {
                let by = self.address.clone();
                let error = error.clone();
                self.key.refused.replace(Some(Refusal { by, error }));
            }
            _ => {
                self.closed.replace(Some(error.clone()));
            }
        }
    }

    /// The offset that is added to the local clock before signing.
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
        let offset = whole_seconds(server - local);
        let differs = (offset - used).abs() > CLOCKS_AGREE;
        if differs {
            self.offset.set(offset);
            self.remember(offset);
        }
        differs
    }

    /// Notes the clock that an answer shows, and tells how far the local one is behind it.
    pub(super) fn saw_clock(&self, local: DateTime<Utc>, server: DateTime<Utc>) -> TimeDelta {
        let behind = whole_seconds(server - local);
        if is_wrong(behind) {
            self.remember(behind);
        }
        behind
    }

    fn remember(&self, behind: TimeDelta) {
        let farthest = self.farthest.get().unwrap_or(behind);
        let farther = distance(behind) > distance(farthest);
        self.farthest
            .set(Some(if farther { behind } else { farthest }));
    }

    /// How far the local clock is behind the farthest of the clocks that the provider's answers and refusals showed;
    /// none where all agree with ours.
    pub fn farthest_clock(&self) -> Option<TimeDelta> {
        self.farthest.get()
    }
}

fn whole_seconds(delta: TimeDelta) -> TimeDelta {
    TimeDelta::seconds(delta.num_seconds())
}

/// The error of a request that was not sent for that reason.
fn unasked(error: &Error, why: &str) -> Error {
    let message = format!(
        "not asked, since {why} earlier in this run: {}",
        error.message
    );
    Error {
        message,
        attempts: 0,
        ..error.clone()
    }
}
