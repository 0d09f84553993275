//! Who issued whom among some certificates.

use std::cell::Cell;
use std::collections::HashMap;

use x509_parser::certificate::X509Certificate;
use x509_parser::error::X509Error;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey;

use super::certificate::Certificate;

/// Signatures that are checked for one text; a chain has four. Where more would be needed the rest counts as not issued:
/// then more certificates are left to choose from, and of these the earliest end counts.
const MOST_CHECKS: usize = 1_000;

/// Which of them issued none of the others, in their order.
///
/// The subject of one has to be the issuer of the other, and the signature has to be its, where that can be checked. What
/// names itself as its issuer is nobody else's, and two that issued each other do not count: an old and a new certificate
/// of one name and key would otherwise hide each other.
pub fn leaves(certificates: &[Certificate]) -> Vec<&Certificate> {
    let mut by_issuer: HashMap<&str, Vec<&Certificate>> = HashMap::new();
    for certificate in certificates.iter().filter(|one| !one.is_self_issued()) {
        by_issuer
            .entry(&certificate.issuer_key)
            .or_default()
            .push(certificate);
    }
    let checks = Checks {
        left: Cell::new(MOST_CHECKS),
    };
    let is_leaf = |one: &&Certificate| {
        let issued = by_issuer
            .get(one.subject_key.as_str())
            .filter(|_| !one.subject_key.is_empty());
        let mut issued = issued.into_iter().flatten();
        !issued.any(|other| checks.issued(one, other) && !checks.issued(other, one))
    };
    let leaves: Vec<&Certificate> = certificates.iter().filter(is_leaf).collect();
    // A ring of authorities.
    if leaves.is_empty() {
        certificates.iter().collect()
    } else {
        leaves
    }
}

struct Checks {
    left: Cell<usize>,
}

impl Checks {
    fn issued(&self, issuer: &Certificate, other: &Certificate) -> bool {
        if issuer.subject_key != other.issuer_key {
            return false;
        }
        let Some(left) = self.left.get().checked_sub(1) else {
            return false;
        };
        self.left.set(left);
        signed(issuer, other).unwrap_or(true)
    }
}

/// Whether that signature is by that key; nothing where it cannot be checked.
fn signed(issuer: &Certificate, other: &Certificate) -> Option<bool> {
    let (_, issuer) = X509Certificate::from_der(&issuer.der).ok()?;
    let (_, other) = X509Certificate::from_der(&other.der).ok()?;
    let key = issuer.public_key();
    // Shorter and longer ones are refused like a wrong signature.
    if let Ok(PublicKey::RSA(rsa)) = key.parsed()
        && !(2048..=8192).contains(&rsa.key_size())
    {
        return None;
    }
    match other.verify_signature(Some(key)) {
        Ok(()) => Some(true),
        Err(X509Error::SignatureVerificationError) => Some(false),
        Err(_) => None,
    }
}
