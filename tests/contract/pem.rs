//! What the certificate in an ESA answer says against the text fields beside it.

use serde_json::Value;

use crate::harness::{body, only};

const FOLDER: &str = "esa/get-client-certificate";

/// The messages of the notes with that code.
fn messages(case: &str, code: &str) -> Vec<String> {
    let text = String::from_utf8(body(FOLDER, case)).expect("UTF-8");
    let record = only(FOLDER, "baba39055622c008b90285a8838ed09a", &text);
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
    let messages = messages("pem-names-differ.json", "pem_name_conflict");
    assert!(
        messages[0].contains("in the text and www.example.com"),
        "{messages:?}"
    );
}
