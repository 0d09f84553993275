//! How far a run is, on a terminal, once it takes longer than somebody likes to wait without a word.

use std::cell::Cell;
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::time::sleep;

use crate::render::text::visible;

/// A run that is over by then says nothing on its way.
const PATIENCE: Duration = Duration::from_millis(500);
/// Redraws a second.
const OFTEN: u8 = 10;
/// Accounts with a line of their own; the others would fill the screen.
const LINES: usize = 8;

/// The lines of a run.
pub struct Progress(Option<Lines>);

struct Lines {
    all: MultiProgress,
    count: Cell<usize>,
}

impl Progress {
    /// Shown, or not.
    pub fn new(shown: bool) -> Progress {
        Progress(shown.then(|| Lines {
            all: MultiProgress::with_draw_target(ProgressDrawTarget::hidden()),
            count: Cell::default(),
        }))
    }

    /// Shows the lines when the time has come; never ends.
    pub async fn appear(&self) {
        if let Some(lines) = &self.0 {
            sleep(PATIENCE).await;
            lines
                .all
                .set_draw_target(ProgressDrawTarget::stderr_with_hz(OFTEN));
        }
        pending().await
    }

    /// A line for an account.
    pub fn line(&self, name: &str) -> ProgressLine {
        let lines = self.0.as_ref().filter(|lines| lines.count.get() < LINES);
        let Some(lines) = lines else {
            return ProgressLine::default();
        };
        lines.count.set(lines.count.get() + 1);
        let bar = lines.all.add(ProgressBar::new(0));
        // Our own words: they can be read.
        if let Ok(style) =
            ProgressStyle::with_template("{prefix} {pos}/{len} {bar:20} {eta} left{msg}")
        {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(visible(name, true));
        ProgressLine(Some(Rc::new(Bar {
            bar,
            errors: Cell::default(),
        })))
    }

    /// Does what writes to the terminal, with the lines out of its way.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(lines) => lines.all.suspend(write),
            None => write(),
        }
    }

    /// Takes the lines away.
    pub fn end(&self) {
        if let Some(lines) = &self.0 {
            // A terminal that is gone needs no clearing.
            let _ = lines.all.clear();
            lines.all.set_draw_target(ProgressDrawTarget::hidden());
        }
    }
}

/// The line of one account.
#[derive(Clone, Default)]
pub struct ProgressLine(Option<Rc<Bar>>);

/// A bar, and the errors so far.
struct Bar {
    bar: ProgressBar,
    errors: Cell<u64>,
}

impl ProgressLine {
    /// So many more are to come.
    pub fn expect(&self, more: u64) {
        if let Some(line) = &self.0 {
            line.bar.inc_length(more);
        }
    }

    /// So many have come.
    pub fn came(&self, count: u64) {
        if let Some(line) = &self.0 {
            let done = line.bar.position().saturating_add(count);
            if line.bar.length().is_some_and(|length| length < done) {
                line.bar.set_length(done);
            }
            line.bar.inc(count);
        }
    }

    /// One has failed.
    pub fn failed(&self) {
        if let Some(line) = &self.0 {
            line.errors.set(line.errors.get() + 1);
            line.bar
                .set_message(format!(", {} failed", line.errors.get()));
            self.came(1);
        }
    }
}
