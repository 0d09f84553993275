//! Generated certificates: an estate of any size that is computed from numbers and back, and stored nowhere.
//!
//! Owns what is true of the certificate with a number, in no provider's words, and its id at each service. Knows no
//! clock: all times are days from today.

use super::Service;

/// A generated certificate, by its number; the first is 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Made(pub u32);

/// What has become of a generated certificate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    /// For another 45 to 335 days.
    Valid,
    /// It ends within ten days.
    Soon,
    /// It ended up to two months ago.
    Expired,
    /// Taken back, or failed where a service takes nothing back.
    Revoked,
    /// Not there yet.
    Pending,
}

/// Of each hundred, the places of those that are not simply valid. They are low, so that a dozen has some of each.
const EXPIRED: u32 = 3;
const SOON: u32 = 7;
const UNUSUAL: u32 = 11;

impl Made {
    fn place(self) -> (u32, u32) {
        (self.0 / 100, self.0 % 100)
    }

    pub fn state(self) -> State {
        match self.place() {
            (_, EXPIRED) => State::Expired,
            (_, SOON) => State::Soon,
            (block, UNUSUAL) if block % 2 == 0 => State::Revoked,
            (_, UNUSUAL) => State::Pending,
            _ => State::Valid,
        }
    }

    /// The days from which and until which it is valid, if it has been issued.
    pub fn span(self) -> Option<(i64, i64)> {
        let (block, _) = self.place();
        let until = match self.state() {
            State::Valid => i64::from(45 + self.0.wrapping_mul(7) % 30 * 10),
            State::Soon => i64::from(block % 10),
            State::Expired => -1 - i64::from(block % 60),
            State::Revoked => 200,
            State::Pending => return None,
        };
        Some((until - 365, until))
    }

    /// The number whose names it bears: its own, or that of its neighbour, which it supersedes. A fifth of those that
    /// have expired or will soon are superseded so.
    fn named_after(self) -> u32 {
        const AFTER_EXPIRED: u32 = EXPIRED + 1;
        const AFTER_SOON: u32 = SOON + 1;
        match self.place() {
            (block, AFTER_EXPIRED) if block % 5 == 1 => self.0 - 1,
            (block, AFTER_SOON) if block % 5 == 0 => self.0 - 1,
            _ => self.0,
        }
    }

    /// What its names have in common.
    pub fn host(self) -> String {
        format!("host{:07}.example.com", self.named_after())
    }

    /// Its main name and another one.
    pub fn names(self) -> [String; 2] {
        [self.host(), format!("www.{}", self.host())]
    }

    /// Numbers that differ by little mostly share it: a successor is at the site of what it supersedes.
    pub fn half(self) -> usize {
        usize::from(self.0 / 10 % 2 == 1)
    }

    /// Its id at a service.
    pub fn id(self, service: Service) -> String {
        let number = u64::from(self.0);
        match service {
            Service::Mpush => (400_000_000 + number).to_string(),
            Service::Esa => format!("e57a7e{number:026x}"),
            Service::Huawei => format!("scs{}", 1_800_000_000_000 + number),
            Service::Tencent => format!("sbxE{number:07}"),
            Service::Pbx => (1_000 + number).to_string(),
        }
    }

    /// The other way round: the certificate with an id, if it is one of these ids.
    pub fn with_id(service: Service, id: &str) -> Option<Made> {
        let number = match service {
            Service::Mpush => id.parse::<u64>().ok()?.checked_sub(400_000_000),
            Service::Esa => u64::from_str_radix(id.strip_prefix("e57a7e")?, 16).ok(),
            Service::Huawei => {
                let number = id.strip_prefix("scs")?.parse::<u64>().ok()?;
                number.checked_sub(1_800_000_000_000)
            }
            Service::Tencent => id.strip_prefix("sbxE")?.parse().ok(),
            Service::Pbx => id.parse::<u64>().ok()?.checked_sub(1_000),
        };
        let made = Made(u32::try_from(number?).ok()?);
        // `+7`, `007` and the like are read as numbers too.
        (made.0 > 0 && made.id(service) == id).then_some(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_computed_and_back() {
        for service in Service::ALL {
            for number in [1, 9, 10, 99_999, 9_999_999, 10_000_000, u32::MAX] {
                let id = Made(number).id(service);
                assert_eq!(Made::with_id(service, &id), Some(Made(number)), "{id}");
                for other in [format!("0{id}"), format!("+{id}"), format!("{id} ")] {
                    assert_eq!(Made::with_id(service, &other), None, "{other}");
                }
            }
            assert_eq!(Made::with_id(service, &Made(0).id(service)), None);
            for sample in super::super::samples(service) {
                assert_eq!(Made::with_id(service, sample.id), None, "{sample:?}");
            }
        }
    }

    #[test]
    fn the_mix_is_as_promised() {
        let all: Vec<Made> = (1..=10_000).map(Made).collect();
        let count = |state| all.iter().filter(|made| made.state() == state).count();
        assert_eq!(count(State::Expired), 100);
        assert_eq!(count(State::Soon), 100);
        assert_eq!(count(State::Revoked) + count(State::Pending), 100);
        let heirs = all.iter().filter(|made| made.named_after() != made.0);
        let heirs: Vec<&Made> = heirs.collect();
        assert_eq!(heirs.len(), 40);
        for heir in heirs {
            let old = Made(heir.named_after());
            assert_eq!(heir.state(), State::Valid);
            assert!(matches!(old.state(), State::Soon | State::Expired));
            assert_eq!((heir.names(), heir.half()), (old.names(), old.half()));
            assert!(heir.span().map(|(_, until)| until) > old.span().map(|(_, until)| until));
        }
        for made in all {
            let until = made.span().map(|(_, until)| until);
            match made.state() {
                State::Valid => assert!(until.is_some_and(|days| days >= 45)),
                State::Soon => assert!(until.is_some_and(|days| (0..10).contains(&days))),
                State::Expired => assert!(until.is_some_and(|days| days < 0)),
                State::Revoked => assert!(until.is_some()),
                State::Pending => assert_eq!(until, None),
            }
        }
    }
}
