//! What clap refuses, and its help and version.

use std::io::Write as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::exit_code;
use crate::model::Verdict;
use crate::render::text::visible;
use crate::run::known_secrets::secrets;
use crate::run::output::{UNKNOWN, delivered};
use crate::world::World;

/// Help and version are no mistakes; all else that clap refuses is one, and exits 3 instead of clap's 2, which
/// monitoring would take for critical.
pub fn typed_wrong(error: clap::Error, styled: bool, world: &mut World) -> u8 {
    let rendered = |error: &clap::Error, colour: bool| {
        if colour {
            error.render().ansi().to_string()
        } else {
            error.render().to_string()
        }
    };
    if error.use_stderr() {
        let colour = world.context.wants_colour(world.terminal.stderr);
        let text = rendered(&freed(error, world), colour);
        let _ = world.stderr.write_all(text.as_bytes());
        return UNKNOWN;
    }
    // Help and version are our own words: where they were not styled nothing has to be taken out.
    let text = rendered(
        &error,
        !styled || world.context.wants_colour(world.terminal.stdout),
    );
    let written = world.stdout.write_all(text.as_bytes());
    let ended = delivered(written, Verdict::Ok.exit_code(), world);
    exit_code(ended, world)
}

/// The error with what was typed freed of secrets and made visible. The rest is ours.
fn freed(mut error: clap::Error, world: &World) -> clap::Error {
    let (known, utf8) = (
        secrets(&world.context.variables),
        world.context.speaks_utf8(),
    );
    let is_typed = |kind| match kind {
        ContextKind::InvalidArg => error.kind() == ErrorKind::UnknownArgument,
        ContextKind::InvalidSubcommand | ContextKind::InvalidValue | ContextKind::TrailingArg => {
            true
        }
        _ => false,
    };
    let changed = error.context().filter_map(|(kind, value)| match value {
        ContextValue::String(text) if is_typed(kind) => {
            let shown = visible(&known.scrub(text), utf8);
            (shown != *text).then_some((kind, shown))
        }
        _ => None,
    });
    let changed: Vec<(ContextKind, String)> = changed.collect();
    if !changed.is_empty() {
        // How to pass it as a value repeats it once more.
        error.remove(ContextKind::Suggested);
    }
    for (kind, shown) in changed {
        error.insert(kind, ContextValue::String(shown));
    }
    error
}
