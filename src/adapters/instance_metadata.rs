//! The metadata services of the clouds' own machines: one conversation for all, told apart by a [`MetadataService`].
//!
//! They are asked only when the user wants it. `PUT` opens a session there and changes nothing; it is the only `PUT`
//! in the house. Machines whose owner has not asked for sessions answer without one, and some know none.

use http::Method;
use secrecy::{ExposeSecret as _, SecretString};

use super::credential_chain::KeyIssuer;
use super::error_codes::by_status;
use super::response_body;
use super::temporary_key::learn;
use crate::credentials::Temporary;
use crate::error::{Error, Kind};
use crate::exchange::{EffectResult, Endpoint, Flow, FlowProgress, Request, Response, Stamp, Step};
use crate::json::Object;
use crate::redact::KnownSecrets;

/// The metadata service of one cloud.
pub struct MetadataService {
    /// Where.
    pub host: &'static str,
    /// How a session is opened, if the cloud has any.
    pub session: Option<MetadataSession>,
    /// The path that lists the machine's role; behind it a role's name is the path of its key.
    pub roles: Option<&'static str>,
    /// The path of the key, where it needs no role's name.
    pub key: &'static str,
    /// True if an error response, by its status and text, means that the instance has no role.
    pub no_role: fn(u16, &str) -> bool,
    /// The key in the answer.
    pub read: fn(&Object, &KnownSecrets) -> Result<Temporary, Error>,
}

/// A session of a metadata service.
pub struct MetadataSession {
    /// The path that opens it.
    pub path: &'static str,
    /// The header that says for how long, in seconds.
    pub lifetime: &'static str,
    /// The header that carries its token afterwards.
    pub header: &'static str,
    /// Whether a failure to open one, by its status if there was an answer, means to go on without.
    pub optional: fn(Option<u16>) -> bool,
}

/// The instance role that the user selected.
#[derive(Debug, Clone, Default)]
pub struct InstanceRole {
    /// The role's name; without it the service is asked.
    pub role: Option<String>,
    /// No key without a session.
    pub session_only: bool,
}

/// As all three vendors' tools ask for.
const LIFETIME: &str = "21600";
/// Longer than any vendor's name of a role.
const LONGEST_NAME: usize = 128;

/// A machine's own key, from its metadata service.
pub fn issuer(
    service: &'static MetadataService,
    instance: InstanceRole,
    key_is_for: &Endpoint,
    known: &KnownSecrets,
) -> Result<KeyIssuer, Error> {
    let endpoint = Endpoint::metadata(service.host, key_is_for)?;
    if let Some(name) = instance.role.as_deref().filter(|name| !is_name(name)) {
        let text = format!("`{name}` cannot be the name of this machine's role");
        let error = Error::new(Kind::Config, text).quoting(name);
        return Err(error.with_hint("copy it from the vendor's console"));
    }
    let what = match &instance.role {
        Some(name) => format!("this machine's role {name}"),
        None => "this machine's role".to_owned(),
    };
    let flow = MetadataFlow {
        service,
        endpoint: endpoint.clone(),
        known: known.clone(),
        instance,
        state: MetadataState::default(),
    };
    Ok(KeyIssuer {
        endpoint,
        what,
        key_id: String::new(),
        flow: Box::new(flow),
    })
}

struct MetadataFlow {
    service: &'static MetadataService,
    endpoint: Endpoint,
    known: KnownSecrets,
    instance: InstanceRole,
    state: MetadataState,
}

#[derive(Default)]
struct MetadataState {
    /// The session request is done, with a token or without.
    settled: bool,
    token: Option<SecretString>,
    role: Option<String>,
    renewed: bool,
}

enum NextRequest<'a> {
    MetadataSession(&'static MetadataSession),
    Role(&'static str),
    Key(&'a str),
}

impl MetadataFlow {
    fn next(&self) -> NextRequest<'_> {
        let role = self.instance.role.as_deref().or(self.state.role.as_deref());
        match (&self.service.session, self.service.roles, role) {
            (Some(session), ..) if !self.state.settled => NextRequest::MetadataSession(session),
            (_, Some(roles), None) => NextRequest::Role(roles),
            (_, _, role) => NextRequest::Key(role.unwrap_or_default()),
        }
    }

    /// Reads the answer to what was asked; the key, if it was that.
    fn read(&mut self, response: &Response) -> Result<Option<Temporary>, Error> {
        let good = (200..300).contains(&response.status);
        if let NextRequest::Key(_) = self.next() {
            learn(response, &self.known);
        }
        match self.next() {
            NextRequest::MetadataSession(session)
                if !good && self.optional(session, Some(response.status)) =>
            {
                self.state.settled = true;
                Ok(None)
            }
            // Sessions end; a new one is opened once.
            NextRequest::Role(_) | NextRequest::Key(_)
                if response.status == 401
                    && self.state.token.is_some()
                    && !self.state.renewed
                    && !self.has_no_role(response) =>
            {
                self.state.token = None;
                self.state.settled = false;
                self.state.renewed = true;
                Ok(None)
            }
            _ if !good => Err(self.refusal(response)),
            NextRequest::MetadataSession(_) => {
                let token = word(response)?;
                self.known.learn(&token);
                self.state.token = Some(token.into());
                self.state.settled = true;
                Ok(None)
            }
            NextRequest::Role(_) => {
                self.state.role = Some(word(response).and_then(a_name)?);
                Ok(None)
            }
            NextRequest::Key(_) => {
                let object = response_body::object(response)?;
                well(&object)?;
                (self.service.read)(&object, &self.known).map(Some)
            }
        }
    }

    fn optional(&self, session: &MetadataSession, status: Option<u16>) -> bool {
        !self.instance.session_only && (session.optional)(status)
    }

    fn has_no_role(&self, response: &Response) -> bool {
        (self.service.no_role)(response.status, &String::from_utf8_lossy(&response.body))
    }

    fn refusal(&self, response: &Response) -> Error {
        let status = response.status;
        let kind = by_status(status, Kind::Credentials);
        let text = match (self.has_no_role(response), kind) {
            (true, _) => match &self.instance.role {
                Some(name) => format!("this machine has no role {name}"),
                None => "this machine has no role".to_owned(),
            },
            _ => format!("the metadata service answers with the status {status}"),
        };
        let hint = "give this machine a role in the vendor's console, or leave its role out of the question";
        Error::new(kind, text).with_status(status).with_hint(hint)
    }
}

impl Flow for MetadataFlow {
    type Output = Temporary;

    fn step(&self, _: Stamp) -> Result<Step, Error> {
        let get = |path: &str, name: &str, action| {
            let target = format!("{path}{name}");
            Request::new(Method::GET, &self.endpoint, target, action)
        };
        let mut request = match self.next() {
            NextRequest::MetadataSession(session) => {
                let path = session.path.to_owned();
                let mut request = Request::new(Method::PUT, &self.endpoint, path, "open a session");
                request.header(session.lifetime, LIFETIME)?;
                // Where there is none one waits for nothing: not twice.
                return Ok(Step {
                    repeat: false,
                    ..Step::read(request)
                });
            }
            NextRequest::Role(roles) => get(roles, "", "the machine's role"),
            NextRequest::Key(role) => {
                let path = self.service.roles.unwrap_or(self.service.key);
                get(path, role, "the role's key")
            }
        };
        if let (Some(session), Some(token)) = (&self.service.session, &self.state.token) {
            request.secret_header(session.header, token.expose_secret())?;
        }
        Ok(Step::read(request))
    }

    fn answer(
        &mut self,
        answer: Result<EffectResult, Error>,
    ) -> Result<FlowProgress<Temporary>, Error> {
        let read = match answer.and_then(EffectResult::http) {
            Ok(response) => self.read(&response)?,
            Err(error) => match self.next() {
                NextRequest::MetadataSession(session)
                    if self.optional(session, error.http_status) =>
                {
                    self.state.settled = true;
                    None
                }
                _ => {
                    self.state = MetadataState::default();
                    return Err(error);
                }
            },
        };
        let Some(key) = read else {
            return Ok(FlowProgress::More);
        };
        // Held once more, it begins anew.
        self.state = MetadataState::default();
        Ok(FlowProgress::Done(key))
    }
}

/// Two of the three say in words whether it is a key that follows.
fn well(object: &Object) -> Result<(), Error> {
    let Some(code) = object.text("Code").filter(|code| code != "Success") else {
        return Ok(());
    };
    let text = format!("the metadata service has no key for this machine: {code}");
    Err(Error::new(Kind::Credentials, text).with_code(code))
}

/// The only word of an answer that is plain text.
fn word(response: &Response) -> Result<String, Error> {
    let text = String::from_utf8_lossy(&response.body);
    let text = text.trim();
    let plain =
        !text.is_empty() && text.len() <= 4096 && text.bytes().all(|b| b.is_ascii_graphic());
    if plain {
        return Ok(text.to_owned());
    }
    let why = response_body::wrong_shape("not a single word");
    Err(response_body::unreadable(response, &why))
}

fn a_name(text: String) -> Result<String, Error> {
    if is_name(&text) {
        Ok(text)
    } else {
        Err(response_body::wrong_shape("not the name of a role"))
    }
}

/// Nothing that would make another path of a path.
fn is_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.+=,@".contains(&b);
    (1..=LONGEST_NAME).contains(&text.len())
        && text.bytes().all(plain)
        && ![".", ".."].contains(&text)
}
