//! What a person reads of every documented code and of every note, as files under `tests/snapshots`.

use std::collections::{BTreeMap, BTreeSet};

use certcheck::adapters::{Provider, REGISTRY};
use certcheck::model::threshold::{Threshold, Thresholds};
use certcheck::model::{Facts, Policy, Status, Verdict, judge};
use certcheck::render::text::visible;

use crate::error_codes::{refused, rows};
use crate::support::fixtures::{
    OPERATIONS, asked, body, fixtures, index, now, provider, read_by, target,
};
use crate::support::snapshot::{same, same_folder};

#[test]
fn every_documented_code_as_an_error() {
    let page = |provider: &&Provider| {
        let mut groups: Vec<(String, String)> = Vec::new();
        for row in rows(provider.name) {
            let error = refused(provider.name, &row);
            let (kind, hint) = (error.kind.as_str(), error.hint());
            // The codes of the key have it in their message too.
            let code = row["code"].as_str().expect("a code");
            let message = error.message.replace(code, "CODE");
            let said = format!("{kind}: {message}\n  hint: {hint}\n");
            let line = format!("    {code}, HTTP {}\n", row["http_status"]);
            match groups.iter_mut().find(|(known, _)| *known == said) {
                Some((_, codes)) => codes.push_str(&line),
                None => groups.push((said, line)),
            }
        }
        let texts = groups.into_iter().map(|(said, codes)| said + &codes);
        (
            provider.name.to_owned(),
            texts.collect::<Vec<_>>().join("\n"),
        )
    };
    same_folder("codes", &REGISTRY.iter().map(page).collect::<Vec<_>>());
}

/// Every fixture's facts, judged by several policies.
fn judged(mut found: impl FnMut(&'static str, Facts)) {
    // No fixture can tell what else was asked for.
    let other_site = target("esa", &["--site-id", "1"], false).expect("a target");
    let seed = body("esa/get-client-certificate", "seed.json");
    for facts in read_by(&other_site, "a", 200, &seed).expect("a certificate") {
        found("esa", facts);
    }
    for operation in &OPERATIONS {
        let name = provider(operation.provider).name;
        for (case, told) in index(operation.folder) {
            let status = told["http_status"].as_u64().unwrap_or(200);
            let status = u16::try_from(status).expect("a status");
            let id = told["asked"].as_str().expect("an id");
            let body = body(operation.folder, &case);
            for facts in asked(operation, id, status, &body, None)
                .into_iter()
                .flatten()
            {
                found(name, facts);
            }
        }
    }
}

/// Examples of one note of one provider.
const MOST: usize = 4;

/// Whether two notes differ in no more than ids, dates and numbers.
fn alike(one: &str, other: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let all = text.split(' ').map(str::to_owned);
        all.filter(|word| !word.contains(|c: char| c.is_ascii_digit()))
            .collect()
    };
    words(one) == words(other)
}

#[test]
fn every_note_with_examples() {
    let policy = |warn, severity| Policy {
        thresholds: Thresholds::new(warn, Threshold::Auto).expect("thresholds"),
        severity,
        ..Policy::at(now())
    };
    let policies = [
        policy(Threshold::Auto, Vec::new()),
        policy(Threshold::Share(20), vec![(Status::Pending, Verdict::Ok)]),
    ];
    let mut examples: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    judged(|provider, facts| {
        for policy in &policies {
            for note in judge(provider, facts.clone(), policy).facts.notes {
                let known = examples.entry((note.code(), provider)).or_default();
                let example = visible(&certcheck::messages::en::note(&note), true);
                if known.len() < MOST && !known.iter().any(|other| alike(other, &example)) {
                    known.push(example);
                }
            }
        }
    });
    let mut text = String::new();
    for ((code, provider), lines) in &examples {
        text.push_str(&format!("{code}, {provider}\n"));
        lines
            .iter()
            .for_each(|line| text.push_str(&format!("  {line}\n")));
    }
    same("notes.txt", &text);
    // These are made by those who ask, of more than one answer.
    let others = ["clock_corrected", "start_assumed", "superseded"];
    let readme = std::fs::read_to_string(fixtures().join("../README.md")).expect("a file");
    let list = readme
        .split("Codes in `notes`:")
        .nth(1)
        .and_then(|rest| rest.split("\n\n").next());
    let listed = list.expect("the list").split('`').skip(1).step_by(2);
    let listed: BTreeSet<&str> = listed.filter(|code| !others.contains(code)).collect();
    let shown: BTreeSet<&str> = examples.into_keys().map(|(code, _)| code).collect();
    assert_eq!(shown, listed);
}
