//! Of every answer under `fixtures/`, each value in its turn, and each key, becomes a canary: only what
//! `published.rs` lists is ever printed, and all of that is.

use std::collections::{BTreeMap, BTreeSet};

use certcheck::adapters::{Answer, REGISTRY, Target};
use certcheck::error::{Error, Kind};
use certcheck::exchange::FlowProgress;
use certcheck::model::report::ReportEntry;
use certcheck::model::{Facts, Failure, Policy, Report, judge};
use certcheck::render::json;
use certcheck::render::style::TextStyle;
use certcheck::render::table;
use serde_json::Value;

use crate::json_values::{Leaf, leaves};
use crate::published::{PUBLISHED, Published};
use crate::support::fixtures::{
    OPERATIONS, TOKEN, asked_by, body, conversation, fixtures, index, now, provider, read_by,
    response, saved_by, stamp, target,
};

/// What reading may do to a text (turn it to lower case, take its blanks) leaves it as it is.
const TEXT: &str = "canary7q1";
const NUMBER: &str = "7711771177";
/// In how many answers a place is tried alone: most have the same ones.
const OFTEN: usize = 2;

type Result<T> = std::result::Result<T, Error>;

/// An answer of one operation.
#[derive(Clone)]
struct Case {
    asked: String,
    status: u16,
    body: String,
}

impl Case {
    fn with(&self, body: String) -> Case {
        Case {
            body,
            ..self.clone()
        }
    }
}

/// Everything that any output can show of an outcome.
fn printed(provider: &'static str, outcome: Result<Vec<Facts>>) -> String {
    let policy = Policy::at(now());
    let look = TextStyle {
        width: 120,
        piped: true,
        colour: false,
        utf8: true,
        now: now(),
        chosen: true,
    };
    let outcomes = match outcome {
        Ok(facts) => facts
            .into_iter()
            .map(|facts| ReportEntry::Certificate(Box::new(judge(provider, facts, &policy))))
            .collect(),
        Err(error) => vec![ReportEntry::Failure(Box::new(Failure {
            provider,
            origin: Default::default(),
            scope: None,
            id: None,
            environment: None,
            error,
        }))],
    };
    let mut report = Report::new(now(), now());
    let mut lines = String::new();
    for outcome in outcomes {
        lines += &match &outcome {
            ReportEntry::Certificate(certificate) => json::certificate_line(certificate),
            ReportEntry::Failure(failure) => json::error_line(failure),
        };
        report.add(outcome, &Default::default());
    }
    lines + &json::report(&report) + &table::report(&report, look)
}

/// A text with something else in the places of these leaves.
fn with(text: &str, leaves: &[&Leaf], new: &str) -> String {
    let mut changed = text.to_owned();
    for leaf in leaves.iter().rev() {
        changed.replace_range(leaf.range.clone(), new);
    }
    changed
}

/// What a canary looks like as a value, or as a key.
fn canaries(key: bool) -> Vec<(String, &'static str)> {
    let text = format!("\"{TEXT}\"");
    if key {
        return vec![(text, TEXT)];
    }
    let (list, object) = (format!("[{text}]"), format!("{{{text}:{text}}}"));
    let number = format!("\"{NUMBER}\"");
    let all = [(text, TEXT), (list, TEXT), (object, TEXT), (number, NUMBER)];
    all.into_iter()
        .chain([(NUMBER.to_owned(), NUMBER)])
        .collect()
}

/// How an operation's answers are read, over a conversation and as saved ones.
struct Operation {
    folder: String,
    provider: &'static str,
    asking: Target,
    saved: Target,
}

impl Operation {
    fn new(folder: &str) -> Operation {
        let (name, _) = folder.split_once('/').expect("provider/operation");
        let known = OPERATIONS
            .iter()
            .find(|operation| operation.folder == folder);
        let of_provider = OPERATIONS
            .iter()
            .find(|operation| operation.provider == name);
        let flags = known
            .or(of_provider)
            .map_or(&[][..], |operation| operation.flags);
        Operation {
            folder: folder.to_owned(),
            provider: provider(name).name,
            asking: target(name, flags, false).expect("a target"),
            saved: target(name, &[], true).expect("a target"),
        }
    }

    fn outcomes(&self, case: &Case) -> Vec<Result<Vec<Facts>>> {
        let body = case.body.as_bytes();
        match self.folder.as_str() {
            "pbx/get-token" | "pbx/system-information" => vec![self.beside(case)],
            "pbx/certificate-get" => vec![
                asked_by(&self.asking, &case.asked, case.status, body, None),
                self.judged(case),
            ],
            _ => vec![
                read_by(&self.asking, &case.asked, case.status, body),
                self.judged(case),
            ],
        }
    }

    fn judged(&self, case: &Case) -> Result<Vec<Facts>> {
        // Several answers are the business of those who read streams of them.
        match certcheck::json::stream(case.body.as_bytes()).len() {
            0 | 1 => saved_by(&self.saved, None, case.body.as_bytes()),
            _ => Ok(Vec::new()),
        }
    }

    /// A call of the PBX beside the one for the certificate.
    fn beside(&self, case: &Case) -> Result<Vec<Facts>> {
        let certificate = body("pbx/certificate-get", "date-ambiguous.json");
        let mut flow = conversation(&self.asking, &["4"]).flow;
        loop {
            let call = flow.step(stamp())?.http().expect("HTTP").action;
            let answer = match (call, self.folder.as_str()) {
                ("get_token", "pbx/get-token")
                | ("system/information", "pbx/system-information") => {
                    response(case.status, case.body.as_bytes())
                }
                ("get_token", _) => response(200, TOKEN),
                ("system/information", _) => {
                    response(200, &body("pbx/system-information", "valid.json"))
                }
                _ => response(200, &certificate),
            };
            if let FlowProgress::Part(Answer { result, .. })
            | FlowProgress::Done(Answer { result, .. }) = flow.answer(Ok(answer.into()))?
            {
                return result;
            }
        }
    }
}

fn cases(folder: &str) -> Vec<(String, Case)> {
    let case = |(name, case): (String, Value)| {
        let text = String::from_utf8_lossy(&body(folder, &name)).into_owned();
        let status = case["http_status"]
            .as_u64()
            .and_then(|status| u16::try_from(status).ok());
        let case = Case {
            asked: case["asked"].as_str().unwrap_or("4").to_owned(),
            status: status.unwrap_or(200),
            body: text,
        };
        (name, case)
    };
    index(folder).into_iter().map(case).collect()
}

/// What was found in the answers of one operation.
#[derive(Default)]
struct Findings {
    wrong: BTreeSet<String>,
    printed: BTreeSet<String>,
    planted: usize,
}

impl Findings {
    fn of(folder: &str) -> Findings {
        let mut findings = Findings::default();
        let Some(published) = PUBLISHED
            .iter()
            .find(|published| published.folder == folder)
        else {
            findings
                .wrong
                .insert(format!("{folder} has no list of what is published"));
            return findings;
        };
        let operation = Operation::new(folder);
        let mut met: BTreeMap<(String, bool), usize> = BTreeMap::new();
        for (name, case) in cases(folder) {
            let leaves = leaves(&case.body);
            findings.all_at_once(&operation, published, &name, &case, &leaves);
            for leaf in &leaves {
                let times = met.entry((leaf.path.clone(), leaf.key)).or_default();
                *times += 1;
                let path = leaf.path.as_str();
                let unseen = published.allows(path, None) && !findings.printed.contains(path);
                // Whether it may be passed on hangs on the refusal.
                let message = published.messages.contains(&path);
                if *times <= OFTEN || unseen || message {
                    findings.one(&operation, published, &name, &case, leaf);
                }
            }
        }
        let listed = published.facts.iter().chain(published.messages);
        let unseen: Vec<_> = listed
            .filter(|path| !findings.printed.contains(**path))
            .collect();
        findings.wrong.extend(
            unseen
                .iter()
                .map(|path| format!("{folder}: {path} is listed and never printed")),
        );
        findings
    }

    /// Everything that is not listed is a canary.
    fn all_at_once(
        &mut self,
        operation: &Operation,
        published: &Published,
        name: &str,
        case: &Case,
        leaves: &[Leaf],
    ) {
        let hidden = leaves
            .iter()
            .filter(|leaf| !leaf.key && !published.allows(&leaf.path, None));
        let hidden: Vec<&Leaf> = hidden.collect();
        self.planted += hidden.len();
        let body = with(&case.body, &hidden, &format!("\"{TEXT}\""));
        for outcome in operation.outcomes(&case.with(body)) {
            if printed(operation.provider, outcome).contains(TEXT) {
                let what = format!(
                    "{}: something is printed, as in {name} with all at once",
                    operation.folder
                );
                self.wrong.insert(what);
            }
        }
    }

    /// One key or value is a canary.
    fn one(
        &mut self,
        operation: &Operation,
        published: &Published,
        name: &str,
        case: &Case,
        leaf: &Leaf,
    ) {
        for (new, canary) in canaries(leaf.key) {
            self.planted += 1;
            for outcome in operation.outcomes(&case.with(with(&case.body, &[leaf], &new))) {
                let allowed = !leaf.key && published.allows(&leaf.path, outcome.as_ref().err());
                if !printed(operation.provider, outcome).contains(canary) {
                    continue;
                }
                self.printed.insert(leaf.path.clone());
                if !allowed {
                    let what = if leaf.key { "the key" } else { "the value of" };
                    let what = format!(
                        "{}: {what} {} is printed, as in {name}",
                        operation.folder, leaf.path
                    );
                    self.wrong.insert(what);
                }
            }
        }
    }
}

impl Published {
    /// Whether a value may be printed, given the error that the answer was read as.
    fn allows(&self, path: &str, error: Option<&Error>) -> bool {
        // What a service says about a refused key can hold that key.
        let about_the_key = error.is_some_and(|error| error.kind == Kind::Credentials);
        self.facts.contains(&path) || (!about_the_key && self.messages.contains(&path))
    }
}

/// Every folder that has an index.
fn folders() -> Vec<String> {
    let mut found = Vec::new();
    for provider in REGISTRY {
        let folders =
            std::fs::read_dir(fixtures().join(provider.name)).expect("a provider's fixtures");
        let names = folders.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let paths = names.map(|name| format!("{}/{name}", provider.name));
        found.extend(paths.filter(|path| fixtures().join(path).join("index.json").exists()));
    }
    found
}

#[test]
fn only_what_is_published_is_ever_printed_and_all_of_it_is() {
    let folders = folders();
    assert!(folders.len() >= PUBLISHED.len(), "{folders:?}");
    let findings: Vec<Findings> = std::thread::scope(|scope| {
        let folders = folders.iter();
        let running: Vec<_> = folders
            .map(|folder| scope.spawn(|| Findings::of(folder)))
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    let wrong: Vec<&str> = findings
        .iter()
        .flat_map(|one| &one.wrong)
        .map(String::as_str)
        .collect();
    assert!(
        wrong.is_empty(),
        "{} findings:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    for (folder, Findings { planted, .. }) in folders.iter().zip(findings) {
        assert!(
            planted > 100,
            "{folder}: only {planted} canaries were planted"
        );
    }
}
