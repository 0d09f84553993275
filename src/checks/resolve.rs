//! The accounts and checks of a file as plans. Every mistake is collected; what stands on a table with a mistake is not
//! blamed for it.

use std::io;
use std::path::Path;
use std::rc::Rc;

use crate::adapters::credential_chain::AccountKey;
use crate::adapters::{Provider, REGISTRY};
use crate::checks::file_safety;
use crate::checks::tables::{TableFlags, TableReader};
use crate::config::discovery::resolved;
use crate::config::{Account, Check, Config, Mistake, Section, Whose};
use crate::flags::connection::IDS;
use crate::flags::{ConfigTable, Layer, Values};
use crate::model::Origin;
use crate::plan::global_flags::GlobalFlags;
use crate::plan::options::RunOptions;
use crate::plan::{Plan, PlanInput, probe_layer};
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
    pub check: &'a Check,
    pub account: &'a Account,
    /// The check, its account, the defaults.
    pub layers: [Rc<Layer>; 3],
    pub plan: Plan,
}

impl<'a> PlanResolver<'a> {
    /// The plans, and every mistake. Above the file stand these flags and variables, if there are any.
    pub fn plans(&self, above: Option<&GlobalFlags>) -> (Vec<ResolvedCheck<'a>>, Vec<Mistake>) {
        let mut mistakes = Vec::new();
        let mut keep = |read: Result<Layer, Vec<Mistake>>| {
            let layer = read.map_err(|more| mistakes.extend(more)).ok();
            layer.map(Rc::new)
        };
        let defaults = keep(self.defaults());
        let accounts = self.config.accounts.iter();
        let accounts: Vec<Option<Rc<Layer>>> = accounts
            .map(|account| keep(self.account(account, defaults.as_deref())))
            .collect();
        for section in &self.config.unplaced {
            keep(self.table(section, ConfigTable::Check, None).finish());
        }
        let mut plans = Vec::new();
        for check in &self.config.checks {
            let Some(account) = self.config.account_of(check) else {
                continue;
            };
            let own = accounts.get(check.account).cloned().flatten();
            match self.check(check, account, (own, defaults.clone()), above) {
                Ok(planned) => plans.extend(planned),
                Err(more) => mistakes.extend(more),
            }
        }
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

    fn defaults(&self) -> Result<Layer, Vec<Mistake>> {
        let section = &self.config.defaults;
        let mut reader = self.table(section, ConfigTable::Defaults, None);
        let layer = reader.layer.clone();
        let values = Values::new([&layer]);
        if let Err(problem) = RunOptions::new(&values) {
            reader.common_problem(&problem, &values, section.at);
        }
        reader.finish()
    }

    /// An account by itself, with the ID that nobody has.
    fn account(
        &self,
        account: &'a Account,
        defaults: Option<&Layer>,
    ) -> Result<Layer, Vec<Mistake>> {
        let section = &account.section;
        let provider = named(&account.provider);
        let mut reader = self.table(section, ConfigTable::Account, provider);
        let (Some(provider), false) = (provider, section.flawed) else {
            // What is wrong with the table is known already.
            return match reader.finish() {
                Ok(_) => Err(Vec::new()),
                Err(mistakes) => Err(mistakes),
            };
        };
        let file = (self.path, self.bytes);
        let held = file_safety::may_hold(account, provider, file, self.world);
        reader.mistakes.extend(held.err());
        let layer = reader.layer.clone();
        let common = Values::new([&layer].into_iter().chain(defaults));
        match (RunOptions::new(&common), probe_layer(provider)) {
            (Err(problem), _) => reader.common_problem(&problem, &common, section.at),
            (Ok(options), Ok(probe)) => {
                let values = Values::new([&layer, &probe]);
                let plan = Plan::new(
                    provider,
                    options,
                    &values,
                    &mut self.input(&mut io::empty()),
                );
                for problem in plan.err().unwrap_or_default() {
                    reader.problem(&problem, provider, &values, section.at);
                }
            }
            (Ok(_), Err(error)) => reader
                .mistakes
                .push(Mistake::new(section.at, error.message)),
        }
        reader.finish()
    }

    /// A check: none where something that it stands on is wrong.
    fn check(
        &self,
        check: &'a Check,
        account: &'a Account,
        (own, defaults): (Option<Rc<Layer>>, Option<Rc<Layer>>),
        above: Option<&GlobalFlags>,
    ) -> Result<Option<ResolvedCheck<'a>>, Vec<Mistake>> {
        let section = &check.section;
        let provider = named(&account.provider);
        let mut reader = self.table(section, ConfigTable::Check, provider);
        let stdin = section.get(IDS).map(|ids| ids.values.iter());
        let stdin = stdin.and_then(|mut ids| ids.find(|id| id.text.trim() == "-"));
        if let Some(stdin) = stdin {
            let mistake = Mistake::new(stdin.at, "standard input is not for a file");
            let hint = "write the IDs, or `all = true`";
            reader.mistakes.push(mistake.with_hint(hint));
        }
        let (Some(provider), Some(own), Some(defaults)) = (provider, own, defaults) else {
            return reader.finish().map(|_| None);
        };
        if section.flawed || stdin.is_some() {
            return reader.finish().map(|_| None);
        }
        let layer = reader.layer.clone();
        let file = [&layer, &*own, &*defaults];
        let common = match above {
            Some(above) => above.values(file),
            None => Values::new(file),
        };
        let options = match RunOptions::new(&common) {
            Ok(options) => options,
            Err(problem) => {
                reader.common_problem(&problem, &common, section.at);
                return reader.finish().map(|_| None);
            }
        };
        // What says where and as whom does not come from the environment.
        let values = Values::new([&layer, &*own]);
        let plan = Plan::new(
            provider,
            options,
            &values,
            &mut self.input(&mut io::empty()),
        );
        let plan = plan.map_err(|problems| {
            for problem in problems {
                reader.problem(&problem, provider, &values, section.at);
            }
        });
        let layer = reader.finish()?;
        let Ok(mut plan) = plan else {
            return Ok(None);
        };
        self.sign_in(&mut plan, account);
        plan.origin = Origin {
            check: Some(Rc::from(check.name.as_str())),
            account: Some(Rc::from(account.name.as_str())),
        };
        Ok(Some(ResolvedCheck {
            check,
            account,
            layers: [Rc::new(layer), own, defaults],
            plan,
        }))
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
    fn sign_in(&self, plan: &mut Plan, account: &Account) {
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
