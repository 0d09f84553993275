//! What the accounts and checks of a file mean: each is turned into the words of its provider's command, which know.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::rc::Rc;

use clap::{ArgMatches, Command, FromArgMatches as _};

use super::blame::{Refusal, blamed};
use super::private;
use super::vocabulary::{IDS, common_flags, flag_of};
use crate::adapters::keys::Keys;
use crate::adapters::{Provider, REGISTRY};
use crate::cli::choices::Choices;
use crate::cli::common::Common;
use crate::cli::keys::HOME;
use crate::cli::plan::{Plan, Surroundings};
use crate::cli::words::command;
use crate::config::discovery::resolved;
use crate::config::{Account, Check, Config, Form, Mistake, Section, Setting, Vocabulary, Whose};
use crate::model::Origin;
use crate::world::World;

/// Its password is refused where everybody could read it, on a command line: it takes the way of a variable.
pub const PROXY: &str = "proxy";

/// The name of the flags of every command among those that read; no provider is called so.
const COMMON: &str = "";

/// A file that is being understood.
pub struct Reading<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// What it says.
    pub config: &'a Config,
    /// What it may say.
    pub vocabulary: &'a Vocabulary,
    /// The outside.
    pub world: &'a World,
    /// Commands that read many lines: to make one takes longer than to read with it.
    pub commands: RefCell<HashMap<&'static str, Command>>,
}

/// A check, understood.
pub struct Planned<'a> {
    /// As the file says it.
    pub check: &'a Check,
    /// Its account.
    pub account: &'a Account,
    /// What is said of it, of its account and for all, where no flag or variable says otherwise.
    pub below: [Common; 3],
    /// What it means.
    pub plan: Plan,
}

impl<'a> Reading<'a> {
    /// Understands everything. What is flawed, or stands on what is flawed, is not blamed for more.
    pub fn plans(&self, flags: &Common) -> (Vec<Planned<'a>>, Vec<Mistake>) {
        let mut mistakes = Vec::new();
        let mut kept =
            |read: Result<_, Mistake>| read.map_err(|mistake| mistakes.push(mistake)).ok();
        let defaults = kept(self.common(&self.config.defaults).map(|(common, _)| common));
        let accounts: Vec<Option<Common>> = self
            .config
            .accounts
            .iter()
            .map(|account| match account.section.flawed {
                true => None,
                false => kept(self.account(account)),
            })
            .collect();
        let mut plans = Vec::new();
        for check in &self.config.checks {
            let account = self.config.account_of(check);
            let below = accounts.get(check.account).cloned().flatten();
            let (Some(account), Some(below), Some(defaults)) = (account, below, &defaults) else {
                continue;
            };
            if check.section.flawed {
                continue;
            }
            match self.check(check, account, [below, defaults.clone()], flags) {
                Ok(planned) => plans.push(planned),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        (plans, mistakes)
    }

    /// An account by itself, with the id that nobody has.
    fn account(&self, account: &Account) -> Result<Common, Mistake> {
        let (common, choices) = self.common(&account.section)?;
        let Some(provider) = named(&account.provider) else {
            return Err(Mistake::new(account.section.at, "no such provider"));
        };
        private::may_hold(account, provider, self.path, self.world)?;
        let probe = &provider.probe;
        let id = format!("--id={}", probe.id);
        let more = probe.unless_set.map(|(_, flag)| flag.to_owned());
        let sections = [&account.section];
        let planned = |without: Option<&Setting>| {
            let words = [id.clone()].into_iter().chain(more.clone());
            self.plan(
                provider,
                words.collect(),
                &sections,
                without,
                choices.clone(),
            )
        };
        match planned(None) {
            Ok(_) => Ok(common),
            Err(refusal) => Err(blamed(&sections, account.section.at, refusal, |setting| {
                planned(Some(setting)).err()
            })),
        }
    }

    fn check(
        &self,
        check: &'a Check,
        account: &'a Account,
        [of_account, of_all]: [Common; 2],
        flags: &Common,
    ) -> Result<Planned<'a>, Mistake> {
        let (own, _) = self.common(&check.section)?;
        let at = check.section.at;
        let provider =
            named(&account.provider).ok_or_else(|| Mistake::new(at, "no such provider"))?;
        if let Some(stdin) = check
            .section
            .get(IDS)
            .and_then(|ids| ids.values.iter().find(|value| value.text.trim() == "-"))
        {
            return Err(Mistake::new(stdin.at, "standard input is not for a file")
                .with_hint("write the ids, or give `all = true`"));
        }
        let below = [own, of_account, of_all];
        let [one, two, three] = below.clone();
        let choices = Choices::above(flags, &self.world.variables, &one.or(two).or(three))
            .map_err(|error| Mistake::new(at, error.message.clone()).with_hint(error.hint()))?;
        let sections = [&check.section, &account.section];
        let planned = |without: Option<&Setting>| {
            self.plan(
                provider,
                credentials(account),
                &sections,
                without,
                choices.clone(),
            )
        };
        let plan = planned(None).map_err(|refusal| {
            blamed(&sections, at, refusal, |setting| {
                planned(Some(setting)).err()
            })
        })?;
        let mut plan = self.placed(plan, account);
        plan.origin = Origin {
            check: Some(Rc::from(check.name.as_str())),
            account: Some(Rc::from(account.name.as_str())),
        };
        Ok(Planned {
            check,
            account,
            below,
            plan,
        })
    }

    /// The flags of every command that a section says, if each of them can be.
    fn common(&self, section: &Section) -> Result<(Common, Choices), Mistake> {
        let read = |without: Option<&Setting>| {
            let settings = section.settings.iter();
            let settings = settings.filter(|setting| !is(setting, without));
            let words = settings
                .filter(|setting| self.is_common(setting))
                .flat_map(|setting| self.words(setting, &setting.key.replace('_', "-")));
            let matches = self.matched(COMMON, common_flags, words.collect())?;
            let common = Common::from_arg_matches(&matches)?;
            let choices = Choices::new(&common, &HashMap::new())?;
            Ok::<_, Refusal>((common, choices))
        };
        read(None).map_err(|refusal| {
            blamed(&[section], section.at, refusal, |setting| {
                read(Some(setting)).err()
            })
        })
    }

    /// The plan of a provider's command with these words and those of the sections, but for one setting.
    fn plan(
        &self,
        provider: &'static Provider,
        mut words: Vec<String>,
        sections: &[&Section],
        without: Option<&Setting>,
        choices: Choices,
    ) -> Result<Plan, Refusal> {
        let mut variables = HashMap::new();
        let settings = sections.iter().flat_map(|section| &section.settings);
        for setting in settings.filter(|setting| !is(setting, without)) {
            if setting.key == PROXY {
                let name = format!("CERTCHECK_{}_PROXY", provider.name.to_ascii_uppercase());
                let urls = setting.values.iter().map(|value| value.text.clone());
                variables.extend(urls.map(|url| (name.clone(), url)));
            } else if !self.is_common(setting) {
                words.extend(self.words(setting, &flag_of(&setting.key, provider)));
            }
        }
        let matches = self.matched(provider.name, || command(provider), words)?;
        let mut around = Surroundings {
            // What says where and as whom does not come from the environment.
            variables: &variables,
            read_file: &self.world.read_file,
            stdin: &mut io::empty(),
            stdin_is_terminal: false,
        };
        Ok(Plan::new(provider, choices, &matches, &mut around)?)
    }

    /// The words as that command reads them.
    fn matched(
        &self,
        name: &'static str,
        make: impl FnOnce() -> Command,
        words: Vec<String>,
    ) -> Result<ArgMatches, clap::Error> {
        let mut commands = self.commands.borrow_mut();
        let command = commands.entry(name).or_insert_with(make);
        command.try_get_matches_from_mut(words)
    }

    fn is_common(&self, setting: &Setting) -> bool {
        let mut common = self.vocabulary.defaults.iter();
        common.any(|key| key.name == setting.key)
    }

    /// A setting as it would be typed.
    fn words(&self, setting: &Setting, flag: &str) -> Vec<String> {
        // One word: of many, each is held against all others.
        if setting.key == IDS {
            let ids = setting.values.iter().map(|value| value.text.as_str());
            return vec![format!("--{flag}={}", ids.collect::<Vec<_>>().join(","))];
        }
        let word = |text: &str| match setting.form {
            Form::Switch => format!("--{flag}"),
            Form::Path => format!("--{flag}={}", self.resolved(text)),
            Form::One | Form::Several | Form::Pairs => format!("--{flag}={text}"),
        };
        setting
            .values
            .iter()
            .map(|value| word(&value.text))
            .collect()
    }

    fn resolved(&self, text: &str) -> String {
        let home = HOME.iter().find_map(|name| self.world.variable(name));
        let path = resolved(text, self.path, home.as_deref());
        path.to_string_lossy().into_owned()
    }

    /// The plan with the key of its account.
    fn placed(&self, mut plan: Plan, account: &Account) -> Plan {
        let whose = account.credentials.as_ref().map(|said| &said.whose);
        plan.typed.account = Some(match whose {
            None | Some(Whose::Profile(_) | Whose::InstanceRole(_)) => Keys::Vendor,
            Some(Whose::Variables(prefix)) => Keys::Variables(prefix.clone()),
            Some(Whose::File(path)) => Keys::File(self.resolved(path).into()),
            Some(Whose::Command(words)) => Keys::Command(words.clone()),
        });
        plan
    }
}

fn named(name: &str) -> Option<&'static Provider> {
    REGISTRY.into_iter().find(|provider| provider.name == name)
}

/// Whether it is that very setting.
fn is(setting: &Setting, other: Option<&Setting>) -> bool {
    other.is_some_and(|other| std::ptr::eq(setting, other))
}

/// What a provider's command knows of whose key is used.
fn credentials(account: &Account) -> Vec<String> {
    let whose = account.credentials.as_ref().map(|said| &said.whose);
    match whose {
        Some(Whose::Profile(name)) => vec![format!("--profile={name}")],
        Some(Whose::InstanceRole(name)) => vec![format!("--instance-role={name}")],
        _ => Vec::new(),
    }
}
