//! Lengths of time in words.

use chrono::TimeDelta;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// The mean of the calendar.
const YEAR: u64 = 31_556_952;
const MONTH: u64 = YEAR / 12;

/// `90 minutes`, `47 hours`, `99 days`, `3 months`: the largest unit of which there are two, rounded down. Days go
/// on to a hundred, since thresholds are given in them.
pub fn in_words(span: TimeDelta) -> String {
    let seconds = span.num_seconds().unsigned_abs();
    let (length, unit) = match seconds {
        0..120 => (1, "second"),
        120..7_200 => (MINUTE, "minute"),
        7_200..172_800 => (HOUR, "hour"),
        172_800..8_640_000 => (DAY, "day"),
        _ if seconds < 2 * YEAR => (MONTH, "month"),
        _ => (YEAR, "year"),
    };
    counted(seconds / length, unit)
}

/// `1 day`, `2 days`.
pub fn counted(count: u64, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_begins_where_there_are_two_of_it() {
        for (seconds, words) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (119, "119 seconds"),
            (120, "2 minutes"),
            (-7_199, "119 minutes"),
            (7_200, "2 hours"),
            (172_799, "47 hours"),
            (172_800, "2 days"),
            (100 * 86_400 - 1, "99 days"),
            (100 * 86_400, "3 months"),
            (365 * 86_400, "11 months"),
            (366 * 86_400, "12 months"),
            (730 * 86_400, "23 months"),
            (-1_000 * 86_400, "2 years"),
            (3_653 * 86_400, "10 years"),
        ] {
            assert_eq!(in_words(TimeDelta::seconds(seconds)), words, "{seconds}");
        }
    }
}
