//! What the certificate in an ESA answer says against the text fields beside it.

use serde_json::{Value, json};

use crate::esa_certificates::{FOLDER, ID, LEAF, alone, read};
use crate::support::fixtures::{body, only};

/// The messages of the notes with that code.
fn messages(case: &str, code: &str) -> Vec<String> {
    let text = String::from_utf8(body(FOLDER, case)).expect("UTF-8");
    of_code(&only(FOLDER, ID, &text), code)
}

fn of_code(record: &Value, code: &str) -> Vec<String> {
    let notes = record["notes"].as_array().into_iter().flatten();
    let wanted = notes.filter(|note| note["code"] == code);
    let message = |note: &Value| note["message"].as_str().map(str::to_owned);
    wanted.filter_map(message).collect()
}

#[test]
fn a_text_that_is_eight_hours_off_seems_to_be_in_another_zone() {
    let off = messages("pem-dates-differ.json", "pem_date_conflict");
    assert_eq!(off.len(), 2);
    for (message, which) in off.iter().zip(["start", "end"]) {
        assert!(message.contains(which), "{message}");
        assert!(message.contains("UTC+8"), "{message}");
    }
    let other = messages("pem-expired-text-valid.json", "pem_date_conflict");
    assert!(!other.is_empty() && other.iter().all(|message| !message.contains("UTC+8")));
}

#[test]
fn names_that_differ_are_both_said() {
    let messages = messages("pem-names-of-all-kinds.json", "pem_name_conflict");
    assert!(
        messages[0].contains("*.example.com in the record and www.example.com, 192.0.2.7"),
        "{messages:?}"
    );
}

#[test]
fn a04_a_mismatch_names_what_differs() {
    let made = alone(&LEAF);
    for (record, said) in [
        (
            json!({"FingerprintSha256": "AB".repeat(32)}),
            "ab".repeat(32),
        ),
        (
            json!({"FingerprintSha256": "AB".repeat(32)}),
            made.sha256.clone(),
        ),
        (json!({"SerialNumber": "DE:AD"}), "DE:AD".to_owned()),
        (
            json!({"CommonName": "www.example.com"}),
            "www.example.com".to_owned(),
        ),
        (json!({}), "its names are missing".to_owned()),
        (json!({}), "shop.example.com".to_owned()),
    ] {
        let read = read(record.clone(), &made.pem);
        let messages = of_code(&read.record, "pem_mismatch");
        assert!(
            messages.len() == 1 && messages[0].contains(&said),
            "{record} {messages:?}"
        );
    }
}

#[test]
fn the_issuer_is_the_certificates_where_the_record_has_none() {
    let made = alone(&LEAF);
    for record in [json!({"FingerprintSha256": made.sha256}), json!({})] {
        let read = read(record.clone(), &made.pem);
        assert_eq!(read.record["issuer"], "CN=shop.example.com", "{record}");
    }
}
