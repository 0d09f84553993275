//! Effects: the operations that a flow can request of the outside world, and their results. Only the driver performs them.

use std::net::IpAddr;
use std::path::PathBuf;

use super::endpoint::Endpoint;
use super::flow::{Request, Response};
use crate::error::{Error, Kind};

/// One effect, performed within the time-out of a request.
pub enum Effect {
    /// Send a request and read the response.
    Http(Request),
    /// Read a file, at most 8 MiB.
    Read(PathBuf),
    /// Connect, make a TLS handshake, close. No application data is sent, and nothing is trusted.
    Handshake(Endpoint, HandshakeOptions),
}

/// The result of an effect.
pub enum EffectResult {
    /// The response.
    Http(Response),
    /// The content of the file.
    Read(Vec<u8>),
    Handshake(TlsPeer),
}

/// How a handshake is made.
#[derive(Debug, Clone, Default)]
pub struct HandshakeOptions {
    /// The address to connect to; without it the host is resolved, and the first address that answers is taken.
    pub address: Option<IpAddr>,
    /// The name in SNI where it is not the endpoint's host. An IP address is never sent.
    pub server_name: Option<String>,
}

/// What a TLS peer presented in a handshake. Whether it is trusted is another question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsPeer {
    /// The certificates in DER, in the order sent: the peer's own first.
    pub chain: Vec<Vec<u8>>,
    /// The stapled OCSP response; empty where there is none.
    pub ocsp: Vec<u8>,
    /// The negotiated version, `TLS 1.2` or `TLS 1.3`.
    pub version: Option<&'static str>,
    /// The signature that proves that the peer holds the key of its certificate.
    pub key_signature: KeySignature,
    /// Why the handshake did not end although the certificates came, such as a client certificate that is wanted.
    pub failure: Option<String>,
}

/// The signature that the peer made with the key of its certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySignature {
    /// It is right.
    Valid,
    /// Its algorithm or key size is not supported here, or the handshake broke before it came.
    NotCheckable,
    /// It is wrong: the peer does not hold the key.
    Wrong,
}

impl Effect {
    /// The request, if this is one.
    pub fn http(self) -> Option<Request> {
        match self {
            Effect::Http(request) => Some(request),
            Effect::Read(_) | Effect::Handshake(..) => None,
        }
    }
}

impl From<Request> for Effect {
    fn from(request: Request) -> Effect {
        Effect::Http(request)
    }
}

impl EffectResult {
    /// The response to a flow that sends requests.
    pub fn http(self) -> Result<Response, Error> {
        match self {
            EffectResult::Http(response) => Ok(response),
            EffectResult::Read(_) | EffectResult::Handshake(_) => Err(mismatch()),
        }
    }

    /// The content for a flow that reads files.
    pub fn content(self) -> Result<Vec<u8>, Error> {
        match self {
            EffectResult::Read(content) => Ok(content),
            EffectResult::Http(_) | EffectResult::Handshake(_) => Err(mismatch()),
        }
    }

    /// The peer for a flow that makes handshakes.
    pub fn peer(self) -> Result<TlsPeer, Error> {
        match self {
            EffectResult::Handshake(peer) => Ok(peer),
            EffectResult::Http(_) | EffectResult::Read(_) => Err(mismatch()),
        }
    }
}

impl From<Response> for EffectResult {
    fn from(response: Response) -> EffectResult {
        EffectResult::Http(response)
    }
}

/// The driver gives each effect its own outcome, so this is a mistake in this program.
fn mismatch() -> Error {
    Error::new(Kind::Protocol, "the outcome of another effect")
}
