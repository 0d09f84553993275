//! A moment with what is not certain about it.

use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};

/// How the zone of a moment is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Documented as UTC, an instant by nature, or from the certificate itself.
    Utc,
    /// A fixed offset that the provider documents, or its own clock shows.
    ProviderZone,
    /// Set by a flag or the config file.
    Configured,
    /// Not known; assumed.
    Assumed,
}

impl Basis {
    /// The published word.
    pub fn as_str(self) -> &'static str {
        match self {
            Basis::Utc => "utc",
            Basis::ProviderZone => "provider_zone",
            Basis::Configured => "configured",
            Basis::Assumed => "assumed",
        }
    }
}

/// A moment with what is not certain about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The reading that is shown.
    pub at: DateTime<Utc>,
    /// The earliest instant the text can mean; thresholds count from it.
    pub earliest: DateTime<Utc>,
    /// The latest instant the text can mean.
    pub latest: DateTime<Utc>,
    /// How the zone is known.
    pub basis: Basis,
}

/// 9999-12-31T23:59:59Z. An end on that day means that there is none (RFC 5280, 4.1.2.5).
pub(super) const NO_END: i64 = 253_402_300_799;

impl Moment {
    /// A moment without doubt.
    pub fn certain(at: DateTime<Utc>, basis: Basis) -> Moment {
        Moment::within(at, TimeDelta::zero(), TimeDelta::zero(), basis)
    }

    /// A moment that may really be up to `before` earlier or `after` later. The last day there is means the same in every
    /// zone.
    pub fn within(at: DateTime<Utc>, before: TimeDelta, after: TimeDelta, basis: Basis) -> Moment {
        if is_last_day(at.date_naive()) {
            let at = DateTime::from_timestamp(NO_END, 0).unwrap_or(at);
            return Moment {
                at,
                earliest: at,
                latest: at,
                basis: Basis::Utc,
            };
        }
        Moment {
            at,
            earliest: at.checked_sub_signed(before).unwrap_or(at),
            latest: at.checked_add_signed(after).unwrap_or(at),
            basis,
        }
    }

    /// True for the date that stands for "no end".
    pub fn is_no_end(&self) -> bool {
        self.at.timestamp() == NO_END
    }
}

/// True for 9999-12-31.
pub(super) fn is_last_day(date: NaiveDate) -> bool {
    (date.year(), date.month(), date.day()) == (9999, 12, 31)
}
