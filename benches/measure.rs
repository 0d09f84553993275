//! Runs commands in turn, round after round, and prints a table of what each takes: whole-process wall clock, CPU
//! (user and system) and peak memory. `benches/compare.sh` says which.
//!
//! ```text
//! measure ROUNDS +++ NAME PROGRAM ARGUMENT… +++ NAME PROGRAM ARGUMENT… …
//! ```
//!
//! In turn, since a machine is now faster, now slower: so each command has its share of both. A process that is
//! started counts the memory of the one that starts it; this one is small so that it does not show.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it is a program of its own, and this is its output"
)]

use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

struct Measured<'a> {
    name: &'a str,
    words: &'a [String],
    wall: Vec<Duration>,
    cpu: Vec<Duration>,
    /// Bytes.
    peak: u64,
}

impl Measured<'_> {
    fn run(&mut self) -> Result<(), String> {
        let broken = |why: String| format!("{}: {why}", self.name);
        let (program, arguments) = self.words.split_first().ok_or("a command is missing")?;
        let started = Instant::now();
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        let ended = child.and_then(|child| child.wait4());
        let ended = ended.map_err(|error| broken(error.to_string()))?;
        let wall = started.elapsed();
        if !ended.status.success() {
            return Err(broken(ended.status.to_string()));
        }
        self.wall.push(wall);
        self.cpu.push(ended.rusage.utime + ended.rusage.stime);
        self.peak = self.peak.max(ended.rusage.maxrss);
        Ok(())
    }

    fn row(&self) -> String {
        let (wall, cpu) = (spread(&self.wall), spread(&self.cpu));
        let peak = self.peak as f64 / 1e6;
        format!("| {} | {wall} | {cpu} | {peak:.1} MB |", self.name)
    }
}

/// Median and minimum, in milliseconds.
fn spread(times: &[Duration]) -> String {
    let mut times: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    let least = times.first().copied().unwrap_or_default();
    format!("{median:.1} ms ({least:.1})")
}

fn measured(arguments: &[String]) -> Result<(), String> {
    let mut parts = arguments.split(|word| word == "+++");
    let rounds = parts.next().and_then(|first| first.first());
    let rounds = rounds.and_then(|text| text.parse::<u32>().ok());
    let rounds = rounds.ok_or("how many rounds?")?;
    let mut commands = Vec::new();
    for part in parts {
        let (name, words) = part.split_first().ok_or("a command is missing")?;
        commands.push(Measured {
            name,
            words,
            wall: Vec::new(),
            cpu: Vec::new(),
            peak: 0,
        });
    }
    for _ in 0..rounds {
        commands.iter_mut().try_for_each(Measured::run)?;
    }
    println!("| command | wall, median (min) | CPU, median (min) | peak memory |");
    println!("| --- | --- | --- | --- |");
    commands
        .iter()
        .for_each(|command| println!("{}", command.row()));
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match measured(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("measure: {error}");
            ExitCode::FAILURE
        }
    }
}
