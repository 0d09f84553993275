//! Explanations of TLS errors, with advice.

use std::error::Error as StdError;

use chrono::{DateTime, Utc};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::{CertificateError, Error, InvalidMessage};
use sha2::{Digest as _, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use super::tls_verifier::NotPinned;
use crate::model::timestamp::rfc3339;

/// A TLS failure for people.
pub struct Explanation {
    /// The cause.
    pub what: String,
    /// What to do about it, where that is not the usual.
    pub hint: Option<String>,
}

/// What a host's own certificate says of itself.
pub struct PeerCertificate {
    /// Whose it is.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// Start of its validity.
    pub not_before: Option<DateTime<Utc>>,
    /// End of its validity.
    pub not_after: Option<DateTime<Utc>>,
    /// SHA-256 of its DER in lower-case hex, as `--pin-sha256` takes it.
    pub fingerprint: String,
}

impl PeerCertificate {
    /// Reads one.
    pub fn read(der: &CertificateDer<'_>) -> Option<PeerCertificate> {
        let (_, parsed) = X509Certificate::from_der(der).ok()?;
        let at = |time: x509_parser::time::ASN1Time| DateTime::from_timestamp(time.timestamp(), 0);
        Some(PeerCertificate {
            subject: parsed.subject().to_string(),
            issuer: parsed.issuer().to_string(),
            not_before: at(parsed.validity().not_before),
            not_after: at(parsed.validity().not_after),
            fingerprint: hex::encode(Sha256::digest(der)),
        })
    }

    /// Nobody else vouches for it.
    pub fn is_self_signed(&self) -> bool {
        self.subject == self.issuer
    }

    /// ` (CN=pbx, valid 2020-01-01 to 2030-01-01)`.
    fn told(&self) -> String {
        let day = |time: Option<DateTime<Utc>>| match time {
            Some(time) => time.format("%Y-%m-%d").to_string(),
            None => "?".to_owned(),
        };
        let subject: String = self.subject.chars().take(LONGEST_NAME).collect();
        let comma = if subject.is_empty() { "" } else { ", " };
        let (from, to) = (day(self.not_before), day(self.not_after));
        format!(" ({subject}{comma}valid {from} to {to})")
    }
}

/// More of a name than that is no help.
const LONGEST_NAME: usize = 80;
/// More names than that are not told.
const MOST_NAMES: usize = 4;

const RENEW: &str = "renew the certificate of that host (of a PBX in its web portal), unless this machine's clock is wrong";
const TRUST: &str = "name the authority that signed it with --ca-file, or give the host a certificate of a public one";
const CLOCK: &str = "check this machine's clock, then the certificate of that host";
const NAME: &str =
    "ask under a name that its certificate is for, or pin the certificate with --pin-sha256";
const PORT: &str = "check the port; plain http is taken only to this machine, or with --allow-http";

/// The TLS error inside an error, if there is one, with what the host showed.
pub fn explanation(
    error: &(dyn StdError + 'static),
    chain: &[CertificateDer<'_>],
) -> Option<Explanation> {
    Some(match inside(error)? {
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => Explanation {
            what: "the port does not speak TLS".to_owned(),
            hint: Some(PORT.to_owned()),
        },
        Error::InvalidCertificate(error) => certificate(
            error,
            chain.first().and_then(PeerCertificate::read).as_ref(),
        ),
        other => Explanation {
            what: other.to_string(),
            hint: None,
        },
    })
}

/// It lies under as many I/O errors as there are: those hide what they hold from `source`.
fn inside<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Error> {
    let inner = error
        .downcast_ref::<std::io::Error>()
        .and_then(|io| io.get_ref());
    error.downcast_ref().or_else(|| inside(inner?))
}

fn certificate(error: &CertificateError, own: Option<&PeerCertificate>) -> Explanation {
    let (what, hint) = in_words(error, own);
    let told = own.map(PeerCertificate::told).unwrap_or_default();
    Explanation {
        what: format!("its own certificate {what}{told}"),
        hint: Some(hint),
    }
}

fn in_words(error: &CertificateError, own: Option<&PeerCertificate>) -> (String, String) {
    let (what, hint) = match error {
        CertificateError::Expired => ("has expired".to_owned(), RENEW),
        CertificateError::ExpiredContext { not_after, .. } => {
            (format!("has expired at {}", date(*not_after)), RENEW)
        }
        CertificateError::NotValidYet => ("is not valid yet".to_owned(), CLOCK),
        CertificateError::NotValidYetContext { not_before, .. } => {
            (format!("is not valid before {}", date(*not_before)), CLOCK)
        }
        CertificateError::Revoked => ("is revoked".to_owned(), RENEW),
        CertificateError::NotValidForNameContext { presented, .. } if !presented.is_empty() => (
            format!("is for a different name: {}", names(presented)),
            NAME,
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            ("is for a different name".to_owned(), NAME)
        }
        CertificateError::Other(other) if other.0.is::<NotPinned>() => return not_pinned(own),
        other => match own {
            Some(own) if own.is_self_signed() => return self_signed(own),
            // An authority of the same name with another key has not signed it either.
            _ if matches!(
                other,
                CertificateError::UnknownIssuer | CertificateError::BadSignature
            ) =>
            {
                (
                    "is not signed by a CA that this machine trusts".to_owned(),
                    TRUST,
                )
            }
            _ => (format!("is refused: {other}"), TRUST),
        },
    };
    (what, hint.to_owned())
}

/// Added as an authority it would still be refused where it does not say that it is one.
fn self_signed(own: &PeerCertificate) -> (String, String) {
    let hint = format!(
        "if this is the right certificate, set --pin-sha256 {}",
        own.fingerprint
    );
    ("is self-signed".to_owned(), hint)
}

fn not_pinned(own: Option<&PeerCertificate>) -> (String, String) {
    let hint = match own {
        Some(own) => format!(
            "find out why it changed; if it was replaced on purpose, set --pin-sha256 {}",
            own.fingerprint
        ),
        None => "find out why it changed".to_owned(),
    };
    ("is not the pinned certificate".to_owned(), hint)
}

fn names(presented: &[String]) -> String {
    // They come as `DnsName("pbx.example")`.
    let plain = |name: &'_ String| name.split('"').nth(1).map(str::to_owned);
    let first: Vec<String> = presented
        .iter()
        .take(MOST_NAMES)
        .map(|name| plain(name).unwrap_or_else(|| name.clone()))
        .collect();
    match presented.len().saturating_sub(MOST_NAMES) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

fn date(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).ok();
    let moment = seconds.and_then(|seconds| DateTime::<Utc>::from_timestamp(seconds, 0));
    moment.map(rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::time::Duration;

    use super::*;

    fn told(error: CertificateError) -> (String, Option<String>) {
        // As the HTTP client hands it on: an I/O error around another around it.
        let inner = io::Error::other(Error::InvalidCertificate(error));
        let trouble = explanation(&io::Error::other(inner), &[]).expect("a TLS error");
        (trouble.what, trouble.hint)
    }

    #[test]
    fn what_is_wrong_with_a_certificate_is_said_with_its_date_or_names() {
        let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let expired = CertificateError::ExpiredContext {
            time: at(1_800_000_000),
            not_after: at(1_700_000_000),
        };
        assert_eq!(
            told(expired),
            (
                "its own certificate has expired at 2023-11-14T22:13:20Z".to_owned(),
                Some(RENEW.to_owned())
            )
        );
        let named = CertificateError::NotValidForNameContext {
            expected: "pbx.example".try_into().expect("a name"),
            presented: vec!["other.example".to_owned()],
        };
        assert!(told(named).0.ends_with("a different name: other.example"));
        assert!(
            told(CertificateError::UnknownIssuer)
                .0
                .contains("not signed by a CA")
        );
        assert_eq!(
            told(CertificateError::NotValidYet).1.as_deref(),
            Some(CLOCK)
        );
    }

    #[test]
    fn an_error_without_tls_in_it_is_none_of_these() {
        assert!(explanation(&io::Error::other("broken pipe"), &[]).is_none());
    }
}
