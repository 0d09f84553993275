//! The accounts and checks of a file as plans. Every mistake is collected; what stands on a table with a mistake is not
//! blamed for it.

use std::io;
use std::path::Path;
use std::rc::Rc;

use crate::adapters::credential_chain::AccountKey;
use crate::adapters::{Provider, REGISTRY};
use crate::checks::file_safety;
use crate::checks::tables::{ReadTable, TableFlags, TableReader};
use crate::config::discovery::resolved;
use crate::config::{AccountConfig, CheckConfig, Config, Diagnostic, Position, Section, Whose};
use crate::flags::connection::IDS;
use crate::flags::{ConfigTable, Layer, Values};
use crate::model::Origin;
use crate::plan::global_flags::GlobalFlags;
use crate::plan::options::RunOptions;
use crate::plan::{Plan, PlanInput, PlanProblem, probe_layer};
use crate::world::World;

/// A file that is being read.
pub struct PlanResolver<'a> {
    pub path: &'a Path,
    pub bytes: &'a [u8],
    pub config: &'a Config,
    pub world: &'a World,
}

/// A check with its plan.
pub struct ResolvedCheck<'a> {
    pub check: &'a CheckConfig,
    pub account: &'a AccountConfig,
    /// The check, its account, the defaults.
    pub layers: [Rc<Layer>; 3],
    pub plan: Plan,
}

impl<'a> PlanResolver<'a> {
    /// The plans, and every mistake. Above the file stand these flags and variables, if there are any.
    pub fn plans(&self, above: Option<&GlobalFlags>) -> (Vec<ResolvedCheck<'a>>, Vec<Diagnostic>) {
        let mut mistakes = Vec::new();
        let mut keep = |(table, more): (ReadTable, Vec<Diagnostic>)| {
            mistakes.extend(more);
            table
        };
        let defaults = keep(self.defaults());
        let accounts = self.config.accounts.iter();
        let accounts: Vec<ReadTable> = accounts
            .map(|account| keep(self.account(account, &defaults)))
            .collect();
        for section in &self.config.unplaced {
            keep(self.table(section, ConfigTable::Check, None).finish());
        }
        let mut plans = Vec::new();
        for check in &self.config.checks {
            let account = self.config.account_of(check);
            let Some((account, own)) = account.zip(accounts.get(check.account)) else {
                continue;
            };
            let (resolved, more) = self.check(check, account, [own, &defaults], above);
            plans.extend(resolved);
            mistakes.extend(more);
        }
        // The thresholds of an account are looked at once more in each of its checks.
        mistakes.sort_by_key(|mistake| mistake.at);
        mistakes.dedup();
        (plans, mistakes)
    }

    fn table(
        &self,
        section: &Section,
        table: ConfigTable,
        provider: Option<&'static Provider>,
    ) -> TableReader {
        let resolve = |path: &str| self.resolved(path);
        let known = TableFlags {
            table,
            provider,
            resolve: &resolve,
        };
        TableReader::read(section, &known)
    }

    fn defaults(&self) -> (ReadTable, Vec<Diagnostic>) {
        let section = &self.config.defaults;
        let mut reader = self.table(section, ConfigTable::Defaults, None);
        let layer = reader.layer.clone();
        let values = Values::new([&layer]);
        if let (Err(problem), false) = (RunOptions::new(&values), section.flawed) {
            reader.problem(&problem, None, &values, (section.at, &[]));
        }
        reader.finish()
    }

    /// An account by itself, with the ID that nobody has.
    fn account(
        &self,
        account: &'a AccountConfig,
        defaults: &ReadTable,
    ) -> (ReadTable, Vec<Diagnostic>) {
        let section = &account.section;
        let provider = named(&account.provider);
        let mut reader = self.table(section, ConfigTable::Account, provider);
        let (Some(provider), false) = (provider, section.flawed) else {
            // What is wrong with the table is known already.
            let (table, mistakes) = reader.finish();
            let table = ReadTable {
                is_right: false,
                ..table
            };
            return (table, mistakes);
        };
        let file = (self.path, self.bytes);
        let held = file_safety::may_hold(account, provider, file, self.world);
        reader.mistakes.extend(held.err());
        let layer = reader.layer.clone();
        let common = Values::new([&layer, &*defaults.layer]);
        let below = [defaults];
        let at = (section.at, below.as_slice());
        let options = self.options(&mut reader, &common, at);
        match probe_layer(provider) {
            Ok(probe) => {
                let values = Values::new([&layer, &probe]);
                self.plan(&mut reader, provider, options, &values, at);
            }
            Err(error) => {
                let mistake = Diagnostic::new(section.at, error.message);
                reader.mistakes.push(mistake);
            }
        }
        reader.finish()
    }

    /// The options by these values; the built-in ones where they do not go together.
    fn options(
        &self,
        reader: &mut TableReader,
        values: &Values<'_>,
        at: (Position, &[&ReadTable]),
    ) -> Option<RunOptions> {
        match RunOptions::new(values) {
            Ok(options) => Some(options),
            Err(problem) => {
                // A threshold of another form is not among the values.
                if !self.config.defaults.flawed {
                    reader.problem(&problem, None, values, at);
                }
                RunOptions::new(&Values::default()).ok()
            }
        }
    }

    fn plan(
        &self,
        reader: &mut TableReader,
        provider: &'static Provider,
        options: Option<RunOptions>,
        values: &Values<'_>,
        at: (Position, &[&ReadTable]),
    ) -> Option<Plan> {
        let mut stdin = io::empty();
        let plan = Plan::new(provider, options?, values, &mut self.input(&mut stdin));
        let problems = match plan {
            Ok(plan) => return Some(plan),
            Err(problems) => problems,
        };
        for problem in problems {
            match problem {
                PlanProblem::Flag(problem) => reader.problem(&problem, Some(provider), values, at),
                // Only an endpoint of the environment or standard input leads here, and neither is read for a file.
                PlanProblem::Other(_) => {
                    let mistake = Diagnostic::new(at.0, "it cannot be used");
                    reader.mistakes.push(mistake);
                }
            }
        }
        None
    }

    /// A check: none where it, or what it stands on, is wrong.
    fn check(
        &self,
        check: &'a CheckConfig,
        account: &'a AccountConfig,
        below: [&ReadTable; 2],
        above: Option<&GlobalFlags>,
    ) -> (Option<ResolvedCheck<'a>>, Vec<Diagnostic>) {
        let (section, [own, defaults]) = (&check.section, below);
        let provider = named(&account.provider);
        let mut reader = self.table(section, ConfigTable::Check, provider);
        let stdin = section.get(IDS).map(|ids| ids.values.iter());
        let stdin = stdin.and_then(|mut ids| ids.find(|id| id.text.trim() == "-"));
        if let Some(stdin) = stdin {
            let mistake = Diagnostic::new(stdin.at, "standard input is not for a file");
            let hint = "write the IDs, or `all = true`";
            reader.mistakes.push(mistake.with_hint(hint));
        }
        let (Some(provider), false) = (provider, section.flawed || account.section.flawed) else {
            return (None, reader.finish().1);
        };
        let layer = reader.layer.clone();
        let file = [&layer, &*own.layer, &*defaults.layer];
        let common = match above {
            Some(above) => above.values(file),
            None => Values::new(file),
        };
        let at = (section.at, below.as_slice());
        let options = self.options(&mut reader, &common, at);
        // The place and the key do not come from the environment.
        let values = Values::new([&layer, &*own.layer]);
        let plan = if own.is_right && stdin.is_none() {
            self.plan(&mut reader, provider, options, &values, at)
        } else {
            None
        };
        let (table, mistakes) = reader.finish();
        let (Some(mut plan), true) = (plan, table.is_right && defaults.is_right) else {
            return (None, mistakes);
        };
        self.sign_in(&mut plan, account);
        plan.origin = Origin {
            check: Some(Rc::from(check.name.as_str())),
            account: Some(Rc::from(account.name.as_str())),
        };
        let layers = [table.layer, own.layer.clone(), defaults.layer.clone()];
        let resolved = ResolvedCheck {
            check,
            account,
            layers,
            plan,
        };
        (Some(resolved), mistakes)
    }

    fn input<'w>(&'w self, stdin: &'w mut io::Empty) -> PlanInput<'w> {
        PlanInput {
            context: &self.world.context,
            stdin,
            stdin_is_terminal: false,
        }
    }

    fn resolved(&self, text: &str) -> String {
        let home = self.world.context.home();
        let path = resolved(text, self.path, home.as_deref());
        path.to_string_lossy().into_owned()
    }

    /// Gives the plan the key of its account.
    fn sign_in(&self, plan: &mut Plan, account: &AccountConfig) {
        let whose = account.credentials.as_ref().map(|said| &said.whose);
        plan.sign_in.account = Some(match whose {
            None => AccountKey::Vendor,
            Some(Whose::Profile(name)) => {
                plan.sign_in.profile = Some(name.trim().to_owned());
                AccountKey::Vendor
            }
            Some(Whose::InstanceRole(name)) => {
                plan.sign_in.instance_role = Some(name.trim().to_owned());
                AccountKey::Vendor
            }
            Some(Whose::Variables(prefix)) => AccountKey::Variables(prefix.clone()),
            Some(Whose::File(path)) => AccountKey::File(self.resolved(path).into()),
            Some(Whose::Command(words)) => AccountKey::Command(words.clone()),
        });
    }
}

/// The provider of that name.
pub fn named(name: &str) -> Option<&'static Provider> {
    REGISTRY
        .iter()
        .copied()
        .find(|provider| provider.name == name)
}
