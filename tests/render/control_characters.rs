//! Text from outside is data: nothing in it may act on a terminal, break a line or turn text around.

use certcheck::messages::en;
use certcheck::model::{Environment, Facts, Note, ProviderState, Report, Status};
use certcheck::render::json;
use certcheck::render::style::TextStyle;
use certcheck::render::table;
use certcheck::render::text::{cells, visible};
use proptest::prelude::*;
use serde_json::Value;

use crate::{dated, failure, report, terminal, without_colour};

const BIDI: &[char] = &[
    '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
    '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];

/// Controls but for the line feeds that end our own lines, and marks of direction.
fn acts(c: char) -> bool {
    (c.is_control() && c != '\n') || BIDI.contains(&c)
}

fn hostile_char() -> impl Strategy<Value = char> {
    let awkward: Vec<char> = "\u{1b}\u{9b}\u{7f}\u{85}\u{0}\u{7}\u{8}\r\n\t\\\"\u{feff}\u{200b}\u{2028}证é🎉\u{301}\u{fe0f}"
        .chars()
        .chain(BIDI.iter().copied())
        .collect();
    prop_oneof![
        3 => proptest::sample::select(awkward),
        1 => any::<char>(),
        4 => proptest::char::range(' ', '~'),
    ]
}

fn hostile(most: usize) -> impl Strategy<Value = String> {
    proptest::collection::vec(hostile_char(), 0..most).prop_map(|chars| chars.into_iter().collect())
}

fn facts() -> impl Strategy<Value = Facts> {
    let text = || proptest::option::of(hostile(50));
    let domains = proptest::collection::vec(hostile(40), 0..4);
    (
        text(),
        text(),
        text(),
        text(),
        domains,
        hostile(80),
        -50_i64..200,
        0..3_usize,
    )
        .prop_map(|(id, name, scope, word, domains, note, days, place)| {
            let mut facts = Facts {
                id,
                name,
                scope,
                domains,
                environment: [
                    None,
                    Some(Environment::Production),
                    Some(Environment::Development),
                ][place],
                word: [
                    ProviderState::ByDate,
                    ProviderState::ByDate,
                    ProviderState::Is(Status::Unknown),
                ][place],
                provider_status: word,
                ..dated("", days)
            };
            facts.note(Note::StatusUnknown { word: Some(note) });
            facts
        })
}

fn reports() -> impl Strategy<Value = Report> {
    let certificates = proptest::collection::vec(facts(), 1..5);
    let failures = proptest::collection::vec((hostile(30), hostile(120)), 0..2);
    (certificates, failures).prop_map(|(certificates, failures)| {
        let failures = failures
            .iter()
            .map(|(id, text)| failure(id, text))
            .collect();
        report(
            certificates
                .into_iter()
                .map(|facts| ("tencent", facts))
                .collect(),
            failures,
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_in_a_table_acts(report in reports(), width in 40_u16..220, piped: bool, utf8: bool, colour: bool) {
        let look = TextStyle { piped, utf8, colour, ..terminal(width) };
        let text = without_colour(&table::report(&report, look));
        prop_assert!(!text.contains(acts), "{:?}", text);
        if !utf8 {
            prop_assert!(text.is_ascii(), "{:?}", text);
        }
    }

    #[test]
    fn no_row_is_wider_than_the_terminal_but_for_ids(report in reports(), width in 60_u16..220) {
        let text = table::report(&report, terminal(width));
        let ids: Vec<String> = report.certificates.iter().filter_map(|c| Some(visible(c.facts.id.as_deref()?, true))).collect();
        for line in text.lines().take_while(|line| !line.is_empty()) {
            // An id that is too long stands alone beside its provider, whole.
            let id = line.strip_prefix("tencent").unwrap_or_default().trim_start();
            let alone = ids.iter().any(|whole| whole.trim() == id);
            prop_assert!(alone || cells(line) <= usize::from(width), "{} > {width}: {line}", cells(line));
        }
    }

    #[test]
    fn rows_have_as_many_lines_whatever_the_names_hold(report in reports()) {
        let text = table::report(&report, TextStyle { piped: true, ..terminal(4000) });
        let rows = text.lines().take_while(|line| !line.is_empty());
        // Without a frame: one line for the titles.
        prop_assert_eq!(rows.count(), report.certificates.len() + 1);
    }

    #[test]
    fn json_says_exactly_what_was_said_and_nothing_in_it_acts(report in reports()) {
        let text = json::report(&report);
        prop_assert!(!text.contains(acts));
        let separator = text.contains('\u{2028}');
        prop_assert!(!separator);
        let value: Value = serde_json::from_str(&text).expect("JSON");
        for (index, certificate) in report.certificates.iter().enumerate() {
            let (printed, facts) = (&value["certificates"][index], &certificate.facts);
            prop_assert_eq!(printed["id"].as_str(), facts.id.as_deref());
            prop_assert_eq!(printed["name"].as_str(), facts.name.as_deref());
            prop_assert_eq!(printed["scope"].as_str(), facts.scope.as_deref());
            prop_assert_eq!(printed["provider_status"].as_str(), facts.provider_status.as_deref());
            let domains: Vec<&str> = facts.domains.iter().map(String::as_str).collect();
            prop_assert_eq!(&printed["domains"], &Value::from(domains));
            prop_assert_eq!(&printed["notes"][0]["message"], &Value::from(en::note(&facts.notes[0])));
            let line: Value = serde_json::from_str(&json::certificate_line(certificate)).expect("JSON");
            prop_assert_eq!(&line["name"], &printed["name"]);
        }
    }

    #[test]
    fn made_visible_twice_is_the_same(text in hostile(60), utf8: bool) {
        let once = visible(&text, utf8);
        prop_assert_eq!(visible(&once, utf8), once);
    }
}

#[test]
fn json_writes_what_acts_as_escapes() {
    let mut facts = dated("1", 300);
    facts.name = Some("a\u{7f}\u{85}\u{9b}\u{202e}\u{2066}\u{1b}\n\u{e0001}证é".to_owned());
    let report = report(vec![("pbx", facts)], vec![]);
    let text = json::report(&report);
    assert!(
        text.contains(r#""name": "a\u007f\u0085\u009b\u202e\u2066\u001b\n"#),
        "{text}"
    );
    assert!(text.contains("证é"), "what does not act stays as it is");
}
