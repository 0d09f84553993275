//! Orphans of helper programs. A process that has left the group of its helper (`setsid`) becomes a child of this one
//! when its own parent ends, if this process is a subreaper (prctl(2), `PR_SET_CHILD_SUBREAPER`); so it can be ended.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};

/// The helpers that run now. Held while one is started and while what they left is ended.
static RUNNING: Mutex<RunningHelpers> = Mutex::new(RunningHelpers {
    helpers: BTreeSet::new(),
    adopts: false,
});

struct RunningHelpers {
    /// The numbers of their processes.
    helpers: BTreeSet<i32>,
    /// This process is a subreaper.
    adopts: bool,
}

/// Starts a helper in its own process group; `number` returns its process id.
pub(super) fn started<T, E>(
    start: impl FnOnce() -> Result<T, E>,
    number: impl FnOnce(&T) -> Option<Pid>,
) -> Result<T, E> {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    if running.helpers.is_empty() {
        running.adopts = system::adopt();
    }
    let helper = start()?;
    running.helpers.extend(number(&helper).map(Pid::as_raw_pid));
    Ok(helper)
}

/// Ends the group of a helper. Its number is its own until its end was seen.
pub(super) fn end_group(helper: Pid) {
    // It may have ended meanwhile.
    let _ = kill_process_group(helper, Signal::KILL);
}

/// A helper has ended, or is no longer of interest: once no other runs, what all of them have left is ended. Before that
/// nobody can tell whose it is.
pub(super) fn ended(helper: Pid) {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    running.helpers.remove(&helper.as_raw_pid());
    if running.helpers.is_empty() && running.adopts {
        running.adopts = false;
        system::end_orphans();
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::time::Duration;

    use rustix::process::{
        Pid, Signal, WaitId, WaitIdOptions, WaitOptions, getpgrp, getpid, kill_process,
        set_child_subreaper, waitid, waitpid,
    };

    /// A process that is killed is gone in less; one that the system holds stays.
    const ROUNDS: usize = 1000;
    const PAUSE: Duration = Duration::from_millis(1);

    /// Takes on what helpers will leave; not where this process has children of another origin in other groups, which
    /// could be mixed up with them.
    pub(super) fn adopt() -> bool {
        children().is_empty() && set_child_subreaper(Some(getpid())).is_ok()
    }

    /// Ends all that was taken on, and what that has started in turn.
    pub(super) fn end_orphans() {
        for _ in 0..ROUNDS {
            let orphans = children();
            if orphans.is_empty() {
                break;
            }
            for orphan in orphans {
                let _ = kill_process(orphan, Signal::KILL);
                let _ = waitpid(Some(orphan), WaitOptions::NOHANG);
            }
            std::thread::sleep(PAUSE);
        }
        let _ = set_child_subreaper(None);
    }

    /// The children of this process that are not in its own group: those that it starts itself are.
    fn children() -> Vec<Pid> {
        let waiting = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        if waitid(WaitId::All, waiting).err() == Some(rustix::io::Errno::CHILD) {
            return Vec::new();
        }
        let Ok(processes) = std::fs::read_dir("/proc") else {
            return Vec::new();
        };
        let numbers = processes.flatten().filter_map(|process| {
            let name = process.file_name().into_string().ok()?;
            name.parse().ok()
        });
        let (own, group) = (getpid().as_raw_pid(), getpgrp().as_raw_pid());
        let is_orphan = |number: &i32| {
            let stat = std::fs::read_to_string(format!("/proc/{number}/stat"));
            let of = stat.ok().and_then(|text| parent_and_group(&text));
            of.is_some_and(|(parent, its_group)| parent == own && its_group != group)
        };
        numbers
            .filter(is_orphan)
            .filter_map(Pid::from_raw)
            .collect()
    }

    /// Fields of `/proc/PID/stat` (proc_pid_stat(5)). The name in front may hold blanks and brackets.
    fn parent_and_group(stat: &str) -> Option<(i32, i32)> {
        let (_, behind) = stat.rsplit_once(')')?;
        let mut fields = behind.split_whitespace().skip(1);
        let mut number = || fields.next()?.parse().ok();
        Some((number()?, number()?))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a13_a_process_is_told_by_the_fields_behind_its_name() {
            let stat = "4711 (a) b (c) S 17 4711 4711 0 -1 4194304 118";
            assert_eq!(parent_and_group(stat), Some((17, 4711)));
            for odd in ["", "1 (a", "1 (a)", "1 (a) S", "1 (a) S 2", "1 (a) S x 3"] {
                assert_eq!(parent_and_group(odd), None, "{odd}");
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    /// No other system hands them over.
    pub(super) fn adopt() -> bool {
        false
    }

    pub(super) fn end_orphans() {}
}
