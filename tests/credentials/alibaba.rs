//! Alibaba's variables with their aliases, the CLI's profiles, the packages' INI file; the same for both providers.

use certcheck::credentials::Exposure;

use crate::machine::{Key, Machine};

const CONFIG: &str = "/home/me/.aliyun/config.json";

fn cli(variables: &[(&str, &str)]) -> Machine {
    Machine::new(variables).copy(CONFIG, "alibaba/config.json")
}

fn ini(name: &str) -> Machine {
    Machine::new(&[("ALIBABA_CLOUD_PROFILE", name)]).copy(
        "/home/me/.alibabacloud/credentials.ini",
        "alibaba/credentials.ini",
    )
}

fn key(at: &str, id: &str, secret: &str, token: Option<&str>) -> Key {
    Key {
        at: at.to_owned(),
        id: id.to_owned(),
        secret: secret.to_owned(),
        token: token.map(str::to_owned),
        remote: None,
    }
}

#[test]
fn aliases_are_read_in_their_order_and_never_mixed() {
    let sets = [
        (
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
            "ALIBABA_CLOUD_SECURITY_TOKEN",
        ),
        (
            "ALIBABACLOUD_ACCESS_KEY_ID",
            "ALIBABACLOUD_ACCESS_KEY_SECRET",
            "ALIBABACLOUD_SECURITY_TOKEN",
        ),
        (
            "ALICLOUD_ACCESS_KEY_ID",
            "ALICLOUD_ACCESS_KEY_SECRET",
            "ALICLOUD_SECURITY_TOKEN",
        ),
        (
            "ALICLOUD_ACCESS_KEY",
            "ALICLOUD_SECRET_KEY",
            "ALICLOUD_SECURITY_TOKEN",
        ),
        ("ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN"),
    ];
    for (place, (id, secret, token)) in sets.into_iter().enumerate() {
        let mut variables = vec![(id, "one"), (secret, "key"), (token, "token")];
        for (id, secret, _) in &sets[place + 1..] {
            variables.extend([(*id, "other"), (*secret, "other")]);
        }
        let found = Machine::new(&variables).search("mpush").key();
        assert_eq!(
            found,
            key(&format!("{id} and {secret}"), "one", "key", Some("token"))
        );
        let half = [(id, "one"), ("ACCESS_KEY_SECRET", "other")];
        if id != "ACCESS_KEY_ID" {
            let message = Machine::new(&half).search("esa").message();
            assert!(message.contains(&format!("{secret} is not")), "{message}");
        }
    }
}

#[test]
fn the_cli_has_a_key_for_each_mode_that_holds_one() {
    let at = |name: &str| format!("the profile `{name}` in ~/.aliyun/config.json");
    for (name, id, secret, token) in [
        (
            "default",
            "LTAI5tFixtureDefault",
            "CANARYalibabaDefault00000001",
            None,
        ),
        (
            "sts",
            "STS.NFixtureSts",
            "CANARYalibabaSts0000000000002",
            Some("CANARYalibabaToken+/=0002"),
        ),
        (
            "inferred",
            "LTAI5tFixtureInferred",
            "CANARYalibabaInferred000004",
            None,
        ),
        (
            "padded",
            "LTAI5tFixturePadded",
            "CANARYalibabaPadded0000005",
            None,
        ),
        (
            "sso",
            "STS.NFixtureSso",
            "CANARYalibabaSso00000000008",
            Some("CANARYalibabaSsoToken0000009"),
        ),
        (
            "oauth",
            "STS.NFixtureOauth",
            "CANARYalibabaOauthKey000016",
            Some("CANARYalibabaOauthToken00017"),
        ),
    ] {
        let found = cli(&[]).profile(name).search("esa").key();
        assert_eq!(found, key(&at(name), id, secret, token));
        let by_variable = cli(&[("ALIBABA_CLOUD_PROFILE", name)]).search("mpush");
        assert_eq!(by_variable.id(), id);
    }
    // `current` names it.
    assert_eq!(cli(&[]).search("esa").id(), "LTAI5tFixtureDefault");
    let warnings = cli(&[]).profile("padded").search("esa").warnings;
    assert_eq!(warnings.len(), 2, "{warnings:?}");
}

#[test]
fn a_profile_that_is_of_no_use_stops_the_search_with_its_reason() {
    for (name, why) in [
        (
            "half",
            "access_key_id is set, access_key_secret is not (in the profile `half` in ~/.aliyun/config.json)",
        ),
        ("sts-without-token", "sts_token is missing"),
        ("twice", "access_key_secret is not one text"),
        (
            "sso-ended",
            "its temporary key ended at 2026-11-22T08:00:00Z",
        ),
        ("sso-new", "sts_expiration is missing"),
        (
            "chain",
            "its mode is ChainableRamRoleArn, which certcheck cannot use",
        ),
        ("rsa", "its mode is RsaKeyPair"),
        ("external", "its mode is External"),
        ("uri", "its mode is CredentialsURI"),
        ("bearer", "its mode is BearerToken"),
        ("anonymous", "its mode is Anonymous"),
    ] {
        let message = cli(&[]).profile(name).search("esa").message();
        assert!(message.contains(why), "{name}: {message}");
    }
    let ended = cli(&[]).profile("sso-ended").search("esa").error();
    assert!(ended.hint().contains("aliyun CLI"), "{}", ended.hint());
    for text in ["", "[]", "{\"current\":", "\u{0}"] {
        let message = Machine::new(&[]).file(CONFIG, text).search("esa").message();
        assert!(
            message.contains("~/.aliyun/config.json cannot be used"),
            "{text}: {message}"
        );
    }
}

#[test]
fn an_empty_profile_or_none_of_that_name_is_nothing() {
    let fresh = cli(&[("ALIBABA_CLOUD_PROFILE", "fresh")]).search("esa");
    assert!(fresh.message().contains("the profile `fresh` in"));
    let message = cli(&[]).profile("gone").search("esa").message();
    let both = "looked for the profile `gone` in ~/.aliyun/config.json; then the section [gone] in";
    assert!(message.contains(both), "{message}");
    assert!(
        !message.contains("ALIBABA_CLOUD_ACCESS_KEY_ID"),
        "{message}"
    );
}

#[test]
fn the_cli_file_can_be_elsewhere_or_switched_off_and_come_from_windows() {
    let elsewhere = [("ALIBABA_CLOUD_CONFIG_FILE", "/etc/aliyun.json")];
    let machine = || Machine::new(&elsewhere);
    let found = machine()
        .copy("/etc/aliyun.json", "alibaba/bom.json")
        .search("esa");
    assert_eq!(found.id(), "LTAI5tFixtureBom");
    assert!(
        machine()
            .search("esa")
            .message()
            .contains("there is no such file")
    );
    for off in [
        "ALIBABA_CLOUD_CLI_PROFILE_DISABLED",
        "ALIBABA_CLOUD_IGNORE_PROFILE",
    ] {
        assert!(cli(&[(off, "TRUE")]).search("esa").message().contains(off));
        assert_eq!(
            cli(&[(off, "TRUE")]).profile("sts").search("esa").id(),
            "STS.NFixtureSts"
        );
        assert_eq!(
            cli(&[(off, "false")]).search("esa").id(),
            "LTAI5tFixtureDefault"
        );
    }
}

#[test]
fn an_ini_section_has_a_key_and_comments_behind_it() {
    let found = ini("default").search("esa").key();
    let at = "the section [default] in ~/.alibabacloud/credentials.ini";
    assert_eq!(
        found,
        key(
            at,
            "LTAI5tFixtureIni",
            "CANARYalibabaIni0000000000024",
            None
        )
    );
    assert_eq!(ini("untyped").search("mpush").id(), "LTAI5tFixtureUntyped");
    assert!(
        ini("half")
            .search("esa")
            .message()
            .contains("access_key_id is not")
    );
    assert!(
        ini("rsa")
            .search("esa")
            .message()
            .contains("its type is rsa_key_pair")
    );
    // Go reads the one without an ending, and so does this, first.
    let both = ini("default").file(
        "/home/me/.alibabacloud/credentials",
        "[default]\ntype=access_key\naccess_key_id=go\naccess_key_secret=x\n",
    );
    assert_eq!(both.search("esa").id(), "go");
}

#[test]
fn roles_are_asked_for_with_what_they_need() {
    let token =
        |machine: Machine| machine.file("/var/run/secrets/token", "header.payload.signature\n");
    let pod = [
        (
            "ALIBABA_CLOUD_ROLE_ARN",
            "acs:ram::1000000000000001:role/reader",
        ),
        (
            "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
            "acs:ram::1:oidc-provider/ack",
        ),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/var/run/secrets/token"),
    ];
    let missing = Machine::new(&pod[..2]).search("esa").message();
    assert!(
        missing.contains("ALIBABA_CLOUD_OIDC_TOKEN_FILE is not"),
        "{missing}"
    );
    let gone = Machine::new(&pod).search("esa").message();
    assert!(gone.contains("there is no such file"), "{gone}");
    // A role alone is another tool's.
    assert_eq!(cli(&pod[..1]).search("esa").id(), "LTAI5tFixtureDefault");
    const POD: &str =
        "AssumeRoleWithOIDC of acs:ram::1000000000000001:role/reader at https://sts.aliyuncs.com";
    const ROLE: &str = "AssumeRole of acs:ram::1000000000000001:role/reader at https://sts";
    const MACHINE: &str = "this machine's role reader at http://100.100.100.200";
    for (machine, asked) in [
        (token(Machine::new(&pod)), POD),
        (cli(&[]).profile("role"), ROLE),
        (cli(&[]).profile("machine"), MACHINE),
        (token(cli(&[]).profile("pod")), POD),
        (ini("machine"), MACHINE),
        (ini("role"), ROLE),
        (token(ini("pod")), POD),
        (
            cli(&[]).instance_role(""),
            "this machine's role at http://100.100.100.200",
        ),
        (cli(&[]).instance_role("reader"), MACHINE),
        (
            Machine::new(&[("ALIBABA_CLOUD_ECS_METADATA", "reader")]),
            MACHINE,
        ),
    ] {
        let remote = machine.search("esa").remote();
        assert!(remote.starts_with(asked), "{remote}");
    }
    let inner = [("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED", "true")];
    let remote = cli(&inner).profile("role").search("esa").remote();
    assert!(
        remote.ends_with(" at https://sts-vpc.cn-hangzhou.aliyuncs.com"),
        "{remote}"
    );
}

#[test]
fn another_tools_file_is_refused_for_nothing_and_told_of_where_others_can_reach_it() {
    let open = |folder| {
        cli(&[])
            .open(CONFIG, Exposure::Own)
            .open("/home/me/.aliyun", folder)
    };
    assert_eq!(open(Exposure::None).search("esa").warnings, [""; 0]);
    let outcome = open(Exposure::Own).search("esa");
    assert_eq!(
        outcome.warnings,
        ["others can read ~/.aliyun/config.json, which has a key in it"]
    );
    assert_eq!(outcome.id(), "LTAI5tFixtureDefault");
}

#[test]
fn u12_a_profile_without_a_key_is_not_told_of() {
    let open = cli(&[])
        .open(CONFIG, Exposure::Own)
        .open("/home/me/.aliyun", Exposure::Own);
    let machine = open.profile("machine").search("esa");
    assert_eq!(machine.warnings, [""; 0]);
    machine.remote();
}
