//! A mistake in a file, and its place.

use crate::error::{Error, Kind};

/// A place in a file. Both count from one, columns in characters; a file as a whole has neither.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// What is wrong, where, and what to do about it. It never holds a value of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where.
    pub at: Position,
    /// What.
    pub text: String,
    /// What to write instead.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// A mistake there.
    pub fn new(at: Position, text: impl Into<String>) -> Diagnostic {
        Diagnostic {
            at,
            text: text.into(),
            hint: None,
        }
    }

    /// With advice.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Diagnostic {
        self.hint = Some(hint.into());
        self
    }

    /// As an error about that file: `config.toml:12:3: …`, which editors know how to open.
    pub fn in_file(&self, path: &str) -> Error {
        let Position { line, column } = self.at;
        let text = match line {
            0 => format!("{path}: {}", self.text),
            _ => format!("{path}:{line}:{column}: {}", self.text),
        };
        let hint = self.hint.as_deref().unwrap_or_default();
        Error::new(Kind::Config, text).with_hint(hint)
    }
}
