//! Blocks of certificates in a text: PEM as RFC 7468 has it, and what mail, YAML, JSON and environment variables make
//! of it.
//!
//! Read are: line ends of every kind, none, blanks or a written `\n` in their place, indented lines, a byte-order mark,
//! text between the blocks, header lines in a block, and base64 without a frame, once or twice encoded.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const DASHES: &str = "-----";
const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";

/// Longest label in bytes; the longest that is known has 22.
const LONGEST_LABEL: usize = 64;

/// Of base64 that people copied, the end may lack its `=`.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A PEM block.
#[derive(Debug, PartialEq, Eq)]
pub struct PemBlock {
    /// The bytes in it; none if they are not base64, or of a kind that is not read.
    pub der: Option<Vec<u8>>,
    /// OpenSSL's trust data follows the certificate.
    pub has_trust_data: bool,
    /// The END line is there.
    pub is_whole: bool,
}

/// All blocks of a text that may hold a certificate. Keys, requests and revocation lists are passed over, and a first
/// line alone is no block: the vendor's example of an answer has just that.
pub fn blocks(text: &str) -> Vec<PemBlock> {
    if text.contains(BEGIN) {
        return framed(text);
    }
    match decode(text) {
        // What begins like one in base64 and is none was cut off or damaged.
        None if plain(text).starts_with("MI") => vec![PemBlock {
            der: None,
            has_trust_data: false,
            is_whole: true,
        }],
        None => Vec::new(),
        Some(der) if der.first() == Some(&SEQUENCE) => vec![PemBlock {
            der: Some(der),
            has_trust_data: false,
            is_whole: true,
        }],
        Some(inner) => std::str::from_utf8(&inner).map(framed).unwrap_or_default(),
    }
}

/// Every certificate begins with this byte of DER.
const SEQUENCE: u8 = 0x30;

fn framed(text: &str) -> Vec<PemBlock> {
    let mut scanner = Scanner { rest: text };
    let frames: Vec<Frame<'_>> = std::iter::from_fn(|| scanner.next_frame()).collect();
    if let [only] = frames.as_slice()
        && !only.is_whole
        && plain(only.body).is_empty()
    {
        return Vec::new();
    }
    frames.into_iter().filter_map(Frame::block).collect()
}

/// Text between a BEGIN and an END line.
struct Frame<'t> {
    label: &'t str,
    body: &'t str,
    is_whole: bool,
}

impl Frame<'_> {
    fn block(self) -> Option<PemBlock> {
        let (is_read, has_trust_data) = match self.label {
            "CERTIFICATE" | "X509 CERTIFICATE" => (true, false),
            "TRUSTED CERTIFICATE" => (true, true),
            other if holds_no_certificate(other) && self.is_whole => return None,
            _ => (false, false),
        };
        Some(PemBlock {
            der: is_read.then(|| decode(self.body)).flatten(),
            has_trust_data,
            is_whole: self.is_whole,
        })
    }
}

fn holds_no_certificate(label: &str) -> bool {
    let ends = [
        "PRIVATE KEY",
        "PUBLIC KEY",
        "CERTIFICATE REQUEST",
        "X509 CRL",
        "PARAMETERS",
    ];
    ends.iter().any(|end| label.ends_with(end))
}

/// Goes through a text once, however many blocks in it do not end.
struct Scanner<'t> {
    rest: &'t str,
}

impl<'t> Scanner<'t> {
    fn next_frame(&mut self) -> Option<Frame<'t>> {
        let (_, after) = self.rest.split_once(BEGIN)?;
        let (label, after) = label(after).unwrap_or(("", after));
        let (body, tail) = match after.find(DASHES) {
            Some(at) => after.split_at(at),
            None => (after, ""),
        };
        let end = tail.strip_prefix(END).and_then(self::label);
        self.rest = end.map_or(tail, |(_, after)| after);
        Some(Frame {
            label,
            body,
            is_whole: end.is_some(),
        })
    }
}

/// The rest of a first or last line, up to its dashes.
fn label(text: &str) -> Option<(&str, &str)> {
    let (label, after) = text.split_once(DASHES)?;
    let fits = label.len() <= LONGEST_LABEL && !label.contains(['\n', '\r']);
    fits.then(|| (label.trim(), after))
}

fn decode(body: &str) -> Option<Vec<u8>> {
    let der = BASE64.decode(plain(body)).ok()?;
    (!der.is_empty()).then_some(der)
}

/// The base64 of a body, without what was put between its letters.
fn plain(body: &str) -> String {
    let body = body.replace("\\r", "\r").replace("\\n", "\n");
    // RFC 1421 has header lines, and a blank one behind the last of them.
    let body = match body.split_once("\n\n") {
        Some((headers, rest)) if headers.contains(':') => rest,
        _ => match body.split_once("\r\n\r\n") {
            Some((headers, rest)) if headers.contains(':') => rest,
            _ => &body,
        },
    };
    let between = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\\');
    body.chars().filter(|c| !between(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [&str; 4] = [
        "-----BEGIN CERTIFICATE-----",
        "MAMCAQ==",
        "-----END CERTIFICATE-----",
        "",
    ];

    fn only(text: &str) -> PemBlock {
        let mut all = blocks(text);
        assert_eq!(all.len(), 1, "{text:?}");
        all.remove(0)
    }

    #[test]
    fn x03_every_form_of_a_block_is_read() {
        let plain = LINES.join("\n");
        let forms = [
            plain.clone(),
            LINES.join("\r\n"),
            LINES.join("\r"),
            LINES.join("\\n"),
            LINES.join("\\r\\n"),
            LINES.join(" "),
            LINES.join(""),
            LINES.join("\n    "),
            LINES.join("\n\n"),
            format!("\u{feff}{plain}"),
            format!("subject=CN = x\nissuer: y\n{plain}and so on"),
            plain.replace("MAM", "Comment: x\n y\n\nMAM"),
            plain.replace("MAM", "Comment: x\r\n\r\nMAM"),
            plain.replace("MAM", "MA\n \tM"),
            plain.replace("==", ""),
            plain.replace("CERTIFICATE", "X509 CERTIFICATE"),
            plain.replace("END CERTIFICATE", "END X509 CERTIFICATE"),
            "MAMCAQ==".to_owned(),
            " MAMC\\nAQ==\n".to_owned(),
            // The whole of it in base64 once more.
            "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1BTUNBUT09Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K"
                .to_owned(),
        ];
        for form in forms {
            let block = only(&form);
            assert_eq!(block.der.as_deref(), Some(&[0x30, 3, 2, 1][..]), "{form:?}");
            assert!(block.is_whole && !block.has_trust_data, "{form:?}");
        }
        let trusted = only(&plain.replace("CERTIFICATE", "TRUSTED CERTIFICATE"));
        assert!(trusted.has_trust_data && trusted.der.is_some());
    }

    #[test]
    fn x03_what_is_no_certificate_is_passed_over_and_what_cannot_be_read_is_not() {
        let plain = LINES.join("\n");
        for label in [
            "PRIVATE KEY",
            "RSA PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "PUBLIC KEY",
            "CERTIFICATE REQUEST",
            "NEW CERTIFICATE REQUEST",
            "X509 CRL",
            "EC PARAMETERS",
        ] {
            assert_eq!(blocks(&plain.replace("CERTIFICATE", label)), [], "{label}");
        }
        for text in [
            plain.replace("CERTIFICATE", "PKCS7"),
            plain.replace("CERTIFICATE", "CERTIFICAT"),
            plain.replace("MAM", "M*M"),
            plain.replace("MAMCAQ==", ""),
            "MIIB*".to_owned(),
            "MIIBA".to_owned(),
            format!(
                "{}{}",
                "-----BEGIN CERTIFICATE\n", "-----END CERTIFICATE-----"
            ),
        ] {
            assert_eq!(only(&text).der, None, "{text:?}");
        }
        for text in [
            "",
            "-----BEGIN CERTIFICATE-----",
            " -----BEGIN CERTIFICATE-----\n\n",
            "none",
            "AAAA",
        ] {
            assert_eq!(blocks(text), [], "{text:?}");
        }
    }

    #[test]
    fn a04_a_block_that_was_cut_off_is_one_that_cannot_be_read() {
        let plain = LINES.join("\n");
        for cut in [
            plain.replace("-----END CERTIFICATE-----", ""),
            plain.replace("-----END CERTIFICATE-----", "-----END CERTIFICATE"),
            plain.replace("-----END CERTIFICATE-----", "-----EN"),
        ] {
            assert!(!only(&cut).is_whole, "{cut:?}");
            let both = blocks(&format!("{cut}{plain}"));
            let whole: Vec<bool> = both.iter().map(|block| block.is_whole).collect();
            assert_eq!(whole, [false, true], "{cut:?}");
        }
        let headline = blocks(&format!("{plain}-----BEGIN CERTIFICATE-----"));
        assert_eq!(headline.len(), 2, "something followed");
        let key = blocks(&format!("{plain}-----BEGIN PRIVATE KEY-----\nMAM"));
        assert!(
            key.len() == 2 && key[1].der.is_none(),
            "and behind it more may have"
        );
    }
}
