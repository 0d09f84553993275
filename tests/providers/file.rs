//! A provider that reads files: it needs no key, and sends nothing.

use std::collections::VecDeque;
use std::path::PathBuf;

use certcheck::adapters::listing::{ListBatch, ListFlow};
use certcheck::adapters::saved::SavedContent;
use certcheck::adapters::{
    Access, Answer, Conversation, Provider, Service, Settings, Target, Targets,
};
use certcheck::credentials::CurrentKey;
use certcheck::error::{Error, Kind};
use certcheck::exchange::{Effect, EffectResult, Flow, FlowProgress, RateLimit, Stamp, Step};
use certcheck::flags::connection::id_flag;
use certcheck::flags::{Flag, Values};
use certcheck::json::Json;
use certcheck::model::FlagProblem;
use certcheck::redact::KnownSecrets;

use crate::run::{ends, errors, rows, run};
use crate::support::world::{FakeWorld, Output};

static ID: Flag<String> = id_flag("path", "PATH", "File");

static PROVIDER: Provider = Provider {
    name: "notes",
    alias: "test-notes",
    about: "Files that say when a certificate ends",
    guide: "",
    id_flag: &ID,
    id: |text| Ok(text.to_owned()),
    proxied: false,
    access: Access::Open,
    flags: &[],
    build_targets,
    rate_limit: RateLimit {
        per_second: None,
        in_flight: None,
    },
    codes: &[],
};

fn build_targets(_: &Values<'_>, _: &Settings<'_>) -> Result<Targets, FlagProblem> {
    Ok(Target::without_host(None, Box::new(Notes)).into())
}

struct Notes;

impl Service for Notes {
    fn converse(&self, ids: &[String], _: CurrentKey, _: &KnownSecrets) -> Vec<Conversation> {
        let ids = ids.iter();
        ids.map(|id| Conversation {
            ids: vec![id.clone()],
            flow: Box::new(Note(id.clone())),
        })
        .collect()
    }

    /// The file `/index` names the others.
    fn list(&self, _: CurrentKey, _: &KnownSecrets) -> ListFlow {
        ListFlow::new(false, Index(VecDeque::from(["/index".to_owned()])))
    }

    fn saved(&self, _: &Json, _: Option<&str>) -> Result<SavedContent, Error> {
        Err(Error::new(Kind::Usage, "nothing is saved of files"))
    }
}

fn read(path: &str) -> Step {
    Step::read(Effect::Read(PathBuf::from(path)))
}

fn text(answer: Result<EffectResult, Error>) -> Result<String, Error> {
    let content = answer?.content()?;
    String::from_utf8(content).map_err(|_| Error::new(Kind::Protocol, "not a text"))
}

/// A file that holds nothing but the end.
struct Note(String);

impl Flow for Note {
    type Output = Answer;

    fn step(&self, _: Stamp) -> Result<Step, Error> {
        Ok(read(&self.0))
    }

    fn answer(
        &mut self,
        answer: Result<EffectResult, Error>,
    ) -> Result<FlowProgress<Answer>, Error> {
        let facts = ends(&self.0, text(answer)?.trim());
        let result = Ok(vec![facts]);
        let id = self.0.clone();
        Ok(FlowProgress::Done(Answer { id, result }))
    }
}

/// The files that are still to be read; the first of all names the others.
struct Index(VecDeque<String>);

impl Flow for Index {
    type Output = ListBatch;

    fn step(&self, _: Stamp) -> Result<Step, Error> {
        Ok(read(self.0.front().expect("a file")))
    }

    fn answer(
        &mut self,
        answer: Result<EffectResult, Error>,
    ) -> Result<FlowProgress<ListBatch>, Error> {
        let path = self.0.pop_front().expect("a file");
        let batch = match text(answer) {
            Err(error) => ListBatch::missing(error),
            Ok(text) if path == "/index" => {
                self.0.extend(text.lines().map(str::to_owned));
                ListBatch::default()
            }
            Ok(text) => ListBatch {
                certificates: vec![ends(&path, text.trim())],
                ..ListBatch::default()
            },
        };
        Ok(if self.0.is_empty() {
            FlowProgress::Done(batch)
        } else {
            FlowProgress::Part(batch)
        })
    }
}

const FILES: &[(&str, &str)] = &[
    ("/index", "/good\n/old\n/missing\n"),
    ("/good", "2036-01-01T00:00:00Z\n"),
    ("/old", "2020-01-01T00:00:00Z\n"),
    ("/odd", "soon"),
];

fn world() -> FakeWorld {
    let world = FakeWorld::default();
    FILES
        .iter()
        .fold(world, |world, (path, text)| world.file(*path, text))
}

fn notes(arguments: &[&str]) -> Output {
    run(&PROVIDER, arguments, &world())
}

#[test]
fn a_provider_of_files_needs_no_key_and_judges_what_it_reads() {
    let output = notes(&["--path", "/good", "--json"]);
    assert_eq!(rows(&output), ["- /good OK"]);
    assert_eq!((output.code, output.stderr.as_str()), (0, ""));
    let output = notes(&["--path", "/old,/good,/odd", "--json"]);
    assert_eq!(
        rows(&output),
        ["- /old EXPIRED", "- /good OK", "- /odd UNKNOWN"]
    );
    assert_eq!(output.code, 2);
}

#[test]
fn a_file_that_is_not_there_is_an_error_and_the_others_go_on() {
    let output = notes(&["--path", "/gone,/good", "--json"]);
    assert_eq!(rows(&output), ["- /good OK"]);
    let errors = errors(&output);
    assert_eq!(errors.len(), 1);
    assert!(
        errors[0].starts_with("- /gone config /gone cannot be read"),
        "{errors:?}"
    );
    assert_eq!(output.code, 3);
}

#[test]
fn a_list_of_files_of_which_one_is_missing_is_incomplete() {
    let output = notes(&["--all", "--json"]);
    assert_eq!(rows(&output), ["- /good OK", "- /old EXPIRED"]);
    assert_eq!(output.json()["complete"], false);
    assert!(errors(&output)[0].contains("/missing cannot be read"));
}

#[test]
fn the_log_shows_a_file_like_a_request_and_no_secret_in_its_path() {
    let output = notes(&["--path", "/good", "-v"]);
    assert!(
        output.stderr.contains("READ /good file: 21 bytes ("),
        "{output:?}"
    );
    // What stands in the environment as the password of a proxy is secret wherever it appears.
    let proxy = [("HTTPS_PROXY", "http://user:sesame-open@proxy.test")];
    let world = world().variables(proxy);
    let output = run(&PROVIDER, &["--path", "/sesame-open", "-v"], &world);
    assert!(output.stderr.contains("READ /"), "{output:?}");
    assert!(!output.stderr.contains("sesame"), "{output:?}");
}
