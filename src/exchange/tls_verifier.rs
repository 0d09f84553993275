//! Whom a TLS connection trusts, and what it was shown.
//!
//! What is relaxed is relaxed for the target's own name only: a proxy that is spoken to over TLS keeps to the
//! system's authorities.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, OtherError,
    SignatureScheme,
};
use rustls_platform_verifier::Verifier as System;
use sha2::{Digest as _, Sha256};

use super::endpoint::Endpoint;
use crate::error::{Error, Kind};

/// SHA-256 of a certificate's DER.
pub type Fingerprint = [u8; 32];

/// An authority's certificate.
pub type Authority = CertificateDer<'static>;

/// Whom to trust.
#[derive(Debug, Clone, Default)]
pub enum Trust {
    /// The authorities that the system trusts.
    #[default]
    System,
    /// These authorities too.
    With(Vec<Authority>),
    /// A host that shows one of these certificates as its own, and nobody else. Names, dates and signers count for
    /// nothing then.
    Pinned(Vec<Fingerprint>),
    /// Anybody.
    Anybody,
}

/// The certificates in a PEM file. A file without any is a mistake: with it nobody more would be trusted.
pub fn authorities(pem: &[u8]) -> Result<Vec<Authority>, Error> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let stop = |why: &str| {
        let hint = "give a file with certificates in PEM form (-----BEGIN CERTIFICATE-----)";
        Error::new(Kind::Config, why).with_hint(hint)
    };
    let found = found.map_err(|_| stop("a certificate in it is not whole"))?;
    if found.is_empty() {
        return Err(stop("there is no certificate in it"));
    }
    // The trust store takes them one by one, and says which it refuses only here.
    let mut store = rustls::RootCertStore::empty();
    for certificate in &found {
        let added = store.add(certificate.clone());
        added.map_err(|_| stop("a certificate in it cannot be read"))?;
    }
    Ok(found)
}

/// What a host shows: its own certificate first. It is shared with the connection that sees it.
#[derive(Debug, Clone, Default)]
pub struct PeerChain(Arc<Mutex<Vec<CertificateDer<'static>>>>);

impl PeerChain {
    /// The certificates of the last connection to the target; none before there was one.
    pub fn chain(&self) -> Vec<CertificateDer<'static>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn remember(&self, own: &CertificateDer<'_>, others: &[CertificateDer<'_>]) {
        let chain = std::iter::once(own).chain(others);
        let chain = chain.map(|one| one.clone().into_owned()).collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = chain;
    }
}

/// The TLS side of a client for that target.
pub(super) fn client(
    trust: &Trust,
    target: Option<&Endpoint>,
    shown: &PeerChain,
) -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier {
        trust: trust.clone(),
        target: target.and_then(name),
        shown: shown.clone(),
        provider: provider.clone(),
        system: OnceLock::new(),
        extended: OnceLock::new(),
    };
    // A machine without a trust store is to be told so before anything is sent.
    match trust {
        Trust::System => drop(verifier.system()?),
        Trust::With(more) => drop(verifier.extended(more)?),
        Trust::Pinned(_) | Trust::Anybody => {}
    }
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

fn name(target: &Endpoint) -> Option<ServerName<'static>> {
    let host = target.host().trim_matches(['[', ']']).to_owned();
    ServerName::try_from(host).ok()
}

/// The TLS side of a client that speaks it to nobody, and needs no trust store.
pub(super) fn nobody() -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}

struct Verifier {
    trust: Trust,
    /// Whom it is for; nobody else is trusted more than the system does.
    target: Option<ServerName<'static>>,
    shown: PeerChain,
    provider: Arc<CryptoProvider>,
    /// Loaded late: it costs more than all else that is done before a request.
    system: OnceLock<System>,
    /// The same with the authorities that were added.
    extended: OnceLock<System>,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").finish_non_exhaustive()
    }
}

impl Verifier {
    fn system(&self) -> Result<&System, TlsError> {
        self.loaded(&self.system, &[])
    }

    fn extended(&self, more: &[Authority]) -> Result<&System, TlsError> {
        self.loaded(&self.extended, more)
    }

    fn loaded<'a>(
        &self,
        cell: &'a OnceLock<System>,
        more: &[Authority],
    ) -> Result<&'a System, TlsError> {
        if let Some(system) = cell.get() {
            return Ok(system);
        }
        let system = System::new_with_extra_roots(more.to_vec(), self.provider.clone())?;
        Ok(cell.get_or_init(|| system))
    }

    /// What holds for a host of that name.
    fn trust_in(&self, name: &ServerName<'_>) -> &Trust {
        match &self.target {
            Some(target) if target != name => &Trust::System,
            _ => &self.trust,
        }
    }
}

/// Another certificate than the pinned one.
#[derive(Debug, thiserror::Error)]
#[error("another certificate than the pinned one")]
pub(super) struct NotPinned;

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        if self.target.as_ref().is_none_or(|target| target == name) {
            self.shown.remember(own, others);
        }
        let system = match self.trust_in(name) {
            Trust::Anybody => return Ok(ServerCertVerified::assertion()),
            Trust::Pinned(pins) => {
                let shown: Fingerprint = Sha256::digest(own).into();
                return if pins.contains(&shown) {
                    Ok(ServerCertVerified::assertion())
                } else {
                    let why = CertificateError::Other(OtherError(Arc::new(NotPinned)));
                    Err(TlsError::InvalidCertificate(why))
                };
            }
            Trust::With(more) => self.extended(more)?,
            Trust::System => self.system()?,
        };
        system.verify_server_cert(own, others, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_tls12_signature(
            message,
            own,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_tls13_signature(
            message,
            own,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_authorities_has_some_and_all_of_them_whole() {
        for (text, said) in [
            ("", "no certificate"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n", "not whole"),
            (
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                "cannot be read",
            ),
        ] {
            let error = authorities(text.as_bytes()).expect_err("a mistake");
            assert!(error.message.contains(said), "{text}: {}", error.message);
        }
    }
}
