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

use super::choices::Rate;
use super::collector::{Collector, Row};
use super::keys::Around;
use super::lease::{self, Lease};
use super::plan::{Job, Plan};
use crate::adapters::Conversation;
use crate::adapters::keys::{Found, nothing};
use crate::credentials::{CurrentKey, Exposure, KnownSecrets, Prompt, broken};
use crate::error::{Error, Kind};
use crate::exchange::http::Http;
use crate::exchange::trust::Trust;
use crate::exchange::{Account, Driver, Endpoint, Limits, Pace, Stop, Trace};
use crate::model::Facts;
use crate::world::ReadFile;

/// The part of the world that asking needs.
pub struct Outside<'a> {
    /// The environment that keys are found in.
    pub variables: &'a HashMap<String, String>,
    /// Reads a file.
    pub read_file: &'a ReadFile,
    /// Who beside the user can read a file.
    pub exposure: &'a dyn Fn(&Path) -> Exposure,
    /// Asks at the terminal; none where there is nobody to ask.
    pub prompt: Option<&'a Prompt<'a>>,
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

impl Outside<'_> {
    /// The part of it that keys are in.
    pub fn around<'a>(&'a self, key_is_for: &'a Endpoint, known: &'a KnownSecrets) -> Around<'a> {
        Around {
            variables: self.variables,
            read_file: self.read_file,
            exposure: self.exposure,
            warn: self.warn,
            prompt: self.prompt,
            now: (self.clock)(),
            key_is_for,
            known,
        }
    }
}

/// Asks for all of a plan's ids. Every one of them gets an outcome, in its place after `base`. Tells how many
/// places that took.
pub async fn ask(
    plan: &Plan,
    base: usize,
    outside: &Outside<'_>,
    known: &KnownSecrets,
    collector: &RefCell<Collector<'_>>,
) -> usize {
    let Job::Ask(wanted) = &plan.job else {
        return 0;
    };
    let rows = Rows {
        plan,
        base,
        account: Rc::new(Account::new(pace(plan))),
        collector,
    };
    let in_order: Vec<String> = wanted
        .iter()
        .filter_map(|wanted| wanted.id.clone().ok())
        .collect();
    // Before anything is said of an id: what was typed for one can be the key.
    let signed_in = match in_order.is_empty() {
        true => None,
        false => Some(sign_in(plan, outside, known)),
    };
    let mut ids = HashMap::new();
    for (place, wanted) in wanted.iter().enumerate() {
        match &wanted.id {
            Ok(id) => drop(ids.insert(id.clone(), place)),
            Err(error) => rows.add(place, Some(&wanted.text), Err(error.clone())),
        }
    }
    if wanted.is_empty() {
        // A list of ids that came out empty is not a reason to say that all is well.
        let error = Error::new(Kind::NotFound, "no id was given: nothing to judge");
        rows.add(0, None, Err(error.with_hint("check what feeds --id -")));
    }
    let outcome = match signed_in {
        None => Ok(()),
        Some(Err(error)) => Err(error),
        Some(Ok(found)) => with_key(found, &in_order, &ids, &rows, outside, known).await,
    };
    if let Err(error) = outcome {
        ids.iter()
            .for_each(|(id, place)| rows.add(*place, Some(id), Err(error.clone())));
    }
    wanted.len().max(1)
}

/// Makes rows of what comes of a plan's ids.
struct Rows<'a, 'b> {
    plan: &'a Plan,
    base: usize,
    account: Rc<Account>,
    collector: &'a RefCell<Collector<'b>>,
}

impl Rows<'_, '_> {
    fn add(&self, place: usize, id: Option<&str>, result: Result<Vec<Facts>, Error>) {
        self.collector.borrow_mut().add(Row {
            order: self.base + place,
            provider: self.plan.provider.name,
            scope: self.plan.target.scope.clone(),
            id: id.map(str::to_owned),
            result,
            account: Some(self.account.clone()),
        });
    }
}

/// Asks for these ids with the key that was found, or with the one that is handed out for it. An error is that of the
/// service that hands it out: nothing was asked then.
async fn with_key(
    found: Found,
    ids: &[String],
    places: &HashMap<String, usize>,
    rows: &Rows<'_, '_>,
    outside: &Outside<'_>,
    known: &KnownSecrets,
) -> Result<(), Error> {
    let plan = rows.plan;
    let asked = async |key: CurrentKey| {
        let conversations = plan.target.service.converse(ids, key, known);
        hold_all(conversations, places, rows, outside).await;
    };
    let remote = match found {
        Found::Key(credential) => {
            asked(credential.into()).await;
            return Ok(());
        }
        Found::Ask(remote) => remote,
        Found::Nothing => return Err(broken("no key found".to_owned())),
    };
    let endpoint = &remote.endpoint;
    let proxy = plan.route.proxy(plan.provider, endpoint, outside.variables);
    let transport = Http::new(proxy, endpoint.is_secure());
    let mut driver = driver(plan, &transport, outside);
    driver.limits = lease::limits(&remote, driver.limits);
    let lease = Lease::fetch(remote, &driver).await?;
    let work = asked(lease.key());
    lease.during(work, &driver, outside.warn).await;
    Ok(())
}

/// To the target itself: what its flags relax holds for nobody else.
fn transport(plan: &Plan, outside: &Outside<'_>) -> Http {
    let (route, endpoint) = (&plan.route, &plan.target.endpoint);
    if matches!(route.trust, Trust::Anybody) {
        (outside.warn)(format!(
            "the certificate of {endpoint} is not verified (--insecure)"
        ));
    }
    let proxy = route.proxy(plan.provider, endpoint, outside.variables);
    Http::new(proxy, endpoint.is_secure()).trusting(route.trust.clone(), endpoint)
}

fn driver<'a>(plan: &Plan, transport: &'a Http, outside: &'a Outside<'_>) -> Driver<'a> {
    let choices = &plan.choices;
    Driver {
        transport,
        clock: outside.clock,
        entropy: outside.entropy,
        limits: Limits {
            timeout: choices.timeout,
            deadline: outside.deadline,
            tries: choices.retries.saturating_add(1),
        },
        stop: outside.stop.clone(),
        trace: outside.trace,
    }
}

/// Holds the conversations side by side.
async fn hold_all(
    conversations: Vec<Conversation>,
    places: &HashMap<String, usize>,
    rows: &Rows<'_, '_>,
    outside: &Outside<'_>,
) {
    let plan = rows.plan;
    let transport = transport(plan, outside);
    let driver = driver(plan, &transport, outside);
    let add = |id: &str, result| {
        rows.add(
            places.get(id).copied().unwrap_or(usize::MAX),
            Some(id),
            result,
        )
    };
    let each = conversations
        .into_iter()
        .map(|conversation| hold(&driver, &rows.account, conversation, add));
    stream::iter(each)
        .buffer_unordered(plan.choices.concurrency)
        .collect::<()>()
        .await;
}

/// Holds one conversation; the ids it leaves without an answer get its error.
async fn hold(
    driver: &Driver<'_>,
    account: &Account,
    conversation: Conversation,
    add: impl Fn(&str, Result<Vec<Facts>, Error>),
) {
    let Conversation { mut ids, mut flow } = conversation;
    let outcome = driver
        .drive(account, flow.as_mut(), &mut |answer| {
            ids.retain(|id| *id != answer.id);
            add(&answer.id, answer.result);
        })
        .await;
    let error = outcome
        .err()
        .unwrap_or_else(|| Error::new(Kind::Protocol, "the service gave no answer about this id"));
    ids.iter().for_each(|id| add(id, Err(error.clone())));
}

/// Looks for the key of the account.
fn sign_in(plan: &Plan, outside: &Outside<'_>, known: &KnownSecrets) -> Result<Found, Error> {
    let (places, mut passed) = (plan.provider.keys, Vec::new());
    let looked =
        outside
            .around(&plan.target.endpoint, known)
            .find(places, &plan.typed, &mut passed)?;
    let found = looked.map(|looked| looked.found);
    if let Some(Found::Key(credential)) = &found {
        known.learn_credential(credential);
    }
    found.ok_or_else(|| nothing(places, &plan.typed, &passed))
}

/// The provider's own limits, or what `--rate` says instead.
fn pace(plan: &Plan) -> Pace {
    let own = plan.provider.pace;
    match plan.choices.rate {
        None => own,
        Some(Rate::Off) => Pace::default(),
        Some(Rate::PerSecond(rate)) => Pace {
            per_second: Some(rate),
            ..own
        },
    }
}

/// When a run that may take that long ends.
pub fn ends(after: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(after).unwrap_or(now)
}
