//! Dates relative to the sandbox's clock, and the forms in which the services write them.
//!
//! Owns arithmetic that cannot overflow and the text forms. Reads no clock.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

/// `count` whole days from now and one hour more, so that "days left", rounded down, is `count`
/// even when the caller looks a little later.
pub(super) fn days(now: DateTime<Utc>, count: i64) -> DateTime<Utc> {
    shift(now, count.saturating_mul(86_400).saturating_add(3_600))
}

/// A moment so many seconds away; the same moment where the calendar ends.
pub(super) fn shift(moment: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
    TimeDelta::try_seconds(seconds)
        .and_then(|delta| moment.checked_add_signed(delta))
        .unwrap_or(moment)
}

/// `2026-11-22 08:00:00`, in UTC: ESA, stated in the comments of its SDK models.
pub(super) fn utc(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The same eight hours later and without saying so: Tencent.
pub(super) fn beijing(moment: DateTime<Utc>) -> String {
    utc(shift(moment, BEIJING))
}

/// As Java prints a timestamp, with the fraction: Huawei.
pub(super) fn beijing_with_fraction(moment: DateTime<Utc>) -> String {
    format!("{}.0", beijing(moment))
}

/// With slashes, as the PBX shows its own time.
pub(super) fn beijing_with_slashes(moment: DateTime<Utc>) -> String {
    shift(moment, BEIJING)
        .format("%Y/%m/%d %H:%M:%S")
        .to_string()
}

/// `Sun, 22 Nov 2026 08:00:00 GMT`: the `Date` header.
pub(super) fn http(moment: DateTime<Utc>) -> String {
    moment.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Reads a UTC time in exactly this form; the library alone would take `2026-1-2` as well.
pub(super) fn exactly(text: &str, format: &str) -> Option<DateTime<Utc>> {
    let moment = NaiveDateTime::parse_from_str(text, format).ok()?.and_utc();
    (moment.format(format).to_string() == text).then_some(moment)
}

/// China has one zone and no summer time.
const BEIJING: i64 = 8 * 3_600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_edges() {
        let moment = DateTime::from_timestamp(1_795_334_400, 0).expect("a valid moment");
        assert_eq!(utc(moment), "2026-11-22 08:00:00");
        assert_eq!(beijing(moment), "2026-11-22 16:00:00");
        assert_eq!(beijing_with_fraction(moment), "2026-11-22 16:00:00.0");
        assert_eq!(beijing_with_slashes(moment), "2026/11/22 16:00:00");
        assert_eq!(http(moment), "Sun, 22 Nov 2026 08:00:00 GMT");
        assert_eq!(exactly("20261122T080000Z", "%Y%m%dT%H%M%SZ"), Some(moment));
        assert_eq!(exactly("2026112T080000Z", "%Y%m%dT%H%M%SZ"), None);
        assert_eq!(exactly("2026-11-2T08:00:00Z", "%Y-%m-%dT%H:%M:%SZ"), None);
        assert_eq!((days(moment, -3) - moment).num_hours(), -71);
        assert_eq!(shift(moment, i64::MAX), moment);
        assert_eq!(days(moment, i64::MIN), moment);
    }
}
