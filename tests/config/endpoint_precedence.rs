//! Where a command asks when a flag and the variable for the endpoint both say something: a flag always counts first.

use certcheck::sandbox::{Emulator, Sandbox};

use crate::support::listener::ClosedPort;
use crate::support::sandbox::frozen;
use crate::support::world::{FakeWorld, Output};

/// A command line of every provider, and the flags that choose its host beside `--endpoint`.
const JOBS: [(&Emulator, &str, &[&str]); 5] = [
    (
        Emulator::MPUSH,
        "mpush --app-key 335799001 --environment production",
        &[],
    ),
    (
        Emulator::ESA,
        "esa --site-id 1234567890123 --id baba39055622c008b90285a8838ed09a",
        &["--region cn-hangzhou"],
    ),
    (
        Emulator::PBX,
        "pbx --id 1",
        &["--base-url https://pbx.example.com"],
    ),
    (
        Emulator::HUAWEI,
        "huawei --id scs1700000000001",
        &["--region cn-north-4", "--region eu-west-101"],
    ),
    (
        Emulator::TENCENT,
        "tencent --id sbxValid",
        &["--site cn", "--site intl"],
    ),
];

fn variable(service: &'static Emulator) -> String {
    format!("CERTCHECK_{}_ENDPOINT", service.name.to_uppercase())
}

fn world(service: &'static Emulator, endpoint: &str) -> FakeWorld {
    let name = variable(service);
    let world = FakeWorld::with_config("").variables(service.credentials());
    world.variables([(name.as_str(), endpoint)])
}

/// The endpoint that a command would be rehearsed at.
fn authority(sandbox: &Sandbox, service: &'static Emulator) -> String {
    sandbox.endpoint(service).replace("http://", "")
}

fn first(outcome: &Output) -> serde_json::Value {
    let json = outcome.json();
    let row = json["certificates"].get(0).or(json["errors"].get(0));
    row.unwrap_or_else(|| panic!("{outcome:?}")).clone()
}

#[test]
fn u03_a_rehearsal_with_a_flag_for_another_host_is_refused_and_nothing_is_sent() {
    let sandbox = frozen(&[]);
    for (service, job, flags) in JOBS {
        let endpoint = ["--endpoint https://gateway.example.com"];
        for flag in flags.iter().chain(&endpoint) {
            for format in ["", " --json", " -o ndjson", " -q"] {
                let world = world(service, &sandbox.endpoint(service));
                let outcome = world.run(&format!("{job} {flag}{format}"));
                let (name, flag) = (variable(service), flag.split(' ').next().expect("a flag"));
                assert_eq!(
                    (outcome.code, outcome.stdout.as_str()),
                    (3, ""),
                    "{outcome:?}"
                );
                let said = format!(
                    "error: {name} names this machine, as for a rehearsal, and {flag} asks https://"
                );
                assert!(outcome.stderr.starts_with(&said), "{outcome:?}");
                let hint = format!("unset the variable, or leave out {flag}");
                assert!(outcome.stderr.contains(&hint), "{outcome:?}");
            }
        }
    }
    assert!(sandbox.seen().is_empty(), "{:?}", sandbox.seen());
}

#[test]
fn u03_a_flag_beats_a_variable_and_one_line_says_so() {
    let (sandbox, other) = (frozen(&[]), "https://gateway.example.com");
    for (service, job, _) in JOBS {
        let mut flags = vec!["--endpoint"];
        flags.extend((service == Emulator::PBX).then_some("--base-url"));
        for flag in flags {
            for format in ["", " --json", " -o ndjson"] {
                let place = sandbox.endpoint(service);
                let outcome = world(service, other).run(&format!("{job} {flag} {place}{format}"));
                assert_eq!(outcome.code, 0, "{outcome:?}");
                let line = format!(
                    "warning: {} has no effect: {flag} says where to ask\n",
                    variable(service)
                );
                assert_eq!(outcome.stderr, line, "{outcome:?}");
            }
        }
    }
    let seen = sandbox.seen();
    assert!(seen.len() >= JOBS.len() * 3, "{seen:?}");
}

#[test]
fn u03_a_flag_for_the_host_beats_a_variable_that_is_no_rehearsal() {
    // Nothing leaves this machine: a proxy that refuses everything stands before it.
    let closed = ClosedPort::new();
    let proxy = closed.url();
    for (service, job, flags) in JOBS {
        for flag in flags {
            let name = format!("CERTCHECK_{}_PROXY", service.name.to_uppercase());
            let world = world(service, "https://gateway.example.com")
                .variables([(name.as_str(), proxy.as_str())]);
            let outcome = world.run(&format!("{job} {flag} --json"));
            let flag = flag.split(' ').next().expect("a flag");
            let line = format!(
                "warning: {} has no effect: {flag} says where to ask\n",
                variable(service)
            );
            assert_eq!(outcome.stderr, line, "{outcome:?}");
            let error = first(&outcome);
            let message = error["message"].as_str().unwrap_or_default();
            assert!(!message.contains("gateway.example.com"), "{error}");
            assert!(message.contains("through the proxy"), "{error}");
        }
    }
}

#[test]
fn u03_a_variable_that_says_the_same_as_the_flag_is_not_told() {
    let sandbox = frozen(&[]);
    for (service, job, _) in JOBS {
        let place = sandbox.endpoint(service);
        let outcome = world(service, &place).run(&format!("{job} --endpoint {place}/ --json"));
        assert_eq!(
            (outcome.code, outcome.stderr.as_str()),
            (0, ""),
            "{outcome:?}"
        );
    }
}

#[test]
fn u03_scope_and_the_log_say_that_an_endpoint_came_from_a_variable() {
    let sandbox = frozen(&[]);
    for (service, job, _) in JOBS {
        let place = sandbox.endpoint(service);
        let (name, here) = (variable(service), authority(&sandbox, service));
        let by_variable = world(service, &place).run(&format!("{job} --json -v"));
        assert_eq!(by_variable.code, 0, "{by_variable:?}");
        let scope = match service.name {
            "esa" => format!("site 1234567890123 at {here} ({name})"),
            _ => format!("{here} ({name})"),
        };
        assert_eq!(
            first(&by_variable)["scope"],
            scope.as_str(),
            "{by_variable:?}"
        );
        let line = format!("{} is asked at {place}, as {name} says\n", service.name);
        assert!(by_variable.stderr.contains(&line), "{by_variable:?}");

        let by_flag = FakeWorld::with_config("").variables(service.credentials());
        let by_flag = by_flag.run(&format!("{job} --endpoint {place} --json -v"));
        assert!(!by_flag.all().contains(&name), "{by_flag:?}");

        // An error is about the same place.
        let failed = world(service, "http://127.0.0.1:1").run(&format!("{job} --json"));
        assert_eq!(failed.code, 3);
        let scope = first(&failed)["scope"].clone();
        let scope = scope.as_str().unwrap_or_default();
        assert!(
            scope.ends_with(&format!("127.0.0.1:1 ({name})")),
            "{failed:?}"
        );
    }
}

#[test]
fn u03_everything_of_an_account_has_that_scope_too() {
    let sandbox = frozen(&[]);
    for (service, line) in [
        (Emulator::ESA, "esa --all --json"),
        (Emulator::TENCENT, "tencent --all --json"),
        (Emulator::PBX, "pbx --all --json"),
        (Emulator::HUAWEI, "huawei --all --json"),
        (Emulator::MPUSH, "mpush --all --json"),
    ] {
        let outcome = world(service, &sandbox.endpoint(service)).run(line);
        let json = outcome.json();
        let rows = json["certificates"].as_array().expect("rows");
        assert!(!rows.is_empty(), "{outcome:?}");
        for row in rows {
            let scope = row["scope"].as_str().unwrap_or_default();
            assert!(
                scope.ends_with(&format!("({})", variable(service))),
                "{row}"
            );
        }
    }
}

#[test]
fn u03_saved_answers_know_no_endpoint() {
    let json = r#"{"CertificateId":"abc","Status":1,"CertEndTime":"2090-01-01 00:00:00"}"#;
    let world = world(Emulator::TENCENT, "http://127.0.0.1:1").file("/a.json", json);
    let outcome = world.run("tencent --from /a.json --site cn --json");
    assert_eq!(outcome.stderr, "", "{outcome:?}");
    assert_eq!(first(&outcome)["scope"], "cn", "{outcome:?}");
}

#[test]
fn u17_a_region_that_nobody_knows_is_a_mistake_with_suggestions() {
    for (region, suggested) in [
        ("mars", "me-east-1"),
        ("cn-north-44", "cn-north-4"),
        ("cn-nroth-4", "cn-north-4"),
        ("eu-west-0", "eu-west-101"),
        ("eu-west-1019", "eu-west-101"),
        ("ap-southeast-11", "ap-southeast-1"),
        ("cn-", "cn-east-2"),
    ] {
        for said in ["--json", "--from /a.json", "--all"] {
            let line = match said {
                "--json" => format!("huawei --id a --region {region} --json"),
                other => format!("huawei {other} --region {region}"),
            };
            let outcome = FakeWorld::with_config("").file("/a.json", "{}").run(&line);
            assert_eq!(
                (outcome.code, outcome.stdout.as_str()),
                (3, ""),
                "{outcome:?}"
            );
            let message = format!("error: --region: `{region}` is not a known region");
            assert!(outcome.stderr.starts_with(&message), "{outcome:?}");
            assert!(outcome.stderr.contains(suggested), "{outcome:?}");
            assert!(outcome.stderr.contains("--endpoint"), "{outcome:?}");
        }
        let of_variable =
            FakeWorld::with_config("").variables([("CERTCHECK_HUAWEI_REGION", region)]);
        let outcome = of_variable.run("huawei --id a --json");
        assert!(
            outcome.stderr.contains("is not a known region"),
            "{outcome:?}"
        );
    }
}

#[test]
fn u17_with_an_endpoint_any_region_goes_and_a_known_one_chooses_the_site() {
    let sandbox = frozen(&[]);
    let place = sandbox.endpoint(Emulator::HUAWEI);
    let world = FakeWorld::with_config("").variables(Emulator::HUAWEI.credentials());
    let outcome = world.run(&format!(
        "huawei --id scs1700000000001 --region mars --endpoint {place}"
    ));
    assert_eq!(outcome.code, 0, "{outcome:?}");
    for (region, site) in [
        ("cn-south-1", "cn-north-4"),
        ("ap-southeast-3", "ap-southeast-1"),
        ("la-north-2", "ap-southeast-1"),
        ("my-kualalumpur-1", "my-kualalumpur-1"),
        ("eu-west-101", "eu-west-101"),
    ] {
        let json = "{\"id\":\"scs1\",\"status\":\"EXPIRED\"}";
        let world = FakeWorld::with_config("").file("/a.json", json);
        let outcome = world.run(&format!("huawei --from /a.json --region {region} --json"));
        assert_eq!(first(&outcome)["scope"], site, "{outcome:?}");
    }
}

#[test]
fn u17_an_account_of_the_config_file_is_told_too() {
    let text = "[accounts.a]\nprovider = \"huawei\"\nregion = \"mars\"\ncredentials = { env_prefix = \"\" }\n\n\
                [[checks]]\nname = \"c\"\naccount = \"a\"\nids = [\"scs1\"]\n";
    let outcome = FakeWorld::with_config(text).run("config check");
    assert_eq!(outcome.code, 3, "{outcome:?}");
    assert!(outcome.stderr.contains(":3:"), "{outcome:?}");
    assert!(outcome.stderr.contains("region"), "{outcome:?}");
}
