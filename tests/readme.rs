//! Every command of the README and of `docs/` is run: those of the developer by `.ci/run`, those of the user here, against
//! the sandbox, with the documents' own words.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stderr,
    reason = "in a test a panic is a report"
)]
#![cfg(all(unix, feature = "sandbox"))]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use certcheck::sandbox::{Emulator, Options, Sandbox};
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_certcheck");

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    std::fs::read_to_string(project().join(name)).expect("a file of the project")
}

/// The lines of the README's blocks in that language.
fn blocks(language: &str) -> Vec<String> {
    blocks_of("README.md", language)
}

fn blocks_of(document: &str, language: &str) -> Vec<String> {
    let text = read(document);
    let opening = format!("```{language}");
    let mut lines = Vec::new();
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        match inside {
            false => inside = line == opening,
            true if line == "```" => inside = false,
            true => lines.push(line.to_owned()),
        }
    }
    lines
}

fn user_commands() -> Vec<String> {
    let mut documents = vec!["README.md".to_owned()];
    for entry in std::fs::read_dir(project().join("docs")).expect("docs") {
        let name = entry.expect("a document").file_name();
        documents.push(format!("docs/{}", name.display()));
    }
    documents.sort();
    let lines = documents
        .iter()
        .flat_map(|document| blocks_of(document, "sh"));
    let mut commands: Vec<String> = lines.filter(|line| line.contains("certcheck ")).collect();
    // Behind the five fields of the schedule.
    commands.extend(
        blocks("cron")
            .iter()
            .map(|line| line.splitn(6, ' ').nth(5).expect("a command").to_owned()),
    );
    commands
}

/// A folder with the files that the documents speak of.
fn folder(services: &Sandbox) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let copy = |from: &str, to: &str| {
        std::fs::copy(
            project().join("fixtures").join(from),
            folder.path().join(to),
        )
        .expect("a copy")
    };
    copy("tencent/describe-certificate/valid.json", "saved.json");
    copy("esa/get-client-certificate/seed.json", "answers.json");
    copy("pbx/certificate-list/list.json", "list.json");
    let write =
        |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    // As tccli prints it: without the envelope.
    let list: Value =
        serde_json::from_str(&read("fixtures/tencent/describe-certificates/list.json"))
            .expect("JSON");
    write("page.json", &list["Response"].to_string());
    let list: Value =
        serde_json::from_str(&read("fixtures/huawei/list-certificates/list.json")).expect("JSON");
    let rows = list["certificates"].as_array().expect("a list");
    for (page, rows) in [("page-1.json", &rows[..2]), ("page-2.json", &rows[2..])] {
        let mut part = list.clone();
        part["certificates"] = json!(rows);
        write(page, &part.to_string());
    }
    write(
        "ids.txt",
        "# two of them\nscs1700000000001\nscs1700000000005\n",
    );
    // As the README says of key files.
    let private = |name: &str, text: &str| {
        write(name, text);
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(folder.path().join(name), mode).expect("a private file");
    };
    let keys: BTreeMap<_, _> = Emulator::TENCENT.credentials().into_iter().collect();
    private("id", keys["TENCENTCLOUD_SECRET_ID"]);
    private("key", keys["TENCENTCLOUD_SECRET_KEY"]);
    private("config.toml", &here(&blocks("toml"), services));
    folder
}

/// The README's config file, with its accounts in the sandbox.
fn here(config: &[String], services: &Sandbox) -> String {
    let tencent = services.endpoint(Emulator::TENCENT);
    let line = |line: &str| match line.split_once(' ') {
        Some(("credentials", _)) => "credentials = { env_prefix = \"\" }".to_owned(),
        Some(("site", _)) => format!("{line}\nendpoint = \"{tencent}\""),
        Some(("base_url", _)) => format!("base_url = \"{}\"", services.endpoint(Emulator::PBX)),
        _ => line.to_owned(),
    };
    assert!(config.len() > 10, "{config:?}");
    config.iter().map(|text| line(text) + "\n").collect()
}

/// A command line without these flags and their values.
fn without(line: &str, flags: &[&str]) -> String {
    let mut left = Vec::new();
    let mut words = line.split(' ');
    while let Some(word) = words.next() {
        if flags.contains(&word) {
            words.next();
        } else {
            left.push(word);
        }
    }
    left.join(" ")
}

fn run(line: &str, services: &Sandbox, folder: &Path) -> Output {
    let here = folder.display().to_string();
    let line = line
        .replace(
            "https://192.168.5.150:8088",
            &services.endpoint(Emulator::PBX),
        )
        .replace("/etc/certcheck", &here);
    // A job is rehearsed without the flags that choose its host.
    let line = without(&line, &["--site", "--region"]);
    let tools = Path::new(BINARY)
        .parent()
        .expect("a folder")
        .display()
        .to_string();
    let path = format!("{tools}:{}", std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("bash");
    command
        .args(["-o", "pipefail", "-c", &line])
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .stdin(Stdio::null());
    if line.contains("config init") {
        command.env("XDG_CONFIG_HOME", folder.join("new"))
    } else {
        command.env("CERTCHECK_CONFIG", folder.join("config.toml"))
    };
    for service in Emulator::all() {
        let given_by_file = service == Emulator::TENCENT && line.contains("_FILE=");
        command.envs(service.credentials().into_iter().filter(|_| !given_by_file));
        command.env(
            format!("CERTCHECK_{}_ENDPOINT", service.name.to_uppercase()),
            services.endpoint(service),
        );
    }
    command.output().expect("bash")
}

#[test]
fn every_command_of_the_user_works_as_written() {
    let options = Options::new(Arc::new(chrono::Utc::now));
    let services = Sandbox::start(options).expect("a sandbox");
    let folder = folder(&services);
    let jq = Command::new("jq").arg("--version").output().is_ok();
    let commands = user_commands();
    assert!(commands.len() > 10, "{commands:?}");
    for line in commands
        .iter()
        .filter(|line| !line.contains("certcheck sandbox"))
    {
        if line.contains("jq ") && !jq {
            eprintln!("SKIPPED, since jq is not here: {line}");
            continue;
        }
        let output = run(line, &services, folder.path());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.is_empty(), "{line}\n{stderr}");
        assert!(
            output.status.code().is_some_and(|code| code <= 3),
            "{line}: {}",
            output.status
        );
        let may_be_empty = line.contains("jq ");
        assert!(
            may_be_empty || !output.stdout.is_empty(),
            "{line} says nothing"
        );
    }
}

#[test]
fn the_sandbox_starts_as_written() {
    let commands = user_commands();
    let line = commands
        .iter()
        .find(|line| line.contains("certcheck sandbox"))
        .expect("the command");
    // The port of the example may be taken on this machine.
    let line = line.replace("--port 8700", "--port 0");
    let words = line.split(' ').skip(1);
    let mut child = Command::new(BINARY)
        .args(words)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary");
    let mut first = String::new();
    BufReader::new(child.stdout.take().expect("a pipe"))
        .read_line(&mut first)
        .expect("a line");
    child.kill().expect("an end");
    child.wait().expect("an end");
    assert!(first.contains("sandbox runs"), "{first}");
}

#[test]
fn every_command_of_the_developer_is_run_by_ci() {
    let ci = read(".ci/run");
    let commands: Vec<String> = blocks("sh")
        .into_iter()
        .filter(|line| line.starts_with("cargo ") || line.starts_with("benches/"))
        .collect();
    assert_eq!(commands.len(), 5, "{commands:?}");
    for command in commands {
        assert!(ci.contains(&command), "CI does not run `{command}`");
    }
}

#[test]
fn the_readme_names_every_provider_with_its_variables_and_permission() {
    let readme = read("README.md");
    for provider in certcheck::adapters::REGISTRY {
        assert!(
            readme.contains(&format!("`certcheck {}`", provider.name)),
            "{}",
            provider.name
        );
        for place in provider.sources() {
            for variable in place.ids().chain(place.secrets()) {
                assert!(readme.contains(&format!("`{variable}`")), "{variable}");
            }
            // The help leaves the aliases out.
            for variable in place.ids().take(1).chain(place.secrets().take(1)) {
                assert!(
                    provider.guide.contains(variable),
                    "{variable} is not in the help"
                );
            }
        }
    }
    for permission in [
        "mpush:CheckCertificate",
        "esa:GetClientCertificate",
        "scm:cert:get",
        "ssl:DescribeCertificate",
    ] {
        assert!(readme.contains(permission), "{permission}");
    }
}

#[test]
fn the_readme_lists_every_note_code() {
    let notes = read("src/model/note.rs");
    let arms = notes.split("fn code(").nth(1).expect("the codes");
    let arms = arms.split("\n    }\n").next().expect("their match");
    let mut codes: Vec<&str> = arms.split('"').skip(1).step_by(2).collect();
    codes.sort();
    codes.dedup();
    assert!(codes.len() > 20, "{codes:?}");
    let readme = read("README.md");
    for code in codes {
        assert!(
            readme.contains(&format!("`{code}`")),
            "{code} is not in the README"
        );
    }
}
