//! English.

pub mod flags;

use chrono::TimeDelta;

use crate::model::duration_text::{counted, in_words};
use crate::model::note::{Bound, Clock, FieldProblem, LeafChoice, Mark, Note, UnusedAdvice};
use crate::model::status::Verdict;
use crate::model::timestamp::rfc3339;

/// The sentence of a note: what is known, then what follows from it.
#[allow(
    clippy::too_many_lines,
    reason = "one arm per note: a translator reads it from top to bottom"
)]
pub fn note(note: &Note) -> String {
    match note {
        Note::ZoneAssumed {
            earlier,
            later,
            flag,
        } => {
            let slack = slack(*earlier, *later);
            let remedy = flag.map_or(String::new(), |flag| {
                format!(" (set {flag} if you know the zone)")
            });
            format!("no time zone is given: the end of validity may be up to {slack}{remedy}")
        }
        Note::DateUnreadable { bound, raw } => {
            let raw = match raw.as_deref() {
                None | Some("") => "the value is empty",
                Some(raw) => raw,
            };
            format!("the {} of validity is not a date: {raw}", word(*bound))
        }
        Note::DateAmbiguous { raw } => {
            format!("day and month cannot be told apart in {raw}")
        }
        Note::NoDate(Bound::End) => "the answer has no end of validity".to_owned(),
        Note::NoDate(Bound::Start) => {
            "the answer has no start of validity, so the certificate may not be valid yet".to_owned()
        }
        Note::DateConflict {
            ends,
            earliest_counts,
        } => {
            let ends = ends.iter().map(|(key, raw)| format!("{key} is {raw}"));
            let ends = ends.collect::<Vec<_>>().join(", ");
            match earliest_counts {
                true => format!("{ends}; the earliest counts"),
                false => format!("{ends}; one of them cannot be read and may be the earliest"),
            }
        }
        Note::DateUncertain { bound, from, to } => {
            let (from, to) = (rfc3339(*from), rfc3339(*to));
            match bound {
                Bound::Start => format!(
                    "validity begins between {from} and {to}, so the certificate may not be valid yet"
                ),
                Bound::End => format!(
                    "validity ends between {from} and {to}, so the certificate may have expired"
                ),
            }
        }
        Note::NoEnd => {
            "the end of validity, 9999-12-31, means that the certificate never ends".to_owned()
        }
        Note::StartAfterEnd { start, end } => format!(
            "the start of validity, {}, is after the end of validity, {}",
            rfc3339(*start),
            rfc3339(*end)
        ),
        Note::NotYetValid { start } => format!("not valid before {}", rfc3339(*start)),
        Note::StartAssumed => {
            "the list has no start of validity; the certificate is assumed to be valid already"
                .to_owned()
        }
        Note::LegacyNoDate { flag } => {
            format!("the v2 call returns no date; run without {flag} to get the end of validity")
        }
        Note::NoLifetime => {
            "the lifetime is not known, so a percentage of it cannot be used; auto applies".to_owned()
        }
        Note::StatusUnknown { word: Some(word) } => {
            format!("the provider's status {word} does not tell whether the certificate is valid")
        }
        Note::StatusUnknown { word: None } => {
            "the provider gives no status for the certificate".to_owned()
        }
        Note::StatusDateConflict { word, end, ahead } => {
            let (word, end) = (status(word.as_deref()), rfc3339(*end));
            match ahead {
                true => format!(
                    "the provider's status is {word}, but the end of validity, {end}, is in the future"
                ),
                false => {
                    format!("the provider's status is {word}, but the end of validity is {end}")
                }
            }
        }
        Note::DateBesideStatus { word, end } => format!(
            "the provider's status is {}, but there is an end of validity: {}",
            status(word.as_deref()),
            rfc3339(*end)
        ),
        Note::StatusConflict { outer, inner } => {
            let status = |text: &Option<String>| text.clone().unwrap_or_else(|| "empty".to_owned());
            format!(
                "the status is {} in one place of the answer and {} in another; the worse counts",
                status(outer),
                status(inner)
            )
        }
        Note::Within { verdict, threshold } => {
            let (name, flag) = match verdict {
                Verdict::Critical => ("critical", "--crit"),
                _ => ("warning", "--warn"),
            };
            let threshold = days(*threshold);
            format!("ends within the {name} threshold of {threshold} ({flag})")
        }
        Note::SeverityOverride { status, verdict } => format!(
            "--severity judges {} as {}",
            status.as_str(),
            verdict.as_str()
        ),
        Note::MaybeUnused(UnusedAdvice::CheckOnly(environment)) => format!(
            "if this app does not use it (or signs in to APNs with a token), leave it out with --environment {}",
            environment.as_str()
        ),
        Note::MaybeUnused(UnusedAdvice::NewId) => {
            "a renewed certificate has a new ID: if this one was replaced, check the new ID instead"
                .to_owned()
        }
        Note::Superseded {
            successor,
            scope: Some(scope),
        } => format!("superseded by {successor} ({scope})"),
        Note::Superseded {
            successor,
            scope: None,
        } => format!("superseded by {successor}"),
        Note::ClockCorrected { behind, end, start } => clock(*behind, *end, *start),
        Note::FieldUnreadable { field, problem } => field_problem(field, *problem),
        Note::IdMismatch {
            reported: Some(reported),
        } => format!("the answer is about {reported}, not about the requested ID"),
        Note::IdMismatch { reported: None } => {
            "the answer does not say which certificate it is about".to_owned()
        }
        Note::SiteMismatch {
            reported: Some(reported),
        } => format!("the answer is about site {reported}, not about the requested site"),
        Note::SiteMismatch { reported: None } => {
            "the answer does not say which site it is about".to_owned()
        }
        Note::RenewalPending => "a new certificate has been requested".to_owned(),
        Note::RenewalFailed { dns_code } => {
            format!("the last application or renewal failed{}", dns(dns_code))
        }
        Note::ApplicationFailed { dns_code } => {
            format!("the application for this certificate failed{}", dns(dns_code))
        }
        Note::NoInfo(environment) => format!(
            "the answer has nothing readable about the {} certificate",
            environment.as_str()
        ),
        Note::BundleIncomplete { names, ends } => {
            format!("the bundle has {names} certificate names and {ends} ends of validity")
        }
        Note::PemUnreadable => {
            "the certificate text in the answer is not a complete certificate; the other fields are used"
                .to_owned()
        }
        Note::PemBlocksUnreadable(blocks) => format!(
            "{} of the certificate text cannot be read",
            counted(*blocks as u64, "block")
        ),
        Note::PemSeveral { certificates, leaf } => several(*certificates, *leaf),
        Note::PemTrailingBytes(count) => format!(
            "{} follow the certificate within its block; they are not part of it",
            counted(*count as u64, "byte")
        ),
        Note::PemNameLossy => {
            "a name in the certificate has characters that its encoding does not define".to_owned()
        }
        Note::PemNamesUnreadable => {
            "some alternative names of the certificate cannot be read and were not used".to_owned()
        }
        Note::PemNameConflict {
            record,
            certificate,
        } => format!(
            "the names are {} in the record and {} in the certificate; the certificate counts",
            list(record),
            list(certificate)
        ),
        Note::PemMismatch {
            mark,
            record,
            certificate,
        } => {
            let what = match mark {
                Mark::Sha256 => "the SHA-256 of the record is",
                Mark::Serial => "the serial of the record is",
                Mark::Names => "the record has neither SHA-256 nor serial, and its names are",
            };
            format!(
                "{what} {}, in the certificate text {}: the text may be another certificate; the worse of both counts",
                list(record),
                list(certificate)
            )
        }
        Note::PemDateConflict {
            bound,
            record,
            certificate,
            certificate_counts,
        } => {
            let counts = match certificate_counts {
                true => "in the certificate, which counts",
                false => "in the certificate text; the worse counts",
            };
            let zone = match (*record - *certificate).num_minutes().abs() {
                480 => " (8 hours apart: the record seems to be in UTC+8)",
                _ => "",
            };
            format!(
                "the {} of validity is {} in the record and {} {counts}{zone}",
                word(*bound),
                rfc3339(*record),
                rfc3339(*certificate)
            )
        }
    }
}

fn word(bound: Bound) -> &'static str {
    match bound {
        Bound::Start => "start",
        Bound::End => "end",
    }
}

fn status(word: Option<&str>) -> &str {
    word.unwrap_or("missing")
}

fn list(texts: &[String]) -> String {
    match texts {
        [] => "missing".to_owned(),
        texts => texts.join(", "),
    }
}

fn dns(code: &Option<String>) -> String {
    let code = code.as_ref();
    code.map_or(String::new(), |code| {
        format!(" (code of the DNS provider: {code})")
    })
}

/// Without the moment itself: many certificates share the sentence then.
fn slack(earlier: TimeDelta, later: TimeDelta) -> String {
    match (in_words(earlier), in_words(later)) {
        (_, later_by) if earlier.is_zero() => format!("{later_by} later"),
        (earlier_by, _) if later.is_zero() => format!("{earlier_by} earlier"),
        (earlier_by, later_by) if earlier_by == later_by => format!("{later_by} earlier or later"),
        (earlier_by, later_by) => format!("{earlier_by} earlier or {later_by} later"),
    }
}

fn clock(behind: TimeDelta, end: Clock, start: Clock) -> String {
    let side = if behind > TimeDelta::zero() {
        "behind"
    } else {
        "ahead of"
    };
    let whose = |clock| match clock {
        Clock::Machine => "this machine's time",
        Clock::Service => "the service's time",
    };
    let judged = if end == start {
        format!("judged by {}", whose(end))
    } else {
        format!(
            "the end of validity is judged by {}, its start by {}",
            whose(end),
            whose(start)
        )
    };
    let behind = in_words(behind);
    format!("this machine's clock is {behind} {side} the service's; {judged}")
}

fn field_problem(field: &str, problem: FieldProblem) -> String {
    let why = match problem {
        FieldProblem::Contradictory => "has several different values",
        FieldProblem::NotText => "is a list or an object instead of a text",
        FieldProblem::NotBool => "is neither true nor false",
        FieldProblem::NotObject => "is not an object",
        FieldProblem::MemberNotText => {
            return format!(
                "the field {field} has a member that is not a text; the member was not used"
            );
        }
        FieldProblem::MemberNotRecord => {
            return format!("the list {field} has a member that is not a record");
        }
    };
    format!("the field {field} {why} and was not used")
}

fn several(certificates: usize, leaf: LeafChoice) -> String {
    match leaf {
        LeafChoice::NotFirst => format!(
            "the certificate text has {certificates} certificates, and the first of them issued another; the one that issued none counts"
        ),
        LeafChoice::FirstToEnd(candidates) => format!(
            "the certificate text has {certificates} certificates, and {candidates} of them may be the right one; the one that ends first counts"
        ),
    }
}

/// From this number on a threshold is shown in years.
const MANY_DAYS: i64 = 3660;

/// In days, as thresholds are given, with a tenth where there is one (a quarter of 90 days is 22.5).
fn days(left: TimeDelta) -> String {
    let tenths = left.num_seconds() * 10 / 86_400;
    match (tenths / 10, tenths % 10) {
        (0 | MANY_DAYS.., _) => in_words(left),
        (1, 0) => "1 day".to_owned(),
        (days, 0) => format!("{days} days"),
        (days, tenth) => format!("{days}.{tenth} days"),
    }
}
