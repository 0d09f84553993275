//! Holds a conversation: stamps, waits for leave, sends, repeats, corrects the clock once, stops, says farewell.
//!
//! Nothing of it knows a provider. Time is tokio's, so that a paused clock makes its tests take none.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::account::Account;
use super::flow::{Flow, Progress, Request, Response, Stamp, Step};
use super::trace::{Trace, shown};
use crate::error::{Error, Kind};

/// Sends one request and reads one answer.
pub trait Transport {
    /// The answer, or a `network` or `protocol` error.
    fn send<'a>(
        &'a self,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Result<Response, Error>> + 'a>>;
}

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
/// What a stop still waits for: an answer that creates a debt, and the farewell that pays it.
const GRACE: Duration = Duration::from_secs(5);
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl Driver<'_> {
    /// Holds one conversation to its end and hands on each part of its result.
    ///
    /// What it owes is paid on every way out, a panic in an adapter included.
    pub async fn drive<T>(
        &self,
        account: &Account,
        flow: &mut dyn Flow<Output = T>,
        emit: &mut dyn FnMut(T),
    ) -> Result<(), Error> {
        let outcome = self.converse(account, flow, emit).await;
        if let Ok(stamp) = self.stamp(account)
            && let Some(request) = flow.farewell(stamp)
        {
            self.say_farewell(&request).await;
        }
        match outcome {
            Ok(result) => result,
            Err(panic) => resume_unwind(panic),
        }
    }

    async fn converse<T>(
        &self,
        account: &Account,
        flow: &mut dyn Flow<Output = T>,
        emit: &mut dyn FnMut(T),
    ) -> Result<Result<(), Error>, Panic> {
        let mut steps = 0;
        while steps < MAX_STEPS {
            steps += 1;
            match self.one_step(account, flow).await? {
                Ok(Progress::More) => {}
                // One conversation can be about any number of ids.
                Ok(Progress::Part(part)) => {
                    steps = 0;
                    emit(part);
                }
                Ok(Progress::Done(part)) => {
                    emit(part);
                    return Ok(Ok(()));
                }
                Err(error) => return Ok(Err(error)),
            }
        }
        let text = format!("the conversation brought nothing within {MAX_STEPS} requests");
        Ok(Err(Error::new(Kind::Protocol, text)))
    }

    /// Sends one step as often as it takes and may.
    async fn one_step<T>(
        &self,
        account: &Account,
        flow: &mut dyn Flow<Output = T>,
    ) -> Result<Result<Progress<T>, Error>, Panic> {
        let mut pauses = self.pauses();
        let mut clock_corrected = false;
        let mut attempt = 0;
        let mut kept = None;
        loop {
            attempt += 1;
            let leave = match kept.take() {
                Some(leave) => leave,
                None => match self.unless_cut(false, account.admit()).await {
                    Ok(Ok(leave)) => leave,
                    Ok(Err(barred)) => return Ok(Err(barred)),
                    Err(cut) => return guarded(|| flow.answer(Err(cut))),
                },
            };
            // Only now: while it waited, another conversation may have corrected the clock.
            let offset = account.offset();
            let step = match self.next_step(account, flow)? {
                Ok(step) => step,
                Err(error) => return Ok(Err(error)),
            };
            let mut error = match self.try_once(account, flow, &step, attempt).await? {
                Ok(progress) => return Ok(Ok(progress)),
                Err(Failed::Cut(error)) => return guarded(|| flow.answer(Err(error))),
                Err(Failed::Try(error)) => error,
            };
            error.attempts = attempt;
            let may_repeat = step.repeat || error.unsent;
            if error.kind == Kind::Clock
                && !clock_corrected
                && may_repeat
                && self.correct_clock(account, offset, &error)
            {
                clock_corrected = true;
                kept = Some(leave);
                continue;
            }
            drop(leave);
            if error.kind.retryable() && may_repeat && attempt < self.limits.tries {
                match self
                    .unless_cut(false, sleep(pauses.next().unwrap_or(LONGEST_PAUSE)))
                    .await
                {
                    Ok(()) => continue,
                    // The run is over, yet the reason for the pause says more than that.
                    Err(_) => return guarded(|| flow.answer(Err(error))),
                }
            }
            if matches!(error.kind, Kind::Credentials | Kind::Clock) {
                account.refuse(Some(&error));
            }
            return guarded(|| flow.answer(Err(error)));
        }
    }

    fn next_step<T>(
        &self,
        account: &Account,
        flow: &mut dyn Flow<Output = T>,
    ) -> Result<Result<Step, Error>, Panic> {
        match self.stamp(account) {
            Ok(stamp) => guarded(|| flow.step(stamp)),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn try_once<T>(
        &self,
        account: &Account,
        flow: &mut dyn Flow<Output = T>,
        step: &Step,
        attempt: u32,
    ) -> Result<Result<Progress<T>, Failed>, Panic> {
        let sent = self
            .unless_cut(step.owes, self.send(&step.request, attempt))
            .await;
        let response = match sent {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Ok(Err(Failed::Try(error))),
            Err(cut) => return Ok(Err(Failed::Cut(cut))),
        };
        let shown_time = response.date();
        let result = match refuse_redirect(&response) {
            Ok(()) => guarded(|| flow.answer(Ok(response)))?,
            Err(error) => Err(error),
        };
        account.answered(result.as_ref().err());
        if let Some(server) = shown_time {
            account.saw_clock((self.clock)(), server);
        }
        Ok(result.map_err(|mut error| {
            error.server_time = error.server_time.or(shown_time);
            Failed::Try(error)
        }))
    }

    async fn send(&self, request: &Request, attempt: u32) -> Result<Response, Error> {
        let started = Instant::now();
        let limit = self.limits.timeout;
        let late = || {
            Error::new(
                Kind::Network,
                format!(
                    "{} did not answer within {}",
                    request.endpoint,
                    humantime::format_duration(limit)
                ),
            )
        };
        let result = timeout(limit, self.transport.send(request))
            .await
            .unwrap_or_else(|_| Err(late()));
        (self.trace)(&Trace {
            method: request.method.as_str(),
            host: request.endpoint.authority(),
            action: request.action,
            outcome: result
                .as_ref()
                .map(|response| response.status)
                .map_err(|error| error.message.clone()),
            took: started.elapsed(),
            attempt,
            sent: shown(&request.headers),
            received: result
                .as_ref()
                .map(|response| shown(&response.headers))
                .unwrap_or_default(),
        });
        result
    }

    async fn say_farewell(&self, request: &Request) {
        let mut stop = self.stop.clone();
        let at_once = async move {
            if stop.wait_for(|stop| *stop == Stop::Now).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        // Whether it worked changes no result; the log shows it.
        tokio::select! {
            _ = timeout(GRACE, self.send(request, 1)) => {}
            () = at_once => {}
        }
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

    /// Whether the clock is now another one than that of the refused request.
    fn correct_clock(&self, account: &Account, used: TimeDelta, error: &Error) -> bool {
        error
            .server_time
            .is_some_and(|server| account.correct((self.clock)(), server, used))
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
        let (mut stop, mut again) = (self.stop.clone(), self.stop.clone());
        let asked = async move {
            if stop.wait_for(|stop| *stop != Stop::No).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let error = tokio::select! {
            biased;
            () = asked => Error::new(Kind::Network, "interrupted before an answer came"),
            () = sleep_until(self.limits.deadline) => Error::new(Kind::Network, "the run's deadline passed before an answer came")
                .with_hint("raise --deadline, or ask for fewer ids at once"),
        };
        if owes {
            let _ = timeout(GRACE, again.wait_for(|stop| *stop == Stop::Now)).await;
        }
        error
    }
}

type Panic = Box<dyn std::any::Any + Send>;

/// Why a try did not bring the conversation forward.
enum Failed {
    /// The run is over.
    Cut(Error),
    /// This try failed.
    Try(Error),
}

/// An adapter's panic must not skip the farewell.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Panic> {
    catch_unwind(AssertUnwindSafe(work))
}

/// A signed request is never followed elsewhere; only the other host's name is shown.
fn refuse_redirect(response: &Response) -> Result<(), Error> {
    if !(300..400).contains(&response.status) {
        return Ok(());
    }
    let target = response
        .header("location")
        .and_then(|to| url::Url::parse(to).ok());
    let host = target
        .as_ref()
        .and_then(|to| to.host_str())
        .unwrap_or("the same host");
    let text =
        format!("the answer redirects to {host}; a signed request is not followed elsewhere");
    Err(Error::new(Kind::Protocol, text).with_status(response.status))
}
