//! Asks one account: finds its key, holds the conversations, gives every id an outcome.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::future::{join, join_all};

use crate::adapters::Target;
use crate::adapters::credential_chain::{AccountKey, LookupResult, no_key_found};
use crate::credentials::{Credential, CurrentKey, broken};
use crate::error::Error;
use crate::exchange::http::HttpTransport;
use crate::exchange::tls_verifier::Trust;
use crate::exchange::{Driver, Limits};
use crate::plan::{Job, Plan};
use crate::redact::KnownSecrets;
use crate::run::collector::Collector;
use crate::run::flows::fetch_each;
use crate::run::helper_command;
use crate::run::key_finder::KeyRequest;
use crate::run::listing::{everything, found_in_list, may_look};
use crate::run::plan_run::{PlanRun, PlanState, Shared, sends_requests};
use crate::run::renewal::{self, Lease};
use crate::run::run_context::RunContext;

/// Runs the plans of one account. Every ID gets an outcome; the number of a plan is its position in the run.
pub async fn run_account(
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
        Some(Ok(LookupResult::Key(credential))) => credential.id(),
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
    found: LookupResult,
    plan: &Plan,
    groups: &[EndpointTasks<'_, '_>],
    run: &RunContext<'_>,
    known: &KnownSecrets,
) -> Result<(), Error> {
    let work = async |key: CurrentKey| {
        let each = groups.iter().map(async |group| {
            let transport = transport(plan, group.target, run);
            let driver = driver(plan, &transport, run);
            run_side_by_side(&group.tasks, key.clone(), &driver, known, run.say).await;
        });
        join_all(each).await;
    };
    let remote = match found {
        LookupResult::Key(credential) => {
            work(credential.into()).await;
            return Ok(());
        }
        LookupResult::Issuer(issuer) => issuer,
        LookupResult::Nothing => return Err(broken("no key found".to_owned())),
    };
    let endpoint = &remote.endpoint;
    let proxy = plan
        .connection
        .proxy(plan.provider, endpoint, &run.context.variables);
    let transport = HttpTransport::new(proxy, endpoint.is_secure());
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

/// Runs the plans of one endpoint side by side; those whose IDs may be found in its list share that search.
async fn run_side_by_side(
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
            Job::Ask(_) => fetch_each(task, left, key.clone(), driver, known).await,
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

/// To the target itself: what the TLS flags relax holds for no other host.
fn transport(plan: &Plan, target: &Target, run: &RunContext<'_>) -> HttpTransport {
    let (route, endpoint) = (&plan.connection, &target.endpoint);
    if matches!(route.trust, Trust::Anybody) {
        (run.warn)(format!(
            "the certificate of {endpoint} is not verified (--insecure)"
        ));
    }
    let proxy = route.proxy(plan.provider, endpoint, &run.context.variables);
    HttpTransport::new(proxy, endpoint.is_secure())
        .trusting(route.trust.clone(), endpoint)
        .showing(run.shown)
}

fn driver<'a>(plan: &Plan, transport: &'a HttpTransport, run: &'a RunContext<'_>) -> Driver<'a> {
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

/// Looks for the key of the account, if it needs one.
async fn sign_in(
    plan: &Plan,
    run: &RunContext<'_>,
    known: &KnownSecrets,
) -> Result<LookupResult, Error> {
    if !plan.provider.needs_key() {
        return Ok(LookupResult::Key(Credential::none()));
    }
    let (chain, mut passed) = (plan.provider.sources(), Vec::new());
    let sought = KeyRequest {
        sign_in: &plan.sign_in,
        key_is_for: &plan.targets.first().endpoint,
        known,
    };
    let lookup = match &plan.sign_in.account {
        Some(AccountKey::Command(words)) => {
            Some(helper_command::run_helper(words, chain, &sought, run).await?)
        }
        _ => run.finder().find(chain, &sought, &mut passed)?,
    };
    let found = lookup.map(|lookup| lookup.found);
    if let Some(LookupResult::Key(credential)) = &found {
        credential.register(known);
    }
    found.ok_or_else(|| no_key_found(chain, &plan.sign_in, &passed))
}
