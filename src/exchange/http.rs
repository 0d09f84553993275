//! The HTTP client. Only this file names reqwest, and it builds the client when the first request is sent:
//! loading the trust store costs more than everything else together.

use std::cell::OnceCell;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::time::Duration;

use http::Method;
use http::header::{CONTENT_LENGTH, HOST, HeaderValue, USER_AGENT};
use reqwest::{Client, NoProxy, Proxy, redirect, retry};

use super::flow::{Request, Response, Transport};
use super::tls;
use crate::error::{Error, Kind, reason};

/// Bytes of an answer that are read; every answer we know is below 100 kB.
pub const MAX_BODY: usize = 8 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The proxy of a run, as its environment names it.
#[derive(Debug, Clone, Default)]
pub struct ProxyChoice {
    /// URL of the proxy; can hold a password, so it is never printed.
    pub url: Option<String>,
    /// Hosts to reach directly (`NO_PROXY`).
    pub except: Option<String>,
}

/// A client for one kind of target, built late.
pub struct Http {
    proxy: ProxyChoice,
    secure: bool,
    client: OnceCell<Client>,
}

impl Http {
    /// A client that will use that proxy, or none. Unless `secure` it cannot speak TLS to anybody: it trusts no
    /// one, and needs no trust store (a minimal container has none, and loading one costs milliseconds).
    pub fn new(proxy: ProxyChoice, secure: bool) -> Http {
        Http {
            proxy,
            secure,
            client: OnceCell::new(),
        }
    }

    fn client(&self) -> Result<&Client, Error> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = build(&self.proxy, self.secure)?;
        Ok(self.client.get_or_init(|| client))
    }

    async fn exchange(&self, request: &Request) -> Result<Response, Error> {
        let mut response = self
            .client()?
            .execute(prepare(request)?)
            .await
            .map_err(|error| self.failure(request, error))?;
        let status = response.status().as_u16();
        let too_large = || {
            let text = format!(
                "the answer is larger than {} MiB and was not read",
                MAX_BODY / 1024 / 1024
            );
            Error::new(Kind::Protocol, text).with_status(status)
        };
        if response
            .content_length()
            .is_some_and(|length| length > MAX_BODY as u64)
        {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.failure(request, error))?
        {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response {
            status,
            headers: response.headers().clone(),
            body,
        })
    }

    /// The client's own error text carries the whole URL, query included: it is taken out first.
    fn failure(&self, request: &Request, error: reqwest::Error) -> Error {
        let error = error.without_url();
        let unsent = error.is_connect();
        let what = if unsent {
            "cannot connect to"
        } else {
            "the connection broke while talking to"
        };
        let through = if self.proxy.url.is_some() {
            " through the proxy"
        } else {
            ""
        };
        let cause = innermost(&error);
        let trouble = tls::trouble(cause);
        let why = match &trouble {
            Some(trouble) => trouble.what.clone(),
            None if ended(cause) => "the answer ended too early".to_owned(),
            None => reason(&cause),
        };
        let mut failure = Error::new(
            Kind::Network,
            format!("{what} {}{through}: {why}", request.endpoint),
        );
        failure.unsent = unsent;
        failure.hint = trouble.and_then(|trouble| trouble.hint).map(str::to_owned);
        failure
    }
}

impl Transport for Http {
    fn send<'a>(
        &'a self,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Result<Response, Error>> + 'a>> {
        Box::pin(self.exchange(request))
    }
}

/// In other words than the client's, which speak of message lengths.
fn ended(cause: &(dyn std::error::Error + 'static)) -> bool {
    let io = cause.downcast_ref::<std::io::Error>();
    io.is_some_and(|io| io.kind() == std::io::ErrorKind::UnexpectedEof)
}

/// The innermost cause says it best; the levels above repeat "error sending request".
fn innermost(error: &reqwest::Error) -> &(dyn std::error::Error + 'static) {
    let mut cause: &(dyn std::error::Error + 'static) = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause
}

fn prepare(request: &Request) -> Result<reqwest::Request, Error> {
    let text = request.endpoint.url(&request.target);
    let changed = || {
        Error::new(
            Kind::Config,
            format!(
                "the request to {} cannot be sent as it was signed",
                request.endpoint
            ),
        )
    };
    let put = request.method == Method::PUT && request.endpoint.is_metadata();
    if !put && ![Method::GET, Method::POST].contains(&request.method) {
        let text = format!(
            "{} is not for {}: only read calls are sent",
            request.method, request.endpoint
        );
        return Err(Error::new(Kind::Config, text));
    }
    let url = reqwest::Url::parse(&text).map_err(|_| changed())?;
    // The URL type rewrites some texts (dot segments, quotes). What was signed must be what is sent.
    let sent = url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    );
    if sent != request.target {
        return Err(changed());
    }
    let mut prepared = reqwest::Request::new(request.method.clone(), url);
    let headers = prepared.headers_mut();
    headers.extend(request.headers.clone());
    headers
        .entry(USER_AGENT)
        .or_insert(HeaderValue::from_static(concat!(
            "certcheck/",
            env!("CARGO_PKG_VERSION")
        )));
    let host = HeaderValue::from_str(&request.endpoint.authority()).map_err(|_| changed())?;
    headers.insert(HOST, host);
    if !request.body.is_empty() {
        *prepared.body_mut() = Some(request.body.clone().into());
    } else if request.method != Method::GET {
        // The client would say nothing, and a gateway may answer that with 411.
        let none = HeaderValue::from_static("0");
        prepared.headers_mut().insert(CONTENT_LENGTH, none);
    }
    Ok(prepared)
}

fn build(choice: &ProxyChoice, secure: bool) -> Result<Client, Error> {
    // A second call finds it installed already, which is just as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let localhost = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    let builder = Client::builder()
        .http1_only()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .resolve("localhost", localhost)
        .no_proxy();
    let builder = if secure {
        builder
    } else {
        builder.tls_backend_preconfigured(trusting_nobody())
    };
    let builder = match &choice.url {
        None => builder,
        Some(url) => builder.proxy(proxy(url, choice.except.as_deref())?),
    };
    builder.build().map_err(|error| {
        let text = format!(
            "the TLS client cannot be set up: {}",
            innermost(&error.without_url())
        );
        Error::new(Kind::Config, text)
            .with_hint("install the system's CA certificates (package ca-certificates)")
    })
}

fn trusting_nobody() -> rustls::ClientConfig {
    rustls::ClientConfig::builder()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

fn proxy(url: &str, except: Option<&str>) -> Result<Proxy, Error> {
    let stop = |why: &str| {
        Error::new(
            Kind::Config,
            format!("the proxy of the environment cannot be used: {why}"),
        )
        .with_hint("set HTTPS_PROXY (or ALL_PROXY) to one such as http://host:3128, or unset it")
    };
    if url.trim().to_ascii_lowercase().starts_with("socks") {
        return Err(stop("SOCKS proxies are not supported"));
    }
    let proxy = Proxy::all(url).map_err(|_| stop("it is not a URL"))?;
    Ok(proxy.no_proxy(except.and_then(NoProxy::from_string)))
}
