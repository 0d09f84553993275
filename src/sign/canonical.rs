//! The canonical request and the HMAC, common to the three schemes.
//!
//! Boundary: knows no scheme. Which headers count, how their values are spelled and what the path
//! looks like is decided by the scheme that calls.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{SignableRequest, Signed, sha256_hex};

/// The canonical request and the list of signed names, which `Authorization` repeats.
pub(super) struct Canonical {
    request: String,
    signed_headers: String,
}

impl Canonical {
    /// Puts a request into its canonical form, with the path and the headers as the scheme wants them.
    ///
    /// Values lose their outer blanks only: the SDKs leave inner runs of blanks alone.
    pub(super) fn new<'a, V: AsRef<str>>(
        request: &SignableRequest,
        path: &str,
        headers: impl Iterator<Item = (&'a str, V)>,
    ) -> Self {
        let mut headers: Vec<(String, V)> = headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .collect();
        headers.sort_by(|one, other| one.0.cmp(&other.0));

        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        let signed_headers = names.join(";");
        let lines: String = headers
            .iter()
            .map(|(name, value)| format!("{name}:{}\n", value.as_ref().trim()))
            .collect();
        let request = [
            request.method,
            path,
            request.query,
            // Ends in a line break of its own, so an empty line follows it.
            &lines,
            &signed_headers,
            &sha256_hex(request.body),
        ]
        .join("\n");
        Self {
            request,
            signed_headers,
        }
    }

    /// The hash that stands for the request in the string to sign.
    pub(super) fn hash(&self) -> String {
        sha256_hex(self.request.as_bytes())
    }

    /// The last steps, which all schemes share: the signature over the string to sign, and `Authorization`, which
    /// each writes in its own way from the signed names and the signature.
    pub(super) fn signed(
        self,
        string_to_sign: String,
        key: &[u8],
        authorization: impl FnOnce(&str, &str) -> String,
    ) -> Signed {
        let signature = hex::encode(hmac_sha256(key, &string_to_sign));
        Signed {
            authorization: authorization(&self.signed_headers, &signature),
            canonical_request: self.request,
            string_to_sign,
            signature,
        }
    }
}

/// HMAC-SHA256 (RFC 2104).
#[expect(clippy::expect_used, reason = "an HMAC accepts a key of every length")]
pub(super) fn hmac_sha256(key: &[u8], message: &str) -> [u8; 32] {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).expect("an HMAC accepts a key of every length");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().into()
}
