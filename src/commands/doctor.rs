//! `certcheck doctor`: whether each provider works from here. It takes the steps of a check one by one and says of each
//! what came of it.

use std::cell::{Cell, RefCell};
use std::io::{self, Write as _};
use std::rc::Rc;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use clap::ArgMatches;
use tokio::sync::{Semaphore, watch};

use crate::adapters::credential_chain::{SignInFlags, no_key_found};
use crate::adapters::{Provider, REGISTRY};
use crate::commands::providers::sign_in;
use crate::error::{Error, Kind};
use crate::exchange::http::proxy_address;
use crate::exchange::tls_verifier::PeerChain;
use crate::exchange::{Endpoint, PeerCertificate, Stop, Trace, connectivity};
use crate::model::Report;
use crate::model::duration_text::in_words;
use crate::plan::global_flags::GlobalFlags;
use crate::plan::options::RunOptions;
use crate::plan::{Plan, PlanInput, of_layers, probe_layer, variables_layer};
use crate::redact::KnownSecrets;
use crate::render::doctor::{self, Finding, ProviderFindings, StepState};
use crate::render::format::NoSink;
use crate::run::account::run_account;
use crate::run::collector::Collector;
use crate::run::console::look;
use crate::run::key_finder::{KeyFinder, KeyRequest};
use crate::run::known_accounts::Accounts;
use crate::run::known_secrets::secrets_in_files;
use crate::run::output::{Exit, delivered};
use crate::run::progress::Progress;
use crate::run::run_context::{RunContext, deadline};
use crate::run::signals;
use crate::world::{Context, World};

/// Services refuse a signature whose time is five minutes off, the strictest of them.
const CLOCK_OFF: TimeDelta = TimeDelta::minutes(5);
/// A host whose own certificate ends that soon will not be reached much longer.
const ENDS_SOON: TimeDelta = TimeDelta::days(14);

/// Examines the named providers, or those that have a key.
pub fn run(flags: &GlobalFlags, matches: &ArgMatches, world: &mut World) -> Result<Exit, Error> {
    let options = flags.options([])?;
    let sign_in = sign_in(matches)?;
    let named: Vec<&String> = matches.get_many("provider").unwrap_or_default().collect();
    let is_wanted = |provider: &&Provider| {
        let names = [provider.name, provider.alias];
        named.is_empty() || named.iter().any(|name| names.contains(&name.as_str()))
    };
    let (wish, stopped) = watch::channel(Stop::No);
    let mut examined = Vec::new();
    let signal = {
        let world = &*world;
        signals::run(world.signals.as_deref(), &wish, async {
            for provider in REGISTRY.iter().copied().filter(is_wanted) {
                let case = Examination {
                    provider,
                    sign_in: &sign_in,
                    options: &options,
                    known: secrets_in_files(world),
                    context: world.context.without_prompt(),
                    world,
                };
                examined.push(case.examine(!named.is_empty(), stopped.clone()).await);
            }
        })
    };
    let signal = signal?;
    let text = (options.format.doctor)(&examined, look(world, &options));
    let written = world.stdout.write_all(text.as_bytes());
    delivered(
        written,
        signal.unwrap_or_else(|| doctor::exit_code(&examined)),
        world,
    )
}

/// Where a key is.
enum KeyState {
    At(String),
    Nowhere(Error),
    Broken(Error),
}

/// One provider on the table.
struct Examination<'a> {
    provider: &'static Provider,
    sign_in: &'a SignInFlags,
    options: &'a RunOptions,
    known: KnownSecrets,
    context: Context,
    world: &'a World,
}

impl Examination<'_> {
    async fn examine(&self, named: bool, stopped: watch::Receiver<Stop>) -> ProviderFindings {
        let mut examined = ProviderFindings {
            name: self.provider.name,
            endpoint: None,
            findings: Vec::new(),
        };
        if !self.provider.needs_key() {
            let finding = Finding::new(
                "key",
                StepState::Skipped,
                "it needs no key: nothing to prove",
            );
            examined.findings.push(finding);
            return examined;
        }
        let plan = self.plan();
        // What is not known yet is not this machine.
        let nowhere = Endpoint::https("elsewhere.invalid");
        let endpoint = plan.as_ref().map(|plan| &plan.targets.first().endpoint);
        let key = match self.key(endpoint.unwrap_or(&nowhere)) {
            KeyState::Nowhere(_) if !named => {
                let text = "no key is set up for it; name it to examine it all the same";
                let finding = Finding::new("key", StepState::Skipped, text);
                examined.findings.push(finding);
                return examined;
            }
            KeyState::At(place) => Ok(place),
            KeyState::Nowhere(error) | KeyState::Broken(error) => Err(error),
        };
        match plan {
            Ok(plan) => {
                examined.endpoint = Some(plan.targets.first().endpoint.to_string());
                examined.findings = self.steps(&plan, key, stopped).await;
            }
            Err(error) => examined.findings.push(self.failed("endpoint", &error)),
        }
        for finding in &mut examined.findings {
            finding.message = self.known.sentence(&finding.message, []);
            let hint = finding.hint.as_deref();
            finding.hint = hint.map(|hint| self.known.sentence(hint, []));
        }
        examined
    }

    /// It asks nobody, and warns nobody.
    fn finder(&self) -> KeyFinder<'_> {
        KeyFinder {
            context: &self.context,
            warn: &|_| {},
        }
    }

    /// Where its key is, to be used there.
    fn key(&self, endpoint: &Endpoint) -> KeyState {
        let (sign_in, finder) = (self.sign_in, self.finder());
        let sought = KeyRequest {
            sign_in,
            key_is_for: endpoint,
            known: &self.known,
        };
        let (chain, mut passed) = (self.provider.sources(), Vec::new());
        match finder.find(chain, &sought, &mut passed) {
            Ok(Some(lookup)) => KeyState::At(lookup.at),
            Ok(None) => KeyState::Nowhere(no_key_found(chain, sign_in, &passed)),
            Err(error) => KeyState::Broken(error),
        }
    }

    /// The cheapest request, for an ID that nobody has.
    fn plan(&self) -> Result<Plan, Error> {
        let variables = variables_layer(self.provider, false, &self.world.context.variables)?;
        let probe = probe_layer(self.provider)?;
        let mut input = PlanInput {
            context: &self.context,
            stdin: &mut io::empty(),
            stdin_is_terminal: false,
        };
        let layers = [&variables, &probe];
        let plan = of_layers(self.provider, &layers, self.options.clone(), &mut input)?;
        let mut plan = Plan {
            sign_in: self.sign_in.clone(),
            ..plan
        };
        for target in plan.targets.iter_mut() {
            if let Some(other) = self.finder().profile_target(target, &plan.sign_in) {
                *target = other;
            }
        }
        Ok(plan)
    }

    fn failed(&self, step: &'static str, error: &Error) -> Finding {
        Finding::failed(step, &self.known.freed(error))
    }

    async fn steps(
        &self,
        plan: &Plan,
        key: Result<String, Error>,
        stopped: watch::Receiver<Stop>,
    ) -> Vec<Finding> {
        let (mut findings, reached) = self.way(plan).await;
        let source = match key {
            Ok(source) => source,
            Err(error) => {
                findings.push(self.failed("key", &error));
                return findings;
            }
        };
        if !reached {
            findings.push(Finding::new("key", StepState::Skipped, "not tried"));
            return findings;
        }
        let (shown, server) = (PeerChain::default(), Cell::new(None));
        let report = self.probe(plan, &shown, &server, stopped).await;
        let error = report.errors.first().map(|failure| &failure.error);
        let broken = error.filter(|error| error.kind == Kind::Network && error.unsent);
        if plan.targets.first().endpoint.is_secure() {
            findings.push(match broken {
                Some(error) => self.failed("tls", error),
                None => self.host(&shown),
            });
        }
        findings.extend(server.get().map(|(theirs, ours)| clock(theirs - ours)));
        findings.push(match (broken, error) {
            (Some(_), _) => Finding::new("key", StepState::Skipped, "not tried"),
            (None, error) => proven(error, &source),
        });
        findings
    }

    /// Name and route, and whether there is one. Through a proxy both are the proxy's business.
    async fn way(&self, plan: &Plan) -> (Vec<Finding>, bool) {
        let (endpoint, limit) = (&plan.targets.first().endpoint, self.options.timeout);
        let proxy = plan
            .connection
            .proxy(self.provider, endpoint, &self.world.context.variables);
        if let Some(url) = &proxy.url {
            let text = format!("through the proxy{}", proxy_address(url));
            return (vec![Finding::new("route", StepState::Ok, text)], true);
        }
        let mut findings = Vec::new();
        match connectivity::resolve(endpoint, limit).await {
            Ok(addresses) => {
                let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
                findings.push(Finding::new("name", StepState::Ok, addresses.join(", ")));
            }
            Err(error) => return (vec![self.failed("name", &error)], false),
        }
        match connectivity::connect(endpoint, limit).await {
            Ok(took) => {
                let text = format!("connects in {} ms, without a proxy", took.as_millis());
                findings.push(Finding::new("route", StepState::Ok, text));
                (findings, true)
            }
            Err(error) => {
                findings.push(self.failed("route", &error));
                (findings, false)
            }
        }
    }

    /// Asks, keeps what the host shows, and the service's time beside ours.
    async fn probe(
        &self,
        plan: &Plan,
        shown: &PeerChain,
        server: &Cell<Option<(DateTime<Utc>, DateTime<Utc>)>>,
        stopped: watch::Receiver<Stop>,
    ) -> Report {
        let started = (self.world.context.clock)().trunc_subsecs(0);
        let collector = Collector::new(self.options, started, self.known.clone(), &NoSink);
        let collector = RefCell::new(collector);
        let authority = plan.targets.first().endpoint.authority();
        let trace = |trace: &Trace<'_>| {
            let date = trace.received.iter().find(|(name, _)| name == "date");
            let date = date.and_then(|(_, text)| DateTime::parse_from_rfc2822(text).ok());
            if let Some(date) = date.filter(|_| trace.host == authority) {
                server.set(Some((date.to_utc(), (self.world.context.clock)())));
            }
        };
        let run = RunContext {
            context: &self.context,
            warn: &|_| {},
            say: &|_| {},
            progress: &Progress::new(false),
            accounts: &Accounts::default(),
            slots: Rc::new(Semaphore::new(1)),
            shown,
            trace: &trace,
            stop: stopped,
            deadline: deadline(self.options.deadline),
        };
        run_account(&[(0, plan)], &run, &self.known, &collector).await;
        collector.into_inner().finish(true)
    }

    fn host(&self, shown: &PeerChain) -> Finding {
        let chain = shown.chain();
        let Some(own) = chain.first().and_then(PeerCertificate::read) else {
            return Finding::new("tls", StepState::Skipped, "no certificate was seen");
        };
        let until = own.not_after.map(|end| end.format("%Y-%m-%d").to_string());
        let text = format!(
            "{}, until {}, signed by {} ({} shown)",
            self.known.scrub(&own.subject),
            until.unwrap_or_else(|| "?".to_owned()),
            self.known.scrub(&own.issuer),
            crate::model::duration_text::counted(chain.len() as u64, "certificate"),
        );
        let left = own.not_after.map(|end| end - (self.world.context.clock)());
        match left {
            Some(left) if left < ENDS_SOON => Finding::new("tls", StepState::Warning, text)
                .with_hint("that host needs a new certificate soon"),
            _ => Finding::new("tls", StepState::Ok, text),
        }
    }
}

fn clock(ahead: TimeDelta) -> Finding {
    let text = match ahead.num_seconds() {
        -2..=2 => return Finding::new("clock", StepState::Ok, "agrees with the service's"),
        3.. => format!("{} behind the service's", in_words(ahead)),
        _ => format!("{} ahead of the service's", in_words(ahead)),
    };
    if ahead.abs() > CLOCK_OFF {
        Finding::new("clock", StepState::Warning, text)
            .with_hint("set this machine's clock, best by NTP; certcheck corrects for it meanwhile")
    } else {
        Finding::new("clock", StepState::Ok, text)
    }
}

/// What the answer about a certificate that nobody has says of the key. A service reads what is asked for only once it
/// has accepted who asks.
fn proven(error: Option<&Error>, source: &str) -> Finding {
    let accepted = || Finding::new("key", StepState::Ok, format!("accepted, from {source}"));
    match error {
        None => accepted(),
        Some(error) if error.kind == Kind::NotFound => accepted(),
        Some(error) if error.kind == Kind::Usage && error.code.is_some() => accepted(),
        Some(error) => Finding::failed("key", error),
    }
}
