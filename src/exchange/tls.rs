//! What is wrong with a TLS connection, in words that say what to do.

use std::error::Error as StdError;

use chrono::{DateTime, Utc};
use rustls::pki_types::UnixTime;
use rustls::{CertificateError, Error, InvalidMessage};

use crate::model::instant::rfc3339;

/// A TLS failure for people.
pub struct Trouble {
    /// What is wrong.
    pub what: String,
    /// What to do about it, where that is not the usual.
    pub hint: Option<&'static str>,
}

const RENEW: &str = "renew the certificate of that host (of a PBX in its web portal)";
const TRUST: &str = "add the authority that signed it to this machine's trust store, or give the host a certificate of a public one";
const CLOCK: &str = "check this machine's clock, then the certificate of that host";
const NAME: &str = "ask under a name that its certificate is for";
const PORT: &str = "check the port; plain http is taken only to this machine, or with --allow-http";

/// The TLS error inside an error, if there is one.
pub fn trouble(error: &(dyn StdError + 'static)) -> Option<Trouble> {
    Some(match inside(error)? {
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => Trouble {
            what: "the port does not speak TLS".to_owned(),
            hint: Some(PORT),
        },
        Error::InvalidCertificate(error) => certificate(error),
        other => Trouble {
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

fn certificate(error: &CertificateError) -> Trouble {
    let (what, hint) = match error {
        CertificateError::Expired => ("its own certificate has expired".to_owned(), RENEW),
        CertificateError::ExpiredContext { not_after, .. } => (
            format!("its own certificate has expired at {}", date(*not_after)),
            RENEW,
        ),
        CertificateError::NotValidYet => ("its own certificate is not valid yet".to_owned(), CLOCK),
        CertificateError::NotValidYetContext { not_before, .. } => (
            format!(
                "its own certificate is not valid before {}",
                date(*not_before)
            ),
            CLOCK,
        ),
        CertificateError::Revoked => ("its own certificate is revoked".to_owned(), RENEW),
        CertificateError::NotValidForNameContext { presented, .. } if !presented.is_empty() => (
            format!(
                "its own certificate is for another name: {}",
                presented.join(", ")
            ),
            NAME,
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            ("its own certificate is for another name".to_owned(), NAME)
        }
        CertificateError::UnknownIssuer => (
            "its own certificate is signed by nobody whom this machine trusts".to_owned(),
            TRUST,
        ),
        // A certificate authority's certificate in the place of a host's is how appliances sign themselves.
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            ("its own certificate is self-signed".to_owned(), TRUST)
        }
        other => (format!("its own certificate is refused: {other}"), TRUST),
    };
    Trouble {
        what,
        hint: Some(hint),
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

    fn told(error: CertificateError) -> (String, Option<&'static str>) {
        // As the HTTP client hands it on: an I/O error around another around it.
        let inner = io::Error::other(Error::InvalidCertificate(error));
        let trouble = trouble(&io::Error::other(inner)).expect("a TLS error");
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
                Some(RENEW)
            )
        );
        let named = CertificateError::NotValidForNameContext {
            expected: "pbx.example".try_into().expect("a name"),
            presented: vec!["other.example".to_owned()],
        };
        assert!(told(named).0.ends_with("another name: other.example"));
        assert!(
            told(CertificateError::UnknownIssuer)
                .0
                .contains("nobody whom this machine trusts")
        );
        assert_eq!(told(CertificateError::NotValidYet).1, Some(CLOCK));
    }

    #[test]
    fn an_error_without_tls_in_it_is_none_of_these() {
        assert!(trouble(&io::Error::other("broken pipe")).is_none());
    }
}
