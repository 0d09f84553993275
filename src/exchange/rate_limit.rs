//! The rate limit of one account. Providers count requests per account; a request above their limit is refused, and so
//! are those of the user's other tools.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

/// The rate limit of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RateLimit {
    /// Requests per second; none for no limit.
    pub per_second: Option<f64>,
    /// Requests in flight at once; none for no limit.
    pub in_flight: Option<usize>,
}

/// Network delay varies: requests sent one second apart can arrive a little closer together.
const MARGIN: f64 = 1.03;

/// Held by a request while it is in flight.
pub(super) struct RateLimitPermit<'a> {
    _place: Option<SemaphorePermit<'a>>,
    _slot: Option<SemaphorePermit<'a>>,
}

/// Waits for a permit. The semaphores are never closed.
async fn free(places: Option<&Semaphore>) -> Option<SemaphorePermit<'_>> {
    places?.acquire().await.ok()
}

/// Rate limiter of one account: limits the requests that start in any second, and those in flight.
///
/// Up to the limit of one second they start at once, so that a small run is not slowed down.
pub(super) struct AccountLimiter {
    /// The latest starts, at most as many as may lie within `window`. Locked while waiting, so that requests start in the
    /// order of their arrival.
    starts: Mutex<VecDeque<Instant>>,
    burst: usize,
    window: Duration,
    places: Option<Semaphore>,
    slots: Option<Rc<Semaphore>>,
    closed_until: Cell<Option<Instant>>,
}

impl AccountLimiter {
    pub(super) fn new(rate_limit: RateLimit) -> AccountLimiter {
        let rate = rate_limit
            .per_second
            .filter(|rate| rate.is_finite() && *rate > 0.0);
        // Half a request per second is one in two seconds.
        let burst = rate.map_or(0.0, |rate| rate.floor().clamp(1.0, 10_000.0));
        let seconds = rate.map_or(0.0, |rate| burst / rate * MARGIN);
        AccountLimiter {
            starts: Mutex::default(),
            burst: burst as usize,
            window: Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX),
            places: rate_limit.in_flight.map(|most| Semaphore::new(most.max(1))),
            slots: None,
            closed_until: Cell::new(None),
        }
    }

    /// Also limits the requests in flight to these slots, which several accounts share.
    pub(super) fn within(&mut self, slots: Rc<Semaphore>) {
        self.slots = Some(slots);
    }

    /// Waits until a request may start. The permit is held while the request is in flight.
    pub(super) async fn enter(&self) -> RateLimitPermit<'_> {
        let place = free(self.places.as_ref()).await;
        let mut starts = self.starts.lock().await;
        self.opened(&starts).await;
        // Last: an account that waits for its rate limit must not hold a shared slot.
        let slot = free(self.slots.as_deref()).await;
        self.opened(&starts).await;
        if self.burst > 0 {
            starts.truncate(self.burst - 1);
            starts.push_front(Instant::now());
        }
        RateLimitPermit {
            _place: place,
            _slot: slot,
        }
    }

    async fn opened(&self, starts: &VecDeque<Instant>) {
        while let Some(wait) = self.opens(starts) {
            sleep_until(wait).await;
        }
    }

    /// When the next request may start, if not now.
    fn opens(&self, starts: &VecDeque<Instant>) -> Option<Instant> {
        let oldest = match self.burst {
            0 => None,
            burst => starts.get(burst - 1),
        };
        let by_rate = oldest.and_then(|start| start.checked_add(self.window));
        by_rate
            .max(self.closed_until.get())
            .filter(|moment| *moment > Instant::now())
    }

    /// No request starts before this time.
    pub(super) fn close_until(&self, moment: Instant) {
        self.closed_until
            .set(self.closed_until.get().max(Some(moment)));
    }
}
