//! Flags of every command: how they are typed, and what counts where several places say something.

use clap::{ArgAction, ArgMatches, Args, FromArgMatches as _};

/// Flags of every command, in front of it or behind it.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Judging and output")]
pub struct Common {
    /// Warn when less than this is left: 30d, 72h, 20% (of the lifetime), a number of days, off, auto
    /// (or CERTCHECK_WARN) [default: auto: 30 days, at most 25% of the lifetime]
    #[arg(short, long, value_name = "LEFT")]
    pub warn: Option<String>,
    /// Report as critical when less than this is left (or CERTCHECK_CRIT) [default: auto: 14 days, at most 10% of the lifetime]
    #[arg(short, long, value_name = "LEFT")]
    pub crit: Option<String>,
    /// Override the verdict of a status, such as PENDING=ok; repeatable
    #[arg(long, value_name = "STATUS=VERDICT")]
    pub severity: Vec<String>,
    /// Evaluate at this time: 2026-12-24 (00:00 UTC), an RFC 3339 time, or +30d
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub at: Option<String>,
    /// Check only certificates with a matching domain name, such as *.example.com; repeatable
    #[arg(long, value_name = "GLOB")]
    pub domain: Vec<String>,
    /// Do not fail on an empty account
    #[arg(long)]
    pub allow_empty: bool,
    /// Do not report a certificate that another one of the account has replaced as a problem
    #[arg(long)]
    pub ignore_superseded: bool,
    /// Fetch each ID individually, even if the account's list needs fewer requests
    #[arg(long)]
    pub no_listing: bool,
    /// Output format: table, json or ndjson (or CERTCHECK_OUTPUT) [default: table]
    #[arg(short, long, value_name = "FORMAT")]
    pub output: Option<String>,
    /// Short for -o json
    #[arg(long, conflicts_with = "output")]
    pub json: bool,
    /// Show only problems; print nothing if everything is ok
    #[arg(short, long)]
    pub quiet: bool,
    /// Show only these verdicts: ok, warning, critical, unknown
    #[arg(long, value_name = "VERDICT", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Show only these states, such as EXPIRED
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    pub status: Vec<String>,
    /// Show only certificates that expire within this time or have expired
    #[arg(long, value_name = "TIME")]
    pub expiring: Option<String>,
    /// Show at most N certificates
    #[arg(long, value_name = "N")]
    pub limit: Option<String>,
    /// Sort by expiry, name, provider or status [default: order of the request]
    #[arg(long, value_name = "KEY")]
    pub sort: Option<String>,
    /// Hide the progress on a terminal
    #[arg(long)]
    pub no_progress: bool,
    /// Log each request to stderr; -vv logs headers too
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,
    /// Colour: auto, always or never (or CERTCHECK_COLOR) [default: auto]
    #[arg(long, value_name = "WHEN")]
    pub color: Option<String>,
    /// Exit with 0 whatever the verdict; errors still exit with 3
    #[arg(long)]
    pub exit_zero: bool,
    /// Time limit of one request (or CERTCHECK_TIMEOUT) [default: 10s]
    #[arg(long, value_name = "TIME")]
    pub timeout: Option<String>,
    /// Time limit of the whole run (or CERTCHECK_DEADLINE) [default: 50s, with --all 5m]
    #[arg(long, value_name = "TIME")]
    pub deadline: Option<String>,
    /// Number of concurrent requests (or CERTCHECK_CONCURRENCY) [default: 16]
    #[arg(long, value_name = "N")]
    pub concurrency: Option<String>,
    /// Retries for transient failures (or CERTCHECK_RETRIES) [default: 3]
    #[arg(long, value_name = "N")]
    pub retries: Option<String>,
    /// Rate limit per account, in requests per second, or off (or CERTCHECK_RATE) [default: below the provider's limit]
    #[arg(long, value_name = "N")]
    pub rate: Option<String>,
}

impl Common {
    /// What was typed behind the command, or else in front of it. clap's own global flags are the same, but each of
    /// them is copied into each command, at every start.
    pub fn read(front: &ArgMatches, behind: &ArgMatches) -> Result<Common, clap::Error> {
        Ok(Common::of(behind)?.or(Common::of(front)?))
    }

    /// What was typed there, where these flags can be.
    fn of(matches: &ArgMatches) -> Result<Common, clap::Error> {
        // A switch has a value wherever it is known. Of an unknown flag clap complains in debug builds only.
        match matches.try_get_one::<bool>("quiet") {
            Ok(Some(_)) => Common::from_arg_matches(matches),
            _ => Ok(Common::default()),
        }
    }

    /// What is said here, and what is not as it is said there.
    pub fn or(self, there: Common) -> Common {
        let list = |here: Vec<String>, there| if here.is_empty() { there } else { here };
        Common {
            warn: self.warn.or(there.warn),
            crit: self.crit.or(there.crit),
            severity: list(self.severity, there.severity),
            domain: list(self.domain, there.domain),
            allow_empty: self.allow_empty || there.allow_empty,
            ignore_superseded: self.ignore_superseded || there.ignore_superseded,
            no_listing: self.no_listing || there.no_listing,
            only: list(self.only, there.only),
            status: list(self.status, there.status),
            expiring: self.expiring.or(there.expiring),
            limit: self.limit.or(there.limit),
            sort: self.sort.or(there.sort),
            no_progress: self.no_progress || there.no_progress,
            at: self.at.or(there.at),
            // Two spellings of one flag.
            json: self.json || there.json && self.output.is_none(),
            output: self.output.or(there.output),
            quiet: self.quiet || there.quiet,
            verbose: match self.verbose {
                0 => there.verbose,
                count => count,
            },
            color: self.color.or(there.color),
            exit_zero: self.exit_zero || there.exit_zero,
            timeout: self.timeout.or(there.timeout),
            deadline: self.deadline.or(there.deadline),
            concurrency: self.concurrency.or(there.concurrency),
            retries: self.retries.or(there.retries),
            rate: self.rate.or(there.rate),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::*;
    use crate::cli::args::command;

    fn read(front: &[&str], behind: &[&str]) -> String {
        let words = [&["certcheck"], front, &["tencent", "--id", "a"], behind].concat();
        let matches = command(true)
            .try_get_matches_from(words)
            .expect("well typed");
        let (_, behind) = matches.subcommand().expect("a command");
        format!("{:?}", Common::read(&matches, behind).expect("flags"))
    }

    #[test]
    fn every_flag_means_the_same_in_front_of_a_command_and_behind_it() {
        let flags = Common::augment_args(Command::new("flags"));
        assert!(flags.get_arguments().count() > 10);
        for flag in flags.get_arguments() {
            let name = format!("--{}", flag.get_long().expect("a long name"));
            let (one, other) = if flag.get_action().takes_values() {
                (format!("{name}=1"), format!("{name}=2"))
            } else {
                (name.clone(), name)
            };
            let behind = read(&[], &[&one]);
            assert_ne!(behind, read(&[], &[]), "{one}");
            assert_eq!(read(&[&one], &[]), behind, "{one}");
            assert_eq!(read(&[&other], &[&one]), behind, "{other} … {one}");
        }
    }
}
