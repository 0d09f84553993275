//! Which checks are made: those that are named, of the provider and the account that are meant.

use clap::ArgMatches;

use crate::adapters::Provider;
use crate::checks::resolve::ResolvedCheck;
use crate::config::similar;
use crate::error::{Error, Kind};

/// What was typed of it.
pub struct Selection<'a> {
    names: Vec<&'a str>,
    provider: Option<&'a str>,
    account: Option<&'a str>,
}

impl<'a> Selection<'a> {
    /// Reads it.
    pub fn read(matches: &'a ArgMatches) -> Selection<'a> {
        let one = |name: &str| matches.get_one::<String>(name).map(String::as_str);
        let names = matches.get_many::<String>("name").unwrap_or_default();
        Selection {
            names: names.map(String::as_str).collect(),
            provider: one("provider"),
            account: one("account"),
        }
    }

    fn meant(&self, planned: &ResolvedCheck<'_>) -> bool {
        let is = |provider: &Provider, name| [provider.name, provider.alias].contains(&name);
        (self.names.is_empty() || self.names.contains(&planned.check.name.as_str()))
            && self
                .provider
                .is_none_or(|name| is(planned.plan.provider, name))
            && self.account.is_none_or(|name| planned.account.name == name)
    }
}

/// Those that are meant, in the order of the file. A name that nothing has is a mistake, and so is a selection without
/// any check: it would pass for a good result.
pub fn selected<'a>(
    plans: Vec<ResolvedCheck<'a>>,
    selection: &Selection<'_>,
) -> Result<Vec<ResolvedCheck<'a>>, Error> {
    if plans.is_empty() {
        return Err(
            Error::new(Kind::Config, "there is no check in the config file")
                .with_hint("add one: [[checks]] with a name, an account and ids"),
        );
    }
    let names: Vec<&str> = plans
        .iter()
        .map(|planned| planned.check.name.as_str())
        .collect();
    let accounts: Vec<&str> = plans
        .iter()
        .map(|planned| planned.account.name.as_str())
        .collect();
    let asked = selection.names.iter().map(|name| ("check", *name, &names));
    let account = selection
        .account
        .map(|name| ("account with a check", name, &accounts));
    for (what, name, known) in asked.chain(account) {
        if !known.contains(&name) {
            let text = format!("no {what} is called `{name}`");
            let error = Error::new(Kind::Usage, text).quoting(name);
            return Err(match similar(name, known.iter().copied()) {
                Some(meant) => error.with_hint(format!("did you mean `{meant}`?")),
                None => error.with_hint("`certcheck config show` lists them"),
            });
        }
    }
    let meant: Vec<ResolvedCheck<'a>> = plans
        .into_iter()
        .filter(|planned| selection.meant(planned))
        .collect();
    if meant.is_empty() {
        Err(
            Error::new(Kind::Usage, "no check is left: nothing to judge")
                .with_hint("leave out a name, --provider or --account"),
        )
    } else {
        Ok(meant)
    }
}
