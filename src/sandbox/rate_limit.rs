//! The rate limit of a service: requests in any second, by the sandbox's clock.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

/// The latest requests that count.
#[derive(Default)]
pub(super) struct RateLimiter(VecDeque<DateTime<Utc>>);

impl RateLimiter {
    /// One more request would exceed the limit. `rate` is in requests per second; 0.5 is one request in two seconds.
    pub fn is_full(&mut self, now: DateTime<Utc>, rate: f64) -> bool {
        let most = rate.floor().max(1.0);
        let span = TimeDelta::milliseconds((most / rate * 1_000.0) as i64);
        // A clock may have been turned back.
        while self
            .0
            .front()
            .is_some_and(|then| (now - *then).abs() >= span)
        {
            self.0.pop_front();
        }
        self.0.len() as f64 >= most
    }

    pub fn count(&mut self, now: DateTime<Utc>) {
        self.0.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of these moments, in milliseconds, are let in.
    fn taken(rate: f64, moments: &[i64]) -> Vec<i64> {
        let mut limiter = RateLimiter::default();
        let mut taken = Vec::new();
        for moment in moments {
            let now = DateTime::from_timestamp_millis(*moment).expect("a valid moment");
            if !limiter.is_full(now, rate) {
                limiter.count(now);
                taken.push(*moment);
            }
        }
        taken
    }

    #[test]
    fn a_second_slides_and_what_was_refused_does_not_count() {
        let moments = [0, 400, 500, 999, 1_000, 1_399, 1_400, 5_000];
        assert_eq!(taken(2.0, &moments), [0, 400, 1_000, 1_400, 5_000]);
        assert_eq!(
            taken(0.5, &[0, 1_999, 2_000, 3_000, 4_000]),
            [0, 2_000, 4_000]
        );
        assert_eq!(taken(2.5, &[0, 1, 799, 800, 801]), [0, 1, 800, 801]);
        assert_eq!(
            taken(1.0, &[5_000, 3_000, 3_500, 4_000]),
            [5_000, 3_000, 4_000]
        );
    }
}
