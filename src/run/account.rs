//! Asks one account: finds its key, holds the conversations, gives every id an outcome.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{join, join_all};
use futures_util::stream::{self, StreamExt as _};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use crate::adapters::keys::{Found, Keys, nothing};
use crate::adapters::{Conversation, Target};
use crate::credentials::{Credential, CurrentKey, broken};
use crate::error::{Error, Kind};
use crate::exchange::http::Http;
use crate::exchange::tls_verifier::{PeerChain, Trust};
use crate::exchange::{Driver, Limits, Stop, Trace};
use crate::plan::{Job, Plan};
use crate::redact::KnownSecrets;
use crate::run::collector::Collector;
use crate::run::helper_command;
use crate::run::key_finder::{KeyFinder, KeyRequest};
use crate::run::known_accounts::Accounts;
use crate::run::listing::{everything, found_in_list, may_look};
use crate::run::plan_run::{PlanRun, PlanState, Shared, sends_requests};
use crate::run::progress::Progress;
use crate::run::renewal::{self, Lease};
use crate::world::Context;

/// What the accounts of one run share.
pub struct RunContext<'a> {
    pub context: &'a Context,
    /// Takes warnings.
    pub warn: &'a dyn Fn(String),
    /// Takes what is worth a line under `-v`.
    pub say: &'a dyn Fn(String),
    /// Shows how far the run is.
    pub progress: &'a Progress,
    /// What is known of the accounts that were asked.
    pub accounts: &'a Accounts,
    /// Places for requests under way, those of all accounts together.
    pub slots: Rc<Semaphore>,
    /// Keeps what the target shows of itself over TLS.
    pub shown: &'a PeerChain,
    /// Takes every try.
    pub trace: &'a dyn Fn(&Trace<'_>),
    /// The user's wish to stop.
    pub stop: watch::Receiver<Stop>,
    /// When the run ends.
    pub deadline: Instant,
}

impl RunContext<'_> {
    pub fn finder(&self) -> KeyFinder<'_> {
        KeyFinder {
            context: self.context,
            warn: self.warn,
        }
    }
}

/// Does everything that these plans want of one account. Every id gets an outcome; the number of a plan is its position in
/// the run.
pub async fn ask(
    plans: &[(usize, &Plan)],
    run: &RunContext<'_>,
    known: &KnownSecrets,
    collector: &RefCell<Collector<'_>>,
) {
    let Some((_, first)) = plans.first() else {
        return;
    };
    // Before any id is shown: what was typed for one can be the key.
    let signed_in = if plans.iter().any(|(_, plan)| sends_requests(plan)) {
        Some(sign_in(first, run, known).await)
    } else {
        None
    };
    let key = match &signed_in {
        Some(Ok(Found::Key(credential))) => credential.id(),
        _ => "",
    };
    let name = first.origin.account.as_deref();
    let line = run.progress.line(name.unwrap_or(first.provider.name));
    let sign_in = run.accounts.sign_in(first, key, &run.slots);
    let shared = |target: &Target| Shared {
        account: sign_in.account(target),
        inventory: Rc::default(),
        line: line.clone(),
    };
    let groups = by_endpoint(plans, &shared, collector);
    let tasks = || groups.iter().flat_map(|group| &group.tasks);
    tasks().for_each(PlanRun::refuse_what_cannot_be);
    let outcome = match signed_in {
        None => Ok(()),
        Some(Err(error)) => Err(error),
        Some(Ok(found)) => with_key(found, first, &groups, run, known).await,
    };
    if let Err(error) = outcome {
        tasks().for_each(|task| task.fail(&error));
    }
    let mut collector = collector.borrow_mut();
    for EndpointTasks { shared, .. } in &groups {
        collector.ended(&shared.account, &shared.inventory);
    }
}

/// The tasks at one endpoint.
struct EndpointTasks<'a, 'b> {
    target: &'a Target,
    shared: Shared,
    tasks: Vec<PlanRun<'a, 'b>>,
}

/// The tasks of these plans, one for each target.
fn by_endpoint<'a, 'b>(
    plans: &[(usize, &'a Plan)],
    shared: &dyn Fn(&Target) -> Shared,
    collector: &'a RefCell<Collector<'b>>,
) -> Vec<EndpointTasks<'a, 'b>> {
    let mut groups: Vec<EndpointTasks<'a, 'b>> = Vec::new();
    for (order, plan) in plans {
        let state = Rc::new(PlanState::new(plan));
        for (number, target) in plan.targets.iter().enumerate() {
            let same = |group: &EndpointTasks<'_, '_>| group.target.endpoint == target.endpoint;
            let known = groups.iter().position(same);
            if known.is_none() {
                groups.push(EndpointTasks {
                    target,
                    shared: shared(target),
                    tasks: Vec::new(),
                });
            }
            let group = known.unwrap_or_else(|| groups.len() - 1);
            if let Some(EndpointTasks { shared, tasks, .. }) = groups.get_mut(group) {
                let shared = shared.clone();
                let order = [*order, number];
                tasks.push(PlanRun::new(
                    order,
                    (*plan, target),
                    state.clone(),
                    shared,
                    collector,
                ));
            }
        }
    }
    groups
}

/// Does these tasks with the key that was found, or with the temporary one that a service gives for it. An error is that
/// of this service: no task was begun.
async fn with_key(
    found: Found,
    plan: &Plan,
    groups: &[EndpointTasks<'_, '_>],
    run: &RunContext<'_>,
    known: &KnownSecrets,
) -> Result<(), Error> {
    let work = async |key: CurrentKey| {
        let each = groups.iter().map(async |group| {
            let transport = transport(plan, group.target, run);
            let driver = driver(plan, &transport, run);
            work(&group.tasks, key.clone(), &driver, known, run.say).await;
        });
        join_all(each).await;
    };
    let remote = match found {
        Found::Key(credential) => {
            work(credential.into()).await;
            return Ok(());
        }
        Found::Ask(remote) => remote,
        Found::Nothing => return Err(broken("no key found".to_owned())),
    };
    let endpoint = &remote.endpoint;
    let proxy = plan
        .connection
        .proxy(plan.provider, endpoint, &run.context.variables);
    let transport = Http::new(proxy, endpoint.is_secure());
    let mut driver = driver(plan, &transport, run);
    driver.limits = renewal::limits(&remote, driver.limits);
    let standing = run.accounts.token_service(plan, &remote.key_id);
    let lease = Lease::fetch(remote, standing, &driver).await?;
    let work = work(lease.key());
    let warn = |error: &Error| {
        let why = known.message(error);
        (run.warn)(format!("the key was not renewed: {why}"));
    };
    lease.during(work, &driver, &warn).await;
    Ok(())
}

/// Does the tasks of one account side by side; those whose ids may be looked for in its list share that search.
async fn work(
    tasks: &[PlanRun<'_, '_>],
    key: CurrentKey,
    driver: &Driver<'_>,
    known: &KnownSecrets,
    say: &dyn Fn(String),
) {
    let (looking, others): (Vec<_>, Vec<_>) = tasks.iter().partition(|task| may_look(task));
    let rest = async |(task, left): (&PlanRun<'_, '_>, Vec<String>)| {
        match task.plan.job {
            Job::Saved { .. } => {}
            Job::All => everything(task, key.clone(), driver, known).await,
            Job::Ask(_) => singly(task, left, key.clone(), driver, known).await,
        }
        task.end();
    };
    let looked = async {
        let left = found_in_list(&looking, key.clone(), driver, known, say).await;
        join_all(looking.iter().copied().zip(left).map(&rest)).await;
    };
    let others = others.into_iter().map(|task| rest((task, task.ids())));
    join(looked, join_all(others)).await;
}

/// Asks for each of these ids by itself, side by side.
pub async fn singly(
    task: &PlanRun<'_, '_>,
    ids: Vec<String>,
    key: CurrentKey,
    driver: &Driver<'_>,
    known: &KnownSecrets,
) {
    let conversations = task.target.service.converse(&ids, key, known);
    let each = conversations
        .into_iter()
        .map(|conversation| hold(driver, task, conversation));
    stream::iter(each)
        .buffer_unordered(task.plan.options.concurrency)
        .collect::<()>()
        .await;
}

/// Holds one conversation; the ids it leaves without an answer get its error.
async fn hold(driver: &Driver<'_>, task: &PlanRun<'_, '_>, conversation: Conversation) {
    let Conversation { mut ids, mut flow } = conversation;
    let outcome = driver
        .drive(&task.shared.account, flow.as_mut(), &mut |answer, clock| {
            ids.retain(|id| *id != answer.id);
            task.add(Some(&answer.id), answer.result, clock);
        })
        .await;
    let error = outcome
        .err()
        .unwrap_or_else(|| Error::new(Kind::Protocol, "the service gave no answer about this id"));
    ids.iter()
        .for_each(|id| task.add_error(Some(id), error.clone()));
}

/// To the target itself: what the TLS flags relax holds for no other host.
fn transport(plan: &Plan, target: &Target, run: &RunContext<'_>) -> Http {
    let (route, endpoint) = (&plan.connection, &target.endpoint);
    if matches!(route.trust, Trust::Anybody) {
        (run.warn)(format!(
            "the certificate of {endpoint} is not verified (--insecure)"
        ));
    }
    let proxy = route.proxy(plan.provider, endpoint, &run.context.variables);
    Http::new(proxy, endpoint.is_secure())
        .trusting(route.trust.clone(), endpoint)
        .showing(run.shown)
}

fn driver<'a>(plan: &Plan, transport: &'a Http, run: &'a RunContext<'_>) -> Driver<'a> {
    let options = &plan.options;
    Driver {
        transport,
        open_file: &*run.context.read_file,
        clock: &*run.context.clock,
        entropy: &*run.context.entropy,
        limits: Limits {
            timeout: options.timeout,
            deadline: run.deadline,
            tries: options.retries.saturating_add(1),
        },
        stop: run.stop.clone(),
        trace: run.trace,
    }
}

/// The same for a part of the time that is left, and with no more tries than that.
pub fn for_a_while<'a>(driver: &Driver<'a>, part: u32, tries: usize) -> Driver<'a> {
    let now = Instant::now();
    let time = driver.limits.deadline.saturating_duration_since(now) / part;
    let tries = u32::try_from(tries).unwrap_or(u32::MAX);
    Driver {
        limits: Limits {
            deadline: now.checked_add(time).unwrap_or(now),
            tries: driver.limits.tries.min(tries),
            ..driver.limits
        },
        stop: driver.stop.clone(),
        ..*driver
    }
}

/// Whether its time has passed.
pub fn is_over(limits: &Limits) -> bool {
    Instant::now() >= limits.deadline
}

/// Looks for the key of the account, if it needs one.
async fn sign_in(plan: &Plan, run: &RunContext<'_>, known: &KnownSecrets) -> Result<Found, Error> {
    if !plan.provider.needs_key() {
        return Ok(Found::Key(Credential::none()));
    }
    let (places, mut passed) = (plan.provider.sources(), Vec::new());
    let sought = KeyRequest {
        typed: &plan.sign_in,
        key_is_for: &plan.targets.first().endpoint,
        known,
    };
    let looked = match &plan.sign_in.account {
        Some(Keys::Command(words)) => Some(helper_command::ask(words, places, &sought, run).await?),
        _ => run.finder().find(places, &sought, &mut passed)?,
    };
    let found = looked.map(|looked| looked.found);
    if let Some(Found::Key(credential)) = &found {
        credential.register(known);
    }
    found.ok_or_else(|| nothing(places, &plan.sign_in, &passed))
}

/// When a run that may take that long ends.
pub fn ends(after: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(after).unwrap_or(now)
}
