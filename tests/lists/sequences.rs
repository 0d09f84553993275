//! Several lists one after another: joined by id, and one that fails does not stop the others.

use std::collections::VecDeque;

use certcheck::adapters::list_sequence::{ListPart, ListSequence};
use certcheck::adapters::listing::ListBatch;
use certcheck::error::{Error, Kind};
use certcheck::exchange::{EffectResult, Endpoint, Flow, FlowProgress, Request, Stamp, Step};
use certcheck::model::Facts;
use http::{HeaderMap, Method};

/// A list in pages that are known; a letter is an id, and a capital one says something else.
struct Pages(VecDeque<&'static str>);

impl Flow for Pages {
    type Output = ListBatch;

    fn step(&self, _: Stamp) -> Result<Step, Error> {
        let to = Endpoint::https("service.test");
        Ok(Step::read(Request::new(
            Method::GET,
            &to,
            "/".to_owned(),
            "List",
        )))
    }

    fn answer(
        &mut self,
        answer: Result<EffectResult, Error>,
    ) -> Result<FlowProgress<ListBatch>, Error> {
        answer?;
        let facts = |letter: char| Facts {
            id: Some(letter.to_ascii_lowercase().to_string()),
            provider_status: Some(letter.is_ascii_uppercase().to_string()),
            ..Facts::default()
        };
        let page = self.0.pop_front().expect("a page");
        let batch = ListBatch {
            certificates: page.chars().map(facts).collect(),
            total: Some(3),
            ..ListBatch::default()
        };
        Ok(if self.0.is_empty() {
            FlowProgress::Done(batch)
        } else {
            FlowProgress::Part(batch)
        })
    }
}

fn pages(pages: &[&'static str]) -> Pages {
    Pages(pages.iter().copied().collect())
}

fn part(label: &str, pages: Pages) -> ListPart {
    ListPart {
        label: Some(("site", label.to_owned())),
        flow: Box::new(pages),
    }
}

/// What a sequence brought: ids, contradictions, what is missing, the latest total.
#[derive(Debug, Default, PartialEq)]
struct Brought {
    ids: String,
    contradicted: Vec<String>,
    missing: Vec<String>,
    total: Option<u64>,
}

/// Runs a sequence; the requests with these numbers fail for good.
fn run(mut sequence: ListSequence, failing: &[(usize, Kind)]) -> Result<Brought, Error> {
    let mut brought = Brought::default();
    for number in 0..20 {
        let stamp = Stamp {
            time: chrono::DateTime::UNIX_EPOCH,
            nonce: [7; 16],
        };
        sequence.step(stamp)?;
        let response = certcheck::exchange::Response {
            status: 200,
            headers: HeaderMap::new(),
            body: Vec::new(),
        };
        let failed = failing.iter().find(|(at, _)| *at == number);
        let answer = match failed {
            Some((_, kind)) => Err(Error::new(*kind, "no")),
            None => Ok(response.into()),
        };
        let (batch, done) = match sequence.answer(answer)? {
            FlowProgress::More => continue,
            FlowProgress::Part(batch) => (batch, false),
            FlowProgress::Done(batch) => (batch, true),
        };
        let ids = batch.certificates.into_iter().filter_map(|facts| facts.id);
        brought.ids.extend(ids);
        brought.contradicted.extend(batch.contradicted);
        brought
            .missing
            .extend(batch.missing.map(|error| error.message));
        brought.total = batch.total.or(brought.total);
        if done {
            return Ok(brought);
        }
    }
    panic!("it goes on for ever");
}

fn three() -> ListSequence {
    ListSequence::of([
        part("1", pages(&["ab", "c"])),
        part("2", pages(&["bd"])),
        part("3", pages(&["Ce"])),
    ])
}

#[test]
fn lists_are_joined_by_id_and_a_difference_is_told() {
    let brought = run(three(), &[]).expect("lists");
    assert_eq!(brought.ids, "abcde");
    assert_eq!(brought.contradicted, ["c"]);
    assert!(brought.missing.is_empty());
    assert_eq!(brought.total, Some(9));
}

#[test]
fn a_list_that_fails_is_missing_and_the_others_are_read() {
    let brought = run(three(), &[(2, Kind::Permission)]).expect("lists");
    assert_eq!(brought.ids, "abce");
    assert_eq!(brought.missing, ["site 2: no"]);
    for kind in [Kind::Credentials, Kind::Clock] {
        let error = run(three(), &[(2, kind)]).expect_err("the key is refused");
        assert_eq!(error.kind, kind);
    }
}

fn each(parents: &[&'static str]) -> ListSequence {
    ListSequence::of_each(pages(parents), |parent| {
        let id = parent.id.expect("an id");
        if id == "x" {
            return Err(Error::new(Kind::Protocol, "a parent that is none"));
        }
        let records = if id == "a" { "mn" } else { "no" };
        Ok(part(&id, pages(&[records])))
    })
}

#[test]
fn the_records_of_one_list_name_the_lists_that_follow() {
    let brought = run(each(&["a", "b"]), &[]).expect("lists");
    assert_eq!((brought.ids.as_str(), brought.total), ("mno", Some(6)));
    assert!(brought.missing.is_empty());
    // No parent, no list.
    assert_eq!(run(each(&[""]), &[]).expect("lists").ids, "");
}

#[test]
fn a_parent_that_cannot_be_read_is_missing_and_without_parents_nothing_is_known() {
    let brought = run(each(&["axb"]), &[(2, Kind::Network)]).expect("lists");
    assert_eq!(brought.ids, "mn");
    assert_eq!(brought.missing, ["a parent that is none", "site b: no"]);
    let error = run(each(&["ab"]), &[(0, Kind::Network)]).expect_err("no parents");
    assert_eq!(error.kind, Kind::Network);
}
