//! One request from its arrival to the reply: which fault applies, who answers, what is recorded.
//!
//! Owns the state that the services share. Knows no socket; `server.rs` delivers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::context::{ListChanges, RecordStyle, RequestContext};
use super::delivery::{self, Delivery};
use super::faults::{Fault, FaultKind};
use super::rate_limit::RateLimiter;
use super::reply::Reply;
use super::request::{IncomingRequest, RequestInfo, RequestKind};
use super::services::{Emulator, Handler};
use super::{Options, RequestRecord, dates};

/// What the services of one sandbox share.
pub(super) struct SharedState {
    clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    started: DateTime<Utc>,
    /// How much later than the request a reply goes out.
    pub latency: Duration,
    rate: Option<f64>,
    certificates: Option<u32>,
    log: Mutex<Log>,
}

/// What changes with the requests.
#[derive(Default)]
pub(super) struct Log {
    pub faults: Vec<Fault>,
    pub requests: VecDeque<RequestRecord>,
    count: u64,
}

/// A sandbox may run for weeks; older records are dropped.
const KEPT_REQUESTS: usize = 10_000;

impl SharedState {
    pub fn new(options: Options) -> SharedState {
        SharedState {
            started: (options.clock)(),
            clock: options.clock,
            latency: options.latency,
            rate: options.rate,
            certificates: options.certificates,
            log: Mutex::new(Log {
                faults: options.faults,
                ..Log::default()
            }),
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// What the dates of certificates are relative to: it moves on by whole hours, so that two answers about one
    /// certificate agree.
    fn today(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let hours = (now - self.started).num_seconds().div_euclid(3_600);
        dates::shift(self.started, hours * 3_600)
    }

    pub fn log(&self) -> MutexGuard<'_, Log> {
        locked(&self.log)
    }
}

/// A poisoned lock is still a good one: every change in here is whole.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One service of a running sandbox.
pub(super) struct Instance {
    pub emulator: &'static Emulator,
    pub shared: Arc<SharedState>,
    state: Mutex<InstanceState>,
}

struct InstanceState {
    handler: Box<dyn Handler>,
    list_changes: ListChanges,
    limiter: RateLimiter,
}

impl Instance {
    pub fn new(emulator: &'static Emulator, shared: Arc<SharedState>) -> Instance {
        let state = InstanceState {
            handler: (emulator.handler)(),
            list_changes: ListChanges::default(),
            limiter: RateLimiter::default(),
        };
        Instance {
            emulator,
            shared,
            state: Mutex::new(state),
        }
    }

    pub fn live_tokens(&self) -> usize {
        let now = self.shared.now();
        locked(&self.state).handler.live_tokens(now)
    }

    /// Serves one request. Returns the time for the `Date` header and what goes out. One request at a time is served.
    pub fn serve(&self, request: IncomingRequest) -> (DateTime<Utc>, Delivery) {
        let clock = self.shared.now();
        let mut log = self.shared.log();
        let mut state = locked(&self.state);
        let InstanceState {
            handler,
            list_changes,
            limiter,
        } = &mut *state;
        let info = handler.classify(&request);
        log.count = log.count.wrapping_add(1);
        let skew = take_skew(&mut log.faults, self.emulator, &info);
        let now = dates::shift(clock, skew);
        let context = RequestContext {
            emulator: self.emulator,
            now,
            today: self.shared.today(clock),
            style: RecordStyle::Plain,
            list_fault: None,
            certificates: self.shared.certificates,
            number: log.count,
            list_changes,
        };
        // Temporary keys come from a service of their own.
        let rate = self.shared.rate.filter(|_| info.kind != RequestKind::Key);
        let decision = Decision {
            request: &request,
            info: &info,
            handler: handler.as_mut(),
            context,
            is_over_limit: rate.is_some_and(|rate| limiter.is_full(clock, rate)),
        };
        let result = decision.make(&mut log.faults);
        if rate.is_some() && result.counts {
            limiter.count(clock);
        }
        if log.requests.len() >= KEPT_REQUESTS {
            log.requests.pop_front();
        }
        log.requests.push_back(RequestRecord {
            service: self.emulator,
            method: request.method,
            target: request.target,
            headers: request.headers,
            body: request.body,
            action: info.action,
            outcome: result.outcome,
        });
        (now, result.delivery)
    }
}

fn position(faults: &[Fault], emulator: &Emulator, info: &RequestInfo) -> Option<usize> {
    faults.iter().position(|fault| {
        fault.applies(emulator, info) && !matches!(fault.kind, FaultKind::ClockSkew(_))
    })
}

/// A wrong clock is a condition, not an answer: it comes on top of any other fault.
fn take_skew(faults: &mut [Fault], emulator: &Emulator, info: &RequestInfo) -> i64 {
    for fault in faults {
        if let (FaultKind::ClockSkew(seconds), true) = (&fault.kind, fault.applies(emulator, info))
        {
            let seconds = *seconds;
            spend(fault);
            return seconds;
        }
    }
    0
}

fn spend(fault: &mut Fault) {
    fault.times = fault.times.map(|times| times.saturating_sub(1));
}

/// What is needed to decide on the reply to one request.
struct Decision<'a> {
    request: &'a IncomingRequest,
    info: &'a RequestInfo,
    handler: &'a mut dyn Handler,
    context: RequestContext<'a>,
    is_over_limit: bool,
}

/// What goes out.
struct DispatchResult {
    delivery: Delivery,
    outcome: String,
    /// The request counts against the rate limit.
    counts: bool,
}

impl DispatchResult {
    fn plain(reply: Reply, counts: bool) -> DispatchResult {
        DispatchResult {
            outcome: reply.outcome.clone(),
            delivery: Delivery::Whole(reply),
            counts,
        }
    }
}

impl Decision<'_> {
    /// Answers, or lets the first fault that applies replace the answer.
    ///
    /// Behind a gateway a request is verified even if a fault hides the answer, and a fault of the service shows only to
    /// callers that the gateway admits: a test with such a fault still proves the signature. Without a gateway a service
    /// that fails has issued no token.
    fn make(mut self, faults: &mut [Fault]) -> DispatchResult {
        let position = position(faults, self.context.emulator, self.info);
        let fault = position.and_then(|index| faults.get_mut(index));
        let kind = fault.as_ref().map(|fault| fault.kind.clone());
        let Some(kind) = kind.or(self.is_over_limit.then_some(FaultKind::Throttle)) else {
            let reply = self.reply();
            let counts = reply.admitted;
            return DispatchResult::plain(reply, counts);
        };
        self.context.style = match kind {
            FaultKind::Hostile => RecordStyle::Hostile,
            FaultKind::Mismatch => RecordStyle::OtherId,
            _ => RecordStyle::Plain,
        };
        self.context.list_fault = match kind {
            FaultKind::List(fault) => Some(fault),
            _ => None,
        };
        let served = self.context.emulator.has_gateway || kind.spoils_the_answer();
        let reply = if served {
            self.reply()
        } else {
            Reply::good("application/json", "{}")
        };
        let good = reply.outcome == "ok";
        let changes_a_record =
            self.context.style != RecordStyle::Plain || self.context.list_fault.is_some();
        if !kind.on_the_wire() && (!reply.admitted || (changes_a_record && !good)) {
            return DispatchResult::plain(reply, false);
        }
        if let Some(fault) = fault {
            spend(fault);
        }
        let refusal = self
            .handler
            .fault_reply(&kind, self.request, &mut self.context);
        DispatchResult {
            delivery: delivery::deliver(&kind, refusal.unwrap_or(reply)),
            outcome: kind.to_string(),
            counts: false,
        }
    }

    fn reply(&mut self) -> Reply {
        self.handler
            .handle(self.request, self.info, &mut self.context)
    }
}
