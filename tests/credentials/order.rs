//! The order of the search, and what is not looked at.

use crate::machine::Machine;
use crate::support::utf16::utf16_le;

/// A machine on which every place of a provider has something.
fn full(variables: &[(&str, &str)]) -> Machine {
    Machine::new(variables)
        .copy("/home/me/.aliyun/config.json", "alibaba/config.json")
        .copy(
            "/home/me/.alibabacloud/credentials",
            "alibaba/credentials.ini",
        )
        .copy("/home/me/.tencentcloud/credentials", "tencent/credentials")
        .copy(
            "/home/me/.tccli/default.credential",
            "tencent/default.credential",
        )
        .copy("/home/me/.tccli/corp.credential", "tencent/corp.credential")
        .copy("/home/me/.huaweicloud/credentials", "huawei/credentials")
        .copy("/home/me/.hcloud/config.json", "huawei/config.json")
}

const KEYS: [(&str, &str); 6] = [
    ("ALIBABA_CLOUD_ACCESS_KEY_ID", "variable"),
    ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "x"),
    ("TENCENTCLOUD_SECRET_ID", "variable"),
    ("TENCENTCLOUD_SECRET_KEY", "x"),
    ("HUAWEICLOUD_SDK_AK", "variable"),
    ("HUAWEICLOUD_SDK_SK", "x"),
];

#[test]
fn variables_come_first_and_a_typed_profile_before_them() {
    for (provider, in_file, profile, in_profile) in [
        ("esa", "LTAI5tFixtureDefault", "sts", "STS.NFixtureSts"),
        ("mpush", "LTAI5tFixtureDefault", "sts", "STS.NFixtureSts"),
        (
            "tencent",
            "AKIDfixtureSdk000000000000000000001",
            "corp",
            "AKIDfixtureCorp00000000000000000003",
        ),
        (
            "huawei",
            "HPUAFIXTURESDK000001",
            "corp",
            "HPUAFIXTURECORP00004",
        ),
    ] {
        let outcome = full(&KEYS).search(provider);
        assert_eq!(outcome.passed, [""; 0]);
        assert_eq!(outcome.id(), "variable");
        assert_eq!(full(&[]).search(provider).id(), in_file);
        assert_eq!(
            full(&KEYS).profile(profile).search(provider).id(),
            in_profile
        );
        let role = full(&KEYS).instance_role("").search(provider).remote();
        assert!(role.starts_with("this machine's role at http://"), "{role}");
    }
}

#[test]
fn without_a_home_the_files_in_it_are_told_of_and_not_looked_for() {
    for provider in ["esa", "tencent", "huawei"] {
        let message = full(&[("HOME", " ")]).search(provider).message();
        assert!(message.contains("HOME is not set"), "{message}");
    }
    let windows = full(&[("HOME", ""), ("USERPROFILE", "/home/me")]);
    assert_eq!(windows.search("esa").id(), "LTAI5tFixtureDefault");
}

#[test]
fn one_vendors_key_is_nothing_to_another() {
    for (provider, own) in [("esa", 0), ("tencent", 2), ("huawei", 4)] {
        let others: Vec<_> = KEYS
            .into_iter()
            .enumerate()
            .filter(|(place, _)| !(own..own + 2).contains(place))
            .map(|(_, key)| key)
            .collect();
        let message = Machine::new(&others).search(provider).message();
        assert!(message.starts_with("no key found"), "{message}");
    }
}

#[test]
fn f04_files_of_the_vendors_may_be_utf_16() {
    for (provider, path, fixture) in [
        ("esa", ".aliyun/config.json", "alibaba/config.json"),
        (
            "mpush",
            ".alibabacloud/credentials.ini",
            "alibaba/credentials.ini",
        ),
        (
            "tencent",
            ".tencentcloud/credentials",
            "tencent/credentials",
        ),
        (
            "tencent",
            ".tccli/default.credential",
            "tencent/default.credential",
        ),
        ("huawei", ".huaweicloud/credentials", "huawei/credentials"),
        ("huawei", ".hcloud/config.json", "huawei/config.json"),
    ] {
        let path = &format!("/home/me/{path}");
        let plain = Machine::new(&[]).copy(path, fixture).search(provider).key();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/credentials");
        let text = std::fs::read_to_string(folder.join(fixture)).expect("a text");
        let wide = utf16_le(&text);
        let read = Machine::new(&[]).file(path, wide.clone()).search(provider);
        assert_eq!(read.key(), plain, "{fixture}");
        let torn = [&wide[..], b"x"].concat();
        let message = Machine::new(&[])
            .file(path, torn)
            .search(provider)
            .message();
        assert!(
            message.contains("UTF-16 that ends within a character"),
            "{message}"
        );
    }
}
