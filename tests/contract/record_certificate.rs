//! Which certificate of a text is the record's, and what counts where none is.

use serde_json::{Value, json};

use crate::esa_certificates::{ENDED, LEAF, Made, ROOT, Wish, alone, read};

/// A record of that certificate that has ended by its text.
fn ended(more: Value) -> Value {
    let mut record = json!({"CommonName": "shop.example.com", "SAN": "shop.example.com",
        "NotBefore": "2025-01-01 00:00:00", "NotAfter": "2026-01-01 00:00:00"});
    let more = more.as_object().expect("members").clone();
    record.as_object_mut().expect("an object").extend(more);
    record
}

fn named() -> Value {
    json!({"CommonName": "shop.example.com"})
}

fn cut(made: &Made) -> String {
    made.pem
        .get(..made.pem.len() / 2)
        .expect("ASCII")
        .to_owned()
}

fn texts(all: &[&Made]) -> String {
    all.iter().map(|made| made.pem.as_str()).collect()
}

#[test]
fn a04_a_certificate_that_is_not_the_records_never_vouches_for_it() {
    let root = alone(&ROOT);
    let leaf = root.issue(&Wish {
        years: ENDED,
        ..LEAF
    });
    let other = alone(&Wish {
        name: "other.example.com",
        ..LEAF
    });
    let first_version = Wish {
        name: "Old Root",
        authority: None,
        ..ROOT
    };
    let many: Vec<Made> = (0..16).map(|_| alone(&ROOT)).collect();
    let many = texts(&many.iter().collect::<Vec<_>>());
    let texts = [
        ("another certificate", other.pem.clone()),
        ("the authority alone", root.pem.clone()),
        (
            "the authority, and the leaf cut off",
            root.pem.clone() + &cut(&leaf),
        ),
        ("sixteen authorities before the leaf", many + &leaf.pem),
        (
            "an old root before the leaf",
            alone(&first_version).pem + &leaf.pem,
        ),
    ];
    let marks = [
        json!({}),
        json!({"SerialNumber": "00:de:ad:be:ef"}),
        json!({"FingerprintSha256": "ab".repeat(32)}),
    ];
    for (what, text) in &texts {
        for mark in &marks {
            let read = read(ended(mark.clone()), text);
            assert_eq!(
                read.summary(),
                ("EXPIRED", "critical", "2026"),
                "{what} {mark}"
            );
            let mark = mark.as_object().expect("members").iter().next();
            if let Some((key, value)) = mark.filter(|(key, _)| *key == "FingerprintSha256") {
                assert_eq!(json!(read.sha256), *value, "{what} {key}");
                assert!(read.has("pem_mismatch"), "{what} {key}");
            }
        }
    }
}

#[test]
fn a04_where_neither_proves_to_be_the_others_the_worse_of_both_counts_and_it_is_unknown() {
    let other = alone(&Wish {
        name: "other.example.com",
        ..LEAF
    });
    let past = alone(&Wish {
        name: "other.example.com",
        years: ENDED,
        ..LEAF
    });
    let ahead = alone(&Wish {
        name: "other.example.com",
        years: (2027, 2030),
        ..LEAF
    });
    let valid = |end: &str| json!({"CommonName": "shop.example.com", "NotBefore": "2025-01-01 00:00:00", "NotAfter": end});
    for (record, made, expected) in [
        (
            valid("2030-01-01 00:00:00"),
            &other,
            ("OK", "unknown", "2028"),
        ),
        (
            valid("2027-01-01 00:00:00"),
            &other,
            ("OK", "unknown", "2027"),
        ),
        (
            valid("2027-01-01 00:00:00"),
            &past,
            ("EXPIRED", "critical", "2026"),
        ),
        (
            valid("2030-01-01 00:00:00"),
            &ahead,
            ("NOT_YET_VALID", "unknown", "2030"),
        ),
        (named(), &other, ("OK", "unknown", "2028")),
        (json!({}), &other, ("OK", "unknown", "2028")),
        (
            json!({"NotAfter": "soon"}),
            &other,
            ("OK", "unknown", "2028"),
        ),
    ] {
        let read = read(record.clone(), &made.pem);
        assert_eq!(read.summary(), expected, "{record}");
        assert!(read.has("pem_mismatch"), "{record}: {:?}", read.notes);
    }
    // What the record says of itself stays; what it does not say is the text's.
    let read = read(
        json!({"CommonName": "shop.example.com", "Issuer": "Own", "SerialNumber": "dead"}),
        &other.pem,
    );
    assert_eq!(read.record["domains"], json!(["shop.example.com"]));
    assert_eq!(read.record["issuer"], "Own");
    assert_eq!(read.record["serial"], "dead");
    assert_eq!(read.sha256, other.sha256);
}

#[test]
fn a04_a_block_that_has_the_records_mark_is_its_certificate_wherever_it_stands() {
    let root = alone(&ROOT);
    let serial = vec![0x9f, 0x3a, 0x00, 0x01];
    let leaf = root.issue(&Wish {
        serial: serial.clone(),
        ..LEAF
    });
    let later = root.issue(&Wish {
        years: (2025, 2035),
        ..LEAF
    });
    let past = root.issue(&Wish {
        years: ENDED,
        ..LEAF
    });
    let text = texts(&[&later, &root, &leaf, &past]) + &cut(&past);
    let upper = leaf.sha256.to_uppercase();
    let pairs: Vec<&str> = (0..32).map(|at| &upper[at * 2..at * 2 + 2]).collect();
    for mark in [
        json!({"FingerprintSha256": leaf.sha256}),
        json!({"FingerprintSha256": upper, "SerialNumber": "dead"}),
        json!({"FingerprintSha256": pairs.join(":")}),
        json!({"SerialNumber": "9F3A0001"}),
        json!({"SerialNumber": "009f:3a:00:01", "FingerprintSha256": "not there"}),
        json!({"SerialNumber": "2671378433"}),
    ] {
        // An end in the record that is past does not matter beside its own certificate.
        for record in [mark.clone(), ended(mark.clone())] {
            let read = read(record, &text);
            assert_eq!(
                read.summary(),
                ("OK", "ok", "2028"),
                "{mark}: {:?}",
                read.notes
            );
            assert_eq!(read.sha256, leaf.sha256, "{mark}");
            assert!(
                !read.has("pem_several") && !read.has("pem_mismatch"),
                "{mark}"
            );
            assert!(read.has("pem_unreadable"), "a fact, but no doubt: {mark}");
        }
    }
    let spoken = ended(json!({"SerialNumber": "dead"}));
    assert_eq!(
        read(spoken, &text).summary(),
        ("EXPIRED", "critical", "2026")
    );
}

#[test]
fn a04_of_several_with_one_serial_the_leaf_counts() {
    let one = Wish {
        serial: vec![1],
        ..ROOT
    };
    let root = alone(&one);
    let leaf = root.issue(&Wish {
        serial: vec![1],
        years: ENDED,
        ..LEAF
    });
    let twin = alone(&Wish {
        serial: vec![1],
        ..LEAF
    });
    let mark = || json!({"SerialNumber": "01"});
    let chain = read(mark(), &texts(&[&root, &leaf]));
    assert_eq!(chain.summary(), ("EXPIRED", "critical", "2026"));
    assert!(!chain.has("pem_several"));
    let twins = read(mark(), &texts(&[&twin, &leaf]));
    assert_eq!(twins.summary(), ("EXPIRED", "critical", "2026"));
    assert!(twins.has("pem_several"));
}

#[test]
fn a04_names_prove_a_certificate_in_every_form_of_a_name() {
    let made = alone(&Wish {
        name: "shop.xn--bcher-kva.example",
        ..LEAF
    });
    for names in [
        json!({"CommonName": "shop.xn--bcher-kva.example"}),
        json!({"CommonName": "Shop.Bücher.Example."}),
        json!({"SAN": "shop.bücher.example, SHOP.XN--BCHER-KVA.EXAMPLE"}),
        json!({"SAN": ["shop.bücher.example"]}),
    ] {
        let read = read(names.clone(), &made.pem);
        assert_eq!(read.summary(), ("OK", "ok", "2028"), "{names}");
        assert!(read.notes.is_empty(), "{names}: {:?}", read.notes);
    }
    for names in [
        json!({"CommonName": "shop.bücher.example", "SAN": "www.bücher.example"}),
        json!({"CommonName": "*.bücher.example"}),
        json!({"CommonName": "bücher.example"}),
    ] {
        let read = read(names.clone(), &made.pem);
        assert_eq!(read.verdict, "unknown", "{names}");
        assert!(read.has("pem_mismatch"), "{names}");
    }
}

#[test]
fn a04_a_block_that_cannot_be_read_leaves_doubt() {
    let root = alone(&ROOT);
    let leaf = root.issue(&LEAF);
    let empty = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
    for text in [
        leaf.pem.clone() + &cut(&root),
        cut(&root) + "\n" + &leaf.pem,
        leaf.pem.clone() + empty,
        leaf.pem.clone() + "-----BEGIN CERTIFICATE-----\n",
        leaf.pem.clone() + "-----BEGIN PKCS7-----\nMAMCAQ==\n-----END PKCS7-----\n",
        leaf.pem
            .replace("-----END CERTIFICATE-----", "-----END CERTIF"),
        cut(&leaf),
        empty.to_owned(),
    ] {
        let without = read(ended(json!({"NotAfter": "2028-01-01 00:00:00"})), &text);
        assert_eq!(without.summary(), ("OK", "unknown", "2028"), "{text}");
        assert!(without.has("pem_unreadable"), "{text}");
    }
    for text in ["-----BEGIN CERTIFICATE-----", "****", ""] {
        let read = read(ended(json!({"NotAfter": "2028-01-01 00:00:00"})), text);
        assert_eq!(read.summary(), ("OK", "ok", "2028"), "{text}");
    }
    let key = "-----BEGIN PRIVATE KEY-----\nMAMCAQ==\n-----END PRIVATE KEY-----\n";
    let with_key = read(named(), &format!("{key}{}{key}", leaf.pem));
    assert_eq!(with_key.summary(), ("OK", "ok", "2028"));
    assert!(with_key.notes.is_empty(), "{:?}", with_key.notes);
}

#[test]
fn a04_a_text_of_very_many_blocks_is_read_to_its_end() {
    let namesake = Wish {
        name: "Example Root",
        ..LEAF
    };
    let mut text = String::new();
    // Each of 60 could have issued each of 60 others by its name, and did not: more than anybody would check.
    for _ in 0..60 {
        let other = alone(&ROOT).issue(&namesake);
        text.push_str(&alone(&namesake).pem);
        text.push_str(&other.pem);
    }
    let root = alone(&ROOT);
    let leaf = root.issue(&Wish {
        years: ENDED,
        ..LEAF
    });
    text.push_str(&leaf.pem);
    let by_place = read(named(), &text);
    assert_eq!(by_place.summary(), ("EXPIRED", "critical", "2026"));
    assert!(by_place.has("pem_several"));
    // Looking for the end of each from its own place would read the text as often as it has blocks.
    text.push_str(&"-----BEGIN CERTIFICATE-----\n".repeat(50_000));
    let by_mark = read(json!({"FingerprintSha256": leaf.sha256}), &text);
    assert_eq!(by_mark.summary(), ("EXPIRED", "critical", "2026"));
    assert!(by_mark.has("pem_unreadable"));
}
