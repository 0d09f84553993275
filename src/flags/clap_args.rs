//! The flags as clap's arguments. clap checks which flags stand together; every value is read by its flag's own reader.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint};

use super::common::{COMMON, HEADING};
use super::{FlagRef, Layer, Shape, Spec};
use crate::error::{Error, Kind};

/// Adds flags to a command.
pub fn with_flags(command: Command, flags: &[FlagRef]) -> Command {
    command.args(flags.iter().map(|flag| arg(flag.spec())))
}

/// Adds the flags of every command, as the last ones: those behind them would stand under the same heading.
pub fn with_common(command: Command) -> Command {
    with_flags(command.next_help_heading(HEADING), COMMON)
}

/// One flag as clap knows it, under its long name.
pub fn arg(spec: &Spec) -> Arg {
    let mut arg = Arg::new(spec.name)
        .long(spec.name)
        .help(spec.help_text())
        .allow_hyphen_values(spec.hyphen)
        .conflicts_with_all(spec.conflicts);
    if let Some(short) = spec.short {
        arg = arg.short(short);
    }
    if let Some(alias) = spec.alias {
        arg = arg.visible_alias(alias);
    }
    if !spec.value_name.is_empty() {
        arg = arg.value_name(spec.value_name);
    }
    if !spec.choices.is_empty() {
        arg = arg.value_parser(PossibleValuesParser::new(spec.choices));
    }
    match spec.shape {
        Shape::Switch => arg.action(ArgAction::SetTrue),
        Shape::Count => arg.action(ArgAction::Count),
        Shape::One => arg,
        Shape::Path => arg.value_hint(ValueHint::FilePath),
        Shape::Optional => arg
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value(""),
        Shape::Repeated | Shape::Pairs => arg.action(ArgAction::Append),
        Shape::List => arg.action(ArgAction::Append).value_delimiter(','),
    }
}

/// The values of a flag as they were typed; none where it was not.
pub fn typed(spec: &Spec, matches: &ArgMatches) -> Option<Vec<String>> {
    // Of a flag that the command does not have clap complains in debug builds only.
    if !matches.try_contains_id(spec.name).unwrap_or(false) {
        return None;
    }
    match spec.shape {
        Shape::Switch => matches.get_flag(spec.name).then(|| vec!["true".to_owned()]),
        Shape::Count => match matches.get_count(spec.name) {
            0 => None,
            count => Some(vec![count.to_string()]),
        },
        _ => {
            let values = matches.get_many::<String>(spec.name)?;
            Some(values.cloned().collect())
        }
    }
}

/// Words as a provider's command reads them, where nobody typed any: for the tests of an adapter.
pub fn layer_of_words(flags: &[FlagRef], words: &[&str]) -> Result<Layer, Error> {
    let usage = |text: String| Error::new(Kind::Usage, text);
    let command = with_flags(Command::new("words").no_binary_name(true), flags);
    let matches = command
        .try_get_matches_from(words)
        .map_err(|error| usage(error.to_string()))?;
    Layer::typed(flags, &matches).map_err(|refused| usage(format!("{:?}", refused.expected)))
}
