//! Asks a service: finds the key, holds the conversations, gives every id an outcome.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::stream::{self, StreamExt as _};
use tokio::sync::watch;
use tokio::time::Instant;

use super::collector::{Collector, Row};
use super::plan::{Plan, Wanted};
use crate::adapters::Conversation;
use crate::credentials::{self, Exposure, KnownSecrets, Sources};
use crate::error::{Error, Kind};
use crate::exchange::http::{Http, ProxyChoice};
use crate::exchange::{Account, Driver, Limits, Stop, Trace};

/// Tries of one request in all.
const TRIES: u32 = 3;

/// The part of the world that asking needs.
pub struct Outside<'a> {
    /// The environment that keys are found in.
    pub variables: &'a HashMap<String, String>,
    /// Reads a file.
    pub read_file: &'a dyn Fn(&Path, u64) -> std::io::Result<Vec<u8>>,
    /// Who beside the user can read a file.
    pub exposure: &'a dyn Fn(&Path) -> Exposure,
    /// The local clock.
    pub clock: &'a dyn Fn() -> DateTime<Utc>,
    /// Fresh random bytes.
    pub entropy: &'a dyn Fn() -> Result<[u8; 16], Error>,
    /// Takes warnings.
    pub warn: &'a dyn Fn(String),
    /// Takes every try.
    pub trace: &'a dyn Fn(&Trace<'_>),
    /// The user's wish to stop.
    pub stop: watch::Receiver<Stop>,
    /// When the run ends.
    pub deadline: Instant,
}

/// Asks for all of a plan's ids. Every one of them gets an outcome, in its place after `base`.
pub async fn ask(
    plan: &Plan,
    wanted: &[Wanted],
    base: usize,
    outside: &Outside<'_>,
    known: &KnownSecrets,
    collector: &RefCell<Collector<'_>>,
) {
    let places: HashMap<&str, usize> = wanted
        .iter()
        .enumerate()
        .filter_map(|(at, w)| Some((w.id.as_deref().ok()?, at)))
        .collect();
    let account = Rc::new(Account::default());
    let row = |order: usize, id: &str, result| Row {
        order: base + order,
        provider: plan.provider.name,
        scope: plan.target.scope.clone(),
        id: Some(id.to_owned()),
        result,
        account: Some(account.clone()),
    };
    for (order, wanted) in wanted.iter().enumerate() {
        if let Err(error) = &wanted.id {
            collector
                .borrow_mut()
                .add(row(order, &wanted.text, Err(error.clone())));
        }
    }
    let ids: Vec<String> = wanted
        .iter()
        .filter_map(|wanted| wanted.id.clone().ok())
        .collect();
    if ids.is_empty() {
        return;
    }
    let conversations = match conversations(plan, &ids, outside, known) {
        Ok(conversations) => conversations,
        Err(error) => {
            let mut collector = collector.borrow_mut();
            ids.iter()
                .for_each(|id| collector.add(row(place(&places, id), id, Err(error.clone()))));
            return;
        }
    };
    let transport = Http::new(
        proxy(plan, outside.variables),
        plan.target.endpoint.is_secure(),
    );
    let driver = Driver {
        transport: &transport,
        clock: outside.clock,
        entropy: outside.entropy,
        limits: Limits {
            timeout: plan.choices.timeout,
            deadline: outside.deadline,
            tries: TRIES,
        },
        stop: outside.stop.clone(),
        trace: outside.trace,
    };
    let each = conversations.into_iter().map(|conversation| {
        hold(&driver, &account, conversation, |id, result| {
            collector
                .borrow_mut()
                .add(row(place(&places, id), id, result))
        })
    });
    stream::iter(each)
        .buffer_unordered(plan.choices.concurrency)
        .collect::<()>()
        .await;
}

fn place(places: &HashMap<&str, usize>, id: &str) -> usize {
    places.get(id).copied().unwrap_or(usize::MAX)
}

/// Holds one conversation; the ids it leaves without an answer get its error.
async fn hold(
    driver: &Driver<'_>,
    account: &Account,
    conversation: Conversation,
    add: impl Fn(&str, Result<Vec<crate::model::Facts>, Error>),
) {
    let Conversation { mut ids, mut flow } = conversation;
    let outcome = driver
        .drive(account, flow.as_mut(), &mut |answer| {
            ids.retain(|id| *id != answer.id);
            add(&answer.id, answer.result);
        })
        .await;
    let error = outcome.err().unwrap_or_else(|| {
        Error::new(
            Kind::Protocol,
            "the conversation ended without an answer about this id",
        )
    });
    ids.iter().for_each(|id| add(id, Err(error.clone())));
}

fn conversations(
    plan: &Plan,
    ids: &[String],
    outside: &Outside<'_>,
    known: &KnownSecrets,
) -> Result<Vec<Conversation>, Error> {
    const LARGEST_KEY_FILE: u64 = 64 * 1024;
    let sources = Sources {
        variable: &|name| outside.variables.get(name).cloned(),
        file: &|path| (outside.read_file)(path, LARGEST_KEY_FILE),
        exposure: outside.exposure,
        warn: outside.warn,
    };
    let credential = credentials::find(plan.provider.keys, &sources)?;
    known.learn_credential(&credential);
    Ok(plan
        .target
        .service
        .converse(ids, Rc::new(credential), known))
}

/// The usual variables, for the clouds only: a proxy has no business between this machine and itself, or a box
/// on the local network.
fn proxy(plan: &Plan, variables: &HashMap<String, String>) -> ProxyChoice {
    let endpoint = &plan.target.endpoint;
    if endpoint.is_loopback() || !plan.provider.proxied {
        return ProxyChoice::default();
    }
    let first = |names: &[&str]| {
        names.iter().find_map(|name| {
            variables
                .get(*name)
                .filter(|value| !value.trim().is_empty())
                .cloned()
        })
    };
    let own: &[&str] = if endpoint.is_secure() {
        &["HTTPS_PROXY", "https_proxy"]
    } else {
        &["http_proxy"]
    };
    let url = first(own).or_else(|| first(&["ALL_PROXY", "all_proxy"]));
    ProxyChoice {
        url,
        except: first(&["NO_PROXY", "no_proxy"]),
    }
}

/// When a run that may take that long ends.
pub fn ends(after: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(after).unwrap_or(now)
}
