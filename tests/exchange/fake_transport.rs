//! What the driver's tests share: a transport that answers from a script, a conversation that asks it, and a
//! rig around both. Time is tokio's, and paused.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{Future, pending};
use std::pin::Pin;
use std::time::Duration;

use certcheck::error::{Error, Kind};
use certcheck::exchange::Transport;
use certcheck::exchange::{
    AccountState, AnswerClock, Driver, EffectResult, Endpoint, Flow, FlowProgress, Limits,
    RateLimit, Request, Response, Stamp, Step, Stop, Trace,
};
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

/// When every rig begins.
pub use crate::support::world::now as begin;

/// A moment as `Date` shows it.
pub fn http_date(moment: DateTime<Utc>) -> String {
    moment.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A request as it was sent.
#[derive(Clone)]
pub struct Sent {
    pub number: usize,
    pub target: String,
    pub at: Duration,
    pub time: DateTime<Utc>,
    pub nonce: String,
}

/// What becomes of it.
pub struct Act {
    after: Option<Duration>,
    result: Result<Response, Error>,
}

/// An answer with that word as its body; [`Talk`] knows what it means.
pub fn say(word: &str) -> Act {
    let response = Response {
        status: 200,
        headers: HeaderMap::new(),
        body: word.as_bytes().to_vec(),
    };
    Act {
        after: Some(Duration::ZERO),
        result: Ok(response),
    }
}

/// No answer but an error of the transport.
pub fn fail(kind: Kind) -> Act {
    fail_with(Error::new(
        kind,
        format!("transport says {}", kind.as_str()),
    ))
}

pub fn fail_with(error: Error) -> Act {
    Act {
        after: Some(Duration::ZERO),
        result: Err(error),
    }
}

/// Neither.
pub fn hang() -> Act {
    Act {
        after: None,
        ..say("")
    }
}

impl Act {
    pub fn after(mut self, milliseconds: u64) -> Act {
        self.after = Some(Duration::from_millis(milliseconds));
        self
    }

    pub fn status(mut self, status: u16) -> Act {
        self.result.iter_mut().for_each(|r| r.status = status);
        self
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Act {
        let value = HeaderValue::from_str(value).expect("a header's value");
        self.result.iter_mut().for_each(|response| {
            response
                .headers
                .insert(HeaderName::from_static(name), value.clone());
        });
        self
    }
}

type Script<'s> = Box<dyn Fn(&Sent) -> Act + 's>;

/// Answers from a script and remembers what it was sent.
pub struct Fake<'s> {
    script: Script<'s>,
    start: Instant,
    pub sent: RefCell<Vec<Sent>>,
    flying: Cell<usize>,
    /// The most requests that were under way at once.
    pub most: Cell<usize>,
}

struct Flight<'a>(&'a Cell<usize>);

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Fake<'_> {
    async fn answer(&self, request: &Request) -> Result<Response, Error> {
        let header = |name: &str| {
            let value = request.headers.get(name).and_then(|v| v.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let sent = Sent {
            number: self.sent.borrow().len() + 1,
            target: request.target.clone(),
            at: self.start.elapsed(),
            time: header("x-time").parse().unwrap_or_default(),
            nonce: header("x-nonce"),
        };
        self.sent.borrow_mut().push(sent.clone());
        self.flying.set(self.flying.get() + 1);
        let _flight = Flight(&self.flying);
        self.most.set(self.most.get().max(self.flying.get()));
        let act = (self.script)(&sent);
        match act.after {
            Some(after) => sleep(after).await,
            None => pending().await,
        }
        act.result
    }
}

impl Transport for Fake<'_> {
    fn send<'a>(
        &'a self,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Result<Response, Error>> + 'a>> {
        Box::pin(self.answer(request))
    }
}

/// A conversation about some ids. The word in an answer's body moves it: `ok` ends an id, `more` asks again,
/// `debt` creates something to give back and asks again, `panic` panics, a kind's name is an error of that kind.
pub struct Talk {
    ids: VecDeque<String>,
    /// Whether a failed request may be repeated.
    pub repeat: bool,
    /// Whether an answer may create a debt.
    pub needs_cleanup: bool,
    pub optional: bool,
    /// Whether an error ends one id only.
    pub goes_on: bool,
    /// Whether there is something to give back.
    pub holds: bool,
    /// The final errors it was told.
    pub offered: Vec<Error>,
}

pub type Part = (String, Result<(), Error>);

impl Talk {
    pub fn about(ids: &[&str]) -> Talk {
        Talk {
            ids: ids.iter().map(|id| id.to_string()).collect(),
            repeat: true,
            needs_cleanup: false,
            optional: false,
            goes_on: false,
            holds: false,
            offered: Vec::new(),
        }
    }

    fn part(&mut self, result: Result<(), Error>) -> FlowProgress<Part> {
        let id = self.ids.pop_front().unwrap_or_default();
        if self.ids.is_empty() {
            FlowProgress::Done((id, result))
        } else {
            FlowProgress::Part((id, result))
        }
    }

    fn request(&self, target: String, stamp: Stamp) -> Result<Request, Error> {
        let endpoint = Endpoint::https("service.test");
        let mut request = Request::new(Method::GET, &endpoint, target, "Ask");
        request.header("x-time", &stamp.time.to_rfc3339())?;
        request.secret_header("x-nonce", &stamp.nonce_hex())?;
        Ok(request)
    }
}

impl Flow for Talk {
    type Output = Part;

    fn step(&self, stamp: Stamp) -> Result<Step, Error> {
        let id = self.ids.front().map_or("", String::as_str);
        Ok(Step {
            effect: self.request(format!("/{id}?secret=query"), stamp)?.into(),
            repeat: self.repeat,
            needs_cleanup: self.needs_cleanup,
            optional: self.optional,
        })
    }

    fn answer(&mut self, answer: Result<EffectResult, Error>) -> Result<FlowProgress<Part>, Error> {
        let response = match answer.and_then(EffectResult::http) {
            Ok(response) => response,
            Err(error) => {
                self.offered.push(error.clone());
                return if self.goes_on {
                    Ok(self.part(Err(error)))
                } else {
                    Err(error)
                };
            }
        };
        let word = String::from_utf8_lossy(&response.body).into_owned();
        match word.as_str() {
            "ok" => Ok(self.part(Ok(()))),
            "more" => Ok(FlowProgress::More),
            "debt" => {
                self.holds = true;
                self.needs_cleanup = false;
                Ok(FlowProgress::More)
            }
            "panic" => panic!("the adapter's own words"),
            word => {
                let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == word);
                let mut error = Error::new(kind.expect(word), format!("the service says {word}"));
                error.server_time = response
                    .header("x-server-time")
                    .and_then(|t| t.parse().ok());
                Err(error)
            }
        }
    }

    fn cleanup(&self, stamp: Stamp) -> Option<Request> {
        let request = self.request("/farewell".to_owned(), stamp).ok();
        request.filter(|_| self.holds)
    }
}

/// One try as the log was told of it.
#[derive(Debug, PartialEq)]
pub struct Told {
    pub action: String,
    pub host: String,
    pub outcome: Result<String, String>,
    pub attempt: u32,
}

/// Everything a driver needs.
pub struct Rig<'s> {
    pub fake: Fake<'s>,
    pub account: AccountState,
    /// Asks to stop; `None` once dropped.
    pub stop: RefCell<Option<watch::Sender<Stop>>>,
    wish: watch::Receiver<Stop>,
    pub told: RefCell<Vec<Told>>,
    nonces: Cell<u64>,
    pub deadline: Duration,
    pub timeout: Duration,
}

impl<'s> Rig<'s> {
    pub fn new(script: impl Fn(&Sent) -> Act + 's) -> Rig<'s> {
        let (stop, wish) = watch::channel(Stop::No);
        Rig {
            fake: Fake {
                script: Box::new(script),
                start: Instant::now(),
                sent: RefCell::default(),
                flying: Cell::default(),
                most: Cell::default(),
            },
            account: AccountState::new(RateLimit::default()),
            stop: RefCell::new(Some(stop)),
            wish,
            told: RefCell::default(),
            nonces: Cell::new(0),
            deadline: Duration::from_secs(300),
            timeout: Duration::from_secs(10),
        }
    }

    /// The words are said one after the other, and the last one again and again.
    pub fn saying(words: &'s [&'s str]) -> Rig<'s> {
        Rig::new(move |sent| say(words[(sent.number - 1).min(words.len() - 1)]))
    }

    pub fn ask_to_stop(&self, how: Stop) {
        if let Some(stop) = &*self.stop.borrow() {
            stop.send_replace(how);
        }
    }

    pub fn elapsed(&self) -> Duration {
        self.fake.start.elapsed()
    }

    /// Targets in the order they were sent.
    pub fn targets(&self) -> Vec<String> {
        let path = |sent: &Sent| sent.target.split('?').next().unwrap_or_default().to_owned();
        self.fake.sent.borrow().iter().map(path).collect()
    }

    pub fn times_sent(&self) -> usize {
        self.fake.sent.borrow().len()
    }

    /// Holds one conversation.
    pub async fn drive(&self, talk: &mut Talk) -> (Vec<Part>, Result<(), Error>) {
        let mut parts = Vec::new();
        let outcome = self.drive_into(talk, &mut |part, _| parts.push(part)).await;
        (parts, outcome)
    }

    pub async fn drive_into(
        &self,
        talk: &mut Talk,
        emit: &mut dyn FnMut(Part, AnswerClock),
    ) -> Result<(), Error> {
        let clock = || begin() + TimeDelta::from_std(self.elapsed()).unwrap_or_default();
        let entropy = || {
            // As different in its first bytes, which seed the pauses, as in the others.
            self.nonces
                .set(self.nonces.get().wrapping_add(0x1357_9bdf_0246_8ace));
            Ok([self.nonces.get().to_be_bytes(); 2]
                .concat()
                .try_into()
                .unwrap_or_default())
        };
        let trace = |trace: &Trace<'_>| {
            self.told.borrow_mut().push(Told {
                action: trace.action.to_owned(),
                host: trace.host.clone().into_owned(),
                outcome: trace.outcome.clone().map_err(|error| error.message),
                attempt: trace.attempt,
            });
        };
        let driver = Driver {
            transport: &self.fake,
            open_file: &|_, _| Err(std::io::ErrorKind::NotFound.into()),
            clock: &clock,
            entropy: &entropy,
            limits: Limits {
                timeout: self.timeout,
                deadline: self.fake.start + self.deadline,
                tries: 3,
            },
            stop: self.wish.clone(),
            trace: &trace,
        };
        driver.drive(&self.account, talk, emit).await
    }
}
