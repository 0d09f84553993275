//! The layers under the readers: lenient JSON, PEM, and text freed of secrets.

use std::fmt::Write as _;

use certcheck::json::xml;
use certcheck::json::{self, Field, Json};
use certcheck::redact::KnownSecrets;
use certcheck::x509::Bundle;
use serde_json::Value;

use super::output::acts;

/// What serde_json reads is read alike, but for what is nested too deeply; and nothing else is.
pub fn lenient(input: &[u8]) {
    let own = json::parse(input);
    let plain = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input);
    let theirs = serde_json::from_slice::<Value>(plain);
    match (&own, &theirs) {
        (Ok(own), Ok(theirs)) => same(own, theirs),
        (Ok(_), Err(error)) => panic!("read what is no JSON: {error}"),
        (Err(error), Ok(_)) => assert!(error.message.contains("too "), "{}", error.message),
        (Err(error), Err(_)) => assert!(!error.message.contains(acts)),
    }
    let found = json::stream(input);
    if let (Ok(own @ Json::Object(_)), [only]) = (&own, found.as_slice()) {
        assert_eq!(only.as_ref().ok(), Some(own));
    }
}

/// An error in XML, and what it becomes where Alibaba's answers are read. Nothing of it grows beyond what was read.
pub fn xml(input: &[u8]) {
    for body in [
        input.to_vec(),
        [b"<Error><Code>", input, b"</Code></Error>"].concat(),
    ] {
        match xml::error(&body) {
            Some(Ok(object)) => {
                let texts = object.members().filter_map(|(_, value)| value.scalar());
                let length: usize = texts.map(|text| text.len()).sum();
                assert!(length <= body.len(), "{length} of {}", body.len());
            }
            Some(Err(error)) => assert!(error.message.contains("XML"), "{}", error.message),
            None => {}
        }
        for provider in ["mpush", "esa"] {
            super::run(provider, &body);
        }
    }
}

fn same(own: &Json, theirs: &Value) {
    match (own, theirs) {
        (Json::Null, Value::Null) => {}
        (Json::Bool(own), Value::Bool(theirs)) => assert_eq!(own, theirs),
        (Json::Text(own), Value::String(theirs)) => assert_eq!(own, theirs),
        (Json::Number(own), Value::Number(theirs)) => {
            let most = theirs.to_string().len().max(30);
            assert!(own.len() <= most, "a number of {} digits", own.len());
            let value = own.parse::<f64>().ok().filter(|value| value.is_finite());
            assert_eq!(value, theirs.as_f64(), "{own} {theirs}");
        }
        (Json::Array(own), Value::Array(theirs)) => {
            assert_eq!(own.len(), theirs.len());
            own.iter()
                .zip(theirs)
                .for_each(|(own, theirs)| same(own, theirs));
        }
        (Json::Object(own), Value::Object(theirs)) => {
            for (key, value) in theirs {
                // Keys are compared trimmed, and one that contradicts itself says nothing.
                match own.field(key) {
                    Field::Value(own) if key.trim() == key => same(own, value),
                    Field::Absent if key.trim() == key => assert_eq!(*value, Value::Null),
                    _ => {}
                }
            }
        }
        _ => panic!("{own:?} is not {theirs}"),
    }
}

/// A certificate out of any text, and out of any bytes as what a PEM text encloses.
pub fn pem(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut armoured = String::from("-----BEGIN CERTIFICATE-----\n");
    armoured.push_str(&base64(input));
    armoured.push_str("\n-----END CERTIFICATE-----\n");
    // Behind another, as a chain: what is there is never hidden by what follows.
    let chain = format!("{armoured}{text}{armoured}");
    for text in [&text, armoured.as_str(), chain.as_str()] {
        let bundle = Bundle::read(text);
        for certificate in bundle.certificates() {
            let sha256 = &certificate.fingerprint_sha256;
            assert_eq!(sha256.len(), 64);
            for text in [&certificate.serial.hex(), sha256] {
                assert!(text.len() % 2 == 0 && text.bytes().all(|b| b.is_ascii_hexdigit()));
            }
            let found = bundle.leaf_of(|one| one.fingerprint_sha256 == *sha256);
            let found = found.expect("each is found by its fingerprint");
            assert!(found.doubt.is_none());
            let serial = certificate.serial.hex();
            assert!(
                serial.is_empty() || certificate.serial.is(&serial),
                "{serial}"
            );
        }
        let leaf = bundle.leaf();
        assert_eq!(leaf.is_none(), bundle.certificates().is_empty());
        if let Some(leaf) = leaf.filter(|leaf| leaf.doubt.is_none()) {
            let first = bundle.certificates().first().expect("a first");
            assert_eq!(
                leaf.certificate.fingerprint_sha256,
                first.fingerprint_sha256
            );
        }
    }
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number = (0..3).fold(0, |sum, place| {
            sum << 8 | u32::from(three.get(place).copied().unwrap_or(0))
        });
        for place in 0..=three.len() {
            let letter = LETTERS[(number >> (18 - 6 * place) & 63) as usize];
            text.push(char::from(letter));
        }
        text.push_str(&"=".repeat(3 - three.len()));
    }
    text
}

/// The first line is a secret, the rest is a text: the secret is in it no more, in no spelling that is tried here.
pub fn scrub(input: &[u8]) {
    let all = String::from_utf8_lossy(input);
    let (secret, text) = all.split_once('\n').unwrap_or((&all, ""));
    let known = KnownSecrets::default();
    known.learn(secret);
    known.learn("second-secret");
    let secret = secret.to_ascii_lowercase();
    // Keys are printable; a shorter one is looked for in a sentence only, and a plus sign can be a blank.
    let printable = secret.bytes().all(|b| b.is_ascii_graphic() && b != b'+');
    // A word of the field is no secret by itself.
    let distinct = secret.len() >= 12 || secret.bytes().any(|b| b.is_ascii_digit());
    let long = secret.len() >= 8 && printable && distinct && !"[secret]".contains(&secret);
    let mut percent = String::new();
    for byte in secret.bytes() {
        write!(percent, "%{byte:02X}").expect("room for a text");
    }
    // Where what is to be escaped stands beside what looks like an escape of another kind, one is read with the other.
    let plain = !secret.contains(['%', '&']);
    let quoted = Value::from(if plain { &secret } else { "" }).to_string();
    let quoted = &quoted[1..quoted.len() - 1];
    for text in [
        text.to_owned(),
        format!("{text}{secret}{text}"),
        format!("{text} {percent} {text}"),
        format!("{text} {quoted} {text}"),
    ] {
        let clean = known.scrub(&text).to_ascii_lowercase();
        for rest in clean.split("[secret]") {
            assert!(!rest.contains("second-secret"), "{text:?}: {clean:?}");
            for spelling in [&secret, &percent.to_ascii_lowercase(), quoted] {
                let there = !spelling.is_empty() && rest.contains(spelling);
                assert!(!long || !there, "{text:?}: {clean:?}");
            }
        }
    }
}
