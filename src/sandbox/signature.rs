//! Hashes, canonical forms and `Authorization` headers, as the receiving side sees them.
//!
//! Written from the providers' documents and from the wire, independently of `sign/`: this code
//! starts from what arrived. Knows no service; the gateways put the pieces together.

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::request::{IncomingRequest, pairs};

/// All but the unreserved characters of RFC 3986: what all three clouds encode.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// RFC 3986 percent-encoding with upper-case hexadecimal digits.
pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// SHA-256 in lower-case hexadecimal digits.
pub(super) fn sha256_hex(data: &[u8]) -> String {
    hex::encode(Sha256::digest(data))
}

/// HMAC-SHA-256. A key of any length is allowed, so there is no error to report.
pub(super) fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        }
        Err(_) => Vec::new(),
    }
}

/// The parts of an `Authorization` header.
pub(super) struct Authorization {
    /// What stands after `Credential=` or `Access=`.
    pub credential: String,
    pub signed: Vec<String>,
    pub signature: String,
}

impl Authorization {
    /// Reads `ALGORITHM KEY=…,SignedHeaders=a;b,Signature=…` strictly: one blank after the
    /// algorithm, `separator` between the parts, names in lower case, sorted and not repeated.
    pub fn read(value: &str, algorithm: &str, key: &str, separator: &str) -> Option<Authorization> {
        let rest = value.strip_prefix(algorithm)?.strip_prefix(' ')?;
        let mut parts = rest.split(separator);
        let credential = parts.next()?.strip_prefix(key)?.strip_prefix('=')?;
        let names = parts.next()?.strip_prefix("SignedHeaders=")?;
        let signature = parts.next()?.strip_prefix("Signature=")?;
        if parts.next().is_some() || credential.is_empty() {
            return None;
        }
        let plain = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if signature.len() != 64 || !signature.bytes().all(plain) {
            return None;
        }
        let signed: Vec<String> = names.split(';').map(str::to_owned).collect();
        let tidy = |name: &String| !name.is_empty() && *name == name.to_ascii_lowercase();
        let rising = signed.is_sorted_by(|left, right| left < right);
        (rising && signed.iter().all(tidy)).then(|| Authorization {
            credential: credential.to_owned(),
            signed,
            signature: signature.to_owned(),
        })
    }

    /// The first header of `needed` that was sent (or must be) but is not signed.
    pub fn unsigned<'a>(&self, mut needed: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        needed.find(|name| !self.signed.iter().any(|signed| signed == name))
    }
}

/// `name:value` lines of the signed headers, each ending in a line feed; `None` if one was not
/// sent. Values of a repeated header are sorted and joined, as Alibaba's SDKs do.
pub(super) fn canonical_headers(request: &IncomingRequest, signed: &[String]) -> Option<String> {
    let mut lines = String::new();
    for name in signed {
        let mut values: Vec<&str> = request
            .headers
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.trim())
            .collect();
        if values.is_empty() {
            return None;
        }
        values.sort_unstable();
        lines.push_str(&format!("{name}:{}\n", values.join(",")));
    }
    Some(lines)
}

/// The query decoded, sorted by name and value, and encoded anew.
pub(super) fn canonical_query(request: &IncomingRequest, plus_is_blank: bool) -> String {
    let mut sorted = pairs(&request.query, plus_is_blank);
    sorted.sort_unstable();
    let encoded: Vec<String> = sorted
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    encoded.join("&")
}

/// The canonical request, whose layout the three clouds share. The header lines end in a line
/// feed of their own, so an empty line follows them.
pub(super) fn canonical_request(
    request: &IncomingRequest,
    path: &str,
    query: &str,
    headers: &str,
    signed: &[String],
) -> String {
    [
        request.method.as_str(),
        path,
        query,
        headers,
        &signed.join(";"),
        &sha256_hex(&request.body),
    ]
    .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> IncomingRequest {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        IncomingRequest::new(
            method.to_owned(),
            target.to_owned(),
            headers,
            body.as_bytes().to_vec(),
        )
    }

    fn names(text: &str) -> Vec<String> {
        text.split(';').map(str::to_owned).collect()
    }

    /// Alibaba, "V3 request structure and signature": the worked example `RunInstances`.
    #[test]
    fn alibabas_published_example() {
        let request = request(
            "POST",
            "/?RegionId=cn-shanghai&ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
            &[
                ("host", "ecs.cn-shanghai.aliyuncs.com"),
                ("x-acs-action", "RunInstances"),
                (
                    "x-acs-content-sha256",
                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                ),
                ("x-acs-date", "2023-10-26T10:22:32Z"),
                ("x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d"),
                ("x-acs-version", "2014-05-26"),
            ],
            "",
        );
        let signed = names(
            "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version",
        );
        let headers = canonical_headers(&request, &signed).expect("all were sent");
        let query = canonical_query(&request, true);
        let canonical = canonical_request(&request, "/", &query, &headers, &signed);
        let hash = sha256_hex(canonical.as_bytes());
        assert_eq!(
            hash,
            "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259"
        );
        let text = format!("ACS3-HMAC-SHA256\n{hash}");
        assert_eq!(
            hex::encode(hmac(b"YourAccessKeySecret", &text)),
            "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
        );
    }

    #[test]
    fn an_authorization_header_is_read_strictly() {
        let signature = "0".repeat(64);
        let read = |text: &str| {
            let text = text.replace('#', &signature);
            Authorization::read(&text, "ALG", "Credential", ",").is_some()
        };
        assert!(read("ALG Credential=a,SignedHeaders=b;c,Signature=#"));
        for bad in [
            "",
            "ALG",
            "ALG  Credential=a,SignedHeaders=b;c,Signature=#",
            "alg Credential=a,SignedHeaders=b;c,Signature=#",
            "ALG Credential=a, SignedHeaders=b;c, Signature=#",
            "ALG Credential=a,SignedHeaders=c;b,Signature=#",
            "ALG Credential=a,SignedHeaders=b;b,Signature=#",
            "ALG Credential=a,SignedHeaders=B;c,Signature=#",
            "ALG Credential=a,SignedHeaders=,Signature=#",
            "ALG Credential=,SignedHeaders=b;c,Signature=#",
            "ALG Credential=a,SignedHeaders=b;c,Signature=#0",
            "ALG Credential=a,SignedHeaders=b;c,Signature=#,",
            "ALG SignedHeaders=b;c,Credential=a,Signature=#",
        ] {
            assert!(!read(bad), "{bad}");
        }
    }
}
