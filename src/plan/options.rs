//! What the flags of every command mean for a run. Nothing later looks at flags or variables.

use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, Utc};

use crate::flags::Values;
use crate::flags::common::{
    ALLOW_EMPTY, AT, COLOR, CONCURRENCY, CRIT, DEADLINE, DOMAIN, EXIT_ZERO, EXPIRING,
    IGNORE_SUPERSEDED, JSON, LIMIT, NO_LISTING, NO_PROGRESS, ONLY, OUTPUT, QUIET, RATE, RETRIES,
    SEVERITY, SORT, STATUS, TIMEOUT, VERBOSE, WARN,
};
pub use crate::flags::readers::{At, Rate};
use crate::model::threshold::Thresholds;
use crate::model::{FlagProblem, Policy, RowFilter, Status, Verdict};
use crate::plan::name_pattern::NamePattern;
use crate::render::format::Format;

/// The common flags, understood.
#[derive(Debug, Clone)]
pub struct RunOptions {
    thresholds: Thresholds,
    severity: Vec<(Status, Verdict)>,
    at: Option<At>,
    /// `--output`.
    pub format: &'static Format,
    /// The rows that are shown.
    pub view: RowFilter,
    domains: Vec<NamePattern>,
    /// `--allow-empty`.
    pub allow_empty: bool,
    /// `--ignore-superseded`.
    pub ignore_superseded: bool,
    /// `--no-listing`.
    pub no_listing: bool,
    /// True where progress may be shown: not in a quiet run, nor beside a log, which tells more.
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

impl RunOptions {
    /// Takes the values that count, and the built-in defaults for the others.
    pub fn new(values: &Values<'_>) -> Result<RunOptions, FlagProblem> {
        let (warn, crit) = (values.get(&WARN), values.get(&CRIT));
        let thresholds = Thresholds::new(warn.unwrap_or_default(), crit.unwrap_or_default());
        let thresholds = thresholds.ok_or(FlagProblem::CritAboveWarn {
            crit: CRIT.id(),
            warn: WARN.id(),
        })?;
        let format = format(values);
        let mut sort = values.get(&SORT);
        if format.result.is_some() && sort.take().is_some() && values.is_typed(SORT.id()) {
            return Err(FlagProblem::SortOfStream {
                flag: SORT.id(),
                format: format.name,
            });
        }
        let verbose = values.get(&VERBOSE).unwrap_or(0);
        let quiet = values.is_on(&QUIET);
        let globs = values.all(&DOMAIN);
        Ok(RunOptions {
            thresholds,
            severity: values.all(&SEVERITY),
            at: values.get(&AT),
            format,
            view: RowFilter {
                quiet,
                only: values.all(&ONLY),
                status: values.all(&STATUS),
                expiring: values.get(&EXPIRING),
                limit: values.get(&LIMIT),
                sort,
            },
            domains: globs.iter().map(|glob| NamePattern::new(glob)).collect(),
            allow_empty: values.is_on(&ALLOW_EMPTY),
            ignore_superseded: values.is_on(&IGNORE_SUPERSEDED),
            no_listing: values.is_on(&NO_LISTING),
            progress: !values.is_on(&NO_PROGRESS) && !quiet && verbose == 0,
            verbose,
            colour: values.get(&COLOR).flatten(),
            exit_zero: values.is_on(&EXIT_ZERO),
            timeout: values.get(&TIMEOUT).unwrap_or(Duration::from_secs(10)),
            deadline: values.get(&DEADLINE).unwrap_or(Duration::from_secs(50)),
            concurrency: values.get(&CONCURRENCY).unwrap_or(16),
            retries: values.get(&RETRIES).unwrap_or(3),
            rate: values.get(&RATE),
        })
    }

    /// True for a certificate with these names where `--domain` leaves it in.
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

    /// True if the verdict about a certificate with that end may turn with its lifetime.
    pub fn turns_with_lifetime(&self, end: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let left = end - self.evaluated_at(now);
        self.thresholds.turn_with_lifetime(left)
    }

    /// True with `--at`.
    pub fn choose_the_moment(&self) -> bool {
        self.at.is_some()
    }

    /// True if everything is judged for one moment, whatever any clock shows.
    pub fn the_moment_is_fixed(&self) -> bool {
        matches!(self.at, Some(At::Moment(_)))
    }

    /// The moment to judge for, in whole seconds, as it is printed.
    pub fn evaluated_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let at = match self.at {
            None => now,
            Some(At::Moment(moment)) => moment,
            Some(At::Ahead(delta)) => now.checked_add_signed(delta).unwrap_or(now),
        };
        at.trunc_subsecs(0)
    }
}

/// `--json` is another spelling of `--output json`: the nearer of both counts.
fn format(values: &Values<'_>) -> &'static Format {
    let output = values.get(&OUTPUT);
    let json_is_nearer = values.is_nearer(JSON.id(), OUTPUT.id());
    match output {
        _ if values.is_on(&JSON) && json_is_nearer => Format::json(),
        Some(format) => format,
        None => Format::usual(),
    }
}
