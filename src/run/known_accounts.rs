//! What a run knows of the accounts that it uses.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use tokio::sync::Semaphore;

use crate::adapters::Target;
use crate::exchange::{AccountState, KeyProof, KeyStanding, RateLimit};
use crate::plan::Plan;
use crate::plan::options::Rate;

/// The accounts of a run. One key at one place is one account, by whatever names the config file calls it. A key that is
/// refused at one place is refused for all addresses of its realm.
#[derive(Default)]
pub struct Accounts {
    known: RefCell<HashMap<[String; 3], Rc<AccountState>>>,
    keys: RefCell<HashMap<[String; 4], Rc<KeyStanding>>>,
}

/// The service that a key is for.
const ITSELF: &str = "itself";
/// The service that hands out temporary keys for it.
const TOKENS: &str = "tokens";

impl Accounts {
    /// The accounts of one sign-in with that key; an empty one where its public half is not known.
    pub fn sign_in<'a>(
        &'a self,
        plan: &'a Plan,
        key: &'a str,
        slots: &'a Rc<Semaphore>,
    ) -> SignIn<'a> {
        SignIn {
            accounts: self,
            plan,
            key,
            slots,
            realms: RefCell::default(),
        }
    }

    /// What is known of the key that the service for temporary keys is asked with.
    pub fn token_service(&self, plan: &Plan, key: &str) -> Rc<KeyStanding> {
        self.standing(plan, TOKENS, &plan.targets.first().service.realm(), key)
    }

    fn standing(&self, plan: &Plan, service: &str, realm: &str, key: &str) -> Rc<KeyStanding> {
        if key.is_empty() {
            return Rc::default();
        }
        let same = [plan.provider.name, service, realm, key].map(str::to_owned);
        self.keys.borrow_mut().entry(same).or_default().clone()
    }
}

/// One sign-in: its targets share the proof of the key, and its refusal.
pub struct SignIn<'a> {
    accounts: &'a Accounts,
    plan: &'a Plan,
    key: &'a str,
    slots: &'a Rc<Semaphore>,
    realms: RefCell<HashMap<String, (Rc<KeyStanding>, KeyProof)>>,
}

impl SignIn<'_> {
    /// The account at a target.
    pub fn account(&self, target: &Target) -> Rc<AccountState> {
        if self.key.is_empty() {
            return self.new_account(target);
        }
        let endpoint = target.endpoint.to_string();
        let same = [self.plan.provider.name, &endpoint, self.key].map(str::to_owned);
        let mut known = self.accounts.known.borrow_mut();
        let account = known
            .entry(same)
            .or_insert_with(|| self.new_account(target));
        account.clone()
    }

    fn new_account(&self, target: &Target) -> Rc<AccountState> {
        let realm = target.service.realm();
        let mut realms = self.realms.borrow_mut();
        let (standing, proof) = realms.entry(realm.clone()).or_insert_with(|| {
            let standing = self.accounts.standing(self.plan, ITSELF, &realm, self.key);
            (standing, KeyProof::default())
        });
        let account = AccountState::new(rate_limit(self.plan))
            .with_key(standing.clone(), target.endpoint.authority())
            .with_proof(proof.clone())
            .within(self.slots.clone());
        Rc::new(if self.plan.provider.needs_key() {
            account
        } else {
            account.open()
        })
    }
}

/// The provider's own rate limit, or that of `--rate`.
fn rate_limit(plan: &Plan) -> RateLimit {
    let own = plan.provider.rate_limit;
    match plan.options.rate {
        None => own,
        Some(Rate::Off) => RateLimit::default(),
        Some(Rate::PerSecond(rate)) => RateLimit {
            per_second: Some(rate),
            ..own
        },
    }
}
