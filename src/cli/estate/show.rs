//! What a file means: of each check where it is asked, with whose key, for what, and how it is judged, with the source of
//! every value.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::ser::PrettyFormatter;

use super::plans::{PROXY, Planned};
use super::vocabulary::{ALL, IDS};
use crate::cli::common::Common;
use crate::cli::plan::Job;
use crate::config::{Account, Form, Section, Setting, Whose};
use crate::exchange::http::proxy_address;
use crate::redact::KnownSecrets;
use crate::render::json::in_json;
use crate::render::text::visible;

/// A value that several places can say.
struct Asked {
    name: &'static str,
    /// What counts where nobody says it; none where that is nothing worth a line.
    built_in: Option<&'static str>,
    /// Whether a variable says it too.
    variable: bool,
    /// What its flag says; this command knows only some of them.
    typed: fn(&Common) -> Option<String>,
}

const fn typed(
    name: &'static str,
    built_in: &'static str,
    typed: fn(&Common) -> Option<String>,
) -> Asked {
    Asked {
        name,
        built_in: Some(built_in),
        variable: true,
        typed,
    }
}

const fn untyped(name: &'static str, variable: bool) -> Asked {
    Asked {
        name,
        built_in: None,
        variable,
        typed: |_| None,
    }
}

/// Whatever of the common flags decides the result.
const ASKED: &[Asked] = &[
    typed("warn", "auto", |common| common.warn.clone()),
    typed("crit", "auto", |common| common.crit.clone()),
    Asked {
        variable: false,
        ..typed("severity", "none", |common| {
            Some(common.severity.join(", ")).filter(|said| !said.is_empty())
        })
    },
    typed("timeout", "10s", |common| common.timeout.clone()),
    typed("retries", "3", |common| common.retries.clone()),
    typed("rate", "below the provider's limit", |common| {
        common.rate.clone()
    }),
    untyped("at", false),
    untyped("domain", false),
    untyped("allow_empty", false),
    untyped("ignore_superseded", false),
    untyped("no_listing", false),
    untyped("deadline", true),
    untyped("concurrency", true),
    untyped("exit_zero", false),
];

/// A whole file.
#[derive(Serialize)]
pub struct Shown {
    path: String,
    checks: Vec<Check>,
}

#[derive(Serialize)]
struct Check {
    name: String,
    account: String,
    provider: &'static str,
    endpoint: String,
    scope: Option<String>,
    proxy: Option<String>,
    credentials: String,
    /// None where everything is asked for that the account holds.
    ids: Option<Vec<String>>,
    values: Vec<Value>,
}

#[derive(Serialize)]
struct Value {
    name: String,
    value: String,
    source: String,
}

impl Shown {
    /// Of these checks.
    pub fn new(
        path: &str,
        plans: &[Planned<'_>],
        defaults: &Section,
        flags: &Common,
        variables: &HashMap<String, String>,
    ) -> Shown {
        let values = |planned: &Planned<'_>| {
            let layers = [
                (&planned.check.section, "the check"),
                (&planned.account.section, "the account"),
                (defaults, "[defaults]"),
            ];
            let asked = ASKED.iter();
            let asked = asked.filter_map(|asked| value(asked, &layers, flags, variables));
            asked.chain(own(planned, &layers)).collect()
        };
        let checks = plans.iter();
        Shown {
            path: path.to_owned(),
            checks: checks
                .map(|planned| check(planned, values(planned)))
                .collect(),
        }
    }

    /// Without any secret: of a value that holds one that is left out. Names of checks and accounts stay.
    pub fn freed(mut self, known: &KnownSecrets) -> Shown {
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

fn check(planned: &Planned<'_>, values: Vec<Value>) -> Check {
    let plan = &planned.plan;
    Check {
        name: planned.check.name.clone(),
        account: planned.account.name.clone(),
        provider: plan.provider.name,
        endpoint: plan.target.endpoint.to_string(),
        scope: plan.target.scope.clone(),
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
fn proxy(planned: &Planned<'_>) -> Option<String> {
    let url = planned.plan.route.proxy.as_deref();
    url.map(|url| proxy_address(url).trim().to_owned())
}

/// A value, from the nearest place that says it.
fn value(
    asked: &Asked,
    layers: &[(&Section, &str)],
    flags: &Common,
    variables: &HashMap<String, String>,
) -> Option<Value> {
    let variable = format!("CERTCHECK_{}", asked.name.to_ascii_uppercase());
    let of_variable = variables.get(&variable).cloned();
    let of_variable = of_variable.filter(|text| !text.trim().is_empty() && asked.variable);
    let above = [
        ((asked.typed)(flags), format!("--{}", asked.name)),
        (of_variable, variable),
    ];
    let below = layers.iter().map(|(section, source)| {
        let setting = section.get(asked.name);
        (setting.map(said), (*source).to_owned())
    });
    let built_in = (asked.built_in.map(str::to_owned), "built in".to_owned());
    let places = above.into_iter().chain(below).chain([built_in]);
    let mut said = places.filter_map(|(value, source)| Some((value?, source)));
    said.next().map(|(value, source)| Value {
        name: asked.name.to_owned(),
        value,
        source,
    })
}

/// What an account or a check says besides, where and how its provider is asked.
fn own(planned: &Planned<'_>, layers: &[(&Section, &str)]) -> Vec<Value> {
    let told = |key: &str| {
        let asked = ASKED.iter().any(|asked| asked.name == key);
        asked || [IDS, ALL].contains(&key)
    };
    let settings = layers.iter().take(2).rev().flat_map(|(section, source)| {
        let settings = section.settings.iter();
        settings.map(move |setting| (setting, *source))
    });
    let settings = settings.filter(|(setting, _)| !told(&setting.key));
    let values = settings.filter_map(|(setting, source)| {
        let value = match setting.key.as_str() {
            // None on the way to this machine.
            PROXY => proxy(planned)?,
            _ => said(setting),
        };
        Some(Value {
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
        Form::Switch => (!texts.is_empty()).to_string(),
        _ if texts.is_empty() => "none".to_owned(),
        _ => texts.join(", "),
    }
}

/// Whose key is used. The words behind a command may be secrets.
fn credentials(account: &Account) -> String {
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
