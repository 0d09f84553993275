//! A key that one address has refused is tried at no other address of its service, by whatever accounts of the file.

use certcheck::sandbox::{Emulator, Sandbox};
use serde_json::{Value, json};

use crate::support::sandbox::{CLOUDS, frozen};
use crate::support::world::{FakeWorld, Output};

/// What is said of each account, by its number.
type Said = fn(usize) -> &'static str;

/// What a check needs beside its ids.
fn asked(service: &'static Emulator) -> &'static str {
    match service.name {
        "mpush" => "ids = [\"335799001\", \"335799005\"]\nenvironment = \"production\"",
        "esa" => {
            "ids = [\"baba39055622c008b90285a8838ed09a\", \"baba39055622c008b90285a8838ed0a6\"]\nsite_id = 1234567890123"
        }
        "huawei" => "ids = [\"scs1700000000001\", \"scs1700000000002\"]",
        "tencent" => "ids = [\"sbxValid\", \"sbxSoon1\"]",
        "pbx" => "ids = [\"1\", \"2\"]",
        name => panic!("{name}: not known to this test"),
    }
}

/// A file with an account at each of these sandboxes, all with the same key; `more` says something of each account.
fn text(
    places: &[Sandbox],
    service: &'static Emulator,
    more: impl Fn(usize) -> &'static str,
) -> String {
    let account = |(number, place): (usize, &Sandbox)| {
        let (name, endpoint) = (service.name, place.endpoint(service));
        format!(
            "[accounts.a{number}]\nprovider = \"{name}\"\nendpoint = \"{endpoint}\"\n{}\n\
             credentials = {{ env_prefix = \"\" }}\n[[checks]]\nname = \"c{number}\"\naccount = \"a{number}\"\n{}\n",
            more(number),
            asked(service)
        )
    };
    places.iter().enumerate().map(account).collect()
}

/// The same with a secret that does not belong to the key.
fn wrong(text: String, service: &'static Emulator) -> FakeWorld {
    let secret = service.credentials()[1].0;
    FakeWorld::with_config(text)
        .variables(service.credentials())
        .variables([(secret, "notTheSecretOfThisKey0123456789x")])
}

fn asked_in_all(places: &[Sandbox]) -> usize {
    places.iter().map(|place| place.seen().len()).sum()
}

fn six() -> Vec<Sandbox> {
    (0..6).map(|_| frozen(&[])).collect()
}

fn errors(outcome: &Output) -> Vec<Value> {
    let json = outcome.json();
    json["errors"].as_array().cloned().unwrap_or_default()
}

#[test]
fn a12_a_key_that_one_address_refused_is_asked_at_no_other() {
    for service in CLOUDS {
        let places = six();
        let outcome = wrong(text(&places, service, |_| ""), service).run("check --json");
        assert_eq!(outcome.code, 3);
        assert_eq!(asked_in_all(&places), 1, "{service:?}: {outcome:?}");
        let by = places.iter().find(|place| !place.seen().is_empty());
        let by = by
            .expect("one was asked")
            .endpoint(service)
            .replace("http://", "");
        let errors = errors(&outcome);
        assert_eq!(errors.len(), 12, "{outcome:?}");
        for error in &errors {
            assert_eq!(error["kind"], "credentials", "{error}");
            let message = error["message"].as_str().expect("a message");
            let own = error["scope"]
                .as_str()
                .is_some_and(|scope| scope.ends_with(&by));
            let elsewhere =
                format!("not asked, since this key was refused at {by} earlier in this run: ");
            let here = "not asked, since this key was refused earlier in this run: ";
            match error["attempts"].as_u64() {
                Some(0) if message.starts_with(here) => {}
                Some(0) => {
                    assert!(message.starts_with(&elsewhere), "{error}");
                    assert!(!own, "{error}");
                }
                _ => assert_eq!(error["attempts"], 1, "{error}"),
            }
        }
        let named = errors.iter().filter(|error| {
            error["message"]
                .to_string()
                .contains(&format!("refused at {by}"))
        });
        assert_eq!(named.count(), 10, "{errors:?}");
    }
}

#[test]
fn a12_with_all_of_each_account_it_is_no_other() {
    for service in CLOUDS {
        let places = six();
        let ids = asked(service).lines().next().expect("ids").to_owned();
        let text = text(&places, service, |_| "").replace(&ids, "all = true");
        let outcome = wrong(text, service).run("check --json");
        assert_eq!(outcome.code, 3, "{outcome:?}");
        assert_eq!(asked_in_all(&places), 1, "{service:?}: {outcome:?}");
    }
}

#[test]
fn a12_the_other_site_the_european_cloud_and_every_pbx_are_asked_once_each() {
    let site = |number| {
        if number % 2 == 0 {
            "site = \"intl\""
        } else {
            "site = \"cn\""
        }
    };
    let region = |number| match number {
        0 => "region = \"eu-west-101\"",
        1 => "region = \"cn-north-4\"",
        2 => "region = \"ap-southeast-1\"",
        3 => "region = \"my-kualalumpur-1\"",
        4 => "region = \"eu-west-101\"",
        _ => "",
    };
    let more: [(&'static Emulator, Said, usize); 3] = [
        (Emulator::TENCENT, site, 2),
        (Emulator::HUAWEI, region, 2),
        (Emulator::PBX, |_| "", 6),
    ];
    for (service, more, expected) in more {
        let places = six();
        let outcome = wrong(text(&places, service, more), service).run("check --json");
        assert_eq!(outcome.code, 3, "{outcome:?}");
        assert_eq!(asked_in_all(&places), expected, "{service:?}: {outcome:?}");
    }
}

#[test]
fn a12_what_is_no_refused_key_stops_no_other_address() {
    for service in CLOUDS {
        let mut places: Vec<Sandbox> = (0..2).map(|_| frozen(&["denied"])).collect();
        places.push(frozen(&["status:500"]));
        places.push(frozen(&[]));
        let text = text(&places, service, |_| "");
        let outcome = FakeWorld::with_config(text)
            .variables(service.credentials())
            .run("check --json");
        let json = outcome.json();
        assert_eq!(
            json["certificates"].as_array().map(Vec::len),
            Some(2),
            "{service:?}: {outcome:?}"
        );
        assert!(
            places.iter().all(|place| !place.seen().is_empty()),
            "{service:?}"
        );
    }
}

#[test]
fn a12_an_address_that_accepted_the_key_goes_on_when_another_refuses_it() {
    let places = [frozen(&[]), frozen(&[])];
    let keys = Emulator::TENCENT.credentials();
    let text = text(&places, Emulator::TENCENT, |_| "");
    // The second account has the same key with another secret.
    let own = "credentials = { env_prefix = \"\" }";
    let (first, second) = text.split_at(text.find("[accounts.a1]").expect("an account"));
    let second = second.replace(own, "credentials = { env_prefix = \"B_\" }");
    let names = [format!("B_{}", keys[0].0), format!("B_{}", keys[1].0)];
    let world = FakeWorld::with_config(format!("{first}{second}"))
        .variables(keys.clone())
        .variables([
            (names[0].as_str(), keys[0].1),
            (names[1].as_str(), "notTheSecretOfThisKey0123456789x"),
        ]);
    let outcome = world.run("check --json --no-listing");
    let json = outcome.json();
    assert_eq!(
        json["certificates"].as_array().map(Vec::len),
        Some(2),
        "{outcome:?}"
    );
    assert_eq!(places[1].seen().len(), 1, "{outcome:?}");
}

/// A profile of the aliyun CLI that takes on a role.
fn profile(number: usize) -> Value {
    let role = Emulator::ESA.role.expect("a role");
    json!({"name": format!("p{number}"), "mode": "RamRoleArn", "access_key_id": Emulator::ESA.credentials()[0].1,
        "access_key_secret": "notTheSecretOfThisKey0123456789x", "ram_role_arn": role.arn,
        "ram_session_name": "s"})
}

#[test]
fn a12_a_key_that_the_token_service_refused_is_not_tried_there_again() {
    let places = six();
    let text = text(&places, Emulator::ESA, |_| "");
    let mut lines = Vec::new();
    let mut number = 0;
    for line in text.lines() {
        if line.starts_with("credentials") {
            lines.push(format!("credentials = {{ profile = \"p{number}\" }}"));
            number += 1;
        } else {
            lines.push(line.to_owned());
        }
    }
    let profiles: Vec<Value> = (0..6).map(profile).collect();
    let profiles = json!({"current": "p0", "profiles": profiles}).to_string();
    let world =
        FakeWorld::with_config(lines.join("\n")).file("/home/me/.aliyun/config.json", profiles);
    let outcome = world.run("check --json");
    assert_eq!(errors(&outcome).len(), 12, "{outcome:?}");
    assert_eq!(asked_in_all(&places), 1, "{outcome:?}");
    assert!(
        outcome
            .stdout
            .contains("not asked, since this key was refused at 127.0.0.1:"),
        "{outcome:?}"
    );
}
