//! The outside that keys are read from, and how one value is read of it: from a variable, from the file that `…_FILE`
//! names, from the folder of the service manager, or from a file of another tool.

use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::error::{Error, Kind, reason};
use crate::unicode::{self, NoText};

/// Who beside the user can read a file, or go into a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// Nobody, or somebody else's file: the owner's business.
    None,
    /// The user's own file, which others can read.
    Own,
    /// As `Own`, on a read-only mount, where the user cannot change the mode.
    OwnReadOnly,
}

/// The outside that keys are read from.
pub struct Sources<'a> {
    /// An environment variable; unset is `None`.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Prefix of the vendor's variables.
    pub prefix: &'a str,
    /// A whole file, bounded.
    pub file: &'a dyn Fn(&Path) -> io::Result<Vec<u8>>,
    /// Who can read a file.
    pub exposure: &'a dyn Fn(&Path) -> Exposure,
    /// Receives warnings.
    pub warn: &'a dyn Fn(String),
    /// The local clock, for keys that end.
    pub now: DateTime<Utc>,
    /// Prompts at the terminal; none without a terminal.
    pub prompt: Option<&'a Prompt<'a>>,
}

/// Asks the user for something by its name. A hidden answer is not shown while it is typed.
pub type Prompt<'a> = dyn Fn(&str, Typing) -> io::Result<String> + 'a;

/// Echo of the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    Shown,
    /// It is a secret.
    Hidden,
}

/// The folder in which systemd puts what a unit's `LoadCredential=` names (systemd.exec, "Credentials").
const SERVICE_MANAGER: &str = "CREDENTIALS_DIRECTORY";

impl Sources<'_> {
    /// The name under which a vendor's variable is looked for.
    pub fn named(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// A variable that is set and not blank, as it says where or as whom.
    pub fn word(&self, name: &str) -> Option<String> {
        self.plain(&self.named(name))
    }

    /// A variable that is the system's, not a vendor's.
    fn plain(&self, name: &str) -> Option<String> {
        let text = (self.variable)(name)?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// A path below the user's own folder, if that is known.
    pub fn home(&self, below: &str) -> Option<PathBuf> {
        let home = self.plain("HOME").or_else(|| self.plain("USERPROFILE"))?;
        Some(PathBuf::from(home).join(below))
    }

    /// The value of a variable, of the file that `…_FILE` names, or of a credential of the service manager with the
    /// variable's name, as it is or in lower case; an empty one counts as unset. Two of them are one too many: who
    /// set them meant one.
    pub fn value(&self, name: &str) -> Result<Option<String>, Error> {
        let name = &self.named(name);
        let file_name = format!("{name}_FILE");
        let direct = (self.variable)(name).filter(|text| !text.trim().is_empty());
        let named = match self.plain(&file_name) {
            Some(path) => Some(self.own_file(&file_name, Path::new(&path))?),
            None => None,
        };
        let given = self.of_service_manager(name)?;
        let found = [
            (name.to_owned(), direct),
            (file_name, named),
            (
                format!("the credential {name} of the service manager"),
                given,
            ),
        ];
        let mut found = found
            .into_iter()
            .filter_map(|(place, text)| Some((place, text?)));
        let Some((place, text)) = found.next() else {
            return Ok(None);
        };
        match found.next() {
            Some((second, _)) => {
                Err(broken(format!("{place} and {second} are both set"))
                    .with_hint("unset one of them"))
            }
            None => self.clean(name, &text),
        }
    }

    /// A trimmed value, with a warning if blanks were removed; an empty one is none.
    pub fn clean(&self, name: &str, text: &str) -> Result<Option<String>, Error> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Ok(None);
        }
        if trimmed.len() != text.len() {
            (self.warn)(format!("blanks around the value of {name} were removed"));
        }
        // A byte that is no text arrives here as U+FFFD.
        if trimmed.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\u{fffd}') {
            return Err(broken(format!(
                "the value of {name} has blanks or control characters in it"
            ))
            .with_hint("copy the key again, on one line"));
        }
        if !trimmed.is_ascii() {
            return Err(broken(format!(
                "the value of {name} has characters that are not printable ASCII, such as a byte-order mark"
            ))
            .with_hint("copy the key again, into a file or a variable without a byte-order mark"));
        }
        Ok(Some(trimmed.to_owned()))
    }

    /// The text of a file that another tool keeps its keys in, without a byte-order mark; nothing where there is no
    /// such file. Never refused for who can read it, since it is not ours.
    pub fn foreign(&self, path: &Path, shown: &str) -> Result<Option<String>, Error> {
        let bytes = match (self.file)(path) {
            Ok(bytes) => bytes,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(unusable(shown, &reason(&error))),
        };
        let text = unicode::text(&bytes).map_err(|error| unusable(shown, &no_text(&error)))?;
        Ok(Some(text.into_owned()))
    }

    /// Warns if others can read a vendor's file with a secret and enter its folder.
    pub fn warn_of_readers(&self, path: &Path, shown: &str) {
        let open = |path: &Path| (self.exposure)(path) != Exposure::None;
        if open(path) && path.parent().is_none_or(open) {
            (self.warn)(format!("others can read {shown}, which has a key in it"));
        }
    }

    /// A value from the prompt; none without a terminal.
    pub fn typed(&self, name: &str, typing: Typing) -> Result<Option<String>, Error> {
        let Some(prompt) = self.prompt else {
            return Ok(None);
        };
        let stop = |why: String| {
            broken(format!("{name} was not typed: {why}")).with_hint("type it, or set its variable")
        };
        let text = prompt(name, typing).map_err(|error| stop(reason(&error)))?;
        match self.clean(name, &text)? {
            None => Err(stop("nothing came".to_owned())),
            value => Ok(value),
        }
    }

    fn of_service_manager(&self, name: &str) -> Result<Option<String>, Error> {
        let Some(folder) = self.plain(SERVICE_MANAGER) else {
            return Ok(None);
        };
        for file in [name.to_owned(), name.to_ascii_lowercase()] {
            match (self.file)(&Path::new(&folder).join(&file)) {
                Err(error) if is_absent(&error) => {}
                read => {
                    let place = format!("{file} in {SERVICE_MANAGER}");
                    return one_line(read).map(Some).map_err(|why| {
                        broken(format!("{place} cannot be used: {why}"))
                            .with_hint("let it hold the value on one line")
                    });
                }
            }
        }
        Ok(None)
    }

    /// The value in a file that the user made for us.
    fn own_file(&self, variable: &str, path: &Path) -> Result<String, Error> {
        let shown = format!("the file that {variable} names");
        let hint = format!("let {variable} name a file with the value on one line");
        self.own(path, &shown, &hint, one_line)
    }

    /// Reads a file made for certcheck; refused while others can read it. `hint` names the expected content.
    pub fn own<T>(
        &self,
        path: &Path,
        shown: &str,
        hint: &str,
        read: impl FnOnce(io::Result<Vec<u8>>) -> Result<T, String>,
    ) -> Result<T, Error> {
        let stop = |why: String| broken(format!("{shown} cannot be used: {why}")).with_hint(hint);
        match (self.exposure)(path) {
            Exposure::None => {}
            Exposure::OwnReadOnly => (self.warn)(format!("others can read {shown}")),
            Exposure::Own => {
                let hint = format!("run: chmod 600 {}", path.display());
                return Err(stop("others can read it".to_owned()).with_hint(hint));
            }
        }
        read((self.file)(path)).map_err(stop)
    }
}

/// The value of a file with one line.
fn one_line(read: io::Result<Vec<u8>>) -> Result<String, String> {
    let bytes = read.map_err(|error| reason(&error))?;
    let text = unicode::text(&bytes).map_err(|error| no_text(&error))?;
    // Every editor ends a file with a line feed; that is not worth a warning.
    let text = text.trim_end_matches(['\r', '\n']);
    if text.trim().is_empty() {
        Err("it is empty".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

fn no_text(error: &NoText) -> String {
    format!("it is not text ({})", error.why)
}

/// No such file, or a part of its path is no folder.
fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind::{NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory)
}

/// A file of another tool that is there, but of no use.
pub fn unusable(shown: &str, why: &str) -> Error {
    broken(format!("{shown} cannot be used: {why}")).with_hint(format!(
        "repair {shown} with the tool that wrote it, or set the variables that hold the key"
    ))
}

/// A place that has something, but nothing that can be used.
pub fn broken(text: String) -> Error {
    Error::new(Kind::Credentials, text)
}
