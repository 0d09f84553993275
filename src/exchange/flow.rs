//! A flow: the next step of a conversation with a service, and what its outcome means. It knows no clock, no socket, no retry.

use std::future::Future;
use std::ops::RangeInclusive;
use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, Datelike as _, NaiveDateTime, Utc};
use http::Method;
use http::header::{HeaderMap, HeaderName, HeaderValue};

use super::effect::{Effect, EffectResult};
use super::endpoint::Endpoint;
use crate::error::{Error, Kind};

/// Time and nonce of a signature; new for every try.
#[derive(Clone, Copy)]
pub struct Stamp {
    /// The time, by the corrected clock.
    pub time: DateTime<Utc>,
    /// 16 random bytes.
    pub nonce: [u8; 16],
}

impl Stamp {
    /// The nonce as 32 lower-case hex digits.
    pub fn nonce_hex(&self) -> String {
        hex::encode(self.nonce)
    }
}

/// One HTTP request. It has no `Debug`: target, headers and body can hold secrets.
pub struct Request {
    /// `GET` or `POST`; `PUT` for the session of a metadata service, and nothing else.
    pub method: Method,
    /// Where it goes.
    pub endpoint: Endpoint,
    /// Path and query, encoded, exactly as they are signed and sent.
    pub target: String,
    /// Headers but `Host`, which is the endpoint's authority.
    pub headers: HeaderMap,
    /// Body; empty for none.
    pub body: Vec<u8>,
    /// The operation's name in the provider's own words, for logs and errors.
    pub action: &'static str,
}

impl Request {
    /// A request without headers and body.
    pub fn new(
        method: Method,
        endpoint: &Endpoint,
        target: String,
        action: &'static str,
    ) -> Request {
        let endpoint = endpoint.clone();
        Request {
            method,
            endpoint,
            target,
            headers: HeaderMap::new(),
            body: Vec::new(),
            action,
        }
    }

    /// Adds a header. A value that cannot stand in a header is the caller's mistake in a key or an id, and is
    /// never repeated in the error.
    pub fn header(&mut self, name: &'static str, value: &str) -> Result<(), Error> {
        self.insert(name, value, false)
    }

    /// Adds a header whose value is never shown.
    pub fn secret_header(&mut self, name: &'static str, value: &str) -> Result<(), Error> {
        self.insert(name, value, true)
    }

    fn insert(&mut self, name: &'static str, value: &str, secret: bool) -> Result<(), Error> {
        let text = |_| {
            Error::new(
                Kind::Credentials,
                format!("the key has characters that cannot be sent (in the header {name})"),
            )
        };
        let mut value = HeaderValue::from_str(value).map_err(text)?;
        value.set_sensitive(secret);
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(())
    }
}

/// The next step of a flow.
pub struct Step {
    /// What the driver is to do.
    pub effect: Effect,
    /// May be tried again after any failure. A login may be only if no byte of it was sent, or if the response was 429
    /// or 5xx: after a lost response its effect is unknown.
    pub repeat: bool,
    /// The response creates something that [`Flow::cleanup`] gives back. Such a step is not abandoned when the run is
    /// stopped, since what it created would be lost.
    pub needs_cleanup: bool,
    /// The run can do without it: a service that asks to wait is not waited for.
    pub optional: bool,
}

impl Step {
    /// A step without side effects, which may be repeated.
    pub fn read(effect: impl Into<Effect>) -> Step {
        Step {
            effect: effect.into(),
            repeat: true,
            needs_cleanup: false,
            optional: false,
        }
    }

    /// The request of a step over HTTP.
    pub fn http(self) -> Option<Request> {
        self.effect.http()
    }
}

/// One HTTP answer. It has no `Debug`: its body can hold secrets.
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, bounded.
    pub body: Vec<u8>,
}

impl Response {
    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The server's clock, from the `Date` header (RFC 9110, 5.6.7).
    pub fn date(&self) -> Option<DateTime<Utc>> {
        http_date(self.header("date")?)
    }

    /// A header that is a whole number; one beyond 64 bits is the largest.
    pub fn number(&self, name: &str) -> Option<u64> {
        let text = self.header(name)?.trim();
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    }

    /// How long to wait before the next request, from the `Retry-After` header (RFC 9110: seconds, or a date, which
    /// is by the server's clock).
    pub fn retry_after(&self, now: DateTime<Utc>) -> Option<Duration> {
        if let Some(seconds) = self.number("retry-after") {
            return Some(Duration::from_secs(seconds));
        }
        let text = self.header("retry-after")?.trim();
        let wait = http_date(text)? - self.date().unwrap_or(now);
        Some(wait.to_std().unwrap_or_default())
    }
}

/// The years that a service's clock can show. Whatever lies outside is the clock of a box that lost it, and no RFC 3339.
const YEARS: RangeInclusive<i32> = 2000..=9998;

/// The two older forms of RFC 9110 without their weekday, RFC 850 also with a year of four digits. Of a year with two
/// digits 70 and above are of the 20th century, as in POSIX.
const OLDER_FORMS: [&str; 3] = [
    "%d-%b-%y %H:%M:%S GMT",
    "%d-%b-%Y %H:%M:%S GMT",
    "%b %d %H:%M:%S %Y",
];

/// A date of HTTP in any of its three forms. The weekday repeats what the date says, so a wrong one changes nothing.
fn http_date(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let date = match text.split_once([',', ' ']) {
        Some((day, rest)) if is_weekday(day) => rest.trim_start(),
        _ => text,
    };
    let older = |form| NaiveDateTime::parse_from_str(date, form).ok();
    let moment = match DateTime::parse_from_rfc2822(date) {
        Ok(moment) => moment.with_timezone(&Utc),
        Err(_) => OLDER_FORMS.into_iter().find_map(older)?.and_utc(),
    };
    shows_a_time(moment).then_some(moment)
}

fn is_weekday(text: &str) -> bool {
    let day = text.to_ascii_lowercase();
    let short = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    short.iter().any(|short| day.starts_with(short)) && day.bytes().all(|b| b.is_ascii_lowercase())
}

/// Whether a clock can show that moment.
pub(super) fn shows_a_time(moment: DateTime<Utc>) -> bool {
    YEARS.contains(&moment.year())
}

/// Sends one request and reads one answer.
pub trait Transport {
    /// The answer, or a `network` or `protocol` error.
    fn send<'a>(
        &'a self,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Result<Response, Error>> + 'a>>;
}

/// Refuses an answer whose status says that it is not the service's own and whole one. A redirect is never followed, since
/// the request is signed; 304 is none (RFC 9110, 15.4.5).
pub(super) fn refuse_by_status(request: &Request, response: &Response) -> Result<(), Error> {
    let text = match response.status {
        203 => "a proxy on the way has changed the answer (HTTP 203)".to_owned(),
        206 => "the answer is only a part of one (HTTP 206)".to_owned(),
        status @ 201..=299 => {
            format!("the answer came with HTTP {status}, and only 200 is documented")
        }
        300..=303 | 305..=399 => {
            let place = redirected(request, response);
            let text =
                format!("the answer redirects to {place}, where a signed request does not follow");
            let error = Error::new(Kind::Protocol, text).quoting(place);
            return Err(error.with_status(response.status));
        }
        _ => return Ok(()),
    };
    Err(Error::new(Kind::Protocol, text).with_status(response.status))
}

/// Where a redirect leads; only the other host's name is shown.
fn redirected(request: &Request, response: &Response) -> String {
    let target = response
        .header("location")
        .zip(url::Url::parse(&request.endpoint.url("/")).ok())
        .and_then(|(to, from)| from.join(to).ok());
    match target.as_ref().and_then(url::Url::host_str) {
        Some(host) if host == request.endpoint.host() => "another address of this host".to_owned(),
        Some(host) => host.to_owned(),
        None => "another place".to_owned(),
    }
}

/// Of a longer wait nobody needs the days.
const YEAR: Duration = Duration::from_secs(366 * 86_400);

/// Says how long the service asks to wait, where it does.
pub(super) fn with_wait(mut error: Error) -> Error {
    if let Some(wait) = error.retry_after.filter(|_| error.retryable()) {
        let wait = if wait > YEAR {
            "more than a year".to_owned()
        } else {
            humantime::format_duration(Duration::from_secs(wait.as_secs().max(1))).to_string()
        };
        error.message = format!("{}; it asks to wait {wait}", error.message);
    }
    error
}

/// The state of a flow after an outcome.
pub enum FlowProgress<T> {
    /// Another step follows.
    More,
    /// A part of the result; another step follows.
    Part(T),
    /// The last part of the result; the flow has ended.
    Done(T),
}

/// A conversation with a service, driven step by step.
pub trait Flow {
    /// The result, in one or several parts.
    type Output;

    /// The next step. It is called again for every try, so that every try has a signature of its own.
    fn step(&self, stamp: Stamp) -> Result<Step, Error>;

    /// Reads the outcome of the step. "Throttled" inside HTTP 200 is an error here like any other; a retryable error
    /// must leave the flow unchanged.
    ///
    /// It is called with an error once no try is left: a flow about one certificate returns the error, a flow about
    /// several reports it for this one and goes on.
    fn answer(
        &mut self,
        answer: Result<EffectResult, Error>,
    ) -> Result<FlowProgress<Self::Output>, Error>;

    /// The request that gives back what the flow holds, however it ended (the PBX: its token).
    fn cleanup(&self, _stamp: Stamp) -> Option<Request> {
        None
    }
}

/// A flow of one request: one pure function builds it, another reads the response.
pub struct Once<B, R> {
    build: B,
    read: R,
}

impl<B, R, T> Once<B, R>
where
    B: Fn(Stamp) -> Result<Request, Error>,
    R: Fn(Response) -> Result<T, Error>,
{
    /// A flow of one read call.
    pub fn new(build: B, read: R) -> Once<B, R> {
        Once { build, read }
    }
}

impl<B, R, T> Flow for Once<B, R>
where
    B: Fn(Stamp) -> Result<Request, Error>,
    R: Fn(Response) -> Result<T, Error>,
{
    type Output = T;

    fn step(&self, stamp: Stamp) -> Result<Step, Error> {
        (self.build)(stamp).map(Step::read)
    }

    fn answer(&mut self, answer: Result<EffectResult, Error>) -> Result<FlowProgress<T>, Error> {
        (self.read)(answer?.http()?).map(FlowProgress::Done)
    }
}
