//! The HTTP client. Only this file names reqwest, and it builds the client when the first request is sent:
//! loading the trust store costs more than everything else together.

use std::cell::OnceCell;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::time::Duration;

use http::Method;
use http::header::{CONTENT_LENGTH, HOST, HeaderValue, USER_AGENT};
use reqwest::{Client, Proxy, redirect, retry};

use super::endpoint::Endpoint;
use super::flow::{Request, Response, Transport};
use super::tls_error;
use super::tls_verifier::{self, PeerChain, Trust};
use crate::error::{Error, Kind, reason};

/// Bytes of an answer that are read; every answer we know is below 100 kB.
pub const MAX_BODY: usize = 8 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The proxy of a run, as its environment names it.
#[derive(Debug, Clone, Default)]
pub struct ProxyChoice {
    /// URL of the proxy; can hold a password, so it is never printed.
    pub url: Option<String>,
}

/// A client for one kind of target, built late.
pub struct HttpTransport {
    proxy: ProxyChoice,
    secure: bool,
    trust: Trust,
    target: Option<Endpoint>,
    shown: PeerChain,
    client: OnceCell<Client>,
}

impl HttpTransport {
    /// A client that will use that proxy, or none. Unless `secure` it cannot speak TLS to anybody: it trusts no
    /// one, and needs no trust store (a minimal container has none, and loading one costs milliseconds).
    pub fn new(proxy: ProxyChoice, secure: bool) -> HttpTransport {
        HttpTransport {
            proxy,
            secure,
            trust: Trust::System,
            target: None,
            shown: PeerChain::default(),
            client: OnceCell::new(),
        }
    }

    /// With another trust than the system's, for this host only.
    pub fn trusting(self, trust: Trust, target: &Endpoint) -> HttpTransport {
        HttpTransport {
            trust,
            target: Some(target.clone()),
            ..self
        }
    }

    /// Stores the certificate chain of the host there.
    pub fn showing(self, shown: &PeerChain) -> HttpTransport {
        let shown = shown.clone();
        HttpTransport { shown, ..self }
    }

    fn client(&self) -> Result<&Client, Error> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = self.build()?;
        Ok(self.client.get_or_init(|| client))
    }

    fn build(&self) -> Result<Client, Error> {
        let set_up = |why: String| {
            Error::new(
                Kind::Config,
                format!("the TLS client cannot be set up: {why}"),
            )
            .with_hint(
                "install the system's CA certificates (package ca-certificates), or name some with --ca-file",
            )
        };
        let tls = if self.secure {
            tls_verifier::client(&self.trust, self.target.as_ref(), &self.shown)
        } else {
            tls_verifier::nobody()
        };
        let localhost = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        let builder = Client::builder()
            .http1_only()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .resolve("localhost", localhost)
            .no_proxy()
            .tls_backend_preconfigured(tls.map_err(|error| set_up(error.to_string()))?);
        let builder = match &self.proxy.url {
            None => builder,
            Some(url) => builder.proxy(proxy(url)?),
        };
        let built = builder.build();
        built.map_err(|error| set_up(innermost(&error.without_url()).to_string()))
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
            let error = Error::new(Kind::Protocol, text).with_status(status);
            Error {
                too_large: true,
                ..error
            }
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
        let through = match &self.proxy.url {
            Some(url) => format!(" through the proxy{}", proxy_address(url)),
            None => String::new(),
        };
        let cause = innermost(&error);
        let trouble = tls_error::explanation(cause, &self.shown.chain());
        let lasting = unsent && trouble.is_some();
        let why = match &trouble {
            Some(trouble) => trouble.what.clone(),
            None if ended(cause) => "the answer ended too early".to_owned(),
            None => reason(&cause),
        };
        let mut failure = Error::new(
            Kind::Network,
            format!("{what} {}{through}: {why}", request.endpoint),
        )
        .quoting(why);
        (failure.unsent, failure.lasting) = (unsent, lasting);
        failure.hint = trouble.and_then(|trouble| trouble.hint);
        failure
    }
}

impl Transport for HttpTransport {
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

/// The host and port of a proxy's URL with a blank in front, without its password; nothing of what is no URL.
pub fn proxy_address(url: &str) -> String {
    let url = reqwest::Url::parse(url).ok();
    let address = url.as_ref().and_then(|url| {
        let port = url.port_or_known_default()?;
        Some(format!(" {}:{port}", url.host_str()?))
    });
    address.unwrap_or_default()
}

/// The URL of a proxy as it was said, which may be without its scheme; or why it is none. It never repeats what was said.
pub fn proxy_url(said: &str) -> Result<String, &'static str> {
    let said = said.trim();
    let (scheme, full) = match said.split_once("://") {
        Some((scheme, _)) => (scheme.to_ascii_lowercase(), said.to_owned()),
        None => ("http".to_owned(), format!("http://{said}")),
    };
    if scheme.starts_with("socks") {
        return Err("SOCKS proxies are not supported");
    }
    // `http:/host` would be a host of the name http.
    let slashed = full
        .splitn(4, '/')
        .nth(3)
        .is_some_and(|path| !path.is_empty());
    let known = ["http", "https"].contains(&scheme.as_str());
    let odd = |c: char| c.is_whitespace() || c.is_control();
    let url = reqwest::Url::parse(&full);
    let host = url.as_ref().ok().and_then(reqwest::Url::host_str);
    match host {
        Some(host) if known && !host.is_empty() && !slashed && !full.contains(odd) => Ok(full),
        _ => Err("it is neither an http:// nor an https:// URL with a host"),
    }
}

fn proxy(url: &str) -> Result<Proxy, Error> {
    let stop = |why: &str| {
        Error::new(
            Kind::Config,
            format!("the proxy cannot be used: {why}"),
        )
        .with_hint(
            "set HTTPS_PROXY (or ALL_PROXY, or --proxy) to one such as http://host:3128, or leave it out",
        )
    };
    if url.trim().to_ascii_lowercase().starts_with("socks") {
        return Err(stop("SOCKS proxies are not supported"));
    }
    Proxy::all(url).map_err(|_| stop("it is not a URL"))
}
