//! Every fixture, read as its index says.

use certcheck::error::Error;
use certcheck::model::Facts;
use serde_json::{Value, json};

use crate::support::fixtures::{
    OPERATIONS, Operation, asked, body, error_record, fixtures, index, notes, provider, record,
    saved,
};

type Outcome = Result<Vec<Facts>, Error>;

/// What differs between an outcome and what an index expects of it.
fn differences(operation: &Operation, outcome: Outcome, expected: &Value) -> Vec<String> {
    let provider = provider(operation.provider).name;
    match (outcome, expected.get("certificates"), expected.get("error")) {
        (Ok(facts), Some(certificates), _) => {
            let records: Vec<Value> = facts
                .into_iter()
                .map(|facts| record(provider, facts))
                .collect();
            let wanted = certificates.as_array().cloned().unwrap_or_default();
            if records.len() != wanted.len() {
                return vec![format!(
                    "{} certificates instead of {}",
                    records.len(),
                    wanted.len()
                )];
            }
            records
                .iter()
                .zip(&wanted)
                .flat_map(|(got, want)| members(got, want))
                .collect()
        }
        (Err(error), _, Some(wanted)) => {
            let mut wanted = wanted.clone();
            // Without a provider's code there is nothing to compare.
            wanted
                .as_object_mut()
                .expect("an object")
                .retain(|key, value| !(key == "code" && value.is_null()));
            members(&error_record(provider, error), &wanted)
        }
        (Ok(facts), None, _) => vec![format!("{} certificates instead of an error", facts.len())],
        (Err(error), ..) => vec![format!(
            "an error instead of certificates: {}",
            error.message
        )],
    }
}

fn members(got: &Value, want: &Value) -> Vec<String> {
    let wrong = |(key, value): (&String, &Value)| {
        // Of notes the codes alone are stable.
        let got = match key.as_str() {
            "notes" => json!(notes(got)),
            key => got[key].clone(),
        };
        (got != *value).then(|| format!("{key}: {got} instead of {value}"))
    };
    let members = want.as_object().expect("an object").iter();
    members.filter_map(wrong).collect()
}

/// Everything a person could see of an outcome.
fn visible(operation: &Operation, outcome: Outcome) -> String {
    let provider = provider(operation.provider).name;
    match outcome {
        Ok(facts) => facts
            .into_iter()
            .map(|facts| record(provider, facts).to_string())
            .collect(),
        Err(error) => error_record(provider, error).to_string(),
    }
}

fn cases(operation: &Operation) -> Vec<(String, Value)> {
    index(operation.folder).into_iter().collect()
}

fn status_of(case: &Value) -> Option<u16> {
    case["http_status"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok())
}

#[test]
fn every_answer_is_read_as_its_index_says() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for operation in &OPERATIONS {
        for (name, case) in cases(operation) {
            let bytes = body(operation.folder, &name);
            let id = case["asked"].as_str().expect("an id");
            if case["expect"].is_null() {
                wrong.push(format!(
                    "{}/{name}: the index does not settle it",
                    operation.folder
                ));
            }
            let outcome = match status_of(&case) {
                Some(status) => asked(operation, id, status, &bytes, None),
                None => saved(operation, Some(id), &bytes),
            };
            let found = differences(operation, outcome, &case["expect"]);
            wrong.extend(
                found
                    .iter()
                    .map(|text| format!("{}/{name}: {text}", operation.folder)),
            );
            checked += 1;
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differences:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(checked > 400, "only {checked} fixtures were found");
}

#[test]
fn a_saved_answer_is_judged_like_a_fresh_one() {
    let mut wrong = Vec::new();
    for operation in &OPERATIONS {
        // A status other than 200 is lost when an answer is saved, and with it what only the status told.
        // And what answers no question about one certificate may be a page of a list where nothing was asked.
        let kept = |(name, case): &(String, Value)| {
            let whole = status_of(case) == Some(200) && case["well_formed"] != Value::Bool(false);
            whole && name != "result-is-list.json"
        };
        for (name, case) in cases(operation).into_iter().filter(kept) {
            let bytes = body(operation.folder, &name);
            let outcome = saved(operation, case["asked"].as_str(), &bytes);
            let found = differences(operation, outcome, &case["expect"]);
            wrong.extend(
                found
                    .iter()
                    .map(|text| format!("{}/{name}: {text}", operation.folder)),
            );
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differences:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_box_that_tells_its_clock_settles_the_zone() {
    let operation = OPERATIONS
        .iter()
        .find(|operation| operation.provider == "pbx")
        .expect("the PBX");
    let mut wrong = Vec::new();
    let mut checked = 0;
    for (name, case) in cases(operation) {
        let Some(with) = case["expect_with"].as_object() else {
            continue;
        };
        for (clock, expected) in with {
            let told = std::fs::read(fixtures().join("pbx").join(clock)).expect("a clock");
            let id = case["asked"].as_str().expect("an id");
            let outcome = asked(
                operation,
                id,
                200,
                &body(operation.folder, &name),
                Some(&told),
            );
            let found = differences(operation, outcome, expected);
            wrong.extend(
                found
                    .iter()
                    .map(|text| format!("{name} with {clock}: {text}")),
            );
            checked += 1;
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differences:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(checked > 5, "only {checked} pairs were found");
}

#[test]
fn nothing_that_must_not_be_shown_is_shown() {
    for operation in &OPERATIONS {
        for (name, case) in cases(operation) {
            let bytes = body(operation.folder, &name);
            let id = case["asked"].as_str().expect("an id");
            let text = visible(
                operation,
                asked(operation, id, status_of(&case).unwrap_or(200), &bytes, None),
            );
            let more = case["never_shown"].as_array().cloned().unwrap_or_default();
            let hidden = more.iter().filter_map(Value::as_str).chain(["CANARY"]);
            for secret in hidden {
                assert!(
                    !text.contains(secret),
                    "{}/{name} shows {secret}: {text}",
                    operation.folder
                );
            }
        }
    }
}

#[test]
fn every_fixture_has_its_entry_and_every_entry_its_fixture() {
    for operation in OPERATIONS
        .iter()
        .map(|operation| operation.folder)
        .chain(["pbx/get-token", "pbx/system-information"])
    {
        let entries: Vec<String> = index(operation).keys().cloned().collect();
        let mut files: Vec<String> = std::fs::read_dir(fixtures().join(operation))
            .expect("a folder")
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name != "index.json")
            .collect();
        files.sort();
        assert_eq!(entries, files, "{operation}");
    }
}

#[test]
fn a_compressed_answer_is_named_as_one_and_its_status_still_counts() {
    use certcheck::adapters::response_body;
    use certcheck::error::Kind;
    use certcheck::exchange::Response;

    let response = |status, encoding: &str, body: &[u8]| {
        let mut headers = http::HeaderMap::new();
        headers.insert("content-encoding", encoding.parse().expect("a header"));
        Response {
            status,
            headers,
            body: body.to_vec(),
        }
    };
    for encoding in ["gzip", "br", "deflate, gzip"] {
        for (status, kind) in [
            (200, Kind::Protocol),
            (400, Kind::Protocol),
            (503, Kind::Unavailable),
            (429, Kind::Throttled),
        ] {
            let read = response_body::object(&response(status, encoding, b"\x1f\x8b\x08\0"));
            let Err(error) = read else {
                panic!("bytes that are no JSON");
            };
            assert_eq!(error.kind, kind);
            let named = error.message.contains(&format!("compressed ({encoding})"));
            assert_eq!(named, kind == Kind::Protocol, "{}", error.message);
        }
    }
    let long = response_body::object(&response(200, &"x".repeat(500), b"\x1f")).err();
    assert!(long.expect("no JSON").message.len() < 200);
    let plain = response_body::object(&response(200, "identity", b"\x1f")).err();
    assert!(!plain.expect("no JSON").message.contains("compressed"));
}
