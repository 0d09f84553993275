//! The HTTP client when something is wrong, and what it adds to a request of its own accord.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::mpsc::channel;

use certcheck::error::{Error, Kind};
use certcheck::exchange::http::MAX_BODY;
use certcheck::exchange::{Endpoint, Request};
use http::Method;
use tokio::net::TcpSocket;

use crate::client::{direct, failure, send, through};
use crate::support::listener::{Heard, Listener, listen, polite};

const SECRET_TARGET: &str = "/openapi/hidden-path?access_token=hidden-token";

fn get(endpoint: &Endpoint) -> Request {
    Request::new(Method::GET, endpoint, SECRET_TARGET.to_owned(), "get")
}

/// No error may show where on the host it was, or with which token.
fn discreet(error: &Error) {
    let all = format!("{error} {error:?} {}", error.hint());
    assert!(!all.contains("hidden"), "{all}");
    assert!(!all.contains('?'), "{all}");
}

#[tokio::test]
async fn only_what_was_asked_for_is_sent() {
    let (listener, http) = (polite(), direct());
    send(&http, &get(&listener.endpoint()))
        .await
        .expect("an answer");
    let heard = listener.next();
    assert_eq!(
        heard.target, SECRET_TARGET,
        "no proxy is used: no whole URL"
    );
    let mut names: Vec<&str> = heard
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "host", "user-agent"]);
    let ours = concat!("certcheck/", env!("CARGO_PKG_VERSION"));
    assert_eq!(heard.header("user-agent"), Some(ours));
}

#[tokio::test]
async fn an_adapters_own_user_agent_is_kept() {
    let (listener, http) = (polite(), direct());
    let mut request = get(&listener.endpoint());
    request.header("user-agent", "OpenAPI").expect("a header");
    send(&http, &request).await.expect("an answer");
    assert_eq!(listener.next().header("user-agent"), Some("OpenAPI"));
}

#[tokio::test]
async fn a_post_without_a_body_says_so() {
    let (listener, http) = (polite(), direct());
    let mut request = get(&listener.endpoint());
    request.method = Method::POST;
    send(&http, &request).await.expect("an answer");
    let heard = listener.next();
    assert_eq!(heard.header("content-length"), Some("0"));
    assert_eq!(heard.header("transfer-encoding"), None);
    request.body = b"{}".to_vec();
    send(&http, &request).await.expect("an answer");
    let heard = listener.next();
    assert_eq!(
        (heard.header("content-length"), &heard.body[..]),
        (Some("2"), &b"{}"[..])
    );
}

#[tokio::test]
async fn a_cookie_is_not_sent_back() {
    let http = direct();
    let listener = listen(|mut stream| {
        let heard = Heard::read(&mut stream);
        let answer =
            b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        stream.write_all(answer).expect("the client reads");
        Some(heard)
    });
    for _ in 0..2 {
        send(&http, &get(&listener.endpoint()))
            .await
            .expect("an answer");
        assert_eq!(listener.next().header("cookie"), None);
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let (elsewhere, http) = (polite(), direct());
    let place = elsewhere.url();
    let listener = listen(move |mut stream| {
        let heard = Heard::read(&mut stream);
        let head = format!("HTTP/1.1 307 X\r\nLocation: {place}/\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(head.as_bytes()).expect("the client reads");
        Some(heard)
    });
    let answer = send(&http, &get(&listener.endpoint()))
        .await
        .expect("an answer");
    assert_eq!(answer.status, 307);
    assert!(elsewhere.is_silent());
}

/// Sends zeros without end, and tells how many the client took.
fn flood(head: &'static str, chunk: String) -> (Listener, std::sync::mpsc::Receiver<usize>) {
    let (sender, taken) = channel();
    let listener = listen(move |mut stream| {
        let heard = Heard::read(&mut stream);
        write!(stream, "HTTP/1.1 200 OK\r\n{head}\r\n\r\n").expect("the client reads");
        let mut sent = 0;
        while sent < 20 * MAX_BODY && stream.write_all(chunk.as_bytes()).is_ok() {
            sent += chunk.len();
        }
        sender.send(sent).expect("someone asks");
        Some(heard)
    });
    (listener, taken)
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_read_to_its_end() {
    // Whatever the socket's buffers hold comes on top of what was read.
    const ROOM: usize = 8 * MAX_BODY;
    let zeros = "0".repeat(4096);
    let chunk = format!("1000\r\n{zeros}\r\n");
    let cases = [
        ("Transfer-Encoding: chunked", &chunk, MAX_BODY),
        ("Content-Length: 999999999", &zeros, 0),
        ("Connection: close", &zeros, MAX_BODY),
    ];
    for (head, chunk, read) in cases {
        let (listener, taken) = flood(head, chunk.clone());
        let error = failure(&direct(), &get(&listener.endpoint())).await;
        assert_eq!(
            (error.kind, error.http_status),
            (Kind::Protocol, Some(200)),
            "{head}"
        );
        assert!(error.message.contains("8 MiB"), "{}", error.message);
        discreet(&error);
        // The client's connection is closed by the runtime, which must not be held up here.
        let taken = tokio::task::spawn_blocking(move || taken.recv());
        let taken = taken.await.expect("no panic").expect("the flood ends");
        assert!(taken < read + ROOM, "{taken} {head}");
    }
}

#[tokio::test]
async fn an_answer_of_just_that_size_is_read() {
    for (more, good) in [(0, true), (1, false)] {
        for head in ["Content-Length: {}", "Connection: close"] {
            let size = MAX_BODY + more;
            let head = head.replace("{}", &size.to_string());
            let listener = listen(move |mut stream| {
                let heard = Heard::read(&mut stream);
                let _ = write!(stream, "HTTP/1.1 200 OK\r\n{head}\r\n\r\n");
                let _ = stream.write_all(&vec![b'0'; size]);
                Some(heard)
            });
            let answer = send(&direct(), &get(&listener.endpoint())).await;
            assert_eq!(
                answer.map(|answer| answer.body.len()).ok(),
                good.then_some(size)
            );
        }
    }
}

/// An address that refuses connections, and keeps doing so: the port is taken, but nobody listens.
fn nobody() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().expect("a socket");
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    socket.bind(any).expect("a free port");
    let address = socket.local_addr().expect("an address");
    (socket, address)
}

#[tokio::test]
async fn a_refused_connection_never_left() {
    let (_held, address) = nobody();
    let endpoint = Endpoint::parse(&format!("http://{address}"), false).expect("loopback");
    let error = failure(&direct(), &get(&endpoint)).await;
    assert_eq!((error.kind, error.unsent), (Kind::Network, true));
    let begin = format!("cannot connect to http://{address}: ");
    assert!(error.message.starts_with(&begin), "{}", error.message);
    discreet(&error);
}

/// Dropping a socket with unread bytes resets it.
fn resetting(answer: &'static str) -> Listener {
    listen(move |mut stream: TcpStream| {
        stream.read_exact(&mut [0]).expect("a byte");
        stream
            .write_all(answer.as_bytes())
            .expect("the client reads");
        None
    })
}

#[tokio::test]
async fn a_connection_that_breaks_may_have_done_something() {
    let partly = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"Certi";
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{\"Certi";
    for answer in ["", "HTTP/1.1 2", partly, chunked] {
        let quiet = listen(move |mut stream| {
            let heard = Heard::read(&mut stream);
            stream
                .write_all(answer.as_bytes())
                .expect("the client reads");
            Some(heard)
        });
        for listener in [resetting(answer), quiet] {
            let error = failure(&direct(), &get(&listener.endpoint())).await;
            assert_eq!(
                (error.kind, error.unsent),
                (Kind::Network, false),
                "{answer:?} {error}"
            );
            assert!(error.message.contains("broke"), "{}", error.message);
            discreet(&error);
        }
    }
}

#[tokio::test]
async fn what_is_not_http_is_an_error_of_the_client() {
    for answer in [
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/9.9 200 OK\r\n\r\n",
        "\u{0}\u{1}\r\n\r\n",
    ] {
        let listener = listen(move |mut stream| {
            let heard = Heard::read(&mut stream);
            stream
                .write_all(answer.as_bytes())
                .expect("the client reads");
            Some(heard)
        });
        let error = failure(&direct(), &get(&listener.endpoint())).await;
        assert!(!error.unsent, "{}", error.message);
        discreet(&error);
    }
}

#[tokio::test]
async fn a_target_that_would_be_rewritten_is_refused_before_it_is_sent() {
    let (listener, http) = (polite(), direct());
    let rewritten = [
        "/a/../hidden",
        "/./hidden",
        "/%2e%2e/hidden",
        "/a/.%2E/hidden",
        "/?hidden='",
        "/hidden\"",
        "/?hidden=<>",
        "/hidden#part",
        "/?hidden=1#",
        "/hid\tden",
        "/hidden ",
        "/hidden\\a",
        "hidden",
        "",
        "@hidden.test/",
        ".hidden.test/",
        ":80/hidden",
        "/?hidden=证",
        "/{hidden}",
        "/hidden\n",
    ];
    for target in rewritten {
        let mut request = get(&listener.endpoint());
        request.target = target.to_owned();
        let error = failure(&http, &request).await;
        assert_eq!(error.kind, Kind::Config, "{target:?}");
        discreet(&error);
    }
    // What the three signers write passes.
    for target in ["/", "/?a=%27%2E.&b=", "/a%2Fb/~-_.c", "/?%E8%AF%81=%20"] {
        let mut request = get(&listener.endpoint());
        request.target = target.to_owned();
        send(&http, &request).await.expect(target);
        assert_eq!(listener.next().target, target, "and nothing came before it");
    }
}

#[tokio::test]
async fn localhost_is_this_machine_without_asking_anybody() {
    let listener = polite();
    let text = format!("http://LocalHost:{}", listener.port);
    let endpoint = Endpoint::parse(&text, false).expect("loopback");
    send(&direct(), &get(&endpoint)).await.expect("an answer");
    let host = format!("localhost:{}", listener.port);
    assert_eq!(listener.next().header("host"), Some(host.as_str()));
}

#[tokio::test]
async fn a_socks_proxy_is_refused_by_name() {
    let urls = [
        "socks5://u:hidden@127.0.0.1:1",
        "SOCKS4a://127.0.0.1:1",
        " socks5h://127.0.0.1:1",
    ];
    for url in urls {
        let listener = polite();
        let error = failure(&through(url), &get(&listener.endpoint())).await;
        assert_eq!(error.kind, Kind::Config);
        assert!(error.message.contains("SOCKS"), "{}", error.message);
        assert!(listener.is_silent());
        discreet(&error);
    }
}

#[tokio::test]
async fn a_proxys_password_is_in_no_error() {
    let (_held, closed) = nobody();
    let elsewhere = Endpoint::parse("http://cloud.example.test", true).expect("allowed");
    let secure = Endpoint::https("cloud.example.test");
    let urls = [
        format!("http://user:hidden@{closed}"),
        format!("http://user:hidden%zz@{closed}/"),
        format!("user:hidden@{closed}"),
        "http://user:hidden@[::bad".to_owned(),
        "ftp://user:hidden@127.0.0.1:1".to_owned(),
        "http://user:hidden@ host:1".to_owned(),
        "http://user:hidden\n@127.0.0.1:1".to_owned(),
    ];
    for url in &urls {
        for endpoint in [&elsewhere, &secure] {
            let error = failure(&through(url), &get(endpoint)).await;
            assert!(
                matches!(error.kind, Kind::Network | Kind::Config),
                "{error}"
            );
            assert!(error.message.contains("proxy"), "{url:?}: {error}");
            discreet(&error);
        }
    }
}

#[tokio::test]
async fn a_proxy_gets_its_password_and_the_service_does_not() {
    let proxy = polite();
    let url = format!("http://user:hidden@127.0.0.1:{}", proxy.port);
    let endpoint = Endpoint::parse("http://cloud.example.test", true).expect("allowed");
    send(&through(&url), &get(&endpoint))
        .await
        .expect("an answer");
    let heard = proxy.next();
    assert_eq!(
        heard.header("proxy-authorization"),
        Some("Basic dXNlcjpoaWRkZW4=")
    );
    assert_eq!(heard.header("authorization"), None);
    assert_eq!(
        heard.target,
        format!("http://cloud.example.test{SECRET_TARGET}")
    );
}

#[tokio::test]
async fn tls_to_a_port_that_does_not_speak_it_is_said_plainly() {
    let listener = listen(|mut stream| {
        stream.read_exact(&mut [0; 5]).expect("a hello");
        let answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer).expect("the client reads");
        // Dropped with unread bytes, the answer could be lost: read on until the client has had it.
        let _ = stream.read_to_end(&mut Vec::new());
        None
    });
    let text = format!("https://127.0.0.1:{}", listener.port);
    let endpoint = Endpoint::parse(&text, false).expect("an endpoint");
    let error = failure(&direct(), &get(&endpoint)).await;
    assert_eq!((error.kind, error.unsent), (Kind::Network, true));
    assert!(
        error.message.contains("does not speak TLS"),
        "{}",
        error.message
    );
    assert!(
        !error.message.contains("InvalidContentType"),
        "{}",
        error.message
    );
    discreet(&error);
}
