//! When a verdict turns: `--warn` and `--crit`, and the moments that follow from them for one certificate.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};

/// Time left at which a verdict turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Threshold {
    /// The smaller of a number of days and a share of the lifetime; days alone where the lifetime is unknown.
    #[default]
    Auto,
    /// Never.
    Off,
    /// That much time left.
    Left(TimeDelta),
    /// That share of the lifetime left, in percent.
    Share(u32),
}

/// A thousand years.
const LONGEST: TimeDelta = TimeDelta::days(366 * 1000);

impl FromStr for Threshold {
    type Err = ();

    /// `30d`, `72h`, `2w 12h`, `20%` of the lifetime left, a plain number of days, `off`, `auto`.
    fn from_str(text: &str) -> Result<Threshold, ()> {
        let text = text.trim();
        match text {
            "auto" => return Ok(Threshold::Auto),
            "off" => return Ok(Threshold::Off),
            _ => {}
        }
        if let Some(share) = text.strip_suffix('%') {
            let share = share.trim_end().parse::<u32>().map_err(|_| ())?;
            return if share <= 100 {
                Ok(Threshold::Share(share))
            } else {
                Err(())
            };
        }
        let left = match text.parse::<u32>() {
            Ok(days) => Some(TimeDelta::days(days.into())),
            Err(_) => humantime::parse_duration(text)
                .ok()
                .and_then(|time| TimeDelta::from_std(time).ok()),
        };
        // Beyond the calendar no moment could be told at which the verdict turns: it never would.
        left.filter(|left| *left <= LONGEST)
            .map(Threshold::Left)
            .ok_or(())
    }
}

/// Both thresholds of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Thresholds {
    /// `--warn`.
    pub warn: Threshold,
    /// `--crit`.
    pub crit: Threshold,
}

const AUTO_WARN: (i64, i32) = (30, 25);
const AUTO_CRIT: (i64, i32) = (14, 10);

impl Thresholds {
    /// Checks what can be checked before a certificate is seen: none where an explicit crit lies above the warn that applies.
    pub fn new(warn: Threshold, crit: Threshold) -> Option<Thresholds> {
        let above = match (warn, crit) {
            (Threshold::Left(warn), Threshold::Left(crit)) => crit > warn,
            (Threshold::Share(warn), Threshold::Share(crit)) => crit > warn,
            (Threshold::Auto, Threshold::Left(crit)) => crit > TimeDelta::days(AUTO_WARN.0),
            (Threshold::Auto, Threshold::Share(crit)) => crit > AUTO_WARN.1 as u32,
            _ => false,
        };
        (!above).then_some(Thresholds { warn, crit })
    }

    /// Time left at which `warning` and `critical` begin for a certificate of that lifetime.
    pub fn resolve(&self, lifetime: Option<TimeDelta>) -> (Option<TimeDelta>, Option<TimeDelta>) {
        let warn = left(self.warn, AUTO_WARN, lifetime);
        let mut crit = left(self.crit, AUTO_CRIT, lifetime);
        let warn_given = matches!(self.warn, Threshold::Left(_) | Threshold::Share(_));
        // A share without a lifetime has fallen back to `auto` and must not lie above the warning either.
        let crit_is_auto = match self.crit {
            Threshold::Auto => true,
            Threshold::Share(_) => lifetime.is_none(),
            Threshold::Off | Threshold::Left(_) => false,
        };
        if crit_is_auto && warn_given {
            let half = warn.map(|w| w / 2);
            crit = crit.zip(half).map(|(crit, half)| crit.min(half));
        }
        (warn, crit)
    }

    /// True if the verdict of a certificate with this much time left can change once its lifetime is known.
    pub fn turn_with_lifetime(&self, left: TimeDelta) -> bool {
        // A day more, since a zone may be in doubt.
        let near = left <= TimeDelta::days(AUTO_WARN.0 + 1);
        let auto = [self.warn, self.crit].contains(&Threshold::Auto);
        left >= TimeDelta::zero() && (self.wants_lifetime() || (auto && near))
    }

    /// True if a threshold is a share of the lifetime.
    pub fn wants_lifetime(&self) -> bool {
        matches!(self.warn, Threshold::Share(_)) || matches!(self.crit, Threshold::Share(_))
    }
}

fn left(threshold: Threshold, auto: (i64, i32), lifetime: Option<TimeDelta>) -> Option<TimeDelta> {
    let share = |percent: i32| {
        lifetime.map(|life| TimeDelta::seconds(life.num_seconds() * i64::from(percent) / 100))
    };
    let by_default = || {
        let days = TimeDelta::days(auto.0);
        share(auto.1).map_or(days, |part| part.min(days))
    };
    match threshold {
        Threshold::Off => None,
        Threshold::Left(left) => Some(left),
        Threshold::Share(percent) => Some(share(percent as i32).unwrap_or_else(by_default)),
        Threshold::Auto => Some(by_default()),
    }
}

/// The moment that lies `left` before `end`.
pub fn turns_at(end: Option<DateTime<Utc>>, left: Option<TimeDelta>) -> Option<DateTime<Utc>> {
    end?.checked_sub_signed(left?)
}
