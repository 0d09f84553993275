//! Key files: the spellings that are taken, and what is refused, without a word of what stands in them.

use certcheck::sandbox::Emulator;

use crate::credentials::{came, text};
use crate::support::sandbox::frozen;
use crate::support::utf16::{utf16_be, utf16_le};
use crate::support::world::FakeWorld;
use certcheck::credentials::Exposure;

const PATH: &str = "/home/me/.config/certcheck/key.json";

/// Starts every message about the file.
const SHOWN: &str = "the key file /home/me/.config/certcheck/key.json cannot be used: ";

#[test]
fn every_spelling_of_a_key_is_taken() {
    let sandbox = frozen(&[]);
    let keys = Emulator::TENCENT.temporary_credentials();
    let [id, secret, token] = [keys[0].1, keys[1].1, keys[2].1];
    let world =
        FakeWorld::with_config(text(&sandbox, Emulator::TENCENT, "{ file = \"key.json\" }"));
    for names in [
        ["id", "secret", "token"],
        ["access_key_id", "access_key_secret", "sts_token"],
        ["AccessKeyId", "AccessKeySecret", "SecurityToken"],
        ["AccessKeyId", "SecretAccessKey", "SessionToken"],
        ["SecretId", "SecretKey", "Token"],
        ["secretId", "secretKey", "token"],
        ["client_id", "client_secret", "security_token"],
    ] {
        for end in [
            "",
            ",\"expiration\":\"2999-01-01T00:00:00Z\"",
            ",\"Expiration\":\"2999-01-01T00:00:00.000+08:00\"",
            ",\"expiration\":9999999999,\"mode\":\"StsToken\",\"Version\":1,\"other\":[{}]",
            ",\"expiration\":\"9999999999\"",
            ",\"expiration\":null",
        ] {
            let [a, b, c] = names;
            let object = format!(
                "\u{feff} {{\"{a}\":\"{id}\",\"{b}\":\"{secret}\",\"{c}\":\"{token}\"{end}}}\n"
            );
            assert_eq!(came(&world.clone().file(PATH, &object)), "OK", "{object}");
        }
    }
}

/// What a file holds, and what is said of it.
const USELESS: &[(&str, &str)] = &[
    ("", "it is not one JSON object"),
    ("canary", "it is not one JSON object"),
    ("[\"canary\"]", "it is not one JSON object"),
    (
        "{\"id\":\"canary\",\"secret\":\"canary\"} canary",
        "it is not one JSON object",
    ),
    (
        "{\"id\":\"canary\",\"id\":\"canary\",\"secret\":\"canary\"}",
        "it has id and id",
    ),
    (
        "{\"id\":\"canary\",\"SecretId\":\"canary\",\"secret\":\"canary\"}",
        "it has id and SecretId",
    ),
    ("{\"id\":1,\"secret\":\"canary\"}", "id is not a text"),
    (
        "{\"id\":\"canary\",\"secret\":[\"canary\"]}",
        "secret is not a text",
    ),
    ("{\"id\":\"\",\"secret\":\" \"}", "it has no key in it"),
    ("{\"user\":\"canary\"}", "it has no key in it"),
    (
        "{\"token\":\"canary\"}",
        "it has a token only, and this provider takes none alone",
    ),
    (
        "{\"id\":\"canary\",\"secret\":\"canary\",\"mode\":\"RamRoleArn\"}",
        "its mode is neither AK nor StsToken",
    ),
    (
        "{\"id\":\"canary\",\"secret\":\"canary\",\"expiration\":\"canary\"}",
        "its expiration is no moment",
    ),
    (
        "{\"id\":\"canary\",\"secret\":\"canary\",\"expiration\":\"2020-01-01T00:00:00Z\"}",
        "its key ended at 2020-01-01T00:00:00Z",
    ),
    (
        "{\"id\":\"canary\",\"secret\":\"canary\",\"Expiration\":1577836800}",
        "its key ended at 2020-01-01T00:00:00Z",
    ),
];

#[test]
fn what_cannot_be_used_is_told_without_any_of_it() {
    let sandbox = frozen(&[]);
    let world =
        FakeWorld::with_config(text(&sandbox, Emulator::TENCENT, "{ file = \"key.json\" }"));
    for (object, expected) in USELESS {
        let world = world.clone().file(PATH, object);
        assert_eq!(came(&world), format!("{SHOWN}{expected}"), "{object}");
        let outcome = world.run("check --json -vv");
        assert!(!outcome.all().contains("canary"), "{outcome:?}");
    }
    for (object, expected) in [
        (
            "{\"id\":\"canary\"}",
            "half a key pair: id is set, secret is not",
        ),
        (
            "{\"secret\":\"canary\",\"token\":\"canary\"}",
            "half a key pair: secret is set, id is not",
        ),
        (
            "{\"id\":\"can ary\",\"secret\":\"canary\"}",
            "the value of id in",
        ),
    ] {
        let said = came(&world.clone().file(PATH, object));
        assert!(
            said.starts_with(expected) && !said.contains("canary"),
            "{said}"
        );
    }
    assert!(came(&world).starts_with(SHOWN), "not there");
    assert!(sandbox.seen().is_empty());
}

#[test]
fn a_key_that_is_of_no_use_is_a_secret_all_the_same() {
    let sandbox = frozen(&[]);
    let pasted = text(&sandbox, Emulator::TENCENT, "{ file = \"key.json\" }");
    let pasted = pasted.replace("sbxValid", "hunter2hunter2");
    for rest in ["\"expiration\":1", "\"mode\":\"RamRoleArn\""] {
        let object = format!("{{\"id\":\"a\",\"secret\":\"hunter2hunter2\",{rest}}}");
        let outcome = FakeWorld::with_config(&pasted)
            .file(PATH, object)
            .run("check --json");
        assert_eq!(outcome.json()["errors"][0]["id"], "[secret]", "{outcome:?}");
    }
}

#[test]
fn one_that_others_can_read_is_refused_with_what_to_run() {
    let sandbox = frozen(&[]);
    let object = crate::credentials::object(&Emulator::TENCENT.credentials());
    let mut world = FakeWorld::with_config(text(
        &sandbox,
        Emulator::TENCENT,
        "{ file = \"~/key.json\" }",
    ));
    world
        .exposure
        .insert("/home/me/key.json".into(), Exposure::Own);
    let json = world
        .file("/home/me/key.json", object)
        .run("check --json")
        .json();
    let error = &json["errors"][0];
    assert_eq!(error["hint"], "run: chmod 600 /home/me/key.json");
    assert_eq!(error["kind"], "credentials");
    assert!(sandbox.seen().is_empty());
}

#[test]
fn a_token_alone_is_a_key_where_the_provider_takes_one() {
    let sandbox = frozen(&[]);
    let world = FakeWorld::with_config(text(&sandbox, Emulator::HUAWEI, "{ file = \"key.json\" }"));
    let world = world.file(PATH, "{\"token\":\"a-ready-token\"}");
    let said = came(&world);
    let seen = sandbox.seen();
    let tokens = seen.iter().flat_map(|seen| &seen.headers);
    let token = tokens.into_iter().find(|(name, _)| name == "x-auth-token");
    assert_eq!(
        token.map(|(_, value)| value.as_str()),
        Some("a-ready-token"),
        "{said}"
    );
}

#[test]
fn a_temporary_key_of_alibaba_is_no_key_without_its_token() {
    let sandbox = frozen(&[]);
    let keys = Emulator::ESA.temporary_credentials();
    let object = crate::credentials::object(&keys[..2]);
    let world = FakeWorld::with_config(text(&sandbox, Emulator::ESA, "{ file = \"key.json\" }"));
    let said = came(&world.file(PATH, object));
    assert!(said.contains("its session token is missing"), "{said}");
    assert!(sandbox.seen().is_empty());
}

#[test]
fn what_a_service_repeats_of_it_is_taken_out() {
    let sandbox = frozen(&["repeat"]);
    for service in Emulator::all() {
        let keys = service.temporary_credentials();
        let world = FakeWorld::with_config(text(&sandbox, service, "{ file = \"key.json\" }"));
        let outcome = world
            .file(PATH, crate::credentials::object(&keys))
            .run("check --json -vv");
        for (_, value) in keys {
            assert!(!outcome.all().contains(value), "{service:?}: {outcome:?}");
        }
        let errors = outcome.json()["errors"].as_array().map(Vec::len);
        assert_eq!(errors, Some(1), "{service:?}");
    }
}

#[test]
fn f04_utf_16_is_read_in_the_config_file_in_key_files_and_from_helpers() {
    let sandbox = frozen(&[]);
    let keys = Emulator::TENCENT.credentials();
    let object = format!(
        "{{\"id\":\"{}\",\"secret\":\"{}\"}}\r\n",
        keys[0].1, keys[1].1
    );
    let in_file = text(&sandbox, Emulator::TENCENT, "{ file = \"key.json\" }");
    let by_helper = text(
        &sandbox,
        Emulator::TENCENT,
        "{ command = [\"/bin/get-key\"] }",
    );
    for utf16 in [utf16_le, utf16_be] {
        let world = FakeWorld::with_config(utf16(&in_file.replace('\n', "\r\n")));
        assert_eq!(came(&world.file(PATH, utf16(&object))), "OK");
        let world = FakeWorld {
            helper_output: Some(Ok(utf16(&object))),
            ..FakeWorld::with_config(utf16(&by_helper))
        };
        assert_eq!(came(&world), "OK");
    }
    // Half a character, and a byte too few: what is wrong is said, and nothing of the file.
    for end in [&b"\0\xd8\n\0"[..], b"c"] {
        let torn = [utf16_le(&object), end.to_vec()].concat();
        let said = came(&FakeWorld::with_config(in_file.as_str()).file(PATH, &torn));
        assert!(said.starts_with(SHOWN) && said.contains("UTF-16"), "{said}");
        let outcome = FakeWorld::with_config(&torn).run("config check");
        let [mistake] = &outcome.mistakes()[..] else {
            panic!("{outcome:?}");
        };
        assert!(
            mistake.contains("this is not text: ") && mistake.contains("UTF-16"),
            "{mistake}"
        );
        assert!(!outcome.all().contains(keys[1].1));
    }
}
