//! Diagnostics: problems of a config file with their positions.

use crate::error::{Error, Kind};

/// Line and column, both counted from one, columns in characters; both are zero for the file as a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A problem, its position and a hint. It never holds a value of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub at: Position,
    pub text: String,
    pub hint: Option<String>,
}

impl Diagnostic {
    pub fn new(at: Position, text: impl Into<String>) -> Diagnostic {
        Diagnostic {
            at,
            text: text.into(),
            hint: None,
        }
    }

    pub fn with_hint(mut self, hint: impl Into<String>) -> Diagnostic {
        self.hint = Some(hint.into());
        self
    }

    /// Converts to an error about the file: `config.toml:12:3: …`, which editors know how to open.
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
