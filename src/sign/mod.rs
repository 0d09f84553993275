//! The signatures of the three clouds: values in, values out.
//!
//! The three schemes hash the same text and differ in what they wrap around it:
//!
//! | module | cloud | scheme | key of the last HMAC |
//! | --- | --- | --- | --- |
//! | [`acs3`] | Alibaba | ACS3-HMAC-SHA256 | the secret |
//! | [`tc3`] | Tencent | TC3-HMAC-SHA256 | derived from secret, day and service |
//! | [`sdk_hmac`] | Huawei | SDK-HMAC-SHA256 | the secret |
//!
//! [`encode`] writes queries as all three want them; `canonical` is the text they share.
//!
//! Boundary: no clock, no nonce, no environment, no sending, and nothing of the crate outside this
//! folder. The caller chooses the headers, signs every attempt anew and sends what was signed.

pub mod acs3;
mod canonical;
pub mod encode;
pub mod sdk_hmac;
pub mod tc3;

use sha2::{Digest, Sha256};

/// The key pair a request is signed with.
///
/// It has neither `Debug` nor `Display`, so that the secret cannot slip into a message.
pub struct KeyPair<'a> {
    /// The public half: access key id (Alibaba), secret id (Tencent), AK (Huawei).
    pub id: &'a str,
    /// The secret half.
    pub secret: &'a str,
}

/// The request to sign, exactly as it goes over the wire.
pub struct SignableRequest<'a> {
    /// The method in upper case, as sent.
    pub method: &'a str,
    /// The percent-encoded path as sent, for example `/`.
    pub path: &'a str,
    /// The query as sent: already encoded (see [`encode::query`]), without `?`, empty when there is none.
    pub query: &'a str,
    /// The headers to sign, each name once, in any order and any case.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body as sent, empty when there is none.
    pub body: &'a [u8],
}

/// Every stage of a signature, so that each can be compared.
///
/// It has no `Debug`: within the server's time window `authorization` can be replayed.
pub struct Signed {
    /// The request in the one spelling that both sides agree on.
    pub canonical_request: String,
    /// The text that the last HMAC is taken of.
    pub string_to_sign: String,
    /// That HMAC in lower-case hex.
    pub signature: String,
    /// The value of the `Authorization` header.
    pub authorization: String,
}

/// The SHA-256 of some bytes in lower-case hex, as all three schemes write it.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
