//! What a user may type as an endpoint, for any text.

use certcheck::error::{Error, Kind};
use certcheck::exchange::Endpoint;
use proptest::prelude::*;
use url::Url;

/// What must hold for any text, accepted or not.
fn judge(text: &str, allow_http: bool) -> Result<(), TestCaseError> {
    let endpoint = match Endpoint::parse(text, allow_http) {
        Ok(endpoint) => endpoint,
        Err(error) => {
            prop_assert_eq!(Error::from(error).kind, Kind::Config);
            return Ok(());
        }
    };
    for sign in ['@', '?', '#', '\\'] {
        prop_assert!(!text.contains(sign), "{:?} was accepted", text);
    }
    prop_assert!(endpoint.is_secure() || allow_http || endpoint.is_loopback());
    prop_assert!(!endpoint.host().is_empty());
    prop_assert!(!endpoint.prefix().ends_with('/'));
    let shown = endpoint.to_string();
    let again = Endpoint::parse(&shown, allow_http).map_err(|e| TestCaseError::fail(e.reason()))?;
    prop_assert_eq!(
        again.to_string(),
        shown.as_str(),
        "it says itself in one way"
    );
    let url = Url::parse(&endpoint.url("/x")).map_err(|e| TestCaseError::fail(e.to_string()))?;
    prop_assert_eq!(url.host_str(), Some(endpoint.host()));
    prop_assert_eq!(url.port_or_known_default(), Some(endpoint.port()));
    prop_assert_eq!(url.scheme() == "https", endpoint.is_secure());
    Ok(())
}

/// Pieces that URLs are made of, in any order.
fn nearly_a_url() -> impl Strategy<Value = String> {
    let scheme = prop_oneof![
        Just("http://"),
        Just("https://"),
        Just("HTTP://"),
        Just("http:"),
        Just("https:/"),
        Just("http:///"),
        Just("ftp://"),
        Just("file://"),
        Just("//"),
        Just(""),
        Just(" http://"),
        Just("data:"),
        Just("http:\\\\"),
    ];
    let pieces = prop_oneof![
        Just("localhost"),
        Just("127.0.0.1"),
        Just("127.1"),
        Just("0x7f.1"),
        Just("[::1]"),
        Just("[::]"),
        Just("example.com"),
        Just("@"),
        Just("u:p@"),
        Just(":"),
        Just(":80"),
        Just(":443"),
        Just(":0"),
        Just(":99999"),
        Just("/"),
        Just("/a"),
        Just("/.."),
        Just("?"),
        Just("?a=b"),
        Just("#"),
        Just("#f"),
        Just("%40"),
        Just("%2e"),
        Just("\u{ff0f}"),
        Just("\u{3002}"),
        Just("\u{ad}"),
        Just("\u{ff20}"),
        Just("xn--"),
        Just("\t"),
        Just("."),
        Just("://"),
        Just("\u{fc}"),
        Just("["),
        Just("]"),
    ];
    (scheme, prop::collection::vec(pieces, 0..6)).prop_map(|(s, p)| format!("{s}{}", p.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in any::<String>(), allow_http in any::<bool>()) {
        judge(&text, allow_http)?;
    }

    #[test]
    fn nothing_like_a_url_gets_past_the_rules(text in nearly_a_url(), allow_http in any::<bool>()) {
        judge(&text, allow_http)?;
    }

    #[test]
    fn plain_http_to_any_address_but_loopback_is_refused(bits in any::<u32>(), port in any::<u16>()) {
        let address = std::net::Ipv4Addr::from(bits);
        let text = format!("http://{address}:{port}");
        prop_assert_eq!(Endpoint::parse(&text, false).is_ok(), address.is_loopback());
        prop_assert!(Endpoint::parse(&text, true).is_ok());
        let secure = Endpoint::parse(&format!("https://{address}"), false);
        prop_assert!(secure.is_ok());
    }
}

#[test]
fn names_that_only_look_like_this_machine_are_not() {
    let others = [
        "http://localhost.",
        "http://localhost.test",
        "http://my-localhost",
        "http://localhos\u{3c4}",
        "http://127.0.0.1.test",
        "http://[::ffff:127.0.0.1]",
        "http://[::]",
        "http://0",
        "http://128.0.0.1",
    ];
    for text in others {
        assert!(Endpoint::parse(text, false).is_err(), "{text}");
    }
    for text in [
        "http://localhost",
        "http://127.9.9.9",
        "http://[::1]:8",
        "http://2130706433",
        "http://127.1",
    ] {
        assert!(Endpoint::parse(text, false).is_ok(), "{text}");
    }
}

#[test]
fn one_slash_after_the_scheme_is_not_a_host_called_https() {
    for text in [
        "https:/example.com",
        "https:example.com",
        "http:/localhost",
        "HTTP:localhost/",
    ] {
        let host = Endpoint::parse(text, false).map(|endpoint| endpoint.host().to_owned());
        assert!(host.is_err(), "{text} goes to {host:?}");
    }
}
