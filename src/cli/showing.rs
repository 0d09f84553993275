//! What the flags mean that choose which results are shown, and in which order.

use chrono::TimeDelta;

use super::common::Common;
use crate::error::{Error, Kind};
use crate::model::{Sort, Status, Verdict, View};

/// Understands them, or says which one cannot be.
pub fn view(flags: &Common) -> Result<View, Error> {
    let verdicts = || Verdict::ALL.map(Verdict::as_str).join(", ");
    let states = || Status::ALL.map(Status::as_str).join(", ");
    let verdict = |text: &str| text.parse().ok();
    let status = |text: &str| text.parse().ok();
    Ok(View {
        quiet: flags.quiet,
        only: each("--only", &flags.only, verdict, verdicts)?,
        status: each("--status", &flags.status, status, states)?,
        expiring: one("--expiring", &flags.expiring, span, || {
            "one such as 45d or 72h, or a number of days".to_owned()
        })?,
        limit: one("--limit", &flags.limit, count, || "a number".to_owned())?,
        sort: one("--sort", &flags.sort, sort, || {
            "expiry, name, provider or status".to_owned()
        })?,
    })
}

fn one<T>(
    flag: &str,
    text: &Option<String>,
    read: impl Fn(&str) -> Option<T>,
    instead: impl Fn() -> String,
) -> Result<Option<T>, Error> {
    let texts = text.as_slice();
    let read = each(flag, texts, read, instead)?;
    Ok(read.into_iter().next())
}

fn each<T>(
    flag: &str,
    texts: &[String],
    read: impl Fn(&str) -> Option<T>,
    instead: impl Fn() -> String,
) -> Result<Vec<T>, Error> {
    let read = |text: &String| {
        read(text.trim()).ok_or_else(|| {
            let message = format!("{flag}: `{text}` is not a valid value");
            let error = Error::new(Kind::Usage, message).quoting(text);
            error.with_hint(format!("give {}", instead()))
        })
    };
    texts.iter().map(read).collect()
}

/// `45d`, `72h`, or a plain number of days.
fn span(text: &str) -> Option<TimeDelta> {
    let days = text.parse().ok().and_then(TimeDelta::try_days);
    let named = || TimeDelta::from_std(humantime::parse_duration(text).ok()?).ok();
    let span = days.or_else(named)?;
    (span >= TimeDelta::zero()).then_some(span)
}

fn count(text: &str) -> Option<usize> {
    text.parse().ok()
}

fn sort(text: &str) -> Option<Sort> {
    match text {
        "expiry" => Some(Sort::Expiry),
        "name" => Some(Sort::Name),
        "provider" => Some(Sort::Provider),
        "status" => Some(Sort::Status),
        _ => None,
    }
}
