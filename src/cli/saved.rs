//! Judges answers that were saved earlier. Nothing is sent and no key is looked for.

use std::io::Read;
use std::path::Path;

use super::collector::{Collector, Row};
use super::plan::Plan;
use crate::adapters::lenient;
use crate::error::{Error, Kind, reason};

/// What a stream of saved answers may weigh.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The bytes of the file, or of standard input.
pub fn read(
    path: Option<&Path>,
    stdin: &mut dyn Read,
    read_file: &dyn Fn(&Path, u64) -> std::io::Result<Vec<u8>>,
) -> Result<Vec<u8>, Error> {
    let (name, bytes) = match path {
        Some(path) => (path.display().to_string(), read_file(path, LARGEST + 1)),
        None => {
            let mut bytes = Vec::new();
            (
                "standard input".to_owned(),
                stdin
                    .take(LARGEST + 1)
                    .read_to_end(&mut bytes)
                    .map(|_| bytes),
            )
        }
    };
    let stop = |why: String| {
        Error::new(Kind::Config, format!("{name} cannot be read: {why}"))
            .with_hint("--from takes a file of saved answers, or - for standard input")
    };
    let bytes = bytes.map_err(|error| stop(reason(&error)))?;
    if bytes.len() as u64 > LARGEST {
        Err(stop(format!(
            "it is larger than {} MiB",
            LARGEST / 1024 / 1024
        )))
    } else {
        Ok(bytes)
    }
}

/// Judges every answer in it.
pub fn judge(plan: &Plan, expected: Option<&str>, bytes: &[u8], collector: &mut Collector<'_>) {
    let mut answers = lenient::stream(bytes);
    if answers.is_empty() {
        let error = Error::new(
            Kind::NotFound,
            "there is no answer in the input: nothing to judge",
        )
        .with_hint("save the provider's answer first, for example with its own command-line tool");
        answers.push(Err(error));
    }
    let count = answers.len();
    for (order, answer) in answers.into_iter().enumerate() {
        let result = answer
            .and_then(|answer| plan.target.service.saved(&answer, expected))
            .map_err(|error| located(error, order + 1, count));
        let id = expected.map(str::to_owned);
        let scope = plan.target.scope.clone();
        collector.add(Row {
            order,
            provider: plan.provider.name,
            scope,
            id,
            result,
            account: None,
        });
    }
}

/// Says which of several answers failed: without an id there is nothing else to tell them apart.
fn located(mut error: Error, place: usize, count: usize) -> Error {
    if count > 1 {
        error.message = format!("answer {place} of {count}: {}", error.message);
    }
    match (error.kind, &error.hint) {
        (Kind::Protocol, None) => error.with_hint(
            "check that the input holds this provider's answers, whole and as they came",
        ),
        _ => error,
    }
}
