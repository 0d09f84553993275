//! Asks one account: finds its key, holds the conversations, gives every id an outcome.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::{join, join_all};
use futures_util::stream::{self, StreamExt as _};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use super::choices::Rate;
use super::collector::Collector;
use super::helper;
use super::keys::{Around, Sought};
use super::lease::{self, Lease};
use super::lists::{everything, found_in_list, may_look};
use super::plan::{Job, Plan};
use super::progress::Progress;
use super::task::{Shared, Task, sends_requests};
use crate::adapters::Conversation;
use crate::adapters::keys::{Found, Keys, nothing};
use crate::credentials::{Credential, CurrentKey, Exposure, Prompt, broken};
use crate::error::{Error, Kind};
use crate::exchange::http::Http;
use crate::exchange::tls_verifier::{PeerChain, Trust};
use crate::exchange::{Account, Driver, KeyStanding, Limits, Pace, Stop, Trace};
use crate::redact::KnownSecrets;
use crate::world::{ReadCustody, ReadFile, RunHelper};

/// The part of the world that asking needs.
pub struct Outside<'a> {
    /// The environment that keys are found in.
    pub variables: &'a HashMap<String, String>,
    /// Reads a file.
    pub read_file: &'a ReadFile,
    /// Who beside the user can read a file.
    pub exposure: &'a dyn Fn(&Path) -> Exposure,
    /// Who can change a program, and what lies on the way to it.
    pub custody: &'a ReadCustody,
    /// Runs a program that prints a key.
    pub run_helper: &'a RunHelper,
    /// Asks at the terminal; none where there is nobody to ask.
    pub prompt: Option<&'a Prompt<'a>>,
    /// The local clock.
    pub clock: &'a dyn Fn() -> DateTime<Utc>,
    /// Fresh random bytes.
    pub entropy: &'a dyn Fn() -> Result<[u8; 16], Error>,
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

impl Outside<'_> {
    /// The part of it that keys are in.
    pub fn around(&self) -> Around<'_> {
        Around {
            variables: self.variables,
            read_file: self.read_file,
            exposure: self.exposure,
            warn: self.warn,
            prompt: self.prompt,
            now: (self.clock)(),
        }
    }
}

/// What a run knows of accounts. One key at one place is one account, by whatever names the config file calls it. A key
/// that one of them is refused with is refused for all addresses of its realm.
#[derive(Default)]
pub struct Accounts {
    known: RefCell<HashMap<[String; 3], Rc<Account>>>,
    keys: RefCell<HashMap<[String; 4], Rc<KeyStanding>>>,
}

/// The service that a key is for.
const ITSELF: &str = "itself";
/// The service that hands out temporary keys for it.
const TOKENS: &str = "tokens";

impl Accounts {
    fn of(&self, plan: &Plan, key: &str, slots: &Rc<Semaphore>) -> Rc<Account> {
        let endpoint = &plan.target.endpoint;
        let new = || {
            let standing = self.standing(plan, ITSELF, key);
            let account = Account::new(pace(plan)).with_key(standing, endpoint.authority());
            let account = account.within(slots.clone());
            Rc::new(if plan.provider.needs_key() {
                account
            } else {
                account.open()
            })
        };
        if key.is_empty() {
            return new();
        }
        let same = [plan.provider.name, &endpoint.to_string(), key].map(str::to_owned);
        let mut known = self.known.borrow_mut();
        known.entry(same).or_insert_with(new).clone()
    }

    /// What is known of a key at a service, in the realm of that plan.
    fn standing(&self, plan: &Plan, service: &str, key: &str) -> Rc<KeyStanding> {
        if key.is_empty() {
            return Rc::default();
        }
        let realm = plan.target.service.realm();
        let same = [plan.provider.name, service, &realm, key].map(str::to_owned);
        self.keys.borrow_mut().entry(same).or_default().clone()
    }
}

/// Asks for everything that these plans want of one account. Every id gets an outcome; the number of a plan is its
/// place in the run.
pub async fn ask(
    plans: &[(usize, &Plan)],
    outside: &Outside<'_>,
    known: &KnownSecrets,
    collector: &RefCell<Collector<'_>>,
) {
    let Some((_, first)) = plans.first() else {
        return;
    };
    // Before anything is said of an id: what was typed for one can be the key.
    let signed_in = if plans.iter().any(|(_, plan)| sends_requests(plan)) {
        Some(sign_in(first, outside, known).await)
    } else {
        None
    };
    let key = match &signed_in {
        Some(Ok(Found::Key(credential))) => credential.id(),
        _ => "",
    };
    let name = first.origin.account.as_deref();
    let shared = Shared {
        account: outside.accounts.of(first, key, &outside.slots),
        inventory: Rc::default(),
        line: outside.progress.line(name.unwrap_or(first.provider.name)),
    };
    let tasks: Vec<Task<'_, '_>> = plans
        .iter()
        .map(|(order, plan)| Task::new(*order, plan, shared.clone(), collector))
        .collect();
    tasks.iter().for_each(Task::refuse_what_cannot_be);
    let outcome = match signed_in {
        None => Ok(()),
        Some(Err(error)) => Err(error),
        Some(Ok(found)) => with_key(found, first, &tasks, outside, known).await,
    };
    if let Err(error) = outcome {
        tasks.iter().for_each(|task| task.fail(&error));
    }
    let mut collector = collector.borrow_mut();
    collector.ended(&shared.account, &shared.inventory);
}

/// Does these tasks with the key that was found, or with the one that is handed out for it. An error is that of the
/// service that hands it out: nothing was asked then.
async fn with_key(
    found: Found,
    plan: &Plan,
    tasks: &[Task<'_, '_>],
    outside: &Outside<'_>,
    known: &KnownSecrets,
) -> Result<(), Error> {
    let asked = async |key: CurrentKey| {
        let transport = transport(plan, outside);
        let driver = driver(plan, &transport, outside);
        work(tasks, key, &driver, known, outside.say).await;
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
    let standing = outside.accounts.standing(plan, TOKENS, &remote.key_id);
    let lease = Lease::fetch(remote, standing, &driver).await?;
    let work = asked(lease.key());
    let warn = |error: &Error| {
        let why = known.message(error);
        (outside.warn)(format!("the key was not renewed: {why}"));
    };
    lease.during(work, &driver, &warn).await;
    Ok(())
}

/// Does the tasks of one account side by side; those whose ids may be looked for in its list share that search.
async fn work(
    tasks: &[Task<'_, '_>],
    key: CurrentKey,
    driver: &Driver<'_>,
    known: &KnownSecrets,
    say: &dyn Fn(String),
) {
    let (looking, others): (Vec<_>, Vec<_>) = tasks.iter().partition(|task| may_look(task));
    let rest = async |(task, left): (&Task<'_, '_>, Vec<String>)| {
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
    task: &Task<'_, '_>,
    ids: Vec<String>,
    key: CurrentKey,
    driver: &Driver<'_>,
    known: &KnownSecrets,
) {
    let conversations = task.plan.target.service.converse(&ids, key, known);
    let each = conversations
        .into_iter()
        .map(|conversation| hold(driver, task, conversation));
    stream::iter(each)
        .buffer_unordered(task.plan.choices.concurrency)
        .collect::<()>()
        .await;
}

/// Holds one conversation; the ids it leaves without an answer get its error.
async fn hold(driver: &Driver<'_>, task: &Task<'_, '_>, conversation: Conversation) {
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

/// To the target itself: what its flags relax holds for nobody else.
fn transport(plan: &Plan, outside: &Outside<'_>) -> Http {
    let (route, endpoint) = (&plan.route, &plan.target.endpoint);
    if matches!(route.trust, Trust::Anybody) {
        (outside.warn)(format!(
            "the certificate of {endpoint} is not verified (--insecure)"
        ));
    }
    let proxy = route.proxy(plan.provider, endpoint, outside.variables);
    Http::new(proxy, endpoint.is_secure())
        .trusting(route.trust.clone(), endpoint)
        .showing(outside.shown)
}

fn driver<'a>(plan: &Plan, transport: &'a Http, outside: &'a Outside<'_>) -> Driver<'a> {
    let choices = &plan.choices;
    Driver {
        transport,
        open_file: outside.read_file,
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
async fn sign_in(plan: &Plan, outside: &Outside<'_>, known: &KnownSecrets) -> Result<Found, Error> {
    if !plan.provider.needs_key() {
        return Ok(Found::Key(Credential::none()));
    }
    let (places, mut passed) = (plan.provider.sources(), Vec::new());
    let sought = Sought {
        typed: &plan.typed,
        key_is_for: &plan.target.endpoint,
        known,
    };
    let looked = match &plan.typed.account {
        Some(Keys::Command(words)) => Some(helper::ask(words, places, &sought, outside).await?),
        _ => outside.around().find(places, &sought, &mut passed)?,
    };
    let found = looked.map(|looked| looked.found);
    if let Some(Found::Key(credential)) = &found {
        credential.register(known);
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
