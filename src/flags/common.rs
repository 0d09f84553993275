//! The flags of every command, in front of it or behind it, in the order of the help.

use std::time::Duration;

use chrono::TimeDelta;

use super::readers::{self, At, Rate};
use super::{ConfigTable, Flag, FlagRef, Shape, Spec};
use crate::model::threshold::Threshold;
use crate::model::{Expected, SortOrder, Status, Verdict};
use crate::render::format::Format;

/// The heading of these flags in the help.
pub const HEADING: &str = "Judging and output";

const DEFAULTS: &[ConfigTable] = &[ConfigTable::Defaults];
const DEFAULTS_AND_ACCOUNT: &[ConfigTable] = &[ConfigTable::Defaults, ConfigTable::Account];
const DEFAULTS_AND_CHECK: &[ConfigTable] = &[ConfigTable::Defaults, ConfigTable::Check];
const EVERY_TABLE: &[ConfigTable] = &[
    ConfigTable::Defaults,
    ConfigTable::Account,
    ConfigTable::Check,
];

/// All of them.
pub const COMMON: &[FlagRef] = &[
    &WARN,
    &CRIT,
    &SEVERITY,
    &AT,
    &DOMAIN,
    &ALLOW_EMPTY,
    &IGNORE_SUPERSEDED,
    &NO_LISTING,
    &OUTPUT,
    &JSON,
    &QUIET,
    &ONLY,
    &STATUS,
    &EXPIRING,
    &LIMIT,
    &SORT,
    &NO_PROGRESS,
    &VERBOSE,
    &COLOR,
    &EXIT_ZERO,
    &TIMEOUT,
    &DEADLINE,
    &CONCURRENCY,
    &RETRIES,
    &RATE,
];

pub const WARN: Flag<Threshold> = Flag {
    spec: Spec {
        short: Some('w'),
        variables: &["CERTCHECK_WARN"],
        sections: EVERY_TABLE,
        default: "auto",
        default_means: "30 days, at most 25% of the lifetime",
        ..Spec::one(
            "warn",
            "LEFT",
            "Warn when less than this is left: 30d, 72h, 20% (of the lifetime), a number of days, off, auto",
        )
    },
    read: |text| text.parse().map_err(|()| Expected::Threshold),
};

pub const CRIT: Flag<Threshold> = Flag {
    spec: Spec {
        short: Some('c'),
        variables: &["CERTCHECK_CRIT"],
        sections: EVERY_TABLE,
        default: "auto",
        default_means: "14 days, at most 10% of the lifetime",
        ..Spec::one(
            "crit",
            "LEFT",
            "Report as critical when less than this is left",
        )
    },
    read: WARN.read,
};

pub const SEVERITY: Flag<(Status, Verdict)> = Flag {
    spec: Spec {
        shape: Shape::Pairs,
        sections: EVERY_TABLE,
        ..Spec::one(
            "severity",
            "STATUS=VERDICT",
            "Override the verdict of a status, such as PENDING=ok; repeatable",
        )
    },
    read: readers::severity,
};

pub const AT: Flag<At> = Flag {
    spec: Spec {
        hyphen: true,
        sections: DEFAULTS_AND_CHECK,
        ..Spec::one(
            "at",
            "TIME",
            "Evaluate at this time: 2026-12-24 (00:00 UTC), an RFC 3339 time, or +30d",
        )
    },
    read: readers::at,
};

pub const DOMAIN: Flag<String> = Flag {
    spec: Spec {
        shape: Shape::Repeated,
        sections: DEFAULTS_AND_CHECK,
        ..Spec::one(
            "domain",
            "GLOB",
            "Check only certificates with a matching domain name, such as *.example.com; repeatable",
        )
    },
    read: readers::text,
};

pub const ALLOW_EMPTY: Flag<bool> = Flag {
    spec: Spec {
        sections: DEFAULTS_AND_CHECK,
        ..Spec::switch("allow-empty", "Do not fail on an empty account")
    },
    read: readers::switch,
};

pub const IGNORE_SUPERSEDED: Flag<bool> = Flag {
    spec: Spec {
        sections: DEFAULTS_AND_CHECK,
        ..Spec::switch(
            "ignore-superseded",
            "Do not report a certificate that another one of the account has replaced as a problem",
        )
    },
    read: readers::switch,
};

pub const NO_LISTING: Flag<bool> = Flag {
    spec: Spec {
        sections: DEFAULTS_AND_CHECK,
        ..Spec::switch(
            "no-listing",
            "Fetch each ID individually, even if the account's list needs fewer requests",
        )
    },
    read: readers::switch,
};

pub const OUTPUT: Flag<&'static Format> = Flag {
    spec: Spec {
        short: Some('o'),
        variables: &["CERTCHECK_OUTPUT"],
        sections: DEFAULTS,
        default: "table",
        words: Some(Format::names),
        ..Spec::one("output", "FORMAT", "Output format")
    },
    read: readers::format,
};

pub const JSON: Flag<bool> = Flag {
    spec: Spec {
        sections: DEFAULTS,
        conflicts: &["output"],
        ..Spec::switch("json", "Short for -o json")
    },
    read: readers::switch,
};

pub const QUIET: Flag<bool> = Flag {
    spec: Spec {
        short: Some('q'),
        sections: DEFAULTS,
        ..Spec::switch(
            "quiet",
            "Show only problems; print nothing if everything is ok",
        )
    },
    read: readers::switch,
};

pub const ONLY: Flag<Verdict> = Flag {
    spec: Spec {
        shape: Shape::List,
        sections: DEFAULTS,
        words: Some(|| Verdict::ALL.map(Verdict::as_str).join(", ")),
        ..Spec::one("only", "VERDICT", "Show only these verdicts")
    },
    read: readers::verdict,
};

pub const STATUS: Flag<Status> = Flag {
    spec: Spec {
        shape: Shape::List,
        sections: DEFAULTS,
        ..Spec::one(
            "status",
            "STATUS",
            "Show only these states, such as EXPIRED",
        )
    },
    read: readers::status,
};

pub const EXPIRING: Flag<TimeDelta> = Flag {
    spec: Spec {
        sections: DEFAULTS,
        ..Spec::one(
            "expiring",
            "TIME",
            "Show only certificates that expire within this time or have expired",
        )
    },
    read: readers::time_span,
};

pub const LIMIT: Flag<usize> = Flag {
    spec: Spec {
        sections: DEFAULTS,
        ..Spec::one("limit", "N", "Show at most N certificates")
    },
    read: |text| readers::number(text, 0, u64::MAX),
};

pub const SORT: Flag<SortOrder> = Flag {
    spec: Spec {
        sections: DEFAULTS,
        default: "order of the request",
        ..Spec::one("sort", "KEY", "Sort by expiry, name, provider or status")
    },
    read: readers::sort,
};

pub const NO_PROGRESS: Flag<bool> = Flag {
    spec: Spec {
        sections: DEFAULTS,
        ..Spec::switch("no-progress", "Hide the progress on a terminal")
    },
    read: readers::switch,
};

pub const VERBOSE: Flag<u8> = Flag {
    spec: Spec {
        short: Some('v'),
        shape: Shape::Count,
        sections: DEFAULTS,
        ..Spec::one(
            "verbose",
            "",
            "Log each request to stderr; -vv logs headers too",
        )
    },
    read: readers::count,
};

pub const COLOR: Flag<Option<bool>> = Flag {
    spec: Spec {
        variables: &["CERTCHECK_COLOR"],
        sections: DEFAULTS,
        default: "auto",
        ..Spec::one("color", "WHEN", "Colour: auto, always or never")
    },
    read: readers::colour,
};

pub const EXIT_ZERO: Flag<bool> = Flag {
    spec: Spec {
        sections: DEFAULTS,
        ..Spec::switch(
            "exit-zero",
            "Exit with 0 whatever the verdict; errors still exit with 3",
        )
    },
    read: readers::switch,
};

pub const TIMEOUT: Flag<Duration> = Flag {
    spec: Spec {
        variables: &["CERTCHECK_TIMEOUT"],
        sections: DEFAULTS_AND_ACCOUNT,
        default: "10s",
        ..Spec::one("timeout", "TIME", "Time limit of one request")
    },
    read: readers::time_limit,
};

pub const DEADLINE: Flag<Duration> = Flag {
    spec: Spec {
        variables: &["CERTCHECK_DEADLINE"],
        sections: DEFAULTS,
        default: "50s, with --all 5m",
        ..Spec::one("deadline", "TIME", "Time limit of the whole run")
    },
    read: readers::time_limit,
};

pub const CONCURRENCY: Flag<usize> = Flag {
    spec: Spec {
        variables: &["CERTCHECK_CONCURRENCY"],
        sections: DEFAULTS,
        default: "16",
        ..Spec::one("concurrency", "N", "Number of concurrent requests")
    },
    read: |text| readers::number(text, 1, 256),
};

pub const RETRIES: Flag<u32> = Flag {
    spec: Spec {
        variables: &["CERTCHECK_RETRIES"],
        sections: DEFAULTS_AND_ACCOUNT,
        default: "3",
        ..Spec::one("retries", "N", "Retries for transient failures")
    },
    read: |text| readers::number(text, 0, 10),
};

pub const RATE: Flag<Rate> = Flag {
    spec: Spec {
        variables: &["CERTCHECK_RATE"],
        sections: DEFAULTS_AND_ACCOUNT,
        default: "below the provider's limit",
        ..Spec::one(
            "rate",
            "N",
            "Rate limit per account, in requests per second, or off",
        )
    },
    read: readers::rate,
};
