//! Odd certificates that nobody here wrote: each file under `fixtures/x509` is read as its index says. Dates, serials,
//! names and fingerprints of the index are openssl's, which knows nothing of certcheck.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certcheck::model::timestamp::rfc3339;
use certcheck::x509::{Bundle, Certificate, Doubt};
use serde_json::{Value, json};

use crate::support::fixtures::{body, index};

const FOLDER: &str = "x509";

/// The text of a file, or the bare base64 of one in DER.
fn text(file: &str) -> String {
    let bytes = body(FOLDER, file);
    if file.ends_with(".der") {
        STANDARD.encode(bytes)
    } else {
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn described(certificate: &Certificate) -> Value {
    let mut names: Vec<String> = certificate
        .names
        .all
        .iter()
        .map(|name| name.to_lowercase())
        .filter(|name| !name.is_empty())
        .collect();
    names.sort();
    names.dedup();
    json!({
        "start": rfc3339(certificate.not_before),
        "end": rfc3339(certificate.not_after),
        "serial": certificate.serial.hex(),
        "sha256": certificate.fingerprint_sha256,
        "names": names,
    })
}

/// What is odd about a file beside its certificate.
fn oddities(bundle: &Bundle) -> Vec<&'static str> {
    let Some(leaf) = bundle.leaf() else {
        return Vec::new();
    };
    let names = &leaf.certificate.names;
    let all = [
        (names.are_lossy, "lossy name"),
        (names.are_incomplete, "unreadable name"),
        (leaf.certificate.trailing_bytes > 0, "trailing bytes"),
        (leaf.doubt == Some(Doubt::NotFirst), "not the first"),
        (
            matches!(leaf.doubt, Some(Doubt::OneOf(_))),
            "one of several",
        ),
        (bundle.broken > 0, "unreadable block"),
    ];
    let odd = all.into_iter().filter(|(is, _)| *is);
    odd.map(|(_, what)| what).collect()
}

#[test]
fn x04_every_odd_certificate_is_read_as_openssl_reads_it() {
    let mut wrong = Vec::new();
    let cases = index(FOLDER);
    for (file, case) in &cases {
        let bundle = Bundle::read(&text(file));
        let read = bundle
            .leaf()
            .map_or(Value::Null, |leaf| described(leaf.certificate));
        if read != case["expect"] {
            wrong.push(format!("{file}: {read} instead of {}", case["expect"]));
        }
        if bundle.certificates().is_empty() != (bundle.broken > 0 && read.is_null()) {
            wrong.push(format!("{file}: nothing in it"));
        }
        let odd = json!(oddities(&bundle));
        if odd != case["odd"] {
            wrong.push(format!("{file}: odd is {odd} instead of {}", case["odd"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() > 30);
    let folder =
        std::fs::read_dir(crate::support::fixtures::fixtures().join(FOLDER)).expect("a folder");
    assert_eq!(folder.count(), cases.len() + 1, "each file has its entry");
}

#[test]
fn x02_bytes_behind_a_certificate_are_no_part_of_its_fingerprint() {
    let read = |text: &str| {
        let bundle = Bundle::read(text);
        let leaf = bundle.leaf().expect("a certificate").certificate;
        (leaf.fingerprint_sha256.clone(), leaf.trailing_bytes)
    };
    let text = text("negative-serial-root.pem");
    let lines: Vec<&str> = text.lines().filter(|line| !line.contains('-')).collect();
    let whole = STANDARD.decode(lines.concat()).expect("base64");
    let (fingerprint, behind) = read(&STANDARD.encode(&whole));
    assert_eq!(behind, 0);
    for count in [1, 4, 400] {
        let longer = [whole.as_slice(), &vec![0; count]].concat();
        assert_eq!(read(&STANDARD.encode(longer)), (fingerprint.clone(), count));
    }
}

#[test]
fn x05_a_negative_serial_is_known_by_its_bytes_and_by_its_amount() {
    let bundle = Bundle::read(&text("negative-serial-root.pem"));
    let leaf = bundle.leaf().expect("a certificate");
    let serial = &leaf.certificate.serial;
    assert_eq!(serial.hex(), "ee2b3debd421de14a862ac04f3ddc401");
    assert!(serial.is("EE:2B:3D:EB:D4:21:DE:14:A8:62:AC:04:F3:DD:C4:01"));
    assert!(serial.is("-11D4C2142BDE21EB579D53FB0C223BFF"));
    assert!(!serial.is("-EE2B3DEBD421DE14A862AC04F3DDC401"));
}
