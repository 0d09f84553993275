//! The certificates of one text, and which of them it is about.

use std::collections::HashSet;

use super::certificate::Certificate;
use super::issuance::leaves;
use super::text::blocks;

/// Certificates of a text.
#[derive(Default)]
pub struct Bundle {
    /// The certificates, in the order of the text, each once.
    certificates: Vec<Certificate>,
    /// Blocks that should be certificates and cannot be read, or do not end.
    pub broken: usize,
}

/// The certificate that a text is about.
pub struct Leaf<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// Why another one could have been taken for it, if one could.
    pub doubt: Option<Doubt>,
}

/// Why another certificate could have been taken for the leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// It is not the first.
    NotFirst,
    /// So many issued none of the others; it is the one of them that ends first.
    OneOf(usize),
}

impl Bundle {
    /// Reads a text.
    pub fn read(text: &str) -> Bundle {
        let mut bundle = Bundle::default();
        let mut known = HashSet::new();
        for block in blocks(text) {
            let certificate = block.der.and_then(Certificate::from_der);
            bundle.broken += usize::from(certificate.is_none() || !block.is_whole);
            let Some(mut certificate) = certificate else {
                continue;
            };
            if block.has_trust_data {
                certificate.trailing_bytes = 0;
            }
            if known.insert(certificate.fingerprint_sha256.clone()) {
                bundle.certificates.push(certificate);
            }
        }
        bundle
    }

    /// The certificates, in the order of the text, each once.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The certificate that issued none of the others. Of several the one that ends first; nothing without any.
    pub fn leaf(&self) -> Option<Leaf<'_>> {
        let leaf = self.leaf_of(|_| true)?;
        let is_first = self
            .certificates
            .first()
            .is_some_and(|first| std::ptr::eq(first, leaf.certificate));
        let doubt = leaf.doubt.or((!is_first).then_some(Doubt::NotFirst));
        Some(Leaf { doubt, ..leaf })
    }

    /// The certificate that a mark belongs to. Several of different issuers may have one serial number: then the one
    /// that issued none of the others, and of several such the one that ends first.
    pub fn leaf_of(&self, is_marked: impl Fn(&Certificate) -> bool) -> Option<Leaf<'_>> {
        let marked: Vec<&Certificate> = self
            .certificates
            .iter()
            .filter(|one| is_marked(one))
            .collect();
        let candidates = match marked.len() {
            0 | 1 => marked,
            _ => {
                let leaves = leaves(&self.certificates);
                let leaves: Vec<&Certificate> =
                    leaves.into_iter().filter(|one| is_marked(one)).collect();
                if leaves.is_empty() { marked } else { leaves }
            }
        };
        let certificate = candidates.iter().copied().min_by_key(|one| one.not_after)?;
        let doubt = (candidates.len() > 1).then_some(Doubt::OneOf(candidates.len()));
        Some(Leaf { certificate, doubt })
    }
}
