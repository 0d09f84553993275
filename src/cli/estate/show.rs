//! What a file means: of each check where it is asked, with whose key, for what, and how it is judged, with the source of
//! every value.

use std::collections::HashMap;

use serde::Serialize;

use super::plans::Planned;
use super::vocabulary::IDS;
use crate::cli::common::Common;
use crate::config::{Account, Whose};
use crate::exchange::http::proxy_address;
use crate::render::text::visible;

/// A value that several places can say: its name, and what of the common flags says it.
struct Asked {
    name: &'static str,
    read: fn(&Common) -> Option<String>,
    built_in: &'static str,
}

const fn asked(
    name: &'static str,
    built_in: &'static str,
    read: fn(&Common) -> Option<String>,
) -> Asked {
    Asked {
        name,
        read,
        built_in,
    }
}

const ASKED: &[Asked] = &[
    asked("warn", "auto", |common| common.warn.clone()),
    asked("crit", "auto", |common| common.crit.clone()),
    asked("severity", "none", |common| {
        let said = common.severity.join(", ");
        Some(said).filter(|said| !said.is_empty())
    }),
    asked("timeout", "10s", |common| common.timeout.clone()),
    asked("retries", "3", |common| common.retries.clone()),
    asked("rate", "below the provider's limit", |common| {
        common.rate.clone()
    }),
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
    name: &'static str,
    value: String,
    source: String,
}

impl Shown {
    /// Of these checks.
    pub fn new(
        path: &str,
        plans: &[Planned<'_>],
        flags: &Common,
        variables: &HashMap<String, String>,
    ) -> Shown {
        Shown {
            path: path.to_owned(),
            checks: plans
                .iter()
                .map(|planned| check(planned, flags, variables))
                .collect(),
        }
    }

    /// As one JSON document.
    pub fn json(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        text.map(|text| text + "\n").unwrap_or_default()
    }

    /// For people.
    pub fn text(&self, utf8: bool) -> String {
        let mut text = format!("{}\n", self.path);
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
            lines.extend(check.proxy.clone().map(|proxy| ("proxy", proxy)));
            let values = check.values.iter();
            lines.extend(values.map(|value| {
                let said = format!("{} ({})", value.value, value.source);
                (value.name, said)
            }));
            text.push_str(&format!("\n{}\n", visible(&check.name, utf8)));
            for (name, said) in lines {
                text.push_str(&format!("  {name:<11}  {}\n", visible(&said, utf8)));
            }
        }
        text
    }
}

fn check(planned: &Planned<'_>, flags: &Common, variables: &HashMap<String, String>) -> Check {
    let plan = &planned.plan;
    let ids = planned.check.section.get(IDS);
    let proxy = plan.route.proxy.as_deref();
    Check {
        name: planned.check.name.clone(),
        account: planned.account.name.clone(),
        provider: plan.provider.name,
        endpoint: plan.target.endpoint.to_string(),
        scope: plan.target.scope.clone(),
        proxy: proxy.map(|url| proxy_address(url).trim().to_owned()),
        credentials: credentials(planned.account),
        ids: ids.map(|ids| ids.values.iter().map(|id| id.text.clone()).collect()),
        values: ASKED
            .iter()
            .map(|asked| value(asked, planned, flags, variables))
            .collect(),
    }
}

/// A value, from the nearest place that says it.
fn value(
    asked: &Asked,
    planned: &Planned<'_>,
    flags: &Common,
    variables: &HashMap<String, String>,
) -> Value {
    let [of_check, of_account, of_all] = &planned.below;
    let variable = format!("CERTCHECK_{}", asked.name.to_ascii_uppercase());
    let of_variable = variables.get(&variable).cloned();
    let of_variable =
        of_variable.filter(|text| !text.trim().is_empty() && asked.name != "severity");
    let said = [
        ((asked.read)(flags), format!("--{}", asked.name)),
        (of_variable, variable),
        ((asked.read)(of_check), "the check".to_owned()),
        ((asked.read)(of_account), "the account".to_owned()),
        ((asked.read)(of_all), "[defaults]".to_owned()),
    ];
    let nearest = said
        .into_iter()
        .find_map(|(value, source)| Some((value?, source)));
    let (value, source) =
        nearest.unwrap_or_else(|| (asked.built_in.to_owned(), "built in".to_owned()));
    Value {
        name: asked.name,
        value,
        source,
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
