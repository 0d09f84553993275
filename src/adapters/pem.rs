//! Reads an X.509 certificate out of a PEM text that an answer carries.

use chrono::{DateTime, Utc};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

use super::reader::hex_id;
use crate::sign::sha256_hex;

/// What a certificate says of itself.
pub struct Certificate {
    /// Start of validity.
    pub not_before: DateTime<Utc>,
    /// End of validity.
    pub not_after: DateTime<Utc>,
    /// Common name first, then the alternative names.
    pub names: Vec<String>,
    /// Issuer as text.
    pub issuer: String,
    /// Lower-case hex.
    pub serial: Option<String>,
    /// Lower-case hex.
    pub fingerprint_sha256: String,
}

/// Certificates of a PEM text that are looked at; no chain is longer.
const LONGEST_CHAIN: usize = 16;

/// The leaf of a PEM text: it stands first, unless somebody put the chain before it; a CA outlives what it has
/// issued. `None` for what is no whole certificate (the provider's own example is a header line alone).
pub fn read(text: &str) -> Option<Certificate> {
    let chain = CertificateDer::pem_slice_iter(text.as_bytes());
    let chain: Vec<CertificateDer<'_>> = chain.take(LONGEST_CHAIN).map_while(Result::ok).collect();
    let first = parse(chain.first()?)?;
    let leaf = chain
        .iter()
        .filter_map(|der| parse(der))
        .find(|(_, parsed)| !parsed.is_ca());
    let (der, parsed) = leaf.unwrap_or(first);
    let validity = parsed.validity();
    Some(Certificate {
        not_before: DateTime::from_timestamp(validity.not_before.timestamp(), 0)?,
        not_after: DateTime::from_timestamp(validity.not_after.timestamp(), 0)?,
        names: names(&parsed),
        issuer: parsed.issuer().to_string(),
        serial: hex_id(&parsed.raw_serial_as_string()),
        fingerprint_sha256: sha256_hex(der),
    })
}

fn parse<'a>(der: &'a CertificateDer<'_>) -> Option<(&'a [u8], X509Certificate<'a>)> {
    let (_, parsed) = X509Certificate::from_der(der).ok()?;
    Some((der, parsed))
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let common = certificate
        .subject()
        .iter_common_name()
        .filter_map(|name| name.as_str().ok());
    names.extend(common.map(str::to_owned));
    let alternatives = certificate.subject_alternative_name().ok().flatten();
    for name in alternatives
        .iter()
        .flat_map(|extension| &extension.value.general_names)
    {
        match name {
            GeneralName::DNSName(name) | GeneralName::RFC822Name(name) | GeneralName::URI(name) => {
                names.push((*name).to_owned())
            }
            GeneralName::IPAddress(bytes) => names.extend(address(bytes)),
            _ => {}
        }
    }
    names
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(four).to_string());
    }
    <[u8; 16]>::try_from(bytes)
        .ok()
        .map(|sixteen| std::net::Ipv6Addr::from(sixteen).to_string())
}
