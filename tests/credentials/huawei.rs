//! Huawei's SDK file, KooCLI's profiles, a ready token.

use crate::machine::Machine;

const CONFIG: &str = "/home/me/.hcloud/config.json";

fn koocli(fixture: &str) -> Machine {
    Machine::new(&[]).copy(CONFIG, &format!("huawei/{fixture}"))
}

#[test]
fn the_sdk_file_has_classes_for_sections() {
    let own = "/home/me/.huaweicloud/credentials";
    let key = Machine::new(&[])
        .copy(own, "huawei/credentials")
        .search("huawei")
        .key();
    assert_eq!(key.at, "the section [global] in ~/.huaweicloud/credentials");
    assert_eq!(key.secret, "CANARY%huawei#Sdk00000000000000000000001");
    assert_eq!(key.token.as_deref(), Some("CANARYhuaweiSdkToken0000002"));
    let named = [("HUAWEICLOUD_SDK_CREDENTIALS_FILE", "/named")];
    let both = "[global]\nak=g\nsk=g\n[basic]\nak=b\nsk=b\n";
    let basic = Machine::new(&named).file("/named", both).search("huawei");
    assert_eq!(basic.id(), "b");
    let half = Machine::new(&named).file("/named", "[basic]\nsk=b\n[global]\nak=g\nsk=g\n");
    assert!(
        half.search("huawei")
            .message()
            .contains("ak is not (in the section [basic]")
    );
}

#[test]
fn koocli_has_profiles_of_which_some_hold_a_key() {
    let key = koocli("config.json").search("huawei").key();
    assert_eq!(key.at, "the profile `default` in ~/.hcloud/config.json");
    assert_eq!((key.id.as_str(), key.token), ("HPUAFIXTUREKOO000003", None));
    let corp = koocli("config.json").profile("corp").search("huawei").key();
    assert_eq!(corp.token.as_deref(), Some("CANARYhuaweiCorpToken000005"));
    let elsewhere = [("HW_SHARED_CONFIG_FILE", "/shared"), ("HW_PROFILE", "corp")];
    let found = Machine::new(&elsewhere).copy("/shared", "huawei/config.json");
    assert_eq!(found.search("huawei").id(), "HPUAFIXTURECORP00004");
    assert_eq!(
        koocli("older.json").search("huawei").id(),
        "HPUAFIXTUREOLDER0006"
    );
    for (name, why) in [
        ("sso", "its mode is SSO"),
        ("token", "its mode is token"),
        ("half", "secretAccessKey is not"),
        (
            "gone",
            "looked for the profile `gone` in ~/.hcloud/config.json",
        ),
    ] {
        let message = koocli("config.json")
            .profile(name)
            .search("huawei")
            .message();
        assert!(message.contains(why), "{message}");
    }
}

#[test]
fn the_agency_of_the_machine_is_asked_where_a_profile_or_the_user_says_so() {
    for machine in [
        koocli("config.json").profile("machine"),
        koocli("config.json").instance_role(""),
    ] {
        assert_eq!(
            machine.search("huawei").remote(),
            "this machine's role at http://169.254.169.254"
        );
    }
}

#[test]
fn an_encrypted_key_is_never_sent_and_the_way_out_is_told() {
    for machine in [
        koocli("encrypted.json"),
        koocli("older.json").profile("cipher"),
    ] {
        let error = machine.search("huawei").error();
        assert!(
            error.message.contains("has encrypted its key"),
            "{}",
            error.message
        );
        assert!(
            error
                .hint()
                .contains("hcloud configure set --cli-auth-encrypt=false")
        );
    }
}

#[test]
fn the_agency_of_a_machine_has_no_name() {
    let named = Machine::new(&[])
        .instance_role("x")
        .search("huawei")
        .error();
    assert!(named.hint().contains("without a name"));
}

#[test]
fn a_ready_token_is_the_last_resort() {
    let token = ("CERTCHECK_HUAWEI_TOKEN", "MIIready");
    let found = Machine::new(&[token]).search("huawei").key();
    assert_eq!(found.at, "CERTCHECK_HUAWEI_TOKEN");
    assert_eq!((found.id.as_str(), found.secret.as_str()), ("", "MIIready"));
    let file = [("CERTCHECK_HUAWEI_TOKEN_FILE", "/token")];
    let found = Machine::new(&file)
        .file("/token", "MIIfile\n")
        .search("huawei")
        .key();
    assert_eq!(found.secret, "MIIfile");
    let first = Machine::new(&[token]).copy(CONFIG, "huawei/config.json");
    assert_eq!(first.search("huawei").id(), "HPUAFIXTUREKOO000003");
}
