//! What the flags of every command mean, with the variables that stand in for them. Nothing later looks at
//! either.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, SubsecRound as _, TimeDelta, Utc};

use super::common::Common;
use super::pattern::NamePattern;
use super::showing::view;
use crate::error::{Error, Kind};
use crate::model::threshold::{Threshold, Thresholds};
use crate::model::{Policy, Status, Verdict, View};
use crate::render::format::Format;

const THRESHOLD: &str = "give 30d, 72h, 20% (of the lifetime), a number of days, off or auto";

/// How fast one account is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rate {
    /// As fast as it answers.
    Off,
    /// Requests a second.
    PerSecond(f64),
}

/// The moment to judge for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Now,
    Moment(DateTime<Utc>),
    Ahead(TimeDelta),
}

/// The common flags, understood.
#[derive(Debug, Clone)]
pub struct Choices {
    thresholds: Thresholds,
    severity: Vec<(Status, Verdict)>,
    at: At,
    /// `--output`.
    pub format: &'static Format,
    /// What of it is shown.
    pub view: View,
    domains: Vec<NamePattern>,
    /// `--allow-empty`.
    pub allow_empty: bool,
    /// `--ignore-superseded`.
    pub ignore_superseded: bool,
    /// `--no-listing`.
    pub no_listing: bool,
    /// Whether progress may be shown: a quiet run says nothing on its way, and a log tells more.
    pub progress: bool,
    /// `-v`, `-vv`.
    pub verbose: u8,
    /// `--color`; none leaves it to the terminal.
    pub colour: Option<bool>,
    /// `--exit-zero`.
    pub exit_zero: bool,
    /// `--timeout`.
    pub timeout: Duration,
    /// `--deadline`.
    pub deadline: Duration,
    /// `--concurrency`.
    pub concurrency: usize,
    /// `--retries`.
    pub retries: u32,
    /// `--rate`; none leaves it to the provider's limits.
    pub rate: Option<Rate>,
}

impl Choices {
    /// Understands the flags, or says which one cannot be.
    pub fn new(flags: &Common, variables: &HashMap<String, String>) -> Result<Choices, Error> {
        Choices::above(flags, variables, &Common::default())
    }

    /// The same, with what counts where neither a flag nor a variable says otherwise.
    pub fn above(
        flags: &Common,
        variables: &HashMap<String, String>,
        below: &Common,
    ) -> Result<Choices, Error> {
        let pick = |of: fn(&Common) -> &Option<String>, name: &'static str| {
            Picked::new(of(flags), name, variables, of(below))
        };
        let thresholds = thresholds(
            pick(|flags| &flags.warn, "warn"),
            pick(|flags| &flags.crit, "crit"),
        )?;
        let limit =
            |of, name| pick(of, name).read(duration, "give one such as 10s or 2m, at most a day");
        let format = if flags.json {
            Some(Format::json())
        } else {
            pick(|flags| &flags.output, "output")
                .read(format, &format!("give {}", Format::names()))?
                .or(below.json.then(Format::json))
        };
        let format = format.unwrap_or(Format::usual());
        // What no variable stands for.
        let whole = flags.clone().or(below.clone());
        let mut view = view(&whole)?;
        if format.result.is_some() && view.sort.take().is_some() && flags.sort.is_some() {
            let text = format!("--sort: {} is printed as results arrive", format.name);
            return Err(usage(text).with_hint("leave it out, or give --json"));
        }
        Ok(Choices {
            thresholds,
            severity: whole
                .severity
                .iter()
                .map(|text| severity(text))
                .collect::<Result<_, _>>()?,
            at: whole.at.as_deref().map_or(Ok(At::Now), at)?,
            format,
            view,
            domains: whole
                .domain
                .iter()
                .map(|glob| NamePattern::new(glob))
                .collect(),
            allow_empty: whole.allow_empty,
            ignore_superseded: whole.ignore_superseded,
            no_listing: whole.no_listing,
            progress: !whole.no_progress && !whole.quiet && whole.verbose == 0,
            verbose: whole.verbose,
            colour: pick(|flags| &flags.color, "color")
                .read(colour, "give auto, always or never")?
                .flatten(),
            exit_zero: whole.exit_zero,
            timeout: limit(|flags| &flags.timeout, "timeout")?.unwrap_or(Duration::from_secs(10)),
            deadline: limit(|flags| &flags.deadline, "deadline")?
                .unwrap_or(Duration::from_secs(50)),
            concurrency: pick(|flags| &flags.concurrency, "concurrency")
                .read(concurrency, "give a number from 1 to 256")?
                .unwrap_or(16),
            retries: pick(|flags| &flags.retries, "retries")
                .read(retries, "give a number from 0 to 10")?
                .unwrap_or(3),
            rate: pick(|flags| &flags.rate, "rate")
                .read(rate, "give off, or requests a second such as 5 or 0.5")?,
        })
    }

    /// Whether a certificate with these names is to be judged.
    pub fn selects(&self, names: &[String]) -> bool {
        let like = |name: &String| self.domains.iter().any(|pattern| pattern.matches(name));
        self.domains.is_empty() || names.iter().any(like)
    }

    /// What to judge by, with `end` and `start` as the moments of the clocks that judge the end and the start of validity.
    pub fn policy(&self, end: DateTime<Utc>, start: DateTime<Utc>) -> Policy {
        Policy {
            now: self.evaluated_at(end),
            start_now: self.evaluated_at(start),
            thresholds: self.thresholds,
            severity: self.severity.clone(),
        }
    }

    /// Whether the verdict about a certificate with that end may turn with its lifetime.
    pub fn turns_with_lifetime(&self, end: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let left = end - self.evaluated_at(now);
        self.thresholds.turn_with_lifetime(left)
    }

    /// Whether `--at` was given.
    pub fn choose_the_moment(&self) -> bool {
        self.at != At::Now
    }

    /// Whether everything is judged for one moment, whatever any clock shows.
    pub fn the_moment_is_fixed(&self) -> bool {
        matches!(self.at, At::Moment(_))
    }

    /// The moment to judge for, in whole seconds, as it is printed.
    pub fn evaluated_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let at = match self.at {
            At::Now => now,
            At::Moment(moment) => moment,
            At::Ahead(delta) => now.checked_add_signed(delta).unwrap_or(now),
        };
        at.trunc_subsecs(0)
    }
}

fn usage(text: impl Into<String>) -> Error {
    Error::new(Kind::Usage, text)
}

/// A flag's text, or that of the variable in its place, or what is below both, with the name to blame.
struct Picked {
    text: Option<String>,
    source: String,
}

impl Picked {
    fn new(
        flag: &Option<String>,
        name: &'static str,
        variables: &HashMap<String, String>,
        below: &Option<String>,
    ) -> Picked {
        let of = |text: &Option<String>, source| Picked {
            text: text.clone(),
            source,
        };
        if flag.is_some() {
            return of(flag, format!("--{name}"));
        }
        let variable = format!("CERTCHECK_{}", name.to_ascii_uppercase());
        let text = variables
            .get(&variable)
            .filter(|text| !text.trim().is_empty())
            .cloned();
        match text {
            // Below are the keys of the config file.
            None if below.is_some() => of(below, format!("`{name}`")),
            None => of(below, format!("--{name}")),
            text => Picked {
                text,
                source: variable,
            },
        }
    }

    /// What it means; or what it is not, with what to give instead.
    fn read<T>(
        &self,
        read: impl Fn(&str) -> Result<T, String>,
        instead: &str,
    ) -> Result<Option<T>, Error> {
        let Some(text) = &self.text else {
            return Ok(None);
        };
        read(text.trim()).map(Some).map_err(|why| {
            let message = format!("{}: {why}", self.source);
            usage(message).with_hint(instead).quoting(text.trim())
        })
    }
}

/// Both thresholds, if they go together.
fn thresholds(warn: Picked, crit: Picked) -> Result<Thresholds, Error> {
    let read = |picked: &Picked| picked.read(str::parse::<Threshold>, THRESHOLD);
    let (left, critical) = (read(&warn)?, read(&crit)?);
    Thresholds::new(left.unwrap_or_default(), critical.unwrap_or_default()).map_err(|text| {
        usage(text).with_hint(format!(
            "lower {} or raise {} (auto: 30 days, at most 25% of the lifetime)",
            crit.source, warn.source
        ))
    })
}

fn format(text: &str) -> Result<&'static Format, String> {
    Format::named(text).ok_or_else(|| format!("`{text}` is not a format"))
}

fn colour(text: &str) -> Result<Option<bool>, String> {
    match text {
        "auto" => Ok(None),
        "always" => Ok(Some(true)),
        "never" => Ok(Some(false)),
        _ => Err(format!("`{text}` is not a valid value")),
    }
}

fn concurrency(text: &str) -> Result<usize, String> {
    let number = text
        .parse::<usize>()
        .ok()
        .filter(|number| (1..=256).contains(number));
    number.ok_or_else(|| format!("`{text}` is not a valid number of requests"))
}

fn retries(text: &str) -> Result<u32, String> {
    let number = text.parse::<u32>().ok().filter(|number| *number <= 10);
    number.ok_or_else(|| format!("`{text}` is not a number of repeats"))
}

fn rate(text: &str) -> Result<Rate, String> {
    if text == "off" {
        return Ok(Rate::Off);
    }
    let number = text.parse::<f64>().ok();
    number
        .filter(|number| (0.01..=10_000.0).contains(number))
        .map(Rate::PerSecond)
        .ok_or_else(|| format!("`{text}` is not a rate"))
}

/// `10s`, `2m`, or a plain number of seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let plain = text
        .parse::<u32>()
        .ok()
        .map(|seconds| Duration::from_secs(seconds.into()));
    let read = plain.or_else(|| humantime::parse_duration(text).ok());
    let day = Duration::from_secs(86_400);
    read.filter(|time| !time.is_zero() && *time <= day)
        .ok_or_else(|| format!("`{text}` is not a limit of time"))
}

fn severity(text: &str) -> Result<(Status, Verdict), Error> {
    let stop = |what: String, hint: String| {
        let error = usage(format!("--severity: {what}")).with_hint(hint);
        let parts = text.split('=').chain([text]);
        Err(parts.fold(error, |error, part| error.quoting(part.trim())))
    };
    let Some((status, verdict)) = text.split_once('=') else {
        let hint = "give STATUS=VERDICT, such as PENDING=ok".to_owned();
        return stop(format!("`{text}` names no verdict"), hint);
    };
    match (status.trim().parse(), verdict.trim().parse()) {
        (Ok(status), Ok(verdict)) => Ok((status, verdict)),
        (Err(()), _) => stop(
            format!("`{}` is not a status", status.trim()),
            format!("there are {}", Status::ALL.map(Status::as_str).join(", ")),
        ),
        (_, Err(())) => stop(
            format!("`{}` is not a verdict", verdict.trim()),
            format!("there are {}", Verdict::ALL.map(Verdict::as_str).join(", ")),
        ),
    }
}

fn at(text: &str) -> Result<At, Error> {
    let text = text.trim();
    let stop = || {
        usage(format!("--at: `{text}` is not a valid time"))
            .with_hint("give a day such as 2026-12-24 (00:00 UTC), an RFC 3339 time, or +30d")
            .quoting(text)
    };
    if let Some(ahead) = text.strip_prefix('+') {
        // Far beyond any certificate; what lies outside the calendar would have to be read as now.
        let longest = TimeDelta::days(366 * 1000);
        let delta = humantime::parse_duration(ahead)
            .ok()
            .and_then(|time| TimeDelta::from_std(time).ok())
            .filter(|delta| *delta <= longest);
        return delta.map(At::Ahead).ok_or_else(stop);
    }
    let moment = match DateTime::parse_from_rfc3339(text) {
        Ok(moment) => moment.with_timezone(&Utc),
        Err(_) => {
            let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| stop())?;
            day.and_time(NaiveTime::MIN).and_utc()
        }
    };
    // What RFC 3339 can write, since the report repeats it.
    let writable = (0..=9999).contains(&moment.year());
    writable.then_some(At::Moment(moment)).ok_or_else(stop)
}
