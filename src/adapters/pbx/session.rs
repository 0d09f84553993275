//! The conversation with a PBX: log in, ask for each certificate, ask the box for its clock once if a date needs
//! it, give the token back.
//!
//! ```text
//! Login ──token──▶ Ask ──answer──▶ Ask … ──▶ done        farewell: del_token, whenever a token is held
//!   ▲               │ └─date without zone─▶ Clock ──▶ Ask …
//!   └──10004, once──┘
//! ```
//!
//! Traps: wrong credentials are -1, and five of them block the address: a login is never repeated; an unknown
//! token is 10004 just like an expired one; the token stands in the query, so no URL may be shown.

use std::collections::VecDeque;

use chrono::FixedOffset;
use http::Method;
use secrecy::{ExposeSecret, SecretString};

use super::read;
use super::time::BoxClock;
use crate::adapters::lenient::{Json, Object};
use crate::adapters::{Answer, body};
use crate::credentials::{CurrentKey, KnownSecrets};
use crate::error::{Error, Kind};
use crate::exchange::{Endpoint, Flow, Progress, Request, Response, Stamp, Step};
use crate::sign::encode;

/// Codes that no other id of this box would escape.
const FATAL: [&str; 5] = ["10002", "10003", "70004", "70087", "70123"];

/// The real ones have 32 characters; what is longer than this fits no request line.
const LONGEST_TOKEN: usize = 4096;

enum Phase {
    Login,
    Ask,
    /// The box is asked for its clock; the record waits.
    Clock(Object),
}

/// One login and what is asked with it.
pub struct Session {
    endpoint: Endpoint,
    key: CurrentKey,
    known: KnownSecrets,
    ids: VecDeque<String>,
    phase: Phase,
    token: Option<SecretString>,
    renewed: bool,
    clock: BoxClock,
    clock_asked: bool,
}

impl Session {
    /// A conversation about these ids.
    pub fn new(
        endpoint: Endpoint,
        zone: Option<FixedOffset>,
        key: CurrentKey,
        known: KnownSecrets,
        ids: &[String],
    ) -> Session {
        Session {
            endpoint,
            key,
            known,
            ids: ids.iter().cloned().collect(),
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
        // The box closes the connection after each answer, said or unsaid: a farewell must not go into a closed one.
        request.header("connection", "close")?;
        Ok(request)
    }

    fn with_token(&self, call: &'static str, id: Option<&str>) -> Result<Request, Error> {
        let token = self
            .token
            .as_ref()
            .map(|token| token.expose_secret())
            .unwrap_or_default();
        let mut parameters = vec![("access_token", token)];
        parameters.extend(id.map(|id| ("id", id)));
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
            request,
            repeat: false,
            owes: true,
        })
    }

    fn logged_in(&mut self, response: &Response) -> Result<Progress<Answer>, Error> {
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
        Ok(Progress::More)
    }

    /// Every token in it, taken or not: what else the answer says may repeat it.
    fn learn_tokens(&self, response: &Response) {
        let Ok(object) = body::object(response) else {
            return;
        };
        for key in ["access_token", "refresh_token"] {
            let tokens = object.values(key).filter_map(Json::scalar);
            tokens
                .filter(|token| token.len() <= LONGEST_TOKEN)
                .for_each(|token| self.known.learn(&token));
        }
    }

    fn asked(&mut self, response: &Response) -> Result<Progress<Answer>, Error> {
        let object = match read::success(response, "certificate/get") {
            Ok(object) => object,
            Err(error) if error.code.as_deref() == Some("10004") => return self.renew(error),
            // It comes back once it is final, with the count of its tries.
            Err(error) => return Err(error),
        };
        let record = read::record(&object)
            .map_err(|error| error.with_status(response.status))?
            .clone();
        if !self.clock_asked && read::wants_clock(&record, &self.clock) {
            self.clock_asked = true;
            self.phase = Phase::Clock(record);
            return Ok(Progress::More);
        }
        self.finished(&record)
    }

    /// One new token, one repeat; a second refusal is final.
    fn renew(&mut self, error: Error) -> Result<Progress<Answer>, Error> {
        // The box has forgotten it already: there is nothing to give back.
        self.token = None;
        if self.renewed {
            return Err(error);
        }
        self.renewed = true;
        self.phase = Phase::Login;
        Ok(Progress::More)
    }

    fn clock_told(&mut self, response: Result<Response, Error>) {
        let told = response.and_then(|response| read::success(&response, "system/information"));
        // A box that does not tell leaves the zone unknown, which the reading says.
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

    fn finished(&mut self, record: &Object) -> Result<Progress<Answer>, Error> {
        let id = self.ids.pop_front().unwrap_or_default();
        let facts = read::certificate(record, Some(&id), &self.clock);
        self.phase = Phase::Ask;
        Ok(self.part(Answer {
            id,
            result: Ok(vec![facts]),
        }))
    }

    /// This id has failed; the others are still asked for, unless they would fail the same way.
    fn failed(&mut self, error: Error) -> Result<Progress<Answer>, Error> {
        let fatal = error.kind == Kind::Credentials
            || error
                .code
                .as_deref()
                .is_some_and(|code| FATAL.contains(&code));
        if fatal {
            return Err(error);
        }
        let id = self.ids.pop_front().unwrap_or_default();
        self.phase = Phase::Ask;
        Ok(self.part(Answer {
            id,
            result: Err(error),
        }))
    }

    fn part(&self, answer: Answer) -> Progress<Answer> {
        if self.ids.is_empty() {
            Progress::Done(answer)
        } else {
            Progress::Part(answer)
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

impl Flow for Session {
    type Output = Answer;

    fn step(&self, _stamp: Stamp) -> Result<Step, Error> {
        match &self.phase {
            Phase::Login => self.login(),
            Phase::Ask => self
                .with_token("certificate/get", self.ids.front().map(String::as_str))
                .map(Step::read),
            Phase::Clock(_) => self.with_token("system/information", None).map(Step::read),
        }
    }

    fn answer(&mut self, answer: Result<Response, Error>) -> Result<Progress<Answer>, Error> {
        match (&self.phase, answer) {
            (Phase::Login, Err(error)) => Err(unreached(error, &self.endpoint)),
            (Phase::Login, Ok(response)) => self.logged_in(&response),
            (Phase::Ask, Err(error)) => self.failed(error),
            (Phase::Ask, Ok(response)) => self.asked(&response),
            (Phase::Clock(record), told) => {
                let record = record.clone();
                self.clock_told(told);
                self.finished(&record)
            }
        }
    }

    fn farewell(&self, _stamp: Stamp) -> Option<Request> {
        self.token.as_ref()?;
        self.with_token("del_token", None).ok()
    }
}
