//! Keys in variables, in files that they name, and in the folder of the service manager.

use certcheck::credentials::Exposure;

use crate::machine::Machine;

const ID: (&str, &str) = ("TENCENTCLOUD_SECRET_ID", "id");
const KEY: (&str, &str) = ("TENCENTCLOUD_SECRET_KEY", "key");

fn message(variables: &[(&str, &str)]) -> String {
    Machine::new(variables).search("tencent").message()
}

#[test]
fn half_a_pair_stops_the_search() {
    assert!(message(&[ID]).contains("SECRET_KEY is not"));
    assert!(message(&[KEY]).contains("SECRET_ID is not"));
    let blank = [
        ("TENCENTCLOUD_SECRET_ID", " "),
        ("TENCENTCLOUD_SECRET_KEY", ""),
    ];
    let nothing =
        "no key found: looked for TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY; then";
    assert!(message(&blank).starts_with(nothing));
    let half = [
        ("HUAWEICLOUD_SDK_AK", "a"),
        ("HW_ACCESS_KEY", "b"),
        ("HW_SECRET_KEY", "c"),
    ];
    let message = Machine::new(&half).search("huawei").message();
    assert!(message.contains("HUAWEICLOUD_SDK_SK is not"), "{message}");
}

#[test]
fn blanks_are_removed_with_a_warning_that_does_not_show_the_value() {
    let padded = [("TENCENTCLOUD_SECRET_ID", " id\n"), KEY];
    let outcome = Machine::new(&padded).search("tencent");
    let warning = "blanks around the value of TENCENTCLOUD_SECRET_ID were removed";
    assert_eq!(outcome.warnings, [warning]);
    assert_eq!(outcome.id(), "id");
    let message = message(&[ID, ("TENCENTCLOUD_SECRET_KEY", "se cret")]);
    assert!(message.contains("blanks") && !message.contains("se cret"));
}

#[test]
fn a_temporary_key_needs_its_token_and_tokens_must_agree() {
    let alibaba = [
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "STS.x"),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "k"),
    ];
    let error = Machine::new(&alibaba).search("esa").error();
    assert!(error.message.contains("session token is missing"));
    assert_eq!(error.hint(), "set ALIBABA_CLOUD_SECURITY_TOKEN too");
    for name in ["TOKEN", "SESSION_TOKEN", "SECURITY_TOKEN"] {
        let name = format!("TENCENTCLOUD_{name}");
        let key = Machine::new(&[ID, KEY, (&name, "t")])
            .search("tencent")
            .key();
        assert_eq!(key.token.as_deref(), Some("t"), "{name}");
    }
    let two = |second| {
        [
            ID,
            KEY,
            ("TENCENTCLOUD_TOKEN", "t"),
            ("TENCENTCLOUD_SECURITY_TOKEN", second),
        ]
    };
    assert!(message(&two("u")).contains("different tokens"));
    assert_eq!(Machine::new(&two("t")).search("tencent").id(), "id");
    let key = Machine::new(&two(" ")).search("tencent").key();
    assert_eq!(key.token.as_deref(), Some("t"));
}

#[test]
fn a_file_may_hold_the_value() {
    let named = |path| [ID, ("TENCENTCLOUD_SECRET_KEY_FILE", path)];
    let machine = |path| {
        Machine::new(&named(path))
            .file("/key", "from-file\r\n")
            .file("/bom", "\u{feff}from-file")
            .file("/blank", " \n")
            .file("/binary", [0xff, 0])
            .file("/utf16", b"\xff\xfef\0r\0o\0m\0-\0f\0i\0l\0e\0\r\0\n\0")
            .file("/torn", b"\xff\xfef\0r\0o\0m")
    };
    for path in ["/key", "/bom", "/utf16"] {
        let outcome = machine(path).search("tencent");
        assert_eq!(outcome.warnings, [""; 0]);
        assert_eq!(outcome.key().secret, "from-file");
    }
    for (path, why) in [
        ("/blank", "it is empty"),
        ("/binary", "it is not text (not UTF-8"),
        ("/torn", "UTF-16 that ends within a character"),
        ("/gone", "not found"),
    ] {
        let message = machine(path).search("tencent").message();
        assert!(
            message.contains("that TENCENTCLOUD_SECRET_KEY_FILE names"),
            "{message}"
        );
        assert!(message.contains(why), "{message}");
    }
    let both = [ID, KEY, ("TENCENTCLOUD_SECRET_KEY_FILE", "/key")];
    let both = Machine::new(&both).file("/key", "x").search("tencent");
    assert!(both.message().contains("both set"));
}

#[test]
fn a_key_file_that_others_can_read_is_refused_unless_the_user_cannot_help_it() {
    let named = [ID, ("TENCENTCLOUD_SECRET_KEY_FILE", "/key")];
    let machine = |exposure| {
        Machine::new(&named)
            .file("/key", "x")
            .open("/key", exposure)
    };
    let error = machine(Exposure::Own).search("tencent").error();
    assert_eq!(error.hint(), "run: chmod 600 /key");
    let outcome = machine(Exposure::OwnReadOnly).search("tencent");
    let warning = "others can read the file that TENCENTCLOUD_SECRET_KEY_FILE names";
    assert_eq!(outcome.warnings, [warning]);
    assert!(outcome.found.is_ok());
}

#[test]
fn the_service_manager_may_hold_the_value_under_the_variables_name_in_either_case() {
    let folder = (
        "CREDENTIALS_DIRECTORY",
        "/run/credentials/certcheck.service",
    );
    let path = |name: &str| format!("{}/{name}", folder.1);
    let machine = Machine::new(&[folder])
        .file(&path("TENCENTCLOUD_SECRET_ID"), "id")
        .file(&path("tencentcloud_secret_key"), "key\n");
    let key = machine.search("tencent").key();
    assert_eq!((key.id.as_str(), key.secret.as_str()), ("id", "key"));

    let beside = Machine::new(&[folder, ID]).file(&path("TENCENTCLOUD_SECRET_KEY"), "key");
    assert_eq!(beside.search("tencent").id(), "id");
    let twice = Machine::new(&[folder, ID, KEY]).file(&path("TENCENTCLOUD_SECRET_KEY"), "other");
    let message = twice.search("tencent").message();
    assert!(
        message.contains("service manager are both set"),
        "{message}"
    );
    let empty = Machine::new(&[folder, ID]).file(&path("TENCENTCLOUD_SECRET_KEY"), "\n");
    assert!(empty.search("tencent").message().contains("it is empty"));
}
