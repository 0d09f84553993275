//! Whose key an account is asked with, for each way to say so; the environment changes none of them.

use certcheck::sandbox::{Emulator, Sandbox};
use serde_json::{Value, json};

use crate::support::sandbox::frozen;
use crate::support::world::FakeWorld;

/// A file with one account and one check of an id that is well.
pub fn text(sandbox: &Sandbox, service: &'static Emulator, credentials: &str) -> String {
    let (name, endpoint) = (service.name, sandbox.endpoint(service));
    let (id, more) = match service.name {
        "mpush" => ("335799001", "environment = \"production\""),
        "esa" => (
            "baba39055622c008b90285a8838ed09a",
            "site_id = 1234567890123",
        ),
        "huawei" => ("scs1700000000001", ""),
        "tencent" => ("sbxValid", ""),
        "pbx" => ("1", ""),
        name => panic!("{name}: not known to this test"),
    };
    let credentials = match credentials {
        "" => String::new(),
        said => format!("credentials = {said}"),
    };
    format!(
        "[accounts.a]\nprovider = \"{name}\"\nendpoint = \"{endpoint}\"\n{credentials}\n\
         [[checks]]\nname = \"c\"\naccount = \"a\"\nids = [\"{id}\"]\n{more}\n"
    )
}

/// The status of the only row, or its error.
pub fn came(world: &FakeWorld) -> String {
    let json = world.run("check --json").json();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let status = text(&json["certificates"][0]["status"]);
    status
        .or_else(|| text(&json["errors"][0]["message"]))
        .unwrap_or_else(|| panic!("neither: {json}"))
}

/// A key file or what a helper prints, in the plainest form.
pub fn object(variables: &[(&str, &str)]) -> String {
    let names = ["id", "secret", "token"];
    let members = names.into_iter().zip(variables);
    let members = members.map(|(name, (_, value))| (name.to_owned(), json!(value)));
    Value::Object(members.collect()).to_string()
}

#[test]
fn the_key_of_each_provider_is_found_in_each_way() {
    for service in Emulator::all() {
        let sandbox = frozen(&[]);
        for keys in [service.credentials(), service.temporary_credentials()] {
            let ways: [(&str, FakeWorld); 4] = [
                (
                    "{ env_prefix = \"\" }",
                    FakeWorld::of_user().variables(keys.clone()),
                ),
                (
                    "{ env_prefix = \"X1_\" }",
                    FakeWorld::of_user().variables(
                        keys.iter()
                            .map(|(name, value)| (format!("X1_{name}").leak() as &str, *value)),
                    ),
                ),
                (
                    "{ file = \"keys/a.json\" }",
                    FakeWorld::of_user()
                        .file("/home/me/.config/certcheck/keys/a.json", object(&keys)),
                ),
                (
                    "{ command = [\"/bin/get-key\"] }",
                    FakeWorld {
                        helper_output: Some(Ok(object(&keys).into_bytes())),
                        ..FakeWorld::of_user()
                    },
                ),
            ];
            for (said, around) in ways {
                let mut world = FakeWorld::with_config(text(&sandbox, service, said));
                world.files.extend(around.files);
                world.variables.extend(around.variables);
                world.helper_output = around.helper_output;
                assert_eq!(came(&world), "OK", "{service:?}: {said}");
            }
        }
    }
}

#[test]
fn a_value_of_a_prefix_can_be_in_a_file_and_half_a_pair_is_told_by_its_own_name() {
    let sandbox = frozen(&[]);
    let keys = Emulator::TENCENT.credentials();
    let world =
        FakeWorld::with_config(text(&sandbox, Emulator::TENCENT, "{ env_prefix = \"X_\" }"))
            .variables([("X_TENCENTCLOUD_SECRET_ID", keys[0].1)])
            .variables([("X_TENCENTCLOUD_SECRET_KEY_FILE", "/secret")])
            .file("/secret", keys[1].1);
    assert_eq!(came(&world), "OK");
    let half = FakeWorld::with_config(text(&sandbox, Emulator::TENCENT, "{ env_prefix = \"X_\" }"))
        .variables(keys)
        .variables([("X_TENCENTCLOUD_SECRET_ID", "AKIDother")]);
    let expected =
        "half a key pair: X_TENCENTCLOUD_SECRET_ID is set, X_TENCENTCLOUD_SECRET_KEY is not";
    assert_eq!(came(&half), expected);
}

#[test]
fn a_credential_of_the_service_manager_is_found_under_the_prefix_too() {
    let sandbox = frozen(&[]);
    let keys = Emulator::TENCENT.credentials();
    let world =
        FakeWorld::with_config(text(&sandbox, Emulator::TENCENT, "{ env_prefix = \"X_\" }"))
            .variables([("CREDENTIALS_DIRECTORY", "/run/c")])
            .file("/run/c/X_TENCENTCLOUD_SECRET_ID", keys[0].1)
            .file("/run/c/x_tencentcloud_secret_key", keys[1].1)
            // Another account's.
            .file("/run/c/TENCENTCLOUD_SECRET_KEY", "another");
    assert_eq!(came(&world), "OK");
}

const OWN: &str = "/home/me/.tencentcloud/credentials";

#[test]
fn without_a_word_of_credentials_the_vendors_own_files_are_read_and_nothing_else() {
    let sandbox = frozen(&[]);
    let keys = Emulator::TENCENT.credentials();
    let world = FakeWorld::with_config(text(&sandbox, Emulator::TENCENT, ""))
        .variables(keys.clone())
        .variables([
            ("TENCENTCLOUD_CREDENTIALS_FILE", "/elsewhere"),
            ("TCCLI_PROFILE", "other"),
            ("CREDENTIALS_DIRECTORY", "/run/c"),
        ])
        .file(
            "/elsewhere",
            "[default]\nsecret_id=AKIDelsewhere\nsecret_key=elsewhere\n",
        )
        .file("/run/c/TENCENTCLOUD_SECRET_KEY", "elsewhere");
    let outcome = world.run("check --json").json();
    let error = &outcome["errors"][0];
    assert_eq!(
        error["message"],
        "no key found: looked for ~/.tencentcloud/credentials or /etc/tencentcloud/credentials; \
         then ~/.tccli/default.credential"
    );
    let hint = error["hint"].as_str().expect("a hint");
    assert!(
        hint.contains("`credentials = { env_prefix = \"\" }`"),
        "{hint}"
    );
    assert!(sandbox.seen().is_empty());

    let own = format!(
        "[default]\nsecret_id={}\nsecret_key={}\n",
        keys[0].1, keys[1].1
    );
    assert_eq!(came(&world.file(OWN, own)), "OK");
}

#[test]
fn a_profile_is_the_only_place_and_no_variable_stands_in_for_it() {
    let sandbox = frozen(&[]);
    let keys = Emulator::TENCENT.credentials();
    let credential = json!({"secretId": keys[0].1, "secretKey": keys[1].1}).to_string();
    let said = text(&sandbox, Emulator::TENCENT, "{ profile = \"corp\" }");
    let world = FakeWorld::with_config(&said)
        .variables([("TENCENTCLOUD_SHARED_CREDENTIALS_DIR", "/elsewhere")])
        .variables(Emulator::TENCENT.temporary_credentials());
    assert_eq!(
        came(&world),
        "no key found: looked for ~/.tccli/corp.credential"
    );
    let world = world.file("/home/me/.tccli/corp.credential", credential);
    assert_eq!(came(&world), "OK");
    let seen = sandbox.seen();
    assert!(
        seen.iter()
            .all(|seen| seen.headers.iter().all(|(name, _)| name != "x-tc-token"))
    );
}

#[test]
fn the_role_of_the_machine_is_asked_for_where_the_file_says_so() {
    let sandbox = frozen(&[]);
    let name = Emulator::TENCENT.role.expect("a role").name;
    for said in [
        "{ instance_role = true }",
        &format!("{{ instance_role = \"{name}\" }}"),
    ] {
        let world = FakeWorld::with_config(text(&sandbox, Emulator::TENCENT, said));
        assert_eq!(came(&world), "OK", "{said}");
    }
    assert!(sandbox.seen().iter().any(|seen| seen.action == "ReadKey"));
}

#[test]
fn nobody_is_asked_at_the_terminal_for_the_key_of_an_account() {
    let sandbox = frozen(&[]);
    let world = FakeWorld::with_config(text(&sandbox, Emulator::PBX, "{ env_prefix = \"X_\" }"));
    let said = came(&world);
    assert_eq!(
        said,
        "no key found: looked for X_CERTCHECK_PBX_CLIENT_ID and X_CERTCHECK_PBX_CLIENT_SECRET"
    );
}

#[test]
fn u18_what_an_account_with_a_prefix_lacks_is_told_with_the_prefix() {
    for service in Emulator::all() {
        let sandbox = frozen(&[]);
        let world = FakeWorld::with_config(text(&sandbox, service, "{ env_prefix = \"LABTWO_\" }"));
        let names: Vec<&str> = service
            .credentials()
            .iter()
            .map(|(name, _)| *name)
            .collect();
        let told = world.run("check").all();
        assert!(
            told.contains("hold their values (LABTWO_"),
            "{service:?}: {told}"
        );
        for name in names {
            let bare = told.matches(name).count();
            let prefixed = told.matches(&format!("LABTWO_{name}")).count();
            assert!(bare == prefixed && bare > 0, "{service:?} {name}: {told}");
        }
    }
}
