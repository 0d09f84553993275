//! Alibaba: ACS3-HMAC-SHA256, the "V3" signature of the RPC services (Mobile Push, ESA, CAS).
//!
//! Boundary: adds no header. The caller gives `host`, `content-type` when there is a body, and every
//! `x-acs-*` header it sends, among them `x-acs-content-sha256` (see [`super::sha256_hex`]). Leave
//! `accept` and `user-agent` out: they may be sent unsigned, and proxies rewrite them.
//!
//! Source: "V3 request structure and signature"; checked against the official Python SDK.

use super::canonical::Canonical;
use super::{KeyPair, SignableRequest, Signed};

/// The name of the scheme, as it begins the string to sign and `Authorization`.
pub const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// Signs a request with the raw secret, as "V3 request structure and signature" describes.
///
/// A nonce is good for one attempt, so a retry needs a new nonce and a new signature.
pub fn sign(request: &SignableRequest, key: &KeyPair) -> Signed {
    let canonical = Canonical::new(request, request.path, request.headers.iter().copied());
    let string_to_sign = format!("{ALGORITHM}\n{}", canonical.hash());
    canonical.signed(string_to_sign, key.secret.as_bytes(), |names, signature| {
        // No blanks after the commas, unlike the other two schemes.
        format!(
            "{ALGORITHM} Credential={},SignedHeaders={names},Signature={signature}",
            key.id
        )
    })
}
