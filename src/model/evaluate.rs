//! From facts to status and verdict, with one `now` for the run.
//!
//! The provider's word decides first; where it leaves the question open the dates decide, and `OK` needs both.

use chrono::{DateTime, TimeDelta, Utc};

use super::config_origin::Origin;
use super::explain::{disagreement, missing_end, zone_assumed};
use super::facts::Facts;
use super::note::{Bound, Note};
use super::status::{ProviderState, Status, Verdict};
use super::threshold::{Thresholds, turns_at};
use super::timestamp::{Basis, DateValue, Moment};

/// Parameters of an evaluation.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The moment of evaluation, whole seconds. The end of validity is judged by it.
    pub now: DateTime<Utc>,
    /// The moment that the start of validity is judged by: another one where two clocks differ.
    pub start_now: DateTime<Utc>,
    /// `--warn` and `--crit`.
    pub thresholds: Thresholds,
    /// `--severity`: the user's own verdicts.
    pub severity: Vec<(Status, Verdict)>,
}

impl Policy {
    /// One clock, the thresholds that count where none are given, no severities.
    pub fn at(now: DateTime<Utc>) -> Policy {
        Policy {
            now,
            start_now: now,
            thresholds: Thresholds::default(),
            severity: Vec::new(),
        }
    }
}

/// An evaluated certificate.
#[derive(Debug, Clone)]
pub struct CertStatus {
    /// `mpush`, `esa`, …
    pub provider: &'static str,
    /// Check and account of the config file.
    pub origin: Origin,
    /// The facts; their notes include those of the evaluation.
    pub facts: Facts,
    /// The state.
    pub status: Status,
    /// The verdict.
    pub verdict: Verdict,
    /// The moment that the end of validity was judged by.
    pub judged_at: DateTime<Utc>,
    /// Whole days, rounded down; negative when past.
    pub days_left: Option<i64>,
    /// When the verdict turns to `warning`.
    pub warn_at: Option<DateTime<Utc>>,
    /// When the verdict turns to `critical`.
    pub crit_at: Option<DateTime<Utc>>,
}

/// Evaluates one certificate.
pub fn judge(provider: &'static str, mut facts: Facts, policy: &Policy) -> CertStatus {
    let status = status(&mut facts, policy);
    let end = facts.not_after.moment().copied();
    let lifetime = lifetime(&facts);
    let ends = end.filter(|end| !end.is_no_end());
    if policy.thresholds.wants_lifetime() && lifetime.is_none() && ends.is_some() {
        facts.note(Note::NoLifetime);
    }
    let (warn, crit) = policy.thresholds.resolve(lifetime);
    // Where the word alone decides no moment turns anything.
    let dated = ends.filter(|_| facts.word == ProviderState::ByDate);
    let earliest = dated.map(|moment| moment.earliest);
    let (warn_at, crit_at) = (turns_at(earliest, warn), turns_at(earliest, crit));
    let turns = Turns {
        warn,
        warn_at,
        crit,
        crit_at,
    };
    let verdict = verdict(&mut facts, status, &turns, policy);
    advise(&mut facts, status, policy.now);
    CertStatus {
        provider,
        origin: Origin::default(),
        days_left: end.map(|moment| (moment.at - policy.now).num_seconds().div_euclid(86_400)),
        facts,
        status,
        verdict,
        judged_at: policy.now,
        warn_at,
        crit_at,
    }
}

fn lifetime(facts: &Facts) -> Option<TimeDelta> {
    let (start, end) = (facts.not_before.moment()?, facts.not_after.moment()?);
    let life = end.at - start.at;
    (life > TimeDelta::zero()).then_some(life)
}

fn status(facts: &mut Facts, policy: &Policy) -> Status {
    let (dated, mut notes) = by_date(facts, policy);
    let word = facts.provider_status.clone();
    let status = match facts.word {
        ProviderState::ByDate => {
            if let (Status::Expired, Some(_), Some(end)) = (dated, &word, facts.not_after.moment())
            {
                notes.push(Note::StatusDateConflict {
                    word,
                    end: end.at,
                    ahead: false,
                });
            }
            dated
        }
        ProviderState::Is(status) => {
            let end = facts.not_after.moment().map(|moment| moment.at);
            // Notes about dates are dropped: the status of the provider decides.
            notes.retain(Note::is_about_dates);
            notes.extend(disagreement(status, word.clone(), end, policy.now));
            if status == Status::Unknown {
                notes.push(Note::StatusUnknown { word });
            }
            status
        }
    };
    facts.notes.append(&mut notes);
    status
}

/// Status by the dates alone.
fn by_date(facts: &Facts, policy: &Policy) -> (Status, Vec<Note>) {
    let (start, end, now) = (&facts.not_before, &facts.not_after, policy.now);
    let mut notes = Vec::new();
    if start.value == DateValue::Unreadable {
        notes.push(Note::DateUnreadable {
            bound: Bound::Start,
            raw: start.raw.clone(),
        });
    }
    let end = match &end.value {
        DateValue::Known(moment) => moment,
        _ => {
            notes.push(missing_end(end));
            return (Status::Unknown, notes);
        }
    };
    if end.basis == Basis::Assumed {
        notes.push(zone_assumed(end, facts.zone_flag));
    }
    if end.is_no_end() {
        notes.push(Note::NoEnd);
    }
    if let Some(start) = start.moment().filter(|start| is_after(start, end)) {
        let (start, end) = (start.at, end.at);
        notes.push(Note::StartAfterEnd { start, end });
        return (Status::Unknown, notes);
    }
    if now > end.latest {
        return (Status::Expired, notes);
    }
    if now > end.earliest {
        notes.push(Note::DateUncertain {
            bound: Bound::End,
            from: end.earliest,
            to: end.latest,
        });
        return (Status::Unknown, notes);
    }
    let (status, note) = begun(facts, policy.start_now);
    notes.extend(note);
    (status, notes)
}

/// True if one moment lies after another in every time zone that either can have. A day begins with its first second and ends with its
/// last, and an assumed zone is the same for both.
fn is_after(one: &Moment, other: &Moment) -> bool {
    one.at > other.at && one.earliest > other.earliest && one.latest > other.latest
}

/// The state of a certificate that has not ended.
fn begun(facts: &Facts, now: DateTime<Utc>) -> (Status, Option<Note>) {
    let Some(start) = facts.not_before.moment() else {
        // One that cannot be read, or is missing where there always is one, may lie ahead. Push certificates and a
        // PBX have none: there the end decides.
        return match facts.not_before.value == DateValue::Absent {
            true if !facts.start_due => (Status::Ok, None),
            true => (Status::Unknown, Some(Note::NoDate(Bound::Start))),
            false => (Status::Unknown, None),
        };
    };
    if now < start.earliest {
        let start = start.at;
        return (Status::NotYetValid, Some(Note::NotYetValid { start }));
    }
    if now < start.latest {
        let note = Note::DateUncertain {
            bound: Bound::Start,
            from: start.earliest,
            to: start.latest,
        };
        return (Status::Unknown, Some(note));
    }
    (Status::Ok, None)
}

struct Turns {
    warn: Option<TimeDelta>,
    warn_at: Option<DateTime<Utc>>,
    crit: Option<TimeDelta>,
    crit_at: Option<DateTime<Utc>>,
}

fn verdict(facts: &mut Facts, status: Status, turns: &Turns, policy: &Policy) -> Verdict {
    let mut verdict = status.verdict();
    let reached = |at: Option<DateTime<Utc>>| at.is_some_and(|at| policy.now >= at);
    let is_ok = status == Status::Ok;
    // Where only the start is not known, a near end is worth a word all the same.
    let is_open = status == Status::Unknown && lies_ahead(facts, policy.now);
    if (is_ok || is_open) && reached(turns.crit_at) {
        if is_ok {
            verdict = Verdict::Critical;
        }
        facts.note(Note::Within {
            verdict: Verdict::Critical,
            threshold: turns.crit.unwrap_or_default(),
        });
    } else if is_ok && reached(turns.warn_at) {
        verdict = Verdict::Warning;
        facts.note(Note::Within {
            verdict,
            threshold: turns.warn.unwrap_or_default(),
        });
    }
    if let Some((_, chosen)) = policy.severity.iter().rev().find(|(of, _)| *of == status) {
        facts.note(Note::SeverityOverride {
            status,
            verdict: *chosen,
        });
        verdict = *chosen;
    }
    if facts.mismatch {
        verdict.max(Verdict::Unknown)
    } else {
        verdict
    }
}

/// True if the end is certainly in the future.
fn lies_ahead(facts: &Facts, now: DateTime<Utc>) -> bool {
    let (start, end) = (facts.not_before.moment(), facts.not_after.moment());
    let contradicted = start
        .zip(end)
        .is_some_and(|(start, end)| is_after(start, end));
    end.is_some_and(|end| now <= end.earliest) && !contradicted
}

/// A dead certificate may simply be out of use; the provider's own advice says how to leave it out.
fn advise(facts: &mut Facts, status: Status, now: DateTime<Utc>) {
    let Some(unused) = facts.unused else { return };
    let dead_for = facts
        .not_after
        .moment()
        .map(|end| (now - end.latest).num_days());
    let long_dead =
        status == Status::Expired && dead_for.is_some_and(|days| days >= unused.after_days);
    if long_dead || status == Status::NotConfigured {
        facts.note(Note::MaybeUnused(unused.advice));
    }
}
