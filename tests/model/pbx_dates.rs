//! The PBX's dates, whose form is documented nowhere: read through the whole command, from a saved answer.

use serde_json::{Value, json};

use crate::support::world::FakeWorld;

/// The certificate that comes of that `expiration`.
fn certificate(expiration: &str, flags: &[&str]) -> Value {
    let saved = json!({"errcode": 0, "certificate": {"id": 4, "expiration": expiration}});
    let world = FakeWorld::default().stdin(saved.to_string());
    let arguments = [&["pbx", "--from", "-", "--json"], flags].concat();
    world.run_args(arguments).json()["certificates"][0].clone()
}

fn end(expiration: &str) -> Option<String> {
    let certificate = certificate(expiration, &[]);
    certificate["not_after"].as_str().map(str::to_owned)
}

#[test]
fn every_form_of_a_display_setting_is_read() {
    for text in [
        "2027-05-31 14:09:05",
        "2027/05/31 14:09:05",
        "2027.05.31 14:09:05",
        "2027/05/31 02:09:05 PM",
        "2027/05/31 2:09:05 pm",
        "31/05/2027 14:09:05",
        "31-05-2027 02:09:05 PM",
        "05.31.2027 14:09:05",
        "2027-05-31T14:09:05Z",
        "2027-05-31T22:09:05+08:00",
        "31/05/2027T14:09:05",
        "May 31 14:09:05 2027 GMT",
        "1811772545",
        "1811772545123",
        "  2027/05/31 14:09:05 ",
    ] {
        assert_eq!(end(text).as_deref(), Some("2027-05-31T14:09:05Z"), "{text}");
    }
    assert_eq!(
        end("Jun  1 12:00:00 2027 GMT").as_deref(),
        Some("2027-06-01T12:00:00Z")
    );
    assert_eq!(
        end("2027/05/31 14:09").as_deref(),
        Some("2027-05-31T14:09:00Z")
    );
    for day in ["2027-05-31", "31/05/2027", "05/31/2027"] {
        assert_eq!(end(day).as_deref(), Some("2027-05-31T23:59:59Z"), "{day}");
    }
    assert_eq!(end("05/05/2027").as_deref(), Some("2027-05-05T23:59:59Z"));
}

#[test]
fn what_is_no_date_or_could_be_two_is_unknown_with_a_note() {
    for (text, code) in [
        ("-", "no_date"),
        ("", "no_date"),
        ("abc", "date_unreadable"),
        ("01/02/2027 10:00:00", "date_ambiguous"),
        ("01/02/2027", "date_ambiguous"),
        ("13/13/2027", "date_unreadable"),
        ("31/04/2027", "date_unreadable"),
        ("31/05/27", "date_unreadable"),
        ("31/05/2027 14", "date_unreadable"),
        ("20270531", "date_unreadable"),
        ("18117725450000", "date_unreadable"),
        ("0000000000", "date_unreadable"),
        ("1970-01-01 00:00:00", "date_unreadable"),
        ("31/05/1970", "date_unreadable"),
        ("Jan  1 00:00:00 1970 GMT", "date_unreadable"),
        ("Jan  1 00:00:00 99999 GMT", "date_unreadable"),
        ("Jun  1 12:00:00 2027", "date_unreadable"),
    ] {
        let certificate = certificate(text, &[]);
        assert_eq!(certificate["status"], "UNKNOWN", "{text:?}");
        assert_eq!(certificate["notes"][0]["code"], code, "{text:?}");
        assert_eq!(certificate["not_after"], Value::Null, "{text:?}");
        assert_eq!(certificate["days_left"], Value::Null, "{text:?}");
    }
}

#[test]
fn how_the_zone_is_known_is_said() {
    let text = "2027-05-31 14:09:05";
    let guessed = certificate(text, &[]);
    assert_eq!(guessed["time_basis"], "assumed");
    assert_eq!(guessed["notes"][0]["code"], "zone_assumed");
    let note = guessed["notes"][0]["message"].to_string();
    assert!(
        note.contains("(set --timezone if you know the zone)"),
        "{note}"
    );
    let told = certificate(text, &["--timezone", "+08:00"]);
    assert_eq!(told["time_basis"], "configured");
    assert_eq!(told["not_after"], "2027-05-31T06:09:05Z");
    for text in [
        "2027-05-31 14:09:05Z",
        "1811772545",
        "May 31 14:09:05 2027 GMT",
    ] {
        let own = certificate(text, &["--timezone", "+08:00"]);
        assert_eq!(own["time_basis"], "utc", "{text}");
        assert_eq!(own["not_after"], "2027-05-31T14:09:05Z", "{text}");
    }
}

#[test]
fn fractions_of_a_moment_to_judge_for_do_not_count() {
    let at = |at| certificate("2027-05-31T14:09:05Z", &["--at", at]);
    assert_eq!(at("2027-05-31T14:09:05.9Z")["status"], "OK");
    let past = at("2027-05-31T14:09:06.1Z");
    assert_eq!(
        (&past["status"], &past["days_left"]),
        (&"EXPIRED".into(), &(-1).into())
    );
}
