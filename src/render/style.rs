//! Style of the text formats: width, colour, character set.

use chrono::{DateTime, Utc};

/// Style of the text formats.
#[derive(Debug, Clone, Copy)]
pub struct TextStyle {
    /// Width in terminal cells.
    pub width: u16,
    /// Stdout is not a terminal: names and ids are never shortened, and no frame is drawn.
    pub piped: bool,
    /// Colour by verdict.
    pub colour: bool,
    /// Line drawing and non-ASCII letters are printed as they are.
    pub utf8: bool,
    /// The time of evaluation: this machine's clock, or `--at`.
    pub now: DateTime<Utc>,
    /// `--at` was given, so the summary line names the time.
    pub chosen: bool,
}
