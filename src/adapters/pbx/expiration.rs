//! When a PBX says a certificate expires. The text's form is documented nowhere: the box formats times by its
//! display settings, in its own local time, without a zone.
//!
//! Nothing is guessed: a day and month that can be read both ways are ambiguous until the box tells its format,
//! and a zone that nobody knows makes the moment uncertain by all the zones there are.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use crate::model::timestamp::{DateValue, ParsedDate, Zone, at_clock, digits, epoch_text, written};
use crate::model::{Basis, DateField, Moment};

/// What is known of the box's clock and display settings.
#[derive(Debug, Clone, Copy, Default)]
pub struct BoxClock {
    /// `--timezone`.
    pub configured: Option<FixedOffset>,
    /// From `system/information`.
    pub told: Option<FixedOffset>,
    /// Whether dates without a year in front begin with the day, from `system_date_format`.
    pub day_first: Option<bool>,
}

impl BoxClock {
    fn zone(&self) -> Zone {
        if let Some(offset) = self.configured {
            return Zone::certain(offset, Basis::Configured);
        }
        match self.told {
            Some(offset) => Zone::certain(offset, Basis::ProviderZone),
            None => Zone {
                earlier: TimeDelta::hours(14),
                later: TimeDelta::hours(14),
                basis: Basis::Assumed,
                ..Zone::utc()
            },
        }
    }

    /// Reads `expiration`.
    pub fn read(&self, raw: Option<String>) -> DateField {
        let Some(text) = raw else {
            return DateField::default();
        };
        if text.is_empty() || text == "-" {
            return DateField::absent(Some(text));
        }
        if let Some(at) = epoch_text(&text) {
            return DateField::known(text, Moment::certain(at, Basis::Utc));
        }
        let written = match written(&text).or_else(|| x509_text(&text)) {
            Some(written) => Some(written),
            None => match year_last(&text, self.day_first) {
                Order::Ambiguous => {
                    return DateField {
                        raw: Some(text),
                        value: DateValue::Ambiguous,
                    };
                }
                Order::Known(written) => Some(written),
                Order::None => None,
            },
        };
        match written.and_then(|written| self.zone().place(written)) {
            Some(moment) => DateField::known(text, moment),
            None => DateField::unreadable(text),
        }
    }

    /// Learns from a `system/information` answer: the offset is what the wall clock shows beyond the timestamp.
    pub fn learn(
        &mut self,
        system_time: Option<&str>,
        timestamp: Option<i64>,
        date_format: Option<&str>,
    ) {
        let wall = system_time.and_then(|text| match self.wall(text, date_format) {
            Some(ParsedDate::Local(wall)) => Some(wall),
            _ => None,
        });
        let instant = timestamp.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        self.told = wall
            .zip(instant)
            .and_then(|(wall, instant)| offset_between(wall, instant));
        self.day_first = date_format.and_then(day_first);
    }

    fn wall(&self, text: &str, date_format: Option<&str>) -> Option<ParsedDate> {
        written(text).or_else(|| match year_last(text, date_format.and_then(day_first)) {
            Order::Known(written) => Some(written),
            _ => None,
        })
    }
}

/// Rounded to the quarter hours that zones come in; the two readings are not taken in the same instant.
fn offset_between(wall: NaiveDateTime, instant: DateTime<Utc>) -> Option<FixedOffset> {
    let seconds = (wall - instant.naive_utc()).num_seconds();
    let rounded = (seconds + 450).div_euclid(900) * 900;
    let plausible = rounded.abs() <= 14 * 3600;
    plausible
        .then(|| FixedOffset::east_opt(rounded as i32))
        .flatten()
}

/// A format that begins with the year does not say how the box would write a date that ends with it.
fn day_first(format: &str) -> Option<bool> {
    let format = format.to_ascii_uppercase();
    let mut order: Vec<char> = format.chars().filter(|c| "DMY".contains(*c)).collect();
    order.dedup();
    match order[..] {
        ['D', 'M', 'Y'] => Some(true),
        ['M', 'D', 'Y'] => Some(false),
        _ => None,
    }
}

enum Order {
    None,
    Ambiguous,
    Known(ParsedDate),
}

/// `13/05/2027 …`: day first where the first number cannot be a month, month first where the second cannot,
/// else as the box says.
fn year_last(text: &str, day_first: Option<bool>) -> Order {
    let Some((first, second, year, clock)) = three_numbers(text) else {
        return Order::None;
    };
    let (day, month) = match (first > 12, second > 12, day_first) {
        (true, false, _) => (first, second),
        (false, true, _) => (second, first),
        // The same day either way.
        (false, false, _) if first == second => (first, second),
        (false, false, Some(true)) => (first, second),
        (false, false, Some(false)) => (second, first),
        (false, false, None) => return Order::Ambiguous,
        (true, true, _) => return Order::None,
    };
    let Some(date) = NaiveDate::from_ymd_opt(year as i32, month, day) else {
        return Order::None;
    };
    let written = if clock.is_empty() {
        Some(ParsedDate::Day(date))
    } else {
        at_clock(date, clock)
    };
    written.map_or(Order::None, Order::Known)
}

fn three_numbers(text: &str) -> Option<(u32, u32, u32, &str)> {
    let (date, clock) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let mut parts = date.split(['-', '/', '.']);
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    let shaped = first.len() <= 2 && second.len() <= 2 && year.len() == 4 && parts.next().is_none();
    let year = digits(year).filter(|year| (1971..=9999).contains(year));
    shaped.then_some(())?;
    Some((digits(first)?, digits(second)?, year?, clock.trim()))
}

/// `Jun  1 12:00:00 2027 GMT`, as openssl prints it.
fn x509_text(text: &str) -> Option<ParsedDate> {
    let plain = text
        .strip_suffix("GMT")?
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let local = NaiveDateTime::parse_from_str(&plain, "%b %e %H:%M:%S %Y").ok()?;
    Some(ParsedDate::Instant(local.and_utc()))
}
