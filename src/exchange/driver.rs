//! Holds a conversation: stamps, waits for leave, sends, repeats, corrects the clock once, stops, says farewell.
//!
//! Nothing of it knows a provider. Time is tokio's, so that a paused clock makes its tests take none.

use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::account_state::{Account, AnswerClock, Permit};
use super::attempt::{Failed, Read, Tried, without_answer};
use super::flow::{
    Flow, Progress, Request, Response, Stamp, Transport, refuse_by_status, shows_a_time, with_wait,
};
use super::trace::Trace;
use crate::error::{Error, Kind};
use crate::model::duration_text::in_words;

/// How often the user asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// Not at all.
    No,
    /// Stop new work, give tokens back.
    Soon,
    /// Leave at once.
    Now,
}

/// What bounds a run.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// One request, from connecting to the last byte.
    pub timeout: Duration,
    /// The run.
    pub deadline: Instant,
    /// How often one step may be sent in all.
    pub tries: u32,
}

/// The one that holds conversations.
pub struct Driver<'a> {
    /// Sends.
    pub transport: &'a dyn Transport,
    /// The local clock.
    pub clock: &'a dyn Fn() -> DateTime<Utc>,
    /// Fresh random bytes.
    pub entropy: &'a dyn Fn() -> Result<[u8; 16], Error>,
    /// Bounds.
    pub limits: Limits,
    /// The user's wish to stop.
    pub stop: watch::Receiver<Stop>,
    /// Told of every try.
    pub trace: &'a dyn Fn(&Trace<'_>),
}

/// Steps for one part of a result. No service here needs a tenth of it.
const MAX_STEPS: usize = 200;
/// What a stop still waits for: an answer that creates a debt, and then the farewell that pays it. Twice that and
/// the default deadline stay below the minute after which schedulers kill.
const GRACE: Duration = Duration::from_secs(4);
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl Driver<'_> {
    /// Holds one conversation to its end and hands on each part of its result, with what the answer that completed the
    /// part tells of the service's clock.
    ///
    /// What it owes is paid on every way out, a panic in an adapter or in `emit` included.
    pub async fn drive<T>(
        &self,
        account: &Account,
        flow: &mut dyn Flow<Output = T>,
        emit: &mut dyn FnMut(T, AnswerClock),
    ) -> Result<(), Error> {
        let outcome = AssertUnwindSafe(self.converse(account, flow, emit))
            .catch_unwind()
            .await;
        if let Ok(stamp) = self.stamp(account)
            && let Some(request) = flow.farewell(stamp)
        {
            self.say_farewell(&request).await;
        }
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    }

    async fn converse<T>(
        &self,
        account: &Account,
        flow: &mut dyn Flow<Output = T>,
        emit: &mut dyn FnMut(T, AnswerClock),
    ) -> Result<(), Error> {
        let mut steps = 0;
        while steps < MAX_STEPS {
            steps += 1;
            let (progress, clock) = self.one_step(account, flow).await?;
            match progress {
                Progress::More => {}
                // One conversation can be about any number of ids.
                Progress::Part(part) => {
                    steps = 0;
                    emit(part, clock);
                }
                Progress::Done(part) => {
                    emit(part, clock);
                    return Ok(());
                }
            }
        }
        let text = format!("the service gave no result within {MAX_STEPS} requests");
        Err(Error::new(Kind::Protocol, text))
    }

    /// Sends one step as often as it takes and may.
    async fn one_step<T>(
        &self,
        account: &Account,
        flow: &mut dyn Flow<Output = T>,
    ) -> Result<Read<T>, Error> {
        // Most steps need none.
        let mut pauses = None;
        let mut clock_corrected = false;
        let mut attempt = 0;
        let mut kept = None;
        loop {
            attempt += 1;
            let (error, tried) = match self.try_once(account, flow, attempt, kept.take()).await {
                Ok(progress) => return Ok(progress),
                Err(Failed::Unasked(error)) => return Err(error),
                Err(Failed::Cut(error)) => return without_answer(flow, error),
                Err(Failed::Try(error, tried)) => (error, tried),
            };
            let Tried {
                repeat,
                offset,
                leave,
            } = tried;
            if error.kind == Kind::Clock
                && !clock_corrected
                && repeat
                && self.correct_clock(account, &error, offset)
            {
                clock_corrected = true;
                // The others wait until the corrected clock has proved itself: each refusal counts somewhere.
                kept = Some(leave);
                continue;
            }
            drop(leave);
            self.heed(account, &error);
            if error.retryable()
                && repeat
                && attempt < self.limits.tries
                && let Some(pause) =
                    self.pause(&error, pauses.get_or_insert_with(|| self.pauses()).next())
            {
                match self.unless_cut(false, sleep(pause)).await {
                    Ok(()) => continue,
                    // The run is over, yet the reason for the pause says more than that.
                    Err(_) => return without_answer(flow, error),
                }
            }
            let error = with_wait(self.with_clock(error, offset));
            if matches!(error.kind, Kind::Credentials | Kind::Clock) {
                account.refuse(&error);
            }
            return without_answer(flow, error);
        }
    }

    /// Waits for leave, and only then stamps: a clock that was corrected meanwhile counts, and no stamp gets old.
    async fn try_once<'a, T>(
        &self,
        account: &'a Account,
        flow: &mut dyn Flow<Output = T>,
        attempt: u32,
        kept: Option<Permit<'a>>,
    ) -> Result<Read<T>, Failed<'a>> {
        let before = |mut error: Error| {
            error.attempts = attempt - 1;
            error
        };
        let leave = match kept {
            Some(leave) => leave,
            None => match self.unless_cut(false, account.admit()).await {
                Ok(leave) => leave.map_err(|barred| Failed::Unasked(before(barred)))?,
                Err(cut) => return Err(Failed::Cut(before(cut))),
            },
        };
        let offset = account.offset();
        let step = self.stamp(account).and_then(|stamp| flow.step(stamp));
        let step = step.map_err(|error| Failed::Unasked(before(error)))?;
        let started = Instant::now();
        let sent = self
            .unless_cut(step.owes, self.send(&step.request, self.limits.timeout))
            .await;
        let was_cut = sent.is_err();
        let sent = sent.unwrap_or_else(Err);
        let trace = Trace::of(&step.request, attempt, started.elapsed(), &sent);
        let status = sent.as_ref().ok().map(|response| response.status);
        let read =
            sent.and_then(|response| self.read(account, flow, &step.request, offset, response));
        // Only now: an answer that hands out a token may repeat it in its headers.
        (self.trace)(&trace);
        read.map_err(|mut error| {
            error.attempts = attempt;
            // Nobody waits for what the run can do without.
            let left_alone = step.spare && error.retry_after.take().is_some();
            let turned_away = matches!(status, Some(429 | 500..=599));
            let repeat = (step.repeat || error.unsent || turned_away) && !left_alone;
            if was_cut {
                Failed::Cut(error)
            } else {
                Failed::Try(
                    error,
                    Tried {
                        repeat,
                        offset,
                        leave,
                    },
                )
            }
        })
    }

    /// Lets the conversation read an answer, and the account learn from it.
    fn read<T>(
        &self,
        account: &Account,
        flow: &mut dyn Flow<Output = T>,
        request: &Request,
        offset: TimeDelta,
        response: Response,
    ) -> Result<Read<T>, Error> {
        let shown_time = response.date();
        let wait = response.retry_after((self.clock)());
        let result = refuse_by_status(request, &response).and_then(|()| flow.answer(Ok(response)));
        account.answered(result.as_ref().err());
        let clock = AnswerClock {
            date: shown_time.map(|server| account.saw_clock((self.clock)(), server)),
            proven: Some(offset).filter(|offset| !offset.is_zero()),
        };
        let result = result.map(|progress| (progress, clock));
        result.map_err(|mut error| {
            let told = error.server_time.filter(|time| shows_a_time(*time));
            error.server_time = told.or(shown_time);
            error.retry_after = error.retry_after.or(wait);
            error
        })
    }

    async fn send(&self, request: &Request, limit: Duration) -> Result<Response, Error> {
        timeout(limit, self.transport.send(request))
            .await
            .unwrap_or_else(|_| {
                let limit = humantime::format_duration(limit);
                let text = format!("{} did not answer within {limit}", request.endpoint);
                Err(Error::new(Kind::Network, text).with_hint(
                    "raise --timeout, or check route, firewall and proxy; -v shows each try",
                ))
            })
    }

    async fn say_farewell(&self, request: &Request) {
        if *self.stop.borrow() == Stop::Now {
            return;
        }
        let started = Instant::now();
        let limit = GRACE.min(self.limits.timeout);
        let result = tokio::select! {
            biased;
            () = asked(self.stop.clone(), Stop::Now) => Err(interrupted()),
            answer = self.send(request, limit) => answer,
        };
        // Whether it worked changes no result; the log shows it.
        (self.trace)(&Trace::of(request, 1, started.elapsed(), &result));
    }

    fn stamp(&self, account: &Account) -> Result<Stamp, Error> {
        let time = (self.clock)().checked_add_signed(account.offset());
        let time =
            time.ok_or_else(|| Error::new(Kind::Clock, "the clock shows a time that cannot be"))?;
        Ok(Stamp {
            time,
            nonce: (self.entropy)()?,
        })
    }

    fn correct_clock(&self, account: &Account, error: &Error, used: TimeDelta) -> bool {
        error
            .server_time
            .is_some_and(|server| account.correct((self.clock)(), server, used))
    }

    /// Says by how much the clock is off, where the refusal was for that.
    fn with_clock(&self, mut error: Error, used: TimeDelta) -> Error {
        if let (Kind::Clock, Some(server)) = (error.kind, error.server_time) {
            let apart = server - (self.clock)() - used;
            let side = if apart < TimeDelta::zero() {
                "ahead of"
            } else {
                "behind"
            };
            error.message = format!(
                "{}; it was signed {} {side} the service's clock",
                error.message,
                in_words(apart)
            );
        }
        error
    }

    /// One that is throttled and told for how long keeps all of the account's requests back; longer than the run
    /// lasts, and they are not sent at all.
    fn heed(&self, account: &Account, error: &Error) {
        let Some(wait) = error.retry_after.filter(|_| error.kind == Kind::Throttled) else {
            return;
        };
        match Instant::now().checked_add(wait) {
            Some(until) if until < self.limits.deadline => account.rest_until(until),
            _ => account.refuse(&with_wait(error.clone())),
        }
    }

    /// The pause before the next try: our own or the one the service asks for, whichever is longer; none where the
    /// run would be over before.
    fn pause(&self, error: &Error, own: Option<Duration>) -> Option<Duration> {
        let own = own.unwrap_or(LONGEST_PAUSE);
        let pause = own.max(error.retry_after.unwrap_or_default());
        let end = Instant::now().checked_add(pause)?;
        (end < self.limits.deadline).then_some(pause)
    }

    fn pauses(&self) -> impl Iterator<Item = Duration> + use<> {
        let seed = (self.entropy)()
            .map(|bytes| u64::from(bytes[0]) << 8 | u64::from(bytes[1]))
            .unwrap_or_default();
        ExponentialBuilder::default()
            .with_min_delay(FIRST_PAUSE)
            .with_max_delay(LONGEST_PAUSE)
            .with_jitter()
            .with_jitter_seed(seed)
            .build()
    }

    /// Runs something until the run is over. What `owes` gets a moment more.
    async fn unless_cut<F: Future>(&self, owes: bool, work: F) -> Result<F::Output, Error> {
        tokio::select! {
            biased;
            cut = self.cut(owes) => Err(cut),
            done = work => Ok(done),
        }
    }

    async fn cut(&self, owes: bool) -> Error {
        let error = tokio::select! {
            biased;
            () = asked(self.stop.clone(), Stop::Soon) => interrupted(),
            () = sleep_until(self.limits.deadline) => Error::new(Kind::Network, "the run's deadline passed before an answer came")
                .with_hint("raise --deadline, or ask for fewer ids at once"),
        };
        if owes {
            let _ = timeout(GRACE, asked(self.stop.clone(), Stop::Now)).await;
        }
        error
    }
}

/// Ends when the user has asked for that much or more; never, if nobody is left who could ask.
async fn asked(mut stop: watch::Receiver<Stop>, least: Stop) {
    if stop.wait_for(|stop| *stop >= least).await.is_err() {
        pending().await
    }
}

fn interrupted() -> Error {
    Error::new(Kind::Network, "interrupted before an answer came").with_hint("run it again")
}
