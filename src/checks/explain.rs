//! What a file means: of each check where it is asked, with whose key, for what, and how it is judged, with the source of
//! every value.

use serde::Serialize;
use serde_json::ser::PrettyFormatter;

use crate::checks::resolve::ResolvedCheck;
use crate::config::{AccountConfig, Setting, ValueType, Whose};
use crate::exchange::http::proxy_address;
use crate::flags::common::{
    ALLOW_EMPTY, AT, CONCURRENCY, CRIT, DEADLINE, DOMAIN, EXIT_ZERO, IGNORE_SUPERSEDED, NO_LISTING,
    RATE, RETRIES, SEVERITY, TIMEOUT, WARN,
};
use crate::flags::connection::{ALL, IDS, PROXY};
use crate::flags::{ConfigTable, FlagRef, Source, Values};
use crate::plan::Job;
use crate::plan::global_flags::GlobalFlags;
use crate::redact::KnownSecrets;
use crate::render::json::in_json;
use crate::render::text::visible;

/// Global flags that always have a line.
const ALWAYS: &[FlagRef] = &[&WARN, &CRIT, &SEVERITY, &TIMEOUT, &RETRIES, &RATE];
/// Global flags that have one where a place sets them.
const IF_SET: &[FlagRef] = &[
    &AT,
    &DOMAIN,
    &ALLOW_EMPTY,
    &IGNORE_SUPERSEDED,
    &NO_LISTING,
    &DEADLINE,
    &CONCURRENCY,
    &EXIT_ZERO,
];

/// A whole file.
#[derive(Serialize)]
pub struct ConfigExplanation {
    path: String,
    checks: Vec<CheckExplanation>,
}

#[derive(Serialize)]
struct CheckExplanation {
    name: String,
    account: String,
    provider: &'static str,
    endpoint: String,
    scope: Option<String>,
    proxy: Option<String>,
    credentials: String,
    /// None where everything is asked for that the account holds.
    ids: Option<Vec<String>>,
    values: Vec<ExplainedValue>,
}

#[derive(Serialize)]
struct ExplainedValue {
    name: String,
    value: String,
    source: String,
}

impl ConfigExplanation {
    /// Of these checks.
    pub fn new(path: &str, plans: &[ResolvedCheck<'_>], flags: &GlobalFlags) -> ConfigExplanation {
        let values = |planned: &ResolvedCheck<'_>| {
            let [check, account, defaults] = &planned.layers;
            let values = flags.values([&**check, &**account, &**defaults]);
            let always = ALWAYS.iter().map(|flag| {
                let spec = flag.spec();
                value(*flag, &values).unwrap_or_else(|| ExplainedValue {
                    name: spec.key(),
                    value: match spec.default {
                        "" => "none".to_owned(),
                        default => default.to_owned(),
                    },
                    source: "built in".to_owned(),
                })
            });
            let set = IF_SET.iter().filter_map(|flag| value(*flag, &values));
            always.chain(set).chain(own(planned)).collect()
        };
        let checks = plans.iter();
        ConfigExplanation {
            path: path.to_owned(),
            checks: checks
                .map(|planned| check(planned, values(planned)))
                .collect(),
        }
    }

    /// Without any secret: of a value that holds one that is left out. Names of checks and accounts stay.
    pub fn freed(mut self, known: &KnownSecrets) -> ConfigExplanation {
        let replace = |text: &mut String, clean: Option<String>| {
            *text = clean.unwrap_or_else(|| std::mem::take(text));
        };
        for check in &mut self.checks {
            let values = check.values.iter_mut().map(|value| &mut value.value);
            let proxy = check.proxy.iter_mut();
            for text in values.chain(proxy).chain([&mut check.credentials]) {
                replace(text, known.field(text));
            }
            for id in check.ids.iter_mut().flatten() {
                replace(id, known.given(id));
            }
        }
        self
    }

    /// As one JSON document.
    pub fn json(&self) -> String {
        in_json(self, PrettyFormatter::new())
    }

    /// For people.
    pub fn text(&self, utf8: bool) -> String {
        let mut text = format!("{}\n", visible(&self.path, utf8));
        for check in &self.checks {
            let ids = check.ids.as_ref().map(|ids| ids.join(", "));
            let account = format!("{} ({})", check.account, check.provider);
            let mut lines = vec![
                ("account", account),
                ("endpoint", check.endpoint.clone()),
                ("credentials", check.credentials.clone()),
                ("ids", ids.unwrap_or_else(|| "everything".to_owned())),
            ];
            lines.extend(check.scope.clone().map(|scope| ("scope", scope)));
            let values = check.values.iter();
            lines.extend(values.map(|value| {
                let said = format!("{} ({})", value.value, value.source);
                (value.name.as_str(), said)
            }));
            text.push_str(&format!("\n{}\n", visible(&check.name, utf8)));
            for (name, said) in lines {
                text.push_str(&format!("  {name:<17}  {}\n", visible(&said, utf8)));
            }
        }
        text
    }
}

fn check(planned: &ResolvedCheck<'_>, values: Vec<ExplainedValue>) -> CheckExplanation {
    let plan = &planned.plan;
    CheckExplanation {
        name: planned.check.name.clone(),
        account: planned.account.name.clone(),
        provider: plan.provider.name,
        endpoint: plan.targets.first().endpoint.to_string(),
        scope: plan.targets.first().scope.clone(),
        proxy: proxy(planned),
        credentials: credentials(planned.account),
        ids: ids(&plan.job),
        values,
    }
}

/// The ids that are asked for. One that is refused is not repeated.
fn ids(job: &Job) -> Option<Vec<String>> {
    let Job::Ask(wanted) = job else { return None };
    let ids = wanted.iter().map(|wanted| match wanted.id {
        Ok(_) => wanted.text.clone(),
        Err(_) => "(refused)".to_owned(),
    });
    Some(ids.collect())
}

/// The proxy, without its password.
fn proxy(planned: &ResolvedCheck<'_>) -> Option<String> {
    let url = planned.plan.connection.proxy.as_deref();
    url.map(|url| proxy_address(url).trim().to_owned())
}

/// The value of a flag, with the nearest place that sets it.
fn value(flag: FlagRef, values: &Values<'_>) -> Option<ExplainedValue> {
    let spec = flag.spec();
    let entry = values.entry(spec.id())?;
    Some(ExplainedValue {
        name: spec.key(),
        value: if entry.texts.is_empty() {
            "none".to_owned()
        } else {
            entry.texts.join(", ")
        },
        source: match &entry.source {
            Source::CommandLine => format!("--{}", spec.name),
            Source::Variable(name) => name.clone(),
            Source::Config(ConfigTable::Check, _) => "the check".to_owned(),
            Source::Config(ConfigTable::Account, _) => "the account".to_owned(),
            Source::Config(ConfigTable::Defaults, _) => "[defaults]".to_owned(),
            Source::BuiltIn => "built in".to_owned(),
        },
    })
}

/// The other settings of an account and a check: where and how its provider is asked.
fn own(planned: &ResolvedCheck<'_>) -> Vec<ExplainedValue> {
    let is_common = |key: &str| {
        let mut shown = ALWAYS.iter().chain(IF_SET);
        shown.any(|flag| flag.spec().key() == key) || [IDS, &ALL.spec.key()].contains(&key)
    };
    let tables = [
        (&planned.account.section, "the account"),
        (&planned.check.section, "the check"),
    ];
    let settings = tables.into_iter().flat_map(|(section, source)| {
        let settings = section.settings.iter();
        settings.map(move |setting| (setting, source))
    });
    let settings = settings.filter(|(setting, _)| !is_common(&setting.key));
    let values = settings.filter_map(|(setting, source)| {
        let value = if setting.key == PROXY.spec.key() {
            // None on the way to this machine.
            proxy(planned)?
        } else {
            said(setting)
        };
        Some(ExplainedValue {
            name: setting.key.clone(),
            value,
            source: source.to_owned(),
        })
    });
    values.collect()
}

/// What a setting says, in one text.
fn said(setting: &Setting) -> String {
    let texts: Vec<&str> = setting
        .values
        .iter()
        .map(|value| value.text.as_str())
        .collect();
    match setting.form {
        ValueType::Switch => (!texts.is_empty()).to_string(),
        _ if texts.is_empty() => "none".to_owned(),
        _ => texts.join(", "),
    }
}

/// Whose key is used. The words behind a command may be secrets.
fn credentials(account: &AccountConfig) -> String {
    match account.credentials.as_ref().map(|said| &said.whose) {
        None => "the vendor's own files".to_owned(),
        Some(Whose::Profile(name)) => format!("the profile {name} in the vendor's own files"),
        Some(Whose::InstanceRole(name)) if name.is_empty() => "the role of this machine".to_owned(),
        Some(Whose::InstanceRole(name)) => format!("the role {name} of this machine"),
        Some(Whose::Variables(prefix)) if prefix.is_empty() => "the vendor's variables".to_owned(),
        Some(Whose::Variables(prefix)) => {
            format!("the vendor's variables with {prefix} before them")
        }
        Some(Whose::File(path)) => format!("the file {path}"),
        Some(Whose::Command(words)) => {
            let program = words.first().map(String::as_str);
            format!("printed by {}", program.unwrap_or_default())
        }
    }
}
