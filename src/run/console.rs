//! What a run says and where: the result to stdout, warnings and the log to stderr.

use std::cell::{Cell, RefCell};
use std::io::{self, Write};

use crate::exchange::Trace;
use crate::model::Report;
use crate::model::report::ReportEntry;
use crate::plan::options::RunOptions;
use crate::redact::KnownSecrets;
use crate::render::format::Sink;
use crate::render::style::TextStyle;
use crate::render::text::visible;
use crate::run::progress::Progress;
use crate::world::World;

/// Both streams of a run, and how to write to them.
pub struct Console<'a> {
    stdout: RefCell<&'a mut dyn Write>,
    stderr: RefCell<&'a mut dyn Write>,
    look: TextStyle,
    options: &'a RunOptions,
    known: KnownSecrets,
    held: RefCell<Vec<String>>,
    failed: Cell<Option<io::Error>>,
    progress: Progress,
}

/// Width without a terminal.
const PIPED: u16 = 120;
/// Width of a terminal that does not tell.
const USUAL: u16 = 80;

/// How this world wants a table.
pub fn look(world: &World, options: &RunOptions) -> TextStyle {
    let terminal = world.terminal.stdout;
    TextStyle {
        width: if terminal {
            world.terminal.columns.unwrap_or(USUAL).max(40)
        } else {
            PIPED
        },
        piped: !terminal,
        colour: options
            .colour
            .unwrap_or_else(|| world.context.wants_colour(terminal)),
        utf8: world.context.speaks_utf8(),
        now: (world.context.clock)(),
        chosen: options.choose_the_moment(),
    }
}

impl<'a> Console<'a> {
    /// A console on these streams.
    pub fn new(
        stdout: &'a mut dyn Write,
        stderr: &'a mut dyn Write,
        look: TextStyle,
        options: &'a RunOptions,
        known: KnownSecrets,
    ) -> Console<'a> {
        Console {
            stdout: RefCell::new(stdout),
            stderr: RefCell::new(stderr),
            look,
            options,
            known,
            held: RefCell::default(),
            failed: Cell::new(None),
            progress: Progress::new(false),
        }
    }

    /// The same for a run that may take a while, and that somebody watches or not.
    pub fn watched(self, watched: bool) -> Console<'a> {
        let progress = Progress::new(watched && self.options.progress);
        Console { progress, ..self }
    }

    /// Writes a text beside the report.
    pub fn print(&self, text: &str) {
        self.write_result(|stdout| stdout.write_all(text.as_bytes()));
    }

    /// The first failure is kept; nothing is written after it.
    fn write_result(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        if let Some(error) = self.failed.take() {
            return self.failed.set(Some(error));
        }
        let mut stdout = self.stdout.borrow_mut();
        let written = self
            .progress
            .aside(|| write(&mut **stdout).and_then(|()| stdout.flush()));
        self.failed.set(written.err());
    }

    /// Shows a warning.
    pub fn warn(&self, text: String) {
        self.log(&format!("warning: {text}"));
    }

    /// Shows under `-v` how a run goes about its work.
    pub fn say(&self, text: &str) {
        if self.options.verbose > 0 {
            self.log(text);
        }
    }

    /// The lines that show how far a run is.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Shows one try under `-v`, its headers under `-vv`.
    pub fn trace(&self, trace: &Trace<'_>) {
        if self.options.verbose == 0 {
            return;
        }
        let outcome = match &trace.outcome {
            Ok(outcome) => outcome.clone(),
            Err(error) => self.known.message(error),
        };
        let (method, action) = (trace.method, trace.action);
        let host = self.known.sentence(&trace.host, [&*trace.host]);
        self.log(&format!(
            "{method} {host} {action}: {outcome} ({} ms, try {})",
            trace.took.as_millis(),
            trace.attempt
        ));
        if self.options.verbose > 1 {
            let sent = trace.sent.iter().map(|header| ('>', header));
            let received = trace.received.iter().map(|header| ('<', header));
            for (way, (name, value)) in sent.chain(received) {
                self.log(&format!("  {way} {name}: {}", self.known.scrub(value)));
            }
        }
    }

    /// A quiet run holds its lines until it is known whether it says anything at all.
    fn log(&self, line: &str) {
        let safe = visible(&self.known.sentence(line, []), self.look.utf8);
        if self.options.view.quiet {
            self.held.borrow_mut().push(safe);
        } else {
            self.write(&safe);
        }
    }

    fn write(&self, line: &str) {
        // Nobody is left to tell when stderr is gone.
        let _ = self
            .progress
            .aside(|| writeln!(self.stderr.borrow_mut(), "{line}"));
    }

    /// Whether everything could be written.
    pub fn close(self) -> io::Result<()> {
        self.failed.into_inner().map_or(Ok(()), Err)
    }
}

impl Sink for Console<'_> {
    fn is_stream(&self) -> bool {
        self.options.format.result.is_some()
    }

    fn result(&self, outcome: &ReportEntry) {
        if let Some(result) = self.options.format.result {
            self.print(&result(outcome));
        }
    }

    /// Writes the report, after what was held for it; a quiet run in which all is well writes neither.
    fn finish(&self, report: &Report) {
        if self.options.view.quiet && report.all_well() {
            return;
        }
        self.held.take().iter().for_each(|line| self.write(line));
        let look = TextStyle {
            now: report.evaluated_at,
            ..self.look
        };
        self.write_result(|stdout| (self.options.format.report)(report, look, stdout));
    }
}
