//! Tencent: TC3-HMAC-SHA256, the "Signature v3" of API 3.0.
//!
//! Boundary: adds no header. The caller gives `content-type` and `host`, as the official SDKs sign
//! them, or `x-tc-action` as well; it sends `x-tc-timestamp` with the very seconds passed here. A
//! session token is a header only and changes nothing in the signature.
//!
//! Source: "Signature v3" with its worked examples; checked against the official Python SDK.

use chrono::{DateTime, Utc};

use super::canonical::{Canonical, hmac_sha256};
use super::{KeyPair, SignableRequest, Signed};

/// The name of the scheme, as it begins the string to sign and `Authorization`.
pub const ALGORITHM: &str = "TC3-HMAC-SHA256";

/// The last part of the scope and the last word the key is derived with ("Signature v3").
const TERMINATOR: &str = "tc3_request";

/// The three steps from the secret to the key that signs ("Signature v3").
///
/// It has no `Debug`: each step signs whatever lies below its scope.
pub struct SigningKey {
    /// The key of one day, `SecretDate` in the document.
    pub date: [u8; 32],
    /// The key of one service on that day, `SecretService` in the document.
    pub service: [u8; 32],
    /// The key that signs, `SecretSigning` in the document.
    pub signing: [u8; 32],
}

/// Derives the key for one service on the UTC day of `timestamp` ("Signature v3").
pub fn signing_key(secret: &str, service: &str, timestamp: i64) -> SigningKey {
    let date = hmac_sha256(format!("TC3{secret}").as_bytes(), &utc_date(timestamp));
    let service = hmac_sha256(&date, service);
    let signing = hmac_sha256(&service, TERMINATOR);
    SigningKey {
        date,
        service,
        signing,
    }
}

/// Credential scope of a signature: UTC day, service and a fixed word ("Signature v3").
pub fn credential_scope(service: &str, timestamp: i64) -> String {
    format!("{}/{service}/{TERMINATOR}", utc_date(timestamp))
}

/// Signs a request for `service` (the first label of its host name) at `timestamp` in Unix seconds.
///
/// "Signature v3" wants names **and values** of signed headers in lower case. The SDKs lower no value,
/// but sign only `content-type` and `host`. Send those two in lower case and both rules agree; the value
/// of `x-tc-action` is sent as it is.
pub fn sign(request: &SignableRequest, service: &str, timestamp: i64, key: &KeyPair) -> Signed {
    let headers = request
        .headers
        .iter()
        .map(|(name, value)| (*name, value.to_ascii_lowercase()));
    let canonical = Canonical::new(request, request.path, headers);
    let scope = credential_scope(service, timestamp);
    let string_to_sign = format!("{ALGORITHM}\n{timestamp}\n{scope}\n{}", canonical.hash());
    let signing = signing_key(key.secret, service, timestamp).signing;
    canonical.signed(string_to_sign, &signing, |names, signature| {
        format!(
            "{ALGORITHM} Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
            key.id
        )
    })
}

/// The day as `YYYY-MM-DD`, always in UTC: between 00:00 and 08:00 in Beijing it is the day before.
///
/// A time that no calendar holds takes the last day there is. The service refuses such a timestamp
/// whatever the day says, so it is no reason to fail here.
fn utc_date(timestamp: i64) -> String {
    DateTime::from_timestamp(timestamp, 0)
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
        .date_naive()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_beyond_the_calendar_does_not_panic() {
        for timestamp in [i64::MIN, i64::MAX] {
            assert!(credential_scope("ssl", timestamp).ends_with("/ssl/tc3_request"));
        }
    }
}
