//! The whole way from a file of a vendor's tool to a judged certificate; the sandbox verifies each signature.

use std::path::Path;

use certcheck::sandbox::Emulator;
use serde_json::json;

use crate::support::binary::*;
use crate::support::commands::ask_without_keys;
use crate::support::sandbox::*;

fn write(home: &Path, below: &str, text: &str) {
    let path = home.join(below);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, text).expect("a file");
}

/// A file of each tool with a key that the sandbox knows.
fn files() -> [(&'static Emulator, &'static str, String); 6] {
    let pair = |service: &'static Emulator| {
        let keys = service.credentials();
        (keys[0].1, keys[1].1)
    };
    let (alibaba, tencent, huawei) = (
        pair(Emulator::ESA),
        pair(Emulator::TENCENT),
        pair(Emulator::HUAWEI),
    );
    let koocli = |(id, secret)| json!({"name": "x", "accessKeyId": id, "secretAccessKey": secret});
    [
        (
            Emulator::ESA,
            ".aliyun/config.json",
            json!({"current": "x", "profiles": [{"name": "x", "mode": "AK",
                "access_key_id": alibaba.0, "access_key_secret": alibaba.1}]})
            .to_string(),
        ),
        (
            Emulator::MPUSH,
            ".alibabacloud/credentials",
            format!(
                "[default]\ntype = access_key\naccess_key_id = {}\naccess_key_secret = {} # ours\n",
                alibaba.0, alibaba.1
            ),
        ),
        (
            Emulator::TENCENT,
            ".tencentcloud/credentials",
            format!(
                "[default]\r\nsecret_id={}\r\nsecret_key={}\r\n",
                tencent.0, tencent.1
            ),
        ),
        (
            Emulator::TENCENT,
            ".tccli/default.credential",
            json!({"secretId": tencent.0, "secretKey": tencent.1}).to_string(),
        ),
        (
            Emulator::HUAWEI,
            ".huaweicloud/credentials",
            format!("[global]\nak = {}\nsk = {}\n", huawei.0, huawei.1),
        ),
        (
            Emulator::HUAWEI,
            ".hcloud/config.json",
            json!({"current": "x", "authEncrypt": "false", "profiles": [koocli(huawei)]})
                .to_string(),
        ),
    ]
}

#[test]
fn a_key_of_every_tool_signs_what_the_service_accepts_and_its_file_stays_as_it_is() {
    let sandbox = sandbox(&[]);
    each(&files(), |(service, below, text)| {
        let home = tempfile::tempdir().expect("a folder");
        write(home.path(), below, text);
        let run = ask_without_keys(&sandbox, service, &[good(service)]);
        let report = run.env("HOME", home.path()).json();
        assert_eq!(report.certificate()["status"], "OK", "{below}: {report:?}");
        let after = std::fs::read_to_string(home.path().join(below)).expect("a text");
        assert_eq!(after, *text, "{below}");
        let files = std::fs::read_dir(home.path()).expect("a folder").count();
        assert_eq!(files, 1, "{below}");
    });
}

#[test]
fn a_key_of_a_file_that_the_service_repeats_is_taken_out() {
    // Repeats what it was sent, in every form.
    let sandbox = sandbox(&["repeat"]);
    each(&files(), |(service, below, text)| {
        let home = tempfile::tempdir().expect("a folder");
        write(home.path(), below, text);
        let run = ask_without_keys(&sandbox, service, &[good(service)]);
        let output = run.env("HOME", home.path()).with(&["-vv"]).go();
        for (_, value) in service.credentials() {
            let said = format!("{}{}", output.stdout, output.stderr);
            assert!(!said.contains(value), "{below}: {output:?}");
        }
        assert!(output.stdout.contains('…'), "{below}: {output:?}");
    });
}

#[test]
fn a_profile_of_tccli_says_where_too_unless_the_user_does() {
    let (here, elsewhere) = (sandbox(&[]), sandbox(&[]));
    let home = tempfile::tempdir().expect("a folder");
    let keys = Emulator::TENCENT.credentials();
    let credential = json!({"secretId": keys[0].1, "secretKey": keys[1].1});
    let settings = json!({
        "_sys_param": {"region": "ap-guangzhou"},
        "ssl": {"endpoint": here.endpoint(Emulator::TENCENT)},
    });
    write(home.path(), ".tccli/x.credential", &credential.to_string());
    write(home.path(), ".tccli/x.configure", &settings.to_string());
    let ask = || certcheck(["tencent", "--profile", "x", "--id", good(Emulator::TENCENT)]);
    let report = ask().env("HOME", home.path()).json();
    let place = here.endpoint(Emulator::TENCENT);
    let place = place.strip_prefix("http://").expect("plain http");
    assert_eq!(report.certificate()["scope"], place);
    let seen = here.seen();
    let region = seen[0]
        .headers
        .iter()
        .find(|(name, _)| name == "x-tc-region");
    assert_eq!(
        region.map(|(_, value)| value.as_str()),
        Some("ap-guangzhou")
    );

    let typed = elsewhere.endpoint(Emulator::TENCENT);
    let report = ask()
        .with(&["--endpoint", &typed])
        .env("HOME", home.path())
        .json();
    assert_eq!(report.certificate()["status"], "OK");
    assert_eq!((here.seen().len(), elsewhere.seen().len()), (1, 1));
}
