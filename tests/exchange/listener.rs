//! A loopback socket that reads requests by hand, byte for byte, and answers as a test likes.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use certcheck::error::Error;
use certcheck::exchange::Transport as _;
use certcheck::exchange::http::{Http, ProxyChoice};
use certcheck::exchange::{Endpoint, Request, Response};

/// A request as it came over the wire.
pub struct Heard {
    pub method: String,
    /// The middle of the request line.
    pub target: String,
    /// Names as they came, values without the blank after the colon.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Heard {
    /// Reads one request from a stream.
    pub fn read(stream: &mut impl Read) -> Heard {
        let mut bytes = Vec::new();
        let mut byte = [0];
        while !bytes.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).expect("a whole head");
            bytes.push(byte[0]);
        }
        let head = String::from_utf8(bytes).expect("a head in UTF-8");
        let mut lines = head.trim_end_matches("\r\n").split("\r\n");
        let first: Vec<&str> = lines.next().expect("a line").split(' ').collect();
        let [method, target, "HTTP/1.1"] = first[..] else {
            panic!("an odd request line: {first:?}");
        };
        let headers = lines
            .map(|line| line.split_once(": ").expect("a header"))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let mut heard = Heard {
            method: method.to_owned(),
            target: target.to_owned(),
            headers,
            body: Vec::new(),
        };
        let length = heard
            .header("content-length")
            .map_or(0, |n| n.parse().expect("a number"));
        heard.body = vec![0; length];
        stream.read_exact(&mut heard.body).expect("a whole body");
        heard
    }

    /// The only value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut named = self
            .headers
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name));
        let value = named.next().map(|(_, value)| value.as_str());
        assert!(named.next().is_none(), "{name} came twice");
        value
    }

    /// Path and query, also where a proxy was sent a whole URL.
    pub fn path_and_query(&self) -> (&str, &str) {
        let target = match self.target.strip_prefix("http://") {
            Some(rest) => &rest[rest.find('/').expect("a path")..],
            None => &self.target,
        };
        target.split_once('?').unwrap_or((target, ""))
    }
}

/// Where it listens, and what it heard.
pub struct Listener {
    pub port: u16,
    heard: Receiver<Heard>,
}

/// Does the same with every connection; what that returns can be asked for.
pub fn listen(mut serve: impl FnMut(TcpStream) -> Option<Heard> + Send + 'static) -> Listener {
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = socket.local_addr().expect("an address").port();
    let (sender, heard) = channel();
    std::thread::spawn(move || {
        for stream in socket.incoming() {
            let Ok(stream) = stream else { return };
            stream
                .set_read_timeout(Some(Duration::from_secs(20)))
                .expect("a limit");
            if let Some(heard) = serve(stream)
                && sender.send(heard).is_err()
            {
                return;
            }
        }
    });
    Listener { port, heard }
}

/// Answers every request with an empty object.
pub fn polite() -> Listener {
    listen(|mut stream| {
        let heard = Heard::read(&mut stream);
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
        stream.write_all(answer).expect("the client reads");
        Some(heard)
    })
}

impl Listener {
    pub fn endpoint(&self) -> Endpoint {
        Endpoint::parse(&self.url(), false).expect("loopback")
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What came next.
    pub fn next(&self) -> Heard {
        self.heard
            .recv_timeout(Duration::from_secs(20))
            .expect("a request")
    }

    /// Whether nothing came so far.
    pub fn is_silent(&self) -> bool {
        self.heard.try_recv().is_err()
    }
}

/// A client without a proxy and without trust in anybody.
pub fn direct() -> Http {
    Http::new(ProxyChoice::default(), false)
}

pub fn through(url: &str) -> Http {
    let choice = ProxyChoice {
        url: Some(url.to_owned()),
    };
    Http::new(choice, false)
}

/// Sends one request, and waits in vain for no more than a while.
pub async fn send(http: &Http, request: &Request) -> Result<Response, Error> {
    let limit = Duration::from_secs(60);
    tokio::time::timeout(limit, http.send(request))
        .await
        .expect("an end")
}

/// The error that a request ends with.
pub async fn failure(http: &Http, request: &Request) -> Error {
    send(http, request)
        .await
        .map(|answer| answer.status)
        .expect_err("it cannot work")
}
