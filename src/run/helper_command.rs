//! Asks a program of the user's for a key. It is told nothing but who and where the user is, and nothing of what it says
//! is repeated.

use std::path::Path;
use std::time::Duration;

use tokio::time::timeout_at;

use crate::adapters::credential_chain::{CredentialSource, Lookup};
use crate::credentials::broken;
use crate::error::{Error, Kind, reason};
use crate::exchange::Stop;
use crate::run::key_finder::KeyRequest;
use crate::run::run_context::RunContext;
use crate::world::{Custody, Helper};

/// All that it sees of the environment: no key of another account, no proxy.
const VARIABLES: [&str; 7] = [
    "PATH",
    "HOME",
    "USER",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    // Windows starts nothing without it.
    "SystemRoot",
];

/// A program that asks for a second factor is not for a job that nobody sees.
const LIMIT: Duration = Duration::from_secs(10);

/// Runs the program and reads what it prints.
pub async fn run_helper(
    words: &[String],
    chain: &[CredentialSource],
    sought: &KeyRequest<'_>,
    run: &RunContext<'_>,
) -> Result<Lookup, Error> {
    let program = words.first().map(String::as_str).unwrap_or_default();
    let variable = |name: &str| {
        let value = run.context.variables.get(name)?;
        Some((name.to_owned(), value.clone()))
    };
    let helper = Helper {
        words: words.to_vec(),
        variables: VARIABLES.into_iter().filter_map(variable).collect(),
        limit: LIMIT,
    };
    only_the_user_changes(program, run)?;
    let stop = |why: &str| {
        broken(format!("no key from {program}: {why}")).with_hint(format!(
            "run {program} by hand, with no more of the environment than {}; its messages are not shown here",
            VARIABLES.join(", ")
        ))
    };
    let mut stopped = run.stop.clone();
    let printed = tokio::select! {
        biased;
        _ = stopped.wait_for(|wish| *wish != Stop::No) => {
            return Err(Error::new(Kind::Network, "interrupted before a key came")
                .with_hint("run it again"));
        }
        printed = timeout_at(run.deadline, (run.context.run_helper)(helper)) => printed,
    };
    let bytes = printed
        .map_err(|_| stop("the run's deadline passed before it ended"))?
        .map_err(|why| stop(&why))?;
    run.finder().printed(&bytes, program, chain, sought)
}

/// Refuses a program that somebody else can change, or put another one in the place of: it would run as the user, with the
/// user's keys in reach. In a folder with the sticky bit others cannot do that, but nobody keeps programs there.
fn only_the_user_changes(program: &str, run: &RunContext<'_>) -> Result<(), Error> {
    let stop = |why: &str, hint: String| {
        let text = format!("no key from {program}: {why}, so it was not run");
        Err(broken(text).with_hint(hint))
    };
    let elsewhere =
        "move the program to a folder that only you or root can change, and name it there";
    let way = match (run.context.custody)(Path::new(program)) {
        Ok(way) if !way.is_empty() => way,
        Ok(_) => return stop("nobody can tell who may change it", elsewhere.to_owned()),
        Err(error) => return stop(&reason(&error), format!("check the path {program}")),
    };
    let does_not_pass = |kept: &&Custody| !kept.trusted || kept.open;
    let Some(kept) = way.iter().find(does_not_pass) else {
        return Ok(());
    };
    let path = kept.path.display();
    match kept {
        Custody { trusted: false, .. } => stop(
            &format!("{path} belongs to somebody else"),
            elsewhere.to_owned(),
        ),
        Custody { sticky: true, .. } => stop(
            &format!("everybody may put files into {path}"),
            elsewhere.to_owned(),
        ),
        _ => stop(
            &format!("others can write to {path}"),
            format!("run: chmod go-w {path}"),
        ),
    }
}
