//! How fast one account is asked. Providers count requests per account; what is above their limit is refused, and
//! other tools of the same user are refused with it.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

/// The bounds of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pace {
    /// Requests a second; none for no bound.
    pub per_second: Option<f64>,
    /// Requests under way at once; none for no bound.
    pub in_flight: Option<usize>,
}

/// Requests travel for different times: those that leave a second apart may arrive a little closer.
const MARGIN: f64 = 1.03;

/// A request under way.
pub(super) struct Turn<'a> {
    _place: Option<SemaphorePermit<'a>>,
    _slot: Option<SemaphorePermit<'a>>,
}

/// A permit, once there is one. None of these is ever closed.
async fn free(places: Option<&Semaphore>) -> Option<SemaphorePermit<'_>> {
    places?.acquire().await.ok()
}

/// The lane of one account: at most so many requests start in any second, at most so many are under way.
///
/// A few requests need not wait for each other, so that a small run is as fast as without a lane.
pub(super) struct Lane {
    /// The latest starts, no more of them than may lie within `window`; held while waiting, so that those who wait
    /// go in the order in which they came.
    starts: Mutex<VecDeque<Instant>>,
    burst: usize,
    window: Duration,
    places: Option<Semaphore>,
    slots: Option<Rc<Semaphore>>,
    closed_until: Cell<Option<Instant>>,
}

impl Lane {
    pub(super) fn new(pace: Pace) -> Lane {
        let rate = pace
            .per_second
            .filter(|rate| rate.is_finite() && *rate > 0.0);
        // Half a request a second is one in two seconds.
        let burst = rate.map_or(0.0, |rate| rate.floor().clamp(1.0, 10_000.0));
        let seconds = rate.map_or(0.0, |rate| burst / rate * MARGIN);
        Lane {
            starts: Mutex::default(),
            burst: burst as usize,
            window: Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX),
            places: pace.in_flight.map(|most| Semaphore::new(most.max(1))),
            slots: None,
            closed_until: Cell::new(None),
        }
    }

    /// Lets no more requests be under way than there are slots, which other lanes have too.
    pub(super) fn within(&mut self, slots: Rc<Semaphore>) {
        self.slots = Some(slots);
    }

    /// Waits for a turn. What is returned is held while the request is under way.
    pub(super) async fn enter(&self) -> Turn<'_> {
        let place = free(self.places.as_ref()).await;
        let mut starts = self.starts.lock().await;
        self.opened(&starts).await;
        // Only now: a lane that waits for its time keeps no other lane's slot.
        let slot = free(self.slots.as_deref()).await;
        self.opened(&starts).await;
        if self.burst > 0 {
            starts.truncate(self.burst - 1);
            starts.push_front(Instant::now());
        }
        Turn {
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

    /// Lets nothing start before that moment.
    pub(super) fn close_until(&self, moment: Instant) {
        self.closed_until
            .set(self.closed_until.get().max(Some(moment)));
    }
}
