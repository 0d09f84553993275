//! Attributes of this process: signals ignored at its start, and core dumps.

/// The signals that were ignored when the process started, as the bits of their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IgnoredSignals(u64);

/// Returns the signals that were ignored when the process started.
pub type ReadSignals = dyn Fn() -> IgnoredSignals;

impl IgnoredSignals {
    /// True if the signal was ignored.
    pub fn has(self, number: u8) -> bool {
        let bit = number.checked_sub(1).map(u32::from);
        bit.and_then(|bit| self.0.checked_shr(bit))
            .is_some_and(|bits| bits & 1 == 1)
    }

    /// As Linux writes them into `/proc/PID/status` (proc_pid_status(5), `SigIgn`).
    fn in_status(text: &str) -> IgnoredSignals {
        let mask = text.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let bits = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        IgnoredSignals(bits.unwrap_or_default())
    }

    /// Those of this process. Without `/proc`, and on other systems, none: there is no other way without unsafe code, and
    /// a signal that ends a run by mistake is worse than a token that is left behind.
    pub(super) fn of_this_process() -> IgnoredSignals {
        if cfg!(target_os = "linux") {
            std::fs::read_to_string("/proc/self/status")
                .map(|text| IgnoredSignals::in_status(&text))
                .unwrap_or_default()
        } else {
            IgnoredSignals::default()
        }
    }
}

/// A core file would carry every key of the run to the disk, and one Ctrl-\\ makes it. A limit of its size does not stop
/// a program that the system hands the memory to (core(5), "Piping core dumps to a program"); that the process is not
/// dumpable does, and keeps other processes of the user out of its memory and its environment.
#[cfg(unix)]
pub fn leave_no_core_file() {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // Less is always granted.
    let _ = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};

        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// Nothing of the kind is written unless somebody asks for it.
#[cfg(not(unix))]
pub fn leave_no_core_file() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a10_ignored_signals_are_read_as_linux_writes_them() {
        let ignored = IgnoredSignals::in_status(
            "Name:\tcertcheck\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001005\nSigCgt:\tffffffffffffffff\n",
        );
        let numbers: Vec<u8> = (0..=u8::MAX)
            .filter(|number| ignored.has(*number))
            .collect();
        assert_eq!(numbers, [1, 3, 13]);
        for odd in [
            "",
            "SigIgn:\n",
            "SigIgn:\tno number\n",
            "SigIgn:\t10000000000000000\n",
        ] {
            assert_eq!(IgnoredSignals::in_status(odd), IgnoredSignals::default());
        }
    }
}
