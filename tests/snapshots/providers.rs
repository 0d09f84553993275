//! `certcheck providers`: what it shows with nothing set up, with everything, and as JSON. Nothing is sent: the world of
//! these scenes has no network, and the endpoints are the real ones.

use certcheck::adapters::REGISTRY;

use crate::scene::Scene;
use crate::support::snapshot::same;
use crate::support::world::Output;

const KEYS: [(&str, &str); 8] = [
    ("HOME", "/home/me"),
    ("TENCENTCLOUD_SECRET_ID", "AKIDexample01"),
    ("TENCENTCLOUD_SECRET_KEY", "hush-hush-hush"),
    ("CERTCHECK_PBX_CLIENT_ID", "exampleClient"),
    ("CERTCHECK_PBX_CLIENT_SECRET", " hush-hush-hush"),
    ("CERTCHECK_PBX_BASE_URL", "https://192.0.2.1:8088"),
    ("CERTCHECK_TENCENT_SITE", "cn"),
    ("CERTCHECK_ESA_REGION", "ap-southeast-1"),
];

fn shown(line: &str, variables: &[(&str, &str)]) -> Output {
    let outcome = Scene::of(line).with(variables).run();
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{line}");
    for secret in [
        "hush",
        "CANARY",
        "AKIDexample01",
        "exampleClient",
        "LTAI5tFixture",
    ] {
        assert!(
            !outcome.stdout.contains(secret),
            "{line}: {}",
            outcome.stdout
        );
    }
    outcome
}

#[test]
fn what_people_see() {
    let mut text = String::new();
    for (line, variables) in [
        ("providers", &[][..]),
        ("providers", &KEYS),
        ("providers esa --profile sso-ended", &KEYS),
        ("providers alibaba-esa --profile sts", &KEYS),
        ("providers tencent --profile corp", &KEYS[..1]),
        ("providers tencent -o json", &KEYS),
    ] {
        let outcome = shown(line, variables);
        text.push_str(&format!("$ certcheck {line}\n{}\n", outcome.stdout));
    }
    same("providers.txt", &text);
}

#[test]
fn every_provider_is_in_the_document_with_a_policy_that_grants_reading_alone() {
    let document = shown("providers --json", &KEYS).stdout;
    let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    let lines = shown("providers -o ndjson", &KEYS).stdout;
    let lines: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(document["providers"], serde_json::Value::from(lines));
    for (provider, shown) in REGISTRY
        .iter()
        .zip(document["providers"].as_array().expect("a list"))
    {
        assert_eq!(shown["name"], provider.name);
        let actions = shown["policy"]
            .pointer("/Statement/0/Action")
            .or(shown["policy"].pointer("/statement/0/action"));
        match provider
            .permission()
            .and_then(|permission| permission.policy)
        {
            None => assert_eq!(shown["policy"], serde_json::Value::Null),
            Some(_) => {
                let actions = actions.expect("actions").as_array().expect("a list");
                assert!(!actions.is_empty());
                for action in actions {
                    let action = action.as_str().expect("a name");
                    let (_, call) = action.rsplit_once(':').expect("a service");
                    let reads = ["Describe", "Get", "List", "Check", "get", "list"];
                    assert!(reads.iter().any(|word| call.starts_with(word)), "{action}");
                    // Tencent's call with that name hands out private keys.
                    assert!(!call.ends_with("Detail") && !call.contains('*'), "{action}");
                    assert!(provider.guide.contains(action), "{action}");
                }
            }
        }
    }
}

#[test]
fn nobody_is_asked_anything_and_a_broken_place_is_shown_as_one() {
    let state = |line: &str, variables: &[(&str, &str)]| {
        let shown = shown(&format!("{line} --json"), variables).stdout;
        let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
        shown["providers"][0]["key"]["state"]
            .as_str()
            .expect("a word")
            .to_owned()
    };
    assert_eq!(state("providers pbx", &[]), "none");
    assert_eq!(state("providers pbx --profile x", &[]), "none");
    assert_eq!(state("providers pbx", &KEYS), "found");
    assert_eq!(state("providers pbx", &KEYS[..4]), "broken");
    assert_eq!(state("providers huawei", &KEYS[..1]), "broken");
}
