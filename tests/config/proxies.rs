//! Which proxies can be said, in a flag, a variable and the file; and that no refusal repeats a password.

use certcheck::sandbox::Emulator;

use crate::support::sandbox::frozen;
use crate::support::world::FakeWorld;

const SOCKS: &str = "SOCKS proxies are not supported";
const NEITHER: &str = "it is neither an http:// nor an https:// URL with a host";

const REFUSED: &[(&str, &str)] = &[
    ("socks5://u:hunter2@h:1", SOCKS),
    ("SOCKS4a://h", SOCKS),
    ("ftp://u:hunter2@h:1", NEITHER),
    ("http://", NEITHER),
    ("http://u:hunter2@:1", NEITHER),
    ("u:hunter2@", NEITHER),
    ("file:///hunter2", NEITHER),
    ("http://h:hunter2", NEITHER),
    ("http://[::hunter2", NEITHER),
    ("hunter2:hunter2", NEITHER),
];

const TAKEN: &[&str] = &[
    "proxy.example:3128",
    "proxy",
    "http://proxy.example",
    "HTTPS://proxy.example:3128/",
    "u:hunter2@proxy.example",
    "http://[::1]:3128",
];

fn file(url: &str) -> String {
    format!("[accounts.a]\nprovider = \"tencent\"\nproxy = \"{url}\"\n")
}

#[test]
fn only_http_proxies_with_a_host_are_taken() {
    for (url, why) in REFUSED {
        let outcome = FakeWorld::with_config(file(url)).run("config check");
        assert_eq!(
            outcome.mistakes(),
            [format!("3:1: `proxy`: {why}")],
            "{url}"
        );
        assert!(
            outcome
                .stderr
                .contains("hint: write proxy = \"http://host:3128\"")
        );
        assert!(!outcome.all().contains("hunter2"), "{outcome:?}");

        let variable = FakeWorld::with_config("").variables([("CERTCHECK_TENCENT_PROXY", *url)]);
        let outcome = variable.run("tencent --id a");
        let expected = format!("CERTCHECK_TENCENT_PROXY: {why}");
        assert_eq!(
            (outcome.code, outcome.mistakes()),
            (3, vec![expected]),
            "{url}"
        );
        let hint = "hint: write CERTCHECK_TENCENT_PROXY=http://host:3128";
        assert!(outcome.stderr.contains(hint), "{outcome:?}");
        assert!(!outcome.all().contains("hunter2"), "{outcome:?}");

        let outcome = FakeWorld::with_config("").run(&format!("tencent --id a --proxy {url}"));
        assert_eq!(outcome.code, 3, "{outcome:?}");
        assert!(
            outcome.stderr.starts_with("error: --proxy: "),
            "{outcome:?}"
        );
        if !url.contains('@') {
            assert_eq!(outcome.mistakes(), [format!("--proxy: {why}")]);
            assert!(
                outcome
                    .stderr
                    .contains("hint: write --proxy http://host:3128")
            );
        }
        assert!(!outcome.all().contains("hunter2"), "{outcome:?}");
    }
}

#[test]
fn a_missing_scheme_means_http() {
    for url in TAKEN {
        assert_eq!(
            FakeWorld::with_config(file(url)).run("config check").code,
            0,
            "{url}"
        );
        let shown = FakeWorld::with_config(
            file(url) + "[[checks]]\nname = \"c\"\naccount = \"a\"\nids = [\"a\"]\n",
        )
        .run("config show");
        assert_eq!(shown.code, 0, "{url}");
        let host = ["proxy.example:", "proxy:80", "[::1]:3128"];
        assert!(
            host.iter().any(|host| shown.stdout.contains(host)),
            "{shown:?}"
        );
        assert!(!shown.all().contains("hunter2"), "{shown:?}");
    }
}

#[test]
fn a18_a_host_that_no_proxy_names_is_asked_directly_and_its_error_names_no_proxy() {
    let sandbox = frozen(&[]);
    let place = sandbox.endpoint(Emulator::TENCENT);
    // The same port by an address that is not taken for this machine's own.
    let place = place.replace("127.0.0.1", "0.0.0.0");
    let port = place.rsplit(':').next().expect("a port").to_owned();
    let proxy = [("http_proxy", "http://127.0.0.1:1")];
    let world = || {
        FakeWorld::with_config("")
            .variables(Emulator::TENCENT.credentials())
            .variables(proxy)
    };
    let line =
        |place: &str| format!("tencent --id sbxValid --json --allow-http --endpoint {place}");
    for list in [
        "*",
        "0.0.0.0",
        "other.example, 0.0.0.0/8",
        &format!("0.0.0.0:{port}"),
    ] {
        for name in ["NO_PROXY", "no_proxy"] {
            let outcome = world().variables([(name, list)]).run(&line(&place));
            assert_eq!(outcome.code, 0, "{list}: {outcome:?}");
            let outcome = world()
                .variables([(name, list)])
                .run(&line("http://0.0.0.0:1"));
            // Where only a port is excepted the other one is not.
            let through = outcome.stdout.contains("through the proxy");
            assert_eq!(through, list.ends_with(&port), "{list}: {outcome:?}");
        }
    }
    for list in ["", "other.example", "0.0.0.0:1"] {
        let outcome = world().variables([("NO_PROXY", list)]).run(&line(&place));
        assert_eq!(outcome.code, 3, "{list}: {outcome:?}");
        assert!(
            outcome.stdout.contains("through the proxy 127.0.0.1:1"),
            "{outcome:?}"
        );
    }
}
