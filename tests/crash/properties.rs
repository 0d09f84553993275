//! Every target on made-up input: a target is a promise, and nothing may break it.

use certcheck::adapters::REGISTRY;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::input::{answers, any_bytes, configs};
use crate::targets::{READERS, TARGETS, run};

fn on_each<S: Strategy>(cases: u32, input: &S, test: impl Fn(S::Value)) {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let tested = TestRunner::new(config).run(input, |input| {
        test(input);
        Ok(())
    });
    tested.unwrap_or_else(|why| panic!("{why}"));
}

#[test]
fn no_provider_is_left_out() {
    for provider in REGISTRY {
        let reader = READERS
            .iter()
            .any(|reader| reader.provider == provider.name);
        let target = TARGETS.iter().any(|(name, _)| *name == provider.name);
        assert!(reader && target, "{} is not fed", provider.name);
    }
}

#[test]
fn any_bytes_in_any_target() {
    on_each(200, &any_bytes(), |bytes| {
        TARGETS.iter().for_each(|(_, target)| target(&bytes));
    });
}

#[test]
fn answers_with_whatever_in_the_place_of_their_values() {
    for reader in &READERS {
        on_each(150, &answers(reader.provider), |bytes| {
            run(reader.provider, &bytes);
            run("lenient", &bytes);
        });
    }
}

#[test]
fn config_files_with_lines_in_any_order() {
    on_each(150, &configs(), |bytes| run("config", &bytes));
}

#[test]
fn such_answers_in_a_stream() {
    for reader in &READERS {
        let several = proptest::collection::vec((answers(reader.provider), any_bytes()), 1..4);
        on_each(30, &several, |several| {
            let pieces = several
                .into_iter()
                .flat_map(|(answer, between)| [answer, between]);
            run("from_stream", &pieces.collect::<Vec<_>>().concat());
        });
    }
}
