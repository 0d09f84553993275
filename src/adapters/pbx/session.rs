//! The flow with a PBX: log in, send the requests of a query, request the box's clock once if a date needs it, give the
//! token back. A query is about some ids or about the whole list.
//!
//! ```text
//! Login ──token──▶ Ask ──answer──▶ Ask … ──▶ done        cleanup: del_token, whenever a token is held
//!   ▲               │ └─date without zone─▶ Clock ──▶ Ask …
//!   └──10004, once──┘
//! ```
//!
//! Traps: wrong credentials are -1, and five of them block the address: a login is never repeated; an unknown
//! token is 10004 just like an expired one; the token stands in the query, so no URL may be shown.

use chrono::FixedOffset;
use http::Method;
use secrecy::{ExposeSecret, SecretString};

use super::expiration::BoxClock;
use super::read;
use crate::adapters::response_body;
use crate::credentials::CurrentKey;
use crate::error::{Error, Kind};
use crate::exchange::{EffectResult, Endpoint, Flow, FlowProgress, Request, Response, Stamp, Step};
use crate::json::{Json, Object};
use crate::redact::KnownSecrets;
use crate::sign::encode;

/// Codes that every other request to this box would get too.
const FATAL: [&str; 5] = ["10002", "10003", "70004", "70087", "70123"];

/// Real tokens have 32 characters; a longer one fits no request line.
const LONGEST_TOKEN: usize = 4096;

enum Phase {
    Login,
    Ask,
    /// The clock is requested; this answer waits for it.
    Clock(Object),
}

/// The requests between login and cleanup.
pub trait Query {
    /// A part of the result.
    type Output;
    /// The next call, and its parameters.
    fn call(&self) -> (&'static str, Vec<(&'static str, String)>);
    /// Whether a successful answer has what it must have.
    fn check(&self, answer: &Object) -> Result<(), Error>;
    /// Whether a date in it cannot be read without the box's clock.
    fn wants_clock(&self, answer: &Object, clock: &BoxClock) -> bool;
    /// Reads an answer that was checked.
    fn read(&mut self, answer: &Object, clock: &BoxClock) -> FlowProgress<Self::Output>;
    /// A call has failed for good, with an error that concerns this call only.
    fn failed(&mut self, error: Error) -> Result<FlowProgress<Self::Output>, Error>;
}

/// One login and its query.
pub struct PbxSession<T> {
    query: T,
    endpoint: Endpoint,
    key: CurrentKey,
    known: KnownSecrets,
    phase: Phase,
    token: Option<SecretString>,
    renewed: bool,
    clock: BoxClock,
    clock_asked: bool,
}

impl<T: Query> PbxSession<T> {
    /// Before the login.
    pub fn new(
        query: T,
        endpoint: Endpoint,
        zone: Option<FixedOffset>,
        key: CurrentKey,
        known: KnownSecrets,
    ) -> PbxSession<T> {
        PbxSession {
            query,
            endpoint,
            key,
            known,
            phase: Phase::Login,
            token: None,
            renewed: false,
            clock: BoxClock {
                configured: zone,
                ..BoxClock::default()
            },
            clock_asked: false,
        }
    }

    fn request(
        &self,
        method: Method,
        call: &'static str,
        parameters: &[(&str, &str)],
    ) -> Result<Request, Error> {
        let query = encode::query(parameters);
        let mark = if query.is_empty() { "" } else { "?" };
        let target = format!(
            "{}/openapi/v1.0/{call}{mark}{query}",
            self.endpoint.prefix()
        );
        let mut request = Request::new(method, &self.endpoint, target, call);
        // Mandatory on every call, by the vendor's request page.
        request.header("user-agent", "OpenAPI")?;
        // The box closes the connection after each response, announced or not: the cleanup must not go into a closed one.
        request.header("connection", "close")?;
        Ok(request)
    }

    fn with_token(
        &self,
        call: &'static str,
        more: &[(&'static str, String)],
    ) -> Result<Request, Error> {
        let token = self
            .token
            .as_ref()
            .map(|token| token.expose_secret())
            .unwrap_or_default();
        let mut parameters = vec![("access_token", token)];
        parameters.extend(more.iter().map(|(name, value)| (*name, value.as_str())));
        self.request(Method::GET, call, &parameters)
    }

    fn login(&self) -> Result<Step, Error> {
        let credential = self.key.get();
        let key = credential.key();
        let mut request = self.request(Method::POST, "get_token", &[])?;
        request.header("content-type", "application/json")?;
        request.body = serde_json::json!({ "username": key.id, "password": key.secret })
            .to_string()
            .into_bytes();
        Ok(Step {
            repeat: false,
            needs_cleanup: true,
            ..Step::read(request)
        })
    }

    fn logged_in(&mut self, response: &Response) -> Result<FlowProgress<T::Output>, Error> {
        self.learn_tokens(response);
        let object = read::success(response, "get_token").map_err(refused_login)?;
        let Some(token) = object.text("access_token") else {
            return Err(Error::new(
                Kind::Protocol,
                "the PBX accepted the login, but its answer has no token",
            ));
        };
        if token.len() > LONGEST_TOKEN {
            return Err(Error::new(
                Kind::Protocol,
                "the PBX handed out a token that is too long to be one",
            ));
        }
        self.token = Some(SecretString::from(token));
        self.phase = Phase::Ask;
        Ok(FlowProgress::More)
    }

    /// Learns every token in it, used or not: other text of the answer may repeat one.
    fn learn_tokens(&self, response: &Response) {
        let Ok(object) = response_body::object(response) else {
            return;
        };
        for key in ["access_token", "refresh_token"] {
            let tokens = object.values(key).filter_map(Json::scalar);
            tokens
                .filter(|token| token.len() <= LONGEST_TOKEN)
                .for_each(|token| self.known.learn(&token));
        }
    }

    fn asked(&mut self, response: &Response) -> Result<FlowProgress<T::Output>, Error> {
        let (call, _) = self.query.call();
        let object = match read::success(response, call) {
            Ok(object) => object,
            Err(error) if error.code.as_deref() == Some("10004") => return self.renew(error),
            // It comes back once it is final, with the count of its tries.
            Err(error) => return Err(error),
        };
        self.query
            .check(&object)
            .map_err(|error| error.with_status(response.status))?;
        if !self.clock_asked && self.query.wants_clock(&object, &self.clock) {
            self.clock_asked = true;
            self.phase = Phase::Clock(object);
            return Ok(FlowProgress::More);
        }
        Ok(self.query.read(&object, &self.clock))
    }

    /// One new token, one repeat; a second refusal is final.
    fn renew(&mut self, error: Error) -> Result<FlowProgress<T::Output>, Error> {
        // The box does not know it any more: there is nothing to give back.
        self.token = None;
        if self.renewed {
            return Err(error);
        }
        self.renewed = true;
        self.phase = Phase::Login;
        Ok(FlowProgress::More)
    }

    fn clock_told(&mut self, response: Result<Response, Error>) {
        let told = response.and_then(|response| read::success(&response, "system/information"));
        // Without an answer the zone stays unknown, and a note says so.
        let Ok(object) = told else { return };
        let inner = ["information", "system_information", "data"]
            .iter()
            .find_map(|key| object.object(key));
        let text = |key: &str| {
            object
                .text(key)
                .or_else(|| inner.and_then(|inner| inner.text(key)))
        };
        let timestamp = text("timestamp").and_then(|text| text.parse().ok());
        self.clock.learn(
            text("system_time").as_deref(),
            timestamp,
            text("system_date_format").as_deref(),
        );
    }

    /// The query goes on, unless its other calls would fail the same way.
    fn failed(&mut self, error: Error) -> Result<FlowProgress<T::Output>, Error> {
        let code = error.code.as_deref();
        let fatal = code.is_some_and(|code| FATAL.contains(&code));
        if fatal || error.kind == Kind::Credentials {
            Err(error)
        } else {
            self.query.failed(error)
        }
    }
}

/// Wrong credentials have no code of their own: -1 at this call is what they look like.
fn refused_login(error: Error) -> Error {
    match error.code.as_deref() {
        Some("-1") => Error { kind: Kind::Credentials, message: "the PBX refused the login: wrong client id or client secret".to_owned(), ..error }
            .with_hint("correct them before the next try: after five wrong logins the PBX blocks this address for about ten minutes"),
        _ => error,
    }
}

/// No connection: which port is right depends on the way to the box.
fn unreached(error: Error, endpoint: &Endpoint) -> Error {
    if !error.unsent || error.hint.is_some() {
        return error;
    }
    error.with_hint(if endpoint.has_port() {
        "check address and route; the vendor's remote addresses answer on port 443 only: leave the port out for those"
    } else {
        "check address and route; on its own network a PBX answers on port 8088: --base-url https://ADDRESS:8088"
    })
}

impl<T: Query> Flow for PbxSession<T> {
    type Output = T::Output;

    fn step(&self, _stamp: Stamp) -> Result<Step, Error> {
        match &self.phase {
            Phase::Login => self.login(),
            Phase::Ask => {
                let (call, parameters) = self.query.call();
                self.with_token(call, &parameters).map(Step::read)
            }
            Phase::Clock(_) => self.with_token("system/information", &[]).map(Step::read),
        }
    }

    fn answer(
        &mut self,
        answer: Result<EffectResult, Error>,
    ) -> Result<FlowProgress<T::Output>, Error> {
        match (&self.phase, answer.and_then(EffectResult::http)) {
            (Phase::Login, Err(error)) => Err(unreached(error, &self.endpoint)),
            (Phase::Login, Ok(response)) => self.logged_in(&response),
            (Phase::Ask, Err(error)) => self.failed(error),
            (Phase::Ask, Ok(response)) => self.asked(&response),
            (Phase::Clock(_), told) => {
                let waiting = std::mem::replace(&mut self.phase, Phase::Ask);
                self.clock_told(told);
                match waiting {
                    Phase::Clock(answer) => Ok(self.query.read(&answer, &self.clock)),
                    Phase::Login | Phase::Ask => Ok(FlowProgress::More),
                }
            }
        }
    }

    fn cleanup(&self, _stamp: Stamp) -> Option<Request> {
        self.token.as_ref()?;
        self.with_token("del_token", &[]).ok()
    }
}
