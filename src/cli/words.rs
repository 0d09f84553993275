//! Commands that nobody types: those of the demo, of the doctor, of the config file. They are understood as if somebody
//! had typed them.

use clap::{ArgMatches, Command};

use super::args::flags;
use super::choices::Choices;
use super::plan::{Plan, Surroundings};
use crate::adapters::Provider;
use crate::error::{Error, Kind};

/// A provider's command that is read without its name.
pub fn command(provider: &Provider) -> Command {
    flags(Command::new(provider.name).no_binary_name(true), provider)
}

/// The words behind a provider's command, as clap reads them.
pub fn matched(
    provider: &Provider,
    words: impl IntoIterator<Item = String>,
) -> Result<ArgMatches, clap::Error> {
    command(provider).try_get_matches_from(words)
}

/// What they mean.
pub fn planned<'w>(
    provider: &'static Provider,
    words: impl IntoIterator<Item = &'w str>,
    choices: Choices,
    around: &mut Surroundings<'_>,
) -> Result<Plan, Error> {
    let words = words.into_iter().map(str::to_owned);
    let matches =
        matched(provider, words).map_err(|error| Error::new(Kind::Usage, error.to_string()))?;
    Plan::new(provider, choices, &matches, around)
}
