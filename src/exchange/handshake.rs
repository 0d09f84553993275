//! A TLS handshake that records what the peer presents: no trust is needed, and no application data is sent.
//!
//! The verifier here accepts everybody, so it is built here only and cannot be given to the HTTP client. It offers every
//! signature scheme, also those that cannot be checked here: an old or unusual certificate is to be seen, too.
//!
//! Traps: a peer that wants a client certificate may break a TLS 1.2 handshake after its certificates came; RSA keys
//! below 2048 bits are refused like a wrong signature by the library that checks it.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error as TlsError,
    ProtocolVersion, SignatureScheme,
};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey;

use super::connectivity;
use super::effect::{HandshakeOptions, KeySignature, TlsPeer};
use super::endpoint::Endpoint;
use super::tls_error;
use crate::error::{Error, Kind, reason};

/// Bytes that a peer may send in a handshake.
const LARGEST: usize = 1024 * 1024;
/// RSA keys whose signatures can be checked, in bits.
const RSA_SIZES: std::ops::RangeInclusive<usize> = 2048..=8192;

/// Connects and makes the handshake. An error where no certificate came; else what the peer presented.
pub(super) async fn perform(
    endpoint: &Endpoint,
    options: &HandshakeOptions,
) -> Result<TlsPeer, Error> {
    let host = options
        .server_name
        .as_deref()
        .unwrap_or_else(|| endpoint.host());
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(|_| {
        Error::new(
            Kind::Usage,
            "the name for the TLS handshake is not a host name",
        )
        .quoting(host)
    })?;
    let mut stream = connectivity::open(endpoint, options.address).await?;
    let recorder = Arc::new(Recorder::new());
    let config = config(recorder.clone()).map_err(|error| failed(endpoint, &error))?;
    let mut tls =
        ClientConnection::new(Arc::new(config), name).map_err(|error| failed(endpoint, &error))?;
    let end = converse(&mut tls, &mut stream).await;
    let mut peer = recorder.peer();
    peer.version = version(&tls);
    match end {
        Ok(()) => Ok(peer),
        Err(error) if peer.chain.is_empty() => Err(failed(endpoint, &error)),
        Err(error) => {
            peer.failure = Some(reason(&error));
            Ok(peer)
        }
    }
}

fn version(tls: &ClientConnection) -> Option<&'static str> {
    match tls.protocol_version()? {
        ProtocolVersion::TLSv1_2 => Some("TLS 1.2"),
        ProtocolVersion::TLSv1_3 => Some("TLS 1.3"),
        _ => None,
    }
}

/// A peer that answers in another way than TLS answers so again; a broken connection may be an accident.
fn failed(endpoint: &Endpoint, error: &(dyn std::error::Error + 'static)) -> Error {
    let explained = tls_error::explanation(error, &[]);
    let kind = if explained.is_some() {
        Kind::Protocol
    } else {
        Kind::Network
    };
    let what = explained.map_or_else(|| reason(&error), |explained| explained.what);
    let text = format!("no TLS handshake with {endpoint}: {what}");
    Error::new(kind, text).quoting(what)
}

/// Exchanges the messages of the handshake, and no more.
async fn converse(
    tls: &mut ClientConnection,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
) -> std::io::Result<()> {
    let (mut received, mut piece) = (0, vec![0; 16 * 1024]);
    loop {
        let mut message = Vec::new();
        while tls.wants_write() {
            tls.write_tls(&mut message)?;
        }
        let sent = stream.write_all(&message).await;
        if !tls.is_handshaking() {
            return Ok(());
        }
        // What the peer said before it closed tells more than that it did.
        let length = match stream.read(&mut piece).await? {
            0 => {
                sent?;
                return Err(std::io::Error::other("the connection was closed"));
            }
            length => length,
        };
        received += length;
        if received > LARGEST {
            return Err(std::io::Error::other("the peer sends too much"));
        }
        let mut rest = piece.get(..length).unwrap_or_default();
        while !rest.is_empty() {
            tls.read_tls(&mut rest)?;
            tls.process_new_packets().map_err(std::io::Error::other)?;
        }
    }
}

fn config(recorder: Arc<Recorder>) -> Result<ClientConfig, TlsError> {
    let builder = ClientConfig::builder_with_provider(recorder.provider.clone());
    let mut config = builder
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(recorder)
        .with_no_client_auth();
    // A resumed session shows no certificate.
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// Accepts everybody and keeps what was presented.
#[derive(Debug)]
struct Recorder {
    provider: Arc<CryptoProvider>,
    peer: Mutex<TlsPeer>,
}

impl Recorder {
    fn new() -> Recorder {
        Recorder {
            provider: Arc::new(rustls::crypto::ring::default_provider()),
            peer: Mutex::new(TlsPeer {
                chain: Vec::new(),
                ocsp: Vec::new(),
                version: None,
                key_signature: KeySignature::NotCheckable,
                failure: None,
            }),
        }
    }

    fn peer(&self) -> TlsPeer {
        let peer = self.peer.lock().unwrap_or_else(PoisonError::into_inner);
        peer.clone()
    }

    fn record(&self, change: impl FnOnce(&mut TlsPeer)) {
        change(&mut self.peer.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn algorithms(&self) -> &WebPkiSupportedAlgorithms {
        &self.provider.signature_verification_algorithms
    }

    fn record_proof(
        &self,
        own: &CertificateDer<'_>,
        checked: Result<HandshakeSignatureValid, TlsError>,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let bad = TlsError::InvalidCertificate(CertificateError::BadSignature);
        let proof = match checked {
            Ok(_) => KeySignature::Valid,
            Err(error) if error == bad && is_checkable(own) => KeySignature::Wrong,
            Err(_) => KeySignature::NotCheckable,
        };
        self.record(|peer| peer.key_signature = proof);
        Ok(HandshakeSignatureValid::assertion())
    }
}

/// Whether a wrong signature of this key would be told from one that cannot be checked.
fn is_checkable(own: &CertificateDer<'_>) -> bool {
    let Ok((_, certificate)) = X509Certificate::from_der(own) else {
        return false;
    };
    match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => RSA_SIZES.contains(&key.key_size()),
        Ok(_) => true,
        Err(_) => false,
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        ocsp: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let chain = std::iter::once(own).chain(others);
        self.record(|peer| {
            peer.chain = chain.map(|one| one.to_vec()).collect();
            peer.ocsp = ocsp.to_vec();
        });
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let checked = verify_tls12_signature(message, own, signed, self.algorithms());
        self.record_proof(own, checked)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let checked = verify_tls13_signature(message, own, signed, self.algorithms());
        self.record_proof(own, checked)
    }

    /// Every scheme of TLS 1.2 and 1.3. RSA-PSS keys have schemes of their own (RFC 8446, 4.2.3).
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let pss_keys = [0x0809, 0x080a, 0x080b].map(SignatureScheme::Unknown);
        let known = [
            SignatureScheme::ECDSA_NISTP256_SHA256,
            SignatureScheme::ECDSA_NISTP384_SHA384,
            SignatureScheme::ECDSA_NISTP521_SHA512,
            SignatureScheme::ED25519,
            SignatureScheme::ED448,
            SignatureScheme::RSA_PSS_SHA256,
            SignatureScheme::RSA_PSS_SHA384,
            SignatureScheme::RSA_PSS_SHA512,
            SignatureScheme::RSA_PKCS1_SHA256,
            SignatureScheme::RSA_PKCS1_SHA384,
            SignatureScheme::RSA_PKCS1_SHA512,
            SignatureScheme::ECDSA_SHA1_Legacy,
            SignatureScheme::RSA_PKCS1_SHA1,
        ];
        known.into_iter().chain(pss_keys).collect()
    }
}
