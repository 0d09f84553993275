//! Names in a certificate, in whatever encoding they come.

use std::net::{Ipv4Addr, Ipv6Addr};

use x509_parser::asn1_rs::Any;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::objects::{oid_registry, oid2abbrev};
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// UniversalString and BMPString have no name in the crate's short list of tags.
const UNIVERSAL: u32 = 28;
const BMP: u32 = 30;
const T61: u32 = 20;

/// The names of a certificate.
#[derive(Debug, Default)]
pub struct Names {
    /// Common names first, then the alternative names.
    pub all: Vec<String>,
    /// A text could not be read without loss.
    pub are_lossy: bool,
    /// A name could not be read at all.
    pub are_incomplete: bool,
}

/// All names of the subject.
pub fn of_subject(certificate: &X509Certificate<'_>) -> Names {
    let mut names = Names::default();
    for attribute in certificate.subject().iter_common_name() {
        let (text, lossy) = text(attribute.attr_value());
        names.all.push(text);
        names.are_lossy |= lossy;
    }
    for extension in certificate.iter_extensions() {
        // A second one of the kind says more than the first.
        match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(alternatives) => {
                alternatives
                    .general_names
                    .iter()
                    .for_each(|name| names.add(name));
            }
            _ if extension.oid == x509_parser::oid_registry::OID_X509_EXT_SUBJECT_ALT_NAME => {
                names.are_incomplete = true;
            }
            _ => {}
        }
    }
    names
}

impl Names {
    fn add(&mut self, name: &GeneralName<'_>) {
        match name {
            GeneralName::DNSName(name) | GeneralName::RFC822Name(name) | GeneralName::URI(name) => {
                self.all.push((*name).to_owned());
            }
            GeneralName::IPAddress(bytes) => match address(bytes) {
                Some(address) => self.all.push(address),
                None => self.are_incomplete = true,
            },
            GeneralName::Invalid(..) => self.are_incomplete = true,
            _ => {}
        }
    }
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(Ipv4Addr::from(four).to_string());
    }
    let sixteen = <[u8; 16]>::try_from(bytes).ok()?;
    Some(Ipv6Addr::from(sixteen).to_string())
}

/// A distinguished name as people write it: `C=CN, O=Example, CN=Example CA`.
pub fn shown(name: &X509Name<'_>) -> String {
    let registry = oid_registry();
    let part = |attribute: &AttributeTypeAndValue<'_>| {
        let id = attribute.attr_type();
        let kind = oid2abbrev(id, registry).map_or_else(|_| id.to_id_string(), str::to_owned);
        format!("{kind}={}", text(attribute.attr_value()).0)
    };
    let relative = name
        .iter()
        .map(|parts| parts.iter().map(part).collect::<Vec<_>>().join(" + "));
    relative.collect::<Vec<_>>().join(", ")
}

/// A distinguished name for comparing: case, blanks and the kind of text do not count (RFC 5280 7.1). Empty for an empty
/// one.
pub fn comparable(name: &X509Name<'_>) -> String {
    let mut all = String::new();
    for parts in name.iter() {
        for attribute in parts.iter() {
            let (text, _) = text(attribute.attr_value());
            let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
            all.push_str(&attribute.attr_type().to_id_string());
            all.push('=');
            all.push_str(&words.join(" "));
            all.push('\0');
        }
        all.push('\0');
    }
    all
}

/// A text by its tag, and whether something of it was lost. T61String is taken for Latin-1, as OpenSSL does; beyond ASCII
/// that is a guess.
fn text(value: &Any<'_>) -> (String, bool) {
    let bytes = value.data;
    match value.tag().0 {
        BMP => {
            let (units, rest) = bytes.as_chunks::<2>();
            let units = units.iter().map(|unit| u16::from_be_bytes(*unit));
            let mut lossy = !rest.is_empty();
            let read = |unit: Result<char, _>| unit.unwrap_or_else(|_| replaced(&mut lossy));
            let text = char::decode_utf16(units).map(read).collect();
            (text, lossy)
        }
        UNIVERSAL => {
            let (units, rest) = bytes.as_chunks::<4>();
            let mut lossy = !rest.is_empty();
            let read = |unit: &[u8; 4]| {
                char::from_u32(u32::from_be_bytes(*unit)).unwrap_or_else(|| replaced(&mut lossy))
            };
            let text = units.iter().map(read).collect();
            (text, lossy)
        }
        T61 => (
            bytes.iter().copied().map(char::from).collect(),
            !bytes.is_ascii(),
        ),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), false),
            Err(_) => (String::from_utf8_lossy(bytes).into_owned(), true),
        },
    }
}

fn replaced(lossy: &mut bool) -> char {
    *lossy = true;
    char::REPLACEMENT_CHARACTER
}
