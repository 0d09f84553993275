//! What `certcheck doctor` prints: a line for each step of each provider, or JSON.

use serde::Serialize;
use serde_json::ser::{CompactFormatter, PrettyFormatter};

use super::json::{SCHEMA_VERSION, in_json};
use super::table::Look;
use super::text::{painted, visible, wrapped};
use crate::error::Error;
use crate::model::Verdict;

/// What came of the steps with one provider.
#[derive(Serialize)]
pub struct Examined {
    /// Its command.
    pub name: &'static str,
    /// Where it is asked, where that is known.
    pub endpoint: Option<String>,
    /// In the order of the steps.
    pub findings: Vec<Finding>,
}

/// What came of one step.
#[derive(Serialize)]
pub struct Finding {
    /// `endpoint`, `name`, `route`, `tls`, `clock` or `key`.
    pub step: &'static str,
    /// Whether it is well.
    pub state: State,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Whether a step is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is.
    Ok,
    /// It is, and will not always be.
    Warning,
    /// It is not.
    Failed,
    /// It was not tried.
    Skipped,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Warning => "warning",
            State::Failed => "failed",
            State::Skipped => "skipped",
        }
    }

    fn verdict(self) -> Verdict {
        match self {
            State::Ok | State::Skipped => Verdict::Ok,
            State::Warning => Verdict::Warning,
            State::Failed => Verdict::Unknown,
        }
    }
}

impl Finding {
    /// A finding that needs no advice.
    pub fn new(step: &'static str, state: State, message: impl Into<String>) -> Finding {
        Finding {
            step,
            state,
            message: message.into(),
            hint: None,
        }
    }

    /// What to do about it.
    pub fn with_hint(self, hint: &str) -> Finding {
        Finding {
            hint: Some(hint.to_owned()),
            ..self
        }
    }

    /// A step that failed.
    pub fn failed(step: &'static str, error: &Error) -> Finding {
        Finding::new(step, State::Failed, error.message.clone()).with_hint(error.hint())
    }
}

/// 3 where something does not work or nothing was examined, 1 with a warning, else 0.
pub fn exit_code(examined: &[Examined]) -> u8 {
    let findings = || examined.iter().flat_map(|one| &one.findings);
    if findings().all(|finding| finding.state == State::Skipped) {
        return Verdict::Unknown.exit_code();
    }
    let worst = findings().map(|finding| finding.state.verdict());
    worst.max().unwrap_or(Verdict::Unknown).exit_code()
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    certcheck_version: &'static str,
    providers: &'a [Examined],
}

/// All of them as one document.
pub fn json(examined: &[Examined]) -> String {
    let document = Document {
        schema_version: SCHEMA_VERSION,
        certcheck_version: env!("CARGO_PKG_VERSION"),
        providers: examined,
    };
    in_json(&document, PrettyFormatter::new())
}

/// One a line.
pub fn lines(examined: &[Examined]) -> String {
    let line = |one: &Examined| in_json(one, CompactFormatter);
    examined.iter().map(line).collect()
}

/// For people.
pub fn text(examined: &[Examined], look: Look) -> String {
    let each = examined.iter().map(|one| block(one, look));
    each.collect::<Vec<_>>().join("\n")
}

fn block(one: &Examined, look: Look) -> String {
    let endpoint = one.endpoint.as_deref().unwrap_or("-");
    let mut text = format!("{} {}\n", one.name, visible(endpoint, look.utf8));
    for finding in &one.findings {
        let (step, state) = (finding.step, finding.state.as_str());
        let lead = format!("  {state:<8}{step:<9}");
        let message = visible(&finding.message, look.utf8);
        let line = wrapped(&lead, &message, look.width);
        text.push_str(&if look.colour {
            line.replacen(state, &painted(state, finding.state.verdict()), 1)
        } else {
            line
        });
        if let Some(hint) = &finding.hint {
            let lead = format!("  {:<8}hint:    ", "");
            text.push_str(&wrapped(&lead, &visible(hint, look.utf8), look.width));
        }
    }
    text
}
