//! Tencent's SDK file, tccli's profiles, roles.

use certcheck::credentials::Exposure;

use crate::machine::Machine;

fn tccli(variables: &[(&str, &str)]) -> Machine {
    let names = [
        "default",
        "corp",
        "role",
        "machine",
        "oauth",
        "sso-ended",
        "vault",
    ];
    names.iter().fold(Machine::new(variables), |machine, name| {
        let file = format!("{name}.credential");
        machine.copy(
            &format!("/home/me/.tccli/{file}"),
            &format!("tencent/{file}"),
        )
    })
}

#[test]
fn the_sdk_file_is_read_literally_and_before_the_machines() {
    let own = "/home/me/.tencentcloud/credentials";
    let shared = "/etc/tencentcloud/credentials";
    let other = "[default]\nsecret_id=other\nsecret_key=other\ntoken=t\n";
    let found = Machine::new(&[])
        .copy(own, "tencent/credentials")
        .file(shared, other);
    let key = found.search("tencent").key();
    assert_eq!(
        key.at,
        "the section [default] in ~/.tencentcloud/credentials"
    );
    assert_eq!(key.secret, "CANARY%(x)s#tencentSdk00000001");
    let key = Machine::new(&[])
        .file(shared, other)
        .search("tencent")
        .key();
    assert_eq!(
        (key.id.as_str(), key.token.as_deref()),
        ("other", Some("t"))
    );
    let named = [("TENCENTCLOUD_CREDENTIALS_FILE", "/named")];
    let message = Machine::new(&named)
        .file(shared, other)
        .search("tencent")
        .message();
    assert!(message.contains("/named cannot be used"), "{message}");
    let half = Machine::new(&[]).file(own, "[default]\r\nsecret_id=a\r\n");
    assert!(
        half.search("tencent")
            .message()
            .contains("secret_key is not")
    );
    for text in ["= x", "[default"] {
        let message = Machine::new(&[])
            .file(own, text)
            .search("tencent")
            .message();
        assert!(
            message.contains("it is not an INI file"),
            "{text}: {message}"
        );
    }
    let other_section =
        Machine::new(&[]).file(own, "secret_id=a\nsecret_key=b\n[x]\nsecret_id=c\n");
    assert!(
        other_section
            .search("tencent")
            .message()
            .contains("no key found")
    );
}

#[test]
fn tccli_has_a_file_a_profile() {
    let key = tccli(&[]).search("tencent").key();
    assert_eq!(key.at, "~/.tccli/default.credential");
    assert_eq!(key.secret, "CANARYtencentTccli000000000002");
    for machine in [
        tccli(&[]).profile("corp"),
        tccli(&[("TCCLI_PROFILE", "corp")]),
        tccli(&[("TENCENTCLOUD_PROFILE", "corp")]),
    ] {
        let key = machine.search("tencent").key();
        assert_eq!(key.token.as_deref(), Some("CANARYtencentCorpToken0000004"));
    }
    let folder = [("TENCENTCLOUD_SHARED_CREDENTIALS_DIR", "/shared")];
    let elsewhere =
        Machine::new(&folder).copy("/shared/default.credential", "tencent/corp.credential");
    assert!(
        elsewhere
            .search("tencent")
            .id()
            .starts_with("AKIDfixtureCorp")
    );
    let oauth = tccli(&[]).profile("oauth").search("tencent").key();
    assert_eq!(
        oauth.token.as_deref(),
        Some("CANARYtencentOauthToken000007")
    );
}

#[test]
fn a_profile_that_is_of_no_use_stops_the_search_with_its_reason() {
    let ended = tccli(&[]).profile("sso-ended").search("tencent").error();
    assert!(
        ended.message.contains("ended at 2026-11-22T08:00:00Z"),
        "{}",
        ended.message
    );
    assert!(ended.hint().contains("tccli"));
    let vault = tccli(&[]).profile("vault").search("tencent").message();
    assert!(vault.contains("its type is vault"), "{vault}");
    let gone = tccli(&[]).profile("gone").search("tencent").message();
    assert!(
        gone.ends_with("looked for ~/.tccli/gone.credential"),
        "{gone}"
    );
}

#[test]
fn roles_are_asked_for_with_what_they_need() {
    let id = ("TENCENTCLOUD_SECRET_ID", "id");
    let key = ("TENCENTCLOUD_SECRET_KEY", "key");
    let role = ("TENCENTCLOUD_ROLE_ARN", "qcs::cam::uin/1:roleName/reader");
    let other = (
        "TENCENTCLOUD_ASSUME_ROLE_ARN",
        "qcs::cam::uin/1:roleName/other",
    );
    let pod = [
        ("TKE_REGION", "ap-guangzhou"),
        ("TKE_PROVIDER_ID", "tke"),
        ("TKE_WEB_IDENTITY_TOKEN_FILE", "/token"),
        ("TKE_ROLE_ARN", "qcs::cam::uin/1:roleName/reader"),
    ];
    let differ = Machine::new(&[id, key, role, other])
        .search("tencent")
        .message();
    assert!(differ.contains("are both set, and differ"), "{differ}");
    let missing = Machine::new(&pod[..3]).search("tencent").message();
    assert!(missing.contains("TKE_ROLE_ARN is not"), "{missing}");
    assert!(
        tccli(&pod[..1])
            .search("tencent")
            .id()
            .starts_with("AKIDfixtureTccli")
    );
    const HOST: &str = "https://sts.tencentcloudapi.com";
    let pod = Machine::new(&pod).file("/token", "header.payload.signature");
    for (machine, asked, host) in [
        (Machine::new(&[id, key, role]), "AssumeRole of ", HOST),
        (Machine::new(&[id, key, other]), "AssumeRole of ", HOST),
        (pod, "AssumeRoleWithWebIdentity of ", HOST),
        (tccli(&[]).profile("role"), "AssumeRole of ", HOST),
        (
            tccli(&[]).profile("machine"),
            "this machine's role",
            "http://metadata.tencentyun.com",
        ),
        (
            tccli(&[id, key]).instance_role("reader"),
            "this machine's role reader ",
            "http://metadata.tencentyun.com",
        ),
    ] {
        let remote = machine.search("tencent").remote();
        assert!(remote.starts_with(asked), "{remote}");
        assert!(remote.ends_with(&format!(" at {host}")), "{remote}");
    }
}

#[test]
fn what_a_profile_says_of_where_has_to_make_sense() {
    let with = |text: &str| tccli(&[]).file("/home/me/.tccli/default.configure", text);
    let good = tccli(&[]).copy(
        "/home/me/.tccli/default.configure",
        "tencent/default.configure",
    );
    assert!(good.search("tencent").id().starts_with("AKIDfixtureTccli"));
    for (text, why) in [
        ("[]", "it is not a JSON object"),
        (
            r#"{"ssl":{"endpoint":"http://ssl.example.com"}}"#,
            "plain http",
        ),
        (
            r#"{"ssl":{"endpoint":"ssl.example.com/path"}}"#,
            "it has a path",
        ),
        (
            r#"{"_sys_param":{"region":"a/b"}}"#,
            "is not the name of a region",
        ),
    ] {
        let outcome = with(text).search("tencent");
        let message = outcome.found.expect_err("it is told").message;
        assert!(message.contains(why), "{message}");
        assert!(message.contains("~/.tccli/default.configure"), "{message}");
    }
}

#[test]
fn u12_only_the_file_that_a_secret_was_read_from_is_told_of() {
    let open = |files: &[&str]| {
        let settings = "tencent/default.configure";
        let machine = tccli(&[]).copy("/home/me/.tccli/default.configure", settings);
        let machine = machine.open("/home/me/.tccli", Exposure::Own);
        files.iter().fold(machine, |machine, file| {
            machine.open(&format!("/home/me/.tccli/{file}"), Exposure::Own)
        })
    };
    let settings = open(&["default.configure"]).search("tencent");
    assert_eq!(settings.warnings, [""; 0]);
    assert!(settings.id().starts_with("AKIDfixtureTccli"));
    let both = open(&["default.configure", "default.credential"]).search("tencent");
    assert_eq!(
        both.warnings,
        ["others can read ~/.tccli/default.credential, which has a key in it"]
    );
}
