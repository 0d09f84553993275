//! The host that was signed is the host on the wire, with and without a port, with and without a proxy.

use std::io::Write as _;

use certcheck::exchange::Endpoint;
use http::Method;

use crate::client::{failure, through};
use crate::support::listener::{Heard, Listener, listen, polite};
use crate::wire::{alibaba, huawei, proven, tencent};

#[tokio::test]
async fn the_host_on_the_wire_is_the_host_that_was_signed() {
    let proxy = polite();
    let http = through(&proxy.url());
    let hosts = [
        ("http://esa.example.test", "esa.example.test"),
        ("http://esa.example.test:80", "esa.example.test"),
        ("http://esa.example.test:443", "esa.example.test:443"),
        ("http://esa.example.test:8080/", "esa.example.test:8080"),
        ("http://ESA.Example.Test", "esa.example.test"),
        ("http://b\u{fc}cher.test", "xn--bcher-kva.test"),
        ("http://192.0.2.7:8088", "192.0.2.7:8088"),
        ("http://[2001:DB8::1]:8088", "[2001:db8::1]:8088"),
    ];
    for (typed, host) in hosts {
        let endpoint = Endpoint::parse(typed, true).expect(typed);
        assert_eq!(endpoint.authority(), host, "{typed}");
        let parameters = [("Id", "a b/c")];
        let requests = [
            alibaba(Method::GET, &endpoint, &parameters),
            alibaba(Method::POST, &endpoint, &parameters),
            huawei(&endpoint, "/v3/scm/certificates/x", &parameters),
        ];
        for request in requests {
            proven(&http, &proxy, request, &parameters).await;
        }
        proven(&http, &proxy, tencent(&endpoint, "{}"), &[]).await;
    }
}

#[tokio::test]
async fn over_tls_the_default_port_is_not_signed_and_the_proxy_is_asked_for_it() {
    for (typed, host, asked) in [
        (
            "https://esa.example.test",
            "esa.example.test",
            "esa.example.test:443",
        ),
        (
            "https://esa.example.test:443",
            "esa.example.test",
            "esa.example.test:443",
        ),
        (
            "https://esa.example.test:80",
            "esa.example.test:80",
            "esa.example.test:80",
        ),
    ] {
        // It refuses the tunnel: what comes before the TLS is all that is looked at.
        let proxy = unwilling_proxy();
        let request = alibaba(
            Method::GET,
            &Endpoint::parse(typed, false).expect(typed),
            &[],
        );
        assert_eq!(request.endpoint.authority(), host);
        let error = failure(&through(&proxy.url()), &request).await;
        assert!(
            error.unsent && error.message.contains("through the proxy"),
            "{}",
            error.message
        );
        let heard = proxy.next();
        assert_eq!(
            (heard.method.as_str(), heard.target.as_str()),
            ("CONNECT", asked)
        );
        assert_eq!(
            heard.header("authorization"),
            None,
            "the proxy sees no signature"
        );
    }
}

fn unwilling_proxy() -> Listener {
    listen(|mut stream| {
        let heard = Heard::read(&mut stream);
        let answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        stream.write_all(answer).expect("the client reads");
        Some(heard)
    })
}
