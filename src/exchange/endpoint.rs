//! Where a request goes: what a user may type, what is signed as `Host`, and what plain HTTP is allowed to.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use crate::error::{Error, Kind};
use crate::model::EndpointProblem;

/// A scheme, a host, perhaps a port, perhaps a path before the API's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    secure: bool,
    host: String,
    port: Option<u16>,
    prefix: String,
    metadata: bool,
}

/// Where the clouds tell their own machines the key of the machine's role: reachable from inside only, and without
/// TLS (the metadata pages of the three vendors). Beside loopback these are the only hosts for plain HTTP.
const METADATA: [&str; 3] = [
    "100.100.100.200",
    "metadata.tencentyun.com",
    "169.254.169.254",
];

impl From<EndpointProblem> for Error {
    fn from(problem: EndpointProblem) -> Error {
        let text = format!("the endpoint cannot be used: {}", problem.reason());
        Error::new(Kind::Config, text).with_hint("give it as https://HOST or https://HOST:PORT")
    }
}

impl Endpoint {
    /// The provider's own host over TLS.
    pub fn https(host: impl Into<String>) -> Endpoint {
        Endpoint {
            secure: true,
            host: host.into(),
            port: None,
            prefix: String::new(),
            metadata: false,
        }
    }

    /// A metadata service by its exact address; in a rehearsal, where the key is for this machine, what stands in for
    /// it there.
    pub fn metadata(host: &str, key_is_for: &Endpoint) -> Result<Endpoint, Error> {
        let endpoint = match key_is_for {
            near if near.is_loopback() => near.clone(),
            _ if METADATA.contains(&host) => Endpoint {
                secure: false,
                ..Endpoint::https(host)
            },
            _ => {
                let text = format!("{host} is no metadata service");
                return Err(Error::new(Kind::Config, text));
            }
        };
        Ok(Endpoint {
            metadata: true,
            ..endpoint
        })
    }

    /// Reads what a user typed. `https` unless a scheme is given; plain `http` only to a loopback address
    /// unless `allow_http`; user info, query and fragment are refused.
    pub fn parse(text: &str, allow_http: bool) -> Result<Endpoint, EndpointProblem> {
        let text = text.trim();
        if text.is_empty()
            || text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\')
        {
            return Err(EndpointProblem::Characters);
        }
        let full = match text.split_once(':') {
            _ if text.contains("://") => text.to_owned(),
            // One slash too few: not a host called `https`.
            Some((scheme, _)) if is_http(scheme) => return Err(EndpointProblem::NotAUrl),
            _ => format!("https://{text}"),
        };
        let url = Url::parse(&full).map_err(|_| EndpointProblem::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(EndpointProblem::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() || full.contains('@') {
            return Err(EndpointProblem::Password);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(EndpointProblem::Query);
        }
        let host = url.host().ok_or(EndpointProblem::NoHost)?;
        let secure = url.scheme() == "https";
        if !secure && !allow_http && !is_loopback(&host) {
            return Err(EndpointProblem::PlainHttp);
        }
        let prefix = url.path().trim_end_matches('/').to_owned();
        Ok(Endpoint {
            secure,
            host: host.to_string(),
            port: url.port(),
            prefix,
            metadata: false,
        })
    }

    /// The same host without the path.
    pub fn without_prefix(mut self, suffixes: &[&str]) -> Endpoint {
        for suffix in suffixes {
            if let Some(shorter) = self.prefix.strip_suffix(suffix) {
                self.prefix = shorter.trim_end_matches('/').to_owned();
            }
        }
        self
    }

    /// Refuses a path: where the path is signed, a gateway that strips one would break the signature.
    pub fn bare(self) -> Result<Endpoint, EndpointProblem> {
        if self.prefix.is_empty() {
            Ok(self)
        } else {
            Err(EndpointProblem::Path)
        }
    }

    /// Host with its port, as signed and sent in `Host`. A default port is left out, since HTTP clients drop it.
    pub fn authority(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    /// Host without port, as a name or an address (IPv6 in brackets).
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Port that a connection goes to.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(if self.secure { 443 } else { 80 })
    }

    /// Whether a port was given that is not the scheme's own.
    pub fn has_port(&self) -> bool {
        self.port.is_some()
    }

    /// Whether it is spoken to over TLS.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Path before the API's own, without a slash at its end.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether it is this machine: an address literal or `localhost`, which is never resolved.
    pub fn is_loopback(&self) -> bool {
        Host::parse(&self.host).is_ok_and(|host| is_loopback(&host))
    }

    /// Whether it is a metadata service: asked briefly, never through a proxy, and the only place for `PUT`.
    pub fn is_metadata(&self) -> bool {
        self.metadata
    }

    /// The full URL of a target.
    pub fn url(&self, target: &str) -> String {
        format!("{self}{target}")
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}://{}",
            if self.secure { "https" } else { "http" },
            self.authority()
        )
    }
}

fn is_http(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref() == "localhost",
        Host::Ipv4(address) => IpAddr::V4(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::V6(*address).is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<String> {
        Endpoint::parse(text, false)
            .ok()
            .map(|endpoint| endpoint.to_string())
    }

    #[test]
    fn a_default_port_is_not_part_of_the_signed_host() {
        assert_eq!(
            parsed("https://esa.example.com:443/").as_deref(),
            Some("https://esa.example.com")
        );
        assert_eq!(
            parsed("ESA.example.com:8443").as_deref(),
            Some("https://esa.example.com:8443")
        );
        assert_eq!(
            parsed("http://127.0.0.1:443").as_deref(),
            Some("http://127.0.0.1:443")
        );
        assert_eq!(parsed("http://[::1]:80").as_deref(), Some("http://[::1]"));
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        assert!(parsed("http://localhost:8080").is_some());
        for elsewhere in [
            "http://example.com",
            "http://localhost.example.com",
            "http://192.168.5.150",
            "http://0.0.0.0",
        ] {
            assert!(parsed(elsewhere).is_none(), "{elsewhere}");
            assert!(Endpoint::parse(elsewhere, true).is_ok(), "{elsewhere}");
        }
    }

    #[test]
    fn a_metadata_service_has_an_exact_address_and_a_stand_in_on_this_machine() {
        let at = |host, key_is_for| {
            let key_is_for = Endpoint::parse(key_is_for, true).ok()?;
            let endpoint = Endpoint::metadata(host, &key_is_for).ok()?;
            assert!(endpoint.is_metadata() && !key_is_for.is_metadata());
            Some(endpoint.to_string())
        };
        let (ecs, near) = ("100.100.100.200", "http://127.0.0.1:8700");
        for elsewhere in ["https://esa.test", "http://192.168.5.150", "http://0.0.0.0"] {
            assert_eq!(
                at(ecs, elsewhere).as_deref(),
                Some("http://100.100.100.200")
            );
        }
        assert_eq!(at(ecs, near).as_deref(), Some(near));
        assert_eq!(at("100.100.100.201", "https://esa.test"), None);
    }

    #[test]
    fn what_could_hide_a_secret_or_another_host_is_refused() {
        let bad = [
            "https://u:p@h",
            "https://u@h",
            "https://h?x=1",
            "https://h#f",
            "https://a b",
            "",
            "ftp://h",
            "https://",
            "http://127.0.0.1\\@h",
        ];
        for text in bad {
            let error = Error::from(Endpoint::parse(text, true).expect_err(text));
            assert_eq!(error.kind, Kind::Config, "{text}");
            assert!(!error.message.contains("u:p"), "{text}");
        }
    }
}
