//! Readers of values that several flags have, or that are more than one line.

use std::time::Duration;

use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::model::timestamp::offset;
use crate::model::{Expected, SortOrder, Status, Verdict};
use crate::render::format::Format;

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
pub enum At {
    Moment(DateTime<Utc>),
    Ahead(TimeDelta),
}

/// Any text, without the blanks around it.
pub fn text(text: &str) -> Result<String, Expected> {
    Ok(text.trim().to_owned())
}

/// `true` or `false`.
pub fn switch(text: &str) -> Result<bool, Expected> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Expected::OneOf(vec!["true", "false"])),
    }
}

/// A number of times, or true for once.
pub fn count(text: &str) -> Result<u8, Expected> {
    match text {
        "true" => Ok(1),
        "false" => Ok(0),
        text => number::<u8>(text, 0, u8::MAX.into()),
    }
}

/// A whole number within these bounds.
pub fn number<T: TryFrom<u64>>(text: &str, least: u64, most: u64) -> Result<T, Expected> {
    let number = text.parse::<u64>().ok();
    let number = number.filter(|number| (least..=most).contains(number));
    let number = number.and_then(|number| T::try_from(number).ok());
    number.ok_or(Expected::Number { least, most })
}

/// `10s`, `2m`, or a plain number of seconds.
pub fn time_limit(text: &str) -> Result<Duration, Expected> {
    let plain = text.parse::<u32>().ok();
    let plain = plain.map(|seconds| Duration::from_secs(seconds.into()));
    let read = plain.or_else(|| humantime::parse_duration(text).ok());
    let day = Duration::from_secs(86_400);
    read.filter(|time| !time.is_zero() && *time <= day)
        .ok_or(Expected::TimeLimit)
}

/// `20ms`.
pub fn latency(text: &str) -> Result<Duration, Expected> {
    let hour = Duration::from_secs(3_600);
    let read = humantime::parse_duration(text).ok();
    read.filter(|time| *time <= hour).ok_or(Expected::Latency)
}

/// `45d`, `72h`, or a plain number of days.
pub fn time_span(text: &str) -> Result<TimeDelta, Expected> {
    let days = text.parse().ok().and_then(TimeDelta::try_days);
    let named = || TimeDelta::from_std(humantime::parse_duration(text).ok()?).ok();
    let span = days.or_else(named);
    span.filter(|span| *span >= TimeDelta::zero())
        .ok_or(Expected::TimeSpan)
}

/// `STATUS=VERDICT`.
pub fn severity(text: &str) -> Result<(Status, Verdict), Expected> {
    let (status, verdict) = text.split_once('=').ok_or(Expected::Severity)?;
    let status = status.trim().parse().map_err(|()| Expected::Status)?;
    let verdict = verdict.trim().parse().map_err(|()| Expected::Verdict)?;
    Ok((status, verdict))
}

pub fn status(text: &str) -> Result<Status, Expected> {
    text.parse().map_err(|()| Expected::Status)
}

pub fn verdict(text: &str) -> Result<Verdict, Expected> {
    text.parse().map_err(|()| Expected::Verdict)
}

pub fn sort(text: &str) -> Result<SortOrder, Expected> {
    match text {
        "expiry" => Ok(SortOrder::Expiry),
        "name" => Ok(SortOrder::Name),
        "provider" => Ok(SortOrder::Provider),
        "status" => Ok(SortOrder::Status),
        _ => Err(Expected::OneOf(vec![
            "expiry", "name", "provider", "status",
        ])),
    }
}

pub fn format(text: &str) -> Result<&'static Format, Expected> {
    Format::named(text).ok_or_else(|| Expected::OneOf(Format::all_names()))
}

/// True for always, false for never; none leaves it to the terminal.
pub fn colour(text: &str) -> Result<Option<bool>, Expected> {
    match text {
        "auto" => Ok(None),
        "always" => Ok(Some(true)),
        "never" => Ok(Some(false)),
        _ => Err(Expected::OneOf(vec!["auto", "always", "never"])),
    }
}

/// Requests a second.
pub fn per_second(text: &str, most: u32) -> Option<f64> {
    let number = text.parse::<f64>().ok();
    number.filter(|number| (0.01..=f64::from(most)).contains(number))
}

/// More is no limit.
const MOST_A_SECOND: u32 = 10_000;

/// Requests a second, or `off`.
pub fn rate(text: &str) -> Result<Rate, Expected> {
    if text == "off" {
        return Ok(Rate::Off);
    }
    let expected = Expected::Rate {
        most: MOST_A_SECOND,
        or_off: true,
    };
    let rate = per_second(text, MOST_A_SECOND).map(Rate::PerSecond);
    rate.ok_or(expected)
}

/// A day, an RFC 3339 time, or `+30d`.
pub fn at(text: &str) -> Result<At, Expected> {
    if let Some(ahead) = text.strip_prefix('+') {
        // Far beyond any certificate; what lies outside the calendar would have to be read as now.
        let longest = TimeDelta::days(366 * 1000);
        let delta = humantime::parse_duration(ahead).ok();
        let delta = delta.and_then(|time| TimeDelta::from_std(time).ok());
        let delta = delta.filter(|delta| *delta <= longest);
        return delta.map(At::Ahead).ok_or(Expected::Time);
    }
    let moment = match DateTime::parse_from_rfc3339(text) {
        Ok(moment) => moment.with_timezone(&Utc),
        Err(_) => {
            let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| Expected::Time)?;
            day.and_time(NaiveTime::MIN).and_utc()
        }
    };
    // The report repeats it, and RFC 3339 has years of four digits.
    let writable = (0..=9999).contains(&moment.year());
    writable.then_some(At::Moment(moment)).ok_or(Expected::Time)
}

/// `+08:00`.
pub fn utc_offset(text: &str) -> Result<FixedOffset, Expected> {
    offset(text).ok_or(Expected::UtcOffset)
}

/// A region becomes a part of a host name: it may not smuggle in another host.
pub fn region(text: &str) -> Result<String, Expected> {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let fits = plain && (1..=40).contains(&text.len());
    fits.then(|| text.to_owned()).ok_or(Expected::RegionName)
}

/// A SHA-256 in hex, with or without colons.
pub fn fingerprint(text: &str) -> Result<[u8; 32], Expected> {
    let bytes = hex::decode(text.replace(':', "")).ok();
    let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or(Expected::Fingerprint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_64_hex_digits_with_or_without_colons() {
        let plain = "ab".repeat(32);
        let colons = vec!["AB"; 32].join(":");
        assert_eq!(fingerprint(&plain), Ok([0xab; 32]));
        assert_eq!(fingerprint(&colons), Ok([0xab; 32]));
        for wrong in [
            "",
            "ab",
            &"ab".repeat(33),
            &"xy".repeat(32),
            &"ab".repeat(20),
        ] {
            assert_eq!(fingerprint(wrong), Err(Expected::Fingerprint), "{wrong}");
        }
    }
}
