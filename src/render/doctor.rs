//! Output of `certcheck doctor`: a line for each step of each provider, or JSON.

use serde::Serialize;
use serde_json::ser::{CompactFormatter, PrettyFormatter};

use super::json::{SCHEMA_VERSION, in_json};
use super::style::TextStyle;
use super::text::{painted, visible, wrapped};
use crate::error::Error;
use crate::model::Verdict;

/// Findings of one provider.
#[derive(Serialize)]
pub struct ProviderFindings {
    /// Its command.
    pub name: &'static str,
    /// The endpoint, if known.
    pub endpoint: Option<String>,
    /// In the order of the steps.
    pub findings: Vec<Finding>,
}

/// Finding of one step.
#[derive(Serialize)]
pub struct Finding {
    /// `endpoint`, `name`, `route`, `tls`, `clock` or `key`.
    pub step: &'static str,
    pub state: StepState,
    pub message: String,
    pub hint: Option<String>,
}

/// State of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StepState {
    Ok,
    /// Works now, but a problem is foreseeable.
    Warning,
    Failed,
    Skipped,
}

impl StepState {
    fn as_str(self) -> &'static str {
        match self {
            StepState::Ok => "ok",
            StepState::Warning => "warning",
            StepState::Failed => "failed",
            StepState::Skipped => "skipped",
        }
    }

    fn verdict(self) -> Verdict {
        match self {
            StepState::Ok | StepState::Skipped => Verdict::Ok,
            StepState::Warning => Verdict::Warning,
            StepState::Failed => Verdict::Unknown,
        }
    }
}

impl Finding {
    /// A finding that needs no advice.
    pub fn new(step: &'static str, state: StepState, message: impl Into<String>) -> Finding {
        Finding {
            step,
            state,
            message: message.into(),
            hint: None,
        }
    }

    pub fn with_hint(self, hint: &str) -> Finding {
        Finding {
            hint: Some(hint.to_owned()),
            ..self
        }
    }

    /// A step that failed.
    pub fn failed(step: &'static str, error: &Error) -> Finding {
        Finding::new(step, StepState::Failed, error.message.clone()).with_hint(error.hint())
    }
}

/// 3 where something does not work or nothing was examined, 1 with a warning, else 0.
pub fn exit_code(examined: &[ProviderFindings]) -> u8 {
    let findings = || examined.iter().flat_map(|one| &one.findings);
    if findings().all(|finding| finding.state == StepState::Skipped) {
        return Verdict::Unknown.exit_code();
    }
    let worst = findings().map(|finding| finding.state.verdict());
    worst.max().unwrap_or(Verdict::Unknown).exit_code()
}

#[derive(Serialize)]
struct DoctorDocument<'a> {
    schema_version: u32,
    certcheck_version: &'static str,
    providers: &'a [ProviderFindings],
}

/// One JSON document.
pub fn json(examined: &[ProviderFindings]) -> String {
    let document = DoctorDocument {
        schema_version: SCHEMA_VERSION,
        certcheck_version: env!("CARGO_PKG_VERSION"),
        providers: examined,
    };
    in_json(&document, PrettyFormatter::new())
}

/// One JSON object per line.
pub fn lines(examined: &[ProviderFindings]) -> String {
    let line = |one: &ProviderFindings| in_json(one, CompactFormatter);
    examined.iter().map(line).collect()
}

/// For people.
pub fn text(examined: &[ProviderFindings], style: TextStyle) -> String {
    let each = examined.iter().map(|one| block(one, style));
    each.collect::<Vec<_>>().join("\n")
}

fn block(one: &ProviderFindings, style: TextStyle) -> String {
    let endpoint = one.endpoint.as_deref().unwrap_or("-");
    let mut text = format!("{} {}\n", one.name, visible(endpoint, style.utf8));
    for finding in &one.findings {
        let (step, state) = (finding.step, finding.state.as_str());
        let lead = format!("  {state:<8}{step:<9}");
        let message = visible(&finding.message, style.utf8);
        let line = wrapped(&lead, &message, style.width);
        text.push_str(&if style.colour {
            line.replacen(state, &painted(state, finding.state.verdict()), 1)
        } else {
            line
        });
        if let Some(hint) = &finding.hint {
            let lead = format!("  {:<8}hint:    ", "");
            text.push_str(&wrapped(&lead, &visible(hint, style.utf8), style.width));
        }
    }
    text
}
