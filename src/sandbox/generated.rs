//! Generated certificates: as many as wanted, each computed from its number and stored nowhere.
//!
//! Owns the properties of the certificate with a number, in no provider's terms, and the conversion between number and
//! ID. Knows no clock: all times are days from today.

/// A generated certificate, by its number; the first is 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Generated(pub u32);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum CertificateState {
    /// For another 45 to 335 days.
    Valid,
    /// It ends within ten days.
    Soon,
    /// It ended up to two months ago.
    Expired,
    /// Revoked, or failed where a service revokes nothing.
    Revoked,
    /// Not issued yet.
    Pending,
}

/// Of each hundred, the places of those that are not simply valid. They are low, so that a dozen has some of each.
const EXPIRED: u32 = 3;
const SOON: u32 = 7;
const UNUSUAL: u32 = 11;

impl Generated {
    fn place(self) -> (u32, u32) {
        (self.0 / 100, self.0 % 100)
    }

    pub fn state(self) -> CertificateState {
        match self.place() {
            (_, EXPIRED) => CertificateState::Expired,
            (_, SOON) => CertificateState::Soon,
            (block, UNUSUAL) if block % 2 == 0 => CertificateState::Revoked,
            (_, UNUSUAL) => CertificateState::Pending,
            _ => CertificateState::Valid,
        }
    }

    /// The days from which and until which it is valid, if it has been issued.
    pub fn span(self) -> Option<(i64, i64)> {
        let (block, _) = self.place();
        let until = match self.state() {
            CertificateState::Valid => i64::from(45 + self.0.wrapping_mul(7) % 30 * 10),
            CertificateState::Soon => i64::from(block % 10),
            CertificateState::Expired => -1 - i64::from(block % 60),
            CertificateState::Revoked => 200,
            CertificateState::Pending => return None,
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
}

/// How a service writes the ID of a generated certificate: a prefix and a number of at least so many digits.
pub(super) struct IdFormat {
    pub prefix: &'static str,
    /// Added to the number of the certificate.
    pub offset: u64,
    pub width: usize,
    /// Digits are hexadecimal.
    pub hexadecimal: bool,
}

impl IdFormat {
    pub const fn decimal(prefix: &'static str, offset: u64) -> IdFormat {
        IdFormat {
            prefix,
            offset,
            width: 0,
            hexadecimal: false,
        }
    }

    pub fn id(&self, made: Generated) -> String {
        let (prefix, width) = (self.prefix, self.width);
        let number = self.offset + u64::from(made.0);
        if self.hexadecimal {
            format!("{prefix}{number:0width$x}")
        } else {
            format!("{prefix}{number:0width$}")
        }
    }

    /// The certificate with an ID, if it is one of these IDs.
    pub fn generated(&self, id: &str) -> Option<Generated> {
        let digits = id.strip_prefix(self.prefix)?;
        let radix = if self.hexadecimal { 16 } else { 10 };
        let number = u64::from_str_radix(digits, radix).ok()?;
        let made = Generated(u32::try_from(number.checked_sub(self.offset)?).ok()?);
        // `+7`, `007` and the like are read as numbers too.
        (made.0 > 0 && self.id(made) == id).then_some(made)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Emulator;
    use super::*;

    #[test]
    fn ids_are_computed_and_back() {
        for service in Emulator::all() {
            for number in [1, 9, 10, 99_999, 9_999_999, 10_000_000, u32::MAX] {
                let id = service.generated_id(Generated(number));
                assert_eq!(service.generated(&id), Some(Generated(number)), "{id}");
                for other in [format!("0{id}"), format!("+{id}"), format!("{id} ")] {
                    assert_eq!(service.generated(&other), None, "{other}");
                }
            }
            assert_eq!(service.generated(&service.generated_id(Generated(0))), None);
            for sample in service.samples {
                assert_eq!(service.generated(sample.id), None, "{sample:?}");
            }
        }
    }

    #[test]
    fn the_mix_is_as_promised() {
        let all: Vec<Generated> = (1..=10_000).map(Generated).collect();
        let count = |state| all.iter().filter(|made| made.state() == state).count();
        assert_eq!(count(CertificateState::Expired), 100);
        assert_eq!(count(CertificateState::Soon), 100);
        assert_eq!(
            count(CertificateState::Revoked) + count(CertificateState::Pending),
            100
        );
        let heirs = all.iter().filter(|made| made.named_after() != made.0);
        let heirs: Vec<&Generated> = heirs.collect();
        assert_eq!(heirs.len(), 40);
        for heir in heirs {
            let old = Generated(heir.named_after());
            assert_eq!(heir.state(), CertificateState::Valid);
            assert!(matches!(
                old.state(),
                CertificateState::Soon | CertificateState::Expired
            ));
            assert_eq!((heir.names(), heir.half()), (old.names(), old.half()));
            assert!(heir.span().map(|(_, until)| until) > old.span().map(|(_, until)| until));
        }
        for made in all {
            let until = made.span().map(|(_, until)| until);
            match made.state() {
                CertificateState::Valid => assert!(until.is_some_and(|days| days >= 45)),
                CertificateState::Soon => {
                    assert!(until.is_some_and(|days| (0..10).contains(&days)))
                }
                CertificateState::Expired => assert!(until.is_some_and(|days| days < 0)),
                CertificateState::Revoked => assert!(until.is_some()),
                CertificateState::Pending => assert_eq!(until, None),
            }
        }
    }
}
