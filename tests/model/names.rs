//! Names: their spellings, the wildcards that cover them, and the suffixes that no wildcard may stand on.

use certcheck::model::names::{canonical, readable, wildcard_for};
use certcheck::model::suffixes::is_public_suffix;

#[test]
fn a20_spellings_of_one_name_are_one() {
    for (text, one) in [
        ("shop.example.com", "shop.example.com"),
        ("Shop.EXAMPLE.com.", "shop.example.com"),
        (" shop.example.com ", "shop.example.com"),
        ("shop.bücher.example", "shop.xn--bcher-kva.example"),
        ("shop.BÜCHER.example.", "shop.xn--bcher-kva.example"),
        ("shop.bu\u{308}cher.example", "shop.xn--bcher-kva.example"),
        ("shop.XN--BCHER-KVA.example", "shop.xn--bcher-kva.example"),
        ("*.bücher.example", "*.xn--bcher-kva.example"),
        ("www。公司。cn。", "www.xn--55qx5d.cn"),
        ("ｓｈｏｐ.example", "shop.example"),
        ("10.0.0.1", "10.0.0.1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        // What is no DNS name keeps its form, but for the case.
        ("Example Root CA", "example root ca"),
        ("Prüf Zertifikat/1", "prüf zertifikat/1"),
        ("www。例子。中国。", "www.xn--fsqu00a.xn--fiqs8s"),
        ("192.0.2.7", "192.0.2.7"),
        ("1", "1"),
        ("xn--\u{7f}.example", "xn--\u{7f}.example"),
        ("", ""),
        (".", ""),
    ] {
        assert_eq!(canonical(text), one, "{text}");
        assert_eq!(canonical(&canonical(text)), one, "{text}");
    }
    assert_ne!(canonical("straße.example"), canonical("strasse.example"));
}

#[test]
fn a20_a_name_can_be_read_in_its_own_letters() {
    for (text, one) in [
        ("shop.XN--bcher-kva.example.", "shop.bücher.example"),
        ("BÜCHER.example", "bücher.example"),
        ("xn--55qx5d.cn", "公司.cn"),
        ("b?cher.Example", "b?cher.example"),
        ("2001:DB8::1", "2001:db8::1"),
    ] {
        assert_eq!(readable(text), one, "{text}");
    }
}

#[test]
fn a29_a_wildcard_stands_for_one_label_of_a_host_name() {
    for (name, wildcard) in [
        ("shop.example.com", Some("*.example.com")),
        ("a.shop.example.com", Some("*.shop.example.com")),
        ("xn--bcher-kva.example.com", Some("*.example.com")),
        ("_acme.example.com", Some("*.example.com")),
        // The base has two labels at least.
        ("example.com", None),
        ("localhost", None),
        ("", None),
        // No addresses, in whatever form.
        ("127.0.0.1", None),
        ("1.127.0.0.1", None),
        ("2001:db8::1", None),
        ("::ffff:127.0.0.1", None),
        ("[::1].example.com", None),
        // No wildcard, no mail address, no URL, no empty label.
        ("*.example.com", None),
        ("f*.example.com", None),
        ("user@mail.example.com", None),
        ("https://www.example.com", None),
        (".example.com", None),
        ("shop..com", None),
        ("my shop.example.com", None),
        ("shop.*.example.com", None),
    ] {
        assert_eq!(wildcard_for(name).as_deref(), wildcard, "{name}");
    }
}

#[test]
fn a29_suffixes_are_those_of_the_icann_part() {
    for suffix in [
        "co.uk",
        "com.cn",
        "com.hk",
        "gov.cn",
        "xn--55qx5d.cn",
        "k12.ak.us",
        "anything.ck",
        "c.mm",
        "other.kobe.jp",
        "sch.uk.",
        "x.sch.uk",
    ] {
        // `sch.uk` itself has no rule but that of what stands below it.
        let expected = suffix != "sch.uk.";
        assert_eq!(
            is_public_suffix(suffix.trim_end_matches('.')),
            expected,
            "{suffix}"
        );
    }
    for name in [
        "example.com",
        "example.co.uk",
        "www.ck",
        "city.kobe.jp",
        "a.b.mm",
        "example.invalid",
        // The private part does not count.
        "uk.com",
        "github.io",
        "blogspot.com",
        "s3.amazonaws.com",
    ] {
        assert!(!is_public_suffix(name), "{name}");
    }
}

/// The vectors of the list's own project: a name, and the domain in it that can be registered; none where the name is a
/// suffix.
#[test]
fn a29_the_lists_own_vectors_hold() {
    let vectors = include_str!("../../fixtures/public_suffix/test_psl.txt");
    let mut judged = 0;
    for line in vectors
        .lines()
        .filter(|line| line.starts_with("checkPublicSuffix("))
    {
        let quoted: Vec<&str> = line.split('\'').collect();
        let (Some(name), registered) = (quoted.get(1), quoted.get(3)) else {
            continue;
        };
        let own = canonical(name);
        // One label is no base of a wildcard, a leading dot no name, and `uk.com` stands in the private part.
        if !own.contains('.') || own.starts_with('.') || own == "uk.com" {
            continue;
        }
        let is_registered = registered.map(|domain| canonical(domain));
        match is_registered {
            None => assert!(is_public_suffix(&own), "{line}"),
            Some(domain) => {
                assert!(!is_public_suffix(&own), "{line}");
                assert!(!is_public_suffix(&domain), "{line}");
                let parent = domain
                    .split_once('.')
                    .map(|(_, parent)| parent)
                    .expect("a domain");
                let private = parent == "uk.com" || parent == "example";
                if parent.contains('.')
                    && !private
                    && domain != "www.ck"
                    && domain != "city.kobe.jp"
                {
                    assert!(is_public_suffix(parent), "{line}: {parent}");
                }
            }
        }
        judged += 1;
    }
    assert!(judged > 50, "{judged}");
}
