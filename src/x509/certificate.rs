//! Fields of a certificate.

use chrono::{DateTime, Utc};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use super::names::{self, Names};
use super::serial::Serial;
use crate::sign::sha256_hex;

/// A certificate.
pub struct Certificate {
    /// Start of validity.
    pub not_before: DateTime<Utc>,
    /// End of validity.
    pub not_after: DateTime<Utc>,
    /// Names of the subject.
    pub names: Names,
    /// Issuer as text.
    pub issuer: String,
    /// The issuer's number for it.
    pub serial: Serial,
    /// Lower-case hex, over the certificate and nothing behind it.
    pub fingerprint_sha256: String,
    /// How many bytes follow the certificate in its block, beside OpenSSL's trust data.
    pub trailing_bytes: usize,
    /// Subject and issuer, for comparing.
    pub(super) subject_key: String,
    pub(super) issuer_key: String,
    pub(super) der: Vec<u8>,
}

impl Certificate {
    /// The certificate that these bytes begin with.
    pub fn from_der(mut der: Vec<u8>) -> Option<Certificate> {
        let (rest, parsed) = X509Certificate::from_der(&der).ok()?;
        let trailing_bytes = rest.len();
        let own = der.get(..der.len().checked_sub(trailing_bytes)?)?;
        let validity = parsed.validity();
        let mut certificate = Certificate {
            not_before: DateTime::from_timestamp(validity.not_before.timestamp(), 0)?,
            not_after: DateTime::from_timestamp(validity.not_after.timestamp(), 0)?,
            names: names::of_subject(&parsed),
            issuer: names::shown(parsed.issuer()),
            serial: Serial::from_der(parsed.raw_serial()),
            fingerprint_sha256: sha256_hex(own),
            trailing_bytes,
            subject_key: names::comparable(parsed.subject()),
            issuer_key: names::comparable(parsed.issuer()),
            der: Vec::new(),
        };
        der.truncate(own.len());
        certificate.der = der;
        Some(certificate)
    }

    /// True if subject and issuer are equal (self-signed).
    pub(super) fn is_self_issued(&self) -> bool {
        self.subject_key == self.issuer_key
    }
}
