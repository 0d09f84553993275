//! What a refusal says of a line of the file: which key is to blame, in words that hold no value of the file; and what else
//! is wrong besides.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::vocabulary::IDS;
use crate::cli::common::Common;
use crate::config::{Mistake, Position, Section, Setting};
use crate::error::Error;

/// So many characters of a value in a row are not there by chance.
const RUN: usize = 6;

/// Nobody corrects more of one table at once, and each takes as many attempts as the table has settings.
const MOST: usize = 10;

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
                    "use either {} or {}",
                    invalid.join(" "),
                    prior.join(" and ")
                )
            }
            ErrorKind::MissingRequiredArgument => format!("{} is missing", invalid.join(" and ")),
            ErrorKind::InvalidValue => "invalid value".to_owned(),
            _ => "it cannot be used".to_owned(),
        };
        Refusal { text, hint }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        // What a flag or a variable would be for has its key here.
        let hint = error.hint().split(", or set ").next();
        let mut quotes = error.quotes().filter(|quote| quote.len() >= RUN);
        let is_quoted = quotes.any(|quote| error.hint().contains(quote));
        Refusal {
            hint: hint.filter(|_| !is_quoted).map(as_keys),
            text: unquoted(&error),
        }
    }
}

impl Refusal {
    /// The refusal of what a file, flags and variables say together: with a threshold that was typed its hint names each as
    /// it is.
    pub fn of_several(error: Error, flags: &Common) -> Refusal {
        let hint = error.hint().to_owned();
        if flags.warn.is_some() || flags.crit.is_some() {
            Refusal {
                hint: Some(hint),
                text: unquoted(&error),
            }
        } else {
            error.into()
        }
    }

    /// The refusal of a proxy, which has no flag here.
    pub fn of_proxy(why: &str) -> Refusal {
        Refusal {
            text: why.to_owned(),
            hint: Some("write proxy = \"http://host:3128\"".to_owned()),
        }
    }

    /// Whether it is about a setting too, which was left out: then that may be all that is wrong.
    fn is_about(&self, setting: &Setting) -> bool {
        let flag = format!("--{}", setting.key.replace('_', "-"));
        self.text.split([' ', ':']).any(|word| word == flag)
    }
}

/// The flag in `--site-id <ID>`.
fn flag_in(usage: &str) -> String {
    let flag = usage.split([' ', '=']).next();
    flag.unwrap_or_default().to_owned()
}

/// What these sections mean, or everything that is wrong with them. `read` understands them without some of their settings:
/// after each refusal the one to blame is left out, so that the next is found.
pub fn understood<'a, T>(
    sections: &[&'a Section],
    at: Position,
    read: impl Fn(&[&'a Setting]) -> Result<T, Refusal>,
) -> Result<T, Vec<Mistake>> {
    let (mut out, mut mistakes) = (Vec::new(), Vec::new());
    while mistakes.len() < MOST {
        let refusal = match read(&out) {
            Ok(value) if mistakes.is_empty() => return Ok(value),
            Ok(_) => break,
            Err(refusal) => refusal,
        };
        let culprit = culprit(sections, &out, &refusal, &read);
        if !out.iter().any(|left| refusal.is_about(left)) {
            mistakes.push(mistake(sections, culprit, at, &refusal));
        }
        match culprit {
            Some(setting) => out.push(setting),
            None => break,
        }
    }
    Err(mistakes)
}

/// The setting without which that refusal would not come.
fn culprit<'a, T>(
    sections: &[&'a Section],
    out: &[&'a Setting],
    refusal: &Refusal,
    read: impl Fn(&[&'a Setting]) -> Result<T, Refusal>,
) -> Option<&'a Setting> {
    let settings = || sections.iter().flat_map(|section| &section.settings);
    let (ids, others): (Vec<_>, Vec<_>) = settings().partition(|setting| setting.key == IDS);
    // What is wrong with an id is told elsewhere.
    let mut suspects = others.into_iter().chain(ids);
    suspects.find(|setting| {
        let is_out = out.iter().any(|left| std::ptr::eq(*left, *setting));
        let without: Vec<_> = out.iter().copied().chain([*setting]).collect();
        !is_out && read(&without).err().as_ref() != Some(refusal)
    })
}

/// What to say of a refusal.
fn mistake(
    sections: &[&Section],
    culprit: Option<&Setting>,
    at: Position,
    refusal: &Refusal,
) -> Mistake {
    let settings = sections.iter().flat_map(|section| &section.settings);
    let values: Vec<&str> = settings
        .flat_map(|setting| &setting.values)
        .map(|value| value.text.as_str())
        .collect();
    let said = as_keys(without_name(&refusal.text));
    let said = if values.iter().any(|value| repeats(&said, value)) {
        "it cannot be used"
    } else {
        &said
    };
    let mistake = match culprit {
        Some(setting) => Mistake::new(setting.at, format!("`{}`: {said}", setting.key)),
        None => Mistake::new(at, said),
    };
    match &refusal.hint {
        Some(hint) => mistake.with_hint(hint),
        None => mistake,
    }
}

/// Whether a text is a plain word or a scheme, which our own messages have too.
fn is_ours(text: &str) -> bool {
    let plain = text.chars().all(|c| c.is_alphabetic() || c == ' ');
    plain || ["http://", "https://"].contains(&text)
}

/// The message of an error with `it` in the place of everything that it quotes.
fn unquoted(error: &Error) -> String {
    let quotes = error.quotes();
    let said = quotes.fold(error.message.clone(), |said, quote| {
        let said = said.replace(&format!("`{quote}`: "), "");
        let said = said.replace(&format!("`{quote}`"), "it");
        if quote.len() >= RUN {
            said.replace(quote, "…")
        } else {
            said
        }
    });
    // What an author forgot to declare a quote stands in quotes all the same.
    let named = without_name(&said).len();
    let (name, rest) = said
        .split_at_checked(said.len() - named)
        .unwrap_or(("", &said));
    let parts = rest.split('`').enumerate();
    let parts = parts.map(|(place, part)| if place % 2 == 0 { part } else { "it" });
    name.chars().chain(parts.flat_map(str::chars)).collect()
}

/// The words behind the name of the flag, key or variable.
fn without_name(text: &str) -> &str {
    let is_key = |start: &str| {
        let bare = start
            .strip_prefix('`')
            .and_then(|rest| rest.strip_suffix('`'));
        bare.is_some_and(|key| key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
    };
    let is_name = |start: &str| start.starts_with("--") || start.starts_with("CERTCHECK_");
    match text.split_once(": ") {
        Some((start, rest)) if is_name(start) || is_key(start) => rest,
        _ => text,
    }
}

/// Whether a text holds a part of a value, as nothing that is said of one may. A plain word is one of ours, whatever a
/// value is called: what an error quotes is left out already.
fn repeats(text: &str, value: &str) -> bool {
    let (text, value) = (text.to_lowercase(), value.to_lowercase());
    let text = text.replace("https://", "").replace("http://", "");
    let ends = value.char_indices().map(|(at, _)| at).chain([value.len()]);
    let ends = ends.skip(RUN);
    let starts = value.char_indices().map(|(at, _)| at);
    starts
        .zip(ends)
        .filter_map(|(start, end)| value.get(start..end))
        .filter(|run| !is_ours(run))
        .any(|run| text.contains(run))
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
