//! Timestamps: parses the date texts of the providers.
//!
//! Absent, unreadable, ambiguous and known are four things and stay apart. A moment whose zone is not certain
//! carries the earliest and the latest instant that the text can mean, so that nobody has to guess.

use chrono::{
    DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset as _, TimeDelta,
    Utc,
};

pub use super::moment::{Basis, Moment};
use super::moment::{NO_END, is_last_day};

/// Parse result of a date field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DateValue {
    /// No date was given.
    #[default]
    Absent,
    /// The text is not a date.
    Unreadable,
    /// The order of day and month is ambiguous.
    Ambiguous,
    /// A date.
    Known(Moment),
}

/// A date field: the provider's text and its parse result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DateField {
    /// The provider's own text or number.
    pub raw: Option<String>,
    pub value: DateValue,
}

impl DateField {
    /// The moment, when there is one.
    pub fn moment(&self) -> Option<&Moment> {
        match &self.value {
            DateValue::Known(moment) => Some(moment),
            _ => None,
        }
    }

    /// A text that is not a date.
    pub fn unreadable(raw: impl Into<String>) -> DateField {
        DateField {
            raw: Some(raw.into()),
            value: DateValue::Unreadable,
        }
    }

    /// A text that stands for "no date", kept for `not_after_raw`.
    pub fn absent(raw: Option<String>) -> DateField {
        DateField {
            raw,
            value: DateValue::Absent,
        }
    }

    /// A date.
    pub fn known(raw: impl Into<String>, moment: Moment) -> DateField {
        DateField {
            raw: Some(raw.into()),
            value: DateValue::Known(moment),
        }
    }
}

/// A parsed date before a time zone is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParsedDate {
    /// The text has a UTC offset.
    Instant(DateTime<Utc>),
    /// Local date and time.
    Local(NaiveDateTime),
    /// Local date.
    Day(NaiveDate),
}

/// +08:00, in which Tencent and Huawei write without saying so.
pub const BEIJING: FixedOffset = match FixedOffset::east_opt(8 * 3600) {
    Some(offset) => offset,
    // Reached by the compiler or never.
    None => panic!(),
};

/// The clock that texts without a zone were written by, and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone {
    /// Offset to read them at.
    pub offset: FixedOffset,
    /// How much earlier the instant may really be.
    pub earlier: TimeDelta,
    /// How much later the instant may really be.
    pub later: TimeDelta,
    /// How the zone is known.
    pub basis: Basis,
}

impl Zone {
    /// UTC, documented.
    pub fn utc() -> Zone {
        Zone::certain(Utc.fix(), Basis::Utc)
    }

    /// A zone without doubt.
    pub fn certain(offset: FixedOffset, basis: Basis) -> Zone {
        Zone {
            offset,
            earlier: TimeDelta::zero(),
            later: TimeDelta::zero(),
            basis,
        }
    }

    /// The moment of what was written. A zone in the text itself wins. A day lasts until its last second, and
    /// nothing tells when in it the certificate ends.
    pub fn place(&self, written: ParsedDate) -> Option<Moment> {
        let (first, last) = match written {
            ParsedDate::Instant(at) => {
                return plausible(at.naive_utc()).then(|| Moment::certain(at, Basis::Utc));
            }
            ParsedDate::Local(local) => (local, local),
            ParsedDate::Day(day) => (day.and_time(NaiveTime::MIN), day.and_hms_opt(23, 59, 59)?),
        };
        let (first, last) = (in_zone(first, self.offset)?, in_zone(last, self.offset)?);
        Some(Moment::within(
            last,
            self.earlier + (last - first),
            self.later,
            self.basis,
        ))
    }

    /// A date field of a cloud: epoch seconds or milliseconds, or a date and time with all its digits. One that was
    /// cut short says another moment, and nothing tells which.
    pub fn read(&self, raw: &str) -> DateField {
        let whole = || Some(raw).filter(|raw| is_whole(raw)).and_then(written);
        let moment = match epoch_text(raw) {
            Some(at) => Some(Moment::certain(at, Basis::Utc)),
            None => whole().and_then(|written| self.place(written)),
        };
        match moment {
            Some(moment) => DateField::known(raw, moment),
            None => DateField::unreadable(raw),
        }
    }
}

/// The years in which a certificate's date can lie. 1970 is how services say "never set".
fn plausible(date: impl Datelike) -> bool {
    (1971..=9999).contains(&date.year())
}

/// Epoch seconds of 10 digits or milliseconds of 13, from 2001 on, and those of 9999-12-31, which mean "no end". Any other count of digits is no time at all: 14
/// occur in an official sample, and milliseconds that lost two of theirs would be seconds of a far century. Parts of a
/// second are dropped, as in texts: what is compared is what is printed.
pub fn epoch(value: i64) -> Option<DateTime<Utc>> {
    const LAST_DAY: i64 = NO_END - 86_399;
    match value {
        LAST_DAY..=NO_END => DateTime::from_timestamp(value, 0),
        _ if (LAST_DAY..=NO_END).contains(&(value / 1000)) => {
            DateTime::from_timestamp(value / 1000, 0)
        }
        1_000_000_000..10_000_000_000 => DateTime::from_timestamp(value, 0),
        1_000_000_000_000..10_000_000_000_000 => DateTime::from_timestamp(value / 1000, 0),
        _ => None,
    }
}

/// Reads a Unix timestamp from a text.
pub fn epoch_text(text: &str) -> Option<DateTime<Utc>> {
    let number = !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    number.then(|| text.parse().ok().and_then(epoch)).flatten()
}

/// `2026-01-02 03:04:05`, with `T`, with a fraction, with `Z` or an offset of four digits.
fn is_whole(text: &str) -> bool {
    let Some((clock, rest)) = text.split_at_checked("0000-00-00 00:00:00".len()) else {
        return false;
    };
    let zone = rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let is_one_of = |text: &str, shapes: &[&str]| shapes.iter().any(|shape| shaped(text, shape));
    is_one_of(clock, &["0000-00-00 00:00:00", "0000-00-00T00:00:00"])
        && is_one_of(zone, &["", "Z", "+00:00", "-00:00", "+0000", "-0000"])
}

/// True if a text has a digit wherever the shape has a zero, and equals the shape elsewhere.
fn shaped(text: &str, shape: &str) -> bool {
    let fits = |(byte, shape): (u8, u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        other => byte == other,
    };
    text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(fits)
}

/// `2026-01-02 03:04:05`, with `T`, with a fraction, with one-digit parts, with `Z` or an offset, or the day
/// alone. `/` and `.` serve as date separators too (Yeastar). Nothing else is taken for a date.
pub fn written(text: &str) -> Option<ParsedDate> {
    let text = text.trim();
    let (date_text, rest) = match text.find(['T', 't', ' ']) {
        Some(cut) => (text.get(..cut)?, text.get(cut + 1..)?.trim()),
        None => (text, ""),
    };
    let date = year_first(date_text)?;
    if rest.is_empty() {
        return (date_text.len() == text.len()).then_some(ParsedDate::Day(date));
    }
    at_clock(date, rest)
}

/// The rest of a date: a time of day with or without a zone.
pub fn at_clock(date: NaiveDate, clock: &str) -> Option<ParsedDate> {
    let (time, zone) = split_zone(clock);
    let local = date.and_time(time_of_day(time)?);
    match zone {
        Suffix::None => Some(ParsedDate::Local(local)),
        Suffix::At(offset) => in_zone(local, offset).map(ParsedDate::Instant),
        Suffix::Broken => None,
    }
}

/// The instant of a wall-clock time at a fixed offset. 9999-12-31 means "no end" in every zone: an offset does not move it.
pub fn in_zone(local: NaiveDateTime, offset: FixedOffset) -> Option<DateTime<Utc>> {
    if is_last_day(local.date()) {
        return DateTime::from_timestamp(NO_END, 0);
    }
    local
        .checked_sub_offset(offset)
        .map(|utc| utc.and_utc())
        .filter(|utc| plausible(utc.naive_utc()))
}

fn year_first(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split(['-', '/', '.']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let shaped = year.len() == 4 && (1..=2).contains(&month.len()) && (1..=2).contains(&day.len());
    // A month with a zero before it has days with one: this day has lost a digit.
    let cut = month.starts_with('0') && day.len() == 1;
    if !shaped || cut || parts.next().is_some() {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(digits(year)? as i32, digits(month)?, digits(day)?)?;
    plausible(date).then_some(date)
}

/// Unsigned decimal text; `parse` alone would take `+5`.
pub fn digits(text: &str) -> Option<u32> {
    let all = !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

/// `7:59`, `07:59:59`, `07:59:59.0`, `07:59:9`, `07:59:59 PM`.
fn time_of_day(text: &str) -> Option<NaiveTime> {
    let lower = text.trim().to_ascii_lowercase();
    let (clock, noon) = if let Some(clock) = lower.strip_suffix("am") {
        (clock.trim_end(), Some(0))
    } else if let Some(clock) = lower.strip_suffix("pm") {
        (clock.trim_end(), Some(12))
    } else {
        (lower.as_str(), None)
    };
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    if fraction.is_empty() || fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut parts = whole.split(':');
    let mut hour = two_digits(parts.next()?)?;
    let (minutes, seconds) = (parts.next()?, parts.next());
    // `16:4` is `16:40` cut short, or the like.
    if seconds.is_none() && minutes.len() < 2 {
        return None;
    }
    let minute = two_digits(minutes)?;
    let second = seconds.map_or(Some(0), two_digits)?;
    if let Some(noon) = noon {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + noon;
    }
    if parts.next().is_some() {
        None
    } else {
        NaiveTime::from_hms_opt(hour, minute, second)
    }
}

fn two_digits(text: &str) -> Option<u32> {
    (text.len() <= 2).then(|| digits(text)).flatten()
}

enum Suffix {
    None,
    At(FixedOffset),
    Broken,
}

fn split_zone(text: &str) -> (&str, Suffix) {
    let text = text.trim();
    for suffix in ["Z", "z", "UTC", "GMT"] {
        if let Some(time) = text.strip_suffix(suffix) {
            return (
                time,
                FixedOffset::east_opt(0).map_or(Suffix::Broken, Suffix::At),
            );
        }
    }
    match text.rfind(['+', '-']) {
        None => (text, Suffix::None),
        Some(cut) => {
            let (time, zone) = text.split_at(cut);
            // Of `+08:00` less than four digits may be the beginning of another one.
            let whole = Some(zone).filter(|zone| zone.len() >= "+0800".len());
            let offset = whole.and_then(offset);
            (time, offset.map_or(Suffix::Broken, Suffix::At))
        }
    }
}

/// `+08:00`, `-0530`, `+8`; `Z` and `UTC` too. At most 14 hours, as on Earth.
pub fn offset(text: &str) -> Option<FixedOffset> {
    let text = text.trim();
    if matches!(text, "Z" | "z" | "UTC" | "utc") {
        return FixedOffset::east_opt(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let body = text.get(1..)?;
    let (hours, minutes) = match (body.split_once(':'), body.len()) {
        (Some((hours, minutes)), 4 | 5) if minutes.len() == 2 => (hours, minutes),
        (None, 4) => body.split_at_checked(2)?,
        (None, 1 | 2) => (body, "0"),
        _ => return None,
    };
    let seconds = two_digits(hours)? * 3600 + two_digits(minutes).filter(|m| *m < 60)? * 60;
    (seconds <= 14 * 3600)
        .then(|| FixedOffset::east_opt(sign * seconds as i32))
        .flatten()
}

/// RFC 3339 in UTC with seconds, the only form certcheck prints.
pub fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
