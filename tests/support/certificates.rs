//! Certificates made for a test, and hosts that serve TLS with them. No key is ever written to a file.

use std::io::Write as _;
use std::sync::Arc;

use certcheck::exchange::tls_verifier::{Trust, authorities};
use certcheck::sign::sha256_hex;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};

use super::listener::{Heard, Listener, listen};

/// A host's own certificate with its key.
pub struct Own {
    pub certificate: CertificateDer<'static>,
    pub key: KeyPair,
}

fn parameters(name: &str, years: (i32, i32)) -> CertificateParams {
    let mut parameters = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    parameters.not_before = date_time_ymd(years.0, 1, 1);
    parameters.not_after = date_time_ymd(years.1, 1, 1);
    parameters
        .distinguished_name
        .push(DnType::CommonName, format!("{name} of a test"));
    parameters
}

/// From long before any clock that runs this to long behind it.
pub const LONG: (i32, i32) = (2001, 2095);

pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: Certificate,
}

impl Authority {
    pub fn new() -> Authority {
        let mut parameters = parameters("authority", LONG);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = parameters.self_signed(&key).expect("a certificate");
        let issuer = Issuer::new(parameters, key);
        Authority {
            issuer,
            certificate,
        }
    }

    pub fn signs(&self, name: &str, years: (i32, i32)) -> Own {
        let key = KeyPair::generate().expect("a key");
        let signed = parameters(name, years).signed_by(&key, &self.issuer);
        Own {
            certificate: signed.expect("a certificate").der().clone(),
            key,
        }
    }

    pub fn trusted(&self) -> Trust {
        Trust::With(authorities(self.certificate.pem().as_bytes()).expect("an authority"))
    }
}

pub fn self_signed(name: &str) -> Own {
    let key = KeyPair::generate().expect("a key");
    let signed = parameters(name, LONG).self_signed(&key);
    Own {
        certificate: signed.expect("a certificate").der().clone(),
        key,
    }
}

impl Own {
    pub fn fingerprint(&self) -> String {
        sha256_hex(&self.certificate)
    }

    /// A server with this certificate.
    pub fn config(&self) -> ServerConfig {
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], key)
            .expect("a certificate with its key")
    }

    /// Makes handshakes with this certificate, and closes.
    pub fn shakes_hands(&self) -> Listener {
        let config = Arc::new(self.config());
        listen(move |mut stream| {
            let mut tls = ServerConnection::new(config.clone()).expect("a server");
            let _ = tls.complete_io(&mut stream);
            None
        })
    }

    /// Answers every request with an empty object, over TLS with this certificate.
    pub fn serves(&self) -> Listener {
        let config = Arc::new(self.config());
        listen(move |mut stream| {
            let mut tls = ServerConnection::new(config.clone()).expect("a server");
            if tls.complete_io(&mut stream).is_err() {
                // The client has refused.
                return None;
            }
            let mut stream = Stream::new(&mut tls, &mut stream);
            let heard = Heard::read(&mut stream);
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
            stream.write_all(answer).expect("the client reads");
            Some(heard)
        })
    }
}
