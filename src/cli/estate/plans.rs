//! What the accounts and checks of a file mean: each is turned into the words of its provider's command, which know.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::rc::Rc;

use clap::{ArgMatches, Command, FromArgMatches as _};

use super::blame::{Refusal, understood};
use super::private;
use super::vocabulary::{ALL, IDS, common_flags, flag_of};
use crate::adapters::keys::Keys;
use crate::adapters::{Provider, REGISTRY};
use crate::cli::choices::Choices;
use crate::cli::common::Common;
use crate::cli::keys::HOME;
use crate::cli::plan::{Plan, Surroundings};
use crate::cli::words::command;
use crate::config::discovery::resolved;
use crate::config::{Account, Check, Config, Form, Mistake, Section, Setting, Vocabulary, Whose};
use crate::exchange::http::proxy_url;
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
    /// As it was read.
    pub bytes: &'a [u8],
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
    /// What is said for all.
    pub defaults: Rc<Common>,
    /// What it means.
    pub plan: Plan,
}

/// A section, and what it says by itself of the flags of every command.
#[derive(Clone)]
struct Layer<'a> {
    section: &'a Section,
    common: Rc<Common>,
}

impl<'a> Reading<'a> {
    /// Understands everything. What is flawed, or stands on what is flawed, is not blamed for more.
    pub fn plans(&self, flags: &Common) -> (Vec<Planned<'a>>, Vec<Mistake>) {
        let mut mistakes = Vec::new();
        let mut kept =
            |read: Result<Layer<'a>, Vec<Mistake>>| read.map_err(|more| mistakes.extend(more)).ok();
        let defaults = kept(self.defaults());
        let accounts: Vec<Option<Layer<'a>>> = self
            .config
            .accounts
            .iter()
            .map(|account| {
                if account.section.flawed {
                    None
                } else {
                    kept(self.account(account, defaults.as_ref()))
                }
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
            match self.check(check, account, &[below, defaults.clone()], flags) {
                Ok(plan) => plans.push(Planned {
                    check,
                    account,
                    defaults: defaults.common.clone(),
                    plan,
                }),
                Err(more) => mistakes.extend(more),
            }
        }
        (plans, mistakes)
    }

    fn defaults(&self) -> Result<Layer<'a>, Vec<Mistake>> {
        let section = &self.config.defaults;
        let common = understood(&[section], section.at, |out| {
            let common = self.said(section, &[], out)?;
            alone(&common)?;
            Ok(common)
        })?;
        Ok(Layer {
            section,
            common: Rc::new(common),
        })
    }

    /// An account by itself, with the id that nobody has.
    fn account(
        &self,
        account: &'a Account,
        defaults: Option<&Layer<'a>>,
    ) -> Result<Layer<'a>, Vec<Mistake>> {
        let section = &account.section;
        let Some(provider) = named(&account.provider) else {
            return Err(vec![Mistake::new(section.at, "no such provider")]);
        };
        let id = stand_in(provider);
        let more = provider.probe().and_then(|probe| probe.unless_set);
        let more = more.map(|(_, flag)| flag.to_owned());
        let held = private::may_hold(account, provider, (self.path, self.bytes), self.world);
        let read = understood(&[section], section.at, |out| {
            let choices = alone(&self.merged(section, defaults, out)?)?;
            let words = [id.clone()].into_iter().chain(more.clone()).collect();
            self.plan(provider, words, &[section], out, choices)?;
            self.said(section, &[], out)
        });
        match (held, read) {
            (Ok(()), Ok(common)) => Ok(Layer {
                section,
                common: Rc::new(common),
            }),
            (held, read) => {
                let mistakes = read.err().unwrap_or_default();
                Err(held.err().into_iter().chain(mistakes).collect())
            }
        }
    }

    fn check(
        &self,
        check: &Check,
        account: &Account,
        below: &[Layer<'a>],
        flags: &Common,
    ) -> Result<Plan, Vec<Mistake>> {
        let at = check.section.at;
        let provider =
            named(&account.provider).ok_or_else(|| vec![Mistake::new(at, "no such provider")])?;
        if let Some(stdin) = check
            .section
            .get(IDS)
            .and_then(|ids| ids.values.iter().find(|value| value.text.trim() == "-"))
        {
            let mistake = Mistake::new(stdin.at, "standard input is not for a file");
            return Err(vec![
                mistake.with_hint("write the ids, or give `all = true`"),
            ]);
        }
        let sections = [&check.section, &account.section];
        let plan = understood(&sections, at, |out| {
            let common = self.merged(&check.section, below, out)?;
            let choices = Choices::above(flags, &self.world.variables, &common)
                .map_err(|error| Refusal::of_several(error, flags))?;
            self.plan(provider, credentials(account), &sections, out, choices)
        })?;
        let mut plan = self.placed(plan, account);
        plan.origin = Origin {
            check: Some(Rc::from(check.name.as_str())),
            account: Some(Rc::from(account.name.as_str())),
        };
        Ok(plan)
    }

    /// What a section says of the flags of every command, above those layers, but for the settings that are left out.
    fn merged<'l>(
        &self,
        section: &'l Section,
        below: impl IntoIterator<Item = &'l Layer<'l>>,
        out: &[&Setting],
    ) -> Result<Common, Refusal> {
        let mut common = self.said(section, &[], out)?;
        let mut above = vec![section];
        for layer in below {
            let touched = |setting: &Setting| {
                is_one_of(setting, out)
                    || above.iter().any(|above| above.get(&setting.key).is_some())
            };
            common = common.or(if layer.section.settings.iter().any(touched) {
                self.said(layer.section, &above, out)?
            } else {
                // To read it once for all checks takes less time.
                Common::clone(&layer.common)
            });
            above.push(layer.section);
        }
        Ok(common)
    }

    /// What a section says of the flags of every command. A key that is named above it is lost, whatever is said there:
    /// `false` and an empty list beat what stands below like any other value.
    fn said(
        &self,
        section: &Section,
        above: &[&Section],
        out: &[&Setting],
    ) -> Result<Common, Refusal> {
        let beaten = |setting: &Setting| {
            let named = above.iter().filter_map(|above| above.get(&setting.key));
            named.into_iter().any(|named| !is_one_of(named, out))
        };
        let settings = section.settings.iter();
        let words = settings
            .filter(|setting| self.is_common(setting))
            .filter(|setting| !is_one_of(setting, out) && !beaten(setting))
            .flat_map(|setting| self.words(setting, &setting.key.replace('_', "-")));
        let matches = self.matched(COMMON, common_flags, words.collect())?;
        Ok(Common::from_arg_matches(&matches)?)
    }

    /// The plan of a provider's command with these words and those of the sections, but for the settings that are left out.
    fn plan(
        &self,
        provider: &'static Provider,
        mut words: Vec<String>,
        sections: &[&Section],
        out: &[&Setting],
        choices: Choices,
    ) -> Result<Plan, Refusal> {
        let mut variables = HashMap::new();
        let settings = sections.iter().flat_map(|section| &section.settings);
        for setting in settings {
            if is_one_of(setting, out) {
                // Without any the command would be refused for that.
                let asks = [IDS, ALL].contains(&setting.key.as_str());
                words.extend(asks.then(|| stand_in(provider)));
            } else if setting.key == PROXY {
                let name = format!("CERTCHECK_{}_PROXY", provider.name.to_ascii_uppercase());
                for value in &setting.values {
                    let url = proxy_url(&value.text).map_err(Refusal::of_proxy)?;
                    variables.insert(name.clone(), url);
                }
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
    REGISTRY
        .iter()
        .copied()
        .find(|provider| provider.name == name)
}

/// A selection for a command that has none of its own.
fn stand_in(provider: &Provider) -> String {
    let probe = provider.probe();
    probe.map_or_else(|| "--all".to_owned(), |probe| format!("--id={}", probe.id))
}

/// Whether it is one of these very settings.
fn is_one_of(setting: &Setting, others: &[&Setting]) -> bool {
    others.iter().any(|other| std::ptr::eq(setting, *other))
}

/// What a section means where nothing is typed and no variable is set.
fn alone(common: &Common) -> Result<Choices, Refusal> {
    Ok(Choices::above(&Common::default(), &HashMap::new(), common)?)
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
