//! Runs a flow: waits for a permit, stamps, performs the effect, retries, corrects the clock once, stops, cleans up.
//!
//! It alone performs effects, and it knows no provider. Time is tokio's, so that tests can pause it.

use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::account_state::{AccountState, AnswerClock, Permit};
use super::attempt::{AttemptResult, FailedTry, TryFailure, without_answer};
use super::effect::{Effect, EffectResult};
use super::flow::{
    Flow, FlowProgress, Request, Stamp, Transport, refuse_by_status, shows_a_time, with_wait,
};
use super::perform::{OpenFile, perform};
use super::trace::Trace;
use crate::error::{Error, Kind};
use crate::model::duration_text::in_words;

/// How urgently the user wants to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// The run goes on.
    No,
    /// Start no new work, clean up.
    Soon,
    /// Leave at once.
    Now,
}

/// The limits of a run.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Of one effect, from connecting to the last byte.
    pub timeout: Duration,
    /// When the run ends.
    pub deadline: Instant,
    /// How often one step may be tried in all.
    pub tries: u32,
}

/// Runs flows.
pub struct Driver<'a> {
    /// Sends requests.
    pub transport: &'a dyn Transport,
    /// Opens files.
    pub open_file: &'a OpenFile<'a>,
    /// The local clock.
    pub clock: &'a dyn Fn() -> DateTime<Utc>,
    /// Fresh random bytes.
    pub entropy: &'a dyn Fn() -> Result<[u8; 16], Error>,
    pub limits: Limits,
    /// Whether the user wants to stop.
    pub stop: watch::Receiver<Stop>,
    /// Is called after every try.
    pub trace: &'a dyn Fn(&Trace<'_>),
}

/// Steps for one part of a result. No service needs a tenth of it.
const MAX_STEPS: usize = 200;
/// How long a stopped run still waits for a response that needs cleanup, and then for the cleanup. Twice this time and
/// the default deadline stay below the minute after which schedulers kill.
const GRACE: Duration = Duration::from_secs(4);
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl Driver<'_> {
    /// Runs a flow to its end and emits each part of its result, with the service's clock by the response that completed
    /// the part.
    ///
    /// The cleanup is done on every way out, also after a panic in an adapter or in `emit`.
    pub async fn drive<T>(
        &self,
        account: &AccountState,
        flow: &mut dyn Flow<Output = T>,
        emit: &mut dyn FnMut(T, AnswerClock),
    ) -> Result<(), Error> {
        let outcome = AssertUnwindSafe(self.run(account, flow, emit))
            .catch_unwind()
            .await;
        if let Ok(stamp) = self.stamp(account)
            && let Some(request) = flow.cleanup(stamp)
        {
            self.clean_up(request).await;
        }
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    }

    async fn run<T>(
        &self,
        account: &AccountState,
        flow: &mut dyn Flow<Output = T>,
        emit: &mut dyn FnMut(T, AnswerClock),
    ) -> Result<(), Error> {
        let mut steps = 0;
        while steps < MAX_STEPS {
            steps += 1;
            let (progress, clock) = self.one_step(account, flow).await?;
            match progress {
                FlowProgress::More => {}
                // A flow can be about any number of ids.
                FlowProgress::Part(part) => {
                    steps = 0;
                    emit(part, clock);
                }
                FlowProgress::Done(part) => {
                    emit(part, clock);
                    return Ok(());
                }
            }
        }
        let text = format!("the service gave no result within {MAX_STEPS} requests");
        Err(Error::new(Kind::Protocol, text))
    }

    /// Tries one step until it succeeds or may not be tried again.
    async fn one_step<T>(
        &self,
        account: &AccountState,
        flow: &mut dyn Flow<Output = T>,
    ) -> Result<AttemptResult<T>, Error> {
        // Most steps need none.
        let mut pauses = None;
        let mut clock_corrected = false;
        let mut attempt = 0;
        let mut kept = None;
        loop {
            attempt += 1;
            let (error, failed) = match self.try_once(account, flow, attempt, kept.take()).await {
                Ok(progress) => return Ok(progress),
                Err(TryFailure::NotTried(error)) => return Err(error),
                Err(TryFailure::Stopped(error)) => return without_answer(flow, error),
                Err(TryFailure::Try(error, failed)) => (error, failed),
            };
            let FailedTry {
                repeat,
                offset,
                permit,
            } = failed;
            if error.kind == Kind::Clock
                && !clock_corrected
                && repeat
                && self.correct_clock(account, &error, offset)
            {
                clock_corrected = true;
                // The others wait until the corrected clock is accepted: a service counts its refusals.
                kept = Some(permit);
                continue;
            }
            drop(permit);
            self.respect_wait(account, &error);
            if error.retryable()
                && repeat
                && attempt < self.limits.tries
                && let Some(pause) =
                    self.pause(&error, pauses.get_or_insert_with(|| self.pauses()).next())
            {
                match self.unless_stopped(false, sleep(pause)).await {
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

    /// Waits for a permit before it stamps: so a clock that was corrected meanwhile counts, and no stamp gets old.
    async fn try_once<'a, T>(
        &self,
        account: &'a AccountState,
        flow: &mut dyn Flow<Output = T>,
        attempt: u32,
        kept: Option<Permit<'a>>,
    ) -> Result<AttemptResult<T>, TryFailure<'a>> {
        let before = |mut error: Error| {
            error.attempts = attempt - 1;
            error
        };
        let permit = match kept {
            Some(permit) => permit,
            None => match self.unless_stopped(false, account.admit()).await {
                Ok(permit) => permit.map_err(|refused| TryFailure::NotTried(before(refused)))?,
                Err(stopped) => return Err(TryFailure::Stopped(before(stopped))),
            },
        };
        let offset = account.offset();
        let step = self.stamp(account).and_then(|stamp| flow.step(stamp));
        let step = step.map_err(|error| TryFailure::NotTried(before(error)))?;
        let started = Instant::now();
        let work = self.perform(&step.effect, self.limits.timeout);
        let done = self.unless_stopped(step.needs_cleanup, work).await;
        let was_stopped = done.is_err();
        let done = done.unwrap_or_else(Err);
        let trace = Trace::of(&step.effect, attempt, started.elapsed(), &done);
        let status = match &done {
            Ok(EffectResult::Http(response)) => Some(response.status),
            _ => None,
        };
        let read = done.and_then(|done| self.read(account, flow, &step.effect, offset, done));
        // After the flow has learned the secrets of the response: its headers may repeat a token.
        (self.trace)(&trace);
        read.map_err(|mut error| {
            error.attempts = attempt;
            let skipped = step.optional && error.retry_after.take().is_some();
            let rejected = matches!(status, Some(429 | 500..=599));
            let repeat = (step.repeat || error.unsent || rejected) && !skipped;
            if was_stopped {
                return TryFailure::Stopped(error);
            }
            let failed = FailedTry {
                repeat,
                offset,
                permit,
            };
            TryFailure::Try(error, failed)
        })
    }

    /// Hands an outcome to the flow, and updates the account.
    fn read<T>(
        &self,
        account: &AccountState,
        flow: &mut dyn Flow<Output = T>,
        effect: &Effect,
        offset: TimeDelta,
        outcome: EffectResult,
    ) -> Result<AttemptResult<T>, Error> {
        let (shown_time, wait, refused) = match (effect, &outcome) {
            (Effect::Http(request), EffectResult::Http(response)) => (
                response.date(),
                response.retry_after((self.clock)()),
                refuse_by_status(request, response),
            ),
            _ => (None, None, Ok(())),
        };
        let result = refused.and_then(|()| flow.answer(Ok(outcome)));
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

    async fn perform(&self, effect: &Effect, limit: Duration) -> Result<EffectResult, Error> {
        perform(effect, self.transport, self.open_file, limit).await
    }

    async fn clean_up(&self, request: Request) {
        if *self.stop.borrow() == Stop::Now {
            return;
        }
        let started = Instant::now();
        let limit = GRACE.min(self.limits.timeout);
        let effect = Effect::Http(request);
        let result = tokio::select! {
            biased;
            () = requested(self.stop.clone(), Stop::Now) => Err(interrupted()),
            outcome = self.perform(&effect, limit) => outcome,
        };
        // A failure changes no result; the log shows it.
        (self.trace)(&Trace::of(&effect, 1, started.elapsed(), &result));
    }

    fn stamp(&self, account: &AccountState) -> Result<Stamp, Error> {
        let time = (self.clock)().checked_add_signed(account.offset());
        let time =
            time.ok_or_else(|| Error::new(Kind::Clock, "the clock shows a time that cannot be"))?;
        Ok(Stamp {
            time,
            nonce: (self.entropy)()?,
        })
    }

    fn correct_clock(&self, account: &AccountState, error: &Error, used: TimeDelta) -> bool {
        error
            .server_time
            .is_some_and(|server| account.correct((self.clock)(), server, used))
    }

    /// Adds to a refusal for its time by how much the clock is off.
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

    /// A throttled request holds back all requests of the account for the time that the service asks for; if that is
    /// longer than the run lasts, they are not sent at all.
    fn respect_wait(&self, account: &AccountState, error: &Error) {
        let Some(wait) = error.retry_after.filter(|_| error.kind == Kind::Throttled) else {
            return;
        };
        match Instant::now().checked_add(wait) {
            Some(until) if until < self.limits.deadline => account.rest_until(until),
            _ => account.refuse(&with_wait(error.clone())),
        }
    }

    /// The pause before the next try: the backoff or what the service asks for, whichever is longer; none if the run
    /// would be over before.
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

    /// Does the work unless the run is over first. What needs cleanup gets [`GRACE`] more.
    async fn unless_stopped<F: Future>(
        &self,
        needs_cleanup: bool,
        work: F,
    ) -> Result<F::Output, Error> {
        tokio::select! {
            biased;
            error = self.stopped(needs_cleanup) => Err(error),
            done = work => Ok(done),
        }
    }

    async fn stopped(&self, needs_cleanup: bool) -> Error {
        let error = tokio::select! {
            biased;
            () = requested(self.stop.clone(), Stop::Soon) => interrupted(),
            () = sleep_until(self.limits.deadline) => Error::new(Kind::Network, "the run's deadline passed before an answer came")
                .with_hint("raise --deadline, or ask for fewer ids at once"),
        };
        if needs_cleanup {
            let _ = timeout(GRACE, requested(self.stop.clone(), Stop::Now)).await;
        }
        error
    }
}

/// Ends when the user wants to stop that urgently or more; never, if the sender is gone.
async fn requested(mut stop: watch::Receiver<Stop>, least: Stop) {
    if stop.wait_for(|stop| *stop >= least).await.is_err() {
        pending().await
    }
}

fn interrupted() -> Error {
    Error::new(Kind::Network, "interrupted before an answer came").with_hint("run it again")
}
