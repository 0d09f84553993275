//! Keys in environment variables, or in files that a variable names.

use std::io;
use std::path::Path;

use super::Credential;
use crate::error::{Error, Kind, reason};

/// The names under which a tool keeps its key in the environment. Each also exists as `…_FILE`, naming a file
/// that holds the value.
#[derive(Debug, Clone, Copy)]
pub struct KeyVariables {
    /// The public half.
    pub id: &'static str,
    /// The secret half.
    pub secret: &'static str,
    /// The session token, in the spellings of that vendor's tools, the preferred one first.
    pub tokens: &'static [&'static str],
    /// Prefix of key ids that are of no use without a token (Alibaba `STS.`).
    pub temporary_prefix: Option<&'static str>,
}

/// Who beside the user can read a file with a key in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// Nobody, or somebody else's file: the owner's business.
    None,
    /// The user's own file, which others can read.
    Own,
    /// The same, on a mount where the user cannot change that.
    OwnReadOnly,
}

/// The outside that keys are read from.
pub struct Sources<'a> {
    /// An environment variable; unset is `None`.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// A whole file.
    pub file: &'a dyn Fn(&Path) -> io::Result<Vec<u8>>,
    /// Who can read a file.
    pub exposure: &'a dyn Fn(&Path) -> Exposure,
    /// Takes warnings.
    pub warn: &'a dyn Fn(String),
}

/// The first set that has anything in it. A set that is only half there stops the search: signing with another
/// key than the one the user meant would be worse than not signing.
pub fn find(sets: &[KeyVariables], sources: &Sources<'_>) -> Result<Credential, Error> {
    for set in sets {
        if let Some(credential) = set.read(sources)? {
            return Ok(credential);
        }
    }
    let names: Vec<String> = sets
        .iter()
        .map(|set| format!("{} and {}", set.id, set.secret))
        .collect();
    let text = format!("no key found: looked for {}", names.join("; then "));
    let first = sets.first().map_or("", |set| set.secret);
    Err(broken(text).with_hint(format!(
        "set them, or name files that hold them ({first}_FILE)"
    )))
}

impl KeyVariables {
    fn read(&self, sources: &Sources<'_>) -> Result<Option<Credential>, Error> {
        let id = value(self.id, sources)?;
        let secret = value(self.secret, sources)?;
        let token = self.token(sources)?;
        let half = |there: &str, missing: &str| {
            let hint = format!("set {missing} too, or unset {there}");
            Err(
                broken(format!("half a key pair: {there} is set, {missing} is not"))
                    .with_hint(hint),
            )
        };
        match (id, secret) {
            // A token without a key belongs to some other tool's way of signing in.
            (None, None) => Ok(None),
            (Some(_), None) => half(self.id, self.secret),
            (None, Some(_)) => half(self.secret, self.id),
            (Some(id), Some(secret)) => {
                let temporary = self
                    .temporary_prefix
                    .is_some_and(|prefix| id.starts_with(prefix));
                if temporary && token.is_none() {
                    let variable = self.tokens.first().copied().unwrap_or("the token variable");
                    let text = format!(
                        "the key in {} is a temporary one, and its session token is missing",
                        self.id
                    );
                    return Err(
                        broken(text).with_hint(format!("set {variable} too (or {variable}_FILE)"))
                    );
                }
                Ok(Some(Credential::new(id, secret, token)))
            }
        }
    }

    fn token(&self, sources: &Sources<'_>) -> Result<Option<String>, Error> {
        let mut found: Option<(&str, String)> = None;
        for name in self.tokens {
            let Some(token) = value(name, sources)? else {
                continue;
            };
            match &found {
                Some((first, other)) if *other != token => {
                    let text = format!("{first} and {name} are both set, to different tokens");
                    return Err(
                        broken(text).with_hint("unset the one that does not belong to this key")
                    );
                }
                Some(_) => {}
                None => found = Some((name, token)),
            }
        }
        Ok(found.map(|(_, token)| token))
    }
}

/// The value of a variable or of the file that `…_FILE` names; a set but empty one counts as unset.
fn value(name: &str, sources: &Sources<'_>) -> Result<Option<String>, Error> {
    let file_name = format!("{name}_FILE");
    let path = (sources.variable)(&file_name).filter(|path| !path.trim().is_empty());
    let direct = (sources.variable)(name).filter(|text| !text.trim().is_empty());
    let text = match (direct, path) {
        (Some(_), Some(_)) => {
            return Err(broken(format!("{name} and {file_name} are both set"))
                .with_hint("unset one of them"));
        }
        (Some(text), None) => text,
        (None, Some(path)) => from_file(&file_name, &path, sources)?,
        (None, None) => return Ok(None),
    };
    let trimmed = text.trim();
    if trimmed.len() != text.len() {
        (sources.warn)(format!("blanks around the value of {name} were removed"));
    }
    // A byte that is no text arrives here as U+FFFD.
    if trimmed.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\u{fffd}') {
        return Err(broken(format!(
            "the value of {name} has blanks or control characters in it"
        ))
        .with_hint("copy the key again, on one line"));
    }
    Ok(Some(trimmed.to_owned()))
}

fn from_file(variable: &str, path: &str, sources: &Sources<'_>) -> Result<String, Error> {
    let stop = |why: String| {
        broken(format!(
            "the file that {variable} names cannot be used: {why}"
        ))
        .with_hint(format!(
            "let {variable} name a file with the value on one line"
        ))
    };
    match (sources.exposure)(Path::new(path)) {
        Exposure::None => {}
        Exposure::OwnReadOnly => {
            (sources.warn)(format!("others can read the file that {variable} names"))
        }
        Exposure::Own => {
            return Err(
                stop("others can read it".to_owned()).with_hint(format!("run: chmod 600 {path}"))
            );
        }
    }
    let bytes = (sources.file)(Path::new(path)).map_err(|error| stop(reason(&error)))?;
    let text = String::from_utf8(bytes).map_err(|_| stop("it is not text".to_owned()))?;
    // Every editor ends a file with a line feed; that is not worth a warning.
    let text = text
        .strip_prefix('\u{feff}')
        .unwrap_or(&text)
        .trim_end_matches(['\r', '\n']);
    if text.trim().is_empty() {
        Err(stop("it is empty".to_owned()))
    } else {
        Ok(text.to_owned())
    }
}

fn broken(text: String) -> Error {
    Error::new(Kind::Credentials, text)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    const SETS: &[KeyVariables] = &[
        KeyVariables {
            id: "A_ID",
            secret: "A_KEY",
            tokens: &["A_TOKEN", "A_SESSION"],
            temporary_prefix: Some("STS."),
        },
        KeyVariables {
            id: "B_ID",
            secret: "B_KEY",
            tokens: &[],
            temporary_prefix: None,
        },
    ];

    fn search(variables: &[(&str, &str)]) -> (Result<Credential, Error>, Vec<String>) {
        let warnings = RefCell::new(Vec::new());
        let variable = |name: &str| {
            variables
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| (*v).to_owned())
        };
        let file = |path: &Path| match path.to_str() {
            Some("/there" | "/open" | "/mounted") => Ok(b"from-file\n".to_vec()),
            Some("/blank") => Ok(b" \n".to_vec()),
            _ => Err(io::Error::from(io::ErrorKind::NotFound)),
        };
        let warn = |text: String| warnings.borrow_mut().push(text);
        let exposure = |path: &Path| match path.to_str() {
            Some("/open") => Exposure::Own,
            Some("/mounted") => Exposure::OwnReadOnly,
            _ => Exposure::None,
        };
        let found = find(
            SETS,
            &Sources {
                variable: &variable,
                file: &file,
                exposure: &exposure,
                warn: &warn,
            },
        );
        (found, warnings.into_inner())
    }

    fn message(variables: &[(&str, &str)]) -> String {
        let error = search(variables).0.map(|_| ()).expect_err("broken");
        assert_eq!(error.kind, Kind::Credentials);
        error.message
    }

    #[test]
    fn the_first_set_with_anything_in_it_is_taken_or_stops_the_search() {
        let (found, _) = search(&[("B_ID", "b"), ("B_KEY", "k")]);
        assert_eq!(found.map(|c| c.id().to_owned()), Ok("b".to_owned()));
        assert!(message(&[("A_ID", "a"), ("B_ID", "b"), ("B_KEY", "k")]).contains("A_KEY is not"));
        assert!(message(&[("A_KEY", "a")]).contains("A_ID is not"));
        assert!(
            message(&[("A_ID", " "), ("A_KEY", "")])
                .contains("A_ID and A_KEY; then B_ID and B_KEY")
        );
    }

    #[test]
    fn blanks_are_removed_with_a_warning_that_does_not_show_the_value() {
        let (found, warnings) = search(&[("A_ID", " id\n"), ("A_KEY", "key")]);
        assert_eq!(found.map(|c| c.id().to_owned()), Ok("id".to_owned()));
        assert_eq!(warnings, ["blanks around the value of A_ID were removed"]);
        assert!(!message(&[("A_ID", "id"), ("A_KEY", "se cret")]).contains("se cret"));
    }

    #[test]
    fn a_temporary_key_needs_its_token_and_tokens_must_agree() {
        assert!(message(&[("A_ID", "STS.x"), ("A_KEY", "k")]).contains("session token is missing"));
        let key = [("A_ID", "STS.x"), ("A_KEY", "k"), ("A_SESSION", "t")];
        assert_eq!(
            search(&key).0.map(|c| c.token().map(str::to_owned)),
            Ok(Some("t".to_owned()))
        );
        assert!(message(&[("A_TOKEN", "u"), key[0], key[1], key[2]]).contains("different tokens"));
    }

    #[test]
    fn a_file_may_hold_the_value() {
        let (found, warnings) = search(&[("B_ID", "b"), ("B_KEY_FILE", "/there")]);
        assert_eq!(
            found.map(|c| c.key().secret.to_owned()),
            Ok("from-file".to_owned())
        );
        assert!(warnings.is_empty());
        assert!(message(&[("B_ID", "b"), ("B_KEY_FILE", "/blank")]).contains("empty"));
        assert!(message(&[("B_ID", "b"), ("B_KEY_FILE", "/gone")]).contains("B_KEY_FILE"));
        assert!(
            message(&[("B_ID", "b"), ("B_KEY", "k"), ("B_KEY_FILE", "/there")])
                .contains("both set")
        );
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused_unless_the_user_cannot_help_it() {
        let (found, _) = search(&[("B_ID", "b"), ("B_KEY_FILE", "/open")]);
        let error = found.map(|_| ()).expect_err("refused");
        assert_eq!(error.hint(), "run: chmod 600 /open");
        let (found, warnings) = search(&[("B_ID", "b"), ("B_KEY_FILE", "/mounted")]);
        assert!(found.is_ok());
        assert_eq!(warnings, ["others can read the file that B_KEY_FILE names"]);
    }

    #[test]
    fn an_empty_session_token_counts_as_unset() {
        let (found, _) = search(&[
            ("A_ID", "a"),
            ("A_KEY", "k"),
            ("A_TOKEN", ""),
            ("A_SESSION", " "),
        ]);
        assert_eq!(found.map(|c| c.token().map(str::to_owned)), Ok(None));
    }
}
