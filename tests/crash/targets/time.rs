//! Everything that reads a moment out of a text.

use certcheck::credentials::Credential;
use certcheck::json;
use certcheck::model::threshold::{Threshold, Thresholds, turns_at};
use certcheck::model::timestamp::{
    BEIJING, Basis, Zone, epoch, epoch_text, offset, rfc3339, written,
};
use certcheck::model::{DateField, Facts};
use certcheck::redact::KnownSecrets;
use chrono::{Datelike as _, TimeDelta};
use serde_json::json;

use super::now;
use super::readers::{TOKEN, hold, response, target};

/// Up to four lines: a date, and what a PBX tells of its clock beside it (wall clock, timestamp, date format).
pub fn time(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.splitn(4, '\n');
    let mut next = || lines.next().unwrap_or_default();
    let (date, wall, timestamp, format) = (next(), next(), next(), next());
    for text in [date, wall, timestamp] {
        instants(text);
        thresholds(text);
    }
    saved_by_a_box(date);
    asked_of_a_box(date, wall, timestamp, format);
}

fn instants(text: &str) {
    let _ = (written(text), epoch_text(text), offset(text));
    if let Ok(number) = text.trim().parse() {
        let _ = epoch(number);
    }
    let unsure = Zone {
        earlier: TimeDelta::hours(14),
        later: TimeDelta::hours(14),
        ..Zone::certain(BEIJING, Basis::Assumed)
    };
    for zone in [Zone::utc(), unsure] {
        let reading = zone.read(text);
        assert_eq!(reading.raw.as_deref(), Some(text));
        sound(&reading);
    }
}

/// A moment lies in its own bounds and in the years of certificates, and what is printed of it is read again.
fn sound(reading: &DateField) {
    let Some(moment) = reading.moment() else {
        return;
    };
    assert!(moment.earliest <= moment.at && moment.at <= moment.latest);
    assert!((1971..=9999).contains(&moment.at.year()), "{moment:?}");
    let again = Zone::utc().read(&rfc3339(moment.at));
    assert_eq!(again.moment().map(|again| again.at), Some(moment.at));
}

fn thresholds(text: &str) {
    let Ok(threshold) = text.parse::<Threshold>() else {
        return;
    };
    let Some(both) = Thresholds::new(threshold, Threshold::Auto) else {
        return;
    };
    for days in [None, Some(1), Some(90), Some(366 * 8000)] {
        let (warn, crit) = both.resolve(days.map(TimeDelta::days));
        let _ = (turns_at(Some(now()), warn), turns_at(Some(now()), crit));
        assert!(warn.is_none_or(|warn| warn >= TimeDelta::zero()));
        assert!(warn.is_none() || crit <= warn, "{both:?}");
    }
}

fn certificate(date: &str) -> String {
    json!({"errcode": 0, "certificate": {"id": 4, "expiration": date}}).to_string()
}

fn boxed(facts: &[Facts]) {
    facts.iter().for_each(|facts| sound(&facts.not_after));
}

fn saved_by_a_box(date: &str) {
    let answer = json::parse(certificate(date).as_bytes()).expect("JSON of our own");
    for flags in [&[][..], &["--timezone", "+14:00"]] {
        let target = target("pbx", flags, true);
        let saved = target.service.saved(&answer, None).expect("a certificate");
        boxed(&saved.certificates());
    }
}

fn asked_of_a_box(date: &str, wall: &str, timestamp: &str, format: &str) {
    let target = target("pbx", &["--base-url", "https://192.168.5.150:8088"], false);
    let credential = Credential::new("AKIDtest0001", "test-secret-0001", None);
    let known = KnownSecrets::default();
    let ids = ["4".to_owned()];
    let mut conversations = target.service.converse(&ids, credential.into(), &known);
    let conversation = conversations.pop().expect("a conversation");
    let information = json!({"errcode": 0, "data": {
        "system_time": wall, "timestamp": timestamp, "system_date_format": format,
    }});
    let answer = |action: &str| match action {
        "get_token" => response(200, TOKEN),
        "system/information" => response(200, information.to_string().as_bytes()),
        _ => response(200, certificate(date).as_bytes()),
    };
    hold(conversation.flow, answer, |result| {
        boxed(&result.expect("a certificate"));
    });
}
