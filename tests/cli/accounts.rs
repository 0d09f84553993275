//! Accounts of a config file that are one account to the service.

use certcheck::sandbox::Emulator;

use crate::support::binary::certcheck;
use crate::support::sandbox::sandbox;

#[test]
fn a_refused_key_is_tried_once_however_many_accounts_have_it() {
    let sandbox = sandbox(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    let endpoint = sandbox.endpoint(Emulator::HUAWEI);
    let accounts = ["one", "two", "three"].map(|name| {
        format!(
            "[accounts.{name}]\nprovider = \"huawei\"\nendpoint = \"{endpoint}\"\ncredentials = {{ env_prefix = \"\" }}\n\
             [[checks]]\nname = \"check {name}\"\naccount = \"{name}\"\nids = [\"scs1700000000001\"]\n"
        )
    });
    let file = folder.path().join("config.toml");
    std::fs::write(&file, accounts.concat()).expect("a file");
    let report = certcheck(["check", "--config"])
        .with(&[&file])
        .env("HUAWEICLOUD_SDK_AK", "HUAWEISANDBOXLONG001")
        .env("HUAWEICLOUD_SDK_SK", "wrong-secret-0001")
        .json();
    assert_eq!(report.errors().len(), 3, "{report:?}");
    for error in report.errors() {
        assert_eq!(error["kind"], "credentials", "{error}");
    }
    assert_eq!(sandbox.seen().len(), 1);
}
