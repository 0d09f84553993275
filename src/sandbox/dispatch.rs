//! One request from its arrival to the answer: which fault applies, who answers, what is noted.
//!
//! Owns the state that the five services share. Knows no socket; `server.rs` delivers.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::delivery::{self, Delivery};
use super::faults::{Fault, FaultKind};
use super::generated::Made;
use super::limiter::Limiter;
use super::list_faults::ListFault;
use super::services::{alibaba, esa, huawei, instance_metadata, mpush, pbx, tencent};
use super::wire::{About, Answer, Asks, Call};
use super::{Options, Seen, Service, dates};

/// What the threads share.
pub(super) struct Shared {
    clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    started: DateTime<Utc>,
    /// How much later than the request an answer goes out.
    pub latency: Duration,
    rate: Option<f64>,
    estate: Option<u32>,
    state: Mutex<State>,
}

/// What the services remember.
#[derive(Default)]
pub(super) struct State {
    pub faults: Vec<Fault>,
    pub seen: VecDeque<Seen>,
    requests: u64,
    pub nonces: alibaba::Nonces,
    pub locks: huawei::Locks,
    pub pbx: pbx::Tokens,
    pub sessions: instance_metadata::Sessions,
    /// By how many certificates lists have become shorter or longer, where a fault makes them so.
    pub shrunk: HashMap<Service, u32>,
    pub grown: HashMap<Service, u32>,
    limiters: HashMap<Service, Limiter>,
}

/// A sandbox may run for weeks; what nobody will read any more is forgotten.
const SEEN: usize = 10_000;

impl Shared {
    pub fn new(options: Options) -> Shared {
        let state = State {
            faults: options.faults,
            ..State::default()
        };
        Shared {
            started: (options.clock)(),
            clock: options.clock,
            latency: options.latency,
            rate: options.rate,
            estate: options.certificates,
            state: Mutex::new(state),
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// What the dates of certificates are relative to: it moves on by whole hours, so that two answers about one say the
    /// same.
    fn today(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let hours = (now - self.started).num_seconds().div_euclid(3_600);
        dates::shift(self.started, hours * 3_600)
    }

    /// A poisoned lock is still a good one: every change in here is whole.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a record is to be told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Hostile,
    OtherId,
}

/// What a service knows while it answers one request.
pub(super) struct Visit<'a> {
    pub service: Service,
    /// The service's own clock, which a fault may have shifted.
    pub now: DateTime<Utc>,
    /// What certificates are relative to.
    pub today: DateTime<Utc>,
    /// The sandbox's clock.
    clock: DateTime<Utc>,
    pub style: Style,
    /// What is wrong with lists.
    pub twist: Option<ListFault>,
    /// How many generated certificates there are; without them lists hold the samples.
    pub estate: Option<u32>,
    rate: Option<f64>,
    /// Counts all requests; request ids and tokens are made of it.
    pub number: u64,
    pub state: &'a mut State,
}

/// Serves one request. Gives the moment for the `Date` header and what goes out.
pub(super) fn serve(shared: &Shared, service: Service, call: Call) -> (DateTime<Utc>, Delivery) {
    let clock = shared.now();
    let about = describe(service, &call);
    let mut state = shared.state();
    state.requests = state.requests.wrapping_add(1);
    let skew = state.take_skew(service, &about);
    let mut visit = Visit {
        service,
        now: dates::shift(clock, skew),
        today: shared.today(clock),
        clock,
        style: Style::Plain,
        twist: None,
        estate: shared.estate,
        rate: shared.rate,
        number: state.requests,
        state: &mut state,
    };
    let now = visit.now;
    let (delivery, outcome) = decide(&call, &about, &mut visit);
    if state.seen.len() >= SEEN {
        state.seen.pop_front();
    }
    state.seen.push_back(Seen {
        service,
        method: call.method,
        target: call.target,
        headers: call.headers,
        body: call.body,
        action: about.action,
        outcome,
    });
    (now, delivery)
}

impl Visit<'_> {
    /// The generated certificate with an id, if there is one; also one by which a fault made a list longer.
    pub fn made(&self, id: &str) -> Option<Made> {
        let grown = self.state.grown.get(&self.service).copied().unwrap_or(0);
        let last = self.estate.unwrap_or(0).saturating_add(grown);
        Made::with_id(self.service, id).filter(|made| made.0 <= last)
    }

    /// Whether this request is one too many. Keys are handed out by a service of their own.
    fn is_over(&mut self, about: &About) -> bool {
        let (now, rate) = (self.clock, self.rate);
        let limiter = self.state.limiters.entry(self.service).or_default();
        rate.is_some_and(|rate| about.asks != Asks::Keys && limiter.is_full(now, rate))
    }

    fn count(&mut self, about: &About) {
        if self.rate.is_some() && about.asks != Asks::Keys {
            let limiter = self.state.limiters.entry(self.service).or_default();
            limiter.count(self.clock);
        }
    }
}

impl State {
    fn position(&self, service: Service, about: &About) -> Option<usize> {
        self.faults.iter().position(|fault| {
            fault.applies(service, about) && !matches!(fault.kind, FaultKind::ClockSkew(_))
        })
    }

    /// A wrong clock is a condition, not an answer: it comes on top of any other fault.
    fn take_skew(&mut self, service: Service, about: &About) -> i64 {
        for fault in &mut self.faults {
            if let (FaultKind::ClockSkew(seconds), true) =
                (&fault.kind, fault.applies(service, about))
            {
                let seconds = *seconds;
                spend(fault);
                return seconds;
            }
        }
        0
    }
}

fn spend(fault: &mut Fault) {
    fault.times = fault.times.map(|times| times.saturating_sub(1));
}

/// Answers, or lets the first fault that applies stand in for the answer.
///
/// A request is checked even if a fault hides the answer: its nonce is used up and a wrong
/// signature is counted. What goes wrong behind a gateway shows only to callers whom the gateway
/// lets in, so a test with such a fault still proves the signature. The PBX is different: a box
/// that fails has minted no token.
fn decide(call: &Call, about: &About, visit: &mut Visit<'_>) -> (Delivery, String) {
    let position = visit.state.position(visit.service, about);
    let mut kind = position.and_then(|index| visit.state.faults.get(index).map(|f| f.kind.clone()));
    if kind.is_none() {
        kind = visit.is_over(about).then_some(FaultKind::Throttle);
    }
    let Some(kind) = kind else {
        let given = answer(call, about, visit);
        if given.admitted {
            visit.count(about);
        }
        return plain(given);
    };
    visit.style = match kind {
        FaultKind::Hostile => Style::Hostile,
        FaultKind::Mismatch => Style::OtherId,
        _ => Style::Plain,
    };
    visit.twist = match kind {
        FaultKind::List(fault) => Some(fault),
        _ => None,
    };
    let served = visit.service != Service::Pbx || kind.spoils_the_answer();
    let given = if served {
        answer(call, about, visit)
    } else {
        Answer::good("application/json", "{}")
    };
    let good = given.outcome == "ok";
    let changes_a_record = visit.style != Style::Plain || visit.twist.is_some();
    if !kind.on_the_wire() && (!given.admitted || (changes_a_record && !good)) {
        return plain(given);
    }
    if let Some(fault) = position.and_then(|index| visit.state.faults.get_mut(index)) {
        spend(fault);
    }
    let given = refuse(&kind, call, visit).unwrap_or(given);
    (delivery::deliver(&kind, given), kind.to_string())
}

fn plain(answer: Answer) -> (Delivery, String) {
    let outcome = answer.outcome.clone();
    (Delivery::Whole(answer), outcome)
}

fn describe(service: Service, call: &Call) -> About {
    let keys = instance_metadata::describe(service, call).or_else(|| match service {
        Service::Mpush | Service::Esa => alibaba::sts::describe(call),
        Service::Tencent => tencent::sts::describe(call),
        Service::Huawei | Service::Pbx => None,
    });
    if let Some(action) = keys {
        return About {
            action: action.to_owned(),
            id: None,
            asks: Asks::Keys,
        };
    }
    match service {
        Service::Mpush => mpush::describe(call),
        Service::Esa => esa::describe(call),
        Service::Huawei => huawei::describe(call),
        Service::Tencent => tencent::describe(call),
        Service::Pbx => pbx::describe(call),
    }
}

fn answer(call: &Call, about: &About, visit: &mut Visit<'_>) -> Answer {
    let keys = instance_metadata::answer(call, visit).or_else(|| match visit.service {
        Service::Mpush | Service::Esa => alibaba::sts::answer(call, visit),
        Service::Tencent => tencent::sts::answer(call, visit),
        Service::Huawei | Service::Pbx => None,
    });
    if let Some(answer) = keys {
        return answer;
    }
    match visit.service {
        Service::Mpush => mpush::answer(call, visit),
        Service::Esa => esa::answer(call, visit),
        Service::Huawei => huawei::answer(call, visit),
        Service::Tencent => tencent::answer(call, visit),
        Service::Pbx => pbx::answer(call, about, visit),
    }
}

/// The faults that speak a provider's language.
fn refuse(kind: &FaultKind, call: &Call, visit: &mut Visit<'_>) -> Option<Answer> {
    match visit.service {
        Service::Mpush | Service::Esa => alibaba::refuse(kind, call, visit),
        Service::Huawei => huawei::refuse(kind, call, visit),
        Service::Tencent => tencent::refuse(kind, call, visit),
        Service::Pbx => pbx::refuse(kind, call, visit),
    }
}
