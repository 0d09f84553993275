//! The HTTP client under test.

use std::time::Duration;

use certcheck::error::Error;
use certcheck::exchange::Transport as _;
use certcheck::exchange::http::{HttpTransport, ProxyChoice};
use certcheck::exchange::{Endpoint, Request, Response};

use crate::support::listener::Listener;

impl Listener {
    pub fn endpoint(&self) -> Endpoint {
        Endpoint::parse(&self.url(), false).expect("loopback")
    }
}

/// A client without a proxy and without trust in anybody.
pub fn direct() -> HttpTransport {
    HttpTransport::new(ProxyChoice::default(), false)
}

pub fn through(url: &str) -> HttpTransport {
    let choice = ProxyChoice {
        url: Some(url.to_owned()),
    };
    HttpTransport::new(choice, false)
}

/// Sends one request, and waits in vain for no more than a while.
pub async fn send(http: &HttpTransport, request: &Request) -> Result<Response, Error> {
    let limit = Duration::from_secs(60);
    tokio::time::timeout(limit, http.send(request))
        .await
        .expect("an end")
}

/// The error that a request ends with.
pub async fn failure(http: &HttpTransport, request: &Request) -> Error {
    send(http, request)
        .await
        .map(|answer| answer.status)
        .expect_err("it cannot work")
}
