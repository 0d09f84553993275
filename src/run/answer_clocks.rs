//! By which clock a certificate is judged: this machine's, or that of the service that told of it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::exchange::ClockOffsets;
use crate::model::note::Clock;
use crate::model::{CertStatus, Facts, Note, judge};
use crate::plan::options::RunOptions;

/// Judges a certificate of a run that began at that moment of this machine's clock.
///
/// What has not begun by the earlier of two clocks may end soon by the later one: the worse of both verdicts counts.
pub fn judged(
    provider: &'static str,
    facts: Facts,
    options: &RunOptions,
    started: DateTime<Utc>,
    offsets: ClockOffsets,
) -> CertStatus {
    let moment = |offset| started.checked_add_signed(offset).unwrap_or(started);
    let by = |mut facts: Facts, start| {
        if let Some(behind) = offsets.behind.filter(|_| !options.the_moment_is_fixed()) {
            facts.notes.push(clock_note(behind, offsets.end, start));
        }
        let policy = options.policy(moment(offsets.end), moment(start));
        judge(provider, facts, &policy)
    };
    if offsets.proven || offsets.start == offsets.end {
        return by(facts, offsets.start);
    }
    let by_both = by(facts.clone(), offsets.start);
    let by_later = by(facts, offsets.end);
    if by_later.verdict > by_both.verdict {
        by_later
    } else {
        by_both
    }
}

/// `end` and `start` are what was added to this machine's clock to judge the two.
fn clock_note(behind: TimeDelta, end: TimeDelta, start: TimeDelta) -> Note {
    let whose = |offset: TimeDelta| {
        if offset.is_zero() {
            Clock::Machine
        } else {
            Clock::Service
        }
    };
    Note::ClockCorrected {
        behind,
        end: whose(end),
        start: whose(start),
    }
}
