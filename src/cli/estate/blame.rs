//! What a refusal says of a line of the file: which key is to blame, in words that hold no value of the file.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::config::{Mistake, Position, Section, Setting};
use crate::error::Error;

/// What was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    text: String,
    hint: Option<String>,
}

impl From<clap::Error> for Refusal {
    /// In words of ours: those of clap repeat what was typed.
    fn from(error: clap::Error) -> Refusal {
        let names = |kind| match error.get(kind) {
            Some(ContextValue::String(text)) => vec![flag_in(text)],
            Some(ContextValue::Strings(texts)) => texts.iter().map(|text| flag_in(text)).collect(),
            _ => Vec::new(),
        };
        let (invalid, prior) = (names(ContextKind::InvalidArg), names(ContextKind::PriorArg));
        let hint = match error.get(ContextKind::ValidValue) {
            Some(ContextValue::Strings(values)) => Some(format!("give {}", values.join(" or "))),
            _ => None,
        };
        let text = match error.kind() {
            ErrorKind::ArgumentConflict => {
                format!(
                    "{} and {} exclude each other",
                    invalid.join(" "),
                    prior.join(" and ")
                )
            }
            ErrorKind::MissingRequiredArgument => format!("{} is missing", invalid.join(" and ")),
            ErrorKind::InvalidValue => "it is none of the values that are known".to_owned(),
            _ => "it cannot be used".to_owned(),
        };
        Refusal { text, hint }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        // What a flag or a variable would be for has its key here.
        let hint = error.hint().split(", or set ").next();
        Refusal {
            hint: hint.map(str::to_owned),
            text: error.message,
        }
    }
}

/// The flag in `--site-id <ID>`.
fn flag_in(usage: &str) -> String {
    let flag = usage.split([' ', '=']).next();
    flag.unwrap_or_default().to_owned()
}

/// The setting without which that refusal would not come, and what to say of it. `tried` tells what comes of the section
/// without some of its settings.
pub fn blamed(
    sections: &[&Section],
    at: Position,
    refusal: Refusal,
    tried: impl Fn(&Setting) -> Option<Refusal>,
) -> Mistake {
    let settings = || sections.iter().flat_map(|section| &section.settings);
    let culprit = settings().find(|setting| tried(setting).as_ref() != Some(&refusal));
    let values: Vec<&str> = settings()
        .flat_map(|setting| &setting.values)
        .map(|value| value.text.as_str())
        .collect();
    let said = as_keys(&without(&values, &unquoted(&refusal.text)));
    let mistake = match culprit {
        Some(setting) => Mistake::new(setting.at, format!("`{}`: {said}", setting.key)),
        None => Mistake::new(at, said),
    };
    match refusal.hint {
        Some(hint) => mistake.with_hint(as_keys(&without(&values, &hint))),
        None => mistake,
    }
}

/// The words behind the name of the flag or variable, without what stands in quotes: by the house's habit that is what a
/// user gave.
fn unquoted(text: &str) -> String {
    let is_name = |start: &str| start.starts_with("--") || start.starts_with("CERTCHECK_");
    let text = match text.split_once(": ") {
        Some((start, rest)) if is_name(start) => rest,
        _ => text,
    };
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(place, part)| if place % 2 == 0 { part } else { "it" });
    parts.collect()
}

/// The text without any word that is a part of a value.
fn without(values: &[&str], text: &str) -> String {
    let values: Vec<String> = values.iter().map(|value| value.to_lowercase()).collect();
    let is_secret = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let word = word.to_lowercase();
        word.len() > 4 && values.iter().any(|value| value.contains(&word))
    };
    let words = text.split(' ');
    let words = words.map(|word| if is_secret(word) { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// The text with the file's keys in the place of flags.
fn as_keys(text: &str) -> String {
    let words = text.split(' ').map(|word| match word.strip_prefix("--") {
        Some(flag) => {
            let name = flag.trim_end_matches(|c: char| !c.is_alphanumeric());
            let rest = flag.get(name.len()..).unwrap_or_default();
            format!("`{}`{rest}", name.replace('-', "_"))
        }
        None => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}
